//! `--log FILE` and `-v`.

use std::sync::Mutex;

use tracing::Level;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt::{self, MakeWriter};
use tracing_subscriber::layer::SubscriberExt as _;

use super::args::{Do, Global};
use super::fail::Fail;
use super::output::say;
use crate::domain::outcome::Exit;
use crate::store::log::Log;

/// Starts the log, if one was asked for: a file, or stderr with `-v`. The console's screen never gets a line of it.
pub(crate) fn start(global: &Global, verb: Option<&Do>) -> Result<(), Fail> {
    if let Some(path) = &global.log {
        let fail = |e: std::io::Error| {
            Fail::of(Exit::Usage, &format!("could not open the log {}", path.display()), e.to_string(), "")
        };
        // The console's screen is up while it is told: stderr goes elsewhere then, and a line there harms nothing.
        let log = Log::open(path, |words| say(&format!("obdeck: {words}"))).map_err(fail)?;
        install(Mutex::new(log));
    } else if global.verbose > 0 && !matches!(verb, None | Some(Do::Demo(_) | Do::Simulate(_))) {
        install(std::io::stderr);
    }
    Ok(())
}

fn install<W>(writer: W)
where
    W: for<'w> MakeWriter<'w> + Send + Sync + 'static,
{
    // Ours only: what a library logs could hold a header. A release has nothing below this level in it (Cargo.toml).
    let ours = Targets::new().with_target("obdeck", Level::INFO);
    let lines = fmt::layer().with_writer(writer).with_ansi(false);
    let log = tracing_subscriber::registry().with(lines).with(ours);
    // A second start in one process would keep the first log.
    let _ = tracing::subscriber::set_global_default(log);
}
