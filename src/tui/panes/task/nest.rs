//! Sub DAGs of a stage: their rows, and what is told of them under the graph.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::Scope;
use crate::app::panes::task::picture::{Item, Sort};
use crate::domain::shown::cut_end;
use crate::domain::status::Phase;
use crate::domain::task::{Inner, Node};
use crate::text::task as words;
use crate::tui::theme::{Role, symbol};
use crate::tui::widgets::line::{Line, put};

/// Where the parts of a row stand: the name, the state, what follows it, and the end of the row.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cells {
    pub(super) name: u16,
    pub(super) state: u16,
    pub(super) rest: u16,
    pub(super) end: u16,
}

/// The head of a stage's sub DAGs: `▸ sub DAGs ×3   2 done, 1 running`.
pub(super) fn head(buf: &mut Buffer, y: u16, c: Cells, item: &Item, is_open: bool, s: &Scope<'_>) {
    let inner = item.nest(s.seen.task);
    let plain = s.look.theme.style(Role::Text);
    let mark = match (is_open, s.look.ascii) {
        (true, false) => "▾",
        (true, true) => "-",
        (false, false) => "▸",
        (false, true) => "+",
    };
    let room = c.state.saturating_sub(c.name).saturating_sub(1);
    let name = cut_end(&format!("{mark} {}", words::sub_dags(inner.len())), usize::from(room)).into_owned();
    put(buf, c.name, y, &name, room, plain);
    let room = c.end.saturating_sub(c.state);
    counts(inner, s).draw(buf, c.state, y, room);
}

/// One of them: `  ▶ 10.0.2.11:2886   RUNNING   2/3 Stop observer`. No clock: the stage's own runs in the row above.
pub(super) fn one(buf: &mut Buffer, y: u16, c: Cells, item: &Item, s: &Scope<'_>) {
    let Some(inner) = item.inner(s.seen.task) else { return };
    let theme = &s.look.theme;
    let (phase, plain) = (inner.phase(), theme.style(Role::Text));
    let room = c.state.saturating_sub(c.name);
    put(buf, c.name + 2, y, symbol(phase, s.look.ascii), 1, theme.style(Role::Phase(phase)));
    let agent = inner.agent.shown().cut_middle(usize::from(room.saturating_sub(5))).into_owned();
    put(buf, c.name + 4, y, &agent, room.saturating_sub(4), plain);
    let room = c.rest.saturating_sub(c.state).max(1);
    let state = cut_end(&words::inner_state(inner), usize::from(room - 1)).into_owned();
    put(buf, c.state, y, &state, room, state_style(inner, s));
    let room = c.end.saturating_sub(c.rest);
    let step = cut_end(&words::inner_step(inner), usize::from(room)).into_owned();
    put(buf, c.rest, y, &step, room, theme.style(Role::Muted));
}

fn state_style(inner: &Inner, s: &Scope<'_>) -> ratatui::style::Style {
    // Who is away while hosts are being stopped has not failed.
    let role = if inner.is_away() { Role::Muted } else { Role::Phase(inner.phase()) };
    s.look.theme.style(role)
}

/// `2 done, 1 running`.
fn counts<'a>(inner: &[Inner], s: &Scope<'_>) -> Line<'a> {
    let mut line = Line::new();
    for (count, word, phase) in words::inner_counts(inner) {
        let sep = if line.is_empty() { "" } else { ", " };
        let role = phase.map_or(Role::Muted, Role::Phase);
        line.push(format!("{sep}{count} {word}"), s.look.theme.style(role));
    }
    line
}

/// The sub DAGs of a stage in few lines: one an agent while there is room, else their signs and counts in one.
pub(super) fn lines<'a>(inner: &[Inner], most: usize, s: &Scope<'_>) -> Vec<Line<'a>> {
    let theme = &s.look.theme;
    if most == 0 || inner.is_empty() {
        return Vec::new();
    }
    if most < inner.len() {
        let mut line =
            Line::new().and(format!("{}  ", words::sub_dags(inner.len())), theme.style(Role::Muted));
        line.extend(counts(inner, s));
        // The room that is left names the ones of most concern.
        let mut first: Vec<&Inner> = inner.iter().collect();
        first.sort_by_key(|i| i.phase().concern());
        let rest = first.into_iter().take(most - 1).map(|i| told(i, s));
        return std::iter::once(line).chain(rest).collect();
    }
    inner.iter().map(|i| told(i, s)).collect()
}

/// `▶ 10.0.2.11:2886  2/3 RUNNING  Stop observer  22130706433028861`: what counts most first, a pane may be narrow.
fn told<'a>(inner: &Inner, s: &Scope<'_>) -> Line<'a> {
    let theme = &s.look.theme;
    let phase = inner.phase();
    let step = inner.step().map_or("", |n| n.name.shown().as_str());
    let stage = words::inner_stage(inner);
    let gap = if stage.is_empty() { "" } else { " " };
    Line::new()
        .and(format!("{} ", symbol(phase, s.look.ascii)), theme.style(Role::Phase(phase)))
        .and(format!("{}  ", inner.agent.shown()), theme.style(Role::Text))
        .and(format!("{stage}{gap}{}  ", words::inner_state(inner)), state_style(inner, s))
        .and(if step.is_empty() { String::new() } else { format!("{step}  ") }, theme.style(Role::Text))
        .and(inner.id.shown().as_str().to_owned(), theme.style(Role::Muted))
}

