//! A stop or a start: what was ordered, and the DAGs that carry it out (obshell-api 7).

use super::task::{Nature, Operator};
use super::work::Work;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verb {
    Stop,
    Start,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scope {
    Global,
    Zone,
    Server,
}

/// How a stop is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    /// SQL only, the process stays. Also what a start is.
    Plain,
    /// The process is killed.
    Force,
    /// Minor freeze, then the process is killed.
    Terminate,
    /// The zone route: SQL, a freeze if asked for, then the process is killed.
    Zone { freeze: bool },
}

/// What was ordered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Order {
    pub(super) verb: Verb,
    pub(super) scope: Scope,
    pub(super) mode: Mode,
    /// Zones named or touched, by position.
    pub(super) zones: Vec<usize>,
    /// Agents whose observers are meant.
    pub(super) targets: Vec<usize>,
    /// Main DAGs that may be pushed aside.
    pub(super) pass: Vec<String>,
}

impl Order {
    pub(super) fn kills(&self) -> bool {
        self.verb == Verb::Stop && self.mode != Mode::Plain
    }

    pub(super) fn main_name(&self) -> &'static str {
        match self.verb {
            Verb::Stop => "Stop OB",
            Verb::Start => "Start OB",
        }
    }

    pub(super) fn sub_name(&self) -> &'static str {
        match self.verb {
            Verb::Stop => "Stop observer",
            Verb::Start => "Start observer",
        }
    }

    /// Path of the call between agents, as it stands in logs.
    pub(super) fn rpc(&self) -> &'static str {
        match self.verb {
            Verb::Stop => "/rpc/v1/ob/stop",
            Verb::Start => "/rpc/v1/ob/start",
        }
    }

    /// The nodes of the main DAG (obshell-api 7.2).
    pub(super) fn main_plan(&self) -> Vec<Plan> {
        let first = match self.verb {
            Verb::Stop => "Inform all agents to prepare to stop observer",
            Verb::Start => "Inform all agents to start observer",
        };
        let freeze = Plan::one("Minor freeze before stop server", FREEZE, Work::Freeze);
        let sql = Plan::one("Execute stop sql", WAITS, Work::StopSql);
        let mut plan = vec![
            Plan { name: first, nature: ONCE, work: Work::Create, everywhere: true },
            Plan::one("Make sure all agents are ready", ONCE, Work::Ready),
        ];
        match self.mode {
            Mode::Terminate => plan.push(freeze.clone()),
            Mode::Zone { freeze: true } => plan.extend([sql.clone(), freeze.clone()]),
            Mode::Zone { freeze: false } => plan.push(sql.clone()),
            Mode::Plain | Mode::Force => {}
        }
        plan.push(Plan::one("Advance agents to execute the task", ONCE, Work::Advance));
        plan.push(Plan {
            name: "Wait for all agents to execute tasks successfully",
            nature: WAITS,
            work: Work::Wait,
            everywhere: true,
        });
        match self.verb {
            Verb::Stop if self.mode == Mode::Plain => plan.push(sql),
            Verb::Start if self.scope != Scope::Server => {
                plan.push(Plan::one("Start Zone", START_ZONE, Work::StartZone));
            }
            _ => {}
        }
        plan.push(Plan::one("Inform all agents to end the task", ONCE, Work::End));
        plan
    }

    /// The nodes of the sub DAG of this agent (obshell-api 7.3).
    pub(super) fn sub_plan(&self, agent: usize) -> Vec<Plan> {
        let is_target = self.targets.contains(&agent);
        let mut plan = vec![Plan::one("Start preparations", PREPARE, Work::Prepare)];
        match self.verb {
            Verb::Stop if is_target && self.kills() => {
                plan.push(Plan::one("Stop observer", PREPARE, Work::Kill));
            }
            Verb::Start if is_target => plan.extend([
                Plan::one("Check ob process and config", SUB, Work::Check),
                Plan::one("Start observer", START, Work::Launch),
                Plan::one("Execute start observer sql", SUB, Work::StartSql),
            ]),
            _ => {}
        }
        plan.push(Plan::one("Wait for task to end", SUB, Work::Rendezvous));
        plan
    }
}

/// A node to be.
#[derive(Debug, Clone)]
pub(super) struct Plan {
    pub(super) name: &'static str,
    pub(super) nature: Nature,
    pub(super) work: Work,
    /// One sub task for each agent, or one alone.
    pub(super) everywhere: bool,
}

impl Plan {
    pub(super) fn one(name: &'static str, nature: Nature, work: Work) -> Plan {
        Plan { name, nature, work, everywhere: false }
    }
}

const ONCE: Nature = Nature { allows: &[Operator::Cancel], resumes: false };
const WAITS: Nature = Nature { allows: &[Operator::Cancel], resumes: true };
const FREEZE: Nature = Nature {
    allows: &[Operator::Cancel, Operator::Retry, Operator::Rollback, Operator::Pass],
    resumes: true,
};
const START_ZONE: Nature = Nature { allows: &[Operator::Cancel, Operator::Retry], resumes: true };
const PREPARE: Nature =
    Nature { allows: &[Operator::Cancel, Operator::Retry, Operator::Pass], resumes: true };
const START: Nature = FREEZE;
const SUB: Nature = Nature { allows: &[Operator::Cancel, Operator::Pass], resumes: true };

/// A DAG of its own that every operator can be tried on: the first nodes of `Initialize cluster`, in whose place a
/// console meets ROLLBACK (obshell-api 7.3 leaves no other).
pub(super) fn init_plan() -> Vec<Plan> {
    vec![
        Plan::one("Integrate config", FREEZE, Work::Short),
        Plan { name: "Create observer workdir", nature: FREEZE, work: Work::Short, everywhere: true },
        Plan { name: "Start observer", nature: FREEZE, work: Work::Refused, everywhere: true },
        Plan::one("Cluster boostrap", SUB_NO_PASS, Work::Short),
    ]
}

const SUB_NO_PASS: Nature = Nature { allows: &[Operator::Cancel], resumes: false };
