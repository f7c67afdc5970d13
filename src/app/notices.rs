//! What there is to say on the message line: errors stay until dismissed, the rest until the next key.

use std::collections::VecDeque;

use super::facts::Notice;
use crate::domain::limits;
use crate::domain::time::Timestamp;

/// The notices, newest last.
#[derive(Debug, Default)]
pub struct Notices {
    open: VecDeque<(Notice, Timestamp)>,
}

impl Notices {
    /// Says something. An equal notice that is still open is not said twice.
    pub fn push(&mut self, notice: Notice, now: Timestamp) {
        self.open.retain(|(n, _)| n.is_error() && *n != notice);
        if self.open.len() >= limits::NOTICES {
            self.open.pop_front();
        }
        self.open.push_back((notice, now));
    }
    /// What is to be shown: the newest, with when it was said.
    pub fn shown(&self) -> Option<&(Notice, Timestamp)> {
        self.open.back()
    }
    /// Errors that wait to be dismissed.
    pub fn errors(&self) -> usize {
        self.open.iter().filter(|(n, _)| n.is_error()).count()
    }
    /// All that is open, oldest first.
    pub fn iter(&self) -> impl Iterator<Item = &Notice> {
        self.open.iter().map(|(n, _)| n)
    }
    /// A key was pressed: what is no error has been seen.
    pub fn seen(&mut self) {
        self.open.retain(|(n, _)| n.is_error());
    }
    /// The operator dismisses the newest error; `false` when there is none.
    pub fn dismiss(&mut self) -> bool {
        self.open.pop_back().is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::shown::Shown;

    #[test]
    fn errors_stay_until_dismissed_and_the_rest_until_the_next_key() {
        let now = Timestamp::from_millis(0);
        let mut n = Notices::default();
        n.push(Notice::Fault(Shown::filter("x")), now);
        n.push(Notice::NoProblem, now);
        assert_eq!(n.shown().map(|s| &s.0), Some(&Notice::NoProblem));
        n.seen();
        assert_eq!(n.errors(), 1);
        assert!(n.dismiss());
        assert_eq!(n.shown(), None);
    }

    #[test]
    fn a_flood_of_notices_is_bounded() {
        let mut n = Notices::default();
        for i in 0..1000 {
            n.push(Notice::Fault(Shown::filter(&i.to_string())), Timestamp::from_millis(i));
        }
        assert_eq!(n.errors(), limits::NOTICES);
    }
}
