//! How `app::overlays::lost` looks: each order, how far the look for it is, and what was found.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::Line;

use super::card;
use super::parts::{key, leave, paragraph, row};
use super::sheet::{Block, Button, Sheet, columns, draw as draw_sheet, marker};
use crate::app::lost::{LostOrders, Sight};
use crate::app::overlays::lost::LostPage;
use crate::domain::guard::Danger;
use crate::domain::runbook::Card;
use crate::text::ending::candidate;
use crate::text::lost as words;
use crate::text::runbook;
use crate::tui::look::Look;
use crate::tui::theme::Role;

/// Draws the page into the body. Its message and keys go to the last two rows of the screen.
pub fn draw(frame: &mut Frame<'_>, area: Rect, page: &LostPage, lost: &LostOrders, look: &Look) {
    let wide = columns(frame, area);
    let chosen = page.chosen(lost);
    let (mut rows, mut focus) = (Vec::new(), 0);
    for order in lost.all() {
        if !rows.is_empty() {
            rows.push(Line::default());
        }
        let here = chosen.is_some_and(|(c, _)| c.order == order.order);
        if here {
            focus = rows.len();
        }
        let head = words::head(order);
        rows.extend(paragraph(&head, 1, wide, if here { Role::Heading } else { Role::Text }, look));
        rows.extend(paragraph(words::known(order), 3, wide, Role::Danger, look));
        let role = if order.sight() == Sight::Looking { Role::Muted } else { Role::Caution };
        rows.extend(paragraph(&words::sight(order), 3, wide, role, look));
        for (n, task) in order.found.iter().enumerate() {
            let is_chosen = here && chosen.is_some_and(|(_, c)| c == Some(n));
            let mark = if is_chosen { marker(look) } else { " " };
            let role = if is_chosen { Role::Selected } else { Role::Text };
            if is_chosen {
                focus = rows.len();
            }
            rows.push(row(vec![(format!("   {mark} {}", candidate(task)), role)], look));
        }
    }
    // The card where there is room for all of it: the orders themselves come first.
    let card = card::rows(Card::AnswerLost, wide, look);
    let has_room = rows.len() + card.len() + 4 <= usize::from(area.height);
    let mut blocks = vec![Block::fixed("", rows)];
    if has_room {
        let title = format!("{}: {}", runbook::TITLE, runbook::Sheet::of(Card::AnswerLost).title);
        blocks.push(Block::fixed(&title, card));
    }
    let can_take = chosen.is_some_and(|(_, which)| which.is_some());
    let can_let = chosen.is_some_and(|(order, _)| order.may_be_let());
    let mut keys = Vec::new();
    if can_take {
        keys.push(key("enter", words::TAKE));
    }
    if can_let {
        keys.push(key("l", words::LET_BE));
    }
    if page.leaving {
        keys.push(key("q", words::LEAVE));
    }
    keys.extend([key("j k", "move"), key("esc", "close")]);
    let deed = can_take.then(|| Button {
        word: "Take this task  enter".to_owned(),
        has_focus: false,
        role: Role::Key,
    });
    let message = if page.leaving { (words::ASKS, Role::Caution) } else { (words::READS_ONLY, Role::Muted) };
    let sheet = Sheet {
        title: words::TITLE.to_owned(),
        danger: Danger::default(),
        blocks,
        buttons: (leave("Close", false), deed),
        message: (message.0.to_owned(), message.1),
        keys,
        focus: Some((0, focus)),
        scroll: 0,
    };
    draw_sheet(frame, area, sheet, look);
}
