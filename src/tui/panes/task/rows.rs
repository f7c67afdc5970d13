//! Rows of the lane view and of the list.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use unicode_width::UnicodeWidthStr;

use super::{Scope, nest};
use crate::app::panes::task::View;
use crate::app::panes::task::picture::Picture;
use crate::app::panes::task::rows::{Kind, Row};
use crate::app::panes::task::times::{Clock, Left};
use crate::domain::shown::{cut_end, cut_middle};
use crate::domain::status::Phase;
use crate::domain::task::Subtask;
use crate::domain::time::Span;
use crate::text::task as words;
use crate::tui::theme::Role;
use crate::tui::widgets::lanes::{self, Own};
use crate::tui::widgets::line::{Line, put, restyle};
use crate::tui::widgets::timeout;

/// Columns of a row; 0 for one that is left out. They follow from structure and width, never from a state or a time.
#[derive(Debug, Clone, Copy, Default)]
struct Columns {
    gutter: u16,
    id: u16,
    name: u16,
    target: u16,
    state: u16,
    time: u16,
    limit: u16,
    left: u16,
    bar: u16,
}

/// The selection mark stands before everything.
const MARK: u16 = 1;
/// From this width the list tells IDs and targets before it tells long names whole.
const LIST_IDS: u16 = 100;
/// The least a name is left with before a column goes: bar first, then LEFT, OF, TIME.
const NAME: u16 = 18;

impl Columns {
    fn fit(width: u16, picture: &Picture) -> Self {
        let most = picture.rows.iter().map(|r| r.lanes.len()).max().unwrap_or(0);
        let is_list = picture.view == View::List;
        let gutter = if is_list { 2 } else { lanes::width(most).min(width / 3).max(2) };
        // A name has at least the room for its count; members need an address.
        let longest = picture.dag.nodes.iter().map(|n| n.label.width() as u16).max().unwrap_or(0);
        let wanted = longest.clamp(NAME, 44) + 2;
        let mut c = Self { gutter, name: NAME.min(wanted), ..Self::default() };
        let mut room = width.saturating_sub(MARK + c.gutter + c.name);
        let mut take = |field: &mut u16, columns: u16| {
            if room < columns {
                return false;
            }
            *field += columns;
            room -= columns;
            true
        };
        // "rolling back" and "-1:02:03" are the widest words of ours here.
        let _ =
            take(&mut c.state, 13) && take(&mut c.time, 8) && take(&mut c.limit, 8) && take(&mut c.left, 9);
        // Members of one stage have one name: who they are counts more than the end of a long name.
        let early = is_list && width >= LIST_IDS && take(&mut c.id, 11) && take(&mut c.target, 18);
        if c.left > 0 {
            take(&mut c.bar, 4);
            for _ in c.name..wanted {
                take(&mut c.name, 1);
            }
            for _ in 0..4 {
                take(&mut c.bar, 1);
            }
        }
        if early {
            // Both are there.
        } else if is_list && c.id == 0 && take(&mut c.id, 11) {
            take(&mut c.target, 18);
        } else if c.left == 0 {
            for _ in c.name..wanted {
                take(&mut c.name, 1);
            }
        }
        c
    }
    fn at_state(self) -> u16 {
        MARK + self.gutter + self.id + self.name + self.target
    }
}

/// Headings of the columns.
pub(super) fn heading(buf: &mut Buffer, area: Rect, picture: &Picture, s: &Scope<'_>) {
    let c = Columns::fit(area.width, picture);
    let style = s.look.theme.style(Role::Heading);
    let mut x = MARK + c.gutter;
    for (name, w) in [
        ("ID", c.id),
        ("SUBTASK", c.name),
        ("TARGET", c.target),
        ("STATE", c.state),
        ("TIME", c.time),
        ("OF", c.limit),
        ("LEFT", c.left),
    ] {
        if w > 0 {
            put(buf, area.x + x, area.y, name, w.min(area.width.saturating_sub(x)), style);
        }
        x += w;
    }
}

