//! Words for the offline clock (operator-guide 2.1): what is left, and what to do about it.

use crate::domain::offline::{Clock, Level};
use crate::domain::shown::Text;
use crate::domain::time::{Span, Timestamp};
use crate::domain::topology::Server;

/// Beside the stop time of a server whose process goes on: no clock runs.
pub const SERVICE_ONLY: &str = "SQL stop";

/// For how long, or since when, an OBServer is away: with `~` before it where nothing told, but the console saw it go.
pub fn since(server: &Server, words: String) -> String {
    if server.stopped.is_some() { words } else { format!("~{words}") }
}

/// When it runs out: `15:02:31Z`.
pub fn until(clock: &Clock) -> String {
    about(clock, format!("{}Z", clock.ends().clock()))
}

fn about(clock: &Clock, words: String) -> String {
    if clock.is_seen { format!("~{words}") } else { words }
}

/// What is left, in minutes: `59m`. A tree or a task view with it changes once a minute, not once a second.
pub fn coarse(clock: &Clock, now: Timestamp) -> String {
    match clock.level(now) {
        Level::Out => "OUT".to_owned(),
        Level::Early | Level::Half | Level::Late => about(clock, minutes(clock.left(now))),
    }
}

/// What is left, to the second: `59m09s`. For the one OBServer that is selected.
pub fn exact(clock: &Clock, now: Timestamp) -> String {
    match clock.level(now) {
        Level::Out => "OUT".to_owned(),
        Level::Early | Level::Half | Level::Late => about(clock, clock.left(now).short()),
    }
}

/// The mark behind it: none, `!` from half on, `!!` from four fifths on.
pub fn mark(level: Level) -> &'static str {
    match level {
        Level::Early => "",
        Level::Half => " !",
        Level::Late | Level::Out => " !!",
    }
}

/// `offline limit of 10.0.2.11: 59m`, for the message line beside a task.
pub fn beside(address: &Text, clock: &Clock, now: Timestamp) -> String {
    let address = address.shown().as_str();
    let host = address.rsplit_once(':').map_or(address, |(host, _)| host);
    format!("offline limit of {host}: {}{}", coarse(clock, now), mark(clock.level(now)))
}

/// What to do, in a sentence; `start` is the key that starts it.
pub fn advice(level: Level, start: &str) -> String {
    match level {
        Level::Early => format!("then its replicas are rebuilt elsewhere; {start} starts it"),
        Level::Half => format!("half is used: {start} starts it, or raise the limit in time"),
        Level::Late => format!("start it now with {start}, or raise server_permanent_offline_time"),
        Level::Out => {
            "the limit is out: replicas are being rebuilt elsewhere; it must fetch all anew".to_owned()
        }
    }
}

/// The same in a few words.
pub fn advice_short(level: Level, start: &str) -> String {
    match level {
        Level::Early | Level::Half => format!("{start} starts it"),
        Level::Late => format!("{start} starts it, now"),
        Level::Out => "being rebuilt elsewhere".to_owned(),
    }
}

/// In place of a clock while the process is there.
pub const NO_CLOCK: &str =
    "service stopped, the process is there: its offline limit runs from the process's end";

/// `offline limit 60m: 59m09s left, until 15:02:31Z`.
pub fn line(clock: &Clock, now: Timestamp) -> String {
    let limit = minutes(clock.limit);
    let ends = until(clock);
    match clock.level(now) {
        Level::Out => format!("offline limit {limit} ran out at {ends}"),
        level @ (Level::Early | Level::Half | Level::Late) => {
            format!("offline limit {limit}: {} left{}, until {ends}", exact(clock, now), mark(level))
        }
    }
}

/// Whole minutes, rounded down so that nobody counts on more than there is.
fn minutes(span: Span) -> String {
    match span.secs() {
        ..60 => "<1m".to_owned(),
        s if s < 2 * 3600 => format!("{}m", s / 60),
        s if s < 86_400 => format!("{}h{:02}m", s / 3600, s / 60 % 60),
        s => format!("{}d{:02}h", s / 86_400, s / 3600 % 24),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_reads_in_minutes_beside_others_and_to_the_second_alone() {
        let from = Timestamp::parse("2026-11-21T14:02:31Z").unwrap();
        let clock = Clock { from, limit: Span::from_secs(3600), is_seen: false };
        let at = |secs| from.plus(Span::from_secs(secs));
        assert_eq!(coarse(&clock, at(51)), "59m");
        assert_eq!(exact(&clock, at(51)), "59m09s");
        assert_eq!(line(&clock, at(51)), "offline limit 60m: 59m09s left, until 15:02:31Z");
        assert_eq!(line(&clock, at(1800)), "offline limit 60m: 30m00s left !, until 15:02:31Z");
        assert_eq!(line(&clock, at(4000)), "offline limit 60m ran out at 15:02:31Z");
        assert_eq!(coarse(&clock, at(3590)), "<1m");
        assert_eq!(coarse(&clock, at(3600)), "OUT");
        let text = beside(&Text::new("10.0.2.11:2882"), &clock, at(3000));
        assert_eq!(text, "offline limit of 10.0.2.11: 10m !!");
        let long = Clock { limit: Span::from_secs(72 * 3600), ..clock };
        assert_eq!(coarse(&long, at(0)), "3d00h");
        // Where nothing told when it began, each time of it is said to be about so.
        let seen = Clock { is_seen: true, ..clock };
        assert_eq!((coarse(&seen, at(51)), until(&seen)), ("~59m".to_owned(), "~15:02:31Z".to_owned()));
        assert_eq!(line(&seen, at(51)), "offline limit 60m: ~59m09s left, until ~15:02:31Z");
        assert_eq!(coarse(&seen, at(3600)), "OUT");
    }
}
