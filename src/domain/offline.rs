//! The offline clock: how long a stopped OBServer may stay away before its replicas are thrown out and rebuilt
//! elsewhere (operator-guide 2.1).
//!
//! Both control planes tell a stop time and `server_permanent_offline_time`; neither counts down. The clock is taken
//! from the stop time, which is never later than the end of the process: it warns too early rather than too late. Where
//! none is told it is taken from when the process was last seen, which may be late by as much as the plane's own look at
//! the OBServer: words with it carry a `~`.

use std::collections::BTreeMap;

use super::status::Health;
use super::time::{Span, Timestamp};
use super::topology::{Parameter, Server, Zone};

/// The parameter that sets the limit.
pub const PARAMETER: &str = "server_permanent_offline_time";

/// How far a clock has run, by what an operator should do about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Under half of the limit.
    Early,
    /// Half of it or more is used.
    Half,
    /// Four fifths or more are used: act now.
    Late,
    /// It has run out: replicas are being rebuilt elsewhere.
    Out,
}

/// The clock of one OBServer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Clock {
    /// When it began: the stop time, or when the process was last seen.
    pub from: Timestamp,
    /// How long the server may stay away.
    pub limit: Span,
    /// Whether nothing told when it began: it was seen.
    pub is_seen: bool,
}

impl Clock {
    /// The clock of a server, where one runs and the limit is known.
    ///
    /// None runs while the process is known to be there: its heartbeats go on, only the service is stopped.
    pub fn of(server: &Server, parameters: &[Parameter]) -> Option<Self> {
        if is_process_there(server) {
            return None;
        }
        let (from, is_seen) = (server.away_since()?, server.stopped.is_none());
        Some(Self { from, limit: limit(parameters)?, is_seen })
    }
    /// When it runs out.
    pub fn ends(&self) -> Timestamp {
        self.from.plus(self.limit)
    }
    /// What is left; zero once it has run out. A stop time that lies ahead (clocks differ) leaves the whole limit.
    pub fn left(&self, now: Timestamp) -> Span {
        self.ends().since(now).max(Span::ZERO).min(self.limit)
    }
    /// Share of the limit that is used, from 0 to 1.
    pub fn used(&self, now: Timestamp) -> f32 {
        if self.limit <= Span::ZERO {
            return 1.0;
        }
        let used = self.limit.minus(self.left(now)).millis() as f64 / self.limit.millis() as f64;
        used as f32
    }
    /// How far it has run; in whole milliseconds, so that 50 % is exactly half.
    pub fn level(&self, now: Timestamp) -> Level {
        let (left, limit) = (i128::from(self.left(now).millis()), i128::from(self.limit.millis()));
        match () {
            () if left <= 0 => Level::Out,
            () if left * 5 <= limit => Level::Late,
            () if left * 2 <= limit => Level::Half,
            () => Level::Early,
        }
    }
}

/// Whether a stopped server's process is told to be there: SQL-stopped, not ended (operator-guide 1).
pub fn is_process_there(server: &Server) -> bool {
    server.status.is == Health::Up || server.status.word.raw().eq_ignore_ascii_case("SERVICE_STOPPED")
}

/// Carries over to the newest zones what the ones before, answered at `at` by the plane's clock, saw of processes that are
/// away now. Of one that was never seen, nothing is known.
pub fn carry(before: &[Zone], at: Timestamp, now: &mut [Zone]) {
    let seen: BTreeMap<_, _> = before.iter().flat_map(|z| &z.servers).map(|s| (&s.id, s)).collect();
    for server in now.iter_mut().flat_map(|z| &mut z.servers).filter(|s| !is_process_there(s)) {
        server.last_up = match seen.get(&server.id) {
            Some(before) if is_process_there(before) => Some(at),
            Some(before) => before.last_up,
            None => None,
        };
    }
}

/// `server_permanent_offline_time` of a cluster; the shortest, where servers differ. `None` where it is not told or
/// does not read.
pub fn limit(parameters: &[Parameter]) -> Option<Span> {
    let parameter = parameters.iter().find(|p| p.name.raw() == PARAMETER)?;
    parameter.values.iter().filter_map(|v| length(v.raw())).min()
}

