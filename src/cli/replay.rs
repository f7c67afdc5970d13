//! `obdeck replay FILE`: a recording in the console. Nothing is connected, and nothing can be sent.

use std::sync::Arc;

use super::args::{Global, Replay};
use super::console;
use super::fail::{Ended, Fail};
use super::session::Session;
use crate::domain::outcome::Exit;
use crate::driver::tape::{Player, TapeClock};
use crate::plane::tape::Now;
use crate::store::recording::{self, BadTape};

/// Reads the recording and plays it.
pub(crate) async fn run(global: &Global, options: &Replay) -> Ended {
    let path = &options.file;
    let fail = |why: String, now: &str| {
        Fail::of(Exit::Usage, &format!("could not play the recording {}", path.display()), why, now)
    };
    let tape = recording::read(path).map_err(|e| match e {
        BadTape::Unreadable(why) => fail(why, ""),
        BadTape::Line { line, why } => {
            fail(format!("line {line}: {why}"), "`--record FILE` makes recordings")
        }
    })?;
    console::needs_terminal()?;
    let session = Session::open(global)?;
    let clock = Arc::new(TapeClock::new(tape.head.start, tape.end()));
    let now: Now = {
        let clock = Arc::clone(&clock);
        Arc::new(move || clock.now())
    };
    let name =
        path.file_name().map_or_else(|| path.display().to_string(), |n| n.to_string_lossy().into_owned());
    let player = Player::new(tape, &name, &now).map_err(|e| fail(e.to_string(), ""))?;
    console::play(global, &session.config, player, clock, now).await
}
