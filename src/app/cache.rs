//! Answers by query, each with its age and last error: old facts stay on screen, marked as old.

use std::collections::HashMap;

use super::effect::{Answer, Query, Reply, Ticket};
use super::forbidden::Forbidden;
use crate::domain::id::{ClusterRef, ProfileName, SubtaskId, TaskRef};
use crate::domain::offline;
use crate::domain::outcome::ReadError;
use crate::domain::task::{LogText, Task, TaskFilter, TaskSummary};
use crate::domain::time::{Span, Timestamp};
use crate::domain::topology::{Cluster, Parameter, Tenant, Unit, Zone};

/// What is known about one query.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Known {
    /// The newest good answer and when it came, by our clock.
    pub answer: Option<(Answer, Timestamp)>,
    /// The error since then, if any, and when it came.
    pub error: Option<(ReadError, Timestamp)>,
    /// Failures in a row.
    pub failures: u32,
    /// The read under way.
    pub in_flight: Option<Ticket>,
    /// Not to be asked before this time: backoff, or a wait the server told.
    pub not_before: Option<Timestamp>,
}

impl Known {
    /// Age of the newest good answer.
    pub fn age(&self, now: Timestamp) -> Option<Span> {
        self.answer.as_ref().map(|(_, at)| now.since(*at))
    }
    /// Two missed polls in a row: shown as old (reliability 3).
    pub fn is_stale(&self) -> bool {
        self.failures >= 2
    }
}

/// All that is known.
#[derive(Debug, Default)]
pub struct Cache {
    known: HashMap<Query, Known>,
    /// What was refused with a 403 and is therefore not offered (H02).
    pub forbidden: Forbidden,
}

macro_rules! typed {
    ($(#[$doc:meta])* $name:ident, $query:expr, ($($arg:ident: $ty:ty),*), $variant:ident, $out:ty) => {
        $(#[$doc])*
        pub fn $name(&self, $($arg: $ty),*) -> Option<&$out> {
            match self.reply(&$query)? {
                Reply::$variant(v) => Some(v),
                _ => None,
            }
        }
    };
}

impl Cache {
    /// What is known about a query.
    pub fn get(&self, query: &Query) -> Option<&Known> {
        self.known.get(query)
    }
    /// The same, to be changed by `poll`.
    pub fn entry(&mut self, query: &Query) -> &mut Known {
        if !self.known.contains_key(query) {
            self.known.insert(query.clone(), Known::default());
        }
        self.known.entry(query.clone()).or_default()
    }
    /// Every query known.
    pub fn iter(&self) -> impl Iterator<Item = (&Query, &Known)> {
        self.known.iter()
    }
    /// The same, to be changed by `poll`.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = (&Query, &mut Known)> {
        self.known.iter_mut()
    }
    /// Drops what nobody wants and is older than `max_age`, so that memory is bounded by what is looked at.
    pub fn retain(&mut self, mut keep: impl FnMut(&Query, &Known) -> bool) {
        self.known.retain(|q, k| keep(q, k));
    }
    /// The newest good answer.
    pub fn answer(&self, query: &Query) -> Option<&(Answer, Timestamp)> {
        self.known.get(query)?.answer.as_ref()
    }
    fn reply(&self, query: &Query) -> Option<&Reply> {
        self.answer(query).map(|(a, _)| &a.reply)
    }

    typed!(
        /// Clusters of a profile.
        clusters, Query::Clusters(profile.clone()), (profile: &ProfileName), Clusters, Vec<Cluster>
    );
    typed!(
        /// Zones of a cluster, with servers.
        zones, Query::Zones(cluster.clone()), (cluster: &ClusterRef), Zones, Vec<Zone>
    );
    typed!(
        /// Tenants of a cluster.
        tenants, Query::Tenants(cluster.clone()), (cluster: &ClusterRef), Tenants, Vec<Tenant>
    );
    typed!(
        /// Units of a cluster.
        units, Query::Units(cluster.clone()), (cluster: &ClusterRef), Units, Vec<Unit>
    );
    typed!(
        /// Parameters of a cluster.
        parameters, Query::Parameters(cluster.clone()), (cluster: &ClusterRef), Parameters, Vec<Parameter>
    );
    typed!(
        /// Tasks of a profile.
        tasks, Query::Tasks(profile.clone(), filter.clone()), (profile: &ProfileName, filter: &TaskFilter), Tasks, Vec<TaskSummary>
    );
    typed!(
        /// A task.
        task, Query::Task(task.clone()), (task: &TaskRef), Task, Task
    );
    typed!(
        /// A subtask's log.
        log, Query::Log(task.clone(), subtask.clone()), (task: &TaskRef, subtask: &SubtaskId), Log, LogText
    );

    /// A cluster with the zones that were read for it, where they were.
    pub fn cluster(&self, at: &ClusterRef) -> Option<Cluster> {
        let mut c = self.clusters(&at.profile)?.iter().find(|c| c.at == *at)?.clone();
        if let Some(zones) = self.zones(at) {
            c.zones.clone_from(zones);
        }
        Some(c)
    }
    /// Adds to an answer, before it takes the place of the one of before, what only both together tell: since when an
    /// OBServer's process is away, and whether a standby falls back.
    pub fn carry(&self, query: &Query, answer: &mut Answer, now: Timestamp) {
        let Some((before, at)) = self.answer(query) else { return };
        match (&before.reply, &mut answer.reply) {
            (Reply::Zones(seen), Reply::Zones(zones)) => {
                offline::carry(seen, before.server_time.unwrap_or(*at), zones);
            }
            (Reply::Clusters(seen), Reply::Clusters(clusters)) => {
                let seen: HashMap<_, _> = seen.iter().map(|c| (&c.at, c)).collect();
                for cluster in clusters {
                    if let Some(then) = seen.get(&cluster.at) {
                        cluster.relation.compare(&then.relation, now.since(*at));
                    }
                }
            }
            _ => {}
        }
    }
    /// The server's clock now: its clock at the newest answer, moved by our own time since (H17).
    pub fn server_now(&self, query: &Query, now: Timestamp) -> Timestamp {
        match self.answer(query) {
            Some((Answer { server_time: Some(t), .. }, at)) => t.plus(now.since(*at)),
            _ => now,
        }
    }
}
