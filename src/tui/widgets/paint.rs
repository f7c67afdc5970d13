//! Text, frames, rules and columns put into a buffer, always inside it.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use unicode_width::UnicodeWidthStr;

use crate::domain::shown::{cut_end, cut_middle};

/// Puts a text on one line, cut at the end with `…` to `width`; gives the column after it.
///
/// The text must come from our own words or from a filtered type; both are free of control characters.
pub(crate) fn text(buf: &mut Buffer, x: u16, y: u16, width: u16, text: &str, style: Style) -> u16 {
    let area = buf.area;
    if y < area.y || y >= area.bottom() || x < area.x || x >= area.right() {
        return x;
    }
    let room = width.min(area.right() - x);
    let cut = cut_end(text, usize::from(room));
    buf.set_stringn(x, y, cut.as_ref(), usize::from(room), style).0
}

/// The same, ending at column `end`; gives its first column.
pub(crate) fn text_right(buf: &mut Buffer, from: u16, end: u16, y: u16, words: &str, style: Style) -> u16 {
    let room = end.saturating_sub(from);
    let width = (words.width() as u16).min(room);
    let x = end - width;
    text(buf, x, y, width, words, style);
    x
}

/// Pieces of a line, one after the other, within `width`; gives the column after them.
pub(crate) fn pieces(buf: &mut Buffer, x: u16, y: u16, width: u16, parts: &[(&str, Style)]) -> u16 {
    let end = x.saturating_add(width);
    let mut at = x;
    for (part, style) in parts {
        at = text(buf, at, y, end.saturating_sub(at), part, *style);
    }
    at
}

/// A frame with a title at the left and words at the right of its upper edge; gives what is inside.
pub(crate) fn frame(
    buf: &mut Buffer,
    area: Rect,
    title: &str,
    right: &str,
    edge: Style,
    title_style: Style,
) -> Rect {
    let area = area.intersection(buf.area);
    if area.width < 2 || area.height < 2 {
        return Rect { width: 0, height: 0, ..area };
    }
    let (x, y, end, bottom) = (area.x, area.y, area.right() - 1, area.bottom() - 1);
    line(buf, area, y, "┌", "┐", title, right, edge, title_style);
    for row in y + 1..bottom {
        buf.set_stringn(x, row, "│", 1, edge);
        buf.set_stringn(end, row, "│", 1, edge);
    }
    line(buf, area, bottom, "└", "┘", "", "", edge, title_style);
    Rect { x: x + 1, y: y + 1, width: area.width - 2, height: area.height - 2 }
}

/// A rule across a frame, joined to its sides.
pub(crate) fn rule(
    buf: &mut Buffer,
    area: Rect,
    y: u16,
    title: &str,
    right: &str,
    edge: Style,
    title_style: Style,
) {
    if area.width >= 2 && y > area.y && y < area.bottom() {
        line(buf, area, y, "├", "┤", title, right, edge, title_style);
    }
}

#[expect(
    clippy::too_many_arguments,
    reason = "two corners, two texts, two styles; a struct would be used once"
)]
fn line(
    buf: &mut Buffer,
    area: Rect,
    y: u16,
    left: &str,
    corner: &str,
    title: &str,
    right: &str,
    edge: Style,
    title_style: Style,
) {
    let end = area.right() - 1;
    text(buf, area.x, y, 1, left, edge);
    for x in area.x + 1..end {
        text(buf, x, y, 1, "─", edge);
    }
    text(buf, end, y, 1, corner, edge);
    let inner = area.width.saturating_sub(4);
    // The title goes first: words at the right give way whole.
    let room = usize::from(inner);
    if !title.is_empty() {
        let title = cut_middle(title, room);
        text(buf, area.x + 1, y, inner + 1, &format!(" {title} "), title_style);
    }
    let used = if title.is_empty() { 0 } else { title.width() + 2 };
    let words = right.width() + 2;
    if !right.is_empty() && used + words < room {
        text_right(buf, area.x + 1, end - 1, y, &format!(" {right} "), title_style);
    }
}

/// A cell of a row: the column it begins at, its text, its style.
pub(crate) struct Cell<'a> {
    /// Column inside the row.
    pub(crate) at: u16,
    /// Text.
    pub(crate) text: std::borrow::Cow<'a, str>,
    /// Style.
    pub(crate) style: Style,
}

/// Cells of a row. A cell may run over empty ones to its right, and is cut before the next that is not.
pub(crate) fn cells(buf: &mut Buffer, row: Rect, cells: &[Cell<'_>]) {
    for (ix, cell) in cells.iter().enumerate() {
        if cell.text.is_empty() || cell.at >= row.width {
            continue;
        }
        let next = cells
            .iter()
            .skip(ix + 1)
            .find(|c| !c.text.is_empty())
            .map_or(row.width, |c| c.at.saturating_sub(1));
        let width = next.min(row.width).saturating_sub(cell.at);
        let cut = cut_middle(&cell.text, usize::from(width));
        text(buf, row.x + cell.at, row.y, width, &cut, cell.style);
    }
}
