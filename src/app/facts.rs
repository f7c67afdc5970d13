//! What panes and overlays are given to decide with, and what they give back.

use super::cache::Cache;
use super::command::Command;
use super::effect::Effect;
use super::keepsake::{Keepsake, Kept, NotKept};
use super::key::Size;
use super::panes::task::export::Format;
use super::panes::task::job::NotLaid;
use super::paper::{Paper, To};
use super::settings::Settings;
use crate::domain::action::{Action, Scope, Verb};
use crate::domain::capability::WhyNot;
use crate::domain::id::{ClusterRef, ProfileName, SubtaskId, TaskRef};
use crate::domain::outcome::{Outcome, ReadError};
use crate::domain::runbook::Card;
use crate::domain::shown::{Shown, Text};
use crate::domain::status::Phase;
use crate::domain::task::TaskSummary;
use crate::domain::time::{Span, Timestamp};
use crate::domain::timeline::What;

/// The facts of the moment.
#[derive(Clone, Copy)]
pub struct Facts<'a> {
    /// What was read.
    pub cache: &'a Cache,
    /// What the console was started with.
    pub settings: &'a Settings,
    /// The time of the message.
    pub now: Timestamp,
    /// The screen.
    pub size: Size,
    /// Cells the pane itself has: what a page is.
    pub pane: Size,
}

impl<'a> Facts<'a> {
    /// Put together from the parts of a model of which others are lent out.
    pub fn of(cache: &'a Cache, settings: &'a Settings, now: Timestamp, size: Size, pane: Size) -> Self {
        Self { cache, settings, now, size, pane }
    }
}

/// What came of a command.
#[derive(Debug, Default)]
pub struct Step {
    /// What the shell is to do.
    pub effects: Vec<Effect>,
    /// Where to go.
    pub go: Vec<Go>,
}

impl Step {
    /// Nothing came of it.
    pub fn none() -> Self {
        Self::default()
    }
    /// Go somewhere.
    pub fn go(go: Go) -> Self {
        Self { effects: Vec::new(), go: vec![go] }
    }
    /// Ask something of the shell.
    pub fn effect(effect: Effect) -> Self {
        Self { effects: vec![effect], go: Vec::new() }
    }
}

/// Where to go, or what to show. Carried out by `update`, which alone owns views, overlays and notices.
#[derive(Debug, Clone, PartialEq)]
pub enum Go {
    /// The topology with a cluster selected.
    Topology(Option<ClusterRef>),
    /// Detail of what is selected.
    Detail(DetailOf),
    /// The task list.
    Tasks,
    /// A task.
    Task(TaskRef),
    /// A subtask's log, whole screen.
    Log(TaskRef, SubtaskId),
    /// One up in the history of views.
    Up,
    /// The dialog for a verb on something.
    Dialog(Verb, ClusterRef, Scope),
    /// The confirmation for an action on a task or subtask.
    Confirm(Action),
    /// The list of all actions.
    Actions(Vec<ActionOffer>),
    /// The list of what can be written into files.
    Files(Vec<ActionOffer>),
    /// Close the topmost overlay.
    CloseOverlay,
    /// Something to say on the message line.
    Notice(Notice),
    /// Copy a value, and show it on the message line for terminals that refuse.
    Copy(Shown),
    /// Draw the open task in these formats and write it into files.
    Export(&'static [Format]),
    /// Write files.
    Save(Box<Keepsake>),
    /// Write a line of the journal.
    Jot(Box<What>),
    /// Make words of a paper: into the clipboard, or into files.
    Paper(Box<Paper>, To),
    /// The timeline of a cluster (`None`: of all) at the newest line that holds this text.
    Moment(Option<ClusterRef>, Shown),
    /// Look for this text on the screen.
    Look(String),
    /// A runbook card.
    Card(Card),
    /// What a key would do.
    Command(Command),
}

/// What the detail view shows.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum DetailOf {
    /// A profile: its control plane.
    Profile(ProfileName),
    /// A cluster.
    Cluster(ClusterRef),
    /// A zone or server of it.
    Part(ClusterRef, Scope),
}

