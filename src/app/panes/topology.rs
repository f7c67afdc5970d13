//! The tree profile › cluster › zone › OBServer: what is selected, what is folded, what it needs to have read.
//!
//! A row is named by profile and ID, so that folds and selection survive refresh, renames and new servers. Rows hold
//! names only; what is drawn in them is looked up for the rows on the screen.

mod known;
mod rows;
mod verbs;

use std::collections::{HashMap, HashSet};

use super::scroll;
use crate::app::cache::Cache;
use crate::app::command::Command;
use crate::app::effect::{Query, Want};
use crate::app::facts::{ActionOffer, DetailOf, Facts, Go, Notice, Offer, Step};
use crate::app::key::Size;
use crate::app::views::Form;
use crate::domain::action::{Action, Scope, Verb};
use crate::domain::capability::WhyNot;
use crate::domain::id::{ClusterRef, ProfileName, ServerId, ZoneName};
use crate::domain::shown::Shown;
use crate::domain::status::Health;
use crate::domain::time::{Span, Timestamp};
use crate::domain::topology::{Cluster, Zone};
use rows::{Folds, matches_text};
use verbs::{can, mildest};

pub use known::{cluster, listed, server, task_at, task_of, unfinished, with_address, zones};
pub(crate) use verbs::may;
pub use verbs::{actions, ask};

/// How old the zones of a folded cluster may be: its row shows counts only.
const FOLDED_AGE: Span = Span::from_secs(30);
/// How old tenants may be: they change by hand, not by themselves, and the strip says what a stop would leave them.
const TENANTS_AGE: Span = Span::from_secs(30);
/// The same for units, which cost a request a tenant on older planes.
const UNITS_AGE: Span = Span::from_secs(60);
/// The same for parameters.
const PARAMETERS_AGE: Span = Span::from_secs(300);
/// A selection that moved on within this is not read for: a held key must not cost a request a row.
const SETTLE: Span = Span::from_millis(300);

/// Names a row, for as long as the thing exists.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum NodeId {
    /// A control plane.
    Profile(ProfileName),
    /// A cluster.
    Cluster(ClusterRef),
    /// A zone.
    Zone(ClusterRef, ZoneName),
    /// An OBServer.
    Server(ClusterRef, ZoneName, ServerId),
    /// A line that says why there is nothing below a profile or cluster.
    Note(ProfileName, Option<ClusterRef>),
}

impl NodeId {
    /// The profile it is seen through.
    pub fn profile(&self) -> &ProfileName {
        match self {
            NodeId::Profile(p) | NodeId::Note(p, _) => p,
            NodeId::Cluster(c) | NodeId::Zone(c, _) | NodeId::Server(c, ..) => &c.profile,
        }
    }
    /// The cluster it belongs to.
    pub fn cluster(&self) -> Option<&ClusterRef> {
        match self {
            NodeId::Profile(_) => None,
            NodeId::Note(_, c) => c.as_ref(),
            NodeId::Cluster(c) | NodeId::Zone(c, _) | NodeId::Server(c, ..) => Some(c),
        }
    }
    /// The row above it in the tree.
    pub fn parent(&self) -> Option<NodeId> {
        match self {
            NodeId::Profile(_) => None,
            NodeId::Cluster(c) => Some(NodeId::Profile(c.profile.clone())),
            NodeId::Zone(c, _) | NodeId::Note(_, Some(c)) => Some(NodeId::Cluster(c.clone())),
            NodeId::Server(c, z, _) => Some(NodeId::Zone(c.clone(), z.clone())),
            NodeId::Note(p, None) => Some(NodeId::Profile(p.clone())),
        }
    }
}

/// A row of the tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// What it is.
    pub id: NodeId,
    /// Steps from the root.
    pub depth: u8,
    /// Whether it is unfolded; `None` where there is nothing to fold.
    pub open: Option<bool>,
}

/// State of the tree.
#[derive(Debug, Default)]
pub struct Topology {
    rows: Vec<Row>,
    selected: Option<NodeId>,
    at: usize,
    offset: usize,
    folds: HashMap<NodeId, bool>,
    problems: bool,
    filter: Option<String>,
    moved: Option<Timestamp>,
}

