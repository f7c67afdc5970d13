//! How a verb ends when it does not end well.

use crate::domain::outcome::Exit;
use crate::text::outcome::Told;

/// An exit code: one of [`Exit`], or 128 + signal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Code(pub(crate) u8);

impl Code {
    /// All is well.
    pub(crate) const DONE: Code = Code(0);
    /// A code above this is 128 + a signal.
    pub(crate) const SIGNALS: u8 = 128;
}

impl From<Exit> for Code {
    fn from(e: Exit) -> Self {
        Self(e as u8)
    }
}

/// What a verb gives back.
pub(crate) type Ended = Result<Code, Fail>;

/// A verb that could not do what was asked.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Fail {
    /// The exit code.
    pub(crate) code: Code,
    /// What stderr is told; `None`: it was told already, or nothing is to be told.
    pub(crate) told: Option<Box<Told>>,
}

impl Fail {
    /// With words.
    pub(crate) fn new(exit: Exit, told: Told) -> Self {
        Self { code: exit.into(), told: Some(Box::new(told)) }
    }
    /// Nothing more to say.
    pub(crate) fn silent(code: impl Into<Code>) -> Self {
        Self { code: code.into(), told: None }
    }
    /// What failed, why, and what now.
    pub(crate) fn of(exit: Exit, what: &str, why: impl Into<String>, now: &str) -> Self {
        Self::new(exit, Told { what: what.to_owned(), why: why.into(), now: now.to_owned(), trace: None })
    }
    /// A usage error.
    pub(crate) fn usage(what: &str, now: &str) -> Self {
        Self::of(Exit::Usage, what, String::new(), now)
    }
}