/// Draws the rows in view.
pub(super) fn draw(buf: &mut Buffer, area: Rect, picture: &Picture, s: &Scope<'_>) {
    let c = Columns::fit(area.width, picture);
    let critical = if s.pane.shows_critical() {
        crate::graph::path::critical(s.seen.task, &picture.dag, s.seen.now)
    } else {
        Vec::new()
    };
    let selected = s.pane.selected_row();
    for (line, row) in picture.rows.iter().skip(s.pane.top()).take(usize::from(area.height)).enumerate() {
        let at = Rect { y: area.y + line as u16, height: 1, ..area };
        draw_gutter(buf, at, c, picture, row, s);
        draw_row(buf, at, c, picture, row, s);
        if row.node.is_some_and(|n| critical.contains(&n)) && row.is_selectable() {
            restyle(
                buf,
                at.x,
                at.y,
                at.width,
                ratatui::style::Style::new().add_modifier(ratatui::style::Modifier::BOLD),
            );
        }
        if selected == Some(s.pane.top() + line) {
            let style = s.look.theme.style(Role::Selected);
            restyle(buf, at.x, at.y, at.width, style);
            put(buf, at.x, at.y, if s.look.ascii { ">" } else { "▌" }, 1, style);
        }
    }
}

fn draw_gutter(buf: &mut Buffer, at: Rect, c: Columns, picture: &Picture, row: &Row, s: &Scope<'_>) {
    let task = s.seen.task;
    let has_edge = |end: fn(&(usize, usize)) -> usize| {
        row.node.is_some_and(|n| picture.dag.edges.iter().any(|e| end(e) == n))
    };
    let own = match row.kind {
        Kind::Step | Kind::Open => Own::Symbol(row.node.map_or(Phase::Unknown, |n| phase_of(picture, n, s))),
        Kind::Pair => Own::Part(has_edge(|e| e.1)),
        Kind::PairEnd => Own::Join(has_edge(|e| e.0)),
        Kind::PairMembers => {
            let mut phases = row.node.into_iter().flat_map(|n| picture.subtasks(task, n)).map(Subtask::phase);
            let first = phases.next().unwrap_or(Phase::Unknown);
            Own::Two(first, phases.next().unwrap_or(Phase::Unknown))
        }
        Kind::Item(ix) if picture.view == View::List => {
            let item = picture.items.get(ix);
            Own::Symbol(item.and_then(|i| i.subtask(task)).map_or(Phase::Unknown, Subtask::phase))
        }
        Kind::Defect(_) => Own::Symbol(Phase::Unknown),
        Kind::Nest(_) | Kind::Inner(_) | Kind::Item(_) | Kind::Members | Kind::Join | Kind::Gap => Own::Lane,
    };
    lanes::draw(buf, (at.x + MARK, at.y, c.gutter), &row.lanes, row.lane, own, row.is_cut, s.look);
}

/// The state that a node of the drawing has: the plane's own for a stage, else that of the member of most concern.
pub(super) fn phase_of(picture: &Picture, node: usize, s: &Scope<'_>) -> Phase {
    let told = picture.dag.nodes.get(node).filter(|n| !n.parts.is_empty()).and_then(|n| {
        let stage = s.seen.task.graph.nodes.iter().find(|g| g.key.raw() == n.id)?;
        stage.status.is_some().then(|| stage.phase())
    });
    let worst = || picture.subtasks(s.seen.task, node).map(Subtask::phase).min_by_key(|p| p.concern());
    told.or_else(worst).unwrap_or(Phase::Unknown)
}

