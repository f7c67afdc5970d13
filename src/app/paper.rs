//! What is written for people beside the screen: the handoff note, an incident as a whole, a dry run. Facts only; the words are
//! made where they leave.

use crate::domain::action::Action;
use crate::domain::guard::Verdict;
use crate::domain::handoff::Handoff;
use crate::domain::id::{ClusterRef, ProfileName};
use crate::domain::impact::{Impact, Input, Missing};
use crate::domain::incident::Moment;
use crate::domain::request::{Checked, Planned};
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

/// What an action would be and take away, with nothing sent: as far as it is known at a moment.
#[derive(Debug, Clone, PartialEq)]
pub struct DryRun {
    /// Through which profile.
    pub profile: ProfileName,
    /// What would be done.
    pub action: Action,
    /// The exact request, secrets masked; `None`: only the impact was asked for.
    pub request: Option<Planned>,
    /// What it would take away.
    pub impact: Impact,
    /// When each input of the impact was read, or why it is not known.
    pub inputs: Vec<(Input, Result<Timestamp, Missing>)>,
    /// The moment.
    pub now: Timestamp,
    /// What the guard says.
    pub verdict: Verdict,
    /// What the plane's own check says, where it has one; `Err`: why it could not be asked.
    pub checked: Option<Result<Checked, Text>>,
}

/// A paper.
#[derive(Debug, Clone, PartialEq)]
pub enum Paper {
    /// A handoff note.
    Handoff(Box<Handoff>),
    /// An incident.
    Incident(Box<Incident>),
    /// A dry run.
    DryRun(Box<DryRun>),
}

/// Where it goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum To {
    /// The clipboard, by OSC 52 (X15).
    Clipboard,
    /// Files, as words and JSON.
    Files,
}
