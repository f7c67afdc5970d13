//! The audit journal: JSON Lines, one a record, each chained to the one before, on disk before anything is sent (P3).
//!
//! A line holds the hash of the line before and its own, and a small file beside the journal holds the newest: an
//! edited, removed or inserted line, the last one too, is found by [`Journal::walk`]. Whoever can write the folder can
//! write the whole chain anew; it shows damage and careless edits, it is no signature.
//!
//! Several processes may write: each line is made and written under a lock, from the end of the file only.

mod chain;
pub mod instance;
pub(in crate::store) mod place;
mod wire;
mod writer;

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek as _, SeekFrom, Write as _};
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};

use rustix::fs::{FlockOperation, OFlags};

use crate::domain::limits;
use crate::domain::time::Timestamp;
use crate::domain::timeline::{Record, What};

pub use writer::Writer;

/// The journal in the folder of the state.
pub const FILE: &str = "journal.jsonl";
/// Number and hash of the newest line.
const HEAD: &str = "journal.head";
/// What an append reads of the end at first; a line is rarely longer than 4 KiB.
const WINDOW: u64 = 64 * 1024;
/// `seq`, a blank, the hash, a line feed.
const HEAD_BYTES: usize = 20 + 1 + 64 + 1;

/// Why the journal could not be written or read, each with what to do about it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum JournalError {
    /// There is no home directory, so there is no place.
    #[error("there is no place for it: set HOME or XDG_STATE_HOME to an absolute path that can be written")]
    NoPlace,
    /// The system said no: disk full, read-only, not a folder.
    #[error("could not {verb} {}: {why}; set XDG_STATE_HOME to a folder that can be written", path.display())]
    Io {
        /// What was tried.
        verb: &'static str,
        /// On what.
        path: PathBuf,
        /// The system's words.
        why: String,
    },
    /// It belongs to somebody else.
    #[error("{} belongs to user {uid}: not used; move it away, or set XDG_STATE_HOME", path.display())]
    Foreign {
        /// Which.
        path: PathBuf,
        /// Whose it is.
        uid: u32,
    },
    /// It is a symlink.
    #[error("{} is a symbolic link: not followed; put the real folder there, or set XDG_STATE_HOME", path.display())]
    Symlink {
        /// Which.
        path: PathBuf,
    },
    /// It is something else than it must be.
    #[error("{} is of another kind than it must be: move it away", path.display())]
    NotAFile {
        /// Which.
        path: PathBuf,
    },
    /// Another process holds the lock and does not give it back.
    #[error("another process has held {} locked for seconds: look at what it does", path.display())]
    Locked {
        /// Which.
        path: PathBuf,
    },
    /// The line would be longer than lines may be.
    #[error("the line would have {bytes} bytes; no line is that long")]
    TooLong {
        /// How long.
        bytes: usize,
    },
}

impl JournalError {
    pub(in crate::store) fn io(verb: &'static str, path: &Path, why: &io::Error) -> Self {
        JournalError::Io { verb, path: path.to_path_buf(), why: why.to_string() }
    }
}

/// The journal of one folder.
#[derive(Debug, Clone)]
pub struct Journal {
    folder: PathBuf,
    writer: Writer,
}

/// The end of the journal.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Tail {
    /// What is whole and known, oldest first.
    pub records: Vec<Record>,
    /// Lines that are not as they were written.
    pub damaged: u64,
    /// Whole lines of a kind only a later version knows.
    pub unknown: u64,
    /// Whether the chain is broken in it. Half a line that a crash left breaks nothing (F02).
    pub is_broken: bool,
    /// Bytes that were read for it.
    pub read: u64,
}

/// One line as [`Journal::walk`] meets it.
#[derive(Debug)]
pub enum Seen {
    /// A record.
    Record(Box<Record>),
    /// A whole line of a kind only a later version knows.
    Unknown,
    /// Not as it was written.
    Damaged,
}

/// What a walk through the whole journal found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Walked {
    /// Lines in all.
    pub lines: u64,
    /// Lines that are not as they were written, half ones included.
    pub damaged: u64,
    /// Whole lines of a kind only a later version knows.
    pub unknown: u64,
    /// The first line at which the chain is broken.
    pub bad: Option<Bad>,
}

