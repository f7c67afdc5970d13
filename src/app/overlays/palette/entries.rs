//! What the palette can find: gathered once when it opens, so that no line changes under the finger that chooses it.

use std::collections::{HashMap, HashSet};

use super::Choice;
use super::known::Known;
use crate::app::command::{COMMANDS, Command, Entry as Row, Group};
use crate::app::facts::{ActionOffer, Facts, Go, Offer};
use crate::app::panes::topology::{may, task_of};
use crate::domain::action::{Action, Scope, Verb};
use crate::domain::capability::WhyNot;
use crate::domain::guard::Blocker;
use crate::domain::id::{ClusterRef, ZoneName};
use crate::domain::impact::not_whole;
use crate::domain::runbook::Card;
use crate::domain::task::TaskSummary;
use crate::domain::topology::Cluster;

/// What can be done to a target.
pub(super) const VERBS: [Verb; 3] = [Verb::Stop, Verb::Start, Verb::Restart];
/// Cluster, zone, OBServer.
pub(super) const KINDS: usize = 3;

/// Why a line cannot be done now.
#[derive(Debug, Clone, PartialEq)]
pub enum Why {
    /// It is not offered: choosing it says so.
    Not(WhyNot),
    /// The guard would refuse it as things are: the dialog still opens, and shows the way round.
    Refused(Blocker),
}

/// Before what else a line stands, among those that match as well.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Sort {
    /// Under the cursor.
    Cursor,
    /// The card about what is on the screen.
    Here,
    Command,
    Task,
    Card,
    /// Targets of the cluster under the cursor.
    Near,
    /// Targets elsewhere.
    Far,
    /// Only when it was typed for.
    Trace,
}

/// What is found by its name alone.
#[derive(Debug)]
pub(super) struct Entry {
    /// As it is shown and typed.
    pub(super) name: String,
    /// The same in lower case.
    pub(super) lower: String,
    /// The ID that it is about, in lower case.
    pub(super) id: Option<String>,
    pub(super) sort: Sort,
    pub(super) choice: Choice,
    pub(super) why: Option<Why>,
}

impl Entry {
    fn new(name: String, sort: Sort, choice: Choice) -> Self {
        Self { lower: name.to_lowercase(), name, id: None, sort, choice, why: None }
    }
}

/// A cluster, with what all of its targets share.
#[derive(Debug)]
pub(super) struct Place {
    pub(super) cluster: ClusterRef,
    /// Its name; with the profile, and with the ID, where the name alone is not enough.
    pub(super) label: String,
    /// Whether its name could be taken for another.
    is_odd: bool,
    /// Why a verb is not offered for a kind of target.
    why: [[Option<WhyNot>; VERBS.len()]; KINDS],
    /// The task that holds it.
    held: Option<Box<TaskSummary>>,
    /// Zones in which something is stopped.
    not_whole: Vec<ZoneName>,
}

/// A cluster, zone or OBServer.
#[derive(Debug)]
pub(super) struct Target {
    /// Index of its cluster.
    pub(super) place: usize,
    pub(super) scope: Scope,
    /// What follows the verb in its name, in lower case.
    pub(super) lower: String,
}

/// All there is to find.
#[derive(Debug, Default)]
pub(super) struct Entries {
    pub(super) named: Vec<Entry>,
    pub(super) places: Vec<Place>,
    pub(super) targets: Vec<Target>,
    /// The target under the cursor.
    pub(super) cursor: Option<usize>,
}

/// Index of a scope's kind.
pub(super) fn kind(scope: &Scope) -> usize {
    match scope {
        Scope::Cluster => 0,
        Scope::Zone(_) => 1,
        Scope::Server { .. } => 2,
    }
}

