//! How well a name matches what was typed: fuzzy, but so that one can tell beforehand what will be found.

/// How well, the best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Class {
    /// The name begins with all that was typed.
    Prefix,
    /// Each word typed begins a word of the name.
    WordStart,
    /// Each stands somewhere in the name.
    Inside,
    /// The letters of one stand in a word of the name, in their order.
    Scattered,
}

/// What was typed, in lower case.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Typed {
    words: Vec<String>,
    /// The words with one blank between them.
    whole: String,
}

impl Typed {
    pub(super) fn new(text: &str) -> Self {
        let words: Vec<String> = text.split_whitespace().map(str::to_lowercase).collect();
        Self { whole: words.join(" "), words }
    }
    pub(super) fn is_empty(&self) -> bool {
        self.words.is_empty()
    }
    /// Whether one of the words is exactly this.
    pub(super) fn names(&self, id: &str) -> bool {
        self.words.iter().any(|w| w == id)
    }
    /// Whether it says all of `name`, and no other word instead of its last one.
    pub(super) fn goes_into(&self, name: &str) -> bool {
        self.whole.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
    }
    /// How well a name in lower case matches; `None`: a word of it is missing.
    pub(super) fn class(&self, name: &str) -> Option<Class> {
        let mut each = Vec::new();
        self.each(name, &mut each);
        self.joined("", name, &each)
    }
    /// How each word stands in a part of a name, but for its scattered letters, into a list that is used again.
    pub(super) fn each(&self, part: &str, into: &mut Vec<Option<Class>>) {
        into.clear();
        into.extend(self.words.iter().map(|w| place(w, part)));
    }
    /// The same as [`Self::class`] of `head` and `rest` with a blank between them, without putting them together:
    /// `of_rest` is [`Self::each`] of `rest`, which many names share.
    pub(super) fn joined(&self, head: &str, rest: &str, of_rest: &[Option<Class>]) -> Option<Class> {
        let mut worst = Class::WordStart;
        for (word, in_rest) in self.words.iter().zip(of_rest) {
            let class = match (place(word, head), *in_rest) {
                (Some(a), Some(b)) => a.min(b),
                (Some(one), None) | (None, Some(one)) => one,
                (None, None) if is_scattered(word, head) || is_scattered(word, rest) => Class::Scattered,
                (None, None) => return None,
            };
            worst = worst.max(class);
        }
        Some(if self.begins(head, rest) { Class::Prefix } else { worst })
    }
    fn begins(&self, head: &str, rest: &str) -> bool {
        if head.is_empty() {
            return rest.starts_with(&self.whole);
        }
        match self.whole.strip_prefix(head) {
            Some("") => true,
            Some(more) => more.strip_prefix(' ').is_some_and(|more| rest.starts_with(more)),
            None => head.starts_with(&self.whole),
        }
    }
}

/// Where a word stands in a name: at the beginning of one of its words, or inside.
fn place(word: &str, name: &str) -> Option<Class> {
    let mut found = None;
    for (at, _) in name.match_indices(word) {
        if starts_word(name, at) {
            return Some(Class::WordStart);
        }
        found = Some(Class::Inside);
    }
    found
}

fn starts_word(name: &str, at: usize) -> bool {
    name.get(..at).and_then(|before| before.chars().next_back()).is_none_or(|c| !c.is_alphanumeric())
}

/// Whether one word of the name has the letters of a typed word in their order, the first at the beginning of it or of a
/// part of it. Across words anything would be found in a long name. Not for numbers: an ID that is nearly right is
/// another ID.
fn is_scattered(word: &str, part: &str) -> bool {
    let mut letters = word.chars();
    let Some(first) = letters.next().filter(|c| c.is_alphabetic()) else { return false };
    part.split(' ').any(|name| {
        let mut name = name.chars();
        // From the first place where it could begin: a later one has fewer letters after it.
        let mut before = ' ';
        let begins = name.any(|c| !std::mem::replace(&mut before, c).is_alphanumeric() && c == first);
        begins && letters.clone().all(|letter| name.any(|c| c == letter))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn class(typed: &str, name: &str) -> Option<Class> {
        let typed = Typed::new(typed);
        let whole = typed.class(name);
        // A name in two parts is the same name.
        if let Some((head, rest)) = name.split_once(' ') {
            let mut each = Vec::new();
            typed.each(rest, &mut each);
            assert_eq!(typed.joined(head, rest, &each), whole, "{typed:?} in {name}");
        }
        whole
    }

    #[test]
    fn every_word_must_be_there_and_the_worst_of_them_ranks() {
        let name = "stop zone protoss zone2";
        for (typed, want) in [
            ("", Some(Class::Prefix)),
            ("stop zo", Some(Class::Prefix)),
            ("st", Some(Class::Prefix)),
            ("STOP  Zone", Some(Class::Prefix)),
            ("stopzone", None),
            ("stop pts", Some(Class::Scattered)),
            ("zone2 stop", Some(Class::WordStart)),
            ("zo prot", Some(Class::WordStart)),
            ("toss", Some(Class::Inside)),
            ("zone2 toss", Some(Class::Inside)),
            ("z2", Some(Class::Scattered)),
            ("stop z2", Some(Class::Scattered)),
            ("tz", None),
            ("stop zone3", None),
            ("stop meta", None),
        ] {
            assert_eq!(class(typed, name), want, "{typed}");
        }
    }

    #[test]
    fn a_number_is_found_whole_or_in_part_but_never_scattered() {
        assert_eq!(class("89026504", "task 89026504 stop ob zone"), Some(Class::WordStart));
        assert_eq!(class("26504", "task 89026504 stop ob zone"), Some(Class::Inside));
        assert_eq!(class("89504", "task 89026504 stop ob zone"), None);
        assert_eq!(class("nld", "runbook no-leader"), Some(Class::Scattered));
        assert_eq!(class("stop", "start zone protoss"), None, "letters of several words are no word");
        assert_eq!(class("2.11", "stop server protoss 10.0.2.11:2882"), Some(Class::WordStart));
    }

    #[test]
    fn going_into_a_name_takes_all_of_its_last_word() {
        let goes = |typed, name| Typed::new(typed).goes_into(name);
        assert!(
            goes("stop zone meta01 ", "stop zone meta01") && goes("stop zone meta01 z", "stop zone meta01")
        );
        assert!(
            !goes("stop zone meta012", "stop zone meta01") && !goes("stop zone meta", "stop zone meta01")
        );
    }

    proptest::proptest! {
        #[test]
        fn a_name_is_found_by_any_of_its_words_in_any_order(
            words in proptest::collection::vec("[a-z]{1,6}[0-9]{0,2}", 2..5),
            turn in 0usize..4,
        ) {
            let name = words.join(" ");
            let mut typed = words.clone();
            typed.rotate_left(turn % words.len());
            proptest::prop_assert!(class(&typed.join(" "), &name).is_some_and(|c| c <= Class::WordStart));
        }
    }
}
