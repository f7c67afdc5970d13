//! How `app::panes::log` looks.

use ratatui::Frame;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Modifier;

use crate::app::facts::Facts;
use crate::app::panes::log::{Entry, Log};
use crate::text::task as words;
use crate::tui::look::Look;
use crate::tui::theme::{Role, symbol};
use crate::tui::widgets::edge;
use crate::tui::widgets::line::{Line, put, restyle};

/// Draws the pane with its frame into `area`.
pub fn draw(frame: &mut Frame<'_>, area: Rect, pane: &Log, cx: &Facts<'_>, has_focus: bool, look: &Look) {
    let buf = frame.buffer_mut();
    let area = area.intersection(buf.area);
    if area.is_empty() {
        return;
    }
    let border = look.theme.style(if has_focus { Role::FrameFocus } else { Role::Frame });
    let inner = edge::frame(buf, area, border, &title(pane, cx, look), &state(pane, cx, look));
    let (left, right) = foot(pane, cx, look);
    edge::foot(buf, area, &left, &right);
    if pane.kept().is_empty() {
        note(buf, inner, pane, cx, look);
        return;
    }
    draw_lines(buf, inner, pane, look);
}

/// `Log · 89029861 Stop observer process [1] 10.0.2.12`.
fn title<'a>(pane: &Log, cx: &Facts<'_>, look: &Look) -> Line<'a> {
    let mut line = Line::new().and("Log", look.theme.style(Role::Heading));
    if let Some((_, id)) = pane.subject() {
        let name = pane.subtask(cx).map_or_else(String::new, |t| format!(" {}", words::subtask_name(t)));
        line.push(format!(" · {id}{name}"), look.theme.style(Role::Text));
    }
    line
}

/// `RUNNING · 214 lines · paused`.
fn state<'a>(pane: &Log, cx: &Facts<'_>, look: &Look) -> Line<'a> {
    let theme = &look.theme;
    let plain = theme.style(Role::Text);
    let mut line = Line::new();
    if let Some(t) = pane.subtask(cx) {
        let text = format!("{} {}", symbol(t.phase(), look.ascii), words::subtask_state(t));
        line.push(text, theme.style(Role::Phase(t.phase())));
        line.push(" · ", plain);
    }
    if pane.error(cx).is_some() {
        line.push("STALE", theme.style(Role::Stale));
        line.push(" · ", plain);
    }
    line.push(words::lines(pane.kept().lines()), plain);
    line.push(if pane.is_following() { " · ● follow" } else { " · paused" }, plain);
    line
}

/// `/refused  1 of 2  n N · 12 new lines below, f to follow`.
fn foot<'a>(pane: &Log, cx: &Facts<'_>, look: &Look) -> (Line<'a>, Line<'a>) {
    let theme = &look.theme;
    let muted = theme.style(Role::Muted);
    if let Some(error) = pane.error(cx) {
        let name = crate::domain::shown::Shown::filter("log");
        let text = crate::domain::shown::cut_middle(&words::read_failed(&name, error), 100).into_owned();
        return (Line::new().and(text, theme.style(Role::Danger)), Line::new());
    }
    let mut left = Line::new();
    if let Some((text, (at, all))) = pane.looked_for().zip(pane.matches()) {
        let text = crate::domain::shown::Shown::filter(text);
        left.push(format!("/{}  {at} of {all}  n N", text.cut_end(30)), theme.style(Role::Match));
    }
    if pane.only().is_some() {
        left.push(
            if left.is_empty() { "only matches (&)" } else { " · only matches (&)" },
            theme.style(Role::Caution),
        );
    }
    if !pane.is_following() {
        let text = words::below(pane.new_below());
        left.push(if left.is_empty() { text } else { format!(" · {text}") }, muted);
    }
    let mut right = Vec::new();
    right.push(if pane.is_wrapped() { "whole lines (w)" } else { "w whole lines" });
    if pane.hides_times() {
        right.push("no times (t)");
    }
    (left, Line::new().and(right.join(" · "), muted))
}

fn note(buf: &mut Buffer, area: Rect, pane: &Log, cx: &Facts<'_>, look: &Look) {
    if area.is_empty() {
        return;
    }
    let is_waiting = pane.subtask(cx).is_some_and(|t| t.started.is_none() && !t.phase().is_active());
    let (text, role) = match (pane.error(cx), pane.is_read()) {
        (Some(_), _) => (words::LOG_UNREAD, Role::Danger),
        (None, _) if is_waiting => (words::NOT_STARTED, Role::Muted),
        (None, true) => (words::NO_LOG, Role::Muted),
        (None, false) => (words::READING_LOG, Role::Muted),
    };
    put(buf, area.x + 1, area.y, text, area.width.saturating_sub(2), look.theme.style(role));
}

