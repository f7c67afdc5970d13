//! `obdeck` without a verb: what must hold before the full-screen console may start.

use std::io::IsTerminal;

use super::args::Global;
use super::fail::{Ended, Fail};
use super::session::Session;
use crate::domain::outcome::Exit;
use crate::text::cli::{NO_TERMINAL, NO_TERMINAL_NOW};

/// Starts the console over every configured profile.
pub(crate) async fn run(global: &Global) -> Ended {
    let session = Session::open(global)?;
    if session.global.profile.is_some() {
        session.profiles()?;
    }
    needs_terminal()?;
    std::future::ready(()).await;
    Err(super::later("the console"))
}

/// Refuses where a screen cannot be drawn (T07, T08); no byte has gone to stdout by then.
pub(crate) fn needs_terminal() -> Result<(), Fail> {
    let why = if !std::io::stdin().is_terminal() {
        "stdin is not a terminal".to_owned()
    } else if !std::io::stdout().is_terminal() {
        "stdout is not a terminal".to_owned()
    } else {
        match std::env::var("TERM") {
            Ok(term) if !matches!(term.as_str(), "" | "dumb") => return Ok(()),
            Ok(term) => format!(
                "TERM is `{}`, which cannot place text on a screen",
                crate::domain::shown::Shown::filter(&term)
            ),
            Err(_) => "TERM is not set".to_owned(),
        }
    };
    Err(Fail::of(Exit::Usage, NO_TERMINAL, why, NO_TERMINAL_NOW))
}

/// The console over one profile: the simulator's, with its own login.
pub(crate) async fn over_simulator(global: &Global, ocp: &crate::sim::Ocp) -> Ended {
    let _ = (global, ocp);
    std::future::ready(()).await;
    Err(super::later("the console"))
}
