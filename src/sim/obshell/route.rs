//! Which path leads where. What is documented and needed is in one table; the rest is refused as a real agent refuses it.

use serde_json::{Map, Value, json};

use super::Protection;
use super::action::{members, text};
use super::auth::Opened;
use super::refusal::Refusal;
use super::task::{Dag, Names, Operator, dag_json, log_json, node_json, task_json, time};
use super::topology::host_info;
use super::world::World;
use crate::sim::ocp::call::{decode, parse_query};
use crate::sim::time::Ms;

/// A request as the routes see it.
#[derive(Debug)]
pub(super) struct Ask<'a> {
    /// From 1, over all agents.
    pub(super) number: u64,
    pub(super) method: &'a str,
    /// Path and query as sent.
    pub(super) target: &'a str,
    pub(super) opened: &'a Opened,
    /// It came through the unix socket: no login is asked for.
    pub(super) is_socket: bool,
    pub(super) protection: Protection,
    pub(super) public_key: &'a str,
    /// The agent's own clock.
    pub(super) wall: Ms,
}

/// What a route has to say.
#[derive(Debug)]
pub(super) enum Reply {
    Data(Value),
    /// Success without `data`.
    Bare,
    /// The web page for everything outside the API.
    Page,
}

type Answer = Result<Reply, Refusal>;

/// Paths behind which no header is looked for.
fn open_path(method: &str, path: &str) -> bool {
    match path {
        "/api/v1/status" => matches!(method, "GET" | "POST"),
        "/api/v1/info" | "/api/v1/secret" | "/api/v1/time" | "/api/v1/git-info" => method == "GET",
        _ => false,
    }
}

/// Answers a request whose header and body could be opened.
pub(super) fn answer(world: &mut World, asked: usize, ask: &Ask<'_>) -> Answer {
    let (path, query) = ask.target.split_once('?').unwrap_or((ask.target, ""));
    let query = parse_query(query);
    if !path.starts_with("/api/v1/") && !path.starts_with("/rpc/v1/") {
        return Ok(Reply::Page);
    }
    if let Some((_, left)) =
        world.trouble.crashes.iter_mut().find(|(p, n)| *n > 0 && path.contains(p.as_str()))
    {
        *left -= 1;
        return Err(Refusal::crash());
    }
    if open_path(ask.method, path) {
        return Ok(Reply::Data(match path {
            "/api/v1/status" => world.status(asked),
            "/api/v1/info" => world.info(asked, ask.protection),
            "/api/v1/time" => json!(time(ask.wall)),
            "/api/v1/secret" => {
                let place = world.place(asked);
                json!({ "ip": place.ip.to_string(), "port": place.port, "public_key": ask.public_key })
            }
            _ => json!({
                "branch": "",
                "commitId": "61ee14767de8b661dbbb3fbbd4fa6ae2bfb1c45b",
                "shortCommitId": "",
                "commitTime": "",
            }),
        }));
    }
    let parts: Vec<String> = path.trim_start_matches("/api/v1/").split('/').map(decode).collect();
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    if !is_known(ask.method, &parts) {
        return Err(Refusal::unknown_path());
    }
    if !ask.is_socket {
        world.enter(asked, ask.protection, ask.opened.header.as_ref(), ask.target, ask.wall)?;
    }
    match (ask.method, parts.as_slice()) {
        ("POST", ["login"]) => {
            world.must_be_cluster(asked)?;
            let seal = ask.opened.header.as_ref().and_then(|h| h.seal);
            world.login(asked, ask.number, seal, ask.wall).map(Reply::Data)
        }
        ("POST", ["logout"]) => {
            let id = text(&members(&ask.opened.body)?, "session_id")?;
            if let Some(agent) = world.agents.get_mut(asked) {
                agent.sessions.remove(&id);
            }
            Ok(Reply::Bare)
        }
        ("POST", ["agent", "password"]) => {
            let password = text(&members(&ask.opened.body)?, "password")?;
            if let Some(agent) = world.agents.get_mut(asked) {
                agent.password = Some(password);
                agent.sessions.clear();
            }
            Ok(Reply::Bare)
        }
        ("GET", ["task", ..]) => task_read(world, asked, &parts, details(&query)),
        ("POST", ["task", kind, id]) => task_act(world, asked, kind, id, ask),
        ("GET", _) => read(world, asked, &parts),
        _ => act(world, asked, &parts, ask),
    }
}