fn draw_lines(buf: &mut Buffer, area: Rect, pane: &Log, look: &Look) {
    let shown = pane.shown();
    let rows = usize::from(area.height);
    let width = usize::from(area.width.saturating_sub(2)).max(1);
    let height = |ix: usize| -> usize {
        if !pane.is_wrapped() {
            return 1;
        }
        let text =
            shown.get(ix).and_then(|e| pane.kept().get(*e)).map(|e| text_of(e, pane)).unwrap_or_default();
        words::wrapped(&text, width).count().max(1)
    };
    let top = if let (Some(top), Some(line)) = (pane.top(), pane.line()) {
        // With wrapped lines fewer of them fit: the one the operator stands on stays in view.
        let mut top = top.min(line);
        while top < line && (top..=line).map(height).sum::<usize>() > rows {
            top += 1;
        }
        top
    } else {
        let mut used = 0;
        let mut top = shown.len();
        while top > 0 && used + height(top - 1) <= rows {
            top -= 1;
            used += height(top);
        }
        top.min(shown.len().saturating_sub(1))
    };
    let mut y = area.y;
    for (nth, entry) in
        shown.iter().enumerate().skip(top).filter_map(|(n, ix)| Some((n, pane.kept().get(*ix)?)))
    {
        if y >= area.bottom() {
            break;
        }
        y = draw_entry(
            buf,
            Rect { y, height: area.bottom() - y, ..area },
            entry,
            pane,
            pane.line() == Some(nth),
            look,
        );
    }
}

/// Draws one entry and gives the row after it.
fn draw_entry(buf: &mut Buffer, area: Rect, entry: &Entry, pane: &Log, is_here: bool, look: &Look) -> u16 {
    let text = text_of(entry, pane);
    let width = area.width.saturating_sub(2);
    let role = match entry {
        Entry::Line(_) => line_role(&text),
        Entry::Change { to, .. } => Role::Phase(*to),
        Entry::Anew | Entry::Cut => Role::Caution,
    };
    let parts: Vec<&str> = if pane.is_wrapped() {
        words::wrapped(&text, usize::from(width).max(1)).collect()
    } else {
        Vec::new()
    };
    let cut = crate::domain::shown::cut_end(&text, usize::from(width));
    let parts = if parts.is_empty() { vec![&*cut] } else { parts };
    let mut y = area.y;
    for part in parts.into_iter().take(usize::from(area.height)) {
        put(buf, area.x + 1, y, part, width, look.theme.style(role));
        mark_matches(buf, Rect { x: area.x + 1, y, width, height: 1 }, part, pane, look);
        if is_here {
            let mark = if look.ascii { ">" } else { "▌" };
            put(buf, area.x, y, mark, 1, look.theme.style(Role::Selected));
            restyle(buf, area.x, y, 1, look.theme.style(Role::Text));
        }
        y += 1;
    }
    y
}

/// What was looked for is underlined where it stands in one row.
fn mark_matches(buf: &mut Buffer, row: Rect, text: &str, pane: &Log, look: &Look) {
    use unicode_width::UnicodeWidthStr;
    let Some(wanted) = pane.looked_for().filter(|w| !w.is_empty()) else { return };
    let lower = text.to_lowercase();
    // Only where lower case keeps every byte in its place can an offset be used in the original.
    if lower.len() != text.len() {
        return;
    }
    for (at, hit) in lower.match_indices(wanted) {
        let (Some(before), Some(hit)) = (text.get(..at), text.get(at..at + hit.len())) else { continue };
        let x = before.width() as u16;
        if x < row.width {
            let columns = (hit.width() as u16).min(row.width - x);
            let style = look.theme.style(Role::Match).add_modifier(Modifier::BOLD);
            restyle(buf, row.x + x, row.y, columns, style);
        }
    }
}

/// The text of an entry as it is shown.
fn text_of(entry: &Entry, pane: &Log) -> String {
    match entry {
        Entry::Line(line) => {
            // Wrapped lines have room for everything; otherwise the message comes first.
            let text = if pane.is_wrapped() { line.as_str().into() } else { words::brief(line.as_str()) };
            if pane.hides_times() { words::without_time(&text).to_owned() } else { text.into_owned() }
        }
        Entry::Change { from, to, at } => words::change(*from, *to, *at),
        Entry::Anew => words::LOG_ANEW.to_owned(),
        Entry::Cut => words::LOG_CUT.to_owned(),
    }
}

/// What a line's level says of it. The word is in the line itself: colour only helps.
pub(in crate::tui) fn line_role(line: &str) -> Role {
    // The level stands near the beginning; further on the words are those of a message.
    let head = line.get(..line.len().min(48)).or_else(|| line.get(..40)).unwrap_or(line);
    if head.contains("ERROR") || head.contains("FATAL") {
        Role::Danger
    } else if head.contains("WARN") {
        Role::Caution
    } else if line.starts_with("####") {
        Role::Heading
    } else {
        Role::Text
    }
}
