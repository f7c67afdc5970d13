//! Title, state and foot of the task pane, and the row that tells what is wrong with the data.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use unicode_width::UnicodeWidthStr as _;

use super::{Scope, rows};
use crate::app::panes::task::View;
use crate::app::panes::task::times;
use crate::app::panes::tasks::target;
use crate::domain::status::Phase;
use crate::domain::time::Span;
use crate::graph::path::longest_left;
use crate::text::task as words;
use crate::tui::theme::Role;
use crate::tui::widgets::line::{Line, put};

/// `Task 89026504  Stop OB zone · zone2`.
pub(super) fn title<'a>(s: &Scope<'_>) -> Line<'a> {
    let head = &s.seen.task.head;
    let theme = &s.look.theme;
    let mut line = Line::new()
        .and(format!("Task {}", head.at.id), theme.style(Role::Heading))
        .and(format!("  {}", head.name.shown()), theme.style(Role::Text));
    // On a narrow screen the cluster stands in the context line alone.
    let target = match s.cx.size.width {
        0..110 if !head.target.is_empty() => head.target.shown().clone(),
        _ => target(head, s.cx),
    };
    if !target.as_str().is_empty() {
        line.push(format!(" · {target}"), theme.style(Role::Text));
    }
    line
}

/// `RUNNING 4/10 · 2m13s · left ≤55m`, and what is to be known beside it; parts of least concern go first.
pub(super) fn state<'a>(s: &Scope<'_>, width: u16) -> Line<'a> {
    let task = s.seen.task;
    let theme = &s.look.theme;
    let plain = theme.style(Role::Text);
    let phase = match task.phase() {
        Phase::Done if task.head.progress.skipped > 0 => Phase::Skipped,
        p => p,
    };
    let symbol = crate::tui::theme::symbol(phase, s.look.ascii);
    let mut line = Line::new();
    let state = format!("{symbol} {} {}", words::task_state(&task.head), words::steps(&task.head));
    line.push(state.trim_end().to_owned(), theme.style(Role::Phase(phase)));
    let mut parts: Vec<(u8, String, Role)> = Vec::new();
    let mut part = |rank, text: String, role| parts.push((rank, text, role));
    if let Some(since) = s.seen.gone_since {
        part(0, format!("gone since {}Z", since.clock()), Role::Danger);
    } else if s.seen.stale.is_some() {
        part(0, format!("STALE {}", s.seen.age.short()), Role::Stale);
    }
    if task.head.progress.skipped > 0 && phase != Phase::Skipped {
        part(1, format!("{} skipped", task.head.progress.skipped), Role::Phase(Phase::Skipped));
    }
    if task.head.progress.failed > 0 && phase != Phase::Failed {
        part(1, format!("{} failed", task.head.progress.failed), Role::Phase(Phase::Failed));
    }
    if let Some(elapsed) = times::elapsed(task, s.seen.now) {
        let word = if task.head.is_unfinished() { "" } else { "took " };
        part(2, format!("{word}{}", elapsed.short()), Role::Text);
    }
    if !s.seen.is_ended()
        && let Some(left) = longest_left(task, s.seen.now)
    {
        part(3, format!("left ≤{}", coarse(left)), Role::Text);
    }
    if !task.graph.defects.is_empty() {
        part(4, words::defects(task.graph.defects.len()), Role::Caution);
    }
    // The title keeps a third: without the task's ID and name the state is of nothing.
    let room = usize::from(width).saturating_sub(usize::from(width / 3) + 4).max(12);
    let mut used = line.width();
    let mut keep = vec![false; parts.len()];
    let mut by_rank: Vec<usize> = (0..parts.len()).collect();
    by_rank.sort_by_key(|ix| parts.get(*ix).map(|p| p.0));
    for ix in by_rank {
        let w = parts.get(ix).map_or(0, |p| unicode_width::UnicodeWidthStr::width(p.1.as_str()) + 3);
        if used + w <= room
            && let Some(k) = keep.get_mut(ix)
        {
            *k = true;
            used += w;
        }
    }
    for ((_, text, role), _) in parts.into_iter().zip(keep).filter(|(_, k)| *k) {
        line.push(" · ", plain);
        line.push(text, theme.style(role));
    }
    line
}