fn draw_row(buf: &mut Buffer, at: Rect, c: Columns, picture: &Picture, row: &Row, s: &Scope<'_>) {
    let x = at.x + MARK + c.gutter;
    let room = at.right().saturating_sub(x);
    match (row.kind, row.node) {
        (Kind::Step | Kind::Pair | Kind::Open, Some(node)) => {
            let Some(drawn) = picture.dag.nodes.get(node) else { return };
            let plain = s.look.theme.style(Role::Text);
            let mut name = name_of(drawn, usize::from(c.name.saturating_sub(1)));
            if let Some(back) = row.back_to.first().and_then(|b| picture.dag.nodes.get(*b)) {
                let text = format!("{name} ↺ back to {}", back.label);
                let columns = usize::from(c.name.saturating_sub(1));
                name = if text.width() <= columns {
                    text
                } else {
                    cut_end(&format!("↺ {name}"), columns).into_owned()
                };
            }
            put(buf, x, at.y, &name, c.name.min(room), plain);
            let clock = Clock::of_all(picture.subtasks(s.seen.task, node), s.seen.now, s.seen.kind);
            let phase = phase_of(picture, node, s);
            let word = state_word(picture, node, phase, s);
            draw_cells(buf, at, c, phase, &word, &clock, s);
        }
        (Kind::PairMembers | Kind::Members, Some(node)) => {
            let line = member_line(picture, node, usize::from(room.saturating_sub(2)), s);
            line.draw(buf, x + 2, at.y, room.saturating_sub(2));
        }
        (Kind::Nest(ix) | Kind::Inner(ix), _) => {
            let Some(item) = picture.items.get(ix) else { return };
            let (name, state) = (x + c.id, at.x + c.at_state());
            if c.id > 0 && matches!(row.kind, Kind::Inner(_)) {
                let id = item.id.shown().cut_middle(usize::from(c.id - 1)).into_owned();
                put(buf, x, at.y, &id, c.id, s.look.theme.style(Role::Text));
            }
            let cells = nest::Cells { name, state, rest: state + c.state, end: at.right() };
            if matches!(row.kind, Kind::Nest(_)) {
                let is_open = picture.rows.iter().any(|r| r.kind == Kind::Inner(ix + 1));
                nest::head(buf, at.y, cells, item, is_open, s);
            } else {
                nest::one(buf, at.y, cells, item, s);
            }
        }
        (Kind::Item(ix), _) => draw_item(buf, at, c, picture, (ix, row), s),
        (Kind::Defect(ix), _) => {
            let text = s.seen.task.graph.defects.get(ix).map(words::defect).unwrap_or_default();
            let text = cut_end(&text, usize::from(room)).into_owned();
            put(buf, x, at.y, &text, room, s.look.theme.style(Role::Caution));
        }
        _ => {}
    }
}

fn draw_item(
    buf: &mut Buffer,
    at: Rect,
    c: Columns,
    picture: &Picture,
    (ix, row): (usize, &Row),
    s: &Scope<'_>,
) {
    let Some(item) = picture.items.get(ix) else { return };
    let Some(drawn) = picture.dag.nodes.get(item.node) else { return };
    let is_list = picture.view == View::List;
    let plain = s.look.theme.style(Role::Text);
    let mut x = at.x + MARK + c.gutter;
    let subtask = item.subtask(s.seen.task);
    if c.id > 0 {
        let id = item.id.shown().cut_middle(usize::from(c.id - 1)).into_owned();
        put(buf, x, at.y, &id, c.id, plain);
        x += c.id;
    }
    let mut name = match (is_list, subtask) {
        (true, Some(t)) => t.name.shown().as_str().to_owned(),
        (true, None) => drawn.label.as_str().to_owned(),
        (false, Some(t)) => format!("  {}", words::member(t)),
        (false, None) => format!("  {}", item.id),
    };
    if !row.back_to.is_empty() {
        name = format!("↺ {name}");
    }
    put(buf, x, at.y, &cut_end(&name, usize::from(c.name.saturating_sub(1))), c.name, plain);
    x += c.name;
    if c.target > 0
        && let Some(t) = subtask
    {
        let target = cut_middle(t.target.shown().as_str(), usize::from(c.target - 1)).into_owned();
        put(buf, x, at.y, &target, c.target, plain);
    }
    let clock = subtask.map(|t| Clock::of(t, s.seen.now, s.seen.kind)).unwrap_or_default();
    let phase = subtask.map_or(Phase::Unknown, Subtask::phase);
    let word = subtask.map_or_else(|| words::MISSING.to_owned(), words::subtask_state);
    if !is_list && c.gutter > 0 {
        // A member's symbol stands in its text: the gutter belongs to the lanes.
        let sign = crate::tui::theme::symbol(phase, s.look.ascii);
        put(buf, at.x + MARK + c.gutter, at.y, sign, 1, s.look.theme.style(Role::Phase(phase)));
    }
    draw_cells(buf, at, c, phase, &word, &clock, s);
}

