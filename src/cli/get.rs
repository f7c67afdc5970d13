//! `obdeck get …`: lists, and one task.

use futures_util::StreamExt;
use futures_util::future::join_all;

use super::args::{Format, Get};
use super::fail::{Code, Ended, Fail};
use super::output::json::TaskDoc;
use super::output::rows::{self, Row};
use super::output::{put, say, table};
use super::session::{Link, Reached, Session, read_fail};
use super::{refs, words};
use crate::domain::limits;
use crate::domain::task::{TaskFilter, TaskSummary};
use crate::domain::topology::{Cluster, Tenant, Zone};
use crate::driver::clock;

/// Runs it.
pub(crate) async fn run(session: &Session, what: &Get, cluster: Option<&str>) -> Ended {
    match what {
        Get::Clusters => clusters(session, cluster).await,
        Get::Zones => {
            let rows = |c: &Cluster, z: &[Zone]| z.iter().map(|z| rows::zone(c, z)).collect();
            let list = per_cluster(session, cluster, Part::Zones, rows, |_, _| Vec::new()).await?;
            rows::print(session.out, &rows::ZONES, list)?;
            Ok(Code::DONE)
        }
        Get::Servers => {
            let rows = |c: &Cluster, z: &[Zone]| {
                z.iter().flat_map(|z| &z.servers).map(|s| rows::server(c, s)).collect()
            };
            let list = per_cluster(session, cluster, Part::Zones, rows, |_, _| Vec::new()).await?;
            rows::print(session.out, &rows::SERVERS, list)?;
            Ok(Code::DONE)
        }
        Get::Tenants => {
            let rows = |c: &Cluster, t: &[Tenant]| t.iter().map(|t| rows::tenant(c, t)).collect();
            let list = per_cluster(session, cluster, Part::Tenants, |_, _| Vec::new(), rows).await?;
            rows::print(session.out, &rows::TENANTS, list)?;
            Ok(Code::DONE)
        }
        Get::Tasks { status, unfinished, limit } => {
            let filter = TaskFilter {
                cluster: None,
                unfinished: *unfinished,
                status: status.clone(),
                name: None,
                limit: *limit,
            };
            tasks(session, cluster, filter).await
        }
        Get::Task { id } => task(session, id).await,
    }
}

/// Clusters of every profile that answered.
async fn all_clusters(reached: &mut Reached) -> Vec<(usize, Cluster)> {
    let lists = join_all(reached.links.iter().map(|l| l.plane.clusters())).await;
    let mut all = Vec::new();
    for (ix, list) in lists.into_iter().enumerate() {
        match list {
            Ok(list) => all.extend(list.value.into_iter().map(|c| (ix, c))),
            Err(e) => {
                let name = reached.links.get(ix).map(|l| l.profile.name.to_string()).unwrap_or_default();
                reached.failed.push(read_fail(&format!("list the clusters of profile {name}"), &e));
            }
        }
    }
    all
}

async fn clusters(session: &Session, only: Option<&str>) -> Ended {
    let rows = if let Some(name) = only {
        vec![rows::cluster(&refs::cluster(session, name, false).await?.cluster)]
    } else {
        let mut reached = session.reach(None).await?;
        let links = reached.links.len();
        let failed = reached.failed.len();
        let all = all_clusters(&mut reached).await;
        let answered = reached.failed.len() - failed < links;
        reached.settle(answered)?;
        all.iter().map(|(_, c)| rows::cluster(c)).collect()
    };
    rows::print(session.out, &rows::CLUSTERS, rows)?;
    Ok(Code::DONE)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Zones,
    Tenants,
}

impl Part {
    fn word(self) -> &'static str {
        match self {
            Part::Zones => "zones",
            Part::Tenants => "tenants",
        }
    }
}

