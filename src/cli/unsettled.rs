//! Orders of earlier runs whose outcome nobody knows, named before anything else is done (A07, A08).

use super::output::say;
use crate::app::settings::JournalFacts;
use crate::text::journal;

/// Names them on stderr, each with how to find out, and who else is running.
pub(crate) fn tell(facts: &JournalFacts) {
    if !facts.others.is_empty() {
        say(&format!("obdeck: {}", journal::also_running(&facts.others)));
    }
    for (at, intent) in &facts.unsettled {
        say(&format!("obdeck: {}", journal::unsettled(*at, intent)));
        say(&format!("  {}", journal::find_out(*at, intent)));
    }
    if !facts.unsettled.is_empty() {
        say("  the console settles them; it shows them first");
    }
}
