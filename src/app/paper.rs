//! What is written for people beside the screen: the handoff note, and an incident as a whole. Facts only; the words are
//! made where they leave.

use crate::domain::handoff::Handoff;
use crate::domain::id::ClusterRef;
use crate::domain::incident::Moment;
use crate::domain::shown::Text;
use crate::domain::time::{Span, Timestamp};

/// An incident: the timeline of a span, and how things stood at its end.
#[derive(Debug, Clone, PartialEq)]
pub struct Incident {
    /// The cluster, with its name; `None`: everything.
    pub cluster: Option<(ClusterRef, Text)>,
    /// When it was made.
    pub now: Timestamp,
    /// Not before this.
    pub since: Option<Timestamp>,
    /// How far the control plane's clock is ahead.
    pub skew: Option<Span>,
    /// Its lines, oldest first.
    pub moments: Vec<Moment>,
    /// The handoff of that moment, of one cluster.
    pub handoff: Option<Box<Handoff>>,
}

/// A paper.
#[derive(Debug, Clone, PartialEq)]
pub enum Paper {
    /// A handoff note.
    Handoff(Box<Handoff>),
    /// An incident.
    Incident(Box<Incident>),
}

/// Where it goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum To {
    /// The clipboard, by OSC 52 (X15).
    Clipboard,
    /// Files, as Markdown and JSON.
    Files,
}