/// Where the chain is broken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bad {
    /// Number of the line, from 1.
    pub line: u64,
    /// How.
    pub how: Break,
}

/// How a chain can be broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Break {
    /// The line is not as it was written.
    Changed,
    /// The line does not follow the one before: one was removed or put in.
    NotNext,
    /// Lines that were written after this one are gone.
    EndMissing,
}

/// Number and hash of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Newest {
    seq: u64,
    hash: String,
}

/// What the end of the file says to whoever appends.
#[derive(Debug, Default)]
struct End {
    newest: Option<Newest>,
    /// Bytes after the last line feed: half a line, or a whole one without its end.
    rest: Vec<u8>,
}

impl End {
    /// Hash of the half line, if that is what the file ends with.
    fn torn(&self) -> Option<String> {
        let whole = self.rest.is_empty() || chain::sealed(&self.rest).is_some();
        (!whole).then(|| chain::digest(&self.rest))
    }
}

impl Journal {
    /// The journal in a folder; nothing is touched before the first append.
    pub fn at(folder: &Path, writer: Writer) -> Self {
        Self { folder: folder.to_path_buf(), writer }
    }
    /// The folder of the state.
    pub fn folder(&self) -> &Path {
        &self.folder
    }
    /// Where the lines are.
    pub fn path(&self) -> PathBuf {
        self.folder.join(FILE)
    }
    /// Whether it could be written, as far as can be told without writing.
    pub fn check(&self) -> Result<(), JournalError> {
        self.open().map(|_| ())
    }

    fn open(&self) -> Result<(File, File), JournalError> {
        let folder = place::folder(&self.folder)?;
        let file = place::file(&folder, &self.folder, FILE, OFlags::APPEND)?;
        Ok((folder, file))
    }

    /// Writes one line and syncs it. Once this returns `Ok` the line outlives a crash of the machine.
    pub fn append(&self, what: &What, at: Timestamp, offset_minutes: i32) -> Result<Record, JournalError> {
        let (folder, mut file) = self.open()?;
        let path = self.path();
        place::lock(&file, &path, FlockOperation::NonBlockingLockExclusive)?;
        let end = end_of(&mut file).map_err(|e| JournalError::io("read", &path, &e))?;
        let mut head = place::file(&folder, &self.folder, HEAD, OFlags::empty()).ok();
        // What stands open is ended first.
        let (torn, start) = (end.torn(), if end.rest.is_empty() { "" } else { "\n" });
        // The newest line that was ever written counts, even if it is not there any more: then the chain shows it.
        let newest = match (end.newest, head.as_mut().and_then(read_head)) {
            (Some(line), Some(head)) if head.seq > line.seq => Some(head),
            (Some(line), _) => Some(line),
            (None, head) => head,
        };
        let record = Record {
            seq: newest.as_ref().map_or(1, |n| n.seq.saturating_add(1)),
            at: Timestamp::from_millis(at.millis()),
            offset_minutes,
            operator: self.writer.operator.clone(),
            host: self.writer.host.clone(),
            pid: self.writer.pid,
            what: what.clone(),
        };
        let prev = newest.as_ref().map_or(chain::GENESIS, |n| &n.hash);
        let object = wire::write(&record, prev, torn)
            .map_err(|e| JournalError::io("write", &path, &io::Error::other(e)))?;
        let (line, hash) = chain::seal(&object);
        if line.len() > limits::JOURNAL_LINE_BYTES {
            return Err(JournalError::TooLong { bytes: line.len() });
        }
        // One write, so that a crash leaves a beginning of the line and nothing else.
        let bytes = format!("{start}{line}\n");
        file.write_all(bytes.as_bytes()).map_err(|e| JournalError::io("write", &path, &e))?;
        file.sync_data().map_err(|e| JournalError::io("sync", &path, &e))?;
        if let Some(head) = head {
            // A head that stays behind is one that says less; the line itself is safe.
            let _ = head.write_all_at(format!("{:020} {hash}\n", record.seq).as_bytes(), 0);
        }
        Ok(record)
    }

