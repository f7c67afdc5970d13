//! Papers in words, where they leave: the clipboard takes Markdown, files get it, or plain words, and JSON.

use crate::app::keepsake::Keepsake;
use crate::app::paper::{DryRun, Incident, Paper};
use crate::domain::action::Action;
use crate::domain::timeline::Subject;
use crate::text::{dry_run, handoff, incident};

/// As Markdown.
pub fn markdown(paper: &Paper) -> String {
    match paper {
        Paper::Handoff(note) => handoff::note(note),
        Paper::Incident(i) => incident::markdown(i),
        Paper::DryRun(run) => dry_run::lines(run).join("\n"),
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
        Paper::DryRun(run) => {
            let json = serde_json::to_string_pretty(&dry_run::document(run)).map_err(|e| e.to_string())?;
            let words = dry_run::lines(run).join("\n") + "\n";
            Ok(of_run(run).with("txt", words).with("json", json + "\n"))
        }
    }
}

/// `dry-run-stop-protoss-zone2-20261121T140322Z`.
fn of_run(run: &DryRun) -> Keepsake {
    let subject = Subject::of(&run.action);
    let of = match &run.action {
        Action::Cluster(a) => a.confirm_name(),
        Action::Task { task, .. } => task.id.raw().to_owned(),
        Action::Subtask { subtask, .. } => subtask.raw().to_owned(),
    };
    Keepsake::new(&["dry-run", subject.verb.raw(), &of], run.now)
}

fn named(i: &Incident) -> Keepsake {
    let of =
        i.cluster.as_ref().map_or("all", |(at, name)| if name.is_empty() { at.id.raw() } else { name.raw() });
    Keepsake::new(&["incident", of], i.now)
}
