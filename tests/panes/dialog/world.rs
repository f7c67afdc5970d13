//! A small world for dialogs: a three-zone cluster, a two-zone one, and one with hostile names; time moved by hand.

use obdeck::app::cache::Cache;
use obdeck::app::effect::{Answer, Query, Reply, Ticket};
use obdeck::app::facts::Facts;
use obdeck::app::key::{Key, KeyCode, Size};
use obdeck::app::overlays::DialogStep;
use obdeck::app::overlays::dialog::Dialog;
use obdeck::app::settings::{ProfileFacts, Settings};
use obdeck::domain::action::{Action, Scope, Verb};
use obdeck::domain::capability::PlaneKind;
use obdeck::domain::guard::{Danger, Rules};
use obdeck::domain::id::{ClusterId, ClusterRef, ProfileName, ServerId, TraceId, ZoneName};
use obdeck::domain::outcome::{Lookup, ReadError, ReadErrorKind, Refused};
use obdeck::domain::request::{Header, HeaderValue, Planned};
use obdeck::domain::secret::Secret;
use obdeck::domain::shown::Text;
use obdeck::domain::task::{Task, TaskFilter, TaskGraph, TaskSummary};
use obdeck::domain::time::{Span, Timestamp};
use obdeck::domain::topology::{Cluster, Parameter, Server, Tenant, Unit, Zone};
use obdeck::plane::ControlPlane as _;
use obdeck::plane::obshell::{Obshell, ObshellProfile};
use obdeck::tui::look::Look;
use obdeck::tui::theme::Theme;
use ratatui::layout::Rect;

use crate::support::samples;
use crate::support::settings::{profile as facts, settings};

/// The key that opens a stop dialog.
pub const S: Key = Key::char('S');

pub struct World {
    pub cache: Cache,
    pub settings: Settings,
    pub now: Timestamp,
}

pub fn profile() -> ProfileName {
    ProfileName::new("prod")
}

pub fn at(id: &str) -> ClusterRef {
    ClusterRef { profile: profile(), id: ClusterId::new(id) }
}

pub fn server(zone: &str, id: &str, address: &str) -> Server {
    Server { id: ServerId::new(id), with_root_server: true, ..samples::server(zone, address) }
}

pub fn cluster(id: &str, name: &str, zones: &[&str]) -> Cluster {
    let zone = |(n, zone): (usize, &&str)| {
        let server = server(zone, &format!("{}", 100 + n), &format!("10.0.{}.11:2882", n + 1));
        Zone { server_count: Some(1), ..samples::zone(zone, vec![server]) }
    };
    let zones = zones.iter().enumerate().map(zone).collect();
    Cluster { at: at(id), name: Text::new(name), ..samples::cluster(zones) }
}

pub fn task(id: &str, name: &str, state: &str) -> TaskSummary {
    TaskSummary {
        name: Text::new(name),
        target: Text::new("zone3"),
        started: Timestamp::parse("2026-11-21T14:03:23Z"),
        ..samples::summary(id, state)
    }
}

pub fn whole(head: TaskSummary) -> Task {
    Task { executor: Text::new("10.9.0.7"), ..samples::task(head, TaskGraph::default()) }
}

pub fn planned(action: &Action) -> Planned {
    let (path, body) = match action {
        Action::Cluster(a) => {
            let of = match &a.scope {
                Scope::Cluster => String::new(),
                Scope::Zone(z) => format!(
                    "/zones/{}",
                    z.raw().replace('\u{202e}', "%E2%80%AE").replace('\u{435}', "%D0%B5")
                ),
                Scope::Server { id, .. } => format!("/servers/{}", id.raw()),
            };
            let body =
                matches!(a.scope, Scope::Server { .. }).then(|| format!("{{\"force\":{}}}", a.force.force));
            (format!("/api/v2/ob/clusters/{}{of}/{}", a.cluster.id.raw(), a.verb.word()), body)
        }
        Action::Task { task, verb } => {
            (format!("/api/v2/tasks/instances/{}/{}", task.id.raw(), verb.word()), None)
        }
        Action::Subtask { task, subtask, verb } => (
            format!("/api/v2/tasks/instances/{}/subtasks/{}/{}", task.id.raw(), subtask.raw(), verb.word()),
            None,
        ),
    };
    Planned {
        method: "POST",
        origin: "https://ocp.example.com:8443".to_owned(),
        socket: None,
        path_and_query: path,
        headers: vec![Header { name: "authorization".to_owned(), value: HeaderValue::Masked("Basic ***") }],
        body,
        user: "oncall".to_owned(),
        timeout: Span::from_secs(60),
    }
}

