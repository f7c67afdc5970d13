//! A dialog's page: a frame with blocks, two buttons in its lower edge, and the two last rows of the screen. On a
//! screen under 60x15 the same content as a page without borders (screens 2).

use ratatui::Frame;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Clear, Widget};
use unicode_width::UnicodeWidthStr;

use crate::domain::guard::Danger;
use crate::domain::shown::cut_end;
use crate::tui::look::Look;
use crate::tui::theme::Role;

/// Widest a dialog gets: longer lines are hard to read, and cost bytes.
const WIDEST: u16 = 100;
/// Below this a dialog is a page without borders (screens 2).
const SMALL: (u16, u16) = (60, 15);

/// A part of the page.
pub(super) struct Block {
    /// In the line above it; the first block has none.
    pub(super) title: String,
    /// Its rows.
    pub(super) rows: Vec<Line<'static>>,
    /// Rows that stay when the others do not fit.
    pub(super) pinned: Vec<Line<'static>>,
    /// Whether rows may be left out, with a count, for want of room.
    pub(super) is_elastic: bool,
    /// Rows that were left out already, to be counted with the others.
    pub(super) beyond: usize,
}

impl Block {
    /// A block that is shown whole.
    pub(super) fn fixed(title: &str, rows: Vec<Line<'static>>) -> Self {
        Self { title: title.to_owned(), rows, pinned: Vec::new(), is_elastic: false, beyond: 0 }
    }
    fn len(&self) -> usize {
        self.rows.len() + self.pinned.len() + usize::from(self.beyond > 0)
    }
}

/// A button.
pub(super) struct Button {
    /// Word, and the key that does it.
    pub(super) word: String,
    /// Whether keys go to it.
    pub(super) has_focus: bool,
    /// What it is.
    pub(super) role: Role,
}

/// The whole.
pub(super) struct Sheet {
    /// In the upper edge.
    pub(super) title: String,
    /// How dangerous the profile is: said in the upper edge.
    pub(super) danger: Danger,
    /// The blocks, in order.
    pub(super) blocks: Vec<Block>,
    /// The button that leaves, and the deed.
    pub(super) buttons: (Button, Option<Button>),
    /// What is to be said now.
    pub(super) message: (String, Role),
    /// Keys that work now, most used first.
    pub(super) keys: Vec<(String, String)>,
    /// Row that must be seen, as (block, row), when not all fits.
    pub(super) focus: Option<(usize, usize)>,
    /// Rows scrolled by, when no row must be seen and not all fits.
    pub(super) scroll: usize,
}

/// Whether the screen is too small for a frame.
pub(super) fn is_page(frame: &Frame<'_>) -> bool {
    let all = frame.area();
    all.width < SMALL.0 || all.height < SMALL.1
}

/// Columns a row of a sheet has.
pub(super) fn columns(frame: &Frame<'_>, area: Rect) -> usize {
    if is_page(frame) {
        usize::from(area.width)
    } else {
        usize::from(area.width.min(WIDEST).saturating_sub(2))
    }
}

/// Draws a sheet into the body, and its message and keys into the last two rows of the screen.
pub(super) fn draw(frame: &mut Frame<'_>, area: Rect, sheet: Sheet, look: &Look) {
    let all = frame.area();
    let area = area.intersection(all);
    let page = is_page(frame);
    let body = above_foot(all, area);
    foot_rows(frame, &sheet.message, &sheet.keys, look);
    if body.width < 4 || body.height < 3 {
        return;
    }
    // A frame that would hide the last rows is worse than none: what is confirmed stands there.
    if page || least(&sheet) > usize::from(body.height) {
        self::page(frame, body, sheet, look);
    } else {
        boxed(frame, body, sheet, look);
    }
}

/// What of the body is above the two last rows of the screen.
pub(super) fn above_foot(all: Rect, area: Rect) -> Rect {
    let foot = all.bottom().saturating_sub(2).max(area.top());
    Rect { height: foot.min(area.bottom()).saturating_sub(area.top()), ..area }
}

/// The two last rows of the screen: what is to be said now, and the keys that work.
pub(super) fn foot_rows(
    frame: &mut Frame<'_>,
    (message, role): &(String, Role),
    keys: &[(String, String)],
    look: &Look,
) {
    let all = frame.area();
    let top = all.bottom().saturating_sub(2);
    let width = usize::from(all.width);
    let message =
        Line::from(vec![Span::raw(" "), Span::styled(plain(message, look), look.theme.style(*role))]);
    let mut spans = vec![Span::raw(" ")];
    let mut used = 1;
    for (key, word) in keys {
        let takes = key.width() + word.width() + 3;
        if used + takes > width + 2 {
            break;
        }
        used += takes;
        if spans.len() > 1 {
            spans.push(Span::raw("  "));
        }
        spans.push(Span::styled(key.clone(), look.theme.style(Role::Key)));
        spans.push(Span::raw(format!(" {word}")));
    }
    let buf = frame.buffer_mut();
    for (y, line) in [(top, message), (top.saturating_add(1), Line::from(spans))] {
        if y < all.bottom() {
            blank(buf, Rect { x: all.x, y, width: all.width, height: 1 });
            put(buf, all.x, y, &line, width, look);
        }
    }
}

