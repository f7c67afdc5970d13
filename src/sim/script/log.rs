//! The log of a subtask as it stands at a time: written from the facts at each poll, so it grows with the work.

use super::{Haste, Step};
use crate::sim::engine::{Execution, Operation, State, Subtask, Task};
use crate::sim::seed::{Rng, mix};
use crate::sim::time::{Ms, iso, log_line};
use crate::sim::world::Cluster;

/// A line of a step's story: when, in thousandths of the run; who says it; what.
type Line = (i64, &'static str, &'static str);

const SQL: &str = "c.o.o.s.o.operator.ObOperator";
const AGENT: &str = "c.o.o.s.compute.agent.AgentClient";
const SERVER: &str = "c.o.o.s.ob.ObServerService";
const ENTITY: &str = "c.o.o.c.m.t.model.SubtaskInstanceEntity";
const CLUSTER: &str = "c.o.o.s.ob.ObClusterService";

/// What a step says while it runs; a line at 1000 is said only when it ends well. `{…}` is filled in from where it runs.
fn story(step: Step, force: bool) -> &'static [Line] {
    match step {
        Step::StopZone => &[
            (20, SQL, "Execute sql: ALTER SYSTEM STOP ZONE '{zone}'"),
            (350, SQL, "Zone {zone}: leaders still to move away: {many}"),
            (600, SQL, "Zone {zone}: leaders still to move away: {few}"),
            (820, SQL, "Zone {zone}: leaders still to move away: 0"),
            (1000, SQL, "Zone {zone} is INACTIVE"),
        ],
        Step::StartZone => &[
            (20, SQL, "Execute sql: ALTER SYSTEM START ZONE '{zone}'"),
            (1000, SQL, "Zone {zone} is ACTIVE"),
        ],
        Step::StopServer if force => {
            &[(300, SERVER, "force=true, ALTER SYSTEM STOP SERVER is left out for {address}")]
        }
        Step::StopServer => &[
            (20, SQL, "Execute sql: ALTER SYSTEM STOP SERVER '{address}'"),
            (400, SQL, "OBServer {address}: leaders still to move away: {few}"),
            (850, SQL, "OBServer {address}: leaders still to move away: 0"),
        ],
        Step::StartServer => &[(30, SQL, "Execute sql: ALTER SYSTEM START SERVER '{address}'")],
        Step::StopProcess => &[
            (10, AGENT, "POST http://{ip}:62888/api/v1/process/stop, process=observer, signal=SIGTERM"),
            (250, AGENT, "observer on {ip} still runs, waiting"),
            (500, AGENT, "observer on {ip} still runs, waiting"),
            (750, AGENT, "observer on {ip} still runs, waiting"),
            (1000, AGENT, "observer on {ip} has ended"),
        ],
        Step::StartProcess => &[
            (10, AGENT, "POST http://{ip}:62888/api/v1/process/start, process=observer"),
            (1000, AGENT, "observer on {ip} runs"),
        ],
        Step::WaitActive | Step::WaitAccessible => &[
            (100, SQL, "Connect to {address}: connection refused, try again"),
            (450, SQL, "OBServer {address}: status=ACTIVE, start_service_time=0"),
            (1000, SQL, "OBServer {address}: status=ACTIVE, in service"),
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
        Page { task, subtask, cluster, execution, executor, now }.write(&mut out, &voice);
    }
    // A blank line follows each line, but not the last.
    out.truncate(out.trim_end().len());
    if !out.is_empty() {
        out.push('\n');
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
            "{} {level:>5} {} --- [pool-subtask-executor-thread-{},{},{}] {who:<40}: {what}\n",
            log_line(at),
            self.pid,
            self.thread,
            self.trace,
            self.span
        );
    }
}

/// One execution, its place and its reader's time.
struct Page<'a> {
    task: &'a Task,
    subtask: &'a Subtask,
    cluster: &'a Cluster,
    execution: &'a Execution,
    executor: &'a str,
    now: Ms,
}