/// Reads a part of one cluster, or of all of them with few requests in flight, and makes rows of it.
async fn per_cluster<T>(
    session: &Session,
    only: Option<&str>,
    part: Part,
    of_zones: impl Fn(&Cluster, &[Zone]) -> Vec<Row<T>>,
    of_tenants: impl Fn(&Cluster, &[Tenant]) -> Vec<Row<T>>,
) -> Result<Vec<Row<T>>, Fail> {
    let mut reached;
    let clusters = if let Some(name) = only {
        let found = refs::cluster(session, name, false).await?;
        reached =
            Reached { links: vec![Link { profile: found.profile, plane: found.plane }], failed: Vec::new() };
        vec![(0, found.cluster)]
    } else {
        reached = session.reach(None).await?;
        all_clusters(&mut reached).await
    };
    let none = clusters.is_empty();
    let links = &reached.links;
    let (of_zones, of_tenants) = (&of_zones, &of_tenants);
    let reads = clusters.iter().filter_map(|(ix, c)| {
        let plane = &links.get(*ix)?.plane;
        Some(async move {
            match part {
                Part::Zones => plane.zones(&c.at.id).await.map(|z| of_zones(c, &z.value)),
                Part::Tenants => plane.tenants(&c.at.id).await.map(|t| of_tenants(c, &t.value)),
            }
            .map_err(|e| read_fail(&format!("read the {} of {}", part.word(), c.name), &e))
        })
    });
    let answers: Vec<Result<Vec<Row<T>>, Fail>> =
        futures_util::stream::iter(reads).buffered(limits::IN_FLIGHT_PER_PROFILE).collect().await;
    let mut rows = Vec::new();
    let mut answered = none && reached.failed.is_empty() && !reached.links.is_empty();
    for answer in answers {
        match answer {
            Ok(more) => {
                answered = true;
                rows.extend(more);
            }
            Err(e) => reached.failed.push(e),
        }
    }
    reached.settle(answered)?;
    Ok(rows)
}

async fn tasks(session: &Session, only: Option<&str>, mut filter: TaskFilter) -> Ended {
    let mut reached;
    if let Some(name) = only {
        let found = refs::cluster(session, name, false).await?;
        filter.cluster = Some(found.cluster.at.id);
        reached =
            Reached { links: vec![Link { profile: found.profile, plane: found.plane }], failed: Vec::new() };
    } else {
        reached = session.reach(None).await?;
    }
    let lists = join_all(reached.links.iter().map(|l| l.plane.tasks(&filter))).await;
    let mut all: Vec<TaskSummary> = Vec::new();
    let mut answered = false;
    for (ix, list) in lists.into_iter().enumerate() {
        match list {
            Ok(list) => {
                answered = true;
                all.extend(list.value);
            }
            Err(e) => {
                let name = reached.links.get(ix).map(|l| l.profile.name.to_string()).unwrap_or_default();
                reached.failed.push(read_fail(&format!("list the tasks of profile {name}"), &e));
            }
        }
    }
    reached.settle(answered)?;
    // Newest first over all profiles; each list already is.
    all.sort_by_key(|t| std::cmp::Reverse(t.started));
    rows::print(session.out, &rows::TASKS, all.iter().map(rows::task).collect())?;
    Ok(Code::DONE)
}

async fn task(session: &Session, id: &str) -> Ended {
    let found = refs::task(session, id).await?;
    let seen = found.plane.task(&found.at.id).await.map_err(|e| {
        read_fail(&format!("read task {} of profile {}", found.at.id, found.profile.name), &e)
    })?;
    let out = session.out;
    let doc = TaskDoc::new(&seen.value, seen.trace.as_ref(), true);
    match out.format {
        Format::Json => put::document(&doc)?,
        Format::Ndjson => put::event("task", &doc)?,
        Format::Table => {
            let now = seen.server_time.unwrap_or_else(clock::now);
            put::text(&(words::task_lines(&seen.value, seen.trace.as_ref(), now).join("\n") + "\n"))?;
            let rows = words::subtask_rows(&seen.value, now);
            if rows.is_empty() {
                say("no steps told yet");
            } else {
                put::text(&(table::lines(words::SUBTASK_HEAD, &rows).join("\n") + "\n"))?;
            }
        }
    }
    Ok(Code::DONE)
}
