//! DAGs, nodes and sub tasks as an agent keeps them, and as it shows them (obshell-api 5 and 6).

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::order::Order;
use super::work::Work;
use crate::sim::seed::mix;
use crate::sim::time::{Ms, utc};

/// Shown for a time that an operator has wiped: the epoch.
const WIPED: Ms = 0;

/// Where an agent listens: half of its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) ip: IpAddr,
    pub(super) port: u16,
}

impl Place {
    /// The ID by which any agent of the cluster finds the object (obshell-api 5).
    pub(super) fn generic(&self, id: u64) -> String {
        match self.ip {
            IpAddr::V4(ip) => format!("2{:010}{:05}{id}", u32::from(ip), self.port),
            IpAddr::V6(ip) => format!("3{:039}{:05}{id}", u128::from(ip), self.port),
        }
    }

    pub(super) fn json(&self) -> Value {
        json!({ "ip": self.ip.to_string(), "port": self.port })
    }
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::net::SocketAddr::new(self.ip, self.port).fmt(f)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    Pending,
    Ready,
    Running,
    Failed,
    Succeed,
}

impl State {
    pub(super) fn word(self) -> &'static str {
        match self {
            State::Pending => "PENDING",
            State::Ready => "READY",
            State::Running => "RUNNING",
            State::Failed => "FAILED",
            State::Succeed => "SUCCEED",
        }
    }

    pub(super) fn is_over(self) -> bool {
        matches!(self, State::Failed | State::Succeed)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operator {
    Run,
    Retry,
    Rollback,
    Cancel,
    Pass,
}

impl Operator {
    pub(super) fn word(self) -> &'static str {
        match self {
            Operator::Run => "RUN",
            Operator::Retry => "RETRY",
            Operator::Rollback => "ROLLBACK",
            Operator::Cancel => "CANCEL",
            Operator::Pass => "PASS",
        }
    }
}

/// What may be done with a node, and whether it goes on after its agent was restarted (obshell-api 7.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Nature {
    pub(super) allows: &'static [Operator],
    pub(super) resumes: bool,
}

/// What a DAG is part of.
#[derive(Debug, Clone)]
pub(super) enum Part {
    /// It carries out this order; the sub DAGs created so far, by agent.
    Main(Arc<Order>, BTreeMap<usize, u64>),
    /// One agent's share of this order; owner and number of the main DAG.
    Sub(Arc<Order>, usize, u64),
    /// It stands alone.
    Alone,
}

#[derive(Debug, Clone)]
pub(super) struct Dag {
    pub(super) id: u64,
    pub(super) name: &'static str,
    /// Position of the current node, from 1.
    pub(super) stage: usize,
    /// 1: takes no lock; 2: locks its agent.
    pub(super) maintenance: u8,
    pub(super) state: State,
    pub(super) operator: Operator,
    pub(super) start: Ms,
    pub(super) end: Ms,
    pub(super) part: Part,
    pub(super) nodes: Vec<Node>,
}

#[derive(Debug, Clone)]
pub(super) struct Node {
    pub(super) id: u64,
    pub(super) name: &'static str,
    pub(super) state: State,
    pub(super) operator: Operator,
    pub(super) start: Ms,
    pub(super) end: Ms,
    pub(super) nature: Nature,
    pub(super) tasks: Vec<SubTask>,
}

#[derive(Debug, Clone)]
pub(super) struct SubTask {
    pub(super) id: u64,
    pub(super) state: State,
    pub(super) operator: Operator,
    pub(super) start: Ms,
    pub(super) end: Ms,
    pub(super) times: u32,
    /// Which agent executes it.
    pub(super) agent: usize,
    pub(super) logs: Vec<Line>,
    pub(super) work: Work,
    /// What the work remembers between its turns.
    pub(super) memo: u32,
    /// When the work has its next turn.
    pub(super) next: Ms,
}

/// One line of a sub task's log.
#[derive(Debug, Clone)]
pub(super) struct Line {
    pub(super) id: u64,
    pub(super) times: u32,
    pub(super) at: Ms,
    pub(super) text: String,
}

impl Dag {
    /// Whether it locks its agent: a FAILED one still does (obshell-api 6.7).
    pub(super) fn locks(&self) -> bool {
        self.maintenance == 2 && self.state != State::Succeed
    }

    /// Whether it is among the unfinished; a FAILED one without a lock is not.
    pub(super) fn is_unfinished(&self) -> bool {
        match self.state {
            State::Succeed => false,
            State::Failed => self.maintenance == 2,
            _ => true,
        }
    }

    /// Whether the engine has something to do.
    pub(super) fn is_moving(&self) -> bool {
        !self.state.is_over()
    }

    pub(super) fn current(&self) -> Option<&Node> {
        self.nodes.get(self.stage.checked_sub(1)?)
    }

    /// The nodes up to the current one.
    pub(super) fn executed(&self) -> &[Node] {
        self.nodes.get(..self.stage).unwrap_or(&self.nodes)
    }

