//! What a recording holds: the exchanges of a session with their times, and what was done at its screen. No secrets.

use std::sync::Arc;

use super::capability::PlaneKind;
use super::id::ProfileName;
use super::time::{Span, Timestamp};

/// What a recording begins with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// Version of the program that made it.
    pub program: String,
    /// When it begins, by the clock of that machine.
    pub start: Timestamp,
    /// Whom it talked to.
    pub profiles: Vec<TapedProfile>,
}

/// A profile of a recording: where and as whom, without how it proved that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TapedProfile {
    /// Its name.
    pub name: ProfileName,
    /// Which kind of control plane.
    pub kind: PlaneKind,
    /// Where it is: the profile's URL first, then its peers.
    pub urls: Vec<String>,
    /// User or access key.
    pub user: String,
}

/// One thing a recording holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// A request, and what came of it.
    Exchange(Box<Exchange>),
    /// A key was pressed: its name as the config spells it.
    Key(String),
    /// So many characters were pasted. They are not kept: what is pasted by mistake may be a password.
    Paste(usize),
    /// The terminal has this many columns and rows.
    Size(u16, u16),
    /// So many events could not be kept: they came faster than they could be written.
    Lost(u64),
}

/// A request as it left, and its answer. Masked when it was made ([`Exchange::body`] and both lists of headers).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exchange {
    /// When the request left.
    pub at: Timestamp,
    /// Until the end of the answer.
    pub took: Span,
    /// Through which profile.
    pub profile: ProfileName,
    /// Scheme, host and port.
    pub origin: String,
    /// Method.
    pub method: String,
    /// Path and query.
    pub path: String,
    /// Headers by lower-case name; the value of one that is not known to be harmless is `***`.
    pub headers: Vec<(String, String)>,
    /// The body before it was sealed.
    pub body: Option<String>,
    /// What came back.
    pub end: End,
}

impl Exchange {
    /// When its end was known here: from then on a replay answers with it.
    pub fn known_at(&self) -> Timestamp {
        self.at.plus(self.took)
    }
}

/// How an exchange ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum End {
    /// With a whole answer.
    Answer(Answered),
    /// Without one.
    Failed {
        /// How.
        how: Failure,
        /// Why, host and port named.
        why: String,
        /// What had come by then: status and the beginning of the body.
        partial: Option<Answered>,
    },
}

/// An answer, or the part of one that came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answered {
    /// HTTP status.
    pub status: u16,
    /// Headers by lower-case name, masked like those of the request.
    pub headers: Vec<(String, String)>,
    /// The body, password fields masked.
    pub body: Arc<[u8]>,
}

/// How an exchange failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure {
    /// DNS, connect or TLS: nothing left.
    NotSent,
    /// No whole answer in time.
    Timeout,
    /// The connection ended inside the answer, or before it.
    CutOff,
    /// Larger than the limit.
    TooLarge,
    /// Something answered that does not speak HTTP.
    NotHttp,
}

impl Failure {
    /// Every one, with its word in a recording.
    pub const ALL: [(Failure, &'static str); 5] = [
        (Failure::NotSent, "not-sent"),
        (Failure::Timeout, "timeout"),
        (Failure::CutOff, "cut-off"),
        (Failure::TooLarge, "too-large"),
        (Failure::NotHttp, "not-http"),
    ];

    /// Its word in a recording.
    pub fn word(self) -> &'static str {
        Self::ALL.iter().find(|(f, _)| *f == self).map_or("", |(_, w)| w)
    }
}

/// A recording, read back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tape {
    /// What it begins with.
    pub head: Head,
    /// What happened, in the order it was written, each with its time.
    pub events: Vec<(Timestamp, Event)>,
}

impl Tape {
    /// When the last thing on it happened; never before its start.
    pub fn end(&self) -> Timestamp {
        let last = self.events.iter().map(|(at, event)| match event {
            Event::Exchange(e) => e.known_at(),
            Event::Key(_) | Event::Paste(_) | Event::Size(..) | Event::Lost(_) => *at,
        });
        last.chain([self.head.start]).max().unwrap_or(self.head.start)
    }
}