    /// The records at the end, from at most so many bytes. A journal that is not there is an empty one.
    pub fn tail(&self, bytes: u64) -> Result<Tail, JournalError> {
        let path = self.path();
        let fail = |e: io::Error| JournalError::io("read", &path, &e);
        let Some(mut file) = place::existing(&self.folder, FILE)? else { return Ok(Tail::default()) };
        let (size, head) = self.settled(&file)?;
        let window = window(&mut file, size, bytes).map_err(fail)?;
        let mut tail = Tail { read: window.len() as u64, ..Tail::default() };
        let mut lines = window.split_inclusive(|b| *b == b'\n');
        let mut walker = Walker { head, ..Walker::default() };
        if tail.read < size {
            // It begins inside a line; what came before the first whole one is not looked at.
            lines.next();
            walker.is_part = true;
        }
        for line in lines {
            let (line, end) = match line.strip_suffix(b"\n") {
                Some(line) => (line, LineEnd::Whole),
                None => (line, LineEnd::File),
            };
            if let Seen::Record(record) = walker.line(line, end) {
                tail.records.push(*record);
            }
        }
        let walked = walker.finish();
        (tail.damaged, tail.unknown, tail.is_broken) = (walked.damaged, walked.unknown, walked.bad.is_some());
        Ok(tail)
    }

    /// Goes through the whole journal once, line by line, and checks the chain on the way.
    pub fn walk(&self, mut each: impl FnMut(Seen)) -> Result<Walked, JournalError> {
        let path = self.path();
        let fail = |e: io::Error| JournalError::io("read", &path, &e);
        let mut walker = Walker::default();
        if let Some(file) = place::existing(&self.folder, FILE)? {
            let (size, head) = self.settled(&file)?;
            walker.head = head;
            let mut lines = BufReader::with_capacity(WINDOW as usize, file.take(size));
            let mut line = Vec::new();
            while let Some(end) = next_line(&mut lines, &mut line).map_err(fail)? {
                each(walker.line(&line, end));
            }
        } else {
            // Lines were written here, and the file is gone with all of them.
            walker.head = self.head()?;
        }
        Ok(walker.finish())
    }

    /// Size and newest line at a moment when nobody was writing. Without a lock (a file system that has none) they are
    /// read as they are.
    fn settled(&self, file: &File) -> Result<(u64, Option<Newest>), JournalError> {
        let path = self.path();
        let locked = place::lock(file, &path, FlockOperation::NonBlockingLockShared);
        let size = file.metadata().map_err(|e| JournalError::io("look at", &path, &e))?.len();
        let head = self.head()?;
        if locked.is_ok() {
            // Given back at once: a long read must not hold up whoever appends.
            let _ = rustix::fs::flock(file, FlockOperation::Unlock);
        }
        Ok((size, head))
    }

    fn head(&self) -> Result<Option<Newest>, JournalError> {
        Ok(place::existing(&self.folder, HEAD)?.and_then(|mut file| read_head(&mut file)))
    }
}

/// The last bytes of a file, at most so many.
fn window(file: &mut File, size: u64, bytes: u64) -> io::Result<Vec<u8>> {
    let from = size.saturating_sub(bytes);
    file.seek(SeekFrom::Start(from))?;
    let mut window = Vec::new();
    Read::by_ref(file).take(size - from).read_to_end(&mut window)?;
    Ok(window)
}

/// The newest whole line and the half one after it, from the end of the file only.
fn end_of(file: &mut File) -> io::Result<End> {
    let size = file.metadata()?.len();
    for bytes in [WINDOW, limits::JOURNAL_TAIL_BYTES] {
        let window = window(file, size, bytes)?;
        let mut lines = window.rsplit(|b| *b == b'\n');
        let rest = lines.clone().next().unwrap_or_default().to_vec();
        let newest = lines.find_map(|line| {
            let hash = chain::sealed(line)?.to_owned();
            let link: wire::Link = serde_json::from_slice(line).ok()?;
            Some(Newest { seq: link.seq, hash })
        });
        if newest.is_some() || window.len() as u64 == size || bytes == limits::JOURNAL_TAIL_BYTES {
            return Ok(End { newest, rest });
        }
    }
    Ok(End::default())
}

