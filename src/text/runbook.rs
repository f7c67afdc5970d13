//! Runbook cards as they are shown: title, what it means, steps, SQL.

use crate::domain::runbook::Card;

/// Before a card's title.
pub const TITLE: &str = "Runbook";
/// Above the SQL of a card.
pub const SQL: &str = "SQL, in the sys tenant";
/// A card is to be read.
pub const NOTHING_SENT: &str = "a card is for reading; nothing is sent from here";
/// Its SQL was copied.
pub const COPIED: &str = "SQL copied";
/// Beside the card about what is on the screen.
pub const HERE: &str = "about this screen";

/// A card in its parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sheet {
    /// What happened.
    pub title: &'static str,
    /// What it means.
    pub meaning: &'static str,
    /// The lines of the steps, each with its number.
    steps: &'static str,
    /// SQL to copy.
    pub sql: Option<&'static str>,
}

impl Sheet {
    /// The parts of a card's file.
    pub fn of(card: Card) -> Self {
        let text = card.markdown();
        let (title, rest) = text.split_once('\n').unwrap_or((text, ""));
        let (meaning, steps) = rest.trim_start().split_once("\n\n").unwrap_or((rest, ""));
        let steps = steps.split_once("```").map_or(steps, |(steps, _)| steps);
        Self { title: title.trim_start_matches("# "), meaning, steps: steps.trim(), sql: card.sql() }
    }
    /// The steps, in order, without the marks of Markdown.
    pub fn steps(&self) -> impl Iterator<Item = String> + use<> {
        self.steps.lines().map(|l| l.replace('`', ""))
    }
    /// The first step without its number: what a message of one line has room for.
    pub fn first(&self) -> String {
        let first = self.steps().next().unwrap_or_default();
        first.trim_start_matches("1. ").to_owned()
    }
}

/// `runbook: look before you retry …`, for a message of one line.
pub fn hint(card: Card) -> String {
    format!("runbook: {}", Sheet::of(card).title)
}

/// What the command line adds to a refusal: title and first step.
pub fn short(card: Card) -> String {
    let sheet = Sheet::of(card);
    format!("{}: {}", sheet.title, sheet.first())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_on_the_command_line_names_the_first_step_of_its_card() {
        use crate::domain::action::{Action, TaskVerb};
        use crate::domain::id::TaskRef;
        use crate::domain::outcome::{ReadErrorKind, Refused};
        let of =
            Action::Task { task: TaskRef { profile: "p".into(), id: "1".into() }, verb: TaskVerb::Retry };
        let refused = |code: &str, message: &str| {
            let (code, message) = (code.into(), message.into());
            let r = Refused { kind: ReadErrorKind::Conflict, http: 409, code, message, trace: None };
            crate::text::outcome::refused(&of, &r).now
        };
        let told = refused("", "ob is under maintenance by DAG [12:Stop OB]");
        assert_eq!(told, short(Card::UnderMaintenance));
        assert!(told.contains("Open that task") && !told.contains('\n'), "{told}");
        assert!(refused("11020", "stopped").starts_with("nothing was done"));
    }

    #[test]
    fn every_card_reads_in_its_parts() {
        for card in Card::ALL {
            let sheet = Sheet::of(card);
            assert!(sheet.title.len() > 10 && sheet.title.len() <= 64, "{card:?}: {}", sheet.title);
            assert!(sheet.meaning.len() > 20 && !sheet.meaning.contains('\n'), "{card:?}: {}", sheet.meaning);
            let steps: Vec<String> = sheet.steps().collect();
            assert_eq!(steps.len(), 3, "{card:?}: {steps:?}");
            assert!(steps.iter().zip(1..).all(|(s, n)| s.starts_with(&format!("{n}. "))), "{card:?}");
            assert!(!sheet.first().is_empty() && !sheet.first().starts_with('1'), "{card:?}");
            let marked = steps.iter().any(|s| s.contains('`')) || sheet.meaning.contains('`');
            assert!(!marked, "{card:?}");
        }
    }
}
