//! Builds a world from a scenario: clusters, tenants, units, and what has happened in them before the story starts.

use super::place::{Unit, UnitConfig};
use super::{Cluster, Copies, Generation, Order, Place, Server, Status, Tenant, User, Verb, World, Zone};
use crate::sim::engine::{Fate, Purpose};
use crate::sim::scenario::{ClusterPlan, DownPlan, Scenario, TaskPlan};
use crate::sim::script::Step;
use crate::sim::seed::{Rng, mix, word};
use crate::sim::time::{Ms, SECOND, build_stamps};
use crate::sim::{SimError, Size};

const DAY: Ms = 86_400 * SECOND;
/// Longest way of a task to the step that hangs.
const LEAD: Ms = 1800 * SECOND;

impl World {
    /// The world of `scenario` as it stands at `start`.
    pub(crate) fn build(
        name: &str,
        scenario: &Scenario,
        size: Size,
        seed: u64,
        start: Ms,
    ) -> Result<World, SimError> {
        let wrong = |why: String| SimError::Scenario { name: name.to_owned(), why };
        let mut world = World::new(seed, start - 400 * DAY);
        let mut plans = scenario.cluster.clone();
        plans.extend(crowd(&plans, size));
        let mut counter = Counter { server: 0, tenant: 0, pool: 0, unit: 1000 };
        for plan in &plans {
            let mut cluster = cluster(plan, seed, start, &mut counter).map_err(wrong)?;
            if let Some(plan) = &plan.copies {
                let primary = world.by_name(&plan.of).map_err(wrong)?.id;
                let (sync, delay_s) = (plan.sync.clone(), plan.delay_s);
                cluster.copies = Some(Copies { primary, sync, delay_s, since: start });
            }
            world.clusters.insert(cluster.id, cluster);
        }
        world.play(&scenario.task, start).map_err(wrong)?;
        for down in &scenario.down {
            world.take_down(down, start).map_err(wrong)?;
        }
        world.advance(start);
        Ok(world)
    }

    /// Lets the scenario's tasks happen in the order of their times.
    fn play(&mut self, plans: &[TaskPlan], start: Ms) -> Result<(), String> {
        let mut plans: Vec<(Ms, &TaskPlan)> =
            plans.iter().map(|plan| Ok((start - Self::ago(plan)?, plan))).collect::<Result<_, String>>()?;
        plans.sort_by_key(|(at, _)| *at);
        for (at, plan) in plans {
            self.advance(at);
            self.play_one(plan)?;
        }
        Ok(())
    }

    /// How long before the story's start a task's turn comes. A hanging one has it [`LEAD`] early, see `hang_lead`.
    fn ago(plan: &TaskPlan) -> Result<Ms, String> {
        match (plan.hangs_at.as_deref(), plan.ago_s) {
            (Some(name), _) => {
                let step = Step::named(name).ok_or_else(|| format!("no step is called {name}"))?;
                Ok((Ms::from(step.timeout_s()) - plan.left_s.unwrap_or(0)) * SECOND + LEAD)
            }
            (None, Some(ago_s)) => Ok(ago_s * SECOND),
            (None, None) => Err(format!("task on {}: ago_s is missing", plan.cluster)),
        }
    }

    fn play_one(&mut self, plan: &TaskPlan) -> Result<(), String> {
        if let Some(name) = &plan.hangs_at {
            let lead = self.hang_lead(plan, name)?;
            self.advance(self.now + LEAD - lead);
        }
        let begun = self.now;
        let id = self.begin(plan)?;
        if let Some(then) = plan.then.as_deref() {
            self.advance(begun + plan.then_s.unwrap_or(0) * SECOND);
            let at = self.now;
            let task = self.task_mut(id).ok_or("the task is gone")?;
            let done = match then {
                "rollback" => task.rollback(at),
                "retry" => task.retry(at),
                other => return Err(format!("then = {other:?} is neither rollback nor retry")),
            };
            done.map_err(|refusal| refusal.message)?;
        }
        Ok(())
    }

