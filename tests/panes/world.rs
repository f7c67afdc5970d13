//! A hand-made world: it answers the console's reads at once, and a driver that types and draws.

#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::result_large_err,
    reason = "test code: a wrong world must stop the test"
)]

use std::cell::RefCell;

use obdeck::app::effect::{Answer, Effect, Query, Reply, Ticket};
use obdeck::app::key::{Key, KeyCode, Size};
use obdeck::app::model::Model;
use obdeck::app::msg::Msg;
use obdeck::app::settings::Settings;
use obdeck::app::update::update;
use obdeck::domain::guard::Danger;
use obdeck::domain::id::{ClusterRef, ProfileName, TaskRef};
use obdeck::domain::outcome::{ReadError, ReadErrorKind};
use obdeck::domain::status::{Health, health};
use obdeck::domain::task::{LogText, Progress, Task, TaskSummary};
use obdeck::domain::time::{Span, Timestamp};
use obdeck::domain::topology::{Cluster, Parameter, PlaneInfo, Server, Tenant, Zone};
use obdeck::tui::look::Look;
use obdeck::tui::theme::{Palette, Theme};

use crate::support::samples;
pub(crate) use crate::support::settings::{profile, settings};

/// 2026-11-21T14:03:22Z: every test begins here.
pub fn start() -> Timestamp {
    Timestamp::parse("2026-11-21T14:03:22Z").expect("a time")
}

pub fn cluster_ref(profile: &str, id: &str) -> ClusterRef {
    ClusterRef { profile: profile.into(), id: id.into() }
}

/// A cluster with so many servers in each zone, all up.
pub fn cluster(profile: &str, id: &str, name: &str, zones: &[usize]) -> Cluster {
    let zones: Vec<Zone> = zones.iter().enumerate().map(|(z, n)| zone(id, z + 1, *n)).collect();
    Cluster {
        at: cluster_ref(profile, id),
        name: name.into(),
        server_count: Some(zones.iter().map(|z| z.servers.len() as u32).sum()),
        ..samples::cluster(zones)
    }
}

fn zone(cluster: &str, z: usize, servers: usize) -> Zone {
    let name = format!("zone{z}");
    let server = |s: usize| Server {
        id: format!("{cluster}{z}{s}").as_str().into(),
        with_root_server: s == 0,
        started: Some(start().plus(Span::from_secs(-41 * 86_400))),
        ..samples::server(&name, &format!("10.0.{z}.{}:2882", s + 11))
    };
    Zone {
        idc: format!("hz-{}", ["a", "b", "c"].get(z - 1).unwrap_or(&"z")).as_str().into(),
        server_count: Some(servers as u32),
        ..samples::zone(&name, (0..servers).map(server).collect())
    }
}

/// Stops the first server of a zone `secs` before the start.
pub fn stop_first(cluster: &mut Cluster, zone: usize, secs: i64) {
    let z = &mut cluster.zones[zone];
    z.status = health("STOPPING");
    let s = &mut z.servers[0];
    s.status = health("STOPPED");
    s.stopped = Some(start().plus(Span::from_secs(-secs)));
    assert_eq!(s.status.is, Health::Stopped);
}

pub fn tenant(name: &str, primary: &str, zones: &[&str]) -> Tenant {
    Tenant { primary_zone: primary.into(), ..samples::tenant(name, zones) }
}

pub fn task(profile: &str, cluster: &str, id: &str, word: &str, target: &str) -> TaskSummary {
    TaskSummary {
        at: TaskRef { profile: profile.into(), id: id.into() },
        cluster: Some(cluster_ref(profile, cluster)),
        target: target.into(),
        started: Some(start().plus(Span::from_secs(-133))),
        progress: Progress { done: 4, all: 10, active: 1, ..Progress::default() },
        ..samples::summary(id, word)
    }
}

pub fn read_error(kind: ReadErrorKind, http: u16) -> ReadError {
    ReadError {
        kind,
        http,
        what: "GET /api/v2/ob/clusters".into(),
        why: "connection refused by ocp.example.com:8443".into(),
        code: "".into(),
        trace: Some("71e073145dba4fc8".into()),
        wait: None,
    }
}

