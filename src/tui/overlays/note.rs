//! The line that takes a note, on the row of the message.

use ratatui::Frame;
use ratatui::text::{Line, Span};
use unicode_width::UnicodeWidthStr;

use super::parts::field;
use crate::app::overlays::note::Note;
use crate::text::console as words;
use crate::tui::look::Look;
use crate::tui::theme::Role;
use crate::tui::widgets::paint;

/// Draws it over the message line, the last row but one; over the last where there is no foot line.
pub fn draw(frame: &mut Frame<'_>, note: &Note, look: &Look) {
    let area = frame.area();
    if area.height < 3 || area.width < 4 {
        return;
    }
    let plain = area.height < 15 || area.width < 60;
    let row = area.bottom() - if plain { 1 } else { 2 };
    let buf = frame.buffer_mut();
    for x in area.x..area.right() {
        paint::text(buf, x, row, 1, " ", look.theme.style(Role::Text));
    }
    let head = words::note_about(note.about());
    let hint =
        if look.ascii { words::NOTE_KEYS.replace('↵', "enter") } else { words::NOTE_KEYS.to_owned() };
    let hint = if plain { String::new() } else { hint };
    let width = usize::from(area.width.saturating_sub(2));
    let room = width.saturating_sub(head.width() + hint.width() + 2);
    let mut spans = vec![Span::styled(head, look.theme.style(Role::Key))];
    spans.extend(field(note.text(), room, true, look));
    let line = Line::from(spans);
    buf.set_line(area.x + 1, row, &line, area.width.saturating_sub(1));
    paint::text_right(buf, area.x + 1, area.right() - 1, row, &hint, look.theme.style(Role::Muted));
}
