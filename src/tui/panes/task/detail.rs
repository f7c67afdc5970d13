//! The selected subtask, told in a strip or in a pane of its own; after the end, what came of the task.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use unicode_width::UnicodeWidthStr;

use super::{Scope, nest, rows, tail};
use crate::app::panes::task::times::{self, Clock};
use crate::app::panes::task::truth;
use crate::domain::shown::cut_end;
use crate::domain::status::{Health, Phase};
use crate::domain::task::Subtask;
use crate::text::task as words;
use crate::tui::theme::{Role, symbol};
use crate::tui::widgets::edge;
use crate::tui::widgets::line::{Line, put};
use crate::tui::widgets::timeout;

/// Lines that a step's sub DAGs take beside its other facts.
const INNER_LINES: usize = 4;

/// Whether the lower part tells what came of the task instead of one subtask: after the end, until the operator moves.
/// A failed task has not ended: there the failed step and its log are what counts.
fn tells_result(s: &Scope<'_>) -> bool {
    !s.seen.task.head.is_unfinished() && s.pane.is_following()
}

/// Titles of the line above the strip.
pub(super) fn strip_titles<'a>(s: &Scope<'_>) -> (Line<'a>, Line<'a>) {
    let theme = &s.look.theme;
    let muted = theme.style(Role::Muted);
    if tells_result(s) {
        let right = Line::new().and("f and arrows: single steps", muted);
        return (Line::new().and("After the end", theme.style(Role::Heading)), right);
    }
    if let Some(item) = nest::selected(s) {
        let left = Line::new().and(nest::title(item, s), theme.style(Role::Heading));
        return (left, Line::new().and("f follows", muted));
    }
    let left = match (s.pane.selected(), selected(s)) {
        (_, Some(t)) => Line::new().and(words::subtask_title(t), theme.style(Role::Heading)),
        (Some(item), None) => Line::new().and(format!("missing {}", item.id), theme.style(Role::Heading)),
        (None, None) => Line::new(),
    };
    let right = if s.pane.is_following() { "log ● follow" } else { "log · held, f follows" };
    (left, Line::new().and(right, muted))
}

/// The strip under the rows: one line of facts, then the end of the log.
pub(super) fn strip(buf: &mut Buffer, area: Rect, s: &Scope<'_>) {
    if area.is_empty() {
        return;
    }
    let x = area.x + 1;
    let width = area.width.saturating_sub(2);
    if tells_result(s) {
        let lines = result(s);
        for (row, (label, line)) in lines.iter().take(usize::from(area.height)).enumerate() {
            let y = area.y + row as u16;
            put(buf, x, y, label, 9, s.look.theme.style(Role::Muted));
            line.draw(buf, x + 9, y, width.saturating_sub(9));
        }
        return;
    }
    if let Some(item) = nest::selected(s) {
        nest::strip(buf, Rect { x, width, ..area }, item, s);
        return;
    }
    let Some(t) = selected(s) else {
        put(buf, x, area.y, words::GHOST, width, s.look.theme.style(Role::Caution));
        return;
    };
    let facts = facts(t, s, width);
    facts.draw(buf, x, area.y, width);
    let truth = now_true(s).filter(|_| s.seen.is_ended() && area.height > 2).map(|mut line| {
        if let Some(told) = as_of(s) {
            line.push("   ", Style::new());
            line.extend(told);
        }
        line
    });
    if let Some(line) = &truth {
        put(buf, x, area.y + 1, "now true", 9, s.look.theme.style(Role::Muted));
        line.draw(buf, x + 9, area.y + 1, width.saturating_sub(9));
    }
    let head = 1 + u16::from(truth.is_some());
    let log_rows = area.height.saturating_sub(head);
    // Half of the rest for the stage's sub DAGs, half for the log.
    let inner = nest::stage(s).map_or(&[][..], |n| n.inner.as_slice());
    let nested = nest::lines(inner, usize::from(log_rows / 2), s);
    for (row, line) in nested.iter().enumerate() {
        line.draw(buf, x, area.y + head + row as u16, width);
    }
    let used = nested.len() as u16;
    let log_rows = log_rows - used;
    let log = Rect { y: area.y + head + used, height: log_rows, x, width };
    let edges = around(t, s);
    // A step without a log leaves its rows to its neighbours.
    if t.started.is_none() || log_rows > 3 {
        for (row, line) in edges.iter().take(usize::from(log_rows)).enumerate() {
            line.draw(buf, x, log.y + row as u16, width);
        }
        let used = (edges.len() as u16).min(log_rows);
        let rest = Rect { y: log.y + used, height: log_rows - used, ..log };
        tail::lines(buf, rest, t, s);
    } else {
        tail::lines(buf, log, t, s);
    }
}

