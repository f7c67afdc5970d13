//! `obdeck graph FILE`: draws a task from a file. No network, no config, no clock: same file, same bytes.

mod draw;
mod read;

use std::path::{Path, PathBuf};

use super::args::{Export, Form, Format, Global, Graph};
use super::fail::{Code, Ended, Fail};
use super::output::{put, say};
use crate::domain::outcome::Exit;
use draw::Drawing;
use read::Given;

/// Runs it.
pub(crate) fn run(global: &Global, options: &Graph) -> Ended {
    check(options)?;
    let given = read::file(&options.file)?;
    tell(&given);
    let drawing = Drawing::new(&given, options);
    if let Some(told) = drawing.too_large(options) {
        say(&told);
    }
    for (format, path) in &options.out {
        write(path, &drawing.export(&given, options, *format)?)?;
    }
    let format = match (options.format, global.output) {
        (Some(format), _) => format,
        (None, _) if !options.out.is_empty() => return Ok(Code::DONE),
        (None, Some(Format::Json | Format::Ndjson)) => Export::Json,
        (None, _) if global.ascii => Export::Ascii,
        (None, _) => Export::Text,
    };
    put::text(&drawing.export(&given, options, format)?)?;
    Ok(Code::DONE)
}

/// What cannot be combined; before any file is read or written.
fn check(options: &Graph) -> Result<(), Fail> {
    let lists = matches!(options.form, Form::Lanes | Form::List);
    let hint = "use --form full or compact, or another format";
    for format in options.format.iter().chain(options.out.iter().map(|(f, _)| f)) {
        match format {
            Export::Layout if lists => {
                return Err(Fail::usage("lanes and list have no layout", hint));
            }
            Export::Svg if lists => return Err(Fail::usage("lanes and list have no picture", hint)),
            Export::Text
            | Export::Ascii
            | Export::Json
            | Export::Layout
            | Export::Svg
            | Export::Dot
            | Export::Mermaid => {}
        }
    }
    Ok(())
}

/// Warnings told one by one: a file with a thousand doubled edges must not push the drawing off the screen.
const WARNINGS: usize = 12;

/// Title, warnings and "no steps told yet" go to stderr: stdout is the drawing and nothing else.
fn tell(given: &Given) {
    let title = given.title();
    if !title.is_empty() {
        say(&title);
    }
    let warnings = given.warnings();
    for warning in warnings.iter().take(WARNINGS) {
        say(&format!("warning: {warning}"));
    }
    if warnings.len() > WARNINGS {
        say(&format!("warning: and {} more of such", warnings.len() - WARNINGS));
    }
    if given.is_empty() {
        say("no steps told yet");
    }
}

fn write(path: &Path, text: &str) -> Result<(), Fail> {
    let shown: PathBuf = path.to_path_buf();
    std::fs::write(path, text).map_err(|e| {
        Fail::of(Exit::Failed, &format!("could not write {}", shown.display()), e.to_string(), "")
    })
}
