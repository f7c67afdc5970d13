//! The system's signals as one stream.

use std::io;

use tokio::signal::unix::{Signal as Stream, SignalKind, signal};

/// A signal the console answers to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signal {
    /// SIGTERM.
    Terminate,
    /// SIGINT, from outside: the key ctrl-c comes as a key.
    Interrupt,
    /// SIGQUIT.
    Quit,
    /// SIGHUP: the terminal is going away.
    HangUp,
    /// SIGTSTP, from outside: the key ctrl-z comes as a key.
    Stop,
    /// SIGCONT.
    Continue,
    /// SIGWINCH.
    Resize,
}

impl Signal {
    /// 128 and its number, as a shell tells the end by a signal; `None` for those that end nothing.
    pub fn exit_code(self) -> Option<u8> {
        match self {
            Signal::HangUp => Some(129),
            Signal::Interrupt => Some(130),
            Signal::Quit => Some(131),
            Signal::Terminate => Some(143),
            Signal::Stop | Signal::Continue | Signal::Resize => None,
        }
    }
}

/// All of them. From its making on their default action (ending the program without giving the terminal back) is off.
#[derive(Debug)]
pub struct Signals {
    terminate: Stream,
    interrupt: Stream,
    quit: Stream,
    hang_up: Stream,
    stop: Stream,
    go_on: Stream,
    resize: Stream,
}

impl Signals {
    /// Begins to listen.
    pub fn new() -> io::Result<Self> {
        // The runtime has no name for SIGTSTP and SIGCONT; the numbers are the system's own.
        let raw = |s: rustix::process::Signal| SignalKind::from_raw(s.as_raw());
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
            quit: signal(SignalKind::quit())?,
            hang_up: signal(SignalKind::hangup())?,
            stop: signal(raw(rustix::process::Signal::TSTP))?,
            go_on: signal(raw(rustix::process::Signal::CONT))?,
            resize: signal(SignalKind::window_change())?,
        })
    }
    /// The next one. Several of a kind that came together are one.
    pub async fn next(&mut self) -> Signal {
        tokio::select! {
            _ = self.hang_up.recv() => Signal::HangUp,
            _ = self.terminate.recv() => Signal::Terminate,
            _ = self.interrupt.recv() => Signal::Interrupt,
            _ = self.quit.recv() => Signal::Quit,
            _ = self.stop.recv() => Signal::Stop,
            _ = self.go_on.recv() => Signal::Continue,
            _ = self.resize.recv() => Signal::Resize,
        }
    }
}