/// Whether the method and path are one of the routes below; checked before the password, as routers do.
fn is_known(method: &str, parts: &[&str]) -> bool {
    match method {
        "GET" => matches!(
            parts,
            ["task", "dag" | "node" | "sub_task", _]
                | ["task", "dag", "agent", "unfinish" | "main_dags"]
                | ["task", "dag", "ob", "unfinish"]
                | ["task", "dag", "maintain", "agent" | "ob" | "agents"]
                | ["task", "dags", "agent" | "ob"]
                | ["task", "sub_task", _, "logs"]
                | ["agents", "status"]
                | ["agent", "host-info"]
                | ["ob", "info" | "agents"]
                | ["obcluster", "info" | "parameters" | "unit-config-limit"]
                | ["obcluster", "topology", "info"]
                | ["observer", "info"]
                | ["tenants", "overview"]
                | ["tenant", _]
                | ["resource-pools"]
                | ["units", "config"]
                | ["unit", "config", _]
        ),
        "POST" => matches!(
            parts,
            ["login" | "logout"]
                | ["agent", "password"]
                | ["task", "dag" | "node", _]
                | ["ob", "stop" | "start" | "init"]
                | ["ob", "zone", _, "stop"]
                | ["ob", "zone", _, "stop", "check"]
        ),
        "PATCH" => matches!(parts, ["obcluster", "parameters"]),
        _ => false,
    }
}

fn read(world: &World, asked: usize, parts: &[&str]) -> Answer {
    match parts {
        ["agents", "status"] => return Ok(Reply::Data(world.agents_status(asked))),
        ["agent", "host-info"] => return Ok(Reply::Data(host_info(asked))),
        ["ob", "info"] => return Ok(Reply::Data(world.ob_info(asked))),
        ["ob", "agents"] => return Ok(Reply::Data(world.agent_list(asked))),
        ["observer", "info"] => return Ok(Reply::Data(world.observer_info(asked))),
        _ => world.must_be_cluster(asked)?,
    }
    match parts {
        ["obcluster", "info"] => return Ok(Reply::Data(world.cluster_info(asked))),
        ["obcluster", "topology", "info"] => return Ok(Reply::Data(world.topology(asked))),
        _ => {}
    }
    if !world.connected(asked, world.now) {
        return Err(Refusal::not_hold().with_null());
    }
    Ok(Reply::Data(match parts {
        ["obcluster", "parameters"] => world.parameter_list(),
        ["obcluster", "unit-config-limit"] => json!({ "min_cpu": 1 }),
        ["tenants", "overview"] => world.tenants_overview(),
        ["tenant", name] => world.tenant_info(name)?,
        ["units", "config"] => world.units(),
        ["unit", "config", name] => world.unit_named(name)?,
        ["resource-pools"] => world.pools(),
        _ => return Err(Refusal::unknown_path()),
    }))
}

fn act(world: &mut World, asked: usize, parts: &[&str], ask: &Ask<'_>) -> Answer {
    let body = &ask.opened.body;
    let made = match parts {
        ["ob", "stop"] => Some(world.stop(asked, body)?),
        ["ob", "start"] => Some(world.start(asked, body)?),
        ["ob", "init"] => {
            let place = world.place_of(asked);
            return Err(Refusal::identity(&place, world.identity_word(), "MASTER or FOLLOWER"));
        }
        ["ob", "zone", zone, "stop"] => world.stop_zone(asked, zone, body, false)?,
        ["ob", "zone", zone, "stop", "check"] => world.stop_zone(asked, zone, body, true)?,
        ["obcluster", "parameters"] => {
            world.must_be_cluster(asked)?;
            set_parameters(world, asked, &members(body)?)?;
            None
        }
        _ => return Err(Refusal::unknown_path()),
    };
    let dag = made.and_then(|id| world.dag(asked, id));
    Ok(dag.map_or(Reply::Bare, |dag| Reply::Data(dag_json(world, asked, dag, false))))
}

fn set_parameters(world: &mut World, asked: usize, body: &Map<String, Value>) -> Result<(), Refusal> {
    if !world.connected(asked, world.now) {
        return Err(Refusal::not_hold().with_null());
    }
    for row in body.get("params").and_then(Value::as_array).into_iter().flatten() {
        let row = row.as_object().cloned().unwrap_or_default();
        let (name, value) = (text(&row, "name")?, text(&row, "value")?);
        let Some((_, old)) = world.parameters.iter_mut().find(|(n, _)| *n == name) else {
            let why = format!("Parameter '{name}' does not exist");
            return Err(Refusal::new(400, "OB.Parameter.NotExist", why).with_null());
        };
        *old = value;
    }
    Ok(())
}

/// `show_details`, true unless said otherwise.
fn details(query: &[(String, String)]) -> bool {
    let given = query.iter().find(|(n, _)| n == "show_details").map(|(_, v)| v.as_str());
    !matches!(given, Some("0" | "f" | "F" | "false" | "False" | "FALSE"))
}

