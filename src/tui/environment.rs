//! What the environment says of the terminal: what it can show, what stands in between.

use super::look::Look;
use super::osc::Through;
use super::theme::{Palette, Theme};

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
    fn t08_no_color_is_obeyed_and_the_linux_console_gets_ascii() {
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
