//! How the handoff note looks: as it will be pasted.

use ratatui::Frame;
use ratatui::layout::Rect;

use super::parts::{key, leave, paragraph};
use super::sheet::{Block, Button, Sheet, columns, draw as draw_sheet};
use crate::app::facts::Facts;
use crate::app::overlays::handoff::HandoffSheet;
use crate::domain::guard::Danger;
use crate::text::handoff as words;
use crate::tui::look::Look;
use crate::tui::theme::Role;

/// Draws the note into the body. Its message and keys go to the last two rows of the screen.
pub fn draw(frame: &mut Frame<'_>, area: Rect, overlay: &HandoffSheet, cx: &Facts<'_>, look: &Look) {
    let columns = columns(frame, area);
    let rows = overlay.note().map_or_else(Vec::new, |note| {
        words::note(note).lines().flat_map(|l| paragraph(l, 1, columns, Role::Text, look)).collect()
    });
    let copies = match (cx.settings.clipboard, overlay.is_copied()) {
        (false, _) => words::NO_CLIPBOARD,
        (true, false) => words::COPIES,
        (true, true) => words::COPIED,
    };
    let sheet = Sheet {
        title: words::TITLE.to_owned(),
        danger: Danger::default(),
        blocks: vec![Block::fixed("", rows)],
        buttons: (
            leave("Close", false),
            Some(Button { word: "Copy  y".to_owned(), has_focus: false, role: Role::Key }),
        ),
        message: (copies.to_owned(), Role::Muted),
        keys: vec![key("y", "copy as Markdown"), key("esc", "close")],
        focus: None,
        scroll: overlay.scroll(),
    };
    draw_sheet(frame, area, sheet, look);
}
