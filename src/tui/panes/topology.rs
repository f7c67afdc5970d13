//! How the tree looks (screens 5). The tree widget is given the rows on the screen and what they hang from, never
//! the whole fleet: drawing costs the same with ten OBServers and with ten thousand.

use std::borrow::Cow;

use ratatui::Frame;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span as Piece};
use ratatui::widgets::StatefulWidget;
use tui_tree_widget::{Tree, TreeItem, TreeState};
use unicode_width::UnicodeWidthStr;

use crate::app::effect::Query;
use crate::app::facts::Facts;
use crate::app::panes::topology::{
    NodeId, Row, Topology, cluster, listed, server, strip_rows, task_of, tree_rows, zones,
};
use crate::app::views::Form;
use crate::domain::id::{ClusterRef, TaskId};
use crate::domain::offline::{Clock, Level, is_process_there};
use crate::domain::shown::{Shown, cut_middle};
use crate::domain::status::{Health, Phase};
use crate::domain::task::TaskSummary;
use crate::domain::time::Timestamp;
use crate::domain::topology::{Server, Zone};
use crate::text::{console, offline};
use crate::tui::chrome::{cluster_word, counted};
use crate::tui::look::Look;
use crate::tui::theme::Role;
use crate::tui::widgets::paint::{self, Cell};

/// Where the columns begin, from the pane's inner left.
#[derive(Clone, Copy)]
struct Columns {
    status: u16,
    servers: u16,
    up: u16,
    root: u16,
    version: u16,
    since: u16,
}

impl Columns {
    /// For an inner width. What has no room is put beyond the edge, where the painting leaves it out.
    fn of(width: u16) -> Self {
        const NONE: u16 = u16::MAX;
        match width {
            // The whole table: a name has room for an IPv4 address with its port, and for more on wide screens.
            78.. => {
                let name = (width - 50).min(44);
                Self {
                    status: name,
                    servers: name + 11,
                    up: name + 16,
                    root: name + 21,
                    version: name + 27,
                    since: name + 35,
                }
            }
            // Beside the detail, which has version and time.
            56.. => Self { status: 28, servers: 39, up: NONE, root: 45, version: NONE, since: 51 },
            _ => {
                let name = width.saturating_sub(18).clamp(12, 24);
                Self {
                    status: name,
                    servers: name + 11,
                    up: NONE,
                    root: NONE,
                    version: NONE,
                    since: name + 16,
                }
            }
        }
    }
    /// Where the task of a zone begins, which has neither root nor version nor a stop time.
    fn task(self) -> u16 {
        self.version.min(self.since).min(self.root)
    }
}

/// Draws the pane with its frame into `area`.
pub fn draw(
    frame: &mut Frame<'_>,
    area: Rect,
    pane: &Topology,
    cx: &Facts<'_>,
    has_focus: bool,
    look: &Look,
) {
    if area.width < 4 || area.height == 0 {
        return;
    }
    if Form::of(cx.size) == Form::Plain {
        tree(frame.buffer_mut(), area, pane, cx, look);
        return;
    }
    let edge = look.theme.style(if has_focus { Role::FrameFocus } else { Role::Frame });
    let buf = frame.buffer_mut();
    let inner = paint::frame(buf, area, "1 Topology", &right_words(pane), edge, edge);
    if inner.height == 0 {
        return;
    }
    head(buf, inner, look);
    let rows = (tree_rows(cx) as u16).min(inner.height.saturating_sub(1));
    let tree_area = Rect { y: inner.y + 1, height: rows, ..inner };
    tree(buf, tree_area, pane, cx, look);
    if strip_rows(cx.size, cx.pane) > 0 && tree_area.bottom() < area.bottom() {
        strip(buf, area, tree_area.bottom(), pane, cx, look);
    }
}