fn blank(buf: &mut Buffer, area: Rect) {
    Clear.render(area, buf);
}

/// Rows a frame needs at least; none where all of it can be scrolled.
fn least(sheet: &Sheet) -> usize {
    if !sheet.blocks.iter().any(|b| b.is_elastic) {
        return 0;
    }
    let rows = |b: &Block| if b.is_elastic { b.len().min(2 + b.pinned.len()) } else { b.len() };
    1 + sheet.blocks.len() + sheet.blocks.iter().map(rows).sum::<usize>()
}

/// Edges of the frame.
struct Edges {
    top: [char; 3],
    side: char,
    part: [char; 3],
    bottom: [char; 3],
}

fn edges(look: &Look) -> Edges {
    if look.ascii {
        Edges { top: ['+', '=', '+'], side: '|', part: ['+', '-', '+'], bottom: ['+', '-', '+'] }
    } else {
        Edges {
            top: ['┏', '━', '┓'], side: '│', part: ['├', '─', '┤'], bottom: ['└', '─', '┘']
        }
    }
}

fn boxed(frame: &mut Frame<'_>, body: Rect, sheet: Sheet, look: &Look) {
    let mut sheet = sheet;
    let parts = sheet.blocks.iter().skip(1).filter(|b| !b.title.is_empty()).count();
    let rows = usize::from(body.height).saturating_sub(2 + parts);
    let content =
        usize::from(body.height).min(2 + parts + sheet.blocks.iter().map(Block::len).sum::<usize>());
    let width = body.width.min(WIDEST);
    let area = Rect {
        x: body.x + (body.width - width) / 2,
        y: body.y,
        width,
        height: u16::try_from(content).unwrap_or(body.height),
    };
    scroll(&mut sheet, rows);
    let buf = frame.buffer_mut();
    blank(buf, area);
    let inner = usize::from(width).saturating_sub(2);
    let e = edges(look);
    let frame_style =
        look.theme.style(if sheet.danger == Danger::High { Role::Danger } else { Role::FrameFocus });
    let edge = |buf: &mut Buffer, y: u16, set: [char; 3], text: &str, tail: &str| {
        let room = inner.saturating_sub(tail.width() + 1);
        let text = plain(&cut_end(text, room), look);
        let fill = inner.saturating_sub(text.width() + tail.width());
        let [left, line, right] = set.map(String::from);
        buf.set_string(area.x, y, format!("{left}{text}{}{tail}{right}", line.repeat(fill)), frame_style);
    };
    let word = if sheet.danger == Danger::High { format!(" PROD {}", e.top[1]) } else { String::new() };
    edge(buf, area.y, e.top, &format!(" {} ", plain(&sheet.title, look)), &word);
    let mut y = area.y + 1;
    let last = area.bottom().saturating_sub(1);
    for (nth, (title, lines)) in fitted(sheet.blocks, rows, look).into_iter().enumerate() {
        if nth > 0 && !title.is_empty() && y < last {
            edge(buf, y, e.part, &format!(" {} ", plain(&title, look)), "");
            y += 1;
        }
        for line in lines {
            if y >= last {
                break;
            }
            buf.set_string(area.x, y, e.side.to_string(), frame_style);
            put(buf, area.x + 1, y, &line, inner, look);
            buf.set_string(area.right() - 1, y, e.side.to_string(), frame_style);
            y += 1;
        }
    }
    edge(buf, last, e.bottom, "", "");
    let (cancel, deed) = &sheet.buttons;
    let right = deed.as_ref().map_or(0, |d| button(d, look).width() + 6);
    if let Some(deed) = deed {
        let line = button(deed, look);
        let x = area.right().saturating_sub(4 + line.width() as u16);
        spaced(buf, x, last, &line, inner, look);
    }
    let line = button(cancel, look);
    let x = area.x + (12.min(inner.saturating_sub(right + line.width() + 2)) as u16).max(1);
    spaced(buf, x, last, &line, inner, look);
}

/// A button with a space at either side, so that the edge does not touch it.
fn spaced(buf: &mut Buffer, x: u16, y: u16, line: &Line<'static>, width: usize, look: &Look) {
    let mut spans = vec![Span::raw(" ")];
    spans.extend(line.spans.iter().map(|s| Span::styled(s.content.clone(), line.style.patch(s.style))));
    spans.push(Span::raw(" "));
    put(buf, x, y, &Line::from(spans), width, look);
}

