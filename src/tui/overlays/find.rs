//! The line that asks what to look for, on the row of the message.

use ratatui::Frame;

use crate::app::overlays::find::Find;
use crate::tui::look::Look;
use crate::tui::theme::Role;
use crate::tui::widgets::paint;

/// Draws it over the message line, the last row but one; over the last where there is no foot line.
pub fn draw(frame: &mut Frame<'_>, find: &Find, look: &Look) {
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
    paint::pieces(buf, area.x + 1, row, width, &[(mark, bold), (tail, plain), ("▏", bold)]);
    paint::text_right(buf, area.x + 1, area.right() - 1, row, &hint, look.theme.style(Role::Muted));
}
