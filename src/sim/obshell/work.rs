//! What the sub tasks do, turn by turn. A turn reads and changes the world, writes log lines, and says how it goes on.

use std::sync::Arc;

use super::order::{Mode, Order, Scope};
use super::refusal::Refusal;
use super::task::{Operator, Part, State};
use super::world::{Spot, World};
use crate::sim::time::{Ms, SECOND};

/// What a sub task is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Work {
    /// Creates the sub DAG of its agent.
    Create,
    /// Waits until all sub DAGs have come to their rendezvous.
    Ready,
    Freeze,
    /// Sends RETRY to the sub DAGs.
    Advance,
    /// Waits for the sub DAG of its agent.
    Wait,
    StopSql,
    StartZone,
    /// Passes the sub DAGs.
    End,
    Prepare,
    Kill,
    Check,
    Launch,
    StartSql,
    Rendezvous,
    /// Takes a moment and succeeds.
    Short,
    /// Fails each time.
    Refused,
}

/// How it goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Then {
    /// Another turn after so long.
    Again(Ms),
    Done,
    Failed,
}

/// What a turn brought.
#[derive(Debug, Clone)]
pub(super) struct Turn {
    pub(super) logs: Vec<String>,
    pub(super) memo: u32,
    pub(super) then: Then,
}

impl Turn {
    fn done(logs: Vec<String>) -> Turn {
        Turn { logs, memo: 0, then: Then::Done }
    }

    fn failed(logs: Vec<String>) -> Turn {
        Turn { logs, memo: 0, then: Then::Failed }
    }

    fn again(logs: Vec<String>, memo: u32, after: Ms) -> Turn {
        Turn { logs, memo, then: Then::Again(after) }
    }
}

fn lines<const N: usize>(lines: [&str; N]) -> Vec<String> {
    lines.map(str::to_owned).to_vec()
}

/// Tries to create a sub DAG, and seconds between them (obshell-api 6.3).
const TRIES: u32 = 3;
const BETWEEN: Ms = 3 * SECOND;
/// Polls of a sub DAG, one each second.
const POLLS: u32 = 900;
/// Seconds that an SQL step waits for a connection.
const CONNECT: u32 = 600;
/// Looks at a killed process, five seconds apart.
const LOOKS: u32 = 15;
const LOOK: Ms = 5 * SECOND;
/// Looks at a minor freeze, ten seconds apart.
const FREEZES: u32 = 120;
const FREEZE: Ms = 10 * SECOND;

impl World {
    /// One turn of the sub task at `spot`; `memo` is 0 at the first of an execution.
    pub(super) fn turn(&mut self, spot: Spot, work: Work, memo: u32, at: Ms) -> Turn {
        let me = self.executor(spot);
        match work {
            Work::Create => self.create(spot, me, memo, at),
            Work::Ready => self.ready(spot, memo, at),
            Work::Freeze => self.freeze(spot, memo, at),
            Work::Advance => self.advance_subs(spot, at),
            Work::Wait => self.wait(spot, me, memo, at),
            Work::StopSql => self.with_database(spot, memo, at, None, Self::stop_sql),
            Work::StartZone => self.with_database(spot, memo, at, Some("start zone"), Self::start_zone),
            Work::End => self.end(spot, at),
            Work::Prepare => self.prepare(spot),
            Work::Kill => self.kill(me, memo, at),
            Work::Check => self.check(me),
            Work::Launch => self.launch(me, at),
            Work::StartSql => self.start_sql(me, memo, at),
            Work::Rendezvous => Turn::failed(lines(["wait operator to advance"])),
            Work::Short if memo == 0 => Turn::again(lines(["begin"]), 1, 2 * SECOND),
            Work::Short => Turn::done(lines(["end"])),
            Work::Refused if memo == 0 => Turn::again(lines(["start observer"]), 1, 3 * SECOND),
            Work::Refused => Turn::failed(vec![
                Refusal::new(500, "OB.Server.Process.StartFailed", "observer refuses to start").line(),
            ]),
        }
    }