/// The pane beside the log (screens 15).
pub(super) fn pane(buf: &mut Buffer, area: Rect, border: Style, s: &Scope<'_>) {
    let theme = &s.look.theme;
    let result_first = tells_result(s);
    let nested = nest::selected(s);
    let title = match (result_first, s.pane.selected()) {
        (true, _) => "After the end".to_owned(),
        (false, Some(item)) if nested.is_some() => nest::title(item, s),
        (false, Some(item)) => format!("Subtask {}", item.id),
        (false, None) => String::new(),
    };
    let follow = if s.pane.is_following() { "● follow" } else { "held, f follows" };
    let inner = edge::frame(
        buf,
        area,
        border,
        &Line::new().and(title, theme.style(Role::Heading)),
        &Line::new().and(follow, theme.style(Role::Muted)),
    );
    let mut lines: Vec<(&'static str, Line<'_>)> = Vec::new();
    if result_first {
        lines.extend(result(s));
        lines.push(("", Line::new()));
    }
    match (nested, selected(s)) {
        (Some(item), _) => lines.extend(nest::facts(item, usize::from(inner.height), s)),
        (None, Some(t)) => lines.extend(all_facts(t, s)),
        (None, None) => lines.push(("", Line::new().and(words::GHOST, theme.style(Role::Caution)))),
    }
    for (row, (label, line)) in lines.iter().take(usize::from(inner.height)).enumerate() {
        let y = inner.y + row as u16;
        put(buf, inner.x + 1, y, label, 10, theme.style(Role::Muted));
        let indent = if label.is_empty() { 1 } else { 11 };
        line.draw(buf, inner.x + indent, y, inner.width.saturating_sub(indent + 1));
    }
}

fn selected<'a>(s: &Scope<'a>) -> Option<&'a Subtask> {
    s.pane.selected()?.subtask(s.seen.task)
}

/// Columns from which the rows above tell time and what is left of the selected step themselves.
const ROWS_TELL: u16 = 70;

/// `RUNNING EXECUTE run 1 · 14:02:08Z · 1:14 of 20:00 · left 18:46 · no rollback`. Clocks that run in the row above are
/// not told again: each costs bytes every second.
fn facts<'a>(t: &Subtask, s: &Scope<'_>, columns: u16) -> Line<'a> {
    let theme = &s.look.theme;
    let plain = theme.style(Role::Text);
    let clock = Clock::of(t, s.seen.now, s.seen.kind);
    let mut line = Line::new()
        .and(
            format!("{} {}", symbol(t.phase(), s.look.ascii), words::subtask_state(t)),
            theme.style(Role::Phase(t.phase())),
        )
        .and(format!("  {}", words::run(t)), plain);
    if let Some(started) = t.started {
        line.push(format!(" · {}Z", started.clock()), plain);
    }
    let ticks_above = t.phase().is_active() && columns >= ROWS_TELL;
    let time = words::time_of(&clock);
    if !time.is_empty() && !ticks_above {
        line.push(format!(" · {time}"), plain);
    }
    if t.is_later_run() {
        line.push(format!(" {}", words::FROM_FIRST_START), theme.style(Role::Caution));
    }
    if let Some(text) = left_text(&clock).filter(|_| !ticks_above || clock.is_overdue()) {
        let role = if clock.is_overdue() { Role::Danger } else { Role::Text };
        line.push(format!(" · {text}"), theme.style(role));
    }
    for text in words::prohibitions(t, s.seen.task.prohibit_rollback) {
        line.push(format!(" · {text}"), theme.style(Role::Caution));
    }
    line
}

