//! Writing to stdout: the result and nothing else.

use std::io::Write;

use serde::Serialize;

use crate::cli::fail::{Code, Fail};
use crate::domain::outcome::Exit;
use crate::driver::clock;

/// One JSON document.
pub(crate) fn document(body: &impl Serialize) -> Result<(), Fail> {
    line(&encode(body, true)?)
}

/// One line of ndjson, with its type and the time.
pub(crate) fn event(kind: &'static str, body: &impl Serialize) -> Result<(), Fail> {
    line(&encode(&Event { kind, time: clock::now().rfc3339(), body }, false)?)
}

/// One line on stdout, flushed.
pub(crate) fn line(content: &str) -> Result<(), Fail> {
    text(&format!("{content}\n"))
}

/// Text on stdout as it is, flushed. A closed pipe ends the program quietly (T06).
pub(crate) fn text(content: &str) -> Result<(), Fail> {
    let mut stdout = std::io::stdout().lock();
    stdout.write_all(content.as_bytes()).and_then(|()| stdout.flush()).map_err(|e| {
        if e.kind() == std::io::ErrorKind::BrokenPipe {
            Fail::silent(Code::DONE)
        } else {
            Fail::of(Exit::Failed, "could not write the result", e.to_string(), "")
        }
    })
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