    fn create(&mut self, spot: Spot, target: usize, memo: u32, at: Ms) -> Turn {
        let Some(order) = self.order(spot) else { return Turn::done(Vec::new()) };
        let name = self.place_of(target);
        let mut logs = if memo == 0 { vec![format!("Inform {name} to create the task")] } else { Vec::new() };
        if memo >= TRIES {
            return Turn::done(logs);
        }
        let is_remote = target != spot.agent;
        match self.create_sub(spot, target, &order, at) {
            Ok(id) => {
                logs.push(format!("create task {} successfully", self.generic(target, id)));
                Turn::done(logs)
            }
            Err(refusal) if is_remote => {
                let rpc = order.rpc();
                let why = format!("Request [POST]{rpc} to {name} error: {}", refusal.message);
                logs.push(format!(
                    "ERROR: [Common.Unexpected]: Unexpected error: {name} failed to create the task due to '{why}' \
                     and will try again[{}/{TRIES}].",
                    memo + 1
                ));
                Turn::again(logs, memo + 1, BETWEEN)
            }
            Err(refusal) => {
                logs.push(refusal.line());
                Turn::done(logs)
            }
        }
    }

    fn create_sub(&mut self, spot: Spot, target: usize, order: &Arc<Order>, at: Ms) -> Result<u64, Refusal> {
        let name = self.place_of(target);
        let agent = self.agents.get(target).filter(|a| a.up);
        let Some(agent) = agent else {
            let rpc = order.rpc();
            let why = format!("Post \"http://{name}{rpc}\": dial tcp {name}: connect: connection refused");
            return Err(Refusal::new(500, "Common.Unexpected", why));
        };
        if let Some(held) = agent.dags.iter().find(|d| d.locks()) {
            let by = match held.part {
                Part::Sub(_, owner, main) => self.generic(owner, main),
                _ => self.generic(target, held.id),
            };
            let (held, what, state) = (held.id, held.name, held.state);
            if !order.pass.contains(&by) {
                let why = format!("{name} is under maintenance by DAG [{by}:{what}]");
                return Err(Refusal::new(500, "Agent.UnderMaintenanceDag", why));
            }
            if state != State::Failed {
                // The real agent gives up on the first try, although its text speaks of a wait (obshell-api 7.4).
                let _ = self.operate(target, held, Operator::Cancel, at);
                let why = format!("Pass DAG {by} timeout, waited 300 seconds");
                return Err(Refusal::new(500, "Task.Dag.PassTimeout", why));
            }
            self.operate(target, held, Operator::Pass, at)?;
        }
        let part = Part::Sub(Arc::clone(order), spot.agent, spot.dag);
        let id = self.add(target, order.sub_name(), 2, part, &order.sub_plan(target), at);
        if let Some(Part::Main(_, subs)) = self.dag_mut(spot.agent, spot.dag).map(|d| &mut d.part) {
            subs.insert(target, id);
        }
        Ok(id)
    }

    fn ready(&mut self, spot: Spot, memo: u32, at: Ms) -> Turn {
        let subs = self.subs(spot);
        let missing: Vec<String> = (0..self.agents.len())
            .filter(|a| !subs.iter().any(|(agent, _)| agent == a))
            .map(|a| self.place_of(a))
            .collect();
        if !missing.is_empty() {
            self.pass_subs(&subs, at);
            let why = format!(
                "check sub dag created failed: Sub DAG of agents: [{}] not created, main DAG failed",
                missing.join(" ")
            );
            return Turn::failed(vec![Refusal::new(500, "Task.SubDag.NotAllCreated", why).line()]);
        }
        let mut logs = Vec::new();
        if memo == 0 {
            logs = lines([
                "All agents have created the tasks successfully",
                "Check if all agents can be advanced",
            ]);
        }
        let is_there = |(agent, id): &(usize, u64)| {
            self.reach(*agent, *id).is_some_and(|dag| dag.state == State::Failed)
        };
        if subs.iter().all(is_there) {
            logs.extend(subs.iter().map(|(agent, _)| format!("{} is ready", self.place_of(*agent))));
            return Turn::done(logs);
        }
        if memo >= POLLS {
            self.pass_subs(&subs, at);
            let why = Refusal::new(500, "Task.SubDag.NotAllReady", "Sub DAGs not ready, main DAG failed");
            logs.push(why.line());
            return Turn::failed(logs);
        }
        Turn::again(logs, memo + 1, SECOND)
    }

