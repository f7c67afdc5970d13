//! What stdout and stderr get. The one place that writes to them, besides the console's screen.

pub(crate) mod json;
pub(crate) mod rows;
pub(crate) mod table;

use std::io::{IsTerminal, Write};

use serde::Serialize;

use super::args::{Format, Global};
use super::fail::{Code, Fail};
use crate::domain::outcome::Exit;
use crate::driver::clock;
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
    /// One line on stdout, flushed.
    pub(crate) fn line(self, text: &str) -> Result<(), Fail> {
        self.text(&format!("{text}\n"))
    }
    /// Text on stdout as it is, flushed. A closed pipe ends the program quietly (T06).
    pub(crate) fn text(self, text: &str) -> Result<(), Fail> {
        let mut stdout = std::io::stdout().lock();
        stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()).map_err(|e| {
            if e.kind() == std::io::ErrorKind::BrokenPipe {
                Fail::silent(Code::DONE)
            } else {
                Fail::of(Exit::Failed, "could not write the result", e.to_string(), "")
            }
        })
    }
    /// One JSON document.
    pub(crate) fn document(self, body: &impl Serialize) -> Result<(), Fail> {
        self.line(&encode(body, true)?)
    }
    /// One line of ndjson, with its type and the time.
    pub(crate) fn event(self, kind: &'static str, body: &impl Serialize) -> Result<(), Fail> {
        self.line(&encode(&Event { kind, time: clock::now().rfc3339(), body }, false)?)
    }
}

#[derive(Serialize)]
struct Event<'a, T: Serialize> {
    #[serde(rename = "type")]
    kind: &'static str,
    time: String,
    #[serde(flatten)]
    body: &'a T,
}

fn encode(body: &impl Serialize, pretty: bool) -> Result<String, Fail> {
    let text = if pretty { serde_json::to_string_pretty(body) } else { serde_json::to_string(body) };
    text.map_err(|e| Fail::of(Exit::Failed, "could not write the result as JSON", e.to_string(), ""))
}

/// One line on stderr. Nobody reading it is no reason to end.
pub(crate) fn say(text: &str) {
    let _ = writeln!(std::io::stderr().lock(), "{text}");
}

/// A failure in its three parts on stderr.
pub(crate) fn tell(told: &Told) {
    say(&format!("obdeck: {}", told.line()));
    if !told.now.is_empty() {
        say(&format!("  {}", told.now));
    }
}