/// The page of a console without any profile (screens 12).
pub fn no_profile(frame: &mut Frame<'_>, area: Rect, look: &Look) {
    let edge = look.theme.style(Role::FrameFocus);
    let buf = frame.buffer_mut();
    let inner = paint::frame(buf, area, "obdeck", "", edge, edge);
    let lines = [
        ("No control plane is configured yet.", Role::Heading),
        ("", Role::Text),
        ("obdeck init    write a config with a first profile", Role::Text),
        ("obdeck demo    look around: embedded simulators, nothing real", Role::Text),
        ("man obdeck     the manual; docs/guide.md, docs/config.md", Role::Text),
        ("", Role::Text),
        ("q quits, ? shows the keys", Role::Muted),
    ];
    for (y, (words, role)) in (inner.y + 1..inner.bottom()).zip(lines) {
        paint::text(buf, inner.x + 2, y, inner.width.saturating_sub(3), words, look.theme.style(role));
    }
}

fn right_words(pane: &Topology) -> String {
    let mut words = Vec::new();
    if pane.problems_only() {
        words.push("problems only".to_owned());
    }
    if let Some(text) = pane.filtered() {
        words.push(format!("only: {}", Shown::filter(text)));
    }
    words.join(" · ")
}

fn head(buf: &mut Buffer, inner: Rect, look: &Look) {
    let c = Columns::of(inner.width);
    let style = look.theme.style(Role::Heading);
    let cell = |at, text: &'static str| Cell { at, text: Cow::Borrowed(text), style };
    let cells = [
        cell(3, "NAME"),
        cell(c.status, "STATUS"),
        cell(c.servers, "SRV"),
        cell(c.up, "UP"),
        cell(c.root, "ROOT"),
        cell(c.version, "VERSION"),
        cell(c.since, if inner.width >= 78 { "STOPPED SINCE" } else { "" }),
    ];
    paint::cells(buf, Rect { height: 1, ..inner }, &cells);
}

fn tree(buf: &mut Buffer, area: Rect, pane: &Topology, cx: &Facts<'_>, look: &Look) {
    let window = pane.window(usize::from(area.height));
    let Some(first) = window.first() else { return };
    let mut above: Vec<Row> = Vec::new();
    let mut up = first.id.parent();
    while let Some(id) = up {
        up = id.parent();
        above.insert(0, Row { depth: above_depth(&id), id, open: Some(true) });
    }
    let hidden = above.len();
    let mut rows = above.iter().chain(window).peekable();
    let mut state = TreeState::default();
    let columns = Columns::of(area.width);
    let mut context = Context { cx, look, columns, width: area.width, state: &mut state };
    let items = context.items(&mut rows, 0, &[]);
    // Identifiers are unique by the way rows are made; if they were not, nothing is drawn rather than a wrong tree.
    let Ok(tree) = Tree::new(&items) else { return };
    let tree = tree
        .highlight_symbol("▌")
        .node_closed_symbol(if look.ascii { "+ " } else { "▸ " })
        .node_open_symbol(if look.ascii { "- " } else { "▾ " })
        .node_no_children_symbol("");
    if let Some(id) = pane.selected() {
        state.select(path(id));
    }
    if hidden > 0 {
        // The widget scrolls only as far as it has seen rows: one row in a scratch buffer makes it look.
        let selected = state.selected().to_vec();
        state.select(Vec::new());
        let one = Rect { x: 0, y: 0, width: 1, height: 1 };
        tree.clone().render(one, &mut Buffer::empty(one), &mut state);
        state.scroll_down(hidden);
        state.select(selected);
    }
    tree.render(area, buf, &mut state);
    if let Some(row) = window.iter().position(|r| Some(&r.id) == pane.selected()) {
        let row = Rect { y: area.y + row as u16, height: 1, width: columns.status.min(area.width), ..area };
        reverse_name(buf, row, look);
    }
}