/// What there is behind the reads.
#[derive(Default)]
pub struct World {
    pub clusters: Vec<Cluster>,
    pub tenants: Vec<Tenant>,
    pub tasks: Vec<TaskSummary>,
    /// The one task that can be read whole.
    pub whole: Option<Task>,
    /// Every read fails with this.
    pub down: Option<ReadError>,
    /// Audit events; `None`: the plane keeps none.
    pub audit: Option<Vec<obdeck::domain::incident::AuditEvent>>,
    /// Reading audit events fails with this.
    pub no_audit: Option<ReadError>,
}

impl World {
    fn answer(&self, query: &Query) -> Result<Answer, ReadError> {
        if let Some(e) = &self.down {
            return Err(e.clone());
        }
        let of = |p: &ProfileName| self.clusters.iter().filter(|c| c.at.profile == *p).cloned().collect();
        let reply = match query {
            Query::Info(_) => Reply::Info(PlaneInfo { version: "4.0.3".into(), skew: None }),
            Query::Clusters(p) => Reply::Clusters(of(p)),
            Query::Zones(at) => Reply::Zones(
                self.clusters.iter().find(|c| c.at == *at).map(|c| c.zones.clone()).unwrap_or_default(),
            ),
            Query::Tenants(_) => Reply::Tenants(self.tenants.clone()),
            Query::Units(_) => Reply::Units(Vec::new()),
            Query::Parameters(_) => Reply::Parameters(vec![Parameter {
                name: "server_permanent_offline_time".into(),
                values: vec!["3600s".into()],
            }]),
            Query::Tasks(p, _) => {
                Reply::Tasks(self.tasks.iter().filter(|t| t.at.profile == *p).cloned().collect())
            }
            Query::Check(_) => Reply::Check(None),
            Query::Audit(_) => match &self.no_audit {
                Some(e) => return Err(e.clone()),
                None => Reply::Audit(self.audit.clone()),
            },
            Query::Plan(action) => Reply::Plan(Ok(super::dialog::world::planned(action))),
            Query::Task(at) => match &self.whole {
                Some(t) if t.head.at == *at => Reply::Task(Box::new(t.clone())),
                _ => return Err(read_error(ReadErrorKind::NotFound, 404)),
            },
            Query::Log(..) => Reply::Log(LogText::default()),
        };
        Ok(Answer { reply, trace: None, server_time: None, took: Span::from_millis(12) })
    }
}

/// A console on that world, with its clock.
pub struct Console {
    pub model: Model,
    pub world: World,
    pub now: Timestamp,
    /// Every effect that is no read, in order.
    pub effects: Vec<Effect>,
    /// Every read that was asked for.
    pub reads: RefCell<Vec<Query>>,
    pub wake: Option<Timestamp>,
    pub look: Look,
}

