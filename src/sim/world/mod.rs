//! A world of clusters and tasks: pure, moved only by [`World::advance`], the same for the same seed. No sockets.

mod fleet;
mod place;
mod refusal;

use std::collections::BTreeMap;

pub(crate) use place::{
    Cluster, Copies, Generation, Place, RPC_PORT, SQL_PORT, Server, Status, Tenant, Unit, Zone,
};
pub(crate) use refusal::Refusal;

use crate::sim::engine::{Fate, Former, Purpose, Subtask, Task, TaskState};
use crate::sim::script::{Step, chain, effect};
use crate::sim::seed::{Rng, mix};
use crate::sim::time::Ms;

/// Tasks remembered; of more, the oldest finished ones are forgotten, as a real control plane clears its table.
const TASKS_KEPT: usize = 5000;

/// What is done to a cluster, zone or OBServer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verb {
    Stop,
    Start,
    Restart,
}

/// A user of the control plane, as tasks name their creator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct User {
    pub(crate) id: i64,
    pub(crate) name: String,
}

/// An action as asked for.
#[derive(Debug, Clone)]
pub(crate) struct Order {
    pub(crate) cluster: i64,
    pub(crate) purpose: Purpose,
    pub(crate) creator: User,
    pub(crate) trace: String,
}

/// Everything that the simulated control plane knows.
#[derive(Debug, Clone)]
pub(crate) struct World {
    seed: u64,
    now: Ms,
    clusters: BTreeMap<i64, Cluster>,
    tasks: BTreeMap<i64, Task>,
    /// Tasks that may move by themselves.
    moving: Vec<i64>,
    last_task: i64,
    last_subtask: i64,
    /// What awaits the next subtask of a kind.
    doomed: Vec<(Step, Fate)>,
    /// Address of the control plane's node that runs subtasks.
    pub(crate) executor: String,
}

impl World {
    /// A world without clusters at time `now`.
    pub(crate) fn new(seed: u64, now: Ms) -> World {
        let mut rng = Rng::new(mix(&[seed, 0x0C9]));
        World {
            seed,
            now,
            clusters: BTreeMap::new(),
            tasks: BTreeMap::new(),
            moving: Vec::new(),
            last_task: rng.between(21_000, 24_000) * 1000,
            last_subtask: rng.between(91_000, 94_000) * 1000,
            doomed: Vec::new(),
            executor: "10.83.0.11".to_owned(),
        }
    }

    /// The story's time.
    pub(crate) fn now(&self) -> Ms {
        self.now
    }

    pub(crate) fn clusters(&self) -> impl DoubleEndedIterator<Item = &Cluster> {
        self.clusters.values()
    }

    pub(crate) fn cluster(&self, id: i64) -> Option<&Cluster> {
        self.clusters.get(&id)
    }

    pub(crate) fn tasks(&self) -> impl DoubleEndedIterator<Item = &Task> {
        self.tasks.values()
    }

    pub(crate) fn task(&self, id: i64) -> Option<&Task> {
        self.tasks.get(&id)
    }

    /// The task to change from outside; whatever was done to it, it moves by itself afterwards.
    pub(crate) fn task_mut(&mut self, id: i64) -> Option<&mut Task> {
        let task = self.tasks.get_mut(&id)?;
        if !self.moving.contains(&id) {
            self.moving.push(id);
        }
        Some(task)
    }

    /// Lets everything happen that is due up to `to`, in the order of its times. Time never goes back.
    pub(crate) fn advance(&mut self, to: Ms) {
        while let Some((at, id, ix)) = self.next_due().filter(|(at, ..)| *at <= to) {
            self.now = self.now.max(at);
            self.fire(id, ix, at);
        }
        self.now = self.now.max(to);
        let tasks = &self.tasks;
        self.moving.retain(|id| tasks.get(id).is_some_and(|task| task.next_due().is_some()));
    }

    fn next_due(&self) -> Option<(Ms, i64, usize)> {
        let due = |id: &i64| self.tasks.get(id)?.next_due().map(|(at, ix)| (at, *id, ix));
        self.moving.iter().filter_map(due).min()
    }

    fn fire(&mut self, id: i64, ix: usize, at: Ms) {
        let Some(task) = self.tasks.get_mut(&id) else { return };
        let cluster = self.clusters.get_mut(&task.cluster);
        let verdict = match (&cluster, task.subtasks.get(ix)) {
            (Some(cluster), Some(subtask)) if task.ends_work(ix) => {
                effect::verdict(cluster, &task.purpose, subtask)
            }
            _ => Ok(()),
        };
        let effect = task.fire(ix, at, verdict);
        if let (Some(cluster), Some(effect)) = (cluster, effect) {
            effect::apply(cluster, &task.purpose, &task.former, effect, at);
        }
    }