/// What the adapter itself plans: it needs no network for that.
pub fn agents_plan(action: &Action) -> Planned {
    let url = "http://10.0.1.11:2886".to_owned();
    let settings = ObshellProfile::new(profile(), url, Secret::new("canary-4711".to_owned()));
    let now = std::sync::Arc::new(|| Timestamp::from_millis(0));
    Obshell::connect(settings, now).expect("connects").plan(action).expect("is offered")
}

pub fn error(why: &str) -> ReadError {
    ReadError {
        kind: ReadErrorKind::Forbidden,
        http: 403,
        what: Text::new("GET /zones"),
        why: Text::new(why),
        code: Text::default(),
        trace: None,
        wait: None,
    }
}

pub fn refused_409() -> Refused {
    Refused {
        kind: ReadErrorKind::Conflict,
        http: 409,
        code: Text::new("11020"),
        message: Text::new("The cluster protoss is being operated by task 89026504."),
        trace: Some(TraceId::new("71e073145dba4fc8")),
    }
}

pub fn lookup(now: Timestamp) -> Lookup {
    Lookup {
        profile: profile(),
        cluster: Some(ClusterId::new("12000001")),
        task: None,
        name: Text::new("Stop OB zone"),
        sent: now,
    }
}

impl World {
    pub fn new(clusters: Vec<Cluster>) -> Self {
        let rules = Rules { danger: Danger::High, ..Rules::default() };
        let settings = settings(vec![ProfileFacts { rules, ..facts("prod") }]);
        let now = Timestamp::parse("2026-11-21T14:03:20Z").expect("a time");
        let mut world = Self { cache: Cache::default(), settings, now };
        world.read_clusters(clusters);
        world
    }
    pub fn three() -> Self {
        Self::new(vec![cluster("12000001", "protoss", &["zone1", "zone2", "zone3"])])
    }
    /// The same cluster looked after by agents.
    pub fn agents() -> Self {
        let mut c = cluster("12000001", "edge", &["zone1", "zone2", "zone3"]);
        for s in c.zones.iter_mut().flat_map(|z| &mut z.servers) {
            s.id = ServerId::new(&s.address.raw().replace(":2882", ":2886"));
        }
        let mut world = Self::new(vec![c]);
        let facts = &mut world.settings.profiles[0];
        facts.capabilities.kind = PlaneKind::Obshell;
        facts.rules.danger = Danger::Normal;
        facts.origin = String::from("http://10.0.1.11:2886");
        facts.user = String::from("root@sys");
        world
    }
    pub fn two() -> Self {
        Self::new(vec![cluster("12000001", "meta02", &["zone1", "zone2"])])
    }
    pub fn answer(&mut self, query: Query, reply: Reply) {
        let answer = Answer { reply, trace: None, server_time: None, took: Span::from_millis(12) };
        self.cache.entry(&query).answer = Some((answer, self.now));
    }
    pub fn fail(&mut self, query: &Query, why: &str) {
        self.cache.entry(query).error = Some((error(why), self.now));
    }
    pub fn read_clusters(&mut self, clusters: Vec<Cluster>) {
        for c in &clusters {
            self.answer(Query::Zones(c.at.clone()), Reply::Zones(c.zones.clone()));
            self.read_tasks(&c.at, true, Vec::new());
            self.read_tenants(c, &["sys"]);
        }
        self.answer(Query::Clusters(profile()), Reply::Clusters(clusters));
    }
    /// Tenants with a full replica in every zone or, as `name@zone2`, in one; each unit on the first OBServer.
    pub fn read_tenants(&mut self, c: &Cluster, names: &[&str]) {
        let mut tenants = Vec::new();
        let mut units = Vec::new();
        for plan in names {
            let (name, only) = plan.split_once('@').map_or((*plan, None), |(n, z)| (n, Some(z)));
            let zones: Vec<&Zone> =
                c.zones.iter().filter(|z| only.is_none_or(|o| o == z.name.raw())).collect();
            let names: Vec<&str> = zones.iter().map(|z| z.name.raw()).collect();
            let locality: Vec<String> = names.iter().map(|z| format!("FULL{{1}}@{z}")).collect();
            tenants.push(Tenant {
                cluster: c.at.id.clone(),
                primary_zone: Text::new(if name == "sys" { "RANDOM" } else { "zone2;zone1" }),
                locality: Text::new(&locality.join(", ")),
                ..samples::tenant(name, &names)
            });
            units.extend(zones.iter().map(|z| Unit {
                server: z.servers.first().map(|s| s.id.clone()),
                ..samples::unit(name, z.name.raw())
            }));
        }
        self.answer(Query::Tenants(c.at.clone()), Reply::Tenants(tenants));
        self.answer(Query::Units(c.at.clone()), Reply::Units(units));
        let limit =
            Parameter { name: Text::new("server_permanent_offline_time"), values: vec![Text::new("3600s")] };
        self.answer(Query::Parameters(c.at.clone()), Reply::Parameters(vec![limit]));
    }
    pub fn read_tasks(&mut self, at: &ClusterRef, unfinished: bool, tasks: Vec<TaskSummary>) {
        let filter = TaskFilter { cluster: Some(at.id.clone()), unfinished, ..TaskFilter::default() };
        self.answer(Query::Tasks(at.profile.clone(), filter), Reply::Tasks(tasks));
    }
    /// Reads everything again as it is, so that it is fresh.
    pub fn reread(&mut self) {
        for (_, known) in self.cache.iter_mut() {
            if let Some((_, at)) = &mut known.answer {
                *at = self.now;
            }
        }
    }
    pub fn pass(&mut self, ms: i64) {
        self.now = self.now.plus(Span::from_millis(ms));
    }
    pub fn facts(&self) -> Facts<'_> {
        let size = Size { width: 80, height: 24 };
        Facts { cache: &self.cache, settings: &self.settings, now: self.now, size, pane: size }
    }
}