/// A length as parameters spell it: `3600s`, `60m`, `1h`, `500ms`, a bare number in seconds.
pub fn length(raw: &str) -> Option<Span> {
    let raw = raw.trim().to_ascii_lowercase();
    let digits = raw.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = raw.split_at_checked(digits)?;
    let n: i64 = number.parse().ok()?;
    let millis: i64 = match unit.trim() {
        "us" => return Some(Span::from_millis(n / 1000)),
        "ms" => 1,
        "" | "s" => 1000,
        "m" => 60_000,
        "h" => 3_600_000,
        "d" => 86_400_000,
        _ => return None,
    };
    Some(Span::from_millis(n.saturating_mul(millis)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::samples;
    use crate::domain::status::health;

    fn at(secs: i64) -> Timestamp {
        Timestamp::from_millis(1_000_000_000_000).plus(Span::from_secs(secs))
    }

    fn server(word: &str, stopped: Option<Timestamp>) -> Server {
        Server { status: health(word), stopped, ..samples::server("zone1", "10.0.0.1:2882") }
    }

    fn parameters(values: &[&str]) -> Vec<Parameter> {
        vec![Parameter { name: PARAMETER.into(), values: values.iter().map(|v| (*v).into()).collect() }]
    }

    #[test]
    fn an_hour_from_the_stop_warns_at_half_and_at_four_fifths_and_runs_out() {
        let clock = Clock::of(&server("STOPPED", Some(at(0))), &parameters(&["3600s"])).unwrap();
        assert_eq!(clock.left(at(51)), Span::from_secs(3549));
        assert_eq!(clock.left(at(51)).short(), "59m09s");
        for (secs, level) in [
            (0, Level::Early),
            (1799, Level::Early),
            (1800, Level::Half),
            (2879, Level::Half),
            (2880, Level::Late),
            (3599, Level::Late),
            (3600, Level::Out),
            (90_000, Level::Out),
        ] {
            assert_eq!(clock.level(at(secs)), level, "{secs}");
        }
        assert_eq!(clock.left(at(90_000)), Span::ZERO);
        assert!((clock.used(at(1800)) - 0.5).abs() < 1e-6);
        assert!((clock.used(at(90_000)) - 1.0).abs() < 1e-6);
    }

    #[test]
    fn h17_a_stop_time_ahead_of_our_clock_leaves_no_more_than_the_limit() {
        let clock = Clock { from: at(600), limit: Span::from_secs(3600), is_seen: false };
        assert_eq!(clock.left(at(0)), Span::from_secs(3600));
        assert_eq!(clock.level(at(0)), Level::Early);
    }

    #[test]
    fn no_clock_runs_while_the_process_is_there_or_nothing_is_known() {
        let hour = parameters(&["1h"]);
        assert_eq!(Clock::of(&server("ACTIVE", Some(at(0))), &hour), None);
        assert_eq!(Clock::of(&server("SERVICE_STOPPED", Some(at(0))), &hour), None);
        assert_eq!(Clock::of(&server("STOPPED", None), &hour), None);
        assert_eq!(Clock::of(&server("STOPPED", Some(at(0))), &[]), None);
        assert!(Clock::of(&server("PROCESS_STOPPED", Some(at(0))), &hour).is_some());
    }

    /// Zones as the polls after each other told them, at 0 s, 2 s, 4 s …; what is known of their OBServer after each.
    fn polled(words: &[(&str, Option<Timestamp>)]) -> Vec<Option<Timestamp>> {
        let zones = |(word, stopped): &(&str, Option<Timestamp>)| {
            vec![samples::zone("zone1", vec![server(word, *stopped)])]
        };
        let mut before: Vec<Zone> = Vec::new();
        let each = words.iter().zip(0..).map(|(told, poll)| {
            let mut now = zones(told);
            carry(&before, at(2 * (poll - 1)), &mut now);
            before = now;
            before[0].servers[0].last_up
        });
        each.collect()
    }

    #[test]
    fn a_process_that_goes_without_a_word_is_away_since_it_was_last_seen() {
        let told = |words: &[&'static str]| polled(&words.iter().map(|w| (*w, None)).collect::<Vec<_>>());
        let gone = Some(at(2));
        assert_eq!(
            told(&["RUNNING", "RUNNING", "STOPPED", "UNAVAILABLE", "STARTING"]),
            [None, None, gone, gone, gone]
        );
        assert_eq!(
            told(&["RUNNING", "STOPPED", "RUNNING", "STOPPED"]),
            [None, Some(at(0)), None, Some(at(4))]
        );
        assert_eq!(told(&["STOPPED", "STOPPED"]), [None, None], "never seen up: nothing is known");
        // Its service is stopped, by a command that told its time; the process goes later.
        let sql = [("RUNNING", None), ("RUNNING", Some(at(1))), ("STOPPED", Some(at(1)))];
        assert_eq!(polled(&sql), [None, None, gone]);
    }

    #[test]
    fn a_clock_runs_from_what_was_told_else_from_what_was_seen_and_says_which() {
        let hour = parameters(&["1h"]);
        let clock = |stopped, last_up| {
            Clock::of(&Server { last_up, ..server("STOPPED", stopped) }, &hour).map(|c| (c.from, c.is_seen))
        };
        assert_eq!(clock(None, None), None);
        assert_eq!(clock(Some(at(1)), None), Some((at(1), false)));
        assert_eq!(clock(None, Some(at(7))), Some((at(7), true)));
        assert_eq!(clock(Some(at(1)), Some(at(7))), Some((at(1), false)), "too early rather than too late");
    }

    #[test]
    fn the_limit_reads_in_every_spelling_and_the_shortest_counts() {
        for (raw, secs) in [("3600s", 3600), ("60m", 3600), ("1h", 3600), (" 3D ", 259_200), ("20", 20)] {
            assert_eq!(length(raw), Some(Span::from_secs(secs)), "{raw}");
        }
        assert_eq!(length("500ms"), Some(Span::from_millis(500)));
        assert_eq!(length("1500000us"), Some(Span::from_millis(1500)));
        for raw in ["", "h", "-1s", "1w", "１s", "99999999999999999999s"] {
            assert_eq!(length(raw), None, "{raw}");
        }
        assert_eq!(limit(&parameters(&["1h", "20m", "?"])), Some(Span::from_secs(1200)));
        assert_eq!(length("9223372036854775807h"), Some(Span::from_millis(i64::MAX)));
    }

    #[test]
    fn a_limit_of_nothing_has_run_out_at_once() {
        let clock = Clock { from: at(0), limit: Span::ZERO, is_seen: false };
        assert_eq!(clock.level(at(0)), Level::Out);
        assert!((clock.used(at(0)) - 1.0).abs() < 1e-6);
    }
}
