//! What is known of a row, looked up in the cache.

use super::NodeId;
use crate::app::cache::Cache;
use crate::app::effect::Query;
use crate::app::facts::DetailOf;
use crate::domain::action::Scope;
use crate::domain::id::{ClusterRef, ProfileName, TaskId, TaskRef, ZoneName};
use crate::domain::task::{TaskFilter, TaskSummary};
use crate::domain::topology::{Cluster, Server, Zone};

/// The tasks of a profile that still hold a cluster.
pub fn unfinished(profile: &ProfileName) -> Query {
    Query::Tasks(profile.clone(), TaskFilter { unfinished: true, ..TaskFilter::default() })
}

/// The unfinished task of a cluster: running before failed.
pub fn task_of<'a>(cache: &'a Cache, cluster: &ClusterRef) -> Option<&'a TaskSummary> {
    let Query::Tasks(profile, filter) = unfinished(&cluster.profile) else { return None };
    cache
        .tasks(&profile, &filter)?
        .iter()
        .filter(|t| t.is_unfinished() && t.cluster.as_ref() == Some(cluster))
        .min_by_key(|t| !t.phase().is_active())
}

/// The task that works on what a row names: the plane's own word for it, of the row or of what holds it, else the
/// cluster's unfinished one.
pub fn task_at(cache: &Cache, id: &NodeId) -> Option<TaskRef> {
    let at = id.cluster()?;
    let zone = |name: &ZoneName| zones(cache, at).iter().find(|z| z.name == *name)?.task.clone();
    let own = match id {
        NodeId::Server(_, z, _) => server(cache, id).and_then(|(_, s)| s.task.clone()).or_else(|| zone(z)),
        NodeId::Zone(_, z) => zone(z),
        NodeId::Profile(_) | NodeId::Cluster(_) | NodeId::Note(..) => None,
    };
    own.or_else(|| cluster(cache, at)?.task.clone())
        .map(|id| TaskRef { profile: at.profile.clone(), id })
        .or_else(|| task_of(cache, at).map(|t| t.at.clone()))
}

/// An unfinished task by its ID, as the list tells it.
pub fn listed<'a>(cache: &'a Cache, profile: &ProfileName, id: &TaskId) -> Option<&'a TaskSummary> {
    let Query::Tasks(profile, filter) = unfinished(profile) else { return None };
    cache.tasks(&profile, &filter)?.iter().find(|t| t.at.id == *id)
}

/// A cluster as the list tells it.
pub fn cluster<'a>(cache: &'a Cache, at: &ClusterRef) -> Option<&'a Cluster> {
    cache.clusters(&at.profile)?.iter().find(|c| c.at == *at)
}

/// The zones of a cluster as last read, else as the list of clusters tells them.
pub fn zones<'a>(cache: &'a Cache, at: &ClusterRef) -> &'a [Zone] {
    cache.zones(at).or_else(|| cluster(cache, at).map(|c| &c.zones)).map_or(&[], Vec::as_slice)
}

/// A server's row, with its zone.
pub fn server<'a>(cache: &'a Cache, id: &NodeId) -> Option<(&'a Zone, &'a Server)> {
    let NodeId::Server(c, zone, server) = id else { return None };
    let zone = zones(cache, c).iter().find(|z| z.name == *zone)?;
    Some((zone, zone.servers.iter().find(|s| s.id == *server)?))
}

/// Fills in the address of a server that is known by its ID.
pub fn with_address(of: DetailOf, cache: &Cache) -> DetailOf {
    match of {
        DetailOf::Part(c, Scope::Server { id, zone, .. }) => {
            let node = NodeId::Server(c.clone(), zone.clone(), id.clone());
            let address = server(cache, &node).map_or_else(|| id.text().clone(), |(_, s)| s.address.clone());
            DetailOf::Part(c, Scope::Server { id, address, zone })
        }
        DetailOf::Part(c, scope @ (Scope::Cluster | Scope::Zone(_))) => DetailOf::Part(c, scope),
        DetailOf::Profile(_) | DetailOf::Cluster(_) => of,
    }
}