/// Where the object lives that a generic ID names, and its number there.
fn locate(
    world: &World,
    asked: usize,
    id: &str,
    method: &str,
    target: &str,
) -> Result<(usize, u64), Refusal> {
    let invalid = || Refusal::new(400, "Task.GenericID.Invalid", format!("Generic ID '{id}' is invalid"));
    if id.is_empty() || !id.bytes().all(|b| b.is_ascii_digit()) {
        return Err(invalid());
    }
    match id.as_bytes().first() {
        // Kept in the database, where this cluster has none.
        Some(b'1') if world.connected(asked, world.now) => return Err(Refusal::no_task("dag not exist")),
        Some(b'1') => return Err(Refusal::not_hold()),
        Some(b'2' | b'3') => {}
        // OBProxy's tasks: there are none.
        Some(b'4' | b'5') => return Err(Refusal::no_task("dag id not match")),
        _ => return Err(invalid()),
    }
    let owner = world.peers(asked).find_map(|ix| {
        let whole = world.generic(ix, 0);
        let prefix = whole.get(..whole.len() - 1)?;
        Some((ix, id.strip_prefix(prefix)?.parse::<u64>().ok()?))
    });
    let Some((owner, number)) = owner else { return Err(refused(&address(id), method, target)) };
    if owner != asked && !world.agents.get(owner).is_some_and(|a| a.up) {
        return Err(refused(&world.place_of(owner), method, target));
    }
    Ok((owner, number))
}

impl World {
    /// Whether another agent answers in the place of the asked one.
    pub(super) fn passes_on(&self, asked: usize, target: &str) -> bool {
        let path = target.split('?').next().unwrap_or(target);
        let parts: Vec<&str> = path.trim_start_matches("/api/v1/").split('/').collect();
        match parts.as_slice() {
            ["task", "dag" | "node" | "sub_task", id, ..] if id.bytes().all(|b| b.is_ascii_digit()) => {
                let own = self.generic(asked, 0);
                own.get(..own.len() - 1).is_some_and(|own| !id.starts_with(own))
            }
            ["obcluster", "info"] | ["obcluster", "topology", "info"] => {
                let able =
                    |ix: usize| self.agents.get(ix).is_some_and(|a| a.up) && self.connected(ix, self.now);
                !able(asked) && (0..self.agents.len()).any(able)
            }
            _ => false,
        }
    }
}

/// The address that an ID of an unknown agent names, as far as it can be read.
fn address(id: &str) -> String {
    let part = |from, to| id.get(from..to).and_then(|t| t.parse::<u32>().ok()).unwrap_or(0);
    format!("{}:{}", std::net::Ipv4Addr::from(part(1, 11)), part(11, 16))
}

/// The transport's own words, as an agent passes them on.
fn refused(place: &str, method: &str, target: &str) -> Refusal {
    let path = target.split('?').next().unwrap_or(target);
    let verb = if method == "GET" { "Get" } else { "Post" };
    let why = format!("{verb} \"http://{place}{path}\": dial tcp {place}: connect: connection refused");
    Refusal::new(500, "Common.Unexpected", why)
}

fn task_read(world: &World, asked: usize, parts: &[&str], details: bool) -> Answer {
    let list = |found: Vec<Value>| Ok(Reply::Data(json!({ "contents": found })));
    let connected = world.connected(asked, world.now);
    match parts {
        ["task", "dag", "unfinish"] => {
            let ups = world.peers(asked).filter(|ix| world.agents.get(*ix).is_some_and(|a| a.up));
            let found: Vec<Value> = ups.flat_map(|ix| dags(world, ix, details, Dag::is_unfinished)).collect();
            // An empty list is null here, and only here (obshell-api 4).
            if found.is_empty() && world.must_be_cluster(asked).is_ok() {
                return Ok(Reply::Data(json!({ "contents": null })));
            }
            list(found)
        }
        ["task", "dag", "agent", "unfinish"] => list(dags(world, asked, details, Dag::is_unfinished)),
        ["task", "dags", "agent"] => list(dags(world, asked, details, |_| true)),
        ["task", "dag", "ob", "unfinish"] | ["task", "dags", "ob"] => {
            world.must_be_cluster(asked).map_err(|_| {
                Refusal::new(500, "Common.Unexpected", "Unexpected error: cannot build response body")
            })?;
            if connected { list(Vec::new()) } else { Err(Refusal::not_hold()) }
        }
        ["task", "dag", "maintain", "ob"] if connected => {
            Err(Refusal::no_task("Cluster is not under maintenance"))
        }
        ["task", "dag", "maintain", "ob"] => Err(Refusal::not_hold()),
        ["task", "dag", "maintain", "agent"] => match last_lock(world, asked) {
            Some(dag) => Ok(Reply::Data(dag_json(world, asked, dag, details))),
            None => Err(Refusal::no_task("Agent is not under maintenance")),
        },
        // Both crash while this agent has never had a lock (obshell-api 8).
        ["task", "dag", "maintain", "agents"] => {
            last_lock(world, asked).ok_or_else(Refusal::crash)?;
            let of = |ix: usize| {
                let dag = world.agents.get(ix).filter(|a| a.up).and_then(|_| last_lock(world, ix))?;
                // Only the asked agent minds `show_details`.
                Some(dag_json(world, ix, dag, details || ix != asked))
            };
            list(world.peers(asked).filter_map(of).collect())
        }
        ["task", "dag", "agent", "main_dags"] => {
            last_lock(world, asked).ok_or_else(Refusal::crash)?;
            list(main_dags(world, asked))
        }
        ["task", kind, id, rest @ ..] => one(world, asked, kind, id, !rest.is_empty(), details),
        _ => Err(Refusal::unknown_path()),
    }
}

