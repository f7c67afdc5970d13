//! Which character a cell shows: lines by the arms that meet in it, states by their sign (screens.md 4).

use crate::domain::status::Phase;

/// The characters a drawing is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Glyphs {
    /// Box lines and arrows; two columns wide in a terminal set to East Asian width.
    #[default]
    Unicode,
    /// `+ - | v ^ < >`; a `+` cannot tell a joint from a crossing.
    Ascii,
}

/// Arm of a line towards the row above.
pub const UP: u8 = 1;
/// Arm towards the next column.
pub const RIGHT: u8 = 2;
/// Arm towards the row below.
pub const DOWN: u8 = 4;
/// Arm towards the column before.
pub const LEFT: u8 = 8;

const FORWARD: [char; 16] = [' ', '╵', '╶', '└', '╷', '│', '┌', '├', '╴', '┘', '─', '┴', '┐', '┤', '┬', '╋'];
const BACK: [char; 16] = [' ', '╎', '╌', '╰', '╎', '╎', '╭', '├', '╌', '╯', '╌', '┴', '╮', '┤', '┬', '┼'];
const ASCII: [char; 16] = [' ', '|', '-', '+', '|', '|', '+', '+', '-', '+', '-', '+', '+', '+', '+', '+'];

impl Glyphs {
    /// The character for a cell of one net in which these arms meet; all four are a joint.
    pub fn line(self, arms: u8, back: bool) -> char {
        let table = match (self, back) {
            (Glyphs::Ascii, _) => &ASCII,
            (Glyphs::Unicode, true) => &BACK,
            (Glyphs::Unicode, false) => &FORWARD,
        };
        table.get(usize::from(arms)).copied().unwrap_or(' ')
    }
    /// Two lines that cross without touching.
    pub fn crossing(self) -> char {
        match self {
            Glyphs::Unicode => '┼',
            Glyphs::Ascii => '+',
        }
    }
    /// The head of a line that arrives in the direction of one arm.
    pub fn arrow(self, towards: u8) -> char {
        match (self, towards) {
            (Glyphs::Unicode, DOWN) => '▼',
            (Glyphs::Unicode, UP) => '▲',
            (Glyphs::Unicode, LEFT) => '◀',
            (Glyphs::Unicode, _) => '▶',
            (Glyphs::Ascii, DOWN) => 'v',
            (Glyphs::Ascii, UP) => '^',
            (Glyphs::Ascii, LEFT) => '<',
            (Glyphs::Ascii, _) => '>',
        }
    }
    /// The mark of a node that has an edge to itself; not `↺`, which is a state.
    pub fn again(self) -> char {
        match self {
            Glyphs::Unicode => '↻',
            Glyphs::Ascii => '@',
        }
    }
    /// The sign of a state (screens.md 4).
    pub fn phase(self, phase: Phase) -> char {
        match (self, phase) {
            (Glyphs::Unicode, Phase::Done) => '✓',
            (Glyphs::Unicode, Phase::Running) => '▶',
            (Glyphs::Unicode, Phase::Pending) => '·',
            (Glyphs::Unicode, Phase::Ready) => '○',
            (Glyphs::Unicode, Phase::Failed) => '✗',
            (Glyphs::Unicode, Phase::Skipped) => '↷',
            (Glyphs::Unicode, Phase::RollingBack) => '↺',
            (Glyphs::Unicode, Phase::Canceling) => '◌',
            (Glyphs::Ascii, Phase::Done) => '+',
            (Glyphs::Ascii, Phase::Running) => '>',
            (Glyphs::Ascii, Phase::Pending) => '.',
            (Glyphs::Ascii, Phase::Ready) => 'o',
            (Glyphs::Ascii, Phase::Failed) => 'x',
            (Glyphs::Ascii, Phase::Skipped) => 's',
            (Glyphs::Ascii, Phase::RollingBack) => 'r',
            (Glyphs::Ascii, Phase::Canceling) => 'c',
            (_, Phase::Unknown) => '?',
        }
    }
    /// A character of our own making (`×` in a group's name, `…` of a cut, `»`) in this set; others are left alone.
    pub fn own(self, c: char) -> char {
        match (self, c) {
            (Glyphs::Ascii, '×') => 'x',
            (Glyphs::Ascii, '…') => '~',
            (Glyphs::Ascii, '»' | '→') => '>',
            _ => c,
        }
    }
}
