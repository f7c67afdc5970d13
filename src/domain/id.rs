//! One type for each ID, so that a zone's name can never be passed where a task's ID is meant.
//!
//! IDs are kept as text: OCP sends integers up to 64 bits, OBShell sends strings (reference: ocp-api 6,
//! obshell-api 2), and a number must never pass through `f64`.

use std::fmt;

use super::shown::{Shown, Text};

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Text);

        impl $name {
            /// Takes the ID exactly as the control plane (or the operator) spells it.
            pub fn new(raw: &str) -> Self {
                Self(Text::new(raw))
            }
            /// The exact spelling: for requests, comparison and machine output, never for the screen.
            pub fn raw(&self) -> &str {
                self.0.raw()
            }
            /// The filtered spelling: the only one a screen may show.
            pub fn shown(&self) -> &Shown {
                self.0.shown()
            }
            /// Both spellings at once.
            pub fn text(&self) -> &Text {
                &self.0
            }
        }
        impl From<&str> for $name {
            fn from(raw: &str) -> Self {
                Self::new(raw)
            }
        }
        /// Shows the filtered spelling.
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self.shown().as_str())
            }
        }
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({:?})"), self.raw())
            }
        }
    };
}

id!(
    /// Name of a configured profile: one control plane with one login.
    ProfileName
);
id!(
    /// A control plane's own cluster ID (OCP's `id`, not `obClusterId`).
    ClusterId
);
id!(
    /// Name of a zone, unique in its cluster.
    ZoneName
);
id!(
    /// A control plane's ID of an OBServer (OCP: integer; OBShell: `ip:obshell_port`).
    ServerId
);
id!(
    /// A control plane's ID of a tenant.
    TenantId
);
id!(
    /// ID of a task (OCP task instance, OBShell DAG).
    TaskId
);
id!(
    /// ID of a subtask (OCP subtask instance, OBShell sub task).
    SubtaskId
);
id!(
    /// Trace ID of one request: what support asks for. Belongs to the HTTP exchange, not to the task.
    TraceId
);

/// A cluster, named so that two control planes can never be confused.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ClusterRef {
    /// The profile through which the cluster is seen.
    pub profile: ProfileName,
    /// The control plane's ID.
    pub id: ClusterId,
}

/// A task on a control plane.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TaskRef {
    /// The profile through which the task is seen.
    pub profile: ProfileName,
    /// The control plane's ID.
    pub id: TaskId,
}
