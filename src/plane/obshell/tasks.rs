//! Reads of tasks: what is going on, what was, and one DAG with the sub DAGs inside it (obshell-api 6, 7.3, 8).

use std::collections::{BTreeMap, HashSet};
use std::time::Duration;

use futures_util::future::join_all;
use futures_util::stream::{self, StreamExt as _};

use super::exchange::{Ask, Opened, is_not_known, lock};
use super::wire::{self, Contents};
use super::{Identity, Obshell, REMEMBERED, calls, convert, owner};
use crate::domain::fold::id_order;
use crate::domain::id::{SubtaskId, TaskId};
use crate::domain::limits;
use crate::domain::outcome::{ReadError, ReadErrorKind};
use crate::domain::shown::Text;
use crate::domain::status::Status;
use crate::domain::task::{Inner, Task, TaskFilter, TaskSummary, Unread};
use crate::plane::Fetched;
use crate::plane::answer::error;

/// Names of the sub DAGs of a stop and a start, where no details tell whose they are (obshell-api 7.3).
const SUB_DAGS: [&str; 2] = ["Stop observer", "Start observer"];
/// Main DAGs read one by one because only a sub DAG of theirs was listed.
const MAINS_READ: usize = 8;
/// Sub DAGs read of one task at most: one an agent, and a poll comes every second.
const SUB_DAGS_READ: usize = 64;
/// How long a sub DAG may take: it is asked of an agent that may be the one that is away.
const SUB_DAG_LIMIT: Duration = Duration::from_secs(3);

fn main_of(dag: &wire::Dag) -> Option<&str> {
    let told = dag.additional_data.as_ref().and_then(|a| a.main_dag_id.as_ref());
    told.map(|w| w.0.as_str()).filter(|id| !id.is_empty())
}

fn is_sub(dag: &wire::Dag) -> bool {
    main_of(dag).is_some() || (dag.maintenance_type == Some(2) && SUB_DAGS.contains(&dag.name.0.as_str()))
}

impl Obshell {
    /// Tasks, newest first. Unfinished: what runs, and what failed and still holds an agent. All: what the asked
    /// agents keep beside it; a finished DAG of an agent that is not configured is not listed anywhere else.
    pub(super) async fn read_tasks(
        &self,
        filter: &TaskFilter,
    ) -> Result<Fetched<Vec<TaskSummary>>, ReadError> {
        let begun = (self.now)();
        if lock(&self.identity).is_none() {
            // Only so that rows can name their cluster; whoever lists tasks first need not have listed it.
            match self.read_cluster().await {
                Err(e) if !is_not_known(&e) => return Err(e),
                Ok(_) | Err(_) => {}
            }
        }
        let (unfinished, mains) = tokio::join!(
            self.list::<wire::Dag>("/api/v1/task/dag/unfinish"),
            self.list::<wire::Dag>("/api/v1/task/dag/agent/main_dags"),
        );
        // This one crashes while the agent never had a maintenance DAG (obshell-api 8, traps).
        let mains = match mains {
            Ok(list) => list.data,
            Err(e) if is_not_known(&e) => Vec::new(),
            Err(e) => return Err(e),
        };
        let unfinished = match unfinished {
            Ok(list) => list,
            Err(e) if is_not_known(&e) && !mains.is_empty() => {
                Opened { data: Vec::new(), trace: e.trace, timestamp: None }
            }
            Err(e) => return Err(e),
        };
        let head = Opened { data: (), trace: unfinished.trace, timestamp: unfinished.timestamp };
        let mut dags: BTreeMap<String, wire::Dag> = BTreeMap::new();
        let mut orphans = Vec::new();
        for dag in mains.into_iter().chain(unfinished.data) {
            if is_sub(&dag) {
                orphans.push(dag);
            } else {
                dags.entry(dag.id.0.clone()).or_insert(dag);
            }
        }
        self.add_mains(&mut dags, orphans).await;
        if !filter.unfinished {
            self.add_past(&mut dags).await;
        }
        let tasks = self.chosen(dags.into_values(), filter);
        Ok(self.fetched(begun, tasks, &head))
    }