impl Topology {
    /// The rows on the screen, given how many fit.
    pub fn window(&self, page: usize) -> &[Row] {
        let from = self.offset.min(self.rows.len());
        let to = from.saturating_add(page).min(self.rows.len());
        self.rows.get(from..to).unwrap_or(&[])
    }
    /// All rows.
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }
    /// Index of the first row on the screen.
    pub fn offset(&self) -> usize {
        self.offset
    }
    /// The selected row.
    pub fn selected(&self) -> Option<&NodeId> {
        self.selected.as_ref()
    }
    /// Whether only what has a problem is shown.
    pub fn problems_only(&self) -> bool {
        self.problems
    }
    /// What is filtered for.
    pub fn filtered(&self) -> Option<&str> {
        self.filter.as_deref()
    }
    /// The cluster of the selection.
    pub fn cluster(&self) -> Option<&ClusterRef> {
        self.selected.as_ref()?.cluster()
    }
    /// The profile of the selection.
    pub fn profile(&self) -> Option<&ProfileName> {
        self.selected.as_ref().map(NodeId::profile)
    }
    /// What the detail of the selection is of.
    pub fn detail(&self) -> Option<DetailOf> {
        Some(match self.selected.as_ref()? {
            NodeId::Profile(p) | NodeId::Note(p, None) => DetailOf::Profile(p.clone()),
            NodeId::Cluster(c) | NodeId::Note(_, Some(c)) => DetailOf::Cluster(c.clone()),
            NodeId::Zone(c, z) => DetailOf::Part(c.clone(), Scope::Zone(z.clone())),
            // The address is filled in from what was read; the ID is what identifies.
            NodeId::Server(c, z, s) => DetailOf::Part(
                c.clone(),
                Scope::Server { id: s.clone(), address: s.text().clone(), zone: z.clone() },
            ),
        })
    }
    /// Selects a cluster's row.
    pub fn select_cluster(&mut self, cluster: &ClusterRef) {
        self.selected = Some(NodeId::Cluster(cluster.clone()));
        self.folds.insert(NodeId::Profile(cluster.profile.clone()), true);
    }
    /// When the selection has rested long enough to be read for.
    pub fn settles_at(&self, now: Timestamp) -> Option<Timestamp> {
        self.moved.map(|t| t.plus(SETTLE)).filter(|t| *t > now)
    }
    /// Whether a row on the screen shows for how long a server has been stopped: its own, or that of its folded zone.
    pub fn shows_stopped(&self, cache: &Cache) -> bool {
        // The longest screen there is bounds the search.
        self.window(usize::from(crate::domain::limits::SCREEN_SIDE)).iter().take(100).any(|r| match &r.id {
            NodeId::Zone(c, name) if r.open == Some(false) => zones(cache, c)
                .iter()
                .filter(|z| z.name == *name)
                .any(|z| z.servers.iter().any(|s| s.away_since().is_some())),
            _ => server(cache, &r.id).is_some_and(|(_, s)| s.away_since().is_some()),
        })
    }

    /// Does what a key asks.
    pub fn command(&mut self, command: Command, cx: &Facts<'_>) -> Step {
        if let Some(to) = scroll::step(command, self.at, self.rows.len(), tree_rows(cx)) {
            self.select(to, cx);
            return Step::none();
        }
        match command {
            Command::Left => self.left(cx),
            Command::Right => self.right(cx),
            Command::Enter => return self.enter(cx),
            Command::Problems => return self.only_problems(cx),
            Command::Escape if self.problems => {
                self.problems = false;
                self.rebuild(cx);
            }
            Command::Stop => return self.ask(Verb::Stop, cx),
            Command::Start => return self.ask(Verb::Start, cx),
            Command::Restart => return self.ask(Verb::Restart, cx),
            Command::Actions => return self.actions(cx),
            Command::Copy => return self.value(cx).map_or_else(Step::none, |v| Step::go(Go::Copy(v))),
            Command::CopyBlock => return self.block(cx).map_or_else(Step::none, |v| Step::go(Go::Copy(v))),
            Command::Follow => {
                let task = self.selected.as_ref().and_then(|id| task_at(cx.cache, id));
                return Step::go(task.map_or(Go::Tasks, Go::Task));
            }
            _ => {}
        }
        Step::none()
    }
    /// A click in the pane: selects, and folds where it hits the mark of a fold.
    pub fn click(&mut self, x: u16, y: u16, cx: &Facts<'_>) -> Step {
        let bare = Form::of(cx.size) == Form::Plain;
        let Some(line) = y.checked_sub(if bare { 0 } else { 2 }) else { return Step::none() };
        let at = self.offset + usize::from(line);
        if usize::from(line) >= tree_rows(cx) || at >= self.rows.len() {
            return Step::none();
        }
        self.select(at, cx);
        let Some(row) = self.rows.get(at).cloned() else { return Step::none() };
        let mark = u16::from(!bare) + 1 + 2 * u16::from(row.depth);
        if let Some(open) = row.open
            && (mark..mark + 2).contains(&x)
        {
            self.fold(&row.id, !open, cx);
        }
        Step::none()
    }
    /// What it needs to have read: clusters of every profile, then what the rows on the screen show, nothing else (N18).
    pub fn wants(&self, cx: &Facts<'_>) -> Vec<Want> {
        let list = cx.settings.refresh;
        let mut wants: Vec<Want> = Vec::new();
        for p in &cx.settings.profiles {
            wants.push(Want { query: Query::Clusters(p.name.clone()), max_age: list });
            wants.push(Want { query: unfinished(&p.name), max_age: list });
        }
        let window = self.window(tree_rows(cx));
        let mut asked: HashSet<&ClusterRef> = HashSet::new();
        let settled = self.settles_at(cx.now).is_none();
        if let Some(c) = self.cluster() {
            asked.insert(c);
            wants.push(Want { query: Query::Zones(c.clone()), max_age: list });
            if settled {
                wants.push(Want { query: Query::Tenants(c.clone()), max_age: TENANTS_AGE });
                wants.push(Want { query: Query::Units(c.clone()), max_age: UNITS_AGE });
                wants.push(Want { query: Query::Parameters(c.clone()), max_age: PARAMETERS_AGE });
            }
        }
        for row in window {
            let open = row.open != Some(false) || row.depth > 1;
            if let Some(c) = row.id.cluster()
                && asked.insert(c)
            {
                let max_age = if open { list } else { FOLDED_AGE.max(list) };
                wants.push(Want { query: Query::Zones(c.clone()), max_age });
            }
        }
        // Rows scrolled past by a held key are not read for either, but those never read are shown as such.
        if !settled {
            wants.retain(|w| !matches!(w.query, Query::Zones(_)) || cx.cache.get(&w.query).is_some());
        }
        wants
    }
    /// What can be done here, most used first.
    pub fn offers(&self, cx: &Facts<'_>) -> Vec<Offer> {
        let offer = |command, word| Offer { command, word, can: Ok(()) };
        let can = |verb| self.action(verb, cx).and_then(|a| can(cx, &a));
        let mut offers = vec![offer(Command::Enter, "open")];
        for (command, word, verb) in [
            (Command::Stop, "stop", Verb::Stop),
            (Command::Start, "start", Verb::Start),
            (Command::Restart, "restart", Verb::Restart),
        ] {
            offers.push(Offer { command, word, can: can(verb) });
        }
        if self.selected.as_ref().and_then(|id| task_at(cx.cache, id)).is_some() {
            offers.push(offer(Command::Follow, "task"));
        }
        offers.extend([
            offer(Command::Problems, "problems"),
            offer(Command::Find, "find"),
            offer(Command::Actions, "actions"),
            offer(Command::ViewTasks, "tasks"),
            offer(Command::Left, "fold"),
            offer(Command::Right, "unfold"),
            offer(Command::OnlyMatches, "only matches"),
            offer(Command::Copy, "copy"),
            offer(Command::CopyBlock, "copy row"),
        ]);
        offers
    }
    /// Something was read: rows are made anew, the selection stays where it was.
    pub fn refresh(&mut self, cx: &Facts<'_>) -> Step {
        self.rebuild(cx);
        Step::none()
    }
    /// Looks for a name, from the selection on, folded rows too; `false` when nothing matches.
    pub fn find(&mut self, text: &str, forward: bool, cx: &Facts<'_>) -> bool {
        let wanted = text.to_lowercase();
        let all = self.build(cx, Folds::AllOpen);
        let here = self.selected.as_ref().and_then(|s| all.iter().position(|r| r.id == *s)).unwrap_or(0);
        let n = all.len();
        let hit = (1..=n).find_map(|step| {
            let ix = if forward { (here + step) % n } else { (here + n - step % n) % n };
            all.get(ix).filter(|r| matches_text(cx.cache, &r.id, &wanted))
        });
        let Some(hit) = hit.map(|r| r.id.clone()) else { return false };
        let mut up = hit.parent();
        while let Some(id) = up {
            up = id.parent();
            self.folds.insert(id, true);
        }
        self.selected = Some(hit);
        self.moved = Some(cx.now);
        self.rebuild(cx);
        true
    }
    /// Shows only what matches; `None` shows all again.
    pub fn filter(&mut self, text: Option<&str>) {
        self.filter = text.map(str::to_lowercase);
    }
    /// The value under the cursor: what a colleague would be told.
    pub fn value(&self, cx: &Facts<'_>) -> Option<Shown> {
        Some(match self.selected.as_ref()? {
            NodeId::Profile(p) | NodeId::Note(p, None) => p.shown().clone(),
            NodeId::Cluster(c) | NodeId::Note(_, Some(c)) => cluster(cx.cache, c)?.name.shown().clone(),
            NodeId::Zone(_, z) => z.shown().clone(),
            id @ NodeId::Server(..) => server(cx.cache, id)?.1.address.shown().clone(),
        })
    }
    fn block(&self, cx: &Facts<'_>) -> Option<Shown> {
        let id = self.selected.as_ref()?;
        let mut words = vec![id.profile().to_string()];
        if let Some(c) = id.cluster() {
            words.push(cluster(cx.cache, c).map(|c| c.name.to_string()).unwrap_or_default());
            words.push(c.id.to_string());
        }
        match id {
            NodeId::Zone(_, z) => words.push(z.to_string()),
            NodeId::Server(_, z, s) => {
                words.push(z.to_string());
                if let Some((_, server)) = server(cx.cache, id) {
                    words.push(format!("{} id {s} {}", server.address, server.status.word));
                }
            }
            NodeId::Profile(_) | NodeId::Cluster(_) | NodeId::Note(..) => {}
        }
        Some(Shown::whole(&words.join(" ")))
    }

    fn select(&mut self, at: usize, cx: &Facts<'_>) {
        let at = at.min(self.rows.len().saturating_sub(1));
        let id = self.rows.get(at).map(|r| r.id.clone());
        if id != self.selected {
            self.moved = Some(cx.now);
        }
        self.selected = id;
        self.at = at;
        self.scroll(cx);
    }
    fn scroll(&mut self, cx: &Facts<'_>) {
        self.offset = scroll::keep(self.offset, self.at, self.rows.len(), tree_rows(cx));
    }
    fn fold(&mut self, id: &NodeId, open: bool, cx: &Facts<'_>) {
        self.folds.insert(id.clone(), open);
        self.rebuild(cx);
        if open && let Some(row) = self.rows.get(self.at) {
            // What was unfolded comes into view as far as it fits, the row itself staying there.
            let depth = row.depth;
            let below = self.rows.iter().skip(self.at + 1).take_while(|r| r.depth > depth).count();
            let page = tree_rows(cx).max(1);
            self.offset = self.offset.max((self.at + below + 1).saturating_sub(page)).min(self.at);
        }
    }
    fn left(&mut self, cx: &Facts<'_>) {
        let Some(row) = self.rows.get(self.at).cloned() else { return };
        if row.open == Some(true) {
            self.fold(&row.id, false, cx);
        } else if let Some(at) = row.id.parent().and_then(|p| self.rows.iter().position(|r| r.id == p)) {
            self.select(at, cx);
        }
    }
    fn right(&mut self, cx: &Facts<'_>) {
        let Some(row) = self.rows.get(self.at).cloned() else { return };
        match row.open {
            Some(false) => self.fold(&row.id, true, cx),
            Some(true) => self.select(self.at + 1, cx),
            None => {}
        }
    }
    fn enter(&mut self, cx: &Facts<'_>) -> Step {
        let Some(of) = self.detail() else { return Step::none() };
        Step::go(Go::Detail(with_address(of, cx.cache)))
    }
    fn only_problems(&mut self, cx: &Facts<'_>) -> Step {
        self.problems = !self.problems;
        self.rebuild(cx);
        if self.problems && self.rows.is_empty() {
            self.problems = false;
            self.rebuild(cx);
            return Step::go(Go::Notice(Notice::NoProblem));
        }
        Step::none()
    }
    /// The action a verb would be on the selection.
    fn action(&self, verb: Verb, cx: &Facts<'_>) -> Result<Action, WhyNot> {
        let (cluster, scope) = self.target(cx).ok_or(WhyNot::NothingSelected)?;
        Ok(mildest(verb, &cluster, &scope, cx))
    }
    /// What of which cluster is selected.
    pub fn target(&self, cx: &Facts<'_>) -> Option<(ClusterRef, Scope)> {
        match self.selected.as_ref()? {
            NodeId::Profile(_) | NodeId::Note(..) => None,
            NodeId::Cluster(c) => Some((c.clone(), Scope::Cluster)),
            NodeId::Zone(c, z) => Some((c.clone(), Scope::Zone(z.clone()))),
            id @ NodeId::Server(c, z, s) => {
                let (_, server) = server(cx.cache, id)?;
                let address = server.address.clone();
                Some((c.clone(), Scope::Server { id: s.clone(), address, zone: z.clone() }))
            }
        }
    }
    fn ask(&self, verb: Verb, cx: &Facts<'_>) -> Step {
        ask(self.target(cx), verb, cx)
    }
    fn actions(&self, cx: &Facts<'_>) -> Step {
        let mut step = actions(self.target(cx), cx);
        let task = self.selected.as_ref().and_then(|id| task_at(cx.cache, id));
        if let (Some(task), [Go::Actions(offers)]) = (task, step.go.as_mut_slice()) {
            offers.push(ActionOffer { word: "open task", go: Go::Task(task), can: Ok(()) });
        }
        step
    }

    fn rebuild(&mut self, cx: &Facts<'_>) {
        self.rows = self.build(cx, Folds::AsTheyAre);
        let found = match (&self.selected, self.rows.get(self.at)) {
            (Some(s), Some(row)) if row.id == *s => Some(self.at),
            (Some(s), _) => self.rows.iter().position(|r| r.id == *s),
            (None, _) => None,
        };
        match found {
            Some(at) => self.at = at,
            // What was selected is gone or folded away: its parent, else the row that took its place.
            None => self.fall_back(),
        }
        self.scroll(cx);
    }
    fn fall_back(&mut self) {
        let mut up = self.selected.as_ref().and_then(NodeId::parent);
        while let Some(id) = up {
            if let Some(at) = self.rows.iter().position(|r| r.id == id) {
                self.at = at;
                // A note that gave way to what it announced leaves the cursor on the first of it.
                if matches!(self.selected, Some(NodeId::Note(..))) && at + 1 < self.rows.len() {
                    self.at = at + 1;
                }
                self.selected = self.rows.get(self.at).map(|r| r.id.clone());
                return;
            }
            up = id.parent();
        }
        self.at = self.at.min(self.rows.len().saturating_sub(1));
        self.selected = self.rows.get(self.at).map(|r| r.id.clone());
    }
}

/// Whether anything of a cluster is down: the console's own word for it is DEGRADED.
pub fn is_degraded(c: &Cluster, zones: &[Zone]) -> bool {
    c.status.is != Health::Up || c.unreachable.is_some() || zones.iter().any(|z| !z.is_whole())
}

/// Rows of the tree that a pane has room for.
pub fn tree_rows(cx: &Facts<'_>) -> usize {
    if Form::of(cx.size) == Form::Plain {
        return usize::from(cx.pane.height);
    }
    usize::from(cx.pane.height).saturating_sub(3 + strip_rows(cx.size, cx.pane))
}

/// Rows of the strip below the tree, its rule included. Where the detail stands beside it there is none.
pub fn strip_rows(size: Size, pane: Size) -> usize {
    match Form::of(size) {
        Form::One if pane.height >= 14 => 3,
        Form::TooSmall | Form::Plain | Form::One | Form::Two | Form::Three => 0,
    }
}