    fn begin(&mut self, plan: &TaskPlan) -> Result<i64, String> {
        let order = self.order(plan)?;
        let id =
            self.submit(order).map_err(|refusal| format!("task on {}: {}", plan.cluster, refusal.message))?;
        let why = plan.why.clone().unwrap_or_else(|| "connection reset by peer".to_owned());
        if let Some(name) = &plan.fails_at {
            self.strike(id, name, Fate::Fails(why))?;
        }
        if let Some(name) = &plan.hangs_at {
            self.strike(id, name, Fate::Hangs)?;
        }
        Ok(id)
    }

    /// How long a task takes to the step that will hang, tried out on a copy: its step times are those of the real one.
    fn hang_lead(&self, plan: &TaskPlan, name: &str) -> Result<Ms, String> {
        let mut trial = self.clone();
        let id = trial.begin(plan)?;
        trial.advance(self.now + LEAD);
        let hanging = trial.task(id).and_then(|t| t.subtasks.iter().find(|s| s.step.name() == name));
        let started = hanging.and_then(|s| s.executions.last()).map(|e| e.started);
        started.map(|at| at - self.now).ok_or_else(|| format!("{name} is not reached in time"))
    }

    fn order(&self, plan: &TaskPlan) -> Result<Order, String> {
        let cluster = self.by_name(&plan.cluster)?;
        let zone = match &plan.zone {
            Some(name) => Some(cluster.find_zone(name).ok_or_else(|| format!("no zone {name}"))?),
            None => None,
        };
        let verb = match plan.verb.as_str() {
            "stop" => Verb::Stop,
            "start" => Verb::Start,
            "restart" => Verb::Restart,
            other => return Err(format!("verb = {other:?} is none of stop, start, restart")),
        };
        let place = Place { zone, server: plan.server.and_then(|n| n.checked_sub(1)) };
        Ok(Order {
            cluster: cluster.id,
            purpose: Purpose { verb, place, force: false, freeze: false },
            creator: User { id: 100 + i64::from(plan.creator != "admin"), name: plan.creator.clone() },
            trace: format!("{:016x}", mix(&[self.seed, self.now.unsigned_abs(), word(&plan.cluster)])),
        })
    }

    fn strike(&mut self, id: i64, step: &str, fate: Fate) -> Result<(), String> {
        let subtask = self.task_mut(id).and_then(|t| t.subtasks.iter_mut().find(|s| s.step.name() == step));
        subtask.ok_or_else(|| format!("no subtask is called {step}"))?.fate = fate;
        Ok(())
    }

    fn by_name(&self, name: &str) -> Result<&Cluster, String> {
        self.clusters.values().find(|c| c.name == name).ok_or_else(|| format!("no cluster is called {name}"))
    }

    fn take_down(&mut self, down: &DownPlan, start: Ms) -> Result<(), String> {
        let id = self.by_name(&down.cluster)?.id;
        let cluster = self.clusters.get_mut(&id).ok_or("the cluster is gone")?;
        let zone = cluster.find_zone(&down.zone).ok_or_else(|| format!("no zone {}", down.zone))?;
        let place = Place { zone: Some(zone), server: down.server.checked_sub(1) };
        let server = cluster.server_mut(place).ok_or_else(|| format!("no OBServer {}", down.server))?;
        server.is_alive = false;
        server.status = Status::Unavailable;
        server.updated_at = start - 25 * 60 * SECOND;
        Ok(())
    }
}

/// IDs that run through all clusters.
struct Counter {
    server: i64,
    tenant: i64,
    pool: i64,
    unit: i64,
}