    /// A sub DAG that is left over holds its agent; what `forcePassDag` wants is its main DAG's ID, so that one is
    /// listed in its place (obshell-api 7.4).
    async fn add_mains(&self, dags: &mut BTreeMap<String, wire::Dag>, orphans: Vec<wire::Dag>) {
        let mut asked = HashSet::new();
        for sub in orphans {
            let main = main_of(&sub).map(ToOwned::to_owned);
            if main.as_ref().is_some_and(|m| dags.contains_key(m) || asked.contains(m)) {
                continue;
            }
            let read = match main.as_deref().and_then(|m| calls::path(&["task", "dag", m])) {
                Some(path) if asked.len() < MAINS_READ => {
                    self.get::<wire::Dag>(&format!("{path}?show_details=false"), "a task").await.ok()
                }
                _ => None,
            };
            asked.extend(main);
            match read {
                Some(opened) => dags.insert(opened.data.id.0.clone(), opened.data),
                None => dags.insert(sub.id.0.clone(), sub),
            };
        }
    }

    /// What agents and database keep of the past. What cannot be had is left out: the present is told already.
    async fn add_past(&self, dags: &mut BTreeMap<String, wire::Dag>) {
        let of_agents = join_all(self.agents.iter().map(|agent| async move {
            let ask = Ask { path: "/api/v1/task/dags/agent?show_details=false", body: None };
            let answer = self.ask(agent, ask).await?;
            self.opened::<Contents<wire::Dag>>("GET /api/v1/task/dags/agent", &answer, "a list")
        }));
        let (of_agents, of_database) =
            tokio::join!(of_agents, self.list::<wire::Dag>("/api/v1/task/dags/ob?show_details=false"));
        let past = of_agents.into_iter().flatten().filter_map(|o| o.data.contents).flatten();
        for dag in past.chain(of_database.map(|o| o.data).unwrap_or_default()) {
            if !is_sub(&dag) {
                dags.entry(dag.id.0.clone()).or_insert(dag);
            }
        }
    }

    fn chosen(&self, dags: impl Iterator<Item = wire::Dag>, filter: &TaskFilter) -> Vec<TaskSummary> {
        let identity = lock(&self.identity).clone();
        let elsewhere = match (&filter.cluster, &identity) {
            (Some(want), Some(is)) => *want != is.at.id,
            _ => false,
        };
        if elsewhere {
            return Vec::new();
        }
        let mut tasks: Vec<TaskSummary> = dags
            .map(|d| {
                let mut task = convert::summary(d, &self.name);
                self.name_cluster(&mut task, identity.as_ref());
                task
            })
            .filter(|t| {
                let status = filter.status.is_empty()
                    || filter.status.iter().any(|s| s.eq_ignore_ascii_case(t.status.word.raw()));
                let name = filter.name.as_ref().is_none_or(|n| t.name.raw().contains(n.as_str()));
                status && name && (!filter.unfinished || t.is_unfinished())
            })
            .collect();
        tasks
            .sort_by_cached_key(|t| std::cmp::Reverse((t.started, id_order(&SubtaskId::new(t.at.id.raw())))));
        tasks.truncate(filter.limit.unwrap_or(limits::TASKS_LISTED).max(1) as usize);
        tasks
    }

    /// No DAG tells its cluster, nor what it works on: the first is the only one there is, the second is known of
    /// orders given here.
    fn name_cluster(&self, task: &mut TaskSummary, identity: Option<&Identity>) {
        if let Some(identity) = identity {
            task.cluster = Some(identity.at.clone());
            task.cluster_name = identity.name.clone();
        }
        if let Some(target) = lock(&self.targets).get(task.at.id.raw()) {
            task.target = target.clone();
        }
    }

    /// One task with its graph and the tasks inside it.
    pub(super) async fn read_task(&self, id: &TaskId) -> Result<Fetched<Task>, ReadError> {
        let begun = (self.now)();
        let (mut task, opened) = self.read_outer(id).await?;
        let subs: Vec<(String, String)> = opened
            .data
            .additional_data
            .as_ref()
            .and_then(|a| a.sub_dags.as_ref())
            .into_iter()
            .flatten()
            .map(|(agent, id)| (agent.clone(), id.0.clone()))
            .collect();
        if !subs.is_empty() {
            let inner = stream::iter(subs.into_iter().enumerate().map(|(ix, (agent, id))| async move {
                let task = if ix < SUB_DAGS_READ {
                    self.read_inner(&id).await
                } else {
                    Err(Unread { is_away: false, why: Text::new("not read: too many agents") })
                };
                Inner { agent: Text::new(&agent), id: TaskId::new(&id), task }
            }));
            let inner = inner.buffered(limits::IN_FLIGHT_PER_PROFILE).collect().await;
            convert::nest(&mut task, inner);
        }
        Ok(self.fetched(begun, task, &opened))
    }

