//! The frame of a pane: titles in its border, and lines that part it.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::line::{Line, put};
use crate::app::key::Size;
use crate::app::panes::scroll::has_frame;

/// Draws borders with titles and gives what is inside. Too small a pane gets a title line alone.
pub(crate) fn frame(buf: &mut Buffer, area: Rect, style: Style, left: &Line<'_>, right: &Line<'_>) -> Rect {
    if area.is_empty() {
        return area;
    }
    if !has_border(area) {
        titles(buf, Rect { height: 1, ..area }, left, right, 0);
        return Rect { y: area.y + 1, height: area.height - 1, ..area };
    }
    let (x2, y2) = (area.right() - 1, area.bottom() - 1);
    rule(buf, area, area.y, style, ("┌", "┐"));
    rule(buf, area, y2, style, ("└", "┘"));
    for y in area.y + 1..y2 {
        put(buf, area.x, y, "│", 1, style);
        put(buf, x2, y, "│", 1, style);
    }
    titles(buf, area, left, right, 1);
    Rect { x: area.x + 1, y: area.y + 1, width: area.width - 2, height: area.height - 2 }
}

/// Whether a pane of this size has borders.
pub(crate) fn has_border(area: Rect) -> bool {
    has_frame(Size { width: area.width, height: area.height })
}

/// A line from border to border that parts a pane, with titles in it.
pub(crate) fn part(buf: &mut Buffer, area: Rect, y: u16, style: Style, left: &Line<'_>, right: &Line<'_>) {
    let bordered = has_border(area);
    rule(buf, area, y, style, if bordered { ("├", "┤") } else { ("─", "─") });
    titles(buf, Rect { y, height: 1, ..area }, left, right, 1);
}

/// Titles in the lower border; a pane without borders has none.
pub(crate) fn foot(buf: &mut Buffer, area: Rect, left: &Line<'_>, right: &Line<'_>) {
    if has_border(area) {
        titles(buf, Rect { y: area.bottom() - 1, height: 1, ..area }, left, right, 1);
    }
}

fn rule(buf: &mut Buffer, area: Rect, y: u16, style: Style, ends: (&str, &str)) {
    let x2 = area.right() - 1;
    put(buf, area.x, y, ends.0, 1, style);
    for x in area.x + 1..x2 {
        put(buf, x, y, "─", 1, style);
    }
    put(buf, x2, y, ends.1, 1, style);
}

/// The right title stays whole as long as it can: it holds state and time.
fn titles(buf: &mut Buffer, area: Rect, left: &Line<'_>, right: &Line<'_>, margin: u16) {
    let room = area.width.saturating_sub(2 * margin);
    let pad = 2 * margin;
    let right_w = if right.is_empty() { 0 } else { (right.width() as u16 + pad).min(room) };
    let left_room = room.saturating_sub(right_w);
    if !left.is_empty() && left_room > pad {
        titled(buf, area.x + margin, area.y, left, left_room.min(left.width() as u16 + pad), margin);
    }
    if right_w > pad {
        titled(buf, area.right() - margin - right_w, area.y, right, right_w, margin);
    }
}

fn titled(buf: &mut Buffer, x: u16, y: u16, line: &Line<'_>, columns: u16, margin: u16) {
    if margin > 0 {
        put(buf, x, y, " ", 1, Style::new());
        put(buf, x + columns - 1, y, " ", 1, Style::new());
    }
    line.draw(buf, x + margin, y, columns - 2 * margin);
}