fn cluster(plan: &ClusterPlan, seed: u64, start: Ms, counter: &mut Counter) -> Result<Cluster, String> {
    let mut rng = Rng::new(mix(&[seed, word(&plan.name)]));
    let generation = match plan.generation.as_str() {
        "old" => Generation::Old,
        "middle" => Generation::Middle,
        "new" => Generation::New,
        other => return Err(format!("generation = {other:?} is none of old, middle, new")),
    };
    let created_at = start - rng.between(200, 390) * DAY - rng.between(0, 80_000) * SECOND;
    let (stamp, words) = build_stamps(created_at - rng.between(20, 60) * DAY);
    let build = format!("{}_{stamp}-{}({words})", plan.version, rng.hex(40));
    let zones: Vec<Zone> =
        (0..plan.zones.len()).map(|ix| zone(plan, ix, created_at, start, counter, &mut rng)).collect();
    let mut cluster = Cluster {
        id: plan.id,
        ob_id: if plan.id < 1000 { plan.id } else { plan.id % 1_000_000 + 20 },
        name: plan.name.clone(),
        generation,
        version: plan.version.clone(),
        build,
        status: Status::Running,
        created_at,
        updated_at: start - rng.between(100, 90_000) * SECOND,
        zones,
        tenants: Vec::new(),
        copies: None,
    };
    let names = std::iter::once("sys").chain(plan.tenants.iter().map(String::as_str));
    cluster.tenants =
        names.enumerate().map(|(ix, name)| tenant(&cluster, ix, name, counter, &mut rng)).collect();
    Ok(cluster)
}

fn zone(
    plan: &ClusterPlan,
    ix: usize,
    created_at: Ms,
    start: Ms,
    counter: &mut Counter,
    rng: &mut Rng,
) -> Zone {
    let idc_ix = ix % plan.idcs.len().max(1);
    let (network, host) = plan.net.split_once('/').unwrap_or((&plan.net, "0"));
    let third = host.parse::<usize>().unwrap_or(0) + ix + 1;
    let servers = (0..plan.zones.get(ix).copied().unwrap_or(0)).map(|n| {
        counter.server += 1;
        let started_at = created_at + rng.between(600, 3000) * SECOND;
        Server {
            id: counter.server,
            host_id: 1_000_000 + counter.server,
            ip: format!("{network}.{third}.{}", n + 11),
            status: Status::Running,
            is_alive: true,
            stopped_at: None,
            started_at,
            updated_at: start - rng.between(100, 90_000) * SECOND,
            has_agent: true,
        }
    });
    let servers = servers.collect();
    Zone {
        name: format!("zone{}", ix + 1),
        idc_id: idc_ix as i64 + 1,
        idc: plan.idcs.get(idc_ix).cloned().unwrap_or_default(),
        region: plan.region.clone(),
        status: Status::Running,
        is_active: true,
        created_at,
        updated_at: start - rng.between(100, 90_000) * SECOND,
        servers,
    }
}

fn tenant(cluster: &Cluster, ix: usize, plan: &str, counter: &mut Counter, rng: &mut Rng) -> Tenant {
    counter.tenant += 1;
    counter.pool += 1;
    let is_sys = ix == 0;
    let (name, only) = plan.split_once('@').map_or((plan, None), |(name, zones)| (name, Some(zones)));
    let has = |zone: &str| only.is_none_or(|only| only.split(',').any(|o| o == zone));
    let zones: Vec<usize> =
        cluster.zones.iter().enumerate().filter(|(_, z)| has(&z.name)).map(|(ix, _)| ix).collect();
    let smallest = cluster.zones.iter().map(|z| z.servers.len()).min().unwrap_or(0).max(1);
    // The sys tenant has one unit a zone; others spread, as their pool's unit count says.
    let spread = if is_sys { 1 } else { (smallest / 2).clamp(1, 4) };
    let first = if is_sys { 0 } else { rng.between(0, smallest as i64 - 1) as usize };
    let mut units = Vec::new();
    for (zone, z) in cluster.zones.iter().enumerate().filter(|(ix, _)| zones.contains(ix)) {
        for n in 0..spread {
            counter.unit += 1;
            units.push(Unit { id: counter.unit, zone, server: (first + n) % z.servers.len().max(1) });
        }
    }
    let config = match rng.between(0, 2) {
        _ if is_sys => UnitConfig { cpu: 4.0, memory_gb: 8 },
        0 => UnitConfig { cpu: 8.0, memory_gb: 32 },
        1 => UnitConfig { cpu: 16.0, memory_gb: 64 },
        _ => UnitConfig { cpu: 4.0, memory_gb: 16 },
    };
    let names: Vec<&str> = cluster.zones.iter().map(|z| z.name.as_str()).filter(|z| has(z)).collect();
    let turn = if is_sys { 0 } else { ix % names.len().max(1) };
    let (before, after) = names.split_at(turn);
    let (head, tail) = after.split_first().map_or(("", &[][..]), |(head, tail)| (*head, tail));
    let rest: Vec<&str> = tail.iter().chain(before).copied().collect();
    let primary_zone = if rest.is_empty() { head.to_owned() } else { format!("{head};{}", rest.join(",")) };
    Tenant {
        id: 1000 + counter.tenant,
        ob_id: if is_sys { 1 } else { 1000 + 2 * ix as i64 },
        name: name.to_owned(),
        mode: if is_sys || rng.between(0, 3) > 0 { "MYSQL" } else { "ORACLE" },
        is_locked: false,
        primary_zone,
        zones,
        pool_id: counter.pool,
        config,
        units,
        created_at: cluster.created_at + rng.between(1, 100) * DAY / 10,
    }
}

