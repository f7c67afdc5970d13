//! Rows that more than one dialog has: fields, the request, how it ended.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use super::sheet::{Block, Button, marker};
use crate::app::facts::Facts;
use crate::app::overlays::dialog::ending::{self, Ended, Place};
use crate::app::overlays::dialog::situation::Request;
use crate::domain::capability::PlaneKind;
use crate::domain::outcome::{Lookup, ReadErrorKind, Refused};
use crate::domain::runbook::Card;
use crate::domain::shown::{Shown, Text, cut_middle};
use crate::domain::task::TaskSummary;
use crate::text;
use crate::tui::look::Look;
use crate::tui::theme::Role;
use crate::tui::widgets::paint;

/// The row that takes what is typed, emptied: the message line, the last row but one; the last where there is no foot
/// line, which is told beside it. `None` where there is no room.
pub(super) fn entry_row(frame: &mut Frame<'_>, look: &Look) -> Option<(Rect, bool)> {
    let area = frame.area();
    if area.height < 3 || area.width < 4 {
        return None;
    }
    let is_plain = area.height < 15 || area.width < 60;
    let row = Rect { y: area.bottom() - if is_plain { 1 } else { 2 }, height: 1, ..area };
    for x in row.x..row.right() {
        paint::text(frame.buffer_mut(), x, row.y, 1, " ", look.theme.style(Role::Text));
    }
    Some((row, is_plain))
}

/// A row of pieces, each with its role.
pub(super) fn row(pieces: Vec<(String, Role)>, look: &Look) -> Line<'static> {
    Line::from(
        pieces.into_iter().map(|(text, role)| Span::styled(text, look.theme.style(role))).collect::<Vec<_>>(),
    )
}

/// The first columns of a row: the marker when keys go to it, and a heading.
pub(super) fn head(word: &str, columns: usize, has_focus: bool, look: &Look) -> (String, Role) {
    let mark = if has_focus { marker(look) } else { " " };
    (format!("{mark}{word:<width$}", width = columns.saturating_sub(1)), Role::Heading)
}

/// The first columns of a row of the last block: ten of them.
pub(super) fn label(word: &str, has_focus: bool, look: &Look) -> (String, Role) {
    head(&format!(" {word}"), 10, has_focus, look)
}

/// A text field: what is around the cursor, as much as fits, with the cursor drawn when keys go to it.
pub(super) fn field(
    (value, cursor): (&str, usize),
    columns: usize,
    has_focus: bool,
    look: &Look,
) -> Vec<Span<'static>> {
    let split = value.char_indices().nth(cursor).map_or(value.len(), |(at, _)| at);
    let (before, after) = value.split_at(split);
    let (before, after) = (Shown::whole(before), Shown::whole(after));
    let room = columns.saturating_sub(1);
    let mut left: Vec<&str> = Vec::new();
    let mut used = 0;
    for g in before.as_str().graphemes(true).rev() {
        if used + g.width() > room {
            break;
        }
        used += g.width();
        left.push(g);
    }
    let text = look.theme.style(Role::Text);
    let mut spans = vec![Span::styled(left.into_iter().rev().collect::<String>(), text)];
    if has_focus {
        let bar = if look.ascii { "_" } else { "▏" };
        spans.push(Span::styled(bar, look.theme.style(Role::Heading)));
    }
    let mut right = String::new();
    for g in after.as_str().graphemes(true) {
        if used + g.width() > room {
            break;
        }
        used += g.width();
        right.push_str(g);
    }
    spans.push(Span::styled(right, text));
    spans
}

/// The reason field.
pub(super) fn reason(
    value: (&str, usize),
    required: bool,
    has_focus: bool,
    columns: usize,
    look: &Look,
) -> Line<'static> {
    let (text, role) = label("Reason", has_focus, look);
    let mut spans = vec![Span::styled(text, look.theme.style(role))];
    spans.extend(field(value, columns.saturating_sub(22), has_focus, look));
    if value.0.is_empty() {
        let hint = if required { " required" } else { " optional" };
        spans.push(Span::styled(hint, look.theme.style(if required { Role::Caution } else { Role::Muted })));
    }
    Line::from(spans)
}

