//! Finds what the command line names: a cluster, a zone, an OBServer, a task. Nothing is guessed: two candidates
//! are an error that lists both.

use std::sync::Arc;

use futures_util::future::join_all;

use super::args::Target;
use super::fail::Fail;
use super::session::{Link, Session, read_fail};
use crate::domain::action::Scope;
use crate::domain::id::{TaskId, TaskRef};
use crate::domain::outcome::{Exit, ReadError, ReadErrorKind};
use crate::domain::shown::{Shown, Text};
use crate::domain::topology::{Cluster, Server, Zone};
use crate::plane::ControlPlane;
use crate::store::config::Profile;

/// A cluster with the connection it was found through.
pub(crate) struct FoundCluster {
    pub(crate) profile: Profile,
    pub(crate) plane: Arc<dyn ControlPlane>,
    pub(crate) cluster: Cluster,
}

/// Splits `PROFILE/NAME` where the first part is a configured profile.
fn split<'a>(session: &Session, reference: &'a str) -> (Option<&'a str>, &'a str) {
    match reference.split_once('/') {
        Some((p, rest)) if session.config.profile(p).is_some() => (Some(p), rest),
        _ => (None, reference),
    }
}

/// Finds one cluster. With `strict` (an action is to follow), a profile that could not be searched is an error:
/// the name might stand there too.
pub(crate) async fn cluster(session: &Session, reference: &str, strict: bool) -> Result<FoundCluster, Fail> {
    let (only, name) = split(session, reference);
    let mut reached = session.reach(only).await?;
    let links = std::mem::take(&mut reached.links);
    let lists = join_all(links.iter().map(|l| l.plane.clusters())).await;
    let mut hits = Vec::new();
    let mut names = Vec::new();
    for (link, list) in links.into_iter().zip(lists) {
        match list {
            Ok(list) => {
                for c in list.value {
                    if c.name.raw() == name || c.at.id.raw() == name {
                        hits.push((link.profile.clone(), Arc::clone(&link.plane), c));
                    } else {
                        names.push(c.name.clone());
                    }
                }
            }
            Err(e) => {
                let what = format!("list the clusters of profile {}", link.profile.name);
                reached.failed.push(read_fail(&what, &e));
            }
        }
    }
    if strict && !reached.failed.is_empty() {
        let mut first = reached.failed.remove(0);
        if let (false, Some(told)) = (hits.is_empty(), first.told.as_mut()) {
            told.now = format!(
                "`{}` could stand there too: name the profile with --profile NAME or PROFILE/CLUSTER",
                Shown::filter(name)
            );
        }
        return Err(first);
    }
    reached.settle(!hits.is_empty() || !names.is_empty())?;
    match (hits.pop(), hits.is_empty()) {
        (Some((profile, plane, cluster)), true) => Ok(FoundCluster { profile, plane, cluster }),
        (Some(last), false) => {
            hits.push(last);
            let candidates =
                hits.iter().map(|(_, _, c)| format!("{}/{} (ID {})", c.at.profile, c.name, c.at.id));
            Err(ambiguous("cluster", name, candidates))
        }
        (None, _) => Err(not_found("cluster", name, &names)),
    }
}

fn ambiguous(what: &str, name: &str, candidates: impl Iterator<Item = String>) -> Fail {
    Fail::of(
        Exit::NotFound,
        &format!("more than one {what} is called `{}`", Shown::filter(name)),
        candidates.collect::<Vec<_>>().join(", "),
        "name one by its ID, with --profile NAME or as PROFILE/NAME",
    )
}

/// Names at most shown when something was not found.
const NAMES: usize = 12;

fn not_found(what: &str, name: &str, names: &[Text]) -> Fail {
    let mut there: Vec<String> = names.iter().take(NAMES).map(ToString::to_string).collect();
    if names.len() > NAMES {
        there.push(format!("… {} in all", names.len()));
    }
    let now = if there.is_empty() { String::new() } else { format!("there are: {}", there.join(", ")) };
    Fail::of(Exit::NotFound, &format!("no {what} is called `{}`", Shown::filter(name)), "", &now)
}

