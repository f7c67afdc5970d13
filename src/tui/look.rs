//! What every drawing function is given beside the facts: theme, glyphs.

use crate::tui::theme::Theme;

/// How the screen is to look on this terminal.
#[derive(Debug, Clone)]
pub struct Look {
    /// Roles to styles.
    pub theme: Theme,
    /// Whether only ASCII may be drawn (locale, `--ascii`, wide ambiguous characters).
    pub ascii: bool,
}