/// Breaks a text into rows at spaces, or anywhere where there is none.
pub(super) fn wrapped(text: &str, columns: usize) -> Vec<String> {
    let columns = columns.max(8);
    let mut rows = Vec::new();
    let mut row = String::new();
    for word in text.split_inclusive(' ') {
        if row.width() + word.trim_end().width() > columns && !row.is_empty() {
            rows.push(std::mem::take(&mut row).trim_end().to_owned());
        }
        for g in word.graphemes(true) {
            if row.width() + g.width() > columns {
                rows.push(std::mem::take(&mut row));
            }
            // The space that a row was broken at is not the next row's first letter.
            if g != " " || !row.is_empty() {
                row.push_str(g);
            }
        }
    }
    if !row.trim().is_empty() {
        rows.push(row);
    }
    rows
}

/// Rows of a paragraph, each moved in by `indent`.
pub(super) fn paragraph(
    text: &str,
    indent: usize,
    columns: usize,
    role: Role,
    look: &Look,
) -> Vec<Line<'static>> {
    wrapped(text, columns.saturating_sub(indent + 1))
        .into_iter()
        .map(|r| Line::styled(format!("{}{r}", " ".repeat(indent)), look.theme.style(role)))
        .collect()
}

/// The request: exactly what will be sent. On a small page its first line alone; `i` shows it whole there.
pub(super) fn request(request: &Request, is_short: bool, columns: usize, look: &Look) -> Vec<Line<'static>> {
    let planned = match request {
        Request::Ready(planned) => planned,
        Request::Reading => return vec![Line::styled("  being made", look.theme.style(Role::Muted))],
        Request::NotOffered(why) => {
            return paragraph(&text::action::why_not(why), 2, columns, Role::Danger, look);
        }
        Request::Failed(why) => {
            let why = format!("could not be made: {why}");
            return paragraph(&why, 2, columns, Role::Danger, look);
        }
    };
    let line = format!("{} {}", planned.method, planned.path_and_query);
    let line = Shown::whole(&line);
    if is_short {
        let line = cut_middle(line.as_str(), columns.saturating_sub(1)).into_owned();
        return vec![Line::styled(format!(" {line}"), look.theme.style(Role::Text))];
    }
    let mut rows = paragraph(line.as_str(), 2, columns, Role::Text, look);
    let body = if planned.body.is_some() { "body below" } else { "no body" };
    let way = format!(
        "to {} as {} · {body} · {} s · sent once",
        planned.origin,
        planned.user,
        planned.timeout.secs()
    );
    rows.extend(paragraph(Shown::whole(&way).as_str(), 2, columns, Role::Text, look));
    if let Some(body) = &planned.body {
        let body = Shown::whole(&format!("body {body}"));
        rows.extend(paragraph(body.as_str(), 2, columns, Role::Text, look));
    }
    rows
}

/// How it ended, what now, and the button that goes there.
pub(super) struct Ending {
    /// After the title.
    pub(super) word: &'static str,
    /// The block.
    pub(super) block: Block,
    /// The runbook card about it.
    pub(super) runbook: Option<Block>,
    /// What enter does, if anything.
    pub(super) deed: Option<Button>,
    /// Keys that work.
    pub(super) keys: Vec<(String, String)>,
}

/// The page after a refusal or an unknown outcome.
pub(super) fn ended(ended: &Ended, place: &Place, columns: usize, cx: &Facts<'_>, look: &Look) -> Ending {
    let (word, told, opens) = match ended {
        Ended::Refused(refused) => {
            let (told, opens) = refusal(refused, place, cx);
            ("REFUSED", told, opens)
        }
        Ended::Unknown { why, lookup } => {
            let (told, opens) = unknown(why, lookup, place, cx);
            ("OUTCOME UNKNOWN", told, Some(opens))
        }
    };
    let mut rows = Vec::new();
    for (text, role) in told {
        if !rows.is_empty() {
            rows.push(Line::default());
        }
        rows.extend(paragraph(&text, 2, columns, role, look));
    }
    let mut keys: Vec<(String, String)> = opens.iter().map(|o| key("enter", o)).collect();
    if matches!(ended, Ended::Refused(r) if r.trace.is_some()) {
        keys.push(key("y", "copy trace ID"));
    }
    let card = ending::card(ended);
    if card.is_some_and(|c| c.sql().is_some()) {
        keys.push(key("c", "copy SQL"));
    }
    keys.push(key("esc", "close"));
    let runbook = card.map(|c| runbook_block(c, columns, look));
    let deed =
        opens.map(|o| Button { word: format!("{}  enter", capital(o)), has_focus: false, role: Role::Key });
    Ending { word, block: Block::fixed("", rows), runbook, deed, keys }
}