/// State, time, limit, what is left, bar.
fn draw_cells(
    buf: &mut Buffer,
    at: Rect,
    c: Columns,
    phase: Phase,
    word: &str,
    clock: &Clock,
    s: &Scope<'_>,
) {
    let theme = &s.look.theme;
    let plain = theme.style(Role::Text);
    let mut x = at.x + c.at_state();
    let mut cell = |text: &str, w: u16, style| {
        if w > 0 && x < at.right() {
            put(buf, x, at.y, &cut_end(text, usize::from(w - 1)), w.min(at.right() - x), style);
        }
        x += w;
    };
    cell(word, c.state, theme.style(Role::Phase(phase)));
    cell(&clock.elapsed.map_or_else(String::new, Span::clock), c.time, plain);
    cell(&words::limit(clock.limit), c.limit, theme.style(Role::Muted));
    if !phase.is_active() {
        return;
    }
    let tone = if clock.is_overdue() { theme.style(Role::Danger) } else { theme.style(Role::Phase(phase)) };
    cell(&left(clock.left), c.left, tone);
    if let Some(used) = clock.used()
        && c.bar > 0
    {
        put(buf, x, at.y, &timeout::bar(used, c.bar - 1, s.look.ascii), c.bar, tone);
    }
}

/// `18:46`; `≥18:46` where the start of this run is not known; `-0:12` when overdue.
pub(super) fn left(left: Option<Left>) -> String {
    match left {
        Some(Left::Exactly(t)) => t.clock(),
        Some(Left::AtLeast(t)) if t.secs() > 0 => format!("≥{}", t.clock()),
        Some(Left::AtLeast(_)) | None => String::new(),
    }
}

/// The name with its count; a long name loses letters before the count does.
fn name_of(node: &crate::graph::DagNode, columns: usize) -> String {
    let count = match (node.members.len(), node.parts.len()) {
        (0 | 1, 0 | 1) => return node.label.cut_end(columns).into_owned(),
        (0, parts) => format!(" ×{parts}"),
        (members, _) => format!(" ×{members}"),
    };
    let label = node.label.as_str();
    let bare = label.strip_suffix(&count).unwrap_or(label);
    format!("{}{count}", cut_end(bare, columns.saturating_sub(count.width())))
}

/// The word of a row: an unknown state stands as it came.
fn state_word(picture: &Picture, node: usize, phase: Phase, s: &Scope<'_>) -> String {
    if picture.dag.nodes.get(node).is_some_and(|n| n.is_ghost) {
        return words::MISSING.to_owned();
    }
    let worst = picture.subtasks(s.seen.task, node).find(|t| t.phase() == phase);
    worst.map_or_else(|| words::phase(phase).to_owned(), words::subtask_state)
}

/// Order in which a group's members are counted: what moves first.
const COUNTED: [Phase; 9] = [
    Phase::Failed,
    Phase::Running,
    Phase::RollingBack,
    Phase::Canceling,
    Phase::Ready,
    Phase::Unknown,
    Phase::Pending,
    Phase::Skipped,
    Phase::Done,
];