impl Entries {
    /// Gathers commands, cards and targets. `offers` are those of the keys here, `actions` those on what is selected.
    pub(super) fn gather(
        here: Option<Card>,
        offers: &[Offer],
        actions: Vec<ActionOffer>,
        cx: &Facts<'_>,
    ) -> Self {
        let mut entries =
            Self { named: here.map(|c| card(c, true)).into_iter().collect(), ..Self::default() };
        let mut seen = HashSet::new();
        for p in &cx.settings.profiles {
            let list = cx.cache.clusters(&p.name).map_or(&[][..], Vec::as_slice);
            list.iter().filter(|c| seen.insert(&c.at)).for_each(|c| entries.cluster(c, cx));
        }
        entries.name_clusters();
        entries.under_cursor(actions);
        entries.named.extend(COMMANDS.iter().filter(|row| is_useful(row)).map(|row| command(row, offers)));
        entries.named.extend(Card::ALL.into_iter().filter(|c| Some(*c) != here).map(|c| card(c, false)));
        entries
    }
    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.named.len() + self.targets.len() * VERBS.len()
    }
    /// Takes in tasks and traces; those that were known before are forgotten.
    pub(super) fn learn(&mut self, known: Vec<Known>) {
        self.named.retain(|e| !matches!(e.choice, Choice::Task(..) | Choice::Trace { .. }));
        self.named.extend(known.into_iter().map(|k| {
            let sort = if matches!(k.choice, Choice::Trace { .. }) { Sort::Trace } else { Sort::Task };
            Entry { id: Some(k.id.to_lowercase()), ..Entry::new(k.name, sort, k.choice) }
        }));
    }
    /// Why a verb on a target cannot be done now.
    pub(super) fn why(&self, verb: usize, place: usize, scope: &Scope) -> Option<Why> {
        let place = self.places.get(place)?;
        if let Some(why) = place.why_not(verb, kind(scope)) {
            return Some(Why::Not(why.clone()));
        }
        if let Some(task) = &place.held {
            return Some(Why::Refused(Blocker::HeldBy(task.clone())));
        }
        let others: Vec<ZoneName> = place.others_stopped(verb, scope).cloned().collect();
        (!others.is_empty()).then_some(Why::Refused(Blocker::OtherZones(others)))
    }
    /// Whether there is such a reason, without making it.
    pub(super) fn is_against(&self, verb: usize, place: usize, scope: &Scope) -> bool {
        self.places.get(place).is_some_and(|p| {
            p.why_not(verb, kind(scope)).is_some()
                || p.held.is_some()
                || p.others_stopped(verb, scope).next().is_some()
        })
    }
    /// Whether there is one that holds for every target of the cluster of this kind.
    pub(super) fn is_against_all(&self, verb: usize, place: usize, scope: &Scope) -> bool {
        let place = self.places.get(place);
        place.is_some_and(|p| p.why_not(verb, kind(scope)).is_some() || p.held.is_some())
    }
    /// What the name of a target begins with when it is grouped: `stop zone protoss`.
    pub(super) fn head(&self, verb: Verb, target: &Target) -> String {
        let label = self.places.get(target.place).map_or("", |p| p.label.as_str());
        format!("{} {} {label}", verb.word(), target.scope.word())
    }
    /// Its whole name: `stop zone protoss zone2`.
    pub(super) fn name(&self, verb: Verb, target: &Target) -> String {
        let mut name = self.head(verb, target);
        name.extend(part(&target.scope).map(|p| format!(" {p}")));
        name
    }

    fn cluster(&mut self, c: &Cluster, cx: &Facts<'_>) {
        let place = self.places.len();
        let zones = cx.cache.zones(&c.at).unwrap_or(&c.zones);
        let from = self.targets.len();
        let mut add = |scope| self.targets.push(Target { place, scope, lower: String::new() });
        add(Scope::Cluster);
        let mut names = HashSet::new();
        for zone in zones.iter().filter(|z| names.insert(&z.name)) {
            add(Scope::Zone(zone.name.clone()));
            let mut ids = HashSet::new();
            for s in zone.servers.iter().filter(|s| ids.insert(&s.id)) {
                add(Scope::Server { id: s.id.clone(), address: s.address.clone(), zone: zone.name.clone() });
            }
        }
        let one_of = |k| self.targets.iter().skip(from).find(|t| kind(&t.scope) == k);
        let why = std::array::from_fn(|k| {
            let target = one_of(k).map(|t| (c.at.clone(), t.scope.clone()));
            VERBS.map(|verb| target.as_ref().and_then(|t| may(Some(t), verb, cx).err()))
        });
        self.places.push(Place {
            cluster: c.at.clone(),
            label: c.name.shown().as_str().to_owned(),
            is_odd: c.name.is_suspicious(),
            why,
            held: task_of(cx.cache, &c.at).cloned().map(Box::new),
            not_whole: not_whole(zones).cloned().collect(),
        });
    }
    /// Two clusters of one name are told apart by their profiles, else by their IDs; a name that could be taken for
    /// another has its ID beside it.
    fn name_clusters(&mut self) {
        let mut same: HashMap<String, Vec<ClusterRef>> = HashMap::new();
        for place in &self.places {
            same.entry(place.label.to_lowercase()).or_default().push(place.cluster.clone());
        }
        for place in &mut self.places {
            let of = same.get(&place.label.to_lowercase()).map_or(&[][..], Vec::as_slice);
            let in_profile = of.iter().filter(|c| c.profile == place.cluster.profile).count();
            if of.len() > 1 {
                place.label = format!("{}/{}", place.cluster.profile, place.label);
            }
            if in_profile > 1 || place.is_odd {
                place.label = format!("{}({})", place.label, place.cluster.id);
            }
        }
        for ix in 0..self.targets.len() {
            let Some(target) = self.targets.get(ix) else { continue };
            let label = self.places.get(target.place).map_or("", |p| p.label.as_str());
            let mut lower = format!("{} {label}", target.scope.word());
            lower.extend(part(&target.scope).map(|p| format!(" {p}")));
            let lower = lower.to_lowercase();
            if let Some(target) = self.targets.get_mut(ix) {
                target.lower = lower;
            }
        }
    }
    /// What can be done to what is selected: a target is marked, anything else becomes a line of its own.
    fn under_cursor(&mut self, actions: Vec<ActionOffer>) {
        for offer in actions {
            match &offer.go {
                Go::Dialog(_, cluster, scope) => {
                    let place = self.places.iter().position(|p| p.cluster == *cluster);
                    let is_it = |t: &Target| Some(t.place) == place && is_same(&t.scope, scope);
                    self.cursor = self.targets.iter().position(is_it);
                }
                Go::Confirm(action) => {
                    let id = match action {
                        Action::Task { task, .. } => task.id.shown().clone(),
                        Action::Subtask { subtask, .. } => subtask.shown().clone(),
                        Action::Cluster(_) => continue,
                    };
                    let why = offer.can.as_ref().err().cloned().map(Why::Not);
                    let name = format!("{} {id}", offer.word);
                    let choice = Choice::Act(Box::new(offer));
                    self.named.push(Entry { why, ..Entry::new(name, Sort::Cursor, choice) });
                }
                _ => {}
            }
        }
    }
}

