//! The end of the selected subtask's log.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::{Scope, detail, nest};
use crate::domain::shown::{Shown, cut_end};
use crate::domain::status::Phase;
use crate::domain::task::Subtask;
use crate::text::task as words;
use crate::tui::panes::log::line_role;
use crate::tui::theme::Role;
use crate::tui::widgets::edge;
use crate::tui::widgets::line::{Line, put};

/// The last lines that fit.
pub(super) fn lines(buf: &mut Buffer, area: Rect, t: &Subtask, s: &Scope<'_>) {
    if area.is_empty() {
        return;
    }
    let theme = &s.look.theme;
    let log = s.pane.task().and_then(|task| s.cx.cache.log(task, &t.id));
    let note = match log {
        Some(log) if log.lines.is_empty() => Some(words::NO_LOG),
        Some(_) => None,
        None if t.started.is_none() => Some(words::NOT_STARTED),
        None => Some(words::READING_LOG),
    };
    if let Some(note) = note {
        put(buf, area.x, area.y, note, area.width, theme.style(Role::Muted));
        return;
    }
    let Some(log) = log else { return };
    // From the end up: blank lines between entries would halve what is seen.
    let (width, height) = (usize::from(area.width), usize::from(area.height));
    let told = log.lines.iter().map(Shown::as_str).filter(|l| !l.trim().is_empty()).rev();
    let told: Vec<&str> = told.take(height + AFTER_ERROR).collect();
    let from = if t.phase() == Phase::Failed { from_error(&told, width, height) } else { 0 };
    let mut rows: Vec<(String, Role)> = Vec::new();
    for line in told.into_iter().skip(from) {
        let role = line_role(line);
        let mut entry = entry(line, width, height.min(if role == Role::Danger { ERROR_ROWS } else { 1 }));
        if rows.len() + entry.len() > height {
            break;
        }
        entry.reverse();
        rows.extend(entry.into_iter().map(|text| (text, role)));
    }
    for (row, (text, role)) in rows.into_iter().rev().enumerate() {
        put(buf, area.x, area.y + row as u16, &text, area.width, theme.style(role));
    }
}

/// Rows that an error may take: why a step failed is read whole.
const ERROR_ROWS: usize = 4;
/// Lines that may follow the error that ended a step.
const AFTER_ERROR: usize = 8;

/// A line in at most `most` rows, what is left out marked.
fn entry(line: &str, width: usize, most: usize) -> Vec<String> {
    let text = words::brief(line);
    let mut rows: Vec<String> = words::wrapped(&text, width).take(most + 1).map(str::to_owned).collect();
    if rows.len() > most {
        let rest = rows.split_off(most.saturating_sub(1));
        rows.push(cut_end(&rest.join(" "), width).into_owned());
    }
    rows
}

/// How many of the newest lines are left out so that the error under them is whole.
fn from_error(newest: &[&str], width: usize, height: usize) -> usize {
    let Some(at) = newest.iter().position(|l| line_role(l) == Role::Danger) else { return 0 };
    let needs = newest.get(at).map_or(0, |l| entry(l, width, ERROR_ROWS).len());
    if at + needs > height { at } else { 0 }
}

/// The pane beside the subtask's facts.
pub(super) fn pane(buf: &mut Buffer, area: Rect, border: Style, s: &Scope<'_>) {
    let theme = &s.look.theme;
    let subtask = s.pane.selected().and_then(|i| i.subtask(s.seen.task));
    let count = s
        .pane
        .task()
        .zip(subtask)
        .and_then(|(task, t)| s.cx.cache.log(task, &t.id))
        .map_or_else(String::new, |l| format!("{} · ", words::lines(l.lines.len())));
    let title = subtask.map_or_else(Line::new, |t| {
        let name = detail::short_name(t, usize::from(area.width / 2));
        Line::new()
            .and(format!("Log {}", t.id), theme.style(Role::Heading))
            .and(format!("  {name}"), theme.style(Role::Text))
    });
    if nest::selected(s).is_some() {
        let inner = edge::frame(buf, area, border, &title, &Line::new());
        let width = inner.width.saturating_sub(2);
        put(buf, inner.x + 1, inner.y, words::INNER_LOG, width, theme.style(Role::Muted));
        return;
    }
    let right = Line::new().and(format!("{count}● follow"), theme.style(Role::Muted));
    let inner = edge::frame(buf, area, border, &title, &right);
    if let Some(t) = subtask {
        let area = Rect { x: inner.x + 1, width: inner.width.saturating_sub(2), ..inner };
        lines(buf, area, t, s);
    }
    edge::foot(buf, area, &Line::new().and("↵ whole log", theme.style(Role::Muted)), &Line::new());
}
