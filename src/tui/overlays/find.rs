//! The line that asks what to look for, on the row of the message.

use ratatui::Frame;

use super::parts::entry_row;
use crate::app::overlays::find::Find;
use crate::tui::look::Look;
use crate::tui::theme::Role;
use crate::tui::widgets::paint;

/// Draws it on the row of what is typed.
pub fn draw(frame: &mut Frame<'_>, find: &Find, look: &Look) {
    let Some((area, _)) = entry_row(frame, look) else { return };
    let buf = frame.buffer_mut();
    let mark = if find.only { "& " } else { "/" };
    let hint = if find.only { "↵ show only matches  esc" } else { "↵ find  esc" };
    let hint = if look.ascii { hint.replace('↵', "enter") } else { hint.to_owned() };
    let width = area.width.saturating_sub(2);
    let typed = crate::domain::shown::Shown::whole(find.text());
    let room = usize::from(width).saturating_sub(hint.chars().count() + mark.len() + 4);
    // The end of a long text is what is being typed.
    let mut tail = typed.as_str();
    while unicode_width::UnicodeWidthStr::width(tail) > room {
        let mut chars = tail.chars();
        chars.next();
        tail = chars.as_str();
    }
    let bold = look.theme.style(Role::Key);
    let plain = look.theme.style(Role::Text);
    paint::pieces(buf, area.x + 1, area.y, width, &[(mark, bold), (tail, plain), ("▏", bold)]);
    paint::text_right(buf, area.x + 1, area.right() - 1, area.y, &hint, look.theme.style(Role::Muted));
}
