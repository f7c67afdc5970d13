//! The line that takes a note, on the row of the message.

use ratatui::Frame;
use ratatui::text::{Line, Span};
use unicode_width::UnicodeWidthStr;

use super::parts::{entry_row, field};
use crate::app::overlays::note::Note;
use crate::text::console as words;
use crate::tui::look::Look;
use crate::tui::theme::Role;
use crate::tui::widgets::paint;

/// Draws it on the row of what is typed.
pub fn draw(frame: &mut Frame<'_>, note: &Note, look: &Look) {
    let Some((area, is_plain)) = entry_row(frame, look) else { return };
    let buf = frame.buffer_mut();
    let head = words::note_about(note.about());
    let hint =
        if look.ascii { words::NOTE_KEYS.replace('↵', "enter") } else { words::NOTE_KEYS.to_owned() };
    let hint = if is_plain { String::new() } else { hint };
    let width = usize::from(area.width.saturating_sub(2));
    let room = width.saturating_sub(head.width() + hint.width() + 2);
    let mut spans = vec![Span::styled(head, look.theme.style(Role::Key))];
    spans.extend(field(note.text(), room, true, look));
    let line = Line::from(spans);
    buf.set_line(area.x + 1, area.y, &line, area.width.saturating_sub(1));
    paint::text_right(buf, area.x + 1, area.right() - 1, area.y, &hint, look.theme.style(Role::Muted));
}
