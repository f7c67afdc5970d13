//! The line of a recording: that it is one, where it stands, and the keys that move it.

use ratatui::buffer::Buffer;
use unicode_width::UnicodeWidthStr as _;

use crate::app::panes::replay::Replay;
use crate::domain::time::Timestamp;
use crate::text;
use crate::tui::look::Look;
use crate::tui::theme::Role;
use crate::tui::widgets::paint;

/// Draws it into a row.
pub fn draw(buf: &mut Buffer, row: u16, replay: &Replay, now: Timestamp, look: &Look) {
    let width = buf.area.width;
    let style = |role| look.theme.style(role);
    let at = paint::pieces(
        buf,
        1,
        row,
        width.saturating_sub(1),
        &[("REPLAY", style(Role::Stale)), ("  ", style(Role::Text))],
    );
    let place = text::replay::place(replay, now);
    let at = paint::text(buf, at, row, width.saturating_sub(at), &place, style(Role::Text)) + 2;
    // What there is room for, the most useful first, each whole or not at all.
    let keys = text::replay::keys(look.ascii);
    let pressed = text::replay::pressed(replay, now);
    let mut at = at;
    for (words, role) in
        [(keys.as_str(), Role::Muted), (&pressed, Role::Text), (replay.name.as_str(), Role::Muted)]
    {
        let room = usize::from(width.saturating_sub(at));
        if !words.is_empty() && words.width() < room {
            at = paint::text(buf, at, row, room as u16, words, style(role)) + 2;
        }
    }
}
