//! Which path leads where. Everything documented and needed is here in one table; the rest is the console's page.

use serde_json::{Value, json};

use super::answer::{Reply, page};
use super::auth::Right;
use super::call::Call;
use super::{audit, cluster, product, task, tenant};
use crate::sim::engine::Purpose;
use crate::sim::scenario::Product;
use crate::sim::script;
use crate::sim::world::{Cluster, Order, Place, Refusal, Tenant, Verb, World};

/// Most rows of one page (ocp-api 2.1).
const PAGE_MOST: i64 = 2000;

type Done = Result<Reply, Refusal>;

/// Whether the path is answered without a login (ocp-api 1.1, 3.7).
pub(super) fn is_open(call: &Call) -> bool {
    matches!(call.path.as_str(), "/api/v2/time" | "/api/status")
}

/// Answers one request of somebody who has been let in.
pub(super) fn answer(world: &mut World, product: &Product, start: i64, call: &Call) -> Done {
    let parts: Vec<&str> = call.parts.iter().map(String::as_str).collect();
    let Some(rest) = parts.strip_prefix(&["api", "v2"]) else { return Ok(Reply::NotOffered) };
    if call.method == "GET" {
        may(call, Right::Look)?;
        return look(world, product, start, call, rest);
    }
    if call.method != "POST" {
        return Ok(Reply::NotOffered);
    }
    match rest {
        ["ob", "clusters", id, path @ ..] => act(world, call, id, path),
        ["tasks", "instances", id, path @ ..] => order(world, call, id, path),
        _ => Ok(Reply::NotOffered),
    }
}

fn may(call: &Call, right: Right) -> Result<(), Refusal> {
    call.login
        .as_ref()
        .map_or_else(|| Err(Refusal::new(401, 3000, "Log on first.")), |login| login.may(right))
}

fn look(world: &World, product: &Product, start: i64, call: &Call, rest: &[&str]) -> Done {
    match rest {
        ["info"] => Ok(Reply::Bare(product::info(product, start))),
        ["ob", "clusters"] => clusters(world, call),
        ["ob", "tenants"] => tenants(world.clusters(), call),
        // Some pages spell it in the singular (ocp-api 3.5).
        ["ob", "clusters" | "cluster", id, path @ ..] => look_cluster(world, product, call, id, path),
        ["clusters", id, "zones", name, "servers"] => {
            look_cluster(world, product, call, id, &["zones", name, "servers"])
        }
        ["tasks", "instances"] => tasks(world, call),
        ["tasks", "instances", id] => Ok(data(task::detail(world, find_task(world, id)?))),
        ["tasks", "instances", id, "subtasks", subtask, "log"] => log(world, id, subtask),
        ["audit", "events"] if product.audit_events => {
            may(call, Right::Audit)?;
            let rows = audit::events(world, call);
            Ok(data(page(&rows, paging(call)?, audit::event)))
        }
        ["compute", "hosts"] => hosts(world, call),
        ["compute", "hosts", id] => host(world, id),
        _ => Ok(Reply::NotOffered),
    }
}

fn look_cluster(world: &World, product: &Product, call: &Call, id: &str, path: &[&str]) -> Done {
    let found = || find_cluster(world, id);
    let rows = |rows: Vec<Value>| Ok(data(json!({ "contents": rows })));
    match path {
        [] => Ok(data(cluster::cluster(world, found()?))),
        ["zones"] => {
            let c = found()?;
            rows(c.zones.iter().enumerate().map(|(ix, z)| cluster::zone(c, ix, z)).collect())
        }
        ["servers"] => rows(servers(found()?, call, None)),
        ["zones", name, "servers"] => {
            let c = found()?;
            let zone = c.find_zone(name).ok_or_else(|| Refusal::no_zone(name))?;
            rows(servers(c, call, Some(zone)))
        }
        ["tenants"] => tenants(std::iter::once(found()?), call),
        ["tenants", tenant] => {
            let c = found()?;
            Ok(data(tenant::detail(c, find_tenant(c, tenant)?)))
        }
        ["tenants", tenant, "units"] => {
            let c = found()?;
            rows(tenant::units(c, find_tenant(c, tenant)?, call.param("zoneName")))
        }
        ["units"] if product.units_of_cluster => rows(tenant::cluster_units(found()?)),
        ["parameters"] => rows(product::parameters(found()?)),
        _ => Ok(Reply::NotOffered),
    }
}

