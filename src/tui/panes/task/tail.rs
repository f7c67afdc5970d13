//! The end of the selected subtask's log.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::{Scope, detail, nest};
use crate::domain::shown::cut_end;
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
    let told = log.lines.iter().rev().filter(|l| !l.as_str().trim().is_empty());
    let mut last: Vec<_> = told.take(usize::from(area.height)).collect();
    last.reverse();
    for (row, line) in last.into_iter().enumerate() {
        let text = words::brief(line.as_str());
        let text = cut_end(&text, usize::from(area.width));
        put(buf, area.x, area.y + row as u16, &text, area.width, theme.style(line_role(line.as_str())));
    }
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
