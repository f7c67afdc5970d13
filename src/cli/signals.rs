//! Signals that end the program while it waits: the exit code is 128 + signal (cli.md).

use std::future::Future;

use tokio::signal::unix::{Signal, SignalKind, signal};

use super::fail::{Code, Fail};
use crate::domain::outcome::Exit;

/// The four that mean "end". Made before anything is sent, so that none is missed; they stay caught from then on.
pub(crate) struct Signals {
    hangup: Signal,
    interrupt: Signal,
    quit: Signal,
    terminate: Signal,
}

impl Signals {
    pub(crate) fn catch() -> Result<Self, Fail> {
        let catch = |kind: SignalKind| {
            signal(kind).map_err(|e| Fail::of(Exit::Failed, "could not catch signals", e.to_string(), ""))
        };
        Ok(Self {
            hangup: catch(SignalKind::hangup())?,
            interrupt: catch(SignalKind::interrupt())?,
            quit: catch(SignalKind::quit())?,
            terminate: catch(SignalKind::terminate())?,
        })
    }
    /// Waits for one of them; gives its exit code.
    pub(crate) async fn next(&mut self) -> Code {
        tokio::select! {
            _ = self.hangup.recv() => Code(129),
            _ = self.interrupt.recv() => Code(130),
            _ = self.quit.recv() => Code(131),
            _ = self.terminate.recv() => Code(143),
        }
    }
    /// Waits for work, unless a signal comes first: then its exit code is the error, and the work is dropped.
    pub(crate) async fn or<T>(&mut self, work: impl Future<Output = T>) -> Result<T, Fail> {
        tokio::select! {
            done = work => Ok(done),
            code = self.next() => Err(Fail::silent(code)),
        }
    }
}