fn left_text(clock: &Clock) -> Option<String> {
    let left = rows::left(clock.left);
    match (left.is_empty(), clock.is_overdue()) {
        (true, _) => None,
        (false, true) => Some(format!("overdue {}", left.trim_start_matches('-'))),
        (false, false) => Some(format!("left {left}")),
    }
}

/// Upstream and downstream, each with its state.
fn around<'a>(t: &Subtask, s: &Scope<'_>) -> Vec<Line<'a>> {
    let Some((node, _)) = s.seen.task.subtask(&t.id) else { return Vec::new() };
    let graph = &s.seen.task.graph;
    let mut lines = Vec::new();
    let ups: Vec<usize> = graph.upstreams(node).collect();
    let downs: Vec<usize> = graph.downstreams(node).collect();
    for (label, nodes) in [("upstream  ", ups), ("downstream", downs)] {
        let mut line = Line::new().and(format!("{label} "), s.look.theme.style(Role::Muted));
        line.extend(neighbours(&nodes, s));
        lines.push(line);
    }
    lines
}

fn neighbours<'a>(nodes: &[usize], s: &Scope<'_>) -> Line<'a> {
    let theme = &s.look.theme;
    let mut line = Line::new();
    if nodes.is_empty() {
        line.push("none", theme.style(Role::Muted));
    }
    // Names in full for the first; of many, the rest is a count.
    for node in nodes.iter().take(3).filter_map(|n| s.seen.task.graph.nodes.get(*n)) {
        let sep = if line.is_empty() { "" } else { "  " };
        let sign = symbol(node.phase(), s.look.ascii);
        line.push(format!("{sep}{} {} ", node.key, node.name.shown()), theme.style(Role::Text));
        line.push(sign, theme.style(Role::Phase(node.phase())));
    }
    if nodes.len() > 3 {
        line.push(format!("  and {} more", nodes.len() - 3), theme.style(Role::Muted));
    }
    line
}

/// Everything that is known of one subtask, a label and a line each.
fn all_facts<'a>(t: &Subtask, s: &Scope<'_>) -> Vec<(&'static str, Line<'a>)> {
    let theme = &s.look.theme;
    let plain = theme.style(Role::Text);
    let of = |text: String| Line::new().and(text, plain);
    let task = s.seen.task;
    let clock = Clock::of(t, s.seen.now, s.seen.kind);
    let mut lines: Vec<(&'static str, Line<'a>)> = vec![("", of(words::subtask_name(t)))];
    let state = Line::new()
        .and(words::subtask_state(t), theme.style(Role::Phase(t.phase())))
        .and(format!("   {}", words::run(t)), plain);
    lines.push(("state", state));
    lines.push(("started", of(words::started(t, &clock))));
    if let Some(text) = left_text(&clock) {
        let text = text.trim_start_matches("left ");
        let role = if clock.is_overdue() { Role::Danger } else { Role::Phase(t.phase()) };
        let bar = clock.used().map_or_else(String::new, |u| timeout::bar_in_frame(u, 16, s.look.ascii));
        lines.push(("left", Line::new().and(format!("{text:<15}{bar}"), theme.style(role))));
    } else {
        lines.push(("left", Line::new()));
    }
    if let Some((node, _)) = task.subtask(&t.id) {
        let ups: Vec<usize> = task.graph.upstreams(node).collect();
        let downs: Vec<usize> = task.graph.downstreams(node).collect();
        lines.push(("upstream", neighbours(&ups, s)));
        lines.push(("downstr.", neighbours(&downs, s)));
    }
    let inner = nest::stage(s).map_or(&[][..], |n| n.inner.as_slice());
    let labels = std::iter::once("sub DAGs").chain(std::iter::repeat(" "));
    lines.extend(labels.zip(nest::lines(inner, INNER_LINES, s)));
    let executor = if t.executor.is_empty() { &task.executor } else { &t.executor };
    lines.push(("executor", of(executor.shown().as_str().to_owned())));
    lines.push(("rollback", of(words::rollback(t, task.prohibit_rollback))));
    if !t.description.is_empty() && t.description != t.name {
        lines.push(("about", of(t.description.shown().as_str().to_owned())));
    }
    lines.push(("task", of(words::task_line(task))));
    if let Some(trace) = s.pane.maker() {
        lines.push(("trace", of(format!("{trace} (POST)"))));
    }
    if let Some(trace) = s.seen.trace {
        let label = if s.pane.maker().is_some() { " " } else { "trace" };
        lines.push((label, of(format!("{trace} (last poll)"))));
    }
    let pace = words::pace(task.head.is_unfinished());
    lines.push(("poll", of(pace.trim_start_matches("poll ").to_owned())));
    if !tells_result(s)
        && let Some(line) = now_true(s)
    {
        lines.push(("now true", line));
        lines.extend(as_of(s).map(|line| ("as of", line)));
    }
    lines
}

