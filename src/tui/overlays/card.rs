//! How a runbook card looks: by itself, and as a part of the page it is about.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::Line;

use super::parts::{key, leave, paragraph};
use super::sheet::{Block, Sheet, columns, draw as draw_sheet};
use crate::app::overlays::card::CardSheet;
use crate::domain::guard::Danger;
use crate::domain::runbook::Card;
use crate::text::runbook::{self, Sheet as Words};
use crate::tui::look::Look;
use crate::tui::theme::Role;

/// Draws the card into the body. Its message and keys go to the last two rows of the screen.
pub fn draw(frame: &mut Frame<'_>, area: Rect, overlay: &CardSheet, look: &Look) {
    let columns = columns(frame, area);
    let words = Words::of(overlay.card());
    let mut blocks = vec![Block::fixed("", rows(overlay.card(), columns, look))];
    let mut keys = Vec::new();
    if let Some(sql) = words.sql {
        blocks.push(Block::fixed(runbook::SQL, sql_rows(sql, columns, look)));
        keys.push(key("y", "copy SQL"));
    }
    keys.push(key("esc", "close"));
    let sheet = Sheet {
        title: format!("{}: {}", runbook::TITLE, words.title),
        danger: Danger::default(),
        blocks,
        buttons: (leave("Close", false), None),
        message: (
            if overlay.is_copied() { runbook::COPIED } else { runbook::NOTHING_SENT }.to_owned(),
            Role::Muted,
        ),
        keys,
        focus: None,
        scroll: overlay.scroll(),
    };
    draw_sheet(frame, area, sheet, look);
}

/// What it means, and the steps.
pub(super) fn rows(card: Card, columns: usize, look: &Look) -> Vec<Line<'static>> {
    let words = Words::of(card);
    let mut rows = paragraph(words.meaning, 2, columns, Role::Text, look);
    for step in words.steps() {
        let mut lines = paragraph(&step, 5, columns, Role::Text, look).into_iter();
        // The number stands out to the left of its step.
        if let Some(first) = lines.next() {
            let text: String = first.spans.iter().map(|s| s.content.as_ref()).collect();
            rows.push(Line::styled(format!("  {}", text.trim_start()), first.style));
        }
        rows.extend(lines);
    }
    rows
}

/// The SQL, broken to the width; it is copied whole.
pub(super) fn sql_rows(sql: &str, columns: usize, look: &Look) -> Vec<Line<'static>> {
    sql.lines().flat_map(|l| paragraph(l, 2, columns, Role::Muted, look)).collect()
}