impl Console {
    pub fn new(world: World, settings: Settings, width: u16, height: u16) -> Self {
        let now = start();
        let mut console = Self {
            model: Model::new(settings, Size { width, height }, now),
            world,
            now,
            effects: Vec::new(),
            reads: RefCell::default(),
            wake: None,
            look: Look { theme: Theme { palette: Palette::Mono }, ascii: false },
        };
        console.send(Msg::Wake);
        // The selection rests, and what is read only then is read.
        console.pass(400);
        console
    }
    /// Sends a message and answers every read it sets off.
    pub fn send(&mut self, msg: Msg) {
        let mut todo = update(&mut self.model, msg, self.now);
        let mut rounds = 0;
        while !todo.is_empty() {
            rounds += 1;
            assert!(rounds < 2000, "reads set off reads for ever");
            let mut next = Vec::new();
            for effect in todo {
                match effect {
                    Effect::Fetch { ticket, query } => {
                        self.reads.borrow_mut().push(query.clone());
                        let msg = self.reply(ticket, &query);
                        next.extend(update(&mut self.model, msg, self.now));
                    }
                    Effect::WakeAt(at) => self.wake = Some(at),
                    other => self.effects.push(other),
                }
            }
            todo = next;
        }
    }
    fn reply(&self, ticket: Ticket, query: &Query) -> Msg {
        Msg::Reply { ticket, result: self.world.answer(query) }
    }
    /// Lets time pass, waking the console when it asked for it; gives how often it woke.
    pub fn pass(&mut self, millis: i64) -> usize {
        let end = self.now.plus(Span::from_millis(millis));
        let mut woken = 0;
        while let Some(at) = self.wake.filter(|at| *at <= end) {
            self.wake = None;
            self.now = at.max(self.now);
            woken += 1;
            assert!(woken < 100_000, "wakes for ever");
            self.send(Msg::Wake);
        }
        self.now = end;
        woken
    }
    /// Types: `<enter>`, `<esc>`, `<tab>`, `<down>`, `<ctrl-c>` … or characters.
    pub fn keys(&mut self, text: &str) {
        let mut rest = text;
        while let Some(c) = rest.chars().next() {
            let key = match rest.strip_prefix('<').and_then(|r| r.split_once('>')) {
                Some((name, after)) if name.len() > 1 => {
                    rest = after;
                    named(name)
                }
                _ => {
                    rest = &rest[c.len_utf8()..];
                    Key::char(c)
                }
            };
            self.send(Msg::Key(key));
        }
    }
    pub fn resize(&mut self, width: u16, height: u16) {
        self.send(Msg::Resize(Size { width, height }));
    }
    /// The frame as text, a line for each row, without spaces at the ends.
    pub fn frame(&self) -> String {
        self.frame_at(self.model.size.width, self.model.size.height)
    }
    pub fn frame_at(&self, width: u16, height: u16) -> String {
        super::text_of(Size { width, height }, |f| obdeck::tui::draw(f, &self.model, &self.look))
    }
    pub fn row(&self, y: usize) -> String {
        self.frame().lines().nth(y).unwrap_or_default().to_owned()
    }
    /// The line of the frame that holds a text.
    pub fn line_with(&self, text: &str) -> String {
        self.frame().lines().find(|l| l.contains(text)).unwrap_or_default().to_owned()
    }
}

fn named(name: &str) -> Key {
    let code = match name {
        "enter" => KeyCode::Enter,
        "esc" => KeyCode::Esc,
        "tab" => KeyCode::Tab,
        "down" => KeyCode::Down,
        "up" => KeyCode::Up,
        "left" => KeyCode::Left,
        "right" => KeyCode::Right,
        "end" => KeyCode::End,
        "pgdn" => KeyCode::PageDown,
        _ => match name.strip_prefix("ctrl-").and_then(|c| c.chars().next()) {
            Some(c) => return Key::ctrl(c),
            None => panic!("no key {name}"),
        },
    };
    Key::plain(code)
}

/// The world most tests look at: two clusters, one with a stop under way.
pub fn protoss() -> World {
    let mut first = cluster("prod", "12000001", "protoss", &[2, 2, 2]);
    stop_first(&mut first, 1, 51);
    World {
        clusters: vec![first, cluster("prod", "12000002", "meta01", &[1, 1, 1])],
        tenants: vec![
            tenant("sys", "RANDOM", &["zone1", "zone2", "zone3"]),
            tenant("trade", "zone2;zone1", &["zone1", "zone2", "zone3"]),
            tenant("report", "zone2", &["zone2"]),
        ],
        tasks: vec![task("prod", "12000001", "89026504", "RUNNING", "zone2")],
        ..World::default()
    }
}

/// A world where nothing happens.
pub fn calm() -> World {
    World {
        clusters: vec![
            cluster("demo", "1", "calm01", &[1, 1, 1]),
            cluster("demo", "2", "calm02", &[2, 2, 2]),
            cluster("demo", "3", "calm03", &[12, 12, 12]),
            cluster("demo", "4", "calm04", &[1, 1]),
        ],
        tenants: vec![tenant("sys", "RANDOM", &["zone1", "zone2", "zone3"])],
        ..World::default()
    }
}

pub fn prod(width: u16, height: u16) -> Console {
    let mut p = profile("prod");
    p.rules.danger = Danger::High;
    Console::new(protoss(), settings(vec![p]), width, height)
}

pub fn demo(width: u16, height: u16) -> Console {
    let mut s = settings(vec![profile("demo")]);
    s.demo = true;
    Console::new(calm(), s, width, height)
}
