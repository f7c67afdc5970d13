//! Roles to styles. Colour is never the only carrier: every role has a symbol or a word beside it (screens 1, rule 9).

use ratatui::style::{Color, Modifier, Style};

use crate::domain::guard::Danger;
use crate::domain::status::Phase;

/// What something on the screen is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Plain text.
    Text,
    /// Less important text.
    Muted,
    /// A heading of columns or a tab.
    Heading,
    /// The selected row.
    Selected,
    /// A frame of a pane without focus.
    Frame,
    /// A frame of the pane with focus.
    FrameFocus,
    /// The top line of a profile.
    Context(Danger),
    /// Something certain to be lost, a refusal, an error.
    Danger,
    /// Something to know before.
    Caution,
    /// Looked at, and fine.
    Fine,
    /// Old data.
    Stale,
    /// A key in the foot line.
    Key,
    /// A state of a task or subtask.
    Phase(Phase),
    /// A match of a search.
    Match,
    /// What the tour says: not a part of the console.
    Caption,
}

/// Which colours may be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Palette {
    /// The terminal's own sixteen, fit for dark and light backgrounds alike.
    #[default]
    Sixteen,
    /// None (`NO_COLOR`, `mono`): bold, dim, reverse and underline only.
    Mono,
}

/// Roles to styles; total, so that a missing role does not compile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Theme {
    /// Which colours may be used.
    pub palette: Palette,
}

impl Theme {
    /// The style of a role.
    pub fn style(&self, role: Role) -> Style {
        let plain = Style::default();
        let fg = |c: Color| if self.palette == Palette::Mono { plain } else { plain.fg(c) };
        match role {
            Role::Text | Role::Context(Danger::Low | Danger::Normal) | Role::Frame => plain,
            Role::Muted => plain.add_modifier(Modifier::DIM),
            Role::Heading | Role::FrameFocus | Role::Key => plain.add_modifier(Modifier::BOLD),
            Role::Selected | Role::Context(Danger::High) => plain.add_modifier(Modifier::REVERSED),
            Role::Danger => fg(Color::Red).add_modifier(Modifier::BOLD),
            Role::Caution | Role::Stale => fg(Color::Yellow),
            Role::Fine => fg(Color::Green),
            Role::Caption => plain.add_modifier(Modifier::REVERSED | Modifier::BOLD),
            Role::Match => plain.add_modifier(Modifier::UNDERLINED),
            Role::Phase(p) => match p {
                Phase::Done => fg(Color::Green),
                Phase::Running => fg(Color::Cyan).add_modifier(Modifier::BOLD),
                Phase::RollingBack | Phase::Canceling | Phase::Skipped => fg(Color::Yellow),
                Phase::Failed => fg(Color::Red).add_modifier(Modifier::BOLD),
                Phase::Unknown => fg(Color::Magenta),
                Phase::Pending => plain.add_modifier(Modifier::DIM),
                Phase::Ready => plain,
            },
        }
    }
}

/// Symbol of a phase (screens 4).
pub fn symbol(phase: Phase, ascii: bool) -> &'static str {
    match (phase, ascii) {
        (Phase::Done, false) => "✓",
        (Phase::Done, true) => "+",
        (Phase::Running, false) => "▶",
        (Phase::Running, true) => ">",
        (Phase::Pending, false) => "·",
        (Phase::Pending, true) => ".",
        (Phase::Ready, false) => "○",
        (Phase::Ready, true) => "o",
        (Phase::Failed, false) => "✗",
        (Phase::Failed, true) => "x",
        (Phase::Skipped, false) => "↷",
        (Phase::Skipped, true) => "s",
        (Phase::RollingBack, false) => "↺",
        (Phase::RollingBack, true) => "r",
        (Phase::Canceling, false) => "◌",
        (Phase::Canceling, true) => "c",
        (Phase::Unknown, _) => "?",
    }
}