fn data(value: Value) -> Reply {
    Reply::Data(Some(value))
}

fn servers(one: &Cluster, call: &Call, zone: Option<usize>) -> Vec<Value> {
    let (region, idc) = (call.param("regionName"), call.param("idcName"));
    let zones = one.zones.iter().enumerate().filter(|(ix, z)| {
        zone.is_none_or(|zone| zone == *ix)
            && region.is_none_or(|r| r == z.region)
            && idc.is_none_or(|i| i == z.idc)
    });
    zones.flat_map(|(_, z)| z.servers.iter().map(|s| cluster::server(one, z, s))).collect()
}

/// `page` and `size`; a size beyond the documented most is refused, so that a client which asks for it is found out.
fn paging(call: &Call) -> Result<(usize, usize), Refusal> {
    let number = call.number("page")?.unwrap_or(1);
    let size = call.number("size")?.unwrap_or(10);
    if number < 1 || !(1..=PAGE_MOST).contains(&size) {
        return Err(Refusal::bad_parameter("page is from 1, size from 1 to 2000"));
    }
    Ok((number as usize, size as usize))
}

/// `sort=field,asc|desc`; the order stays as it is for a field that is not known.
fn sort<T, K: Ord>(rows: &mut [T], call: &Call, key: impl Fn(&T, &str) -> Option<K>) -> Result<(), Refusal> {
    let Some(text) = call.param("sort") else { return Ok(()) };
    let (field, direction) = text.split_once(',').unwrap_or((text, "asc"));
    // The tenant pages print it the other way round (ocp-api 2.1).
    let (field, direction) =
        if matches!(field, "asc" | "desc") { (direction, field) } else { (field, direction) };
    if !matches!(direction, "asc" | "desc") {
        return Err(Refusal::bad_parameter("sort is field,asc or field,desc"));
    }
    rows.sort_by_cached_key(|row| key(row, field));
    if direction == "desc" {
        rows.reverse();
    }
    Ok(())
}

fn contains(text: &str, part: Option<&str>) -> bool {
    part.is_none_or(|part| text.to_lowercase().contains(&part.to_lowercase()))
}

fn clusters(world: &World, call: &Call) -> Done {
    let statuses = call.list("status");
    let mut rows: Vec<&Cluster> = world
        .clusters()
        .filter(|c| contains(&c.name, call.param("name")))
        .filter(|c| statuses.is_empty() || statuses.contains(&c.status.word()))
        .collect();
    sort(&mut rows, call, |c, field| match field {
        "id" => Some(format!("{:020}", c.id)),
        "name" => Some(c.name.clone()),
        "status" => Some(c.status.word().to_owned()),
        "createTime" => Some(format!("{:020}", c.created_at)),
        _ => None,
    })?;
    Ok(data(page(&rows, paging(call)?, |c| cluster::cluster(world, c))))
}

fn tenants<'a>(of: impl Iterator<Item = &'a Cluster>, call: &Call) -> Done {
    let (locked, readonly) = (call.boolean("locked")?, call.boolean("readonly")?);
    let (modes, statuses) = (call.list("mode"), call.list("status"));
    let mut rows: Vec<(&Cluster, &Tenant)> = of
        .flat_map(|c| c.tenants.iter().map(move |t| (c, t)))
        .filter(|(_, t)| contains(&t.name, call.param("name")))
        .filter(|(_, t)| modes.is_empty() || modes.contains(&t.mode))
        .filter(|_| statuses.is_empty() || statuses.contains(&"NORMAL"))
        .filter(|(_, t)| locked.is_none_or(|l| l == t.is_locked) && readonly != Some(true))
        .collect();
    sort(&mut rows, call, |(_, t), field| match field {
        "id" => Some(format!("{:020}", t.id)),
        "name" => Some(t.name.clone()),
        _ => None,
    })?;
    Ok(data(page(&rows, paging(call)?, |(c, t)| tenant::tenant(c, t))))
}

