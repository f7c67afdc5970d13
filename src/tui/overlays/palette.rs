//! How the palette looks (screens 11): what is typed in the upper edge, then the lines, what cannot be done now below
//! a rule.

use ratatui::Frame;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Span;
use ratatui::widgets::{Clear, Widget};
use unicode_width::UnicodeWidthStr;

use super::parts::{field, key};
use super::sheet::{above_foot, foot_rows, is_page, marker};
use crate::app::command::Command;
use crate::app::keymap::KeyMap;
use crate::app::overlays::palette::{Choice, Line, Palette};
use crate::domain::action::Verb;
use crate::text::keys::keys_of;
use crate::text::palette as words;
use crate::tui::look::Look;
use crate::tui::theme::Role;
use crate::tui::widgets::paint;

/// Columns of a name, at least; a longer one pushes its words to the right.
const NAME: usize = 30;
/// Columns that are left to the words beside a name.
const SAYS: usize = 24;

/// A row of the list.
enum Row<'a> {
    Line(usize, &'a Line),
    /// Above what cannot be done now.
    Rule,
    /// Below lines that there was no place for.
    LeftOut(usize),
}

/// Draws it into the body. Its message and keys go to the last two rows of the screen.
pub fn draw(frame: &mut Frame<'_>, area: Rect, overlay: &Palette, keymap: &KeyMap, look: &Look) {
    let body = above_foot(frame.area(), area.intersection(frame.area()));
    let message = (words::enter(overlay.line()), Role::Muted);
    let keys =
        [key("enter", "choose"), key("tab", "complete"), key("up", "typed before"), key("esc", "close")];
    foot_rows(frame, &message, &keys, look);
    if body.width < 10 || body.height < 3 {
        return;
    }
    let rows = rows(overlay);
    let at =
        rows.iter().position(|r| matches!(r, Row::Line(ix, _) if *ix == overlay.selected())).unwrap_or(0);
    let bare = is_page(frame);
    let room = usize::from(body.height) - if bare { 1 } else { 2 };
    let skip = (at + 1).saturating_sub(room);
    let shown = rows.len().min(room) as u16;
    let buf = frame.buffer_mut();
    let list = if bare {
        Clear.render(body, buf);
        heading(buf, body, overlay, look);
        Rect { y: body.y + 1, height: body.height - 1, ..body }
    } else {
        let area = Rect { height: shown + 2, ..body };
        Clear.render(area, buf);
        frame_of(buf, area, overlay, look)
    };
    let columns = columns(&rows, usize::from(list.width));
    for (nth, row) in rows.iter().skip(skip).take(room).enumerate() {
        let place = Rect { y: list.y + nth as u16, height: 1, ..list };
        match row {
            Row::Line(ix, line) => {
                draw_line(buf, place, line, *ix == overlay.selected(), columns, keymap, look);
            }
            Row::Rule => {
                let rule = format!(" ─ {} ─", words::NOT_NOW);
                paint::text(buf, place.x, place.y, place.width, &rule, look.theme.style(Role::Muted));
            }
            Row::LeftOut(n) => {
                let says = words::left_out(*n);
                paint::text(buf, place.x + 2, place.y, place.width, &says, look.theme.style(Role::Caution));
            }
        }
    }
}

fn rows(overlay: &Palette) -> Vec<Row<'_>> {
    let mut rows = Vec::new();
    for (ix, line) in overlay.lines().iter().enumerate() {
        if ix == overlay.first_not() {
            rows.push(Row::Rule);
        }
        rows.push(Row::Line(ix, line));
    }
    if overlay.left_out() > 0 {
        rows.push(Row::LeftOut(overlay.left_out()));
    }
    rows
}

