//! The whole state of the console. Changed by `update` alone; drawn by `tui` without being changed.

use std::collections::BTreeMap;

use super::cache::Cache;
use super::command::Command;
use super::effect::{Query, Ticket, Want};
use super::facts::{DetailOf, Facts, Notice, Offer};
use super::journal::Journal;
use super::key::{Key, KeyCode, Size};
use super::keymap::KeyMap;
use super::lost::LostOrders;
use super::notices::Notices;
use super::overlays::Overlay;
use super::overlays::lost::LostPage;
use super::panes::detail::Detail;
use super::panes::log::Log;
use super::panes::replay::Replay;
use super::panes::task::TaskPane;
use super::panes::tasks::{self, Tasks};
use super::panes::timeline::Timeline;
use super::panes::topology::Topology;
use super::poll::{Poll, is_running};
use super::settings::{ProfileFacts, Settings};
use super::story::Story;
use super::tour::Tour;
use super::views::{self, Area, Form, PaneId, Slot, View, Views};
use crate::domain::action::Action;
use crate::domain::id::{ClusterRef, ProfileName, SubtaskId, TaskRef, TraceId};
use crate::domain::limits;
use crate::domain::offline::{Clock, Level};
use crate::domain::outcome::ReadError;
use crate::domain::runbook::{self, Card};
use crate::domain::shown::Shown;
use crate::domain::time::{Span, Timestamp};
use crate::domain::topology::Server;

/// How old the servers' state behind the offline clock beside a task may be.
const CLOCK_AGE: Span = Span::from_secs(5);
/// How old parameters may be: they change by hand.
const PARAMETERS_AGE: Span = Span::from_secs(300);
/// Last lines of a failed step's log that are looked at for what has a card.
const LINES_LOOKED_AT: usize = 60;

/// The state.
#[derive(Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a fact of its own; no two of them make a state together"
)]
pub struct Model {
    /// Where the operator is and was.
    pub views: Views,
    /// Pane of view 1.
    pub topology: Topology,
    /// What is inside a cluster, zone or server.
    pub detail: Detail,
    /// Pane of view 2.
    pub tasks: Tasks,
    /// One task.
    pub task: TaskPane,
    /// One log.
    pub log: Log,
    /// Pane of view 3.
    pub timeline: Timeline,
    /// What is remembered for it.
    pub story: Story,
    /// What lies on top, the topmost last.
    pub overlays: Vec<Overlay>,
    /// What was read.
    pub cache: Cache,
    /// What there is to say.
    pub notices: Notices,
    /// What is known of the journal.
    pub journal: Journal,
    /// Orders whose outcome nobody knows.
    pub lost: LostOrders,
    /// Bindings in force.
    pub keymap: KeyMap,
    /// The screen.
    pub size: Size,
    /// Time of the last message.
    pub now: Timestamp,
    /// What the console was started with.
    pub settings: Settings,
    /// Whether the mouse is captured.
    pub mouse: bool,
    /// State of the polling.
    pub poll: Poll,
    /// The recording that is played, if one is.
    pub replay: Option<Replay>,
    /// What was last looked for.
    pub found: Option<String>,
    /// Whether only matches of it are shown.
    pub only_matches: bool,
    pub(super) tour: Option<Tour>,
    /// Lines typed into the palette, the newest last.
    pub(super) typed: Vec<String>,
    pub(super) focus: PaneId,
    pub(super) zoomed: bool,
    pub(super) task_open: Option<TaskRef>,
    pub(super) log_open: Option<(TaskRef, SubtaskId)>,
    /// Orders on their way.
    pub(super) orders: BTreeMap<Ticket, Action>,
    /// The newest task an order of this console made, with the trace ID of that answer.
    pub(super) made: Option<(TaskRef, Option<TraceId>)>,
    /// The journal was asked for.
    pub(super) has_history: bool,
    /// A note was asked to be written, and nothing came of it yet.
    pub(super) jotting: bool,
    pub(super) quit_at: Option<Timestamp>,
    pub(super) quit: bool,
    pub(super) wake: Option<Timestamp>,
    pub(super) dialog_wake: Option<Timestamp>,
    pub(super) key: Key,
    pub(super) dirty: bool,
    pub(super) ticked: i64,
}