/// The card about an end, on the same page: meaning, steps, SQL.
fn runbook_block(card: Card, columns: usize, look: &Look) -> Block {
    let mut rows = super::card::rows(card, columns, look);
    if let Some(sql) = card.sql() {
        rows.extend(super::card::sql_rows(sql, columns, look));
    }
    let title = format!("{}: {}", text::runbook::TITLE, text::runbook::Sheet::of(card).title);
    Block::fixed(&title, rows)
}

const ONE: &str = "open the task";
const MANY: &str = "open the tasks";

type Told = Vec<(String, Role)>;

fn refusal(refused: &Refused, place: &Place, cx: &Facts<'_>) -> (Told, Option<&'static str>) {
    let asked = cx.settings.profile(&place.profile).map_or("the server", |p| match p.capabilities.kind {
        PlaneKind::Ocp => "OCP",
        PlaneKind::Obshell => "OBShell",
    });
    let mut told = vec![
        (format!("{asked} {}", text::ending::quote(refused)), Role::Danger),
        (text::ending::trace(refused), Role::Text),
        (text::ending::what_now(refused.kind).to_owned(), Role::Text),
    ];
    let opens = match refused.kind {
        ReadErrorKind::Conflict => {
            let holder = ending::holder(place, cx);
            told.extend(holder.map(|t| (text::ending::candidate(t), Role::Caution)));
            Some(if place.task.is_some() || holder.is_some() { ONE } else { MANY })
        }
        ReadErrorKind::Server => Some(MANY),
        ReadErrorKind::Unreachable
        | ReadErrorKind::Timeout
        | ReadErrorKind::CutOff
        | ReadErrorKind::Unauthenticated
        | ReadErrorKind::Forbidden
        | ReadErrorKind::NotFound
        | ReadErrorKind::BadRequest
        | ReadErrorKind::RateLimited
        | ReadErrorKind::Redirected
        | ReadErrorKind::NotAPlane
        | ReadErrorKind::BadAnswer
        | ReadErrorKind::TooLarge
        | ReadErrorKind::PollingStopped => None,
    };
    (told, opens)
}

fn unknown(why: &Text, lookup: &Lookup, place: &Place, cx: &Facts<'_>) -> (Told, &'static str) {
    let sent = "It is not known whether this was done. It was sent once and is not sent again.";
    let mut told = vec![
        (sent.to_owned(), Role::Danger),
        (format!("Seen instead of an answer: {why}"), Role::Text),
        (text::ending::find_out(lookup), Role::Text),
    ];
    let found = ending::candidates(lookup, place, cx);
    let said =
        |t: &TaskSummary, how: &str| (format!("{how} yours: {}", text::ending::candidate(t)), Role::Caution);
    match found.as_slice() {
        [] if place.task.is_none() => {
            told.push(("No such task seen yet; the list is read again and again.".to_owned(), Role::Muted));
        }
        [one] => told.push(said(one, "Probably")),
        many => told.extend(many.iter().take(3).map(|t| said(t, "Perhaps"))),
    }
    (told, if place.task.is_some() || found.len() == 1 { ONE } else { MANY })
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |c| c.to_uppercase().chain(chars).collect())
}

/// The button that leaves.
pub(super) fn leave(word: &str, has_focus: bool) -> Button {
    let word = if word.is_empty() { "esc".to_owned() } else { format!("{word}  esc") };
    Button { word, has_focus, role: Role::Key }
}

/// A key of the foot line.
pub(super) fn key(key: &str, word: &str) -> (String, String) {
    (key.to_owned(), word.to_owned())
}