impl Place {
    fn why_not(&self, verb: usize, kind: usize) -> Option<&WhyNot> {
        self.why.get(kind)?.get(verb)?.as_ref()
    }
    /// Zones beside the target that keep a plain stop from being taken (-4660).
    fn others_stopped<'p>(
        &'p self,
        verb: usize,
        scope: &'p Scope,
    ) -> impl Iterator<Item = &'p ZoneName> + use<'p> {
        let counts = *scope != Scope::Cluster && VERBS.get(verb).is_some_and(|v| v.takes_away());
        self.not_whole.iter().filter(move |z| counts && !scope.touches(z))
    }
}

/// What stands behind the cluster in a target's name.
fn part(scope: &Scope) -> Option<&crate::domain::shown::Shown> {
    match scope {
        Scope::Cluster => None,
        Scope::Zone(z) => Some(z.shown()),
        Scope::Server { address, .. } => Some(address.shown()),
    }
}

/// Whether two scopes of a cluster are the same thing: an OBServer is named by its ID.
fn is_same(a: &Scope, b: &Scope) -> bool {
    match (a, b) {
        (Scope::Server { id: a, .. }, Scope::Server { id: b, .. }) => a == b,
        (a, b) => a == b,
    }
}

fn card(card: Card, is_here: bool) -> Entry {
    let sort = if is_here { Sort::Here } else { Sort::Card };
    Entry::new(format!("runbook {}", card.name()), sort, Choice::Card(card, is_here))
}

fn command(row: &Row, offers: &[Offer]) -> Entry {
    let offer = offers.iter().find(|o| o.command == row.command);
    let why = offer.and_then(|o| o.can.as_ref().err()).cloned().map(Why::Not);
    Entry { why, ..Entry::new(row.name.to_owned(), Sort::Command, Choice::Command(row.command)) }
}

/// Moving about by name helps nobody; what is done to the selection is listed with its target.
fn is_useful(row: &Row) -> bool {
    let is_of_target = matches!(row.command, Command::Stop | Command::Start | Command::Restart);
    row.group != Group::Move && !is_of_target && !matches!(row.command, Command::Escape | Command::Palette)
}
