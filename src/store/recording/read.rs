//! Reads a recording back: bounded like an answer from the network, mistakes told with their line.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Read};
use std::path::Path;

use super::line;
use crate::domain::limits;
use crate::domain::tape::Tape;

/// Why a recording cannot be played.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadTape {
    /// The file cannot be read.
    #[error("{0}")]
    Unreadable(String),
    /// A line of it, counted from 1, is wrong.
    #[error("line {line}: {why}")]
    Line {
        /// Which.
        line: usize,
        /// Why; may quote the file.
        why: String,
    },
}

/// Reads a whole recording.
pub fn read(path: &Path) -> Result<Tape, BadTape> {
    let unreadable = |e: std::io::Error| BadTape::Unreadable(e.to_string());
    let file = File::open(path).map_err(unreadable)?;
    if !file.metadata().map_err(unreadable)?.is_file() {
        // A pipe could hold the program for ever, a device could be endless.
        return Err(BadTape::Unreadable("not a file".to_owned()));
    }
    from(file)
}

/// Reads it out of anything.
pub(super) fn from(source: impl Read) -> Result<Tape, BadTape> {
    // One byte beyond the limit tells a file that ends there from one that goes on.
    let mut source = BufReader::new(source.take(limits::RECORDING_BYTES + 1));
    let mut head = None;
    let mut events = Vec::new();
    let (mut number, mut bytes) = (0, 0);
    let mut buffer = Vec::new();
    loop {
        number += 1;
        let bad = |why: String| BadTape::Line { line: number, why };
        buffer.clear();
        let limit = limits::RECORDING_LINE_BYTES as u64;
        let n = (&mut source).take(limit + 1).read_until(b'\n', &mut buffer);
        let n = n.map_err(|e| BadTape::Unreadable(e.to_string()))?;
        if n == 0 {
            break;
        }
        bytes += n as u64;
        if bytes > limits::RECORDING_BYTES {
            return Err(bad(format!("the recording is larger than {} bytes", limits::RECORDING_BYTES)));
        }
        if n as u64 > limit {
            return Err(bad(format!("longer than {limit} bytes")));
        }
        if number > limits::RECORDING_LINES {
            return Err(bad(format!("more than {} lines", limits::RECORDING_LINES)));
        }
        if buffer.pop() != Some(b'\n') {
            return Err(bad("cut off in its middle; without this line the rest can be played".to_owned()));
        }
        if head.is_none() {
            head = Some(line::head(&buffer).map_err(bad)?);
        } else {
            events.push(line::event(&buffer).map_err(bad)?);
        }
    }
    match head {
        Some(head) => Ok(Tape { head, events }),
        None => Err(BadTape::Line { line: 1, why: "empty: not a recording".to_owned() }),
    }
}
