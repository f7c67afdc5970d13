//! Points and lengths of time. The one file that names the time crate.

use std::fmt;
use std::str::FromStr;

/// A point in time, exact to the nanosecond. Never asked from a clock here: it comes in as a value.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(jiff::Timestamp);

/// A signed length of time in milliseconds.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Span(i64);

impl Timestamp {
    /// Reads RFC 3339 with an offset or `Z` and 0 to 9 decimals (reference: ocp-api 6, "Times").
    /// `None` for anything else, so that the caller keeps the raw word and lists a defect.
    pub fn parse(text: &str) -> Option<Self> {
        jiff::Timestamp::from_str(text.trim()).ok().map(Self)
    }
    /// From milliseconds since the epoch; the nearest bound when out of range.
    pub fn from_millis(ms: i64) -> Self {
        Self(jiff::Timestamp::from_millisecond(ms).unwrap_or(if ms < 0 {
            jiff::Timestamp::MIN
        } else {
            jiff::Timestamp::MAX
        }))
    }
    /// Milliseconds since the epoch.
    pub fn millis(self) -> i64 {
        self.0.as_millisecond()
    }
    /// `1970-01-01T00:00:00Z` exactly: OCP's word for "not stopped" (reference: ocp-api 3.3).
    pub fn is_epoch(self) -> bool {
        self.0.as_second() == 0
    }
    /// How long from `earlier` to this; negative when `earlier` is later.
    pub fn since(self, earlier: Timestamp) -> Span {
        Span(self.millis().saturating_sub(earlier.millis()))
    }
    /// This point moved by a length; saturates at the type's bounds.
    #[must_use]
    pub fn plus(self, span: Span) -> Timestamp {
        Timestamp::from_millis(self.millis().saturating_add(span.0))
    }
    /// RFC 3339 in UTC with milliseconds, as machine output has it.
    pub fn rfc3339(self) -> String {
        self.0.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
    }
    /// `20261121T140322Z`: for names of files.
    pub fn compact(self) -> String {
        self.0.strftime("%Y%m%dT%H%M%SZ").to_string()
    }
    /// RFC 3339 with milliseconds in a local time, so many minutes east of UTC: `2026-11-21T22:03:22.000+08:00`.
    pub fn rfc3339_at(self, offset_minutes: i32) -> String {
        let minutes = offset_minutes.clamp(-1_439, 1_439);
        let local = self.plus(Span::from_secs(i64::from(minutes) * 60));
        let sign = if minutes < 0 { '-' } else { '+' };
        let (h, m) = (minutes.abs() / 60, minutes.abs() % 60);
        format!("{}{sign}{h:02}:{m:02}", local.0.strftime("%Y-%m-%dT%H:%M:%S%.3f"))
    }
    /// `14:03:22` in UTC.
    pub fn clock(self) -> String {
        self.0.strftime("%H:%M:%S").to_string()
    }
    /// `14:03` in UTC.
    pub fn clock_minutes(self) -> String {
        self.0.strftime("%H:%M").to_string()
    }
    /// `11-21 14:03:22` in UTC.
    pub fn day_clock(self) -> String {
        self.0.strftime("%m-%d %H:%M:%S").to_string()
    }
    /// RFC 1123 in GMT, as HTTP's `Date` header has it.
    pub fn http_date(self) -> String {
        self.0.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl Span {
    /// No time at all.
    pub const ZERO: Span = Span(0);
    /// From milliseconds.
    pub const fn from_millis(ms: i64) -> Self {
        Self(ms)
    }
    /// From whole seconds; saturates.
    pub const fn from_secs(s: i64) -> Self {
        Self(s.saturating_mul(1000))
    }
    /// In milliseconds.
    pub const fn millis(self) -> i64 {
        self.0
    }
    /// In whole seconds, towards zero.
    pub const fn secs(self) -> i64 {
        self.0 / 1000
    }
    /// For timers of the runtime; negative becomes zero.
    pub fn to_std(self) -> std::time::Duration {
        std::time::Duration::from_millis(self.0.max(0) as u64)
    }
    /// Difference; saturates.
    #[must_use]
    pub const fn minus(self, other: Span) -> Span {
        Span(self.0.saturating_sub(other.0))
    }
    /// Sum; saturates.
    #[must_use]
    pub const fn plus(self, other: Span) -> Span {
        Span(self.0.saturating_add(other.0))
    }
    /// `0:12`, `20:00`, `2:13:05`: the form of subtask tables; negative is shown as `-0:12`.
    pub fn clock(self) -> String {
        let sign = if self.0 <= -1000 { "-" } else { "" };
        let s = self.secs().unsigned_abs();
        let (h, m, s) = (s / 3600, s / 60 % 60, s % 60);
        if h > 0 { format!("{sign}{h}:{m:02}:{s:02}") } else { format!("{sign}{m}:{s:02}") }
    }
    /// `51s`, `2m13s`, `2h02m`, `41d`: the form of headers and ages; at most two units.
    pub fn short(self) -> String {
        let s = self.secs().max(0);
        match s {
            0..60 => format!("{s}s"),
            60..3600 => format!("{}m{:02}s", s / 60, s % 60),
            3600..86_400 => format!("{}h{:02}m", s / 3600, s / 60 % 60),
            _ => format!("{}d", s / 86_400),
        }
    }
}

impl fmt::Debug for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}ms", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_of_the_documents_are_read_with_any_number_of_decimals() {
        let want = Timestamp::parse("2021-03-02T02:29:04.9Z");
        assert!(want.is_some());
        assert_eq!(Timestamp::parse("2021-03-02T10:29:04.900000+08:00"), want);
        assert_eq!(Timestamp::parse("2021-03-02T10:29:04.900000000+08:00"), want);
        assert_eq!(Timestamp::parse("2021-02-30T10:29:04Z"), None);
        assert_eq!(Timestamp::parse(""), None);
    }

    #[test]
    fn local_time_is_written_with_its_offset() {
        let at = Timestamp::parse("2026-11-21T14:03:22Z").unwrap();
        assert_eq!(at.rfc3339_at(480), "2026-11-21T22:03:22.000+08:00");
        assert_eq!(at.rfc3339_at(-210), "2026-11-21T10:33:22.000-03:30");
        assert_eq!(Timestamp::parse(&at.rfc3339_at(-210)), Some(at));
    }

    #[test]
    fn the_epoch_is_told_apart_in_any_zone() {
        assert!(Timestamp::parse("1970-01-01T08:00:00+08:00").is_some_and(Timestamp::is_epoch));
    }

    #[test]
    fn lengths_are_written_as_the_tables_have_them() {
        assert_eq!(Span::from_secs(1200).clock(), "20:00");
        assert_eq!(Span::from_secs(7320).clock(), "2:02:00");
        assert_eq!(Span::from_secs(-5).clock(), "-0:05");
        assert_eq!(Span::from_secs(7320).short(), "2h02m");
        assert_eq!(Span::from_secs(51).short(), "51s");
    }

    #[test]
    fn a_time_out_of_range_saturates() {
        assert!(Timestamp::from_millis(i64::MAX).millis() > 0);
        assert_eq!(Span::from_secs(i64::MAX).millis(), i64::MAX);
    }
}