fn dags(world: &World, agent: usize, details: bool, which: impl Fn(&Dag) -> bool) -> Vec<Value> {
    let all = world.agents.get(agent).map(|a| a.dags.as_slice()).unwrap_or_default();
    all.iter().filter(|d| which(d)).map(|d| dag_json(world, agent, d, details)).collect()
}

fn last_lock(world: &World, agent: usize) -> Option<&Dag> {
    world.agents.get(agent)?.dags.iter().rev().find(|d| d.maintenance == 2)
}

/// Main DAGs whose sub DAGs here are not SUCCEED.
fn main_dags(world: &World, asked: usize) -> Vec<Value> {
    use super::task::{Part, State};
    let dags = world.agents.get(asked).map(|a| a.dags.as_slice()).unwrap_or_default();
    let open = dags.iter().filter(|d| d.state != State::Succeed);
    open.filter_map(|dag| match &dag.part {
        Part::Sub(_, owner, main) => {
            world.reach(*owner, *main).map(|main| dag_json(world, *owner, main, true))
        }
        _ => None,
    })
    .collect()
}

fn one(world: &World, asked: usize, kind: &str, id: &str, is_log: bool, details: bool) -> Answer {
    if kind == "node" && !details {
        return Err(Refusal::crash());
    }
    let path = format!("/api/v1/task/{kind}/{id}{}", if is_log { "/logs" } else { "" });
    let (owner, number) = locate(world, asked, id, "GET", &path)?;
    let dags = world.agents.get(owner).map(|a| a.dags.as_slice()).unwrap_or_default();
    let mut nodes = dags.iter().flat_map(|d| &d.nodes);
    let found = match kind {
        "dag" => world.dag(owner, number).map(|dag| dag_json(world, owner, dag, details)),
        "node" => nodes.find(|n| n.id == number).map(|node| node_json(world, owner, node)),
        _ => {
            let task = nodes.find_map(|n| Some((n, n.tasks.iter().find(|t| t.id == number)?)));
            if is_log {
                let lines =
                    task.iter().flat_map(|(_, t)| t.logs.iter().map(|l| log_json(t, l))).collect::<Vec<_>>();
                return Ok(Reply::Data(json!({ "contents": lines })));
            }
            task.map(|(node, task)| task_json(world, owner, node.name, task))
        }
    };
    found.map(Reply::Data).ok_or_else(|| Refusal::no_task(&format!("{kind} not exist")))
}

fn task_act(world: &mut World, asked: usize, kind: &str, id: &str, ask: &Ask<'_>) -> Answer {
    let wanted = text(&members(&ask.opened.body)?, "operator")?;
    let (owner, number) = locate(world, asked, id, "POST", ask.target)?;
    let unknown = |err| Refusal::new(400, err, format!("Operator {wanted} is not supported"));
    let at = world.now;
    let operator = match wanted.to_ascii_uppercase().as_str() {
        "RETRY" => Some(Operator::Retry),
        "ROLLBACK" => Some(Operator::Rollback),
        "CANCEL" => Some(Operator::Cancel),
        "PASS" => Some(Operator::Pass),
        _ => None,
    };
    if kind == "node" {
        if operator != Some(Operator::Pass) {
            return Err(unknown("Task.Node.Operator.NotSupport"));
        }
        world.pass_node(owner, number, at)?;
        return Ok(Reply::Bare);
    }
    let operator = operator.ok_or_else(|| unknown("Task.Dag.Operator.NotSupport"))?;
    world.operate(owner, number, operator, at)?;
    Ok(Reply::Bare)
}
