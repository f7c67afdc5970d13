//! Words of the tour: a caption for each scene, and what is said when it waits or ends.

use std::fmt::Write as _;

use unicode_width::UnicodeWidthStr as _;

use super::keys::key_name;
use crate::app::tour::{Caption, End, Sight, Tour};
use crate::domain::time::Span;

/// After the key of an operator.
pub const TAKEN_OVER: &str = "the tour is over, and your key did nothing else: the console is yours";

/// What is said of what is on the screen: one line of an 80-column screen, plain ASCII.
pub fn caption(caption: Caption) -> &'static str {
    match caption {
        Caption::Fleet => "Every control plane in one tree: clusters, zones, OBServers and their state.",
        Caption::Foresight => "What a stop of this zone would leave each tenant, before anybody asks for it.",
        Caption::Refused => "The guard refuses: a tenant has its only replica here. Nothing has been sent.",
        Caption::Unsent => "In protoss every tenant would keep 2 of its 3 replicas: this one can be done.",
        Caption::Dialog => "Worst first: what each tenant loses. Below it the exact request, not yet sent.",
        Caption::Name => "The target's name is typed by hand: a paste or a key held down never counts.",
        Caption::Deed => "Enter is never yes. Only y is, and it sends this one request exactly once.",
        Caption::Lanes => "One POST has left. Its task: each subtask, its status, its time and timeout.",
        Caption::Boxes => "The same task as boxes: which subtask waits for which, and what runs now.",
        Caption::Critical => "The critical path decides how long it takes. y copies the trace ID from here.",
        Caption::Log => "The log of a subtask, read as it grows; / finds in it, & shows only matches.",
        Caption::Aftermath => "zone2 is STOPPED. With it away, a stop of zone1 would now be an outage.",
        Caption::Timeline => "The timeline: order, answer, trace ID, steps and changes seen, in one order.",
        Caption::Handoff => "The handoff note of this moment, for whoever has the next shift. y copies it.",
        Caption::Palette => "Every command and every runbook card can be found here by its name.",
        Caption::Help => "The keys that work here. No key changes a cluster without asking first.",
        Caption::Yours => "The console is yours. U on zone2 of protoss starts it again. q quits.",
    }
}

/// What is to come, after "next" and "waiting for".
fn sight(sight: Sight) -> String {
    match sight {
        Sight::Tree => "the clusters of every profile".to_owned(),
        Sight::Finding(_) => "the line of the search".to_owned(),
        Sight::Cluster(t) | Sight::Unfolded(t) | Sight::Inside(t) => {
            format!("cluster {} in the tree", t.cluster)
        }
        Sight::Zone(t) => format!("{} in the tree", t.name),
        Sight::Foreseen(t) => format!("what a stop of {} leaves", t.name),
        Sight::Idle(t) => format!("{}, whole and without a task", t.cluster),
        Sight::Refused(t) => format!("the refusal to stop {}", t.name),
        Sight::Asks(t, "") => format!("the stop dialog of {}", t.name),
        Sight::Asks(t, _) => format!("the name {}, typed", t.name),
        Sight::Unlocked(t) => format!("the unlocked stop of {}", t.name),
        Sight::Task | Sight::Lanes => "the task of the stop".to_owned(),
        Sight::ChoseBoxes | Sight::Boxes => "the boxes of the task".to_owned(),
        Sight::Critical => "the critical path".to_owned(),
        Sight::Log => "the log of a subtask".to_owned(),
        Sight::Stopped(t) => format!("{} to be stopped", t.name),
        Sight::Timeline => "the timeline".to_owned(),
        Sight::Handoff => "the handoff note".to_owned(),
        Sight::Palette(_) => "the palette".to_owned(),
        Sight::Help => "the help".to_owned(),
    }
}

/// Why the tour ended before its end.
fn ended(what: Sight, limit: Span) -> String {
    format!("The tour ends: it waited {} for {}.", limit.short(), sight(what))
}

/// What stands over the row of keys: the caption, or why the tour ended before its end.
pub fn line(tour: &Tour) -> String {
    match tour.ended() {
        Some(End::Missing(what, limit)) => ended(what, limit),
        Some(End::Whole) | None => match (tour.late(), tour.caption(), tour.next_sight()) {
            (Some(what), ..) => format!("Waiting for {}", sight(what)),
            (None, Some(now), _) => caption(now).to_owned(),
            (None, None, Some(next)) => format!("Next: {}", sight(next)),
            (None, None, None) => String::new(),
        },
    }
}

/// How far it is, and what it pressed where there is room for all of that.
pub fn place(tour: &Tour, ascii: bool, columns: usize) -> String {
    let (at, all) = tour.place();
    let place = format!("tour {at}/{all}");
    if tour.pressed().is_empty() || tour.ended().is_some() {
        return place;
    }
    let mut words = format!("{place}  pressed");
    for key in tour.pressed() {
        let _ = write!(words, " {}", key_name(*key, ascii));
    }
    if words.width() > columns { place } else { words }
}

/// Who is at the keys.
pub fn keys(tour: &Tour) -> &'static str {
    if tour.ended().is_some() { "the console is yours  q quits" } else { "any key takes over  q quits" }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Columns of an 80-column screen between its margins.
    const ROOM: usize = 78;

    #[test]
    fn every_line_fits_a_screen_of_80_columns_in_ascii() {
        for (told, _) in Tour::readings() {
            let words = caption(told);
            assert!(words.is_ascii() && words.width() <= ROOM, "{} columns: {words}", words.width());
        }
        for what in Tour::sights() {
            let end = ended(what, Span::from_secs(600));
            assert!(end.is_ascii() && end.width() <= ROOM, "{} columns: {end}", end.width());
        }
    }

    #[test]
    fn every_caption_stays_long_enough_to_be_read_and_the_whole_short_enough_to_be_watched() {
        for (told, time) in Tour::readings() {
            // The last one stays until a key.
            if told != Caption::Yours {
                let letters = caption(told).chars().count() as i64;
                assert!(letters * 1000 <= 18 * time.millis(), "{told:?}: {letters} letters in {time:?}");
            }
        }
        let all: i64 = Tour::readings().map(|(_, time)| time.secs()).sum();
        assert!((60..=90).contains(&all), "{all} s of reading");
    }
}
