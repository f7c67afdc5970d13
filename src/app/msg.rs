//! What can happen to the machine. A closed list: a new way to change the state is a visible new line.

use super::effect::{Answer, Ticket};
use super::keepsake::Saved;
use super::key::{Key, Size};
use super::panes::task::job::{Laid, NotLaid};
use crate::domain::id::ProfileName;
use crate::domain::outcome::{Outcome, ReadError};
use crate::domain::shown::Text;
use crate::domain::time::Timestamp;
use crate::domain::timeline::Record;

/// Something happened. The time it happened at is given to `update` beside it.
#[derive(Debug, Clone, PartialEq)]
pub enum Msg {
    /// A key was pressed.
    Key(Key),
    /// Text was pasted, already stripped of control characters (X14).
    Paste(String),
    /// The mouse was clicked or its wheel turned.
    Mouse(Mouse),
    /// The terminal has another size.
    Resize(Size),
    /// The time asked for by [`super::effect::Effect::WakeAt`] has come.
    Wake,
    /// A frame was drawn: only what was painted can be confirmed (A06).
    Painted,
    /// A read ended.
    Reply {
        /// Which.
        ticket: Ticket,
        /// How.
        result: Result<Answer, ReadError>,
    },
    /// An order ended.
    Outcome {
        /// Which.
        ticket: Ticket,
        /// How.
        outcome: Outcome,
    },
    /// Files were written, or not.
    Saved(Saved),
    /// A line of the journal was written, by an [`super::effect::Effect::Jot`] or on behalf of an order; `Err`: why it
    /// could not be, and what to do.
    Jotted(Result<Box<Record>, Text>),
    /// Another process on this machine has an order to the same target on its way (A09).
    AlsoSending {
        /// Which process.
        pid: u32,
        /// Since when.
        since: Timestamp,
    },
    /// The journal's newest records, oldest first; `Err`: why it could not be read.
    History(Result<Vec<Record>, Text>),
    /// A layout is made.
    Laid(Box<Laid>),
    /// There is no layout: its job, and why.
    NotLaid(u64, NotLaid),
    /// A background part failed (a panic in a task): told as a notice, the console goes on (T10).
    Fault(String),
    /// A control plane has something to say beside its answers.
    Told {
        /// Which.
        profile: ProfileName,
        /// What.
        words: Text,
    },
    /// Stopped and continued: everything shown may be old (T03).
    Resumed,
    /// The recording that is played stands elsewhere: what was read is of another time.
    Rewound,
    /// The system asks the program to end; quit as soon as no order is in flight (A07).
    Terminate,
}

/// A mouse event in cells, origin top left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mouse {
    /// Column.
    pub x: u16,
    /// Row.
    pub y: u16,
    /// What.
    pub kind: MouseKind,
}

/// What the mouse did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MouseKind {
    /// Left button down.
    Click,
    /// Wheel up.
    WheelUp,
    /// Wheel down.
    WheelDown,
}
