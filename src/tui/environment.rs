//! What the environment says of the terminal: whether there is one, what it can show, what stands in between.

use thiserror::Error;

use super::look::Look;
use super::osc::Through;
use super::theme::{Palette, Theme};

/// Why the console cannot start here. The command line can do the same work (T07, T08).
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum NoConsole {
    /// A pipe or a file instead of a terminal.
    #[error("{0} is not a terminal: the console needs one; `obdeck get clusters` and its kin work without")]
    NotATerminal(&'static str),
    /// `TERM` is empty or `dumb`.
    #[error(
        "TERM={0:?} cannot show a full screen; set TERM to what your terminal is, or use `obdeck get clusters` and its kin"
    )]
    Dumb(String),
}

/// The part of the environment that matters to the screen.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Environment {
    term: String,
    utf8: bool,
    no_color: bool,
    through: Through,
}

impl Environment {
    /// Reads it from variables.
    pub fn read(var: impl Fn(&str) -> Option<String>) -> Self {
        let set = |name: &str| var(name).filter(|v| !v.is_empty());
        let locale = set("LC_ALL").or_else(|| set("LC_CTYPE")).or_else(|| set("LANG")).unwrap_or_default();
        let charset = locale.to_ascii_lowercase();
        let term = set("TERM").unwrap_or_default();
        Self {
            utf8: charset.contains("utf-8") || charset.contains("utf8"),
            no_color: set("NO_COLOR").is_some(),
            through: Through::of(set("TMUX").as_deref(), set("STY").as_deref(), &term),
            term,
        }
    }
    /// Whether the console can start; asked before any byte is written.
    pub fn check(&self, stdin_is_terminal: bool, stdout_is_terminal: bool) -> Result<(), NoConsole> {
        if !stdout_is_terminal {
            return Err(NoConsole::NotATerminal("stdout"));
        }
        if !stdin_is_terminal {
            return Err(NoConsole::NotATerminal("stdin"));
        }
        if self.term.is_empty() || self.term == "dumb" {
            return Err(NoConsole::Dumb(self.term.clone()));
        }
        Ok(())
    }
    /// How the screen is to look. `ascii` and `mono` are what options and config ask for; a locale that is not
    /// UTF-8 and the Linux console, whose font has 512 characters at most, ask for ASCII too.
    pub fn look(&self, ascii: bool, mono: bool) -> Look {
        let palette = if mono || self.no_color { Palette::Mono } else { Palette::Sixteen };
        Look { theme: Theme { palette }, ascii: ascii || !self.utf8 || self.term == "linux" }
    }
    /// What stands between us and the terminal, for the clipboard.
    pub fn through(&self) -> Through {
        self.through
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(vars: &[(&str, &str)]) -> Environment {
        Environment::read(|n| vars.iter().find(|(k, _)| *k == n).map(|(_, v)| (*v).to_owned()))
    }

    #[test]
    fn t07_a_pipe_is_refused_with_the_verb_that_works() {
        let e = with(&[("TERM", "xterm")]);
        assert_eq!(e.check(true, true), Ok(()));
        assert_eq!(e.check(true, false), Err(NoConsole::NotATerminal("stdout")));
        let words = e.check(false, true).map_err(|e| e.to_string());
        assert!(words.is_err_and(|w| w.contains("stdin") && w.contains("obdeck get clusters")));
    }

    #[test]
    fn t08_a_dumb_terminal_is_refused_and_no_color_is_obeyed() {
        assert_eq!(with(&[("TERM", "dumb")]).check(true, true), Err(NoConsole::Dumb("dumb".to_owned())));
        assert_eq!(with(&[]).check(true, true), Err(NoConsole::Dumb(String::new())));
        assert_eq!(with(&[("NO_COLOR", "1")]).look(false, false).theme.palette, Palette::Mono);
        assert_eq!(with(&[("NO_COLOR", "")]).look(false, false).theme.palette, Palette::Sixteen);
        assert!(with(&[("TERM", "linux"), ("LANG", "C.UTF-8")]).look(false, false).ascii);
    }

    #[test]
    fn t09_only_a_utf8_locale_gets_more_than_ascii() {
        assert!(!with(&[("LANG", "en_US.UTF-8")]).look(false, false).ascii);
        assert!(!with(&[("LANG", "C"), ("LC_CTYPE", "zh_CN.utf8")]).look(false, false).ascii);
        for value in ["C", "POSIX", "zh_CN.GB18030"] {
            assert!(with(&[("LANG", "en_US.UTF-8"), ("LC_ALL", value)]).look(false, false).ascii, "{value}");
        }
        assert!(with(&[]).look(false, false).ascii);
    }
}
