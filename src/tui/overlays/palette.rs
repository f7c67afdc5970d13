//! How the palette looks (screens 11).

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::parts::{field, key, leave};
use super::sheet::{Block, Sheet, draw as draw_sheet, marker};
use crate::app::keymap::KeyMap;
use crate::app::overlays::palette::{Choice, Palette};
use crate::domain::guard::Danger;
use crate::text::action::why_not;
use crate::text::keys::{describe, keys_of};
use crate::text::runbook::{self, Sheet as Words};
use crate::tui::look::Look;
use crate::tui::theme::Role;

/// Columns of a name.
const NAME: usize = 28;

/// Draws it into the body. Its message and keys go to the last two rows of the screen.
pub fn draw(frame: &mut Frame<'_>, area: Rect, overlay: &Palette, keymap: &KeyMap, look: &Look) {
    let choices = overlay.choices();
    let room = usize::from(area.height).saturating_sub(6).max(1);
    let skip = (overlay.selected() + 1).saturating_sub(room);
    let typed = Line::from(
        std::iter::once(Span::styled(" : ", look.theme.style(Role::Key)))
            .chain(field(overlay.text(), 60, true, look))
            .collect::<Vec<_>>(),
    );
    let mut rows = vec![typed];
    for (ix, choice) in choices.iter().enumerate().skip(skip).take(room) {
        let is_selected = ix == overlay.selected();
        let mark = if is_selected { marker(look) } else { " " };
        let (says, keys) = match choice {
            Choice::Command(command, _) => (describe(*command), keys_of(keymap, *command, look.ascii)),
            Choice::Card(card, is_here) => {
                (Words::of(*card).title, if *is_here { runbook::HERE.to_owned() } else { String::new() })
            }
        };
        let (says, keys) = match overlay.why_not(*choice) {
            Some(why) => (why_not(why), String::new()),
            None => (says.into(), keys),
        };
        let role = match (is_selected, overlay.why_not(*choice)) {
            (true, _) => Role::Selected,
            (false, Some(_)) => Role::Muted,
            (false, None) => Role::Text,
        };
        rows.push(Line::from(vec![
            Span::styled(format!("{mark}{:<NAME$}", choice.name()), look.theme.style(role)),
            Span::styled(format!(" {says}  "), look.theme.style(Role::Muted)),
            Span::styled(keys, look.theme.style(Role::Key)),
        ]));
    }
    let sheet = Sheet {
        title: format!("{} of {}", choices.len(), Palette::new(None, Vec::new()).choices().len()),
        danger: Danger::default(),
        blocks: vec![Block::fixed("", rows)],
        buttons: (leave("Close", false), None),
        message: (runbook::PALETTE.to_owned(), Role::Muted),
        keys: vec![key("enter", "choose"), key("esc", "close")],
        focus: None,
        scroll: 0,
    };
    draw_sheet(frame, area, sheet, look);
}