    fn freeze(&mut self, spot: Spot, memo: u32, at: Ms) -> Turn {
        let Some(order) = self.order(spot) else { return Turn::done(Vec::new()) };
        if !self.connected(spot.agent, at) {
            let used = memo.min(CONNECT);
            return if used >= CONNECT { no_connection() } else { Turn::again(Vec::new(), used + 1, SECOND) };
        }
        let servers: Vec<String> = order.targets.iter().map(|a| self.observer_of(*a)).collect();
        let scn = (at / SECOND).saturating_mul(1_000_000_000);
        let begun = self.logged(spot, "minor freeze server: ");
        let mut logs = Vec::new();
        if !begun {
            logs.extend(
                servers.iter().map(|s| format!("[server: {s}] checkpoint_scn before minor freeze: {scn}")),
            );
            logs.extend(servers.iter().map(|s| format!("minor freeze server: {s}")));
        } else if !self.trouble.freeze_hangs {
            logs.extend(servers.iter().map(|s| {
                format!(
                    "[server: {s}]smallest checkpoint_scn {scn} bigger than expired timestamp, check pass "
                )
            }));
            return Turn::done(logs);
        } else if memo >= FREEZES {
            let why = Refusal::new(500, "OB.Server.MinorFreezeTimeout", "minor freeze timeout");
            return Turn::failed(vec![why.line()]);
        }
        if let Some(first) = servers.first() {
            logs.push(format!(
                "[server: {first}]smallest checkpoint_scn: {scn} smaller than expired timestamp {scn}, waiting..."
            ));
        }
        Turn::again(logs, if begun { memo + 1 } else { 1 }, FREEZE)
    }

    fn advance_subs(&mut self, spot: Spot, at: Ms) -> Turn {
        let mut logs = Vec::new();
        for (agent, id) in self.subs(spot) {
            let name = self.place_of(agent);
            logs.push(format!("advance {name} to execute the task"));
            let sent = if self.reach(agent, id).is_some() {
                self.operate(agent, id, Operator::Retry, at)
            } else {
                let why = format!("Post \"http://{name}\": dial tcp {name}: connect: connection refused");
                Err(Refusal::new(500, "Common.Unexpected", why))
            };
            if let Err(refusal) = sent {
                logs.push(refusal.line());
                return Turn::failed(logs);
            }
        }
        Turn::done(logs)
    }

    fn wait(&mut self, spot: Spot, agent: usize, memo: u32, at: Ms) -> Turn {
        let mut logs = if memo == 0 { lines(["Wait for task to succeed"]) } else { Vec::new() };
        let sub = self.subs(spot).into_iter().find(|(a, _)| *a == agent);
        let Some((_, id)) = sub else { return Turn::done(logs) };
        let Some(dag) = self.reach(agent, id) else { return Turn::again(logs, memo + 1, SECOND) };
        if dag.state.is_over() {
            for node in &dag.nodes {
                for line in node.tasks.iter().flat_map(|t| &t.logs) {
                    logs.push(format!("{}: {}", node.name, line.text));
                }
            }
            if dag.stage == dag.nodes.len() {
                logs.push(format!("{} succeed", self.generic(agent, id)));
            }
            return Turn::done(logs);
        }
        if memo >= POLLS {
            let _ = self.operate(agent, id, Operator::Cancel, at);
            logs.push(Refusal::new(500, "Task.SubDag.Timeout", "wait for sub DAG timeout").line());
            return Turn::failed(logs);
        }
        Turn::again(logs, memo + 1, SECOND)
    }