/// More clusters for the larger sizes, so that clusters and OBServers come to the promised numbers exactly.
fn crowd(named: &[ClusterPlan], size: Size) -> Vec<ClusterPlan> {
    const NAMES: [&str; 12] = [
        "trade", "pay", "user", "order", "risk", "report", "stock", "message", "member", "ledger", "search",
        "coupon",
    ];
    const REGIONS: [(&str, &str); 4] =
        [("hangzhou", "hz"), ("shanghai", "sh"), ("shenzhen", "sz"), ("beijing", "bj")];
    let (clusters, servers) = match size {
        Size::Small => return Vec::new(),
        Size::Large => (100, 1000),
        Size::Huge => (1000, 10_000),
    };
    let have: usize = named.iter().flat_map(|plan| &plan.zones).sum();
    let sizes = sizes(clusters - named.len().min(clusters), servers - have.min(servers));
    let pick = |ix: usize| NAMES.get(ix % NAMES.len()).copied().unwrap_or("data");
    sizes
        .into_iter()
        .enumerate()
        .map(|(ix, zones)| {
            let (region, short) = REGIONS.get(ix / 5 % REGIONS.len()).copied().unwrap_or(("hangzhou", "hz"));
            let (version, generation) = match ix % 3 {
                0 => ("4.2.1.8", "new"),
                1 => ("3.1.2", "middle"),
                _ => ("2.2.77", "old"),
            };
            ClusterPlan {
                name: format!("{}{:03}", pick(ix), ix / NAMES.len() + 1),
                id: 1_000_100 + ix as i64,
                version: version.to_owned(),
                generation: generation.to_owned(),
                region: region.to_owned(),
                idcs: (1..=3).map(|n| format!("{short}{n}")).collect(),
                net: format!("10.{}/{}", 120 + ix / 60, ix % 60 * 4),
                zones,
                tenants: vec![pick(ix).to_owned(), format!("{}_his", pick(ix))],
                copies: None,
            }
        })
        .collect()
}

/// Zones of `clusters` clusters with `servers` OBServers in all, mostly one, three or six a zone.
fn sizes(clusters: usize, servers: usize) -> Vec<Vec<usize>> {
    const PATTERN: [usize; 3] = [1, 3, 6];
    let mut sizes: Vec<Vec<usize>> =
        (0..clusters).map(|ix| vec![PATTERN.get(ix % 3).copied().unwrap_or(1); 3]).collect();
    let mut sum: usize = sizes.iter().flatten().sum();
    let mut ix = 0;
    while sum != servers && ix < clusters * 8 {
        if let Some(zone) = sizes.get_mut(ix % clusters).and_then(|zones| zones.last_mut()) {
            if sum > servers && *zone > 1 {
                *zone -= 1;
                sum -= 1;
            } else if sum < servers {
                *zone += 1;
                sum += 1;
            }
        }
        ix += 1;
    }
    sizes
}
