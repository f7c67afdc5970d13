//! Times as the stand-ins write and read them. Own arithmetic: the crate's time type belongs to `domain`.

/// Milliseconds since 1970-01-01T00:00:00Z.
pub type Ms = i64;

/// One second in [`Ms`].
pub(crate) const SECOND: Ms = 1000;
/// Offset of the simulated servers' zone, +08:00 as in every sample.
const OFFSET: Ms = 8 * 3600 * SECOND;
const DAY: Ms = 86_400 * SECOND;
const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

struct Civil {
    year: i64,
    month: i64,
    day: i64,
    hour: i64,
    minute: i64,
    second: i64,
    milli: i64,
}

/// Days since the epoch to year, month, day (H. Hinnant's `civil_from_days`).
fn civil(at: Ms) -> Civil {
    let (days, rest) = (at.div_euclid(DAY), at.rem_euclid(DAY));
    let z = days + 719_468;
    let era = z.div_euclid(146_097);
    let doe = z.rem_euclid(146_097);
    let yoe = (doe - doe / 1460 + doe / 36_524 - doe / 146_096) / 365;
    let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    let mp = (5 * doy + 2) / 153;
    let month = if mp < 10 { mp + 3 } else { mp - 9 };
    Civil {
        year: yoe + era * 400 + i64::from(month <= 2),
        month,
        day: doy - (153 * mp + 2) / 5 + 1,
        hour: rest / 3_600_000,
        minute: rest / 60_000 % 60,
        second: rest / SECOND % 60,
        milli: rest % SECOND,
    }
}

fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let yoe = year.rem_euclid(400);
    let doy = (153 * (if month > 2 { month - 3 } else { month + 9 }) + 2) / 5 + day - 1;
    era * 146_097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719_468
}

/// ISO 8601 with offset; trailing zeros of the fraction are cut, as in the samples (`2021-08-06T17:37:58.01+08:00`).
pub(crate) fn iso(at: Ms) -> String {
    let c = civil(at.saturating_add(OFFSET));
    let fraction = if c.milli == 0 { String::new() } else { format!(".{:03}", c.milli) };
    format!("{}{}+08:00", whole(&c, 'T'), fraction.trim_end_matches('0'))
}

/// The same without a fraction: rows of the database have whole seconds (`createTime`).
pub(crate) fn iso_seconds(at: Ms) -> String {
    iso(at.div_euclid(SECOND) * SECOND)
}

/// ISO 8601 in UTC with up to nine digits of fraction, trailing zeros cut; `below` are nanoseconds below the millisecond.
pub(crate) fn utc(at: Ms, below: u32) -> String {
    let c = civil(at);
    let nanos = c.milli * 1_000_000 + i64::from(below);
    let fraction = if nanos == 0 { String::new() } else { format!(".{nanos:09}") };
    format!("{}{}Z", whole(&c, 'T'), fraction.trim_end_matches('0'))
}

/// As in a log line: `2021-08-25 15:09:32.716`.
pub(crate) fn log_line(at: Ms) -> String {
    let c = civil(at.saturating_add(OFFSET));
    format!("{}.{:03}", whole(&c, ' '), c.milli)
}

/// As in names of builds: `20210412122703` and `Apr 12 2021 12:57:39`.
pub(crate) fn build_stamps(at: Ms) -> (String, String) {
    let c = civil(at);
    let month = usize::try_from(c.month - 1).ok().and_then(|m| MONTHS.get(m)).unwrap_or(&"Jan");
    (
        format!("{:04}{:02}{:02}{:02}{:02}{:02}", c.year, c.month, c.day, c.hour, c.minute, c.second),
        format!("{month} {:02} {} {:02}:{:02}:{:02}", c.day, c.year, c.hour, c.minute, c.second),
    )
}

fn whole(c: &Civil, between: char) -> String {
    format!("{:04}-{:02}-{:02}{between}{:02}:{:02}:{:02}", c.year, c.month, c.day, c.hour, c.minute, c.second)
}

/// Reads a `Date` header in the one form that RFC 1123 and the signature allow; `None` for any other text.
pub(crate) fn parse_http_date(text: &str) -> Option<Ms> {
    let (_, rest) = text.split_once(", ")?;
    let mut parts = rest.split(' ');
    let day: i64 = parts.next()?.parse().ok()?;
    let name = parts.next()?;
    let month = MONTHS.iter().position(|m| *m == name)? as i64 + 1;
    let year: i64 = parts.next()?.parse().ok()?;
    let mut clock = parts.next()?.split(':').map(|p| p.parse::<i64>().ok());
    let (hour, minute, second) = (clock.next()??, clock.next()??, clock.next()??);
    let fits = (1..=31).contains(&day)
        && (1970..=9999).contains(&year)
        && (0..24).contains(&hour)
        && (0..60).contains(&minute)
        && (0..=60).contains(&second);
    let ends_well = parts.next() == Some("GMT") && parts.next().is_none() && clock.next().is_none();
    (fits && ends_well).then(|| days(year, month, day) * DAY + (hour * 3600 + minute * 60 + second) * SECOND)
}

/// Writes a `Date` header.
pub(crate) fn http_date(at: Ms) -> String {
    const WEEK: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
    let c = civil(at);
    let week =
        usize::try_from(at.div_euclid(DAY).rem_euclid(7)).ok().and_then(|d| WEEK.get(d)).unwrap_or(&"Thu");
    let month = usize::try_from(c.month - 1).ok().and_then(|m| MONTHS.get(m)).unwrap_or(&"Jan");
    format!("{week}, {:02} {month} {:04} {:02}:{:02}:{:02} GMT", c.day, c.year, c.hour, c.minute, c.second)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn iso_cuts_trailing_zeros_and_carries_the_zone() {
        assert_eq!(iso(0), "1970-01-01T08:00:00+08:00");
        assert_eq!(iso(1_628_242_678_010), "2021-08-06T17:37:58.01+08:00");
        assert_eq!(iso_seconds(1_628_242_678_010), "2021-08-06T17:37:58+08:00");
        assert_eq!(utc(1_628_242_678_010, 500), "2021-08-06T09:37:58.0100005Z");
        assert_eq!(utc(0, 0), "1970-01-01T00:00:00Z");
        assert_eq!(log_line(1_629_875_372_716), "2021-08-25 15:09:32.716");
    }

    #[test]
    fn http_dates_come_back_as_they_went() {
        let text = "Tue, 17 Jan 2023 09:13:57 GMT";
        let at = parse_http_date(text);
        assert_eq!(at.map(http_date).as_deref(), Some(text));
        for bad in [
            "",
            "now",
            "Tue, 17 Jan 2023 09:13:57 CST",
            "Tue, 17 Foo 2023 09:13:57 GMT",
            "x, 1 Jan 2023 9:9 GMT",
        ] {
            assert_eq!(parse_http_date(bad), None, "{bad}");
        }
    }

    #[test]
    fn every_day_of_two_centuries_comes_back() {
        for day in (0..73_000).step_by(13) {
            let at = day * DAY + 12_345_000;
            assert_eq!(parse_http_date(&http_date(at)), Some(at));
        }
    }
}