    /// An SQL step: waits for a connection, then does its work.
    fn with_database(
        &mut self,
        spot: Spot,
        memo: u32,
        at: Ms,
        opening: Option<&str>,
        act: fn(&mut World, &Order, Ms) -> Vec<String>,
    ) -> Turn {
        let Some(order) = self.order(spot) else { return Turn::done(Vec::new()) };
        let mut logs: Vec<String> = opening.filter(|_| memo == 0).map(str::to_owned).into_iter().collect();
        if !self.connected(spot.agent, at) {
            return if memo >= CONNECT { no_connection() } else { Turn::again(logs, memo + 1, SECOND) };
        }
        logs.extend(act(self, &order, at));
        Turn::done(logs)
    }

    fn stop_sql(&mut self, order: &Order, at: Ms) -> Vec<String> {
        if order.scope == Scope::Server {
            let mut logs = lines(["Stop observer"]);
            for target in &order.targets {
                logs.push(format!("Stop {}", self.place_of(*target)));
                if let Some(agent) = self.agents.get_mut(*target) {
                    agent.observer.stopped = Some(at);
                }
            }
            return logs;
        }
        let mut logs = lines(["Stop Zone"]);
        for zone in &order.zones {
            if let Some(zone) = self.zones.get_mut(*zone) {
                zone.active = false;
                logs.push(format!("{} stopped", zone.name));
            }
        }
        logs
    }

    fn start_zone(&mut self, order: &Order, _: Ms) -> Vec<String> {
        for zone in &order.zones {
            if let Some(zone) = self.zones.get_mut(*zone) {
                zone.active = true;
            }
        }
        Vec::new()
    }

    fn end(&mut self, spot: Spot, at: Ms) -> Turn {
        let subs = self.subs(spot);
        let is_whole =
            |(agent, id): &(usize, u64)| self.reach(*agent, *id).is_some_and(|d| d.stage == d.nodes.len());
        let short: Vec<String> =
            subs.iter().filter(|s| !is_whole(s)).map(|(a, _)| self.place_of(*a)).collect();
        let verdict = if short.is_empty() { "SUCCEED" } else { "FAILED" };
        let mut logs = vec![format!("Check the final result: {verdict}!"), "End all tasks".to_owned()];
        for (agent, id) in &subs {
            let name = self.place_of(*agent);
            if self.reach(*agent, *id).is_none() {
                logs.push(format!("ERROR: [Common.Unexpected]: {name} does not answer: connection refused"));
                return Turn::failed(logs);
            }
            self.pass_subs(&[(*agent, *id)], at);
            logs.push(format!("{name} end the task"));
        }
        if short.is_empty() {
            return Turn::done(logs);
        }
        let why = format!("Sub DAG of agents: [{}] not succeed, main DAG failed", short.join(" "));
        logs.push(Refusal::new(500, "Task.SubDag.NotAllSucceed", why).line());
        Turn::failed(logs)
    }

    /// The rendezvous: FAILED at first, by design; the RETRY lets it go on.
    fn prepare(&self, spot: Spot) -> Turn {
        if self.logged(spot, "wait operator to advance") {
            return Turn::done(lines(["start to execute the task"]));
        }
        Turn::failed(lines(["wait for notification to start task", "wait operator to advance"]))
    }