/// A dialog in its world, with the core's part played: plans are answered, frames painted.
pub struct Play {
    pub world: World,
    pub dialog: Dialog,
}

impl Play {
    pub fn open(world: World, verb: Verb, scope: Scope) -> Self {
        let dialog = Dialog::new(verb, at("12000001"), scope, S, world.now);
        let mut play = Self { world, dialog };
        play.turn();
        play
    }
    /// Opened, painted, and looked at for two seconds.
    pub fn ready(world: World, verb: Verb, scope: Scope) -> Self {
        let mut play = Self::open(world, verb, scope);
        play.dialog.painted(play.world.now);
        play.world.pass(2000);
        play.turn();
        play.dialog.painted(play.world.now);
        play.world.pass(500);
        play
    }
    /// What the core does after each message: answers plans, tells the dialog.
    pub fn turn(&mut self) {
        for _ in 0..2 {
            self.dialog.refresh(&self.world.facts());
            for want in self.dialog.wants(&self.world.facts()) {
                if let Query::Plan(action) = &want.query
                    && self.world.cache.get(&want.query).is_none()
                {
                    let plan = match self.world.settings.profiles[0].capabilities.kind {
                        PlaneKind::Ocp => planned(action),
                        PlaneKind::Obshell => agents_plan(action),
                    };
                    self.world.answer(want.query.clone(), Reply::Plan(Ok(plan)));
                }
            }
        }
        self.dialog.refresh(&self.world.facts());
    }
    /// A key, then a frame, then half a second.
    pub fn press(&mut self, key: Key) -> DialogStep {
        let step = self.dialog.key(key, &self.world.facts());
        self.turn();
        self.dialog.painted(self.world.now);
        self.world.pass(450);
        step
    }
    pub fn char(&mut self, c: char) -> DialogStep {
        self.press(Key::char(c))
    }
    pub fn code(&mut self, code: KeyCode) -> DialogStep {
        self.press(Key::plain(code))
    }
    /// Types a text without waiting between the letters.
    pub fn type_text(&mut self, text: &str) {
        for c in text.chars() {
            let step = self.dialog.key(Key::char(c), &self.world.facts());
            assert_eq!(step, DialogStep::Nothing, "a letter typed is no command");
            self.world.pass(20);
        }
        self.turn();
        self.dialog.painted(self.world.now);
        self.world.pass(450);
    }
    pub fn tab(&mut self) -> DialogStep {
        self.code(KeyCode::Tab)
    }
    pub fn yes_to(&mut self) -> DialogStep {
        self.char('y')
    }
    pub fn sent(&mut self) {
        self.dialog.sent(Ticket(7));
    }
    pub fn frame(&self, width: u16, height: u16) -> String {
        let (dialog, facts) = (&self.dialog, self.world.facts());
        frame(width, height, false, |f, area, look| {
            obdeck::tui::overlays::dialog::draw(f, area, dialog, &facts, look);
        })
    }
}

pub fn zone(name: &str) -> Scope {
    Scope::Zone(ZoneName::new(name))
}

pub fn one_server() -> Scope {
    Scope::Server {
        id: ServerId::new("101"),
        address: Text::new("10.0.2.11:2882"),
        zone: ZoneName::new("zone2"),
    }
}

/// A whole frame as text: row 1 is the core's.
pub fn frame(
    width: u16,
    height: u16,
    ascii: bool,
    draw: impl FnOnce(&mut ratatui::Frame<'_>, Rect, &Look),
) -> String {
    let look = Look { theme: Theme::default(), ascii };
    super::super::text_of(Size { width, height }, |f| {
        if !f.area().is_empty() {
            f.buffer_mut().set_string(0, 0, " (the context line)", ratatui::style::Style::default());
        }
        let area = Rect { x: 0, y: 1, width, height: height.saturating_sub(1) };
        draw(f, area, &look);
    })
}