/// The selected row: its name in reverse. The rest keeps its colours, and a step costs half the bytes of a whole row.
fn reverse_name(buf: &mut Buffer, row: Rect, look: &Look) {
    let is_blank = |x: u16| buf.cell((x, row.y)).is_none_or(|c| c.symbol().trim().is_empty());
    let Some(last) = (row.x..row.right()).rev().find(|x| !is_blank(*x)) else { return };
    let name = Rect { width: last + 1 - row.x, ..row }.intersection(buf.area);
    buf.set_style(name, look.theme.style(Role::Selected));
}

fn above_depth(id: &NodeId) -> u8 {
    match id {
        NodeId::Profile(_) => 0,
        NodeId::Cluster(_) | NodeId::Note(_, None) => 1,
        NodeId::Zone(..) | NodeId::Note(_, Some(_)) => 2,
        NodeId::Server(..) => 3,
    }
}

/// The widget's name for a row: the way to it from the root.
fn path(id: &NodeId) -> Vec<NodeId> {
    let mut path = vec![id.clone()];
    let mut up = id.parent();
    while let Some(id) = up {
        up = id.parent();
        path.insert(0, id);
    }
    path
}

struct Context<'a> {
    cx: &'a Facts<'a>,
    look: &'a Look,
    columns: Columns,
    width: u16,
    state: &'a mut TreeState<NodeId>,
}

