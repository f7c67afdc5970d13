//! How `app::overlays::actions` looks: every action, the impossible ones greyed, each with why.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::Line;

use super::parts::{key, leave, row};
use super::sheet::{Block, Sheet, draw as draw_sheet, marker};
use crate::app::facts::Facts;
use crate::app::overlays::actions::{Actions, Kind};
use crate::domain::guard::Danger;
use crate::text::{self, console as words};
use crate::tui::look::Look;
use crate::tui::theme::Role;

/// Draws the list into the body. Its message and keys go to the last two rows of the screen.
pub fn draw(frame: &mut Frame<'_>, area: Rect, overlay: &Actions, _cx: &Facts<'_>, look: &Look) {
    let widest = overlay.offers().iter().map(|o| o.word.len()).max().unwrap_or(0);
    let rows: Vec<Line<'static>> = overlay
        .offers()
        .iter()
        .enumerate()
        .map(|(at, offer)| {
            let selected = at == overlay.selected();
            let mark = if selected { marker(look) } else { " " };
            let word = format!("{mark} {:<widest$}", offer.word);
            let role = if selected { Role::Selected } else { Role::Text };
            match &offer.can {
                Ok(()) => row(vec![(word, role)], look),
                Err(why) => row(
                    vec![
                        (word, if selected { Role::Selected } else { Role::Muted }),
                        (format!("   {}", text::action::why_not(why)), Role::Muted),
                    ],
                    look,
                ),
            }
        })
        .collect();
    // What does not fit is scrolled to: the selected row stays in sight.
    let room = usize::from(area.height).saturating_sub(4).max(1);
    let skip = (overlay.selected() + 1).saturating_sub(room);
    let rows: Vec<Line<'static>> = rows.into_iter().skip(skip).take(room).collect();
    let message = match overlay.offers().get(overlay.selected()).map(|o| &o.can) {
        Some(Err(why)) => (text::action::why_not(why).into_owned(), Role::Caution),
        Some(Ok(())) if overlay.kind() == Kind::Files => (words::FILES_GO.to_owned(), Role::Muted),
        Some(Ok(())) => ("opens a dialog first; nothing is sent here".to_owned(), Role::Muted),
        None => ("nothing can be done here".to_owned(), Role::Muted),
    };
    let sheet = Sheet {
        title: match overlay.kind() {
            Kind::Actions => "All actions",
            Kind::Files => words::FILES,
        }
        .to_owned(),
        danger: Danger::default(),
        blocks: vec![Block::fixed("", rows)],
        buttons: (leave("Close", false), None),
        message,
        keys: vec![key("enter", "choose"), key("j k", "move"), key("esc", "close")],
        focus: None,
        scroll: 0,
    };
    draw_sheet(frame, area, sheet, look);
}