    fn kill(&mut self, me: usize, memo: u32, at: Ms) -> Turn {
        let slow = self.trouble.slow_kill;
        let Some(agent) = self.agents.get_mut(me) else { return Turn::done(Vec::new()) };
        let observer = &mut agent.observer;
        if memo == 0 {
            let mut logs = lines(["Get observer Pid"]);
            if !observer.running {
                logs.push("Observer is not running".to_owned());
                return Turn::done(logs);
            }
            logs.push(format!("Kill observer process {}", observer.pid));
            if slow == 0 {
                observer.running = false;
                observer.since = at;
            }
            return Turn::again(logs, 1, LOOK);
        }
        let mut logs = lines(["Check observer process"]);
        if memo > slow {
            observer.running = false;
            observer.since = at;
            logs.push("Successfully killed the observer process".to_owned());
            return Turn::done(logs);
        }
        if memo >= LOOKS {
            let why = Refusal::new(500, "OB.Server.Process.KillFailed", "observer process is still alive");
            logs.push(why.line());
            return Turn::failed(logs);
        }
        Turn::again(logs, memo + 1, LOOK)
    }

    fn check(&self, me: usize) -> Turn {
        let mut logs = lines(["check if first start", "check observer process config"]);
        if self.agents.get(me).is_some_and(|a| a.observer.running) {
            logs.push("observer process exist".to_owned());
        }
        Turn::done(logs)
    }

    fn launch(&mut self, me: usize, at: Ms) -> Turn {
        let refuses = self.trouble.refuses_start.contains(&me);
        let Some(agent) = self.agents.get_mut(me) else { return Turn::done(Vec::new()) };
        if agent.observer.running {
            return Turn::done(lines(["observer started."]));
        }
        let home = me + 1;
        let mut logs = lines([
            "start observer",
            "check if first start",
            "not first start, skip require check",
            "generate start cmd",
        ]);
        logs.push(format!(
            "start cmd: export LD_LIBRARY_PATH='/home/admin/ob{home}/lib'; /home/admin/ob{home}/bin/observer   "
        ));
        if refuses {
            let why =
                Refusal::new(500, "OB.Server.Process.StartFailed", "observer exited right after its start");
            logs.push(why.line());
            return Turn::failed(logs);
        }
        agent.observer.running = true;
        agent.observer.since = at;
        agent.observer.started = at;
        agent.observer.pid += 17;
        logs.extend(lines(["update self OB port", "update OB port in all_agent"]));
        Turn::done(logs)
    }

    fn start_sql(&mut self, me: usize, memo: u32, at: Ms) -> Turn {
        let logs = if memo == 0 { lines(["exec start server sql"]) } else { Vec::new() };
        if !self.connected(me, at) {
            return if memo >= CONNECT { no_connection() } else { Turn::again(logs, memo + 1, SECOND) };
        }
        if let Some(agent) = self.agents.get_mut(me) {
            agent.observer.stopped = None;
        }
        Turn::done(logs)
    }

    fn pass_subs(&mut self, subs: &[(usize, u64)], at: Ms) {
        for (agent, id) in subs {
            if let Some(dag) = self.dag_mut(*agent, *id).filter(|d| d.state != State::Succeed) {
                dag.pass(at);
            }
        }
    }

    /// The order of the DAG at this spot.
    fn order(&self, spot: Spot) -> Option<Arc<Order>> {
        match &self.dag(spot.agent, spot.dag)?.part {
            Part::Main(order, _) | Part::Sub(order, ..) => Some(Arc::clone(order)),
            Part::Alone => None,
        }
    }

    fn subs(&self, spot: Spot) -> Vec<(usize, u64)> {
        match self.dag(spot.agent, spot.dag).map(|d| &d.part) {
            Some(Part::Main(_, subs)) => subs.iter().map(|(a, id)| (*a, *id)).collect(),
            _ => Vec::new(),
        }
    }
}

fn no_connection() -> Turn {
    Turn::failed(vec![Refusal::not_hold().line()])
}

/// Whether a stop by this order would be refused without a database.
pub(super) fn needs_database(scope: Scope, mode: Mode) -> bool {
    mode != Mode::Force || scope == Scope::Zone
}