fn read_head(file: &mut File) -> Option<Newest> {
    let mut bytes = [0_u8; HEAD_BYTES];
    file.read_exact_at(&mut bytes, 0).ok()?;
    let (seq, hash) = std::str::from_utf8(&bytes).ok()?.trim_end().split_once(' ')?;
    let hex = hash.len() == chain::GENESIS.len() && hash.bytes().all(|b| b.is_ascii_hexdigit());
    Some(Newest { seq: seq.parse().ok().filter(|_| hex)?, hash: hash.to_owned() })
}

/// How a line ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum LineEnd {
    /// With a line feed.
    Whole,
    /// With the file.
    File,
    /// It is longer than any line of ours; the rest was passed over.
    TooLong,
}

/// Reads the next line, without its line feed, into `line`.
fn next_line(from: &mut impl BufRead, line: &mut Vec<u8>) -> io::Result<Option<LineEnd>> {
    line.clear();
    let limit = limits::JOURNAL_LINE_BYTES as u64 + 1;
    if from.by_ref().take(limit).read_until(b'\n', line)? == 0 {
        return Ok(None);
    }
    if line.last() == Some(&b'\n') {
        line.pop();
        return Ok(Some(LineEnd::Whole));
    }
    if (line.len() as u64) < limit {
        return Ok(Some(LineEnd::File));
    }
    from.skip_until(b'\n')?;
    Ok(Some(LineEnd::TooLong))
}

/// Follows the chain.
#[derive(Debug, Default)]
struct Walker {
    walked: Walked,
    head: Option<Newest>,
    newest: Option<Newest>,
    /// A line that is not whole, waiting for the next one to explain it: its number and its hash.
    open: Option<(u64, String)>,
    /// Whether the last line ends with the file: then it may be half a line.
    ends_open: bool,
    /// Whether the line that the head names was met as it says.
    head_met: bool,
    /// Whether it begins in the middle: the first whole line follows nothing that is known.
    is_part: bool,
}

impl Walker {
    fn line(&mut self, line: &[u8], end: LineEnd) -> Seen {
        self.walked.lines += 1;
        self.ends_open = end == LineEnd::File;
        let sealed = chain::sealed(line)
            .and_then(|hash| Some((hash, serde_json::from_slice::<wire::Link>(line).ok()?)));
        let Some((hash, links)) = sealed else {
            self.walked.damaged += 1;
            // Only the line right after it can explain a half one.
            if let Some((number, _)) = self.open.replace((self.walked.lines, chain::digest(line))) {
                self.bad(number, Break::Changed);
            }
            return Seen::Damaged;
        };
        let begins = self.newest.is_none() && self.is_part;
        if let Some((number, hash)) = self.open.take()
            && links.torn.as_ref() != Some(&hash)
            && !begins
        {
            self.bad(number, Break::Changed);
        }
        let (seq, prev) = match &self.newest {
            Some(n) => (n.seq.saturating_add(1), n.hash.as_str()),
            None => (1, chain::GENESIS),
        };
        if !begins && (links.seq != seq || links.prev != prev) {
            self.bad(self.walked.lines, Break::NotNext);
        }
        let newest = Newest { seq: links.seq, hash: hash.to_owned() };
        self.head_met |= self.head.as_ref() == Some(&newest);
        self.newest = Some(newest);
        match wire::read(line) {
            Some(wire::Said::Record(record)) => Seen::Record(record),
            Some(wire::Said::Unknown) => {
                self.walked.unknown += 1;
                Seen::Unknown
            }
            None => {
                self.walked.damaged += 1;
                Seen::Damaged
            }
        }
    }

    fn bad(&mut self, line: u64, how: Break) {
        self.walked.bad.get_or_insert(Bad { line, how });
    }

    fn finish(mut self) -> Walked {
        if let Some((number, _)) = self.open.take()
            && !self.ends_open
        {
            self.bad(number, Break::Changed);
        }
        // In a part of it the line may stand before what was looked at; then what is there is newer.
        let behind = |head: &Newest| self.is_part && self.newest.as_ref().is_some_and(|n| n.seq > head.seq);
        if self.head.as_ref().is_some_and(|head| !self.head_met && !behind(head)) {
            self.bad(self.walked.lines, Break::EndMissing);
        }
        self.walked
    }
}

#[cfg(test)]
mod tests;