fn tasks(world: &World, call: &Call) -> Done {
    let (cluster_id, tenant_id) = (call.number("clusterId")?, call.number("tenantId")?);
    let host_id = call.number("hostId")?;
    let (statuses, types) = (call.list("status"), call.list("type"));
    // The pages misspell it; both are read.
    let cluster_name = call.param("clusterName").or(call.param("cluterName"));
    let name_of = |t: &crate::sim::engine::Task| world.cluster(t.cluster).map_or("", |c| c.name.as_str());
    let mut rows: Vec<_> = world
        .tasks()
        .rev()
        .filter(|t| contains(&t.name, call.param("name")))
        .filter(|t| statuses.is_empty() || statuses.contains(&t.state.word()))
        .filter(|_| types.is_empty() || types.contains(&"MANUAL"))
        .filter(|t| cluster_id.is_none_or(|id| id == t.cluster) && contains(name_of(t), cluster_name))
        // No task of this stand-in belongs to a tenant.
        .filter(|_| tenant_id.is_none() && call.param("tenantName").is_none())
        .filter(|t| host_id.is_none_or(|id| touches(world, t, id)))
        .collect();
    sort(&mut rows, call, |t, field| match field {
        "id" => Some(format!("{:020}", t.id)),
        "name" => Some(t.name.clone()),
        "status" => Some(t.state.word().to_owned()),
        "startTime" | "createTime" => Some(format!("{:020}", t.started)),
        "finishTime" => Some(format!("{:020}", t.finished.unwrap_or(i64::MAX))),
        _ => None,
    })?;
    Ok(data(page(&rows, paging(call)?, |t| task::item(world, t))))
}

fn touches(world: &World, task: &crate::sim::engine::Task, host_id: i64) -> bool {
    let Some(cluster) = world.cluster(task.cluster) else { return false };
    task.former.servers.iter().any(|(place, ..)| cluster.server(*place).is_some_and(|s| s.host_id == host_id))
}

fn log(world: &World, id: &str, subtask: &str) -> Done {
    let task = find_task(world, id)?;
    let one = subtask.parse().ok().and_then(|n| task.find(n)).and_then(|ix| task.subtasks.get(ix));
    let (Some(one), Some(cluster)) = (one, world.cluster(task.cluster)) else {
        return Err(Refusal::no_task(subtask));
    };
    let text = script::log::text(task, one, cluster, &world.executor, world.now());
    Ok(data(json!({ "log": text })))
}

fn hosts(world: &World, call: &Call) -> Done {
    let rows: Vec<_> = world.clusters().flat_map(|c| c.servers().map(move |(z, s)| (c, z, s))).collect();
    Ok(data(page(&rows, paging(call)?, |(c, z, s)| product::host(c, z, s))))
}

fn host(world: &World, id: &str) -> Done {
    let mut rows = world.clusters().flat_map(|c| c.servers().map(move |(z, s)| (c, z, s)));
    let found = rows.find(|(_, _, s)| s.host_id.to_string() == id);
    found
        .map(|(c, z, s)| data(product::host(c, z, s)))
        .ok_or_else(|| Refusal::no_record(&format!("Host {id}")))
}

fn number(text: &str, what: &str) -> Result<i64, Refusal> {
    text.parse().map_err(|_| Refusal::bad_parameter(&format!("{what} must be a number")))
}

