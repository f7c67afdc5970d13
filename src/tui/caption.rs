//! The rows of the tour, between what is shown and the message line: the caption, then how far it is and who is at
//! the keys.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::look::Look;
use super::theme::Role;
use super::widgets::paint;
use crate::app::tour::Tour;
use crate::text;

/// Draws them into an area of its own.
pub fn draw(buf: &mut Buffer, area: Rect, tour: &Tour, look: &Look) {
    if area.height < 2 || area.width < 2 {
        return;
    }
    let style = look.theme.style(Role::Caption);
    for y in area.y..area.bottom() {
        for x in area.x..area.right() {
            paint::text(buf, x, y, 1, " ", style);
        }
    }
    let (x, width) = (area.x + 1, area.width - 2);
    let words = text::tour::line(tour);
    for (y, row) in (area.y..area.bottom() - 1).zip(text::task::wrapped(&words, usize::from(width))) {
        paint::text(buf, x, y, width, row, style);
    }
    let last = area.bottom() - 1;
    let keys = text::tour::keys(tour);
    let end = paint::text_right(buf, x, area.right() - 1, last, keys, style);
    let room = end.saturating_sub(x + 1);
    let place = text::tour::place(tour, look.ascii, usize::from(room));
    paint::text(buf, x, last, room, &place, style);
}