/// One line of the list of all actions: possible, or why not (screens 1, rule 11).
#[derive(Debug, Clone, PartialEq)]
pub struct ActionOffer {
    /// The word for it, e.g. `stop`, `retry subtask`.
    pub word: &'static str,
    /// What choosing it does.
    pub go: Go,
    /// Whether it can be done now.
    pub can: Result<(), WhyNot>,
}

/// Something to say on the message line. Errors stay until dismissed (screens 1, rule 12).
#[derive(Debug, Clone, PartialEq)]
pub enum Notice {
    /// This was put into the clipboard (or shown, where the terminal refuses).
    Copied(Shown),
    /// The handoff note was put into the clipboard; `false`: the clipboard is off.
    NoteCopied(bool),
    /// A note is in the journal.
    Jotted,
    /// A note could not be written: why, and what to do.
    NotJotted(Text),
    /// What was asked for cannot be done now.
    NotPossible(WhyNot),
    /// An order was sent, and this came of it.
    Outcome(Box<Outcome>),
    /// Files were written.
    Saved(Kept),
    /// No file was written.
    NotSaved(NotKept),
    /// A read failed.
    ReadFailed(Box<ReadError>),
    /// Polling was paused or goes on.
    Paused(bool),
    /// Another pause between polls.
    RefreshRate(Span),
    /// Mouse capture on or off.
    Mouse(bool),
    /// No match for what was looked for.
    NoMatch(Shown),
    /// No run of finished steps is long enough to be folded.
    NothingFolds,
    /// There is no problem to go to.
    NoProblem,
    /// Boxes could not be laid out: the lanes stay.
    NotLaid(NotLaid),
    /// A background part of the program failed.
    Fault(Shown),
    /// What a control plane had to say beside its answers, e.g. that an agent has another key.
    Told(ProfileName, Text),
    /// A key that two commands want.
    KeyClash(super::keymap::Clash),
    /// What there is no view for at this size or place.
    NothingThere,
    /// Another process on this machine has an order to the same target on its way: which, and since when (A09).
    AlsoSending(u32, Timestamp),
    /// Other instances are running on the same state directory: which processes (T14).
    AlsoRunning(Vec<u32>),
    /// Lines near the journal's end were edited, removed or put in (F03).
    ChainBroken,
    /// The journal cannot be written, so no action is sent: why, and what to do.
    NoJournal(Text),
    /// A task was taken as what came of an order whose outcome was not known.
    Attached(Box<TaskSummary>),
    /// The journal could not be read: why, and what to do.
    NoHistory(Text),
    /// The operator took over from the tour; the key that did it did nothing else.
    TakenOver,
    /// The end waits for an order in flight.
    QuitWaits,
    /// Something that was watched ended or changed, in the words of the trade.
    TaskEnded(Box<TaskSummary>),
}

impl Notice {
    /// Whether it stays until dismissed.
    pub fn is_error(&self) -> bool {
        match self {
            Notice::Outcome(o) => !matches!(**o, Outcome::Accepted { .. }),
            Notice::ReadFailed(_)
            | Notice::NotSaved(_)
            | Notice::NotLaid(_)
            | Notice::Fault(_)
            | Notice::Told(..)
            | Notice::NoHistory(_)
            | Notice::NotJotted(_)
            | Notice::NoJournal(_)
            | Notice::AlsoSending(..)
            | Notice::ChainBroken
            | Notice::QuitWaits
            | Notice::KeyClash(_) => true,
            Notice::TaskEnded(t) => t.phase() == Phase::Failed,
            Notice::Copied(_)
            | Notice::NoteCopied(_)
            | Notice::Jotted
            | Notice::Saved(_)
            | Notice::NotPossible(_)
            | Notice::AlsoRunning(_)
            | Notice::Attached(_)
            | Notice::TakenOver
            | Notice::Paused(_)
            | Notice::RefreshRate(_)
            | Notice::Mouse(_)
            | Notice::NoMatch(_)
            | Notice::NothingThere
            | Notice::NothingFolds
            | Notice::NoProblem => false,
        }
    }
}

/// A line that `offers` shows at the foot of the screen.
#[derive(Debug, Clone, PartialEq)]
pub struct Offer {
    /// The command.
    pub command: super::command::Command,
    /// The word for it here, e.g. `open`, `log`.
    pub word: &'static str,
    /// Whether it can be done now.
    pub can: Result<(), WhyNot>,
}
