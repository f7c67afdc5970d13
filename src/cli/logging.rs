//! `--log FILE` and `-v`.

use std::fs::OpenOptions;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::sync::Mutex;

use tracing::Level;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt::{self, MakeWriter};
use tracing_subscriber::layer::SubscriberExt as _;

use super::args::{Do, Global};
use super::fail::Fail;
use crate::domain::outcome::Exit;

/// Starts the log, if one was asked for: a file, or stderr with `-v`. The console's screen never gets a line of it.
pub(crate) fn start(global: &Global, verb: Option<&Do>) -> Result<(), Fail> {
    let level = if global.verbose > 0 { Level::DEBUG } else { Level::INFO };
    if let Some(path) = &global.log {
        let fail = |e: std::io::Error| {
            Fail::of(Exit::Usage, &format!("could not open the log {}", path.display()), e.to_string(), "")
        };
        let file = OpenOptions::new().append(true).create(true).mode(0o600).open(path).map_err(fail)?;
        // A file that was there may be open to others; a device is not ours to change.
        if file.metadata().map_err(fail)?.is_file() {
            file.set_permissions(std::fs::Permissions::from_mode(0o600)).map_err(fail)?;
        }
        install(Mutex::new(file), level);
    } else if global.verbose > 0 && !matches!(verb, None | Some(Do::Demo(_) | Do::Simulate(_))) {
        install(std::io::stderr, level);
    }
    Ok(())
}

fn install<W>(writer: W, level: Level)
where
    W: for<'w> MakeWriter<'w> + Send + Sync + 'static,
{
    // Ours only: what a library logs could hold a header.
    let ours = Targets::new().with_target("obdeck", level);
    let lines = fmt::layer().with_writer(writer).with_ansi(false);
    let log = tracing_subscriber::registry().with(lines).with(ours);
    // A second start in one process would keep the first log.
    let _ = tracing::subscriber::set_global_default(log);
}
