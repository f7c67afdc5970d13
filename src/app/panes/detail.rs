//! What is inside a cluster, zone or OBServer: servers, tenants, tasks (screens 6).

use super::scroll;
use super::topology::{NodeId, actions, ask, cluster, may, server, unfinished, zones};
use crate::app::cache::Cache;
use crate::app::command::Command;
use crate::app::effect::{Query, Want};
use crate::app::facts::{DetailOf, Facts, Go, Offer, Step};
use crate::app::views::Form;
use crate::domain::action::{Scope, Verb};
use crate::domain::id::{ClusterRef, TaskRef, TenantId};
use crate::domain::shown::Shown;
use crate::domain::task::TaskSummary;
use crate::domain::time::Span;
use crate::domain::topology::{Server, Tenant};

/// How old tenants and parameters may be.
const SLOW_AGE: Span = Span::from_secs(60);

/// What is listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Tab {
    /// OBServers.
    #[default]
    Servers,
    /// Tenants.
    Tenants,
    /// Tasks that still hold the cluster.
    Tasks,
}

impl Tab {
    /// All of them.
    pub const ALL: [Tab; 3] = [Tab::Servers, Tab::Tenants, Tab::Tasks];
    /// Its title.
    pub fn title(self) -> &'static str {
        match self {
            Tab::Servers => "Servers",
            Tab::Tenants => "Tenants",
            Tab::Tasks => "Tasks",
        }
    }
}

/// Names a row of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RowId {
    /// A server.
    Server(NodeId),
    /// A tenant.
    Tenant(TenantId),
    /// A task.
    Task(TaskRef),
}

/// State of the pane.
#[derive(Debug, Default)]
pub struct Detail {
    of: Option<DetailOf>,
    tab: Tab,
    selected: Option<RowId>,
    at: usize,
    offset: usize,
    filter: Option<String>,
}