/// How fresh what is on the screen is (P8).
#[derive(Debug, Clone, PartialEq)]
pub enum Freshness {
    /// Nothing is read here.
    Nothing,
    /// The first answer is not there yet.
    Reading,
    /// No older than two polls and a second.
    Live,
    /// Older, without an error so far.
    Old(Span),
    /// Two polls in a row were missed: age of what is shown, and why.
    Stale(Option<Span>, ReadError),
    /// A 401 has stopped the profile.
    Stopped(ReadError),
    /// The operator paused it: when what is shown was read.
    Paused(Option<Timestamp>),
}

impl Model {
    /// The console before its first message.
    pub fn new(settings: Settings, size: Size, now: Timestamp) -> Self {
        let keymap = KeyMap::new(&settings.keys);
        let mut notices = Notices::default();
        for clash in keymap.clashes() {
            notices.push(Notice::KeyClash(*clash), now);
        }
        if !settings.journal.others.is_empty() {
            notices.push(Notice::AlsoRunning(settings.journal.others.clone()), now);
        }
        if let Some(why) = &settings.journal.broken {
            notices.push(Notice::NoJournal(why.clone()), now);
        }
        // What an earlier run left open is shown before anything else (A07, A08).
        let lost = LostOrders::left(&settings.journal.unsettled);
        let mut overlays = Vec::new();
        if !lost.is_empty() {
            overlays.push(Overlay::Lost(LostPage::new(Key::plain(KeyCode::Other), now, false)));
        }
        if settings.journal.is_chain_broken {
            notices.push(Notice::ChainBroken, now);
        }
        Self {
            views: Views::default(),
            topology: Topology::default(),
            detail: Detail::default(),
            tasks: Tasks::default(),
            task: TaskPane::default(),
            log: Log::default(),
            timeline: Timeline::default(),
            story: Story::default(),
            overlays,
            cache: Cache::default(),
            notices,
            journal: Journal::new(settings.journal.broken.clone()),
            lost,
            keymap,
            size: clamp(size),
            now,
            settings,
            mouse: true,
            poll: Poll::default(),
            replay: None,
            found: None,
            only_matches: false,
            tour: None,
            typed: Vec::new(),
            focus: PaneId::Topology,
            zoomed: false,
            task_open: None,
            log_open: None,
            orders: BTreeMap::new(),
            made: None,
            has_history: false,
            jotting: false,
            quit_at: None,
            quit: false,
            wake: None,
            dialog_wake: None,
            key: Key::plain(KeyCode::Other),
            dirty: true,
            ticked: 0,
        }
    }
    /// Plays a recording: the time is its own from here on.
    pub fn play(&mut self, replay: Replay) {
        self.replay = Some(replay);
        self.poll.on_tape = true;
    }
    /// Lets the tour play. It presses keys, a yes among them: nowhere but in the demo.
    pub fn lead(&mut self, tour: Tour) {
        if self.settings.demo {
            self.tour = Some(tour);
        }
    }
    /// The tour, while it plays and until the first key after its end.
    pub fn tour(&self) -> Option<&Tour> {
        self.tour.as_ref()
    }
    /// Whether a frame is to be drawn: true once after each change of what can be seen.
    pub fn take_dirty(&mut self) -> bool {
        std::mem::take(&mut self.dirty)
    }
    /// Whether an order is on its way.
    pub fn is_sending(&self) -> bool {
        !self.orders.is_empty()
    }
    /// The facts as a pane of this size has them.
    pub fn facts(&self, pane: Size) -> Facts<'_> {
        Facts::of(&self.cache, &self.settings, self.now, self.size, pane)
    }
    /// What lies between the top line and the message line.
    pub fn body(&self) -> Area {
        let find = matches!(self.overlays.last(), Some(Overlay::Find(_) | Overlay::Note(_)));
        let mut body = views::body(self.size, find || self.notices.shown().is_some());
        // The line of a recording takes the last row.
        body.height = body.height.saturating_sub(u16::from(self.replay.is_some()));
        // So does the tour with its own, so that a caption hides nothing.
        let caption = if self.tour.is_some() { views::caption_rows(self.size) } else { 0 };
        body.height = body.height.saturating_sub(caption);
        body
    }
    /// The panes on the screen, in the order of focus.
    pub fn slots(&self) -> Vec<Slot> {
        let third = if self.running_here().is_some() { PaneId::Task } else { PaneId::Tasks };
        let zoomed = (self.zoomed && *self.views.now() == View::Topology).then_some(self.focus);
        views::slots(self.views.now(), self.size, self.body(), third, zoomed)
    }
    /// The pane that gets the keys, if there is room for one.
    pub fn focused(&self) -> Option<Slot> {
        let slots = self.slots();
        slots.iter().find(|s| s.pane == self.focus).or(slots.first()).copied()
    }
    /// The unfinished task of the selected cluster that the largest form shows beside the tree.
    pub(super) fn running_here(&self) -> Option<TaskRef> {
        if *self.views.now() != View::Topology || Form::of(self.size) != Form::Three {
            return None;
        }
        let cluster = self.topology.cluster()?;
        super::panes::topology::task_of(&self.cache, cluster).map(|t| t.at.clone())
    }
    /// The cluster that a key here would be about.
    pub fn cluster(&self) -> Option<ClusterRef> {
        if let Some((_, cluster)) = self.asked() {
            return cluster;
        }
        match self.views.now() {
            View::Topology => self.topology.cluster().cloned(),
            View::Detail(DetailOf::Cluster(c) | DetailOf::Part(c, _)) => Some(c.clone()),
            View::Detail(DetailOf::Profile(_)) => None,
            View::Tasks => {
                let at = self.tasks.selected()?;
                self.tasks.rows(&self.facts(self.size)).iter().find(|t| t.at == *at)?.cluster.clone()
            }
            View::Timeline => self.timeline.cluster().cloned(),
            View::Task(t) | View::Log(t, _) => self.cache.task(t)?.head.cluster.clone(),
        }
    }
    /// What an open dialog is bound to: whatever is selected below it, its keys are about that (A11).
    fn asked(&self) -> Option<(&ProfileName, Option<ClusterRef>)> {
        let of_task = |task: &TaskRef| self.cache.task(task).and_then(|t| t.head.cluster.clone());
        self.overlays.iter().rev().find_map(|overlay| match overlay {
            Overlay::Dialog(d) => Some((&d.cluster().profile, Some(d.cluster().clone()))),
            Overlay::Confirm(c) => Some(match c.action() {
                Action::Cluster(a) => (&a.cluster.profile, Some(a.cluster.clone())),
                Action::Task { task, .. } | Action::Subtask { task, .. } => (&task.profile, of_task(task)),
            }),
            _ => None,
        })
    }
    /// The profile that a key here would be about.
    pub fn profile(&self) -> Option<&ProfileFacts> {
        let asked = self.asked().map(|(profile, _)| profile);
        let name: Option<&ProfileName> = match self.views.now() {
            _ if asked.is_some() => asked,
            View::Topology => self.topology.profile(),
            View::Detail(DetailOf::Cluster(c) | DetailOf::Part(c, _)) => Some(&c.profile),
            View::Detail(DetailOf::Profile(p)) => Some(p),
            View::Tasks => self.tasks.selected().map(|t| &t.profile),
            View::Timeline => self.timeline.cluster().map(|c| &c.profile),
            View::Task(t) | View::Log(t, _) => Some(&t.profile),
        };
        match name {
            Some(name) => self.settings.profile(name),
            // One profile leaves no doubt.
            None if self.settings.profiles.len() == 1 => self.settings.profiles.first(),
            None => None,
        }
    }
    /// What can be done wherever the operator is; the foot line keeps room for it.
    pub fn offers_everywhere(&self) -> Vec<Offer> {
        let offer = |command, word| Offer { command, word, can: Ok(()) };
        let mut offers = Vec::new();
        if *self.views.now() != View::Topology {
            offers.push(offer(Command::Escape, "back"));
        }
        offers.push(offer(Command::Help, "help"));
        if *self.views.now() == View::Topology {
            offers.push(offer(Command::Back, "quit"));
        }
        offers
    }
    /// What can be done here, most used first.
    pub fn offers(&self) -> Vec<Offer> {
        let Some(slot) = self.focused() else { return Vec::new() };
        let cx = self.facts(slot.area.size());
        match slot.pane {
            PaneId::Topology => self.topology.offers(&cx),
            PaneId::Detail => self.detail.offers(&cx),
            PaneId::Tasks => self.tasks.offers(&cx),
            PaneId::Task => self.task.offers(&cx),
            PaneId::Log => self.log.offers(&cx),
            PaneId::Timeline => self.timeline.offers(&cx),
        }
    }
    /// The reads the screen needs, the most urgent first, and how many of them are an overlay's.
    pub fn wants(&self) -> (Vec<Want>, usize) {
        let mut wants = Vec::new();
        let body = self.facts(self.body().size());
        for overlay in self.overlays.iter().rev() {
            match overlay {
                Overlay::Dialog(d) => wants.extend(d.wants(&body)),
                Overlay::Confirm(c) => wants.extend(c.wants(&body)),
                Overlay::Lost(_) => wants.extend(self.lost.wants()),
                Overlay::Handoff(h) => wants.extend(h.wants()),
                Overlay::Actions(_)
                | Overlay::Help(_)
                | Overlay::Find(_)
                | Overlay::Note(_)
                | Overlay::Card(_)
                | Overlay::Palette(_) => {}
            }
        }
        let urgent = wants.len();
        for slot in self.slots() {
            let cx = self.facts(slot.area.size());
            wants.extend(match slot.pane {
                PaneId::Topology => self.topology.wants(&cx),
                PaneId::Detail => self.detail.wants(&cx),
                PaneId::Tasks => self.tasks.wants(&cx),
                PaneId::Task => self.task.wants(&cx),
                PaneId::Log => self.log.wants(&cx),
                PaneId::Timeline => self.timeline.wants(&cx),
            });
        }
        wants.extend(self.wants_of_clock());
        (wants, urgent)
    }
    /// What the offline clock beside a task needs.
    fn wants_of_clock(&self) -> Vec<Want> {
        if !matches!(self.views.now(), View::Task(_) | View::Log(..)) {
            return Vec::new();
        }
        let Some(c) = self.cluster() else { return Vec::new() };
        vec![
            Want { query: Query::Zones(c.clone()), max_age: CLOCK_AGE },
            Want { query: Query::Parameters(c), max_age: PARAMETERS_AGE },
        ]
    }
    /// The offline clock that runs out first in the cluster of the open task, and whose it is.
    pub fn clock_beside(&self) -> Option<(&Server, Clock, Timestamp)> {
        if !matches!(self.views.now(), View::Task(_) | View::Log(..)) {
            return None;
        }
        self.first_clock(&self.cluster()?)
    }
    fn first_clock(&self, of: &ClusterRef) -> Option<(&Server, Clock, Timestamp)> {
        let now = self.cache.server_now(&Query::Zones(of.clone()), self.now);
        let parameters = self.cache.parameters(of)?;
        let servers = self.cache.zones(of)?.iter().flat_map(|z| &z.servers).filter(|s| !s.is_up());
        let clocks = servers.filter_map(|s| Some((s, Clock::of(s, parameters)?, now)));
        clocks.min_by_key(|(_, clock, _)| clock.ends())
    }
    /// The runbook card about what is on the screen: the selected step that failed or ran over, else an offline clock
    /// of which less than a fifth is left.
    pub fn card_here(&self) -> Option<Card> {
        let of_step = || {
            let View::Task(at) = self.views.now() else { return None };
            let (task, item) = (self.cache.task(at)?, self.task.selected()?);
            let log = self.cache.log(at, &item.id).map_or(&[][..], |l| l.lines.as_slice());
            let last = log.iter().rev().take(LINES_LOOKED_AT).map(Shown::as_str);
            let now = self.cache.server_now(&Query::Task(at.clone()), self.now);
            runbook::of_subtask(item.subtask(task)?, last, now)
        };
        of_step().or_else(|| {
            let (_, clock, now) = self.first_clock(&self.cluster()?)?;
            (clock.level(now) >= Level::Late).then_some(Card::OfflineClock)
        })
    }
    /// The queries that say how fresh the screen is.
    fn judged_by(&self) -> Vec<Query> {
        match self.views.now() {
            View::Topology | View::Detail(_) => {
                let mut queries: Vec<Query> =
                    self.profile().map(|p| Query::Clusters(p.name.clone())).into_iter().collect();
                if let Some(c) = self.cluster() {
                    queries.push(Query::Zones(c));
                }
                queries
            }
            View::Tasks => {
                self.cache.iter().map(|(q, _)| q).filter(|q| matches!(q, Query::Tasks(..))).cloned().collect()
            }
            View::Timeline => {
                let of = |c: &ClusterRef| vec![Query::Zones(c.clone()), tasks::unfinished(&c.profile)];
                self.timeline.cluster().map(of).unwrap_or_default()
            }
            View::Task(t) => vec![Query::Task(t.clone())],
            View::Log(t, s) => vec![Query::Log(t.clone(), s.clone())],
        }
    }
    /// How fresh what is on the screen is: the worst of what it is judged by.
    pub fn freshness(&self) -> Freshness {
        let (wants, _) = self.wants();
        let mut oldest: Option<Span> = None;
        let mut reading = false;
        let mut allowed = self.live_limit(None);
        for query in self.judged_by() {
            let Some(want) = wants.iter().find(|w| w.query == query) else { continue };
            let Some(known) = self.cache.get(&query) else {
                reading = true;
                continue;
            };
            let age = known.age(self.now);
            if let Some((error, _)) = &known.error {
                if self.poll.is_stopped(query.profile()) {
                    return Freshness::Stopped(error.clone());
                }
                if known.is_stale() || known.answer.is_none() {
                    return Freshness::Stale(age, error.clone());
                }
            }
            match age {
                Some(age) if oldest.is_none_or(|o| age > o) => {
                    oldest = Some(age);
                    allowed = self.live_limit(Some(want));
                }
                Some(_) => {}
                None => reading = true,
            }
        }
        match oldest {
            _ if self.poll.paused => {
                Freshness::Paused(oldest.map(|age| self.now.plus(Span::ZERO.minus(age))))
            }
            None if reading => Freshness::Reading,
            None => Freshness::Nothing,
            Some(age) if age <= allowed => Freshness::Live,
            Some(age) => Freshness::Old(age),
        }
    }
    /// How old an answer may be and still be called live: two polls and a second for the answer to come.
    fn live_limit(&self, want: Option<&Want>) -> Span {
        let period = want.map_or(self.settings.refresh, |w| w.max_age.max(self.settings.refresh));
        period.plus(period).plus(Span::from_secs(1))
    }
    /// Whether something on the screen shows a time that moves by itself.
    pub(super) fn ticks(&self, wants: &[Want]) -> bool {
        if self.overlays.iter().any(|o| matches!(o, Overlay::Dialog(_) | Overlay::Confirm(_))) {
            return true;
        }
        if matches!(self.freshness(), Freshness::Old(_) | Freshness::Stale(..)) {
            return true;
        }
        if let Some(replay) = &self.replay {
            return replay.runs(self.now);
        }
        let slots = self.slots();
        let shows = |pane| slots.iter().any(|s| s.pane == pane);
        let tasks_shown =
            shows(PaneId::Tasks) || shows(PaneId::Task) || shows(PaneId::Log) || shows(PaneId::Detail);
        wants.iter().any(|w| {
            let counts = match &w.query {
                Query::Tasks(..) | Query::Task(_) => tasks_shown,
                Query::Info(_)
                | Query::Clusters(_)
                | Query::Zones(_)
                | Query::Tenants(_)
                | Query::Units(_)
                | Query::Parameters(_)
                | Query::Audit(_)
                | Query::Log(..)
                | Query::Check(_)
                | Query::Plan(_) => false,
            };
            counts && self.cache.answer(&w.query).is_some_and(|(a, _)| is_running(&a.reply))
        }) || (shows(PaneId::Topology) && self.topology.shows_stopped(&self.cache))
            || (shows(PaneId::Detail) && self.detail.shows_stopped(&self.cache))
    }
    /// Whether a clock runs on the screen: only then is the time of day shown, since an idle screen sends nothing.
    pub fn clock_runs(&self) -> bool {
        self.ticks(&self.wants().0)
    }
    /// When what is called live ceases to be.
    pub(super) fn live_until(&self, wants: &[Want]) -> Option<Timestamp> {
        self.judged_by()
            .iter()
            .filter_map(|q| {
                let want = wants.iter().find(|w| w.query == *q)?;
                let (_, at) = self.cache.answer(q)?;
                Some(at.plus(self.live_limit(Some(want))).plus(Span::from_millis(1)))
            })
            .filter(|t| *t > self.now)
            .min()
    }
}

/// A terminal may report any size; what is beyond the limit is not used (T01).
pub(super) fn clamp(size: Size) -> Size {
    Size { width: size.width.min(limits::SCREEN_SIDE), height: size.height.min(limits::SCREEN_SIDE) }
}