    /// One task without those inside it: one request, two for a sub DAG that has stopped.
    pub(super) async fn read_task_alone(&self, id: &TaskId) -> Result<Fetched<Task>, ReadError> {
        let begun = (self.now)();
        let (task, opened) = self.read_outer(id).await?;
        Ok(self.fetched(begun, task, &opened))
    }

    async fn read_outer(&self, id: &TaskId) -> Result<(Task, Opened<wire::Dag>), ReadError> {
        let opened = self.read_dag(id.raw()).await?;
        let mut task = self.task_of(opened.data.clone());
        if let Some(main) = main_of(&opened.data) {
            convert::met(&mut task);
            if convert::has_stopped(&task) && !self.has_failed(main).await {
                convert::rest(&mut task);
            }
        }
        Ok((task, opened))
    }

    async fn read_dag(&self, id: &str) -> Result<Opened<wire::Dag>, ReadError> {
        let path = calls::path(&["task", "dag", id]).ok_or_else(|| {
            let why = "an ID that is empty, `.` or `..` cannot stand in a path; nothing was sent";
            error("GET a task", ReadErrorKind::BadRequest, 0, why)
        })?;
        self.get::<wire::Dag>(&path, "a task").await.map_err(|mut e| {
            // Its owner is away, not the one that was asked: expected while a stop runs (A17).
            if let (ReadErrorKind::Unreachable, true, Some(owner)) = (e.kind, e.http != 0, owner::of(id)) {
                e.why =
                    Text::new(&format!("agent {owner}, which keeps this task, is away ({})", e.why.raw()));
            }
            e
        })
    }

    /// Whether the main DAG of a sub DAG has failed: it alone has the verdict, and not known is not failed
    /// (obshell-api 7.3).
    async fn has_failed(&self, main: &str) -> bool {
        let Some(path) = calls::path(&["task", "dag", main]) else { return false };
        let read = self.get::<wire::Dag>(&format!("{path}?show_details=false"), "a task").await;
        read.is_ok_and(|main| convert::summary(main.data, &self.name).status.is == Status::Failed)
    }

    /// A sub DAG. One that has ended for good is not asked for again.
    async fn read_inner(&self, id: &str) -> Result<Box<Task>, Unread> {
        if let Some(known) = lock(&self.ended).get(id) {
            return Ok(known.clone());
        }
        let read = tokio::time::timeout(SUB_DAG_LIMIT, self.read_dag(id)).await;
        let dag = match read {
            Ok(Ok(opened)) => opened.data,
            Ok(Err(e)) => {
                let is_away = matches!(
                    e.kind,
                    ReadErrorKind::Unreachable | ReadErrorKind::Timeout | ReadErrorKind::CutOff
                );
                return Err(Unread { is_away, why: e.why });
            }
            Err(_) => return Err(Unread { is_away: true, why: Text::new("no answer in time") }),
        };
        let mut task = Box::new(self.task_of(dag));
        convert::met(&mut task);
        if task.head.status.is == Status::Succeeded {
            remember(&mut lock(&self.ended), id.to_owned(), task.clone());
        }
        Ok(task)
    }

    /// Makes a DAG into a task, and keeps which stage each of its sub tasks stands in.
    pub(super) fn task_of(&self, dag: wire::Dag) -> Task {
        let mut task = convert::task(dag, &self.name);
        let identity = lock(&self.identity).clone();
        self.name_cluster(&mut task.head, identity.as_ref());
        let mut stages = lock(&self.stages);
        for node in &task.graph.nodes {
            for member in &node.members {
                let key = (task.head.at.id.raw().to_owned(), member.id.raw().to_owned());
                remember(&mut stages, key, node.key.raw().to_owned());
            }
        }
        drop(stages);
        task
    }
}

/// Keeps something by a key; what is kept never grows without end.
pub(super) fn remember<K: std::hash::Hash + Eq, V>(
    map: &mut std::collections::HashMap<K, V>,
    key: K,
    value: V,
) {
    if map.len() >= REMEMBERED {
        map.clear();
    }
    map.insert(key, value);
}
