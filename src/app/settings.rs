//! What the console was started with: profiles without their secrets, and how the screen is to be.

use crate::domain::capability::Capabilities;
use crate::domain::guard::Rules;
use crate::domain::id::ProfileName;
use crate::domain::shown::Text;
use crate::domain::time::{Span, Timestamp};
use crate::domain::timeline::Intent;

/// A profile as the screen knows it: no secret, no connection.
#[derive(Debug, Clone, PartialEq)]
pub struct ProfileFacts {
    /// Its name.
    pub name: ProfileName,
    /// What its control plane offers.
    pub capabilities: Capabilities,
    /// How much confirming it wants.
    pub rules: Rules,
    /// Scheme, host and port, or a socket's path; and the variable that names a proxy, where one has a say.
    pub origin: String,
    /// User or access key.
    pub user: String,
    /// Whether TLS is not checked: shown on every screen.
    pub insecure: bool,
    /// Why it could not be set up (a secret that could not be read, a bad CA file), if so: shown in the tree.
    pub broken: Option<String>,
}

/// Settings of the console.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// Every configured profile.
    pub profiles: Vec<ProfileFacts>,
    /// Pause between polls of lists.
    pub refresh: Span,
    /// Whether OSC 52 may be written.
    pub clipboard: bool,
    /// Whether this is the demo: said on the screen.
    pub demo: bool,
    /// Keys of the config: command name and keys, already read.
    pub keys: Vec<(super::command::Command, Vec<super::key::Key>)>,
    /// What the journal told at the start.
    pub journal: JournalFacts,
}

/// What was found at the start in the folder of the state.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct JournalFacts {
    /// Why the journal cannot be written, and what to do; `None`: it can. No action is sent without it (P3).
    pub broken: Option<Text>,
    /// Orders of an earlier run whose outcome nobody knows, with when they were to be sent; oldest first (A07, A08).
    pub unsettled: Vec<(Timestamp, Intent)>,
    /// Whether the chain is broken near the journal's end: work goes on, and it is said (F03).
    pub is_chain_broken: bool,
    /// Other running instances on the same folder, by process (T14).
    pub others: Vec<u32>,
}

impl Settings {
    /// A profile by name.
    pub fn profile(&self, name: &ProfileName) -> Option<&ProfileFacts> {
        self.profiles.iter().find(|p| p.name == *name)
    }
}
