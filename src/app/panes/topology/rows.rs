//! The rows of the tree: one walk over what is known.

use std::collections::HashSet;

use super::{NodeId, Row, Topology, cluster, is_degraded, server};
use crate::app::cache::Cache;
use crate::app::effect::Query;
use crate::app::facts::Facts;
use crate::app::settings::ProfileFacts;
use crate::domain::id::{ClusterRef, ProfileName};
use crate::domain::topology::{Cluster, Zone};

/// With no more clusters than this in all, clusters begin unfolded.
const FEW_CLUSTERS: usize = 6;

impl Topology {
    pub(super) fn build(&self, cx: &Facts<'_>, folds: Folds) -> Vec<Row> {
        let total: usize =
            cx.settings.profiles.iter().map(|p| cx.cache.clusters(&p.name).map_or(0, Vec::len)).sum();
        let narrowed = folds == Folds::AsTheyAre && (self.problems || self.filter.is_some());
        let mut build = Build {
            topology: self,
            cache: cx.cache,
            folds,
            narrowed,
            few: total <= FEW_CLUSTERS,
            rows: Vec::new(),
        };
        let mut seen = HashSet::new();
        for p in cx.settings.profiles.iter().filter(|p| seen.insert(&p.name)) {
            build.profile(p);
        }
        build.rows
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Folds {
    AsTheyAre,
    AllOpen,
}

/// One walk over what is known.
struct Build<'a> {
    topology: &'a Topology,
    cache: &'a Cache,
    folds: Folds,
    narrowed: bool,
    few: bool,
    rows: Vec<Row>,
}

impl Build<'_> {
    fn is_open(&self, id: &NodeId) -> bool {
        if self.folds == Folds::AllOpen {
            return true;
        }
        self.topology.folds.get(id).copied().unwrap_or(match id {
            NodeId::Profile(_) => true,
            NodeId::Cluster(_) => self.few,
            NodeId::Zone(..) | NodeId::Server(..) | NodeId::Note(..) => false,
        })
    }
    /// Adds a row and what is below it; takes it back when it is narrowed away. Below a row that matches a filter
    /// by itself the folds count again: who looks for a cluster wants to open it.
    fn row(&mut self, id: NodeId, depth: u8, has_below: bool, hit: bool, below: impl FnOnce(&mut Self)) {
        let from = self.rows.len();
        let was = self.narrowed;
        if hit && self.topology.filter.is_some() && !self.topology.problems {
            self.narrowed = false;
        }
        let open = has_below && (self.narrowed || self.is_open(&id));
        self.rows.push(Row { id, depth, open: has_below.then_some(open) });
        if open {
            below(self);
        }
        self.narrowed = was;
        if was && !hit && self.rows.len() == from + 1 {
            self.rows.truncate(from);
        }
    }
    fn hit(&self, id: &NodeId, has_problem: impl FnOnce() -> bool) -> bool {
        self.narrowed
            && self.topology.filter.as_ref().is_none_or(|t| matches_text(self.cache, id, t))
            && (!self.topology.problems || has_problem())
    }
    fn profile(&mut self, p: &ProfileFacts) {
        let id = NodeId::Profile(p.name.clone());
        let cache = self.cache;
        let clusters = cache.clusters(&p.name);
        let hit = self.hit(&id, || {
            p.broken.is_some()
                || cache.get(&Query::Clusters(p.name.clone())).is_some_and(|k| k.error.is_some())
        });
        self.row(id, 0, true, hit, |build| match clusters {
            Some(list) if !list.is_empty() => {
                let mut seen = HashSet::new();
                for c in list.iter().filter(|c| seen.insert(&c.at)) {
                    build.cluster(c);
                }
            }
            Some(_) | None => build.note(&p.name, None),
        });
    }
    fn cluster(&mut self, c: &Cluster) {
        let id = NodeId::Cluster(c.at.clone());
        let zones = self.cache.zones(&c.at).unwrap_or(&c.zones);
        let hit = self.hit(&id, || is_degraded(c, zones));
        self.row(id, 1, true, hit, |build| {
            if zones.is_empty() {
                build.note(&c.at.profile, Some(&c.at));
            }
            let mut seen = HashSet::new();
            for z in zones.iter().filter(|z| seen.insert(&z.name)) {
                build.zone(c, z);
            }
        });
    }
    fn zone(&mut self, c: &Cluster, z: &Zone) {
        let id = NodeId::Zone(c.at.clone(), z.name.clone());
        let hit = self.hit(&id, || !z.is_whole());
        self.row(id, 2, !z.servers.is_empty(), hit, |build| {
            let mut seen = HashSet::new();
            for s in z.servers.iter().filter(|s| seen.insert(&s.id)) {
                let id = NodeId::Server(c.at.clone(), z.name.clone(), s.id.clone());
                let hit = build.hit(&id, || !s.is_up());
                build.row(id, 3, false, hit, |_| {});
            }
        });
    }
    fn note(&mut self, profile: &ProfileName, cluster: Option<&ClusterRef>) {
        if !self.narrowed {
            let id = NodeId::Note(profile.clone(), cluster.cloned());
            self.rows.push(Row { id, depth: if cluster.is_some() { 2 } else { 1 }, open: None });
        }
    }
}

/// Whether a row's name, ID or address holds a text in lower case.
pub(super) fn matches_text(cache: &Cache, id: &NodeId, wanted: &str) -> bool {
    let has = |s: &str| s.to_lowercase().contains(wanted);
    match id {
        NodeId::Profile(p) => has(p.shown().as_str()),
        NodeId::Cluster(c) => {
            has(c.id.shown().as_str()) || cluster(cache, c).is_some_and(|c| has(c.name.shown().as_str()))
        }
        NodeId::Zone(_, z) => has(z.shown().as_str()),
        NodeId::Server(..) => server(cache, id).is_some_and(|(_, s)| has(s.address.shown().as_str())),
        NodeId::Note(..) => false,
    }
}
