//! What stdout and stderr get. The one place that writes to them, besides the console's screen.

pub(crate) mod put;
pub(crate) mod rows;
pub(crate) mod table;

use std::io::{IsTerminal, Write};

use super::args::{Format, Global};
use crate::domain::shown::Shown;
pub(crate) use crate::text::machine as json;
use crate::text::outcome::Told;

/// Where results go.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Out {
    /// The form chosen.
    pub(crate) format: Format,
}

impl Out {
    /// The form that was asked for, else a table on a terminal and JSON otherwise.
    pub(crate) fn new(global: &Global) -> Self {
        let default = if std::io::stdout().is_terminal() { Format::Table } else { Format::Json };
        Self { format: global.output.unwrap_or(default) }
    }
}

/// Lines on stderr, filtered once more: file names and arguments come from outside too (X rows). Nobody reading them
/// is no reason to end.
pub(crate) fn say(text: &str) {
    let mut stderr = std::io::stderr().lock();
    for line in text.split('\n') {
        let _ = writeln!(stderr, "{}", Shown::whole(line));
    }
}

/// A failure in its three parts on stderr.
pub(crate) fn tell(told: &Told) {
    say(&format!("obdeck: {}", told.line()));
    if !told.now.is_empty() {
        say(&format!("  {}", told.now));
    }
}
