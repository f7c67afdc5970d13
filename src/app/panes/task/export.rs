//! The open task as files: what is drawn, and in which formats. The shell draws and writes them.

use std::collections::BTreeSet;

use super::TaskPane;
use crate::app::effect::Effect;
use crate::app::facts::{ActionOffer, Facts, Go, Step};
use crate::app::keepsake::Keepsake;
use crate::domain::capability::PlaneKind;
use crate::domain::id::TraceId;
use crate::domain::task::Task;
use crate::domain::time::Timestamp;

/// A form of file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// A picture, for a report.
    Svg,
    /// The drawing in lines of text.
    Text,
    /// A Mermaid flowchart, for a wiki page or an issue.
    Mermaid,
    /// For Graphviz.
    Dot,
    /// The document of `get task -o json`.
    Json,
}

impl Format {
    /// Ending of the file's name.
    pub fn extension(self) -> &'static str {
        match self {
            Format::Svg => "svg",
            Format::Text => "txt",
            Format::Mermaid => "mmd",
            Format::Dot => "dot",
            Format::Json => "json",
        }
    }
}

/// What is to be drawn and written.
#[derive(Debug, Clone, PartialEq)]
pub struct Export {
    /// The task as it was last told.
    pub task: Task,
    /// Trace ID of the request that made it, else of the last poll.
    pub trace: Option<TraceId>,
    /// The server's clock: times that run are told as of then.
    pub now: Timestamp,
    /// Which kind of control plane told it.
    pub kind: PlaneKind,
    /// IDs of groups whose members the operator has listed.
    pub open: BTreeSet<String>,
    /// Those that stand apart.
    pub apart: BTreeSet<String>,
    /// Whether the critical path is marked.
    pub shows_critical: bool,
    /// A file in each of these.
    pub formats: &'static [Format],
    /// Our clock, for the name of the files.
    pub at: Timestamp,
}

impl Export {
    /// The files' name, without any content yet.
    pub fn named(&self) -> Keepsake {
        Keepsake::new(&["task", self.task.head.at.id.raw()], self.at)
    }
}

/// What the list offers; the first is what a report needs.
pub(super) fn offers() -> Vec<ActionOffer> {
    const CHOICES: [(&str, &[Format]); 6] = [
        ("picture and text (svg, txt)", &[Format::Svg, Format::Text]),
        ("picture (svg)", &[Format::Svg]),
        ("text (txt)", &[Format::Text]),
        ("Mermaid flowchart (mmd)", &[Format::Mermaid]),
        ("Graphviz (dot)", &[Format::Dot]),
        ("JSON, as get task has it (json)", &[Format::Json]),
    ];
    CHOICES
        .into_iter()
        .map(|(word, formats)| ActionOffer { word, go: Go::Export(formats), can: Ok(()) })
        .collect()
}

impl TaskPane {
    /// Asks for the open task in files of these formats.
    pub fn export(&self, formats: &'static [Format], cx: &Facts<'_>) -> Step {
        let Some(seen) = self.seen(cx) else { return Step::none() };
        Step::effect(Effect::Export(Box::new(Export {
            task: seen.task.clone(),
            trace: self.made_by.clone().or_else(|| seen.trace.cloned()),
            now: seen.now,
            kind: seen.kind,
            open: self.open.clone(),
            apart: self.apart.clone(),
            shows_critical: self.shows_critical,
            formats,
            at: cx.now,
        })))
    }
}