fn find_cluster<'a>(world: &'a World, id: &str) -> Result<&'a Cluster, Refusal> {
    let id = number(id, "id")?;
    world.cluster(id).ok_or_else(|| Refusal::no_cluster(id))
}

fn find_tenant<'a>(cluster: &'a Cluster, id: &str) -> Result<&'a Tenant, Refusal> {
    let id = number(id, "tenantId")?;
    let found = cluster.tenants.iter().find(|t| t.id == id);
    found.ok_or_else(|| Refusal::no_record(&format!("Tenant {id}")))
}

fn find_task<'a>(world: &'a World, id: &str) -> Result<&'a crate::sim::engine::Task, Refusal> {
    let number = number(id, "taskInstanceId")?;
    world.task(number).ok_or_else(|| Refusal::no_task(id))
}

/// Stop, start, restart.
fn act(world: &mut World, call: &Call, id: &str, path: &[&str]) -> Done {
    let verb = match path.last() {
        Some(&"stop") => Verb::Stop,
        Some(&"start") => Verb::Start,
        Some(&"restart") => Verb::Restart,
        _ => return Ok(Reply::NotOffered),
    };
    let is_known = matches!(path, [_] | ["zones" | "servers", _, _]);
    if !is_known {
        return Ok(Reply::NotOffered);
    }
    may(call, Right::Manage)?;
    let cluster = find_cluster(world, id)?;
    let place = match path {
        ["zones", name, _] => {
            let zone = cluster.find_zone(name).ok_or_else(|| Refusal::no_zone(name))?;
            Place { zone: Some(zone), server: None }
        }
        ["servers", server, _] => {
            let server = number(server, "serverId")?;
            cluster.find_server(server).ok_or_else(|| Refusal::no_server(server))?
        }
        _ => Place::default(),
    };
    // Read for every scope, so that a malformed body is refused; it counts for servers only (ocp-api 3.3).
    let (force, freeze) = (call.flag("force")?, call.flag("freezeServer")?);
    let purpose = Purpose { verb, place, force: force && place.server.is_some(), freeze };
    let Some(login) = &call.login else { return Err(Refusal::new(401, 3000, "Log on first.")) };
    let cluster_id = cluster.id;
    let order =
        Order { cluster: cluster_id, purpose, creator: login.user.clone(), trace: call.trace.clone() };
    let task_id = world.submit(order)?;
    match (world.cluster(cluster_id), world.task(task_id)) {
        (Some(cluster), Some(one)) => Ok(data(task::reply(world, cluster, one))),
        _ => Err(Refusal::no_task(&task_id.to_string())),
    }
}

/// Retry, rollback, skip, cancel.
fn order(world: &mut World, call: &Call, id: &str, path: &[&str]) -> Done {
    let is_known = matches!(path, ["retry" | "rollback"] | ["subtasks", _, "retry" | "skip" | "cancel"]);
    if !is_known {
        return Ok(Reply::NotOffered);
    }
    may(call, Right::ManageTasks)?;
    let now = world.now();
    let task_id = find_task(world, id)?.id;
    let Some(one) = world.task_mut(task_id) else { return Err(Refusal::no_task(id)) };
    if let [what] = path {
        if *what == "retry" { one.retry(now) } else { one.rollback(now) }?;
        return Ok(data(task::detail(world, find_task(world, id)?)));
    }
    let ["subtasks", subtask, what] = path else { return Ok(Reply::NotOffered) };
    let ix = one.find(number(subtask, "subtaskInstanceId")?).ok_or_else(|| Refusal::no_task(subtask))?;
    match *what {
        "retry" => one.retry_subtask(ix, now)?,
        "skip" => one.skip_subtask(ix, now)?,
        _ => one.cancel_subtask(ix, now)?,
    }
    if *what != "retry" {
        return Ok(Reply::Data(None));
    }
    let one = find_task(world, id)?;
    Ok(Reply::Data(one.subtasks.get(ix).map(|s| task::subtask(world, one, s))))
}