/// Takes what is scrolled over from the first block that has rows, as far as needed to see the end.
fn scroll(sheet: &mut Sheet, room: usize) {
    if sheet.blocks.iter().any(|b| b.is_elastic) {
        return;
    }
    let over = sheet.blocks.iter().map(Block::len).sum::<usize>().saturating_sub(room);
    if let Some(block) = sheet.blocks.iter_mut().find(|b| !b.rows.is_empty()) {
        let by = sheet.scroll.min(over).min(block.rows.len());
        block.rows.drain(..by);
    }
}

fn page(frame: &mut Frame<'_>, body: Rect, sheet: Sheet, look: &Look) {
    let buf = frame.buffer_mut();
    blank(buf, body);
    let width = usize::from(body.width);
    let danger = if sheet.danger == Danger::High { " PROD" } else { "" };
    let title = cut_end(&plain(&sheet.title, look), width.saturating_sub(danger.width())).into_owned();
    let title = Line::styled(format!("{title}{danger}"), look.theme.style(Role::Heading));
    put(buf, body.x, body.y, &title, width, look);
    let room = usize::from(body.height).saturating_sub(2);
    let focus = sheet.focus;
    let mut seen = 0;
    let mut lines = Vec::new();
    for (block, (_, rows)) in fitted(sheet.blocks, room, look).into_iter().enumerate() {
        for (row, line) in rows.into_iter().enumerate() {
            if focus == Some((block, row)) {
                seen = lines.len();
            }
            lines.push(line);
        }
    }
    // The row with the focus is the last of the window when the window has to move at all.
    let skip = match focus {
        Some(_) => (seen + 1).saturating_sub(room),
        None => sheet.scroll.min(lines.len().saturating_sub(room)),
    };
    let y = body.y + 1;
    for (nth, line) in lines.iter().skip(skip).take(room).enumerate() {
        put(buf, body.x, y + nth as u16, line, width, look);
    }
    let mut buttons = button(&sheet.buttons.0, look).spans;
    if let Some(deed) = &sheet.buttons.1 {
        buttons.push(Span::raw(" "));
        buttons.extend(button(deed, look).spans);
    }
    put(buf, body.x, body.bottom() - 1, &Line::from(buttons), width, look);
}

/// The rows of each block that there is room for; what is left out of an elastic block is counted.
fn fitted(blocks: Vec<Block>, rows: usize, look: &Look) -> Vec<(String, Vec<Line<'static>>)> {
    let fixed: usize = blocks.iter().filter(|b| !b.is_elastic).map(Block::len).sum();
    let room = rows.saturating_sub(fixed).max(1);
    blocks
        .into_iter()
        .map(|mut b| {
            let more = |left: usize| {
                Line::styled(format!("      and {left} more, i"), look.theme.style(Role::Caution))
            };
            if !b.is_elastic || b.len() <= room {
                b.rows.extend((b.beyond > 0).then(|| more(b.beyond)));
                b.rows.extend(b.pinned);
                return (b.title, b.rows);
            }
            // Room for the first, the count, and what is pinned; with less, the first alone.
            let all = b.rows.len() + b.pinned.len() + b.beyond;
            let keep = room.saturating_sub(1 + b.pinned.len()).max(1);
            b.rows.truncate(keep);
            if room > keep {
                let pinned = if room > keep + b.pinned.len() { b.pinned } else { Vec::new() };
                let left = all - b.rows.len() - pinned.len();
                b.rows.push(more(left));
                b.rows.extend(pinned);
            }
            (b.title, b.rows)
        })
        .collect()
}

fn button(button: &Button, look: &Look) -> Line<'static> {
    let style = look.theme.style(if button.has_focus { Role::Selected } else { button.role });
    let mark = if button.has_focus { marker(look) } else { " " };
    Line::styled(format!("[{mark}{} ]", plain(&button.word, look)), style)
}

/// What stands before the row that keys go to.
pub(super) fn marker(look: &Look) -> &'static str {
    if look.ascii { ">" } else { "▌" }
}

/// Our own signs in ASCII where only ASCII may be drawn.
pub(super) fn plain(text: &str, look: &Look) -> String {
    if !look.ascii {
        return text.to_owned();
    }
    text.replace('·', "-").replace('…', "~").replace('‹', "<").replace('›', ">")
}

/// Draws a line, cut with a mark when too wide.
fn put(buf: &mut Buffer, x: u16, y: u16, line: &Line<'static>, width: usize, look: &Look) {
    let mut used = 0;
    let mut x = x;
    for span in &line.spans {
        let text = plain(&span.content, look);
        let cut = plain(&cut_end(&text, width.saturating_sub(used)), look);
        let style = line.style.patch(span.style);
        let (next, _) = buf.set_stringn(x, y, &cut, width.saturating_sub(used), style);
        used += usize::from(next.saturating_sub(x));
        x = next;
        if cut != text {
            break;
        }
    }
}
