//! The log of a subtask as it stands at a time: written from the facts at each poll, so it grows with the work.

use super::Step;
use crate::sim::engine::{Execution, Operation, State, Subtask, Task};
use crate::sim::seed::{Rng, mix};
use crate::sim::time::{Ms, iso, log_line};
use crate::sim::world::Cluster;

/// A line of a step's story: when, in thousandths of the run; who says it; what.
type Line = (i64, &'static str, &'static str);

const SQL: &str = "c.o.o.s.o.operator.ObOperator           ";
const AGENT: &str = "c.o.o.s.compute.agent.AgentClient       ";
const SERVER: &str = "c.o.o.s.ob.ObServerService              ";
const CLUSTER: &str = "c.o.o.s.ob.ObClusterService             ";

/// What a step says while it runs. `{…}` is filled in from where it runs.
fn story(step: Step, force: bool) -> &'static [Line] {
    match step {
        Step::StopZone => &[
            (20, SQL, "Execute sql: ALTER SYSTEM STOP ZONE '{zone}'"),
            (350, SQL, "Zone {zone}: leaders still to move away: 214"),
            (600, SQL, "Zone {zone}: leaders still to move away: 61"),
            (820, SQL, "Zone {zone}: leaders still to move away: 0"),
            (950, SQL, "Zone {zone} is INACTIVE"),
        ],
        Step::StartZone => {
            &[(20, SQL, "Execute sql: ALTER SYSTEM START ZONE '{zone}'"), (900, SQL, "Zone {zone} is ACTIVE")]
        }
        Step::StopServer if force => {
            &[(300, SERVER, "force=true, ALTER SYSTEM STOP SERVER is left out for {address}")]
        }
        Step::StopServer => &[
            (20, SQL, "Execute sql: ALTER SYSTEM STOP SERVER '{address}'"),
            (400, SQL, "OBServer {address}: leaders still to move away: 37"),
            (850, SQL, "OBServer {address}: leaders still to move away: 0"),
        ],
        Step::StartServer => &[(30, SQL, "Execute sql: ALTER SYSTEM START SERVER '{address}'")],
        Step::StopProcess => &[
            (10, AGENT, "POST http://{ip}:62888/api/v1/process/stop, process=observer, signal=SIGTERM"),
            (250, AGENT, "observer on {ip} still runs, waiting"),
            (500, AGENT, "observer on {ip} still runs, waiting"),
            (750, AGENT, "observer on {ip} still runs, waiting"),
            (970, AGENT, "observer on {ip} has ended"),
        ],
        Step::StartProcess => &[
            (10, AGENT, "POST http://{ip}:62888/api/v1/process/start, process=observer"),
            (700, AGENT, "observer on {ip} runs"),
        ],
        Step::WaitActive | Step::WaitAccessible => &[
            (100, SQL, "Connect to {address}: connection refused, try again"),
            (450, SQL, "OBServer {address}: status=ACTIVE, start_service_time=0"),
            (950, SQL, "OBServer {address}: status=ACTIVE, in service"),
        ],
        Step::WaitStop => &[(500, SERVER, "OBServer {address} has no process")],
        Step::StartAgentService => &[(100, AGENT, "Service [agent] on {ip}: started")],
        Step::UpdateServerStatus => &[(600, SERVER, "Updated status of OBServer {address}")],
        Step::UpdateZoneStatus => &[(600, CLUSTER, "Updated status of zone {zone} of cluster {cluster}")],
        Step::SyncCluster => &[
            (100, CLUSTER, "Sync information of cluster {cluster}"),
            (800, CLUSTER, "Synced zones and OBServers of cluster {cluster}"),
        ],
        Step::SyncTenants => &[(500, CLUSTER, "Synced all tenants of cluster {cluster}")],
        Step::UpdateClusterStatus => &[(500, CLUSTER, "Updated status of cluster {cluster}")],
        Step::PrepareStopZone | Step::PrepareStartZone | Step::PrepareRestartZone | Step::SetZoneContext => {
            &[(400, CLUSTER, "Zone {zone} of cluster {cluster}: checked, locked for this task")]
        }
        Step::PrepareStopServer | Step::PrepareStartServer | Step::PrepareRestartServer => {
            &[(400, SERVER, "OBServer {address}: checked, locked for this task")]
        }
        Step::PrepareStopCluster | Step::PrepareStartCluster | Step::PrepareRestartCluster => {
            &[(400, CLUSTER, "Cluster {cluster}: checked, locked for this task")]
        }
        Step::WaitNode => &[],
    }
}