/// Finds the part of a cluster that is meant, by its zones read with their servers.
pub(crate) fn scope(
    target: &Target,
    cluster: &Cluster,
    zones: Result<&[Zone], &ReadError>,
) -> Result<Scope, Fail> {
    let unread = |e: &ReadError| read_fail(&format!("read the zones of {}", cluster.name), e);
    match target {
        Target::Cluster { .. } => Ok(Scope::Cluster),
        Target::Zone { zone, .. } => {
            // The list of clusters may tell the zone's name where its zones could not be read.
            let known = zones.unwrap_or(&cluster.zones);
            if let Some(z) = known.iter().find(|z| z.name.raw() == zone) {
                return Ok(Scope::Zone(z.name.clone()));
            }
            zones.map_err(unread)?;
            let names: Vec<Text> = known.iter().map(|z| z.name.text().clone()).collect();
            Err(not_found(&format!("zone of {}", cluster.name), zone, &names))
        }
        Target::Server { server, .. } => {
            let zones = zones.map_err(unread)?;
            let all: Vec<&Server> = zones.iter().flat_map(|z| &z.servers).collect();
            let exact: Vec<&&Server> =
                all.iter().filter(|s| s.id.raw() == server || s.address.raw() == server).collect();
            let host = |s: &Server| s.address.raw().rsplit_once(':').is_some_and(|(h, _)| h == server);
            let hits = if exact.is_empty() { all.iter().filter(|s| host(s)).collect() } else { exact };
            match hits.as_slice() {
                [s] => {
                    Ok(Scope::Server { id: s.id.clone(), address: s.address.clone(), zone: s.zone.clone() })
                }
                [] => {
                    let names: Vec<Text> = all.iter().map(|s| s.address.clone()).collect();
                    Err(not_found(&format!("OBServer of {}", cluster.name), server, &names))
                }
                many => {
                    let list = many.iter().map(|s| format!("{} (ID {})", s.address, s.id));
                    Err(ambiguous("OBServer", server, list))
                }
            }
        }
    }
}

/// A task with the connection it was found through.
pub(crate) struct FoundTask {
    pub(crate) profile: Profile,
    pub(crate) plane: Arc<dyn ControlPlane>,
    pub(crate) at: TaskRef,
}

/// Finds the profile whose control plane knows a task. Where one profile is meant it is not asked at all: the verb
/// itself will.
pub(crate) async fn task(session: &Session, reference: &str) -> Result<FoundTask, Fail> {
    let (only, id) = split(session, reference);
    let id = TaskId::new(id);
    let mut reached = session.reach(only).await?;
    let mut links = std::mem::take(&mut reached.links);
    let found = |l: Link| FoundTask {
        at: TaskRef { profile: l.profile.name.clone(), id: id.clone() },
        profile: l.profile,
        plane: l.plane,
    };
    if links.len() == 1 && reached.failed.is_empty() {
        return links.pop().map(found).ok_or_else(|| not_found("task", id.raw(), &[]));
    }
    let answers = join_all(links.iter().map(|l| l.plane.task(&id))).await;
    let mut hits = Vec::new();
    for (link, answer) in links.into_iter().zip(answers) {
        match answer {
            Ok(_) => hits.push(link),
            Err(e) if e.kind == ReadErrorKind::NotFound => {}
            Err(e) => {
                let what = format!("look for task {id} in profile {}", link.profile.name);
                reached.failed.push(read_fail(&what, &e));
            }
        }
    }
    reached.settle(!hits.is_empty())?;
    if hits.len() > 1 {
        let list = hits.iter().map(|l| format!("{}/{id}", l.profile.name));
        return Err(ambiguous("task", id.raw(), list));
    }
    hits.pop().map(found).ok_or_else(|| not_found("task", id.raw(), &[]))
}
