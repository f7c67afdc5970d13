//! How help looks: what works here, what works everywhere, symbols. Made from the keys in force.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::widgets::{Clear, Widget};
use unicode_width::UnicodeWidthStr;

use crate::app::command::COMMANDS;
use crate::app::keymap::KeyMap;
use crate::app::overlays::help::Help;
use crate::domain::status::Phase;
use crate::text::keys::{GROUPS, describe, keys_of};
use crate::text::task::phase as word;
use crate::tui::look::Look;
use crate::tui::theme::{Role, symbol};
use crate::tui::widgets::paint;

/// A line of help.
enum Line {
    Title(&'static str),
    Key(String, String),
    Plain(String),
}

/// Columns the keys take.
const KEYS: u16 = 11;

/// Draws help over the body.
pub fn draw(frame: &mut Frame<'_>, area: Rect, help: &Help, map: &KeyMap, look: &Look) {
    if area.width < 10 || area.height < 4 {
        return;
    }
    Clear.render(area, frame.buffer_mut());
    let buf = frame.buffer_mut();
    let edge = look.theme.style(Role::FrameFocus);
    let search = crate::domain::shown::Shown::whole(help.search());
    let right = if help.search().is_empty() {
        "type to search · esc".to_owned()
    } else {
        format!("/{search} · esc clears")
    };
    let inner = paint::frame(buf, area, "? Help", &right, edge, edge);
    let lines = lines(help, map, look.ascii);
    let columns: u16 = if inner.width >= 76 { 2 } else { 1 };
    let per = lines.len().div_ceil(usize::from(columns));
    let page = usize::from(inner.height);
    let first = usize::from(help.scroll).min(per.saturating_sub(page));
    let width = inner.width / columns;
    if lines.is_empty() {
        paint::text(buf, inner.x + 1, inner.y, inner.width, "no key for that", look.theme.style(Role::Muted));
    }
    for (ix, entry) in lines.iter().enumerate() {
        let (column, row) = ((ix / per.max(1)) as u16, ix % per.max(1));
        let Some(row) = row.checked_sub(first).filter(|r| *r < page) else { continue };
        let x = inner.x + 1 + column * width;
        line(
            buf,
            Rect { x, y: inner.y + row as u16, width: width.saturating_sub(2), height: 1 },
            entry,
            look,
        );
    }
    if per > page {
        let more = format!("{} of {per} · pgup pgdn", first + page);
        let bottom = area.bottom() - 1;
        paint::text_right(buf, area.x + 1, area.right() - 2, bottom, &format!(" {more} "), edge);
    }
}

fn line(buf: &mut ratatui::buffer::Buffer, at: Rect, entry: &Line, look: &Look) {
    let text: Style = look.theme.style(Role::Text);
    match entry {
        Line::Title(t) => {
            paint::text(buf, at.x, at.y, at.width, t, look.theme.style(Role::Heading));
        }
        Line::Key(keys, what) => {
            paint::text(buf, at.x, at.y, KEYS, keys, look.theme.style(Role::Key));
            // Long key lists push their words to the right rather than being cut.
            let x = at.x + KEYS.max(keys.width() as u16 + 1);
            paint::text(buf, x, at.y, (at.x + at.width).saturating_sub(x), what, text);
        }
        Line::Plain(t) => {
            paint::text(buf, at.x, at.y, at.width, t, text);
        }
    }
}

fn lines(help: &Help, map: &KeyMap, ascii: bool) -> Vec<Line> {
    let wanted = help.search().to_lowercase();
    let hit = |keys: &str, what: &str, name: &str| {
        wanted.is_empty()
            || keys.contains(help.search())
            || what.to_lowercase().contains(&wanted)
            || name.contains(&wanted)
    };
    let mut out = Vec::new();
    let add = |title: &'static str, rows: Vec<(String, String)>, out: &mut Vec<Line>| {
        if !rows.is_empty() {
            out.push(Line::Title(title));
            out.extend(rows.into_iter().map(|(k, w)| Line::Key(k, w)));
        }
    };
    let here = help
        .here
        .iter()
        .map(|o| (keys_of(map, o.command, ascii), o.word.to_owned()))
        .filter(|(keys, what)| hit(keys, what, ""))
        .collect();
    add("Here", here, &mut out);
    for (group, title) in GROUPS {
        let rows = COMMANDS
            .iter()
            .filter(|e| e.group == group)
            .map(|e| (keys_of(map, e.command, ascii), describe(e.command).to_owned(), e.name))
            .filter(|(keys, what, name)| hit(keys, what, name))
            .map(|(keys, what, _)| (keys, what))
            .collect();
        add(title, rows, &mut out);
    }
    if wanted.is_empty() || "symbols".contains(&wanted) {
        out.push(Line::Title("Symbols"));
        for pair in Phase::ALL.chunks(2) {
            let words: Vec<String> =
                pair.iter().map(|p| format!("{} {:<14}", symbol(*p, ascii), word(*p))).collect();
            out.push(Line::Plain(words.concat().trim_end().to_owned()));
        }
        out.push(Line::Plain("! stopped or down".to_owned()));
    }
    out
}