/// An upper bound in the one unit that counts, rounded up so that it stays one.
fn coarse(span: Span) -> String {
    let s = (span.millis().max(0) + 999) / 1000;
    match s {
        0..60 => format!("{s}s"),
        60..3600 => format!("{}m", (s + 59) / 60),
        _ => {
            let m = (s + 59) / 60;
            format!("{}h{:02}m", m / 60, m % 60)
        }
    }
}

/// Column headings; in their place, what is wrong with the data: the row is there anyway, and nothing moves.
pub(super) fn banner(buf: &mut Buffer, area: Rect, s: &Scope<'_>) {
    if area.is_empty() {
        return;
    }
    let theme = &s.look.theme;
    let width = usize::from(area.width.saturating_sub(2));
    let text = match (s.seen.gone_since, s.seen.stale) {
        (Some(since), _) => Some((words::gone(since), Role::Danger)),
        (None, Some(error)) => Some((words::stale(s.seen.age, error), Role::Stale)),
        (None, None) => None,
    };
    if let Some((text, role)) = text {
        let text = crate::domain::shown::cut_middle(&text, width);
        put(buf, area.x + 1, area.y, &text, area.width.saturating_sub(2), theme.style(role));
    } else if let Some(picture) = s.pane.picture().filter(|p| p.scene.is_none()) {
        rows::heading(buf, area, picture, s);
    } else if s.seen.task.graph.defects.is_empty() {
        // Boxes keep the row free.
    } else {
        let text = format!("{}, told in the list (o)", words::defects(s.seen.task.graph.defects.len()));
        put(buf, area.x + 1, area.y, &text, area.width.saturating_sub(2), theme.style(Role::Caution));
    }
}

/// What stands in the lower border: trace, executor, pace; under boxes, what the symbols mean.
pub(super) fn foot<'a>(s: &Scope<'_>, has_panes: bool, width: u16) -> (Line<'a>, Line<'a>) {
    let muted = s.look.theme.style(Role::Muted);
    let is_boxes = s.pane.picture().is_some_and(|p| p.scene.is_some());
    let view = match s.pane.picture().map(|p| p.view) {
        Some(View::Boxes) if s.pane.shows_critical() => "boxes · critical path (c)",
        Some(View::Boxes) => "arrows along edges · 0 fit · ( ) zoom",
        Some(View::Lanes) => "lanes (o)",
        Some(View::List) => "list (o)",
        None => "",
    };
    if has_panes {
        let right = Line::new().and(view, muted);
        let room = usize::from(width).saturating_sub(right.width() + 8);
        let legend = if is_boxes { legend(s, room) } else { Line::new() };
        return (legend, right);
    }
    let mut parts = Vec::new();
    if let Some(trace) = s.pane.maker().or(s.seen.trace) {
        parts.push(format!("trace {trace}"));
    }
    let selected = s.pane.selected().and_then(|i| i.subtask(s.seen.task));
    let executor = selected.map_or(&s.seen.task.executor, |t| {
        if t.executor.is_empty() { &s.seen.task.executor } else { &t.executor }
    });
    if !executor.is_empty() {
        parts.push(format!("executor {}", executor.shown()));
    }
    let pace = words::pace(s.seen.task.head.is_unfinished());
    // Whole or not at all: the frame and the view's name take their share.
    let used: usize = parts.iter().map(|p| p.width() + 3).sum();
    if used + pace.width() + view.width() + 8 <= usize::from(width) {
        parts.push(pace.to_owned());
    }
    let line = Line::new().and(parts.join(" · "), muted);
    (line, Line::new().and(view, muted))
}

/// `✓ done ▶ running …`, as many as have room.
fn legend<'a>(s: &Scope<'_>, room: usize) -> Line<'a> {
    let mut line = Line::new();
    for phase in [
        Phase::Done,
        Phase::Running,
        Phase::Pending,
        Phase::Ready,
        Phase::Failed,
        Phase::Skipped,
        Phase::RollingBack,
        Phase::Unknown,
    ] {
        let word = format!(" {}", words::phase(phase).to_lowercase());
        if line.width() + word.len() + 2 > room {
            break;
        }
        if !line.is_empty() {
            line.push(" ", s.look.theme.style(Role::Muted));
        }
        let symbol = crate::tui::theme::symbol(phase, s.look.ascii);
        line.push(symbol, s.look.theme.style(Role::Phase(phase)));
        line.push(word, s.look.theme.style(Role::Muted));
    }
    line
}
