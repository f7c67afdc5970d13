//! Lines of a log as they were seen: both planes give the whole text at each poll, so what is new is found by comparison.

use crate::domain::limits;
use crate::domain::shown::Shown;
use crate::domain::status::Phase;
use crate::domain::task::LogText;
use crate::domain::time::Timestamp;

/// One entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entry {
    /// A line of the log.
    Line(Shown),
    /// The subtask's state changed, as seen from here.
    Change {
        /// From.
        from: Phase,
        /// To.
        to: Phase,
        /// When it was seen, by our clock.
        at: Timestamp,
    },
    /// The text came without what was there before: the plane began a new one.
    Anew,
    /// Older lines were left out for their number.
    Cut,
}

impl Entry {
    /// Whether it is an empty line of the log: OCP puts one between two entries.
    pub fn is_blank(&self) -> bool {
        matches!(self, Entry::Line(line) if line.as_str().trim().is_empty())
    }
    /// The line's text; the console's own marks have none.
    pub fn text(&self) -> Option<&Shown> {
        match self {
            Entry::Line(text) => Some(text),
            Entry::Change { .. } | Entry::Anew | Entry::Cut => None,
        }
    }
    /// Whether a line holds a text given in lower case; marks match nothing but stay out of the way.
    pub fn holds(&self, lower: &str) -> bool {
        self.text().is_some_and(|t| t.as_str().to_lowercase().contains(lower))
    }
    /// Whether it tells of a failure or a warning.
    pub fn is_problem(&self) -> bool {
        match self {
            Entry::Line(t) => ["ERROR", "WARN", "FATAL"].iter().any(|w| t.as_str().contains(w)),
            Entry::Change { to, .. } => *to == Phase::Failed,
            Entry::Anew | Entry::Cut => false,
        }
    }
}

/// What was kept.
#[derive(Debug, Default)]
pub struct Kept {
    entries: Vec<Entry>,
    /// Entries that are lines, and their bytes.
    lines: usize,
    bytes: usize,
}

impl Kept {
    /// Number of entries.
    pub fn len(&self) -> usize {
        self.entries.len()
    }
    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
    /// Number of lines of the log itself.
    pub fn lines(&self) -> usize {
        self.lines
    }
    /// An entry.
    pub fn get(&self, ix: usize) -> Option<&Entry> {
        self.entries.get(ix)
    }
    /// All entries, oldest first.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Entry> + ExactSizeIterator {
        self.entries.iter()
    }
    /// Takes in a newer text; returns how many entries were dropped at the top for the limit.
    pub(crate) fn take(&mut self, log: &LogText) -> usize {
        if log.cut && self.entries.is_empty() {
            self.entries.push(Entry::Cut);
        }
        let new = &log.lines;
        let old: Vec<&Shown> = self.entries.iter().filter_map(Entry::text).collect();
        let overlap = overlap(&old, new);
        let has_old = !old.is_empty();
        match overlap {
            Overlap::Lines(n) => self.append(new.get(n..).unwrap_or(&[])),
            Overlap::LastGrew(n) => {
                // The last line was read while it was being written.
                if let Some(ix) = self.entries.iter().rposition(|e| e.text().is_some())
                    && let (Some(Entry::Line(line)), Some(grown)) = (self.entries.get_mut(ix), new.get(n))
                {
                    self.bytes = self.bytes.saturating_sub(line.as_str().len()) + grown.as_str().len();
                    *line = grown.clone();
                }
                self.append(new.get(n + 1..).unwrap_or(&[]));
            }
            Overlap::None => {
                if has_old && !new.is_empty() {
                    self.entries.push(Entry::Anew);
                }
                self.append(new);
            }
        }
        self.trim()
    }
    /// Marks a change of state; returns how many entries were dropped at the top for the limit.
    pub(crate) fn mark(&mut self, from: Phase, to: Phase, at: Timestamp) -> usize {
        self.entries.push(Entry::Change { from, to, at });
        self.trim()
    }

    fn append(&mut self, lines: &[Shown]) {
        for line in lines {
            self.lines += 1;
            self.bytes += line.as_str().len();
            self.entries.push(Entry::Line(line.clone()));
        }
    }
    /// Drops the oldest entries beyond what is kept in memory.
    fn trim(&mut self) -> usize {
        let mut drop = 0;
        let mut bytes = self.bytes;
        for entry in &self.entries {
            if bytes <= limits::LOG_BYTES {
                break;
            }
            if let Some(text) = entry.text() {
                bytes -= text.as_str().len();
                self.lines -= 1;
            }
            drop += 1;
        }
        if drop > 0 {
            self.bytes = bytes;
            self.entries.splice(..drop, [Entry::Cut]);
        }
        drop.saturating_sub(1)
    }
}

/// How a newer text meets what is kept.
enum Overlap {
    /// So many lines of the newer one are there already.
    Lines(usize),
    /// So many are there already, and the next is a longer form of the last one kept.
    LastGrew(usize),
    /// None: another text.
    None,
}

fn overlap(old: &[&Shown], new: &[Shown]) -> Overlap {
    let Some((last, before)) = old.split_last() else { return Overlap::Lines(0) };
    let is_same = |a: &[&Shown], b: &[Shown]| a.len() == b.len() && a.iter().zip(b).all(|(a, b)| **a == *b);
    // The usual case: the newer text begins with the older one.
    if new.get(..old.len()).is_some_and(|head| is_same(old, head)) {
        return Overlap::Lines(old.len());
    }
    let grew = |n: usize| new.get(n).is_some_and(|l| l.as_str().starts_with(last.as_str()));
    if grew(before.len()) && new.get(..before.len()).is_some_and(|head| is_same(before, head)) {
        return Overlap::LastGrew(before.len());
    }
    // The plane left out lines at the top, or we did: the end of the older text is somewhere in the newer one. The
    // last line is looked for from the end, and some lines before it must agree, since lines repeat.
    for at in (0..new.len()).rev() {
        if new.get(at) != Some(*last) {
            continue;
        }
        let agree = old.len().min(at + 1);
        let (tail, head) = (old.get(old.len() - agree..), new.get(at + 1 - agree..=at));
        if tail.zip(head).is_some_and(|(t, h)| is_same(t, h)) {
            return Overlap::Lines(at + 1);
        }
    }
    Overlap::None
}