impl Page<'_> {
    fn write(&self, out: &mut String, voice: &Voice) {
        use std::fmt::Write as _;
        let (execution, subtask) = (self.execution, self.subtask);
        let begin = execution.started;
        let operation = execution.operation.word();
        // Writing to a String cannot fail.
        let _ = writeln!(out, "############{{{operation}}}{{{}}}############", iso(begin));
        let run = format!(
            "Run subtask, id={}, context=Context(parallelIdx={}, stringMap={{task_instance_id={}, \
             task_operation={}, cluster_id={}, cluster_name={}}}, listMap={{}}), executor={}",
            subtask.id,
            subtask.parallel_ix,
            self.task.id,
            operation.to_lowercase(),
            self.cluster.id,
            self.cluster.name,
            self.executor
        );
        voice.say(out, begin + 8, "INFO", ENTITY, &run);
        match execution.operation {
            Operation::Skip | Operation::RollbackSkip => {}
            Operation::Rollback => self.say_own(out, voice, begin + 15, "rollback"),
            Operation::Execute | Operation::Retry | Operation::Cancel => {
                if execution.operation == Operation::Retry {
                    // A retry undoes the subtask before it runs it again (ocp-api 5.5).
                    self.say_own(out, voice, begin + 12, "rollback of the former execution");
                }
                self.say_own(out, voice, begin + 15, "begin");
                self.write_story(out, voice);
            }
        }
        self.write_end(out, voice);
    }

    fn say_own(&self, out: &mut String, voice: &Voice, at: Ms, what: &str) {
        let class = self.subtask.step.short_class();
        voice.say(out, at, "INFO", &self.subtask.step.logger(), &format!("[{class}] {what}"));
    }

    fn ended(&self) -> Option<&(Ms, State, Option<String>)> {
        self.execution.ended.as_ref().filter(|(at, ..)| *at <= self.now)
    }

    fn write_story(&self, out: &mut String, voice: &Voice) {
        let until = self.ended().map_or(self.now, |(at, ..)| *at);
        let is_well = self.ended().is_some_and(|(_, state, _)| *state == State::Successful);
        // A run that would never end tells its story in twice the time of a short one.
        let ordinary = self.subtask.step.lasts(0, Haste::default()) * 2;
        let span = self.execution.planned.min(ordinary.max(1));
        for (part, who, what) in story(self.subtask.step, self.task.purpose.force) {
            let at = self.execution.started + span * part / 1000;
            let is_said = if *part == 1000 { is_well } else { at <= until };
            if is_said {
                voice.say(out, at.min(until), "INFO", who, &self.fill(what));
            }
        }
    }

    fn write_end(&self, out: &mut String, voice: &Voice) {
        let Some((at, state, why)) = self.ended() else { return };
        let class = self.subtask.step.short_class();
        match why {
            Some(why) => {
                let what = format!("[{class}] failed: {why}");
                voice.say(out, *at - 2, "ERROR", &self.subtask.step.logger(), &what);
            }
            None => self.say_own(out, voice, *at - 2, "end"),
        }
        let set = format!(
            "Set state for subtask: {}, current state: {}, new state: {}",
            self.subtask.id,
            State::Running.word(),
            state.word()
        );
        voice.say(out, *at, "INFO", ENTITY, &set);
    }

    fn fill(&self, what: &str) -> String {
        let place = self.subtask.place;
        let zone = place.zone.and_then(|zone| self.cluster.zones.get(zone)).or(self.cluster.zones.first());
        let server = self.cluster.server(place).or_else(|| zone.and_then(|z| z.servers.first()));
        let leaders = mix(&[self.task.seed, self.execution.started.unsigned_abs()]) % 200 + 40;
        what.replace("{zone}", zone.map_or("", |z| &z.name))
            .replace("{cluster}", &self.cluster.name)
            .replace("{address}", &server.map(crate::sim::world::Server::address).unwrap_or_default())
            .replace("{ip}", server.map_or("", |s| &s.ip))
            .replace("{many}", &leaders.to_string())
            .replace("{few}", &(leaders / 4).to_string())
    }
}