impl Detail {
    /// Shows another thing; the tab stays, so that walking the tree compares like with like.
    pub fn show(&mut self, of: DetailOf) {
        if self.of.as_ref().is_none_or(|o| !is_same(o, &of)) {
            self.selected = None;
            self.at = 0;
            self.offset = 0;
        }
        self.of = Some(of);
    }
    /// What it shows.
    pub fn of(&self) -> Option<&DetailOf> {
        self.of.as_ref()
    }
    /// Which list.
    pub fn tab(&self) -> Tab {
        self.tab
    }
    /// Index of the selected row and of the first one shown.
    pub fn at(&self) -> (usize, usize) {
        (self.at, self.offset)
    }
    /// The cluster it is about.
    pub fn cluster(&self) -> Option<&ClusterRef> {
        match self.of.as_ref()? {
            DetailOf::Profile(_) => None,
            DetailOf::Cluster(c) | DetailOf::Part(c, _) => Some(c),
        }
    }
    /// The zone or server it is about; the whole cluster otherwise.
    pub fn scope(&self) -> Scope {
        match &self.of {
            Some(DetailOf::Part(_, scope)) => scope.clone(),
            Some(DetailOf::Cluster(_) | DetailOf::Profile(_)) | None => Scope::Cluster,
        }
    }
    /// The servers it lists.
    pub fn servers<'a>(&self, cache: &'a Cache) -> Vec<&'a Server> {
        let Some(c) = self.cluster() else { return Vec::new() };
        let scope = self.scope();
        zones(cache, c)
            .iter()
            .flat_map(|z| z.servers.iter())
            .filter(|s| match &scope {
                Scope::Cluster => true,
                Scope::Zone(z) => s.zone == *z,
                Scope::Server { id, .. } => s.id == *id,
            })
            .filter(|s| self.passes(s.address.shown()))
            .collect()
    }
    /// The tenants it lists: those with a replica in the zone, where a zone or server is shown.
    pub fn tenants<'a>(&self, cache: &'a Cache) -> Vec<&'a Tenant> {
        let Some(list) = self.cluster().and_then(|c| cache.tenants(c)) else { return Vec::new() };
        let scope = self.scope();
        list.iter()
            .filter(|t| match &scope {
                Scope::Cluster => true,
                Scope::Zone(z) | Scope::Server { zone: z, .. } => t.zones.is_empty() || t.zones.contains(z),
            })
            .filter(|t| self.passes(t.name.shown()))
            .collect()
    }
    /// The tasks it lists.
    pub fn tasks<'a>(&self, cache: &'a Cache) -> Vec<&'a TaskSummary> {
        let Some(c) = self.cluster() else { return Vec::new() };
        let Query::Tasks(profile, filter) = unfinished(&c.profile) else { return Vec::new() };
        let Some(list) = cache.tasks(&profile, &filter) else { return Vec::new() };
        list.iter().filter(|t| t.cluster.as_ref() == Some(c) && self.passes(t.name.shown())).collect()
    }
    /// Whether a server it shows is stopped: its time runs.
    pub fn shows_stopped(&self, cache: &Cache) -> bool {
        self.servers(cache).iter().any(|s| s.away_since().is_some())
    }
    fn passes(&self, name: &Shown) -> bool {
        self.filter.as_ref().is_none_or(|f| name.as_str().to_lowercase().contains(f))
    }
    fn rows(&self, cache: &Cache) -> Vec<(RowId, Shown)> {
        match (self.tab, self.cluster()) {
            (_, None) => Vec::new(),
            (Tab::Servers, Some(c)) => self
                .servers(cache)
                .into_iter()
                .map(|s| {
                    let id = NodeId::Server(c.clone(), s.zone.clone(), s.id.clone());
                    (RowId::Server(id), s.address.shown().clone())
                })
                .collect(),
            (Tab::Tenants, Some(_)) => self
                .tenants(cache)
                .into_iter()
                .map(|t| (RowId::Tenant(t.id.clone()), t.name.shown().clone()))
                .collect(),
            (Tab::Tasks, Some(_)) => self
                .tasks(cache)
                .into_iter()
                .map(|t| (RowId::Task(t.at.clone()), t.at.id.shown().clone()))
                .collect(),
        }
    }

    /// Does what a key asks.
    pub fn command(&mut self, command: Command, cx: &Facts<'_>) -> Step {
        if let Some(to) = scroll::step(command, self.at, self.rows(cx.cache).len(), list_rows(cx)) {
            self.select(to, cx);
            return Step::none();
        }
        match command {
            Command::Left | Command::PreviousPane => self.turn(Tab::ALL.len() - 1, cx),
            Command::Right | Command::NextPane => self.turn(1, cx),
            Command::Enter => return self.enter(cx),
            Command::Stop => return ask(self.target(cx), Verb::Stop, cx),
            Command::Start => return ask(self.target(cx), Verb::Start, cx),
            Command::Restart => return ask(self.target(cx), Verb::Restart, cx),
            Command::Actions => return actions(self.target(cx), cx),
            Command::Copy => return self.value(cx).map_or_else(Step::none, |v| Step::go(Go::Copy(v))),
            Command::CopyBlock => {
                let rows = self.rows(cx.cache);
                let all: Vec<&str> = rows.iter().map(|(_, name)| name.as_str()).collect();
                return Step::go(Go::Copy(Shown::whole(&all.join(" "))));
            }
            Command::Follow => {
                return match self.tasks(cx.cache).first() {
                    Some(task) => Step::go(Go::Task(task.at.clone())),
                    None => Step::go(Go::Tasks),
                };
            }
            _ => {}
        }
        Step::none()
    }
    /// A click: the row under it.
    pub fn click(&mut self, _x: u16, y: u16, cx: &Facts<'_>) -> Step {
        if let Some(line) = usize::from(y).checked_sub(HEAD_ROWS + 3)
            && line < list_rows(cx)
        {
            self.select(self.offset + line, cx);
        }
        Step::none()
    }
    /// What it needs to have read.
    pub fn wants(&self, cx: &Facts<'_>) -> Vec<Want> {
        let list = cx.settings.refresh;
        let want = |query, max_age| Want { query, max_age };
        match &self.of {
            None => Vec::new(),
            Some(DetailOf::Profile(p)) => {
                vec![want(Query::Clusters(p.clone()), list), want(Query::Info(p.clone()), SLOW_AGE)]
            }
            Some(DetailOf::Cluster(c) | DetailOf::Part(c, _)) => {
                let mut wants = vec![
                    want(Query::Zones(c.clone()), list),
                    want(Query::Clusters(c.profile.clone()), list),
                    want(unfinished(&c.profile), list),
                ];
                // Beside the tree the selection moves fast: the tree asks for these once it rests.
                if Form::of(cx.size) == Form::One || cx.pane.width == cx.size.width {
                    wants.push(want(Query::Tenants(c.clone()), SLOW_AGE));
                    wants.push(want(Query::Units(c.clone()), SLOW_AGE));
                    wants.push(want(Query::Parameters(c.clone()), SLOW_AGE));
                }
                wants
            }
        }
    }
    /// What can be done here, most used first.
    pub fn offers(&self, cx: &Facts<'_>) -> Vec<Offer> {
        let offer = |command, word| Offer { command, word, can: Ok(()) };
        let target = self.target(cx);
        let verb = |command, word, verb| Offer { command, word, can: may(target.as_ref(), verb, cx) };
        vec![
            offer(Command::Enter, "open"),
            offer(Command::Right, "next tab"),
            verb(Command::Stop, "stop", Verb::Stop),
            verb(Command::Start, "start", Verb::Start),
            verb(Command::Restart, "restart", Verb::Restart),
            offer(Command::Actions, "actions"),
            offer(Command::Copy, "copy"),
            offer(Command::CopyBlock, "copy all"),
            offer(Command::Left, "previous tab"),
            offer(Command::Find, "find"),
            offer(Command::Follow, "task"),
        ]
    }
    /// Something was read: the selection stays on its row.
    pub fn refresh(&mut self, cx: &Facts<'_>) -> Step {
        let rows = self.rows(cx.cache);
        if let Some(at) = self.selected.as_ref().and_then(|s| rows.iter().position(|(id, _)| id == s)) {
            self.at = at;
        }
        self.select(self.at, cx);
        Step::none()
    }
    /// Looks for a name in the list.
    pub fn find(&mut self, text: &str, forward: bool, cx: &Facts<'_>) -> bool {
        let wanted = text.to_lowercase();
        let rows = self.rows(cx.cache);
        let n = rows.len();
        let hit = (1..=n).find_map(|step| {
            let ix = if forward { (self.at + step) % n } else { (self.at + n - step % n) % n };
            rows.get(ix).filter(|(_, name)| name.as_str().to_lowercase().contains(&wanted)).map(|_| ix)
        });
        if let Some(ix) = hit {
            self.select(ix, cx);
        }
        hit.is_some()
    }
    /// Shows only what matches; `None` shows all again.
    pub fn filter(&mut self, text: Option<&str>) {
        self.filter = text.map(str::to_lowercase);
    }
    /// The value under the cursor.
    pub fn value(&self, cx: &Facts<'_>) -> Option<Shown> {
        self.rows(cx.cache).into_iter().nth(self.at).map(|(_, name)| name)
    }
    /// What an action here would be on: the server under the cursor, else what the pane is about.
    pub fn target(&self, cx: &Facts<'_>) -> Option<(ClusterRef, Scope)> {
        let c = self.cluster()?.clone();
        if let (Tab::Servers, Some(RowId::Server(id @ NodeId::Server(_, zone, sid)))) =
            (self.tab, &self.selected)
        {
            let (_, s) = server(cx.cache, id)?;
            let scope = Scope::Server { id: sid.clone(), address: s.address.clone(), zone: zone.clone() };
            return Some((c, scope));
        }
        cluster(cx.cache, &c)?;
        Some((c, self.scope()))
    }
    fn enter(&mut self, cx: &Facts<'_>) -> Step {
        match (&self.selected, self.target(cx)) {
            (Some(RowId::Task(task)), _) => Step::go(Go::Task(task.clone())),
            (Some(RowId::Server(_)), Some((c, scope))) => Step::go(Go::Detail(DetailOf::Part(c, scope))),
            (Some(RowId::Tenant(_) | RowId::Server(_)) | None, _) => Step::none(),
        }
    }
    fn turn(&mut self, by: usize, cx: &Facts<'_>) {
        let at = Tab::ALL.iter().position(|t| *t == self.tab).unwrap_or(0);
        self.tab = Tab::ALL.get((at + by) % Tab::ALL.len()).copied().unwrap_or_default();
        self.selected = None;
        self.at = 0;
        self.offset = 0;
        self.refresh(cx);
    }
    fn select(&mut self, at: usize, cx: &Facts<'_>) {
        let rows = self.rows(cx.cache);
        let count = rows.len();
        self.at = at.min(count.saturating_sub(1));
        self.selected = rows.into_iter().nth(self.at).map(|(id, _)| id);
        self.offset = scroll::keep(self.offset, self.at, count, list_rows(cx));
    }
}

/// Lines above the list: what the thing is.
pub const HEAD_ROWS: usize = 3;

/// Rows of the list that a pane has room for.
pub fn list_rows(cx: &Facts<'_>) -> usize {
    let rows = usize::from(cx.pane.height);
    if Form::of(cx.size) == Form::Plain {
        return rows.saturating_sub(2);
    }
    // Frame above and below, the head, the rule with the tabs, the names of the columns.
    rows.saturating_sub(HEAD_ROWS + 4)
}

/// Whether two are of the same thing, whatever is known of its address.
fn is_same(a: &DetailOf, b: &DetailOf) -> bool {
    match (a, b) {
        (DetailOf::Part(c, Scope::Server { id, .. }), DetailOf::Part(d, Scope::Server { id: other, .. })) => {
            c == d && id == other
        }
        _ => a == b,
    }
}
