//! Stand-ins that speak like the real control planes over loopback HTTP. Shares no code with the rest of the crate: it
//! is held against the same documents as the client, so that one mistake cannot hide another.
//!
//! A `world` (pure: clusters, tasks, a virtual clock) is told its story by `script` and moved by `engine`;
//! [`ocp`] puts HTTP in front of it; [`faults`] stands between the two. [`obshell`] is the other control plane, with a world
//! of its own: there is no server in the middle, each agent keeps its own tasks.

mod clock;
mod engine;
pub mod faults;
mod listen;
pub mod obshell;
pub mod ocp;
mod scenario;
mod script;
mod seed;
mod stand;
mod strike;
mod time;
mod world;

use std::net::SocketAddr;

pub use clock::{Clock, STORY_START};
pub use obshell::Obshell;
pub use ocp::{Arrival, Ocp, Options};
pub use scenario::{Product, ScenarioInfo, scenarios};
pub use time::Ms;

/// How large the simulated fleet is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Size {
    /// The scenario's own clusters.
    #[default]
    Small,
    /// 100 clusters, 1,000 OBServers.
    Large,
    /// 1,000 clusters, 10,000 OBServers.
    Huge,
}

/// Why a stand-in cannot be started.
#[derive(Debug, thiserror::Error)]
pub enum SimError {
    /// No scenario has this name.
    #[error("no scenario is called {name:?}; there are {known}")]
    UnknownScenario {
        /// As asked for.
        name: String,
        /// The names there are.
        known: String,
    },
    /// A scenario's file says something that cannot be.
    #[error("scenario {name}: {why}")]
    Scenario {
        /// The scenario.
        name: String,
        /// What is wrong in it.
        why: String,
    },
    /// The speed is not a number above 0.
    #[error("speed {0} is not a number above 0")]
    Speed(f64),
    /// No RSA key could be made.
    #[error("no RSA key of {0} bits could be made")]
    Key(usize),
    /// The address is not on loopback, and nobody said that it may be.
    #[error("{0} is not a loopback address")]
    NotLoopback(SocketAddr),
    /// A unix socket cannot be made.
    #[error("cannot listen on {}: {why}", path.display())]
    Socket {
        /// Where.
        path: std::path::PathBuf,
        /// The system's reason.
        why: std::io::Error,
    },
    /// The address cannot be listened on.
    #[error("cannot listen on {at}: {why}")]
    Bind {
        /// The address.
        at: SocketAddr,
        /// The system's reason.
        why: std::io::Error,
    },
}