/// What is selected, where it is a sub DAG or the head of some.
pub(super) fn selected<'a>(s: &Scope<'a>) -> Option<&'a Item> {
    s.pane.selected().filter(|i| i.sort != Sort::Step)
}

/// The stage that the selection stands in, where sub DAGs hang on it.
pub(super) fn stage<'a>(s: &Scope<'a>) -> Option<&'a Node> {
    let item = s.pane.selected()?;
    let drawn = s.pane.picture()?.dag.nodes.get(item.node)?;
    s.seen.task.graph.nodes.iter().find(|n| n.key.raw() == drawn.id && !n.inner.is_empty())
}

/// Title of the part that tells of it.
pub(super) fn title(item: &Item, s: &Scope<'_>) -> String {
    match item.inner(s.seen.task) {
        Some(inner) => {
            let name = inner.task.as_ref().map_or("", |t| t.head.name.shown().as_str());
            format!("Sub DAG {} {name} · {}", inner.id, inner.agent.shown())
        }
        None => format!("Sub DAGs of {}", stage(s).map_or("", |n| n.name.shown().as_str())),
    }
}

/// The state of the selected sub DAG, in one line; why it is not known, where it is not.
fn state<'a>(inner: &Inner, s: &Scope<'_>) -> Vec<(&'static str, Line<'a>)> {
    let theme = &s.look.theme;
    let word = words::inner_state(inner);
    let head = match &inner.task {
        Ok(task) => &task.head,
        Err(unread) => {
            let why = Line::new().and(unread.why.shown().as_str().to_owned(), theme.style(Role::Muted));
            return vec![("state", Line::new().and(word, state_style(inner, s))), ("why", why)];
        }
    };
    let plain = theme.style(Role::Text);
    let sign = symbol(inner.phase(), s.look.ascii);
    let mut line = Line::new()
        .and(format!("{sign} {word}"), state_style(inner, s))
        .and(format!("  {}", words::inner_stage(inner)), plain);
    // A running clock here would cost bytes every second.
    match (head.started, head.finished) {
        (Some(from), Some(to)) => line.push(format!(" · took {}", to.since(from).short()), plain),
        (Some(from), None) => line.push(format!(" · since {}Z", from.clock()), plain),
        (None, _) => {}
    }
    let mut lines = vec![("state", line)];
    let told = head.status.word.shown().as_str();
    if head.phase() == Phase::Ready && !told.eq_ignore_ascii_case("READY") {
        lines.push(("told", Line::new().and(words::rendezvous(told), theme.style(Role::Muted))));
    }
    lines
}

/// The steps of the selected sub DAG, each with its sign.
fn steps<'a>(inner: &Inner, s: &Scope<'_>) -> Vec<Line<'a>> {
    let theme = &s.look.theme;
    let nodes = inner.task.as_ref().map_or(&[][..], |t| t.graph.nodes.as_slice());
    let line = |node: &Node| {
        let phase = node.phase();
        Line::new()
            .and(format!("{} ", symbol(phase, s.look.ascii)), theme.style(Role::Phase(phase)))
            .and(node.name.shown().as_str().to_owned(), theme.style(Role::Text))
    };
    nodes.iter().map(line).collect()
}

/// Everything that is known of the selected sub DAG, or of all that hang on the selected head: for a pane.
pub(super) fn facts<'a>(item: &Item, most: usize, s: &Scope<'_>) -> Vec<(&'static str, Line<'a>)> {
    let Some(inner) = item.inner(s.seen.task) else {
        return lines(item.nest(s.seen.task), most, s).into_iter().map(|l| ("", l)).collect();
    };
    let plain = s.look.theme.style(Role::Text);
    let of = |text: &str| Line::new().and(text.to_owned(), plain);
    let mut facts = state(inner, s);
    facts.push(("agent", of(inner.agent.shown().as_str())));
    facts.push(("ID", of(inner.id.shown().as_str())));
    let labels = std::iter::once("steps").chain(std::iter::repeat(" "));
    facts.extend(labels.zip(steps(inner, s)));
    facts
}

/// The same in the few lines of a strip: all steps in one.
pub(super) fn strip(buf: &mut Buffer, area: Rect, item: &Item, s: &Scope<'_>) {
    let facts = match item.inner(s.seen.task) {
        None => facts(item, usize::from(area.height), s),
        Some(inner) => {
            let mut facts = state(inner, s);
            let mut line = Line::new();
            for step in steps(inner, s) {
                if !line.is_empty() {
                    line.push("  ", s.look.theme.style(Role::Text));
                }
                line.extend(step);
            }
            facts.insert(1, ("steps", line));
            facts
        }
    };
    let muted = s.look.theme.style(Role::Muted);
    for (row, (label, line)) in facts.iter().take(usize::from(area.height)).enumerate() {
        let y = area.y + row as u16;
        put(buf, area.x, y, label, 7, muted);
        let indent = if label.is_empty() { 0 } else { 7 };
        line.draw(buf, area.x + indent, y, area.width.saturating_sub(indent));
    }
}