/// What came of the task: failed and skipped steps by name, the servers as they are now, the slowest three.
fn result<'a>(s: &Scope<'_>) -> Vec<(&'static str, Line<'a>)> {
    let theme = &s.look.theme;
    let task = s.seen.task;
    let named = |phase: Phase| -> Vec<String> {
        task.subtasks().filter(|t| t.phase() == phase).map(words::subtask_name).collect()
    };
    let mut lines = Vec::new();
    for (label, phase) in [("failed", Phase::Failed), ("skipped", Phase::Skipped)] {
        let list = named(phase);
        if !list.is_empty() {
            let sign = symbol(phase, s.look.ascii);
            let text = format!("{sign} {}", words::some_of(&list, 3));
            lines.push((label, Line::new().and(text, theme.style(Role::Phase(phase)))));
        }
    }
    if let Some(line) = now_true(s) {
        lines.push(("now true", line));
        lines.extend(as_of(s).map(|line| ("as of", line)));
    }
    let slowest: Vec<String> = times::slowest(task, s.seen.now, 3)
        .into_iter()
        .map(|(t, took)| format!("{} {}", took.clock(), words::subtask_name(t)))
        .collect();
    if !slowest.is_empty() {
        lines.push(("slowest", Line::new().and(slowest.join(", "), theme.style(Role::Text))));
    }
    if let Some(took) = times::elapsed(task, s.seen.now) {
        let text =
            format!("{} {}, took {}", words::task_state(&task.head), words::steps(&task.head), took.short());
        lines.push(("result", Line::new().and(text, theme.style(Role::Text))));
    }
    lines
}

/// The servers that the task was about, as the list tells them now; once the task rests, both words with their times
/// (A19; operator-guide 4.2: verbs change what is recorded, not always what is true).
fn now_true<'a>(s: &Scope<'_>) -> Option<Line<'a>> {
    let servers = truth::servers(s.seen.task, s.cx)?;
    let theme = &s.look.theme;
    let up = servers.iter().filter(|server| server.is_up()).count();
    let mut line = Line::new();
    for server in servers.iter().filter(|server| !server.is_up()) {
        let role = if server.status.is == Health::Changing { Role::Caution } else { Role::Danger };
        let word = if server.stopped.is_some() && server.status.is == Health::Up {
            "service stopped".to_owned()
        } else {
            server.status.word.shown().as_str().to_owned()
        };
        let sep = if line.is_empty() { "" } else { ", " };
        line.push(format!("{sep}{} {word}", server.address.shown()), theme.style(role));
    }
    let differs = truth::differs(s.seen.task, &servers);
    if up > 0 || line.is_empty() {
        let sep = if line.is_empty() { "" } else { ", " };
        let role = if differs { Role::Danger } else { Role::Fine };
        line.push(format!("{sep}{}", words::servers_up(up)), theme.style(role));
    }
    if differs {
        line.push(format!(" {}", words::DIFFERS), theme.style(Role::Danger));
    }
    Some(line)
}

/// Once the task rests: its word and the list's, each with since when it is known here.
fn as_of<'a>(s: &Scope<'_>) -> Option<Line<'a>> {
    let (task, list) = s.pane.known_since();
    let told = words::both_words(&s.seen.task.head, task, list);
    s.seen.is_ended().then(|| Line::new().and(told, s.look.theme.style(Role::Muted)))
}

/// A name cut so that it ends with a mark; for titles of other parts.
pub(super) fn short_name(t: &Subtask, columns: usize) -> String {
    let name = words::subtask_name(t);
    if name.width() <= columns { name } else { cut_end(&name, columns).into_owned() }
}