/// What a group holds, in one line: two side by side; of more, the selected one, the failed ones by name, and counts.
fn member_line<'a>(picture: &Picture, node: usize, room: usize, s: &Scope<'_>) -> Line<'a> {
    let items = picture.items_of(node);
    let selected = s.pane.selected_ix().filter(|ix| items.contains(ix));
    let subtask = |ix: usize| picture.items.get(ix).and_then(|i| i.subtask(s.seen.task));
    let theme = &s.look.theme;
    let mut line = Line::new();
    if items.len() == 2 {
        let share = room / 2;
        for ix in items {
            let Some(t) = subtask(ix) else { continue };
            line.extend(member_cell(t, selected == Some(ix), share, s));
        }
        return line;
    }
    let muted = theme.style(Role::Muted);
    if let Some(t) = selected.and_then(subtask) {
        let width = words::member(t).width() + 24;
        line.extend(member_cell(t, true, width.min(room), s));
    }
    let others = items.clone().filter(|ix| selected != Some(*ix)).filter_map(subtask);
    let failed: Vec<&Subtask> = others.filter(|t| t.phase() == Phase::Failed).collect();
    if !failed.is_empty() {
        let style = theme.style(Role::Phase(Phase::Failed));
        line.push(format!("{} ", crate::tui::theme::symbol(Phase::Failed, s.look.ascii)), style);
        // Counts must stay in sight: names have what is left of a generous half.
        let end = line.width() + room.saturating_sub(line.width()).saturating_sub(24);
        for (nth, t) in failed.iter().enumerate() {
            let text = words::member(t);
            if nth > 0 && line.width() + text.width() + 12 > end {
                line.push(format!("and {} more ", failed.len() - nth), style);
                break;
            }
            line.push(format!("{text} "), style);
        }
        line.push(" ", muted);
    }
    for phase in COUNTED {
        let count = items.clone().filter_map(subtask).filter(|t| t.phase() == phase).count();
        let sign = crate::tui::theme::symbol(phase, s.look.ascii);
        let text = format!("{sign} {count} {}  ", words::phase(phase));
        // A word of ours is shown whole or not at all; the symbol alone is the last resort.
        let text =
            if line.width() + text.trim_end().width() <= room { text } else { format!("{sign}{count} ") };
        if count > 0 {
            line.push(text, theme.style(Role::Phase(phase)));
        }
    }
    line
}

/// `[1] 10.0.2.12 RUNNING 1:14` in exactly `columns`.
fn member_cell<'a>(t: &Subtask, is_selected: bool, columns: usize, s: &Scope<'_>) -> Line<'a> {
    let theme = &s.look.theme;
    let phase = t.phase();
    let clock = Clock::of(t, s.seen.now, s.seen.kind);
    let mut tail = words::subtask_state(t);
    if let Some(elapsed) = clock.elapsed {
        tail = format!("{tail} {}", elapsed.clock());
    }
    if t.runs > 1 {
        tail = format!("{tail} run {}", t.runs);
    }
    let (mark, mut plain, mut tone) = match (is_selected, s.look.ascii) {
        (true, false) => ("▌", theme.style(Role::Selected), theme.style(Role::Phase(phase))),
        (true, true) => (">", theme.style(Role::Selected), theme.style(Role::Phase(phase))),
        (false, _) => (" ", theme.style(Role::Text), theme.style(Role::Phase(phase))),
    };
    if is_selected {
        tone = tone.add_modifier(ratatui::style::Modifier::REVERSED);
        plain = plain.add_modifier(ratatui::style::Modifier::REVERSED);
    }
    let body = columns.saturating_sub(2);
    let name = words::member(t);
    let name = cut_middle(&name, body.saturating_sub(tail.width() + 1)).into_owned();
    let fill = columns.saturating_sub(1 + name.width() + 1 + tail.width());
    Line::new()
        .and(mark, plain)
        .and(format!("{name} "), plain)
        .and(tail, tone)
        .and(" ".repeat(fill), theme.style(Role::Text))
}