/// Columns of the names: as many as the longest takes, as long as there is room for words.
fn columns(rows: &[Row<'_>], width: usize) -> usize {
    let names = rows.iter().filter_map(|r| match r {
        Row::Line(_, line) => Some(line.name.width()),
        Row::Rule | Row::LeftOut(_) => None,
    });
    names.max().unwrap_or(0).max(NAME).min(width.saturating_sub(SAYS)).max(NAME.min(width))
}

/// What is typed, and how much of all that matches.
fn heading(buf: &mut Buffer, area: Rect, overlay: &Palette, look: &Look) -> u16 {
    let count = format!(" {} ", words::count(overlay.counts()));
    let end = area.right().saturating_sub(1);
    let style = look.theme.style(Role::Heading);
    let from = paint::text_right(buf, area.x, end, area.y, &count, style);
    let mut x = paint::text(buf, area.x + 1, area.y, 3, " : ", look.theme.style(Role::Key));
    let room = usize::from(from.saturating_sub(x + 2));
    for Span { content, style, .. } in field(overlay.text(), room, true, look) {
        x = paint::text(buf, x, area.y, from.saturating_sub(x), &content, style);
    }
    x
}

fn frame_of(buf: &mut Buffer, area: Rect, overlay: &Palette, look: &Look) -> Rect {
    let edge = look.theme.style(Role::FrameFocus);
    let (end, bottom) = (area.right() - 1, area.bottom() - 1);
    for x in area.x + 1..end {
        paint::text(buf, x, area.y, 1, "━", edge);
        paint::text(buf, x, bottom, 1, "─", edge);
    }
    for y in area.y + 1..bottom {
        paint::text(buf, area.x, y, 1, "│", edge);
        paint::text(buf, end, y, 1, "│", edge);
    }
    for (x, y, corner) in
        [(area.x, area.y, "┏"), (end, area.y, "┓"), (area.x, bottom, "└"), (end, bottom, "┘")]
    {
        paint::text(buf, x, y, 1, corner, edge);
    }
    heading(buf, area, overlay, look);
    let keys = format!(" {} ", words::keys(look.ascii));
    paint::text(buf, area.x + 1, bottom, area.width.saturating_sub(2), &keys, look.theme.style(Role::Muted));
    Rect { x: area.x + 1, y: area.y + 1, width: area.width - 2, height: area.height - 2 }
}

fn draw_line(
    buf: &mut Buffer,
    place: Rect,
    line: &Line,
    is_selected: bool,
    columns: usize,
    keymap: &KeyMap,
    look: &Look,
) {
    let mark = if is_selected { marker(look) } else { " " };
    let role = match (is_selected, &line.why) {
        (true, _) => Role::Selected,
        (false, Some(_)) => Role::Muted,
        (false, None) => Role::Text,
    };
    let name = crate::domain::shown::cut_middle(&line.name, columns);
    let fill = " ".repeat(columns.saturating_sub(name.width()));
    let x = paint::text(
        buf,
        place.x,
        place.y,
        place.width,
        &format!(" {mark}{name}{fill}"),
        look.theme.style(role),
    );
    let beside = beside(line, keymap, look);
    let end = place.right().saturating_sub(1);
    let from = paint::text_right(buf, x, end, place.y, &beside, look.theme.style(Role::Key));
    let room = from.saturating_sub(x + if beside.is_empty() { 1 } else { 2 });
    paint::text(buf, x + 1, place.y, room, &words::says(line), look.theme.style(Role::Muted));
}

/// The key that does the same here.
fn beside(line: &Line, keymap: &KeyMap, look: &Look) -> String {
    let of = |command| keys_of(keymap, command, look.ascii);
    match &line.choice {
        _ if line.why.is_some() => String::new(),
        Choice::Command(command) => of(*command),
        Choice::Dialog { verb, is_here: true, .. } => of(match verb {
            Verb::Stop => Command::Stop,
            Verb::Start => Command::Start,
            Verb::Restart => Command::Restart,
        }),
        _ => words::beside(line).unwrap_or_default().to_owned(),
    }
}