    /// Takes an action now: a new task, or the reason why not.
    pub(crate) fn submit(&mut self, order: Order) -> Result<i64, Refusal> {
        self.check(&order)?;
        let Order { cluster: cluster_id, purpose, creator, trace } = order;
        let mut rng = Rng::new(mix(&[self.seed, self.last_task.unsigned_abs()]));
        let id = self.last_task + rng.between(1, 9);
        let at = self.now;
        let Some(cluster) = self.clusters.get_mut(&cluster_id) else {
            return Err(Refusal::no_cluster(cluster_id));
        };
        let former = former(cluster, purpose.place);
        let seed = mix(&[self.seed, id.unsigned_abs()]);
        let mut subtasks = chain::build(purpose.verb, purpose.place, cluster, self.last_subtask + 1, seed);
        self.last_subtask += subtasks.len() as i64;
        self.last_task = id;
        effect::begin(cluster, purpose.verb, purpose.place, at);
        doom(&mut self.doomed, &mut subtasks);
        let mut task = Task {
            id,
            name: chain::name(purpose.verb, purpose.place),
            cluster: cluster_id,
            purpose,
            creator,
            trace,
            seed,
            operation: crate::sim::engine::Operation::Execute,
            state: TaskState::Running,
            prohibits_rollback: false,
            created: at,
            started: at,
            finished: None,
            former,
            subtasks,
        };
        task.settle(at);
        if cluster.generation == Generation::Old
            && let Some((_, first)) = task.next_due()
        {
            // In the replies of 2021-03 the first subtask runs already (ocp-api 4).
            task.fire(first, at, Ok(()));
        }
        self.forget_old();
        self.tasks.insert(id, task);
        self.moving.push(id);
        Ok(id)
    }

    /// Lets the next subtask of this kind, of whatever task, meet `fate`.
    pub(crate) fn doom(&mut self, step: Step, fate: Fate) {
        self.doomed.push((step, fate));
    }

    fn forget_old(&mut self) {
        if self.tasks.len() < TASKS_KEPT {
            return;
        }
        if let Some(oldest) = self.tasks.values().find(|t| !t.is_unfinished()).map(|t| t.id) {
            self.tasks.remove(&oldest);
        }
    }

    /// Whether an action may begin now (ocp-api 2.2, the bold rows, and 5.3).
    fn check(&self, order: &Order) -> Result<(), Refusal> {
        let cluster = self.clusters.get(&order.cluster).ok_or_else(|| Refusal::no_cluster(order.cluster))?;
        let place = order.purpose.place;
        if let Some(holder) = self.tasks.values().rev().find(|t| t.cluster == cluster.id && t.is_unfinished())
        {
            return Err(Refusal::held(cluster, place, holder));
        }
        refusal::check_state(cluster, order.purpose.verb, place)?;
        let takes_zone = place.zone.is_some() && place.server.is_none() && order.purpose.verb != Verb::Start;
        match cluster.first_lost(place) {
            Some(tenant) if takes_zone => Err(Refusal::majority(cluster, place, tenant)),
            _ => Ok(()),
        }
    }
}

fn doom(doomed: &mut Vec<(Step, Fate)>, subtasks: &mut [Subtask]) {
    doomed.retain(|(step, fate)| {
        let found = subtasks.iter_mut().find(|s| s.step == *step && s.fate == Fate::Well);
        let is_met = found.is_some();
        if let Some(subtask) = found {
            subtask.fate = fate.clone();
        }
        !is_met
    });
}

fn former(cluster: &Cluster, place: Place) -> Former {
    let concerns = |zone: usize, server: usize| {
        place.zone.is_none_or(|z| z == zone) && place.server.is_none_or(|s| s == server)
    };
    let servers = cluster.zones.iter().enumerate().flat_map(|(zone, z)| {
        z.servers.iter().enumerate().filter(move |(server, _)| concerns(zone, *server)).map(
            move |(server, s)| {
                (Place { zone: Some(zone), server: Some(server) }, s.status, s.is_alive, s.stopped_at)
            },
        )
    });
    Former {
        cluster: cluster.status,
        zones: cluster.zones.iter().map(|z| (z.status, z.is_active)).collect(),
        servers: servers.collect(),
    }
}