/// The whole text as of `now`.
pub(crate) fn text(task: &Task, subtask: &Subtask, cluster: &Cluster, executor: &str, now: Ms) -> String {
    let mut out = String::new();
    for (run, execution) in subtask.executions.iter().enumerate().filter(|(_, e)| e.started <= now) {
        let voice = Voice::new(task, subtask, run);
        write_execution(&mut out, &voice, task, subtask, cluster, execution, executor, now);
    }
    out
}

/// Who writes the lines of one execution.
struct Voice {
    thread: i64,
    pid: i64,
    trace: String,
    span: String,
}

impl Voice {
    fn new(task: &Task, subtask: &Subtask, run: usize) -> Voice {
        let mut rng = Rng::new(mix(&[task.seed, subtask.id.unsigned_abs(), run as u64, 0x106]));
        Voice {
            thread: rng.between(1, 48),
            pid: Rng::new(task.seed >> 20).between(20_000, 65_000),
            trace: task.trace.clone(),
            span: rng.hex(12),
        }
    }

    fn say(&self, out: &mut String, at: Ms, level: &str, who: &str, what: &str) {
        use std::fmt::Write as _;
        // Writing to a String cannot fail.
        let _ = writeln!(
            out,
            "{} {level:>5} {} --- [pool-subtask-executor-thread-{},{},{}] {who}: {what}\n",
            log_line(at),
            self.pid,
            self.thread,
            self.trace,
            self.span
        );
    }
}

#[expect(clippy::too_many_arguments, reason = "one call, and every one of them is a fact of the line")]
fn write_execution(
    out: &mut String,
    voice: &Voice,
    task: &Task,
    subtask: &Subtask,
    cluster: &Cluster,
    execution: &Execution,
    executor: &str,
    now: Ms,
) {
    use std::fmt::Write as _;
    const ENTITY: &str = "c.o.o.c.m.t.model.SubtaskInstanceEntity ";
    let class = subtask.step.short_class();
    let begin = execution.started;
    let _ = writeln!(out, "############{{{}}}{{{}}}############", execution.operation.word(), iso(begin));
    let run = format!(
        "Run subtask, id={}, context=Context(parallelIdx={}, stringMap={{task_instance_id={}, \
         task_operation={}, cluster_id={}, cluster_name={}}}, listMap={{}}), executor={executor}",
        subtask.id,
        subtask.parallel_ix,
        task.id,
        execution.operation.word().to_lowercase(),
        cluster.id,
        cluster.name
    );
    voice.say(out, begin + 8, " INFO", ENTITY, &run);
    let end = execution.ended.as_ref().map(|(at, ..)| *at);
    let until = end.unwrap_or(now).min(now);
    if !matches!(execution.operation, Operation::Skip | Operation::RollbackSkip) {
        voice.say(out, begin + 15, " INFO", class, &format!("[{class}] begin"));
        for (part, who, what) in story(subtask.step, task.purpose.force) {
            // A run that would never end tells its beginning in the time of an ordinary one.
            let span = execution
                .planned
                .min(super::Step::lasts(subtask.step, 0, super::Haste::default()).max(1) * 2);
            let at = begin + span * part / 1000;
            if at > until {
                break;
            }
            voice.say(out, at, " INFO", who, &fill(what, subtask, cluster));
        }
    }
    if let Some((at, state, why)) = execution.ended.as_ref().filter(|(at, ..)| *at <= now) {
        match why {
            Some(why) => voice.say(out, *at - 2, "ERROR", class, &format!("[{class}] failed: {why}")),
            None => voice.say(out, *at - 2, " INFO", class, &format!("[{class}] end")),
        }
        let set = format!(
            "Set state for subtask: {}, current state: {}, new state: {}",
            subtask.id,
            State::Running.word(),
            state.word()
        );
        voice.say(out, *at, " INFO", ENTITY, &set);
    }
}

fn fill(what: &str, subtask: &Subtask, cluster: &Cluster) -> String {
    let zone = subtask.place.zone.and_then(|zone| cluster.zones.get(zone)).or(cluster.zones.first());
    let server = cluster.server(subtask.place).or_else(|| zone.and_then(|z| z.servers.first()));
    what.replace("{zone}", zone.map_or("", |z| &z.name))
        .replace("{cluster}", &cluster.name)
        .replace("{address}", &server.map(crate::sim::world::Server::address).unwrap_or_default())
        .replace("{ip}", server.map_or("", |s| &s.ip))
}
