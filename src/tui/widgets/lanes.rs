//! The gutter of the lane view: symbols and lines of one row, two columns a lane.

use ratatui::buffer::Buffer;
use ratatui::style::Style;

use super::line::put;
use crate::domain::status::Phase;
use crate::graph::Glyphs;
use crate::graph::glyph::{DOWN, LEFT, RIGHT, UP};
use crate::graph::lanes::LaneCell;
use crate::tui::look::Look;
use crate::tui::theme::{Role, symbol};

/// How the row's own lane is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Own {
    /// As the lanes have it: a row without a node.
    Lane,
    /// The symbol of a state.
    Symbol(Phase),
    /// The lane parts in two: `├─╮`; whether anything leads here.
    Part(bool),
    /// The symbols of the two.
    Two(Phase, Phase),
    /// The two join again: `├─╯`; whether anything follows.
    Join(bool),
}

/// Columns a gutter of so many lanes takes; the least is that of a pair.
pub(crate) fn width(lanes: usize) -> u16 {
    (lanes as u16 * 2).max(4)
}

/// Draws one row's gutter at `x`, at most `columns` wide. `at` is the lane of the row's node.
pub(crate) fn draw(
    buf: &mut Buffer,
    (x, y, columns): (u16, u16, u16),
    lanes: &[LaneCell],
    at: usize,
    own: Own,
    is_cut: bool,
    look: &Look,
) {
    let line = look.theme.style(Role::Muted);
    let glyphs = if look.ascii { Glyphs::Ascii } else { Glyphs::Unicode };
    for (lane, cell) in lanes.iter().enumerate() {
        let dx = lane as u16 * 2;
        if dx >= columns || (lane == at && own != Own::Lane) {
            continue;
        }
        let c = if cell.crosses { glyphs.crossing() } else { rounded(glyphs, cell.arms) };
        put_char(buf, x + dx, y, c, line);
        if cell.runs_on && dx + 1 < columns {
            put_char(buf, x + dx + 1, y, glyphs.line(LEFT | RIGHT, false), line);
        }
    }
    let dx = at as u16 * 2;
    if dx < columns {
        draw_own(buf, x + dx, y, own, glyphs, look);
        let runs_on = lanes.get(at).is_some_and(|c| c.runs_on);
        if runs_on && matches!(own, Own::Symbol(_)) {
            put_char(buf, x + dx + 1, y, glyphs.line(LEFT | RIGHT, false), line);
        }
    }
    if is_cut && columns > 0 {
        put_char(buf, x + columns - 1, y, glyphs.own('»'), line);
    }
}

fn draw_own(buf: &mut Buffer, x: u16, y: u16, own: Own, glyphs: Glyphs, look: &Look) {
    let line = look.theme.style(Role::Muted);
    let mut sign =
        |x: u16, p: Phase| put(buf, x, y, symbol(p, look.ascii), 1, look.theme.style(Role::Phase(p)));
    let (first, last) = match own {
        Own::Lane => return,
        Own::Symbol(p) => return sign(x, p),
        Own::Two(a, b) => {
            sign(x, a);
            return sign(x + 2, b);
        }
        Own::Part(led) => (RIGHT | DOWN | if led { UP } else { 0 }, LEFT | DOWN),
        Own::Join(goes_on) => (RIGHT | UP | if goes_on { DOWN } else { 0 }, LEFT | UP),
    };
    put_char(buf, x, y, rounded(glyphs, first), line);
    put_char(buf, x + 1, y, glyphs.line(LEFT | RIGHT, false), line);
    put_char(buf, x + 2, y, rounded(glyphs, last), line);
}

fn put_char(buf: &mut Buffer, x: u16, y: u16, c: char, style: Style) {
    if c != ' ' {
        put(buf, x, y, c.encode_utf8(&mut [0; 4]), 1, style);
    }
}

/// Lanes bend round: in the lane view there are no back edges that rounded corners are kept for.
fn rounded(glyphs: Glyphs, arms: u8) -> char {
    match (glyphs, glyphs.line(arms, false)) {
        (Glyphs::Unicode, '┌') => '╭',
        (Glyphs::Unicode, '┐') => '╮',
        (Glyphs::Unicode, '└') => '╰',
        (Glyphs::Unicode, '┘') => '╯',
        (_, c) => c,
    }
}
