//! Papers in words, where they leave: the clipboard takes Markdown, files get Markdown and JSON.

use crate::app::keepsake::Keepsake;
use crate::app::paper::{Incident, Paper};
use crate::text::{handoff, incident};

/// As Markdown.
pub fn markdown(paper: &Paper) -> String {
    match paper {
        Paper::Handoff(note) => handoff::note(note),
        Paper::Incident(i) => incident::markdown(i),
    }
}

/// As files.
pub fn keepsake(paper: &Paper) -> Result<Keepsake, String> {
    match paper {
        Paper::Handoff(note) => {
            let keepsake = Keepsake::new(&["handoff", note.cluster.id.raw()], note.now);
            Ok(keepsake.with("md", handoff::note(note)))
        }
        Paper::Incident(i) => {
            let json = serde_json::to_string_pretty(&incident::json(i)).map_err(|e| e.to_string())?;
            Ok(named(i).with("md", incident::markdown(i)).with("json", json + "\n"))
        }
    }
}

fn named(i: &Incident) -> Keepsake {
    let of =
        i.cluster.as_ref().map_or("all", |(at, name)| if name.is_empty() { at.id.raw() } else { name.raw() });
    Keepsake::new(&["incident", of], i.now)
}
