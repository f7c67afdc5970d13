//! What the operator asked to have in files: the stem of their name, and for each an extension and its content.
//!
//! Written by the shell ([`super::effect::Effect::Save`]), which adds a counter where a name is taken and never touches
//! a file that is there.

use crate::domain::limits;
use crate::domain::shown::Shown;
use crate::domain::time::Timestamp;

/// Files of one stem that are written together: all of them or none.
#[derive(Debug, Clone, PartialEq)]
pub struct Keepsake {
    stem: String,
    files: Vec<File>,
}

/// One of them.
#[derive(Debug, Clone, PartialEq)]
pub struct File {
    /// Without a dot, e.g. `svg`.
    pub extension: &'static str,
    /// The content.
    pub content: String,
}

impl Keepsake {
    /// Nothing yet. The stem is made of `words`, what no file name should have replaced, and the time in UTC:
    /// `task-89026504-20261121T140322Z`.
    pub fn new(words: &[&str], at: Timestamp) -> Self {
        let mut stem = String::new();
        for word in words {
            stem.extend(word.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }));
            stem.push('-');
        }
        // Cut before the time: two of one task must not differ by the counter alone.
        stem.truncate(limits::FILE_STEM_BYTES);
        // A name that begins with a hyphen reads as a flag to the next command.
        let stem = stem.trim_matches('-');
        Self {
            stem: format!(
                "{}{}",
                if stem.is_empty() { String::new() } else { format!("{stem}-") },
                at.compact()
            ),
            files: Vec::new(),
        }
    }
    /// One more file.
    #[must_use]
    pub fn with(mut self, extension: &'static str, content: String) -> Self {
        self.files.push(File { extension, content });
        self
    }
    /// Name of the files without counter and extension.
    pub fn stem(&self) -> &str {
        &self.stem
    }
    /// The files.
    pub fn files(&self) -> &[File] {
        &self.files
    }
}

/// What came of it.
pub type Saved = Result<Kept, NotKept>;

/// The files are written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// Their folder, as a shell takes it.
    pub folder: Shown,
    /// Their names.
    pub names: Vec<Shown>,
}

/// Nothing is written, or nothing of it is left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotKept {
    /// No folder for the user's files is known.
    NoFolder,
    /// The content could not be made.
    Failed(Shown),
    /// The system's reason, with what it is about.
    Refused {
        /// File or folder.
        what: Shown,
        /// Why.
        why: Shown,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stem(words: &[&str]) -> String {
        let at = Timestamp::parse("2026-11-21T14:03:22.5Z").unwrap();
        Keepsake::new(words, at).stem().to_owned()
    }

    #[test]
    fn a_name_says_what_it_is_and_when_it_was_made() {
        assert_eq!(stem(&["task", "89026504"]), "task-89026504-20261121T140322Z");
    }

    #[test]
    fn x16_a_hostile_id_makes_a_plain_name() {
        assert_eq!(stem(&["task", "../../etc/pass\u{202e}wd\n"]), "task-------etc-pass-wd-20261121T140322Z");
        assert_eq!(stem(&["-rf", ""]), "rf-20261121T140322Z");
        assert_eq!(stem(&["é"]), "20261121T140322Z");
        assert_eq!(stem(&[]), "20261121T140322Z");
        assert!(stem(&[&"x".repeat(5000)]).len() < 255 - 20, "a counter and an extension must fit");
    }
}