    /// The DAG is given up: it and all that has not succeeded count as SUCCEED (obshell-api 6.6).
    pub(super) fn pass(&mut self, at: Ms) {
        self.state = State::Succeed;
        self.operator = Operator::Pass;
        self.end = at;
        for node in self.nodes.iter_mut().filter(|n| n.state != State::Succeed) {
            node.pass(at);
        }
    }
}

impl Node {
    pub(super) fn pass(&mut self, at: Ms) {
        self.state = State::Succeed;
        self.operator = Operator::Pass;
        self.end = at;
        for task in self.tasks.iter_mut().filter(|t| t.state != State::Succeed) {
            task.state = State::Succeed;
            task.operator = Operator::Pass;
            task.end = at;
        }
    }

    pub(super) fn wait_for(&mut self, operator: Operator) {
        self.state = State::Pending;
        self.operator = operator;
        self.start = WIPED;
        self.end = WIPED;
    }
}

impl SubTask {
    /// The next execution begins.
    pub(super) fn run(&mut self, at: Ms) {
        self.state = State::Running;
        self.operator = Operator::Run;
        self.start = at + 1 + (mix(&[self.id, u64::from(self.times)]) % 9) as Ms;
        self.times += 1;
        self.memo = 0;
        self.next = at;
    }

    pub(super) fn roll_back(&mut self, at: Ms) {
        self.state = State::Succeed;
        self.operator = Operator::Rollback;
        self.times += 1;
        self.start = at;
        self.end = at + 1;
    }
}

/// RFC 3339 with up to nine digits of fraction, drawn from the time itself: the same moment is written the same way.
pub(super) fn time(at: Ms) -> String {
    if at == WIPED {
        return "1970-01-01T00:00:00Z".to_owned();
    }
    utc(at, (mix(&[at as u64, 9]) % 1_000_000) as u32)
}

/// Who speaks of a task: ID and execution place come from it.
pub(super) trait Names {
    fn place(&self, agent: usize) -> Place;
}

pub(super) fn dag_json(names: &impl Names, owner: usize, dag: &Dag, details: bool) -> Value {
    let place = names.place(owner);
    let nodes: Option<Vec<Value>> =
        details.then(|| dag.nodes.iter().map(|n| node_json(names, owner, n)).collect());
    json!({
        "id": place.generic(dag.id),
        "dag_id": dag.id,
        "name": dag.name,
        "stage": dag.stage,
        "max_stage": dag.nodes.len(),
        "maintenance_type": dag.maintenance,
        "maintenance_key": "",
        "state": dag.state.word(),
        "operator": dag.operator.word(),
        "start_time": time(dag.start),
        "end_time": time(dag.end),
        "additional_data": if details { extra(names, dag) } else { Value::Null },
        "nodes": nodes,
    })
}

fn extra(names: &impl Names, dag: &Dag) -> Value {
    match &dag.part {
        Part::Main(_, subs) if !subs.is_empty() => {
            let subs: Map<String, Value> = subs
                .iter()
                .map(|(agent, id)| {
                    let place = names.place(*agent);
                    (place.to_string(), json!(place.generic(*id)))
                })
                .collect();
            json!({ "sub_dags": subs })
        }
        Part::Sub(_, owner, id) => json!({ "main_dag_id": names.place(*owner).generic(*id) }),
        Part::Main(..) | Part::Alone => json!({}),
    }
}

pub(super) fn node_json(names: &impl Names, owner: usize, node: &Node) -> Value {
    let tasks: Vec<Value> = node.tasks.iter().map(|t| task_json(names, owner, node.name, t)).collect();
    json!({
        "id": names.place(owner).generic(node.id),
        "node_id": node.id,
        "name": node.name,
        "state": node.state.word(),
        "operator": node.operator.word(),
        "start_time": time(node.start),
        "end_time": time(node.end),
        "additional_data": null,
        "sub_tasks": tasks,
    })
}

pub(super) fn task_json(names: &impl Names, owner: usize, name: &str, task: &SubTask) -> Value {
    let logs: Option<Vec<&str>> =
        (!task.logs.is_empty()).then(|| task.logs.iter().map(|l| l.text.as_str()).collect());
    json!({
        "id": names.place(owner).generic(task.id),
        "task_id": task.id,
        "name": name,
        "state": task.state.word(),
        "operator": task.operator.word(),
        "start_time": time(task.start),
        "end_time": time(task.end),
        "additional_data": null,
        "execute_times": task.times,
        "execute_agent": names.place(task.agent).json(),
        "task_logs": logs,
    })
}

pub(super) fn log_json(task: &SubTask, line: &Line) -> Value {
    json!({
        "id": line.id,
        "sub_task_id": task.id,
        "execute_times": line.times,
        "log_content": line.text,
        "is_sync": true,
        "create_time": time(line.at),
        "update_time": time(line.at),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn generic_ids_carry_address_port_and_number() {
        let v4 = Place { ip: IpAddr::from([127, 0, 0, 1]), port: 2886 };
        assert_eq!(v4.generic(1), "22130706433028861");
        let v6 = Place { ip: "::1".parse().unwrap(), port: 2886 };
        assert_eq!(v6.generic(12), format!("3{}1{}12", "0".repeat(38), "02886"));
        assert_eq!(v6.to_string(), "[::1]:2886");
    }
}
