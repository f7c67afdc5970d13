//! Keeps the journal: writes and reads it on threads that may block, with the clock's time.
//!
//! Console, command line and harness share it; the harness keeps its lines in memory.

use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use super::clock;
use crate::app::settings::JournalFacts;
use crate::domain::limits;
use crate::domain::shown::Text;
use crate::domain::time::Timestamp;
use crate::domain::timeline::{OrderId, Record, Subject, What, unsettled};
use crate::store::journal::instance::{self, Instance};
use crate::store::journal::{Journal, JournalError, Tail, Writer};

/// Tells the time.
type Now = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// Writes and reads the journal. Cheap to clone: every clone keeps the same one.
#[derive(Clone)]
pub struct Keeper {
    place: Place,
    now: Now,
    orders: Arc<AtomicU64>,
    pid: u32,
    /// As long as it is held, other processes know of this one.
    present: Arc<Mutex<Option<Instance>>>,
}

#[derive(Clone)]
enum Place {
    File(Journal),
    /// Nowhere: why.
    None(JournalError),
    Memory(Arc<Mutex<Vec<Record>>>),
}

impl Keeper {
    /// Keeps the journal in the folder of the state; `None`: there is no such folder, so every line fails.
    pub fn in_folder(state: Option<&Path>) -> Self {
        let writer = Writer::here();
        let pid = writer.pid;
        let place = state.map_or(Place::None(JournalError::NoPlace), |s| Place::File(Journal::at(s, writer)));
        Self { place, now: Arc::new(clock::now), orders: Arc::default(), pid, present: Arc::default() }
    }
    /// Keeps it in memory, for a console that is no real one: nothing of it outlives the process.
    pub fn in_memory(now: Arc<dyn Fn() -> Timestamp + Send + Sync>) -> Self {
        Self {
            place: Place::Memory(Arc::default()),
            now,
            orders: Arc::default(),
            pid: 1,
            present: Arc::default(),
        }
    }
    /// A name for an order that no other on this machine has: time, process and number.
    pub fn order(&self) -> OrderId {
        let number = self.orders.fetch_add(1, Ordering::Relaxed) + 1;
        OrderId::new(&format!("{}-{}-{number}", (self.now)().millis(), self.pid))
    }
    /// The time that its lines have.
    pub fn now(&self) -> Timestamp {
        (self.now)()
    }
    /// Writes a line and syncs it. `Err`: why it could not be written, and what to do.
    pub async fn jot(&self, what: What) -> Result<Record, Text> {
        let at = (self.now)();
        match &self.place {
            Place::None(why) => Err(words(why)),
            Place::File(journal) => {
                let journal = journal.clone();
                blocking(move || journal.append(&what, at, clock::offset_minutes(at))).await
            }
            Place::Memory(records) => {
                let mut records = records.lock().unwrap_or_else(PoisonError::into_inner);
                let record = Record {
                    seq: records.len() as u64 + 1,
                    at,
                    offset_minutes: 0,
                    operator: Text::new("oncall"),
                    host: Text::new("console"),
                    pid: self.pid,
                    what,
                };
                records.push(record.clone());
                Ok(record)
            }
        }
    }
    /// The newest records, oldest first; at most [`limits::JOURNAL_RECORDS`].
    pub async fn history(&self) -> Result<Vec<Record>, Text> {
        let mut records = self.tail().await?.records;
        records.drain(..records.len().saturating_sub(limits::JOURNAL_RECORDS));
        Ok(records)
    }
    /// What a start must know: whether the journal can be written, and what an earlier run left open.
    pub async fn at_start(&self) -> JournalFacts {
        let broken = match &self.place {
            Place::None(why) => Some(words(why)),
            Place::Memory(_) => None,
            Place::File(journal) => {
                let journal = journal.clone();
                blocking(move || journal.check()).await.err()
            }
        };
        let others = self.enter().await;
        let tail = self.tail().await.unwrap_or_default();
        let unsettled = unsettled(&tail.records)
            .into_iter()
            .filter(|(_, i)| !is_of_others(&tail.records, &i.order, &others))
            .map(|(at, i)| (at, i.clone()))
            .collect();
        JournalFacts { broken, unsettled, is_chain_broken: tail.is_broken, others }
    }
    /// Makes this process known to others on the same folder; tells which they are.
    async fn enter(&self) -> Vec<u32> {
        let Place::File(journal) = &self.place else { return Vec::new() };
        let (folder, pid) = (journal.folder().to_path_buf(), self.pid);
        // Where it cannot be made known, the journal cannot be written either, and that is told.
        match blocking(move || Instance::enter(&folder, pid)).await {
            Ok((instance, others)) => {
                *self.present.lock().unwrap_or_else(PoisonError::into_inner) = Some(instance);
                others
            }
            Err(_) => Vec::new(),
        }
    }
    /// Other running processes that have an order to the same target on its way, with since when (A09).
    pub async fn also_sending(&self, subject: &Subject) -> Vec<(u32, Timestamp)> {
        let Place::File(journal) = &self.place else { return Vec::new() };
        let (folder, pid) = (journal.folder().to_path_buf(), self.pid);
        let others = blocking(move || Ok(instance::others(&folder, pid))).await.unwrap_or_default();
        if others.is_empty() {
            return Vec::new();
        }
        let records = self.tail().await.map(|t| t.records).unwrap_or_default();
        on_their_way(&records, subject, &others)
    }

    async fn tail(&self) -> Result<Tail, Text> {
        match &self.place {
            Place::None(why) => Err(words(why)),
            Place::File(journal) => {
                let journal = journal.clone();
                blocking(move || journal.tail(limits::JOURNAL_TAIL_BYTES)).await
            }
            Place::Memory(records) => {
                let records = records.lock().unwrap_or_else(PoisonError::into_inner).clone();
                Ok(Tail { records, ..Tail::default() })
            }
        }
    }
}

fn words(error: &JournalError) -> Text {
    Text::new(&error.to_string())
}

/// Syncing a file blocks: it is done beside the loop. A panic there is one line that could not be written.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, JournalError> + Send + 'static,
) -> Result<T, Text> {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done.map_err(|e| words(&e)),
        Err(fault) => Err(Text::new(&fault.to_string())),
    }
}

/// Orders to the same target that these processes have on their way, with the time of each.
fn on_their_way(records: &[Record], subject: &Subject, others: &[u32]) -> Vec<(u32, Timestamp)> {
    let ended =
        |order: &OrderId| records.iter().any(|r| matches!(&r.what, What::Ended(e) if e.order == *order));
    let of = |r: &Record| match &r.what {
        What::Intent(i) if others.contains(&r.pid) && i.subject.same_target(subject) && !ended(&i.order) => {
            Some((r.pid, r.at))
        }
        _ => None,
    };
    records.iter().filter_map(of).collect()
}

/// Whether one of these processes has an order on its way: it is its own to settle.
fn is_of_others(records: &[Record], order: &OrderId, others: &[u32]) -> bool {
    let is_it = |r: &&Record| r.what.order() == Some(order) && matches!(r.what, What::Intent(_));
    records.iter().find(is_it).is_some_and(|r| others.contains(&r.pid))
}

#[cfg(test)]
mod tests;
