//! The runtime, and whether the system has room for it.

use std::fs::File;
use std::num::NonZero;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use tokio::runtime::{Builder, Runtime};

use super::fail::Fail;
use crate::domain::outcome::Exit;

/// Workers that a console or a verb can keep busy.
const WORKERS: usize = 4;
/// Beside the workers: what waits for a disk or a resolver.
const BLOCKING: usize = 2;
/// Most threads that wait so at once: as many as reads may be in flight (reliability 3). They are kept, so it is a bound.
const BLOCKING_MOST: usize = 32;
/// Descriptors without which nothing can be done: those of the runtime and of its signals, a connection, the journal.
const FILES: usize = 16;
/// Longer than any run. What waits for a disk keeps its thread, so that a system which has no more to give later on does not
/// hold up an order's journal line.
const KEPT: Duration = Duration::from_secs(10 * 365 * 86_400);

/// Builds it. The runtime panics where a thread or the descriptors for signals cannot be had, so that is tried first (T15).
pub(crate) fn build() -> Result<Runtime, Fail> {
    let workers = thread::available_parallelism().map_or(1, NonZero::get).min(WORKERS);
    let no = |what: &str, why: std::io::Error| {
        let now = "a limit is in the way: look at `ulimit -a`, or at the limits of the container";
        Fail::of(Exit::Failed, what, why.to_string(), now)
    };
    files(FILES).map_err(|e| no("could not open a file", e))?;
    threads(workers + BLOCKING).map_err(|e| no("could not start a thread", e))?;
    let runtime = Builder::new_multi_thread()
        .worker_threads(workers)
        .max_blocking_threads(BLOCKING_MOST)
        .thread_keep_alive(KEPT)
        .enable_all()
        .build()
        .map_err(|e| no("could not begin", e))?;
    drop(runtime.spawn_blocking(|| ()));
    Ok(runtime)
}

/// Whether so many more files can be open at once.
fn files(count: usize) -> std::io::Result<()> {
    (0..count).map(|_| File::open("/dev/null")).collect::<Result<Vec<File>, _>>().map(drop)
}

/// Whether so many more threads can live at once: each waits until all are there.
fn threads(count: usize) -> std::io::Result<()> {
    let mut held = Vec::with_capacity(count);
    for _ in 0..count {
        let (hold, held_by) = mpsc::channel::<()>();
        let thread = thread::Builder::new().spawn(move || {
            // It ends when the other side is let go.
            let _ = held_by.recv();
        })?;
        held.push((hold, thread));
    }
    for (hold, thread) in held {
        drop(hold);
        // It does nothing that could panic.
        drop(thread.join());
    }
    Ok(())
}
