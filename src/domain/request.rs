//! The exact request an action will be, before it is sent: one value for the dialog, `--dry-run` and the wire.

use super::shown::Text;
use super::time::Span;

/// A request as it will go out. The adapter sends exactly this and nothing else; only what [`HeaderValue::Masked`]
/// stands for is filled in at the last moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Planned {
    /// `POST`.
    pub method: &'static str,
    /// Scheme, host and port, without user information.
    pub origin: String,
    /// The unix socket it goes through instead of a connection to that host; its path.
    pub socket: Option<String>,
    /// Path with every segment percent-encoded, and the query.
    pub path_and_query: String,
    /// Headers in the order they are sent.
    pub headers: Vec<Header>,
    /// Body, byte for byte; `None` where none is sent.
    pub body: Option<String>,
    /// User or access key it is sent as.
    pub user: String,
    /// How long an answer is waited for.
    pub timeout: Span,
}

/// One header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// Its name, lower case.
    pub name: String,
    /// Its value.
    pub value: HeaderValue,
}

/// A header's value as it may be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HeaderValue {
    /// Not secret.
    Plain(String),
    /// Secret, or made at sending time; shown as this hint, e.g. `Basic ***`.
    Masked(&'static str),
}

impl Planned {
    /// Full URL.
    pub fn url(&self) -> String {
        format!("{}{}", self.origin, self.path_and_query)
    }
}

/// What a control plane's own check says of an action, before anything is ordered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// Whether the plane would take the order now.
    pub passed: bool,
    /// Its words where it would not; empty where it would.
    pub words: Text,
    /// Its code, empty when none.
    pub code: Text,
}