impl Context<'_> {
    fn items<'r>(
        &mut self,
        rows: &mut std::iter::Peekable<impl Iterator<Item = &'r Row>>,
        depth: u8,
        way: &[NodeId],
    ) -> Vec<TreeItem<'static, NodeId>> {
        let mut items = Vec::new();
        while let Some(row) = rows.next_if(|r| r.depth == depth) {
            let mut way = way.to_vec();
            way.push(row.id.clone());
            let below = self.items(rows, depth + 1, &way);
            let text = self.line(row);
            let item = match row.open {
                None => TreeItem::new_leaf(row.id.clone(), text),
                Some(open) => {
                    // A row with something below it carries a child even where none is on the screen: the widget
                    // draws the mark of a fold by that alone. A fold that is closed never shows it.
                    let has_below = !below.is_empty();
                    if open && has_below {
                        self.state.open(way);
                    }
                    let children =
                        if has_below { below } else { vec![TreeItem::new_leaf(row.id.clone(), "")] };
                    match TreeItem::new(row.id.clone(), text.clone(), children) {
                        Ok(item) => item,
                        Err(_) => TreeItem::new_leaf(row.id.clone(), text),
                    }
                }
            };
            items.push(item);
        }
        items
    }
    /// One row as the widget draws it, behind its own mark and indent.
    fn line(&self, row: &Row) -> Line<'static> {
        let indent = 1 + 2 * u16::from(row.depth) + if row.open.is_some() { 2 } else { 0 };
        let cells = self.cells(row);
        let mut pieces: Vec<Piece<'static>> = Vec::new();
        let mut at = indent;
        for (ix, cell) in cells.iter().enumerate() {
            if cell.text.is_empty() || cell.at >= self.width {
                continue;
            }
            let next = cells
                .iter()
                .skip(ix + 1)
                .find(|c| !c.text.is_empty() && c.at < self.width)
                .map_or(self.width, |c| c.at.saturating_sub(1));
            let from = cell.at.max(at);
            let room = next.saturating_sub(from);
            if room == 0 {
                continue;
            }
            if from > at {
                pieces.push(Piece::raw(" ".repeat(usize::from(from - at))));
            }
            let text = cut_middle(&cell.text, usize::from(room)).into_owned();
            at = from + text.width() as u16;
            pieces.push(Piece::styled(text, cell.style));
        }
        Line::from(pieces)
    }
    fn cells(&self, row: &Row) -> Vec<Cell<'static>> {
        match &row.id {
            NodeId::Profile(_) => self.profile(row),
            NodeId::Cluster(at) => self.cluster(at),
            NodeId::Zone(at, name) => match zones(self.cx.cache, at).iter().find(|z| z.name == *name) {
                Some(z) => self.zone(row, at, z),
                None => vec![self.cell(0, name.to_string(), Role::Stale)],
            },
            NodeId::Server(at, ..) => match server(self.cx.cache, &row.id) {
                Some((_, s)) => self.server(at, s),
                None => Vec::new(),
            },
            NodeId::Note(profile, at) => {
                let query = match at {
                    Some(at) => Query::Zones(at.clone()),
                    None => Query::Clusters(profile.clone()),
                };
                let what = if at.is_some() { "zones" } else { "clusters" };
                self.note(&query, what, profile)
            }
        }
    }
    fn style(&self, role: Role) -> Style {
        self.look.theme.style(role)
    }
    fn cell(&self, at: u16, text: impl Into<String>, role: Role) -> Cell<'static> {
        Cell { at, text: Cow::Owned(text.into()), style: self.style(role) }
    }
    fn profile(&self, row: &Row) -> Vec<Cell<'static>> {
        let name = row.id.profile();
        let Some(p) = self.cx.settings.profile(name) else { return Vec::new() };
        let kind = p.capabilities.kind.word();
        let mut cells = vec![self.cell(0, format!("{kind}:{name}"), Role::Heading)];
        let known = self.cx.cache.get(&Query::Clusters(name.clone()));
        if let Some((error, _)) = known.and_then(|k| k.error.as_ref()) {
            cells.push(self.cell(self.columns.status, console::error_kind(error.kind), Role::Danger));
        } else if let Some(list) = self.cx.cache.clusters(name) {
            cells.push(self.cell(self.columns.status, counted(list.len(), "cluster"), Role::Muted));
        }
        cells
    }
    fn note(
        &self,
        query: &Query,
        what: &str,
        profile: &crate::domain::id::ProfileName,
    ) -> Vec<Cell<'static>> {
        if let Some(broken) = self.cx.settings.profile(profile).and_then(|p| p.broken.as_ref()) {
            return vec![self.cell(0, Shown::filter(broken).to_string(), Role::Danger)];
        }
        let known = self.cx.cache.get(query);
        match known.and_then(|k| k.error.as_ref()) {
            Some((error, _)) => vec![self.cell(0, console::read_error(error), Role::Danger)],
            None if known.is_some_and(|k| k.answer.is_some()) => {
                vec![self.cell(0, format!("no {what}"), Role::Muted)]
            }
            None => vec![self.cell(0, format!("reading {what}…"), Role::Muted)],
        }
    }
    fn cluster(&self, at: &ClusterRef) -> Vec<Cell<'static>> {
        let Some(c) = cluster(self.cx.cache, at) else { return Vec::new() };
        let zones = zones(self.cx.cache, at);
        let (word, role) = cluster_word(c, zones);
        let all: usize = zones.iter().map(|z| z.servers.len()).sum();
        let servers = if all > 0 {
            let up: usize = zones.iter().map(Zone::up_count).sum();
            format!("{up}/{all}")
        } else {
            c.server_count.map(|n| n.to_string()).unwrap_or_default()
        };
        let leader = c
            .root_servers
            .iter()
            .find(|r| r.is_leader)
            .and_then(|r| zones.iter().find(|z| z.servers.iter().any(|s| s.address == r.address)));
        let col = self.columns;
        let mut cells = vec![
            self.cell(0, c.name.to_string(), Role::Text),
            self.cell(col.status, word, role.unwrap_or(Role::Fine)),
            self.cell(col.servers, servers, Role::Text),
            self.cell(col.root, leader.map(|z| z.name.to_string()).unwrap_or_default(), Role::Text),
            self.cell(col.version, c.version.to_string(), Role::Text),
        ];
        if let Some(id) = &c.task {
            cells.push(self.own_task(col.since, at, id));
        } else if let Some(task) = task_of(self.cx.cache, at) {
            cells.push(self.task(col.since, task));
        } else if let Some(why) = &c.unreachable {
            cells.push(self.cell(col.since, why.to_string(), Role::Danger));
        }
        cells
    }
    fn zone(&self, row: &Row, at: &ClusterRef, z: &Zone) -> Vec<Cell<'static>> {
        let col = self.columns;
        let name = if z.idc.is_empty() { z.name.to_string() } else { format!("{}  {}", z.name, z.idc) };
        let count = if z.servers.is_empty() {
            z.server_count.map(|n| n.to_string()).unwrap_or_default()
        } else {
            format!("{}/{}", z.up_count(), z.servers.len())
        };
        let mut cells = vec![
            self.cell(0, name, Role::Text),
            self.status(
                &z.status.word.to_string(),
                z.status.is,
                z.is_whole() || z.status.is == Health::Changing,
            ),
            self.cell(col.servers, count, Role::Text),
        ];
        if let Some(id) = &z.task {
            cells.push(self.own_task(col.task(), at, id));
            return cells;
        }
        // A list does not always tell the zone; the task itself does, once it was opened.
        let task = task_of(self.cx.cache, at).filter(|t| {
            let whole = self.cx.cache.task(&t.at).map(|w| &w.head.target);
            [Some(&t.target), whole].into_iter().flatten().any(|target| target == z.name.text())
        });
        match task {
            Some(task) => cells.push(self.task(col.task(), task)),
            // Folded, it speaks for the OBServer of it whose limit ends first: a narrow tree has no place for that.
            None if row.open == Some(false) && col.root != u16::MAX => {
                let away = z.servers.iter().filter(|s| !s.is_up());
                let first = away.min_by_key(|s| {
                    let ends = offline_clock(self.cx, at, s).map(|c| c.ends());
                    (ends.is_none(), ends, s.away_since())
                });
                cells.extend(first.and_then(|s| self.away(at, s)));
            }
            None => {}
        }
        cells
    }
    /// A task in as many words as there is room for.
    fn task(&self, at: u16, task: &TaskSummary) -> Cell<'static> {
        let p = task.progress;
        let steps = if p.all > 0 { format!("{}/{}", p.done + p.skipped, p.all) } else { String::new() };
        let id = task.at.id.to_string();
        let forms = [format!("task {id}  {steps}"), format!("task {id}"), format!("task {steps}"), id, steps];
        let room = usize::from(self.width.saturating_sub(at));
        let form = forms.into_iter().find(|f| !f.is_empty() && f.trim_end().width() <= room);
        self.cell(at, form.unwrap_or_default(), Role::Phase(task.phase()))
    }
    /// A task that the plane itself names for a row; without its steps where no list has it yet.
    fn own_task(&self, at: u16, cluster: &ClusterRef, id: &TaskId) -> Cell<'static> {
        if let Some(task) = listed(self.cx.cache, &cluster.profile, id) {
            return self.task(at, task);
        }
        let room = usize::from(self.width.saturating_sub(at));
        let long = format!("task {id}");
        let text = if long.width() <= room { long } else { id.to_string() };
        self.cell(at, text, Role::Phase(Phase::Running))
    }
    fn server(&self, cluster: &ClusterRef, s: &Server) -> Vec<Cell<'static>> {
        let col = self.columns;
        // Without its port rather than with a hole where two addresses differ.
        let address = s.address.to_string();
        let room = usize::from(col.status.saturating_sub(8));
        let address = match address.rsplit_once(':') {
            Some((host, _)) if address.width() > room => host.to_owned(),
            _ => address,
        };
        let mut cells = vec![
            self.cell(0, address, Role::Text),
            self.status(
                &s.status.word.to_string(),
                s.status.is,
                s.is_up() || s.status.is == Health::Changing,
            ),
        ];
        if let (true, Some(started)) = (s.is_up(), s.started) {
            cells.push(self.cell(col.up, console::uptime(self.cx.now.since(started)), Role::Text));
        }
        if s.with_root_server {
            cells.push(self.cell(col.root, "RS", Role::Text));
        }
        // The task that works on it takes the place of its version: an agent's IDs are long.
        match &s.task {
            Some(id) if s.away_since().is_none() => {
                cells.push(self.own_task(
                    if col.root == u16::MAX { col.servers } else { col.task() },
                    cluster,
                    id,
                ));
            }
            _ => cells.push(self.cell(col.version, s.version.to_string(), Role::Text)),
        }
        cells.extend(self.away(cluster, s));
        cells
    }
    /// For how long an OBServer is away, and what is left of its offline limit.
    fn away(&self, cluster: &ClusterRef, s: &Server) -> Option<Cell<'static>> {
        let col = self.columns;
        let now = servers_now(self.cx, cluster);
        let mut words = offline::since(s, console::coarse(now.since(s.away_since()?)));
        // In a narrow tree it stands in the column of counts, which a server does not have.
        let at = if col.root == u16::MAX { col.servers } else { col.since };
        let room = usize::from(self.width.saturating_sub(at));
        let mut role = Role::Caution;
        if let Some(clock) = offline_clock(self.cx, cluster, s) {
            let level = clock.level(now);
            // In minutes: a countdown to the second would make an idle screen send a row each second.
            let limit = |clock| format!("limit {}{}", offline::coarse(&clock, now), offline::mark(level));
            let left = limit(clock);
            // That it was only seen is said once.
            let long = format!("{words}  {}", limit(Clock { is_seen: false, ..clock }));
            if long.width() <= room {
                words = long;
            } else if level > Level::Early && left.width() <= room {
                words = left;
            }
            if level >= Level::Late {
                role = Role::Danger;
            }
        } else if is_process_there(s) {
            // No clock runs: its heartbeats go on.
            let long = format!("{words}  {}", offline::SERVICE_ONLY);
            if long.width() <= room {
                words = long;
            }
        }
        Some(self.cell(at, words, role))
    }
    /// The status word, with `!` where it is a problem.
    fn status(&self, word: &str, is: Health, fine: bool) -> Cell<'static> {
        let role = match is {
            Health::Up if fine => Role::Fine,
            Health::Up | Health::Changing | Health::Unknown => Role::Caution,
            Health::Stopped | Health::Down => Role::Danger,
        };
        let word = if word.is_empty() { "unknown" } else { word };
        let mark = if fine { "" } else { " !" };
        self.cell(self.columns.status, format!("{word}{mark}"), role)
    }
}

/// The offline clock of a server, where one runs and its cluster's limit is known.
pub(in crate::tui) fn offline_clock(cx: &Facts<'_>, at: &ClusterRef, s: &Server) -> Option<Clock> {
    Clock::of(s, cx.cache.parameters(at)?)
}

/// The clock of the control plane now: stop times are its own (H17).
pub(in crate::tui) fn servers_now(cx: &Facts<'_>, at: &ClusterRef) -> Timestamp {
    cx.cache.server_now(&Query::Zones(at.clone()), cx.now)
}

/// The strip below the tree: what is selected and what a stop of it would take.
fn strip(buf: &mut Buffer, area: Rect, y: u16, pane: &Topology, cx: &Facts<'_>, look: &Look) {
    let edge = look.theme.style(Role::Frame);
    let (title, lines) = super::detail::summary(pane, cx);
    paint::rule(buf, area, y, &title, "", edge, look.theme.style(Role::Heading));
    let rows = (area.bottom() - 1).saturating_sub(y + 1);
    for (row, (words, role)) in (y + 1..y + 1 + rows).zip(lines) {
        paint::text(buf, area.x + 2, row, area.width.saturating_sub(4), &words, look.theme.style(role));
    }
}
