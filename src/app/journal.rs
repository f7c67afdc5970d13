//! What the console knows of the journal: its newest records, and whether it can be written.

use std::collections::VecDeque;

use crate::domain::limits;
use crate::domain::shown::Text;
use crate::domain::timeline::Record;

/// The journal as the machine has it.
#[derive(Debug, Default)]
pub struct Journal {
    records: VecDeque<Record>,
    /// Why it cannot be written, until a write succeeds: no action is sent meanwhile (F01).
    pub broken: Option<Text>,
}

impl Journal {
    /// The journal at the start, with why it cannot be written, if so.
    pub fn new(broken: Option<Text>) -> Self {
        Self { records: VecDeque::new(), broken }
    }
    /// The newest records, oldest first; at most [`limits::JOURNAL_RECORDS`].
    pub fn records(&self) -> impl DoubleEndedIterator<Item = &Record> + ExactSizeIterator {
        self.records.iter()
    }
    /// A line was written, or could not be.
    pub fn jotted(&mut self, result: Result<Box<Record>, Text>) {
        match result {
            Ok(record) => {
                self.broken = None;
                self.add(*record);
            }
            Err(why) => self.broken = Some(why),
        }
    }
    /// The records were read. Those that were written since are among them or newer.
    pub fn read(&mut self, records: Vec<Record>) {
        let newer: Vec<Record> = std::mem::take(&mut self.records).into();
        let last = records.last().map_or(0, |r| r.seq);
        self.records.extend(records);
        for record in newer.into_iter().filter(|r| r.seq > last) {
            self.add(record);
        }
    }

    fn add(&mut self, record: Record) {
        let place = self.records.iter().rposition(|r| r.seq < record.seq).map_or(0, |at| at + 1);
        if self.records.get(place).is_none_or(|r| r.seq != record.seq) {
            self.records.insert(place, record);
        }
        while self.records.len() > limits::JOURNAL_RECORDS {
            self.records.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::samples;
    use crate::domain::time::Timestamp;
    use crate::domain::timeline::What;

    fn record(seq: u64) -> Record {
        let nothing = What::Note { cluster: None, text: Text::default() };
        samples::record(seq, Timestamp::from_millis(0), nothing)
    }

    fn numbers(journal: &Journal) -> Vec<u64> {
        journal.records().map(|r| r.seq).collect()
    }

    #[test]
    fn what_was_written_while_it_was_read_is_there_once_and_in_order() {
        let mut journal = Journal::default();
        journal.jotted(Ok(Box::new(record(5))));
        journal.jotted(Ok(Box::new(record(4))));
        journal.read(vec![record(3), record(4)]);
        journal.jotted(Ok(Box::new(record(6))));
        journal.jotted(Ok(Box::new(record(6))));
        assert_eq!(numbers(&journal), [3, 4, 5, 6]);
    }

    #[test]
    fn f01_it_is_broken_until_a_write_succeeds() {
        let mut journal = Journal::default();
        journal.jotted(Err(Text::new("disk full")));
        assert!(journal.broken.is_some());
        journal.jotted(Ok(Box::new(record(1))));
        assert_eq!(journal.broken, None);
    }

    #[test]
    fn the_newest_are_kept() {
        let mut journal = Journal::default();
        for seq in 1..=limits::JOURNAL_RECORDS as u64 + 3 {
            journal.jotted(Ok(Box::new(record(seq))));
        }
        assert_eq!(numbers(&journal).first(), Some(&4));
    }
}
