//! The file of a recording: JSON Lines, made anew, mode 0600, written by a thread of its own.
//!
//! Nobody waits for it: what comes faster than the disk takes it is counted and left out, and a disk that is full ends
//! the recording and nothing else. What it holds was masked before it came here (`plane::tape`).

mod line;
mod read;

use std::fs::{File, OpenOptions};
use std::io::{self, Seek as _, SeekFrom, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};

use tokio::sync::watch;

pub use read::{BadTape, read};

use crate::domain::limits;
use crate::domain::tape::{End, Event, Head};
use crate::domain::time::Timestamp;

/// A recording that is being made. Dropped, it is written to its end, within [`limits::RECORDING_ENDS`].
#[derive(Debug)]
pub struct Recording {
    spool: Spool,
    done: Receiver<()>,
}

/// Takes events from anywhere; never waits. Clones write into the same recording.
#[derive(Debug, Clone)]
pub struct Spool(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    to: SyncSender<Job>,
    /// Bytes on their way to the thread.
    waiting: AtomicUsize,
    lost: AtomicU64,
    broken: watch::Sender<Option<String>>,
}

enum Job {
    Keep(Timestamp, Event),
    End,
}

impl Recording {
    /// Makes the file, which must not be there, and writes its head. Errors are those of the file.
    pub fn create(path: &Path, head: &Head) -> io::Result<Self> {
        let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
        Self::into_file(file, head)
    }

    fn into_file(mut file: File, head: &Head) -> io::Result<Self> {
        let line = line::of_head(head)?;
        file.write_all(&line)?;
        let (to, jobs) = sync_channel(limits::RECORDING_QUEUE);
        let (ended, done) = sync_channel(1);
        let (broken, _) = watch::channel(None);
        let spool =
            Spool(Arc::new(Inner { to, waiting: AtomicUsize::new(0), lost: AtomicU64::new(0), broken }));
        let inner = Arc::clone(&spool.0);
        let written = line.len() as u64;
        std::thread::Builder::new().name("recording".to_owned()).spawn(move || {
            if let Err(why) = write(&mut file, written, &jobs, &inner) {
                inner.broken.send_replace(Some(why));
                // What still comes is taken, so that nobody finds a full queue worth counting.
                while let Ok(Job::Keep(..)) = jobs.recv() {}
            }
            // Nobody may wait any more.
            let _ = ended.try_send(());
        })?;
        Ok(Self { spool, done })
    }

    /// What takes events for it.
    pub fn spool(&self) -> Spool {
        self.spool.clone()
    }
}

impl Recording {
    /// Writes what is left; gives why it ended before its time, if it did.
    pub fn finish(self) -> Option<String> {
        let spool = self.spool();
        drop(self);
        spool.is_broken()
    }
}

impl Drop for Recording {
    fn drop(&mut self) {
        // A full queue is being written: there is room soon, or the disk hangs and the wait below ends.
        if self.spool.0.to.try_send(Job::End).is_err() {
            let to = self.spool.0.to.clone();
            let _ = std::thread::Builder::new().spawn(move || to.send(Job::End));
        }
        let _ = self.done.recv_timeout(limits::RECORDING_ENDS.to_std());
    }
}

impl Spool {
    /// Keeps an event; what cannot wait is counted.
    pub fn keep(&self, at: Timestamp, event: Event) {
        let size = size(&event);
        let waiting = self.0.waiting.fetch_add(size, Ordering::AcqRel);
        if waiting + size <= limits::RECORDING_WAITING_BYTES {
            match self.0.to.try_send(Job::Keep(at, event)) {
                Ok(()) => return,
                Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) => {}
            }
        }
        self.0.waiting.fetch_sub(size, Ordering::AcqRel);
        self.0.lost.fetch_add(1, Ordering::AcqRel);
    }

    /// Why it ended before its time; never returns while it goes on.
    pub async fn broken(&self) -> String {
        let mut broken = self.0.broken.subscribe();
        loop {
            if let Some(why) = &*broken.borrow_and_update() {
                return why.clone();
            }
            // The sender lives as long as this.
            let _ = broken.changed().await;
        }
    }

    fn is_broken(&self) -> Option<String> {
        self.0.broken.borrow().clone()
    }
}

/// Bytes that wait with an event, roughly.
fn size(event: &Event) -> usize {
    match event {
        Event::Exchange(e) => match &e.end {
            End::Answer(a) => a.body.len(),
            End::Failed { partial, .. } => partial.as_ref().map_or(0, |p| p.body.len()),
        },
        Event::Key(_) | Event::Paste(_) | Event::Size(..) | Event::Lost(_) => 0,
    }
}

/// Writes until the end is asked for; `Err`: why it cannot go on, the file then ends with a whole line.
fn write(file: &mut File, mut written: u64, jobs: &Receiver<Job>, inner: &Inner) -> Result<(), String> {
    while let Ok(Job::Keep(at, event)) = jobs.recv() {
        inner.waiting.fetch_sub(size(&event), Ordering::AcqRel);
        let lost = inner.lost.swap(0, Ordering::AcqRel);
        let mut bytes = Vec::new();
        if lost > 0 {
            bytes.extend(line::of_event(at, &Event::Lost(lost)).map_err(|e| e.to_string())?);
        }
        bytes.extend(line::of_event(at, &event).map_err(|e| e.to_string())?);
        if written + bytes.len() as u64 > limits::RECORDING_BYTES {
            return Err(format!("it is full: {} MiB", limits::RECORDING_BYTES / (1024 * 1024)));
        }
        if let Err(e) = file.write_all(&bytes) {
            // Half a line would make the whole file one that cannot be read; where this fails too, its end is told
            // when it is read.
            let _ = file.set_len(written);
            let _ = file.seek(SeekFrom::Start(written));
            return Err(e.to_string());
        }
        written += bytes.len() as u64;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
