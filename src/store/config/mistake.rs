//! What can be wrong with a config file, each with its place.

use std::fmt;

/// A place in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// From 1.
    pub line: usize,
    /// From 1, in characters.
    pub column: usize,
}

impl Place {
    /// The place of a byte offset.
    pub(crate) fn of(text: &str, offset: usize) -> Self {
        let upto = text.get(..offset.min(text.len())).unwrap_or(text);
        let line = upto.matches('\n').count() + 1;
        let start = upto.rfind('\n').map_or(0, |ix| ix + 1);
        Self { line, column: upto.get(start..).map_or(0, |l| l.chars().count()) + 1 }
    }
}

/// One mistake.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    /// Where.
    pub at: Place,
    /// What.
    pub wrong: Wrong,
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.at.line, self.at.column, self.wrong)
    }
}

/// What is wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Wrong {
    /// Not TOML.
    #[error("{0}")]
    Syntax(String),
    /// A key nobody knows; perhaps a near one was meant.
    #[error("unknown key `{key}` in {table}{}", meant(near.as_ref()))]
    UnknownKey {
        /// The key.
        key: String,
        /// The table it stands in.
        table: String,
        /// What may have been meant.
        near: Option<String>,
    },
    /// A key that only the other kind of profile or login has.
    #[error("`{key}` does not belong to {place}")]
    Misplaced {
        /// The key.
        key: String,
        /// Where it was found.
        place: String,
    },
    /// A needed key is missing.
    #[error("{table} has no `{key}`{}", hint(hint_text))]
    Missing {
        /// The key.
        key: &'static str,
        /// The table that lacks it.
        table: String,
        /// What it would look like.
        hint_text: &'static str,
    },
    /// A value of another type.
    #[error("`{key}` must be {want}, not {got}")]
    Type {
        /// The key.
        key: String,
        /// What it must be.
        want: &'static str,
        /// What stands there.
        got: &'static str,
    },
    /// A word that is none of a list.
    #[error("`{key}` must be one of {}, not `{got}`{}", list.join(", "), meant(near.as_ref()))]
    Word {
        /// The key.
        key: String,
        /// The words there are.
        list: Vec<&'static str>,
        /// What stands there.
        got: String,
        /// What may have been meant.
        near: Option<String>,
    },
    /// A second profile of the same name.
    #[error("a second profile named `{name}`; the first is in line {first}")]
    DuplicateProfile {
        /// The name.
        name: String,
        /// Line of the first.
        first: usize,
    },
    /// Not a URL that can be used.
    #[error("`{key}` is no usable URL: {why}")]
    Url {
        /// The key.
        key: String,
        /// Why.
        why: String,
    },
    /// A value that cannot be used for another reason.
    #[error("`{key}` {why}")]
    Value {
        /// The key.
        key: String,
        /// Why.
        why: String,
    },
    /// More than one source of the same secret.
    #[error("the {what} has two sources, `{first}` and `{second}`: keep one")]
    TwoSources {
        /// `password` or `secret`.
        what: &'static str,
        /// One.
        first: String,
        /// The other.
        second: String,
    },
    /// A secret in a file that others can read (F06).
    #[error(
        "`{key}` stands in a file that others can read (mode {mode:04o}): chmod 600 it, or use `{key}_command`, `{key}_env` or `{key}_file`"
    )]
    SecretReadable {
        /// The key.
        key: String,
        /// The file's mode.
        mode: u32,
    },
}

fn meant(near: Option<&String>) -> String {
    near.map(|n| format!("; did you mean `{n}`?")).unwrap_or_default()
}

fn hint(text: &str) -> String {
    if text.is_empty() { String::new() } else { format!(", e.g. {text}") }
}

/// The known word nearest to one that is not known, if it is near enough to have been meant.
pub(crate) fn near<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let limit = (word.chars().count() / 3).clamp(1, 3);
    known
        .into_iter()
        .map(|k| (distance(word, k), k))
        .filter(|(d, _)| *d <= limit)
        .min()
        .map(|(_, k)| k.to_owned())
}

/// Edits between two words; two neighbours swapped count as one, since that is the common slip (`knid`).
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let width = b.len() + 1;
    let mut rows = vec![(0..width).collect::<Vec<usize>>()];
    let cell = |rows: &[Vec<usize>], i: usize, j: usize| {
        rows.get(i).and_then(|r| r.get(j)).copied().unwrap_or(usize::MAX / 2)
    };
    for (i, ca) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, cb) in b.iter().enumerate() {
            let left = row.last().copied().unwrap_or(i + 1) + 1;
            let mut best = left.min(cell(&rows, i, j + 1) + 1).min(cell(&rows, i, j) + usize::from(ca != cb));
            let swapped = i > 0 && j > 0 && a.get(i - 1) == Some(cb) && b.get(j - 1) == Some(ca);
            if swapped {
                best = best.min(cell(&rows, i - 1, j - 1) + 1);
            }
            row.push(best);
        }
        rows.push(row);
    }
    cell(&rows, a.len(), b.len())
}
