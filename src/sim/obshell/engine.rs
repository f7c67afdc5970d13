//! The task engine of each agent: one tick a second, at a moment of its own (obshell-api 6).

use super::refusal::Refusal;
use super::task::{Dag, Line, Node, Operator, State, SubTask};
use super::work::Then;
use super::world::{Spot, World};
use crate::sim::time::{Ms, SECOND};

/// How finely the story is walked through.
const STEP: Ms = 100;
/// A sub task's own limit (obshell-api 6.3).
const LIMIT: Ms = 3600 * SECOND;

impl World {
    /// Lets the story go on to `now`.
    pub(super) fn advance(&mut self, now: Ms) {
        while self.is_busy() {
            let next = (self.stepped.div_euclid(STEP) + 1) * STEP;
            if next > now {
                break;
            }
            self.stepped = next;
            self.step(next);
        }
        if !self.is_busy() {
            self.stepped = self.stepped.max(now.div_euclid(STEP) * STEP);
        }
        self.now = self.now.max(now);
    }

    fn is_busy(&self) -> bool {
        self.agents.iter().filter(|a| a.up).any(|a| a.dags.iter().any(Dag::is_moving))
    }

    fn step(&mut self, at: Ms) {
        for agent in self.agents.iter_mut().filter(|a| a.up) {
            if (at - agent.phase).rem_euclid(SECOND) == 0 {
                agent.dags.iter_mut().filter(|d| d.is_moving()).for_each(|dag| dag.tick(at));
            }
        }
        for spot in self.due(at) {
            self.act(spot, at);
        }
    }

    /// Sub tasks whose work has a turn now.
    fn due(&self, at: Ms) -> Vec<Spot> {
        let mut due = Vec::new();
        for (agent, owner) in self.agents.iter().enumerate().filter(|(_, a)| a.up) {
            for dag in owner.dags.iter().filter(|d| d.is_moving()) {
                let Some(current) = dag.current() else { continue };
                for (task, sub) in current.tasks.iter().enumerate() {
                    if sub.state == State::Running && sub.next <= at {
                        due.push(Spot { agent, dag: dag.id, node: dag.stage - 1, task });
                    }
                }
            }
        }
        due
    }

    fn act(&mut self, spot: Spot, at: Ms) {
        let Some(task) = self.task(spot).filter(|t| t.state == State::Running) else { return };
        let (work, memo, start) = (task.work, task.memo, task.start);
        let mut turn = self.turn(spot, work, memo, at);
        if at - start > LIMIT && matches!(turn.then, Then::Again(_)) {
            turn.logs.push("sub task timeout".to_owned());
            turn.then = Then::Failed;
        }
        self.write(spot, turn.logs, at);
        let Some(task) = self.task_mut(spot) else { return };
        task.memo = turn.memo;
        match turn.then {
            Then::Again(after) => task.next = at + after,
            Then::Done => task.finish(State::Succeed, at),
            Then::Failed => task.finish(State::Failed, at),
        }
    }

    fn write(&mut self, spot: Spot, texts: Vec<String>, at: Ms) {
        for text in texts {
            let Some(agent) = self.agents.get_mut(spot.agent) else { return };
            agent.lines_made += 1;
            let id = agent.lines_made;
            if let Some(task) = self.task_mut(spot) {
                task.logs.push(Line { id, times: task.times, at, text });
            }
        }
    }

    /// An operator on a DAG (obshell-api 6.6).
    pub(super) fn operate(
        &mut self,
        agent: usize,
        id: u64,
        operator: Operator,
        at: Ms,
    ) -> Result<(), Refusal> {
        let dag = self.dag_mut(agent, id).ok_or_else(|| Refusal::no_task("dag not exist"))?;
        dag.may(operator)?;
        match operator {
            Operator::Run => {}
            Operator::Pass => {
                dag.pass(at);
                return Ok(());
            }
            Operator::Retry => {
                let stage = dag.stage;
                dag.nodes.iter_mut().skip(stage - 1).take(1).for_each(|n| n.wait_for(Operator::Retry));
            }
            Operator::Cancel => {
                let stage = dag.stage;
                dag.nodes.iter_mut().skip(stage - 1).take(1).for_each(|n| n.wait_for(Operator::Cancel));
            }
            Operator::Rollback => {
                let stage = dag.stage;
                dag.nodes.iter_mut().take(stage).for_each(|n| n.wait_for(Operator::Rollback));
            }
        }
        dag.state = State::Ready;
        dag.operator = if operator == Operator::Retry { Operator::Run } else { operator };
        dag.start = 0;
        dag.end = 0;
        Ok(())
    }

    /// PASS on a node: it counts as done, the DAG goes on.
    pub(super) fn pass_node(&mut self, agent: usize, id: u64, at: Ms) -> Result<(), Refusal> {
        let dags = self.agents.get_mut(agent).map(|a| &mut a.dags);
        let found = dags.into_iter().flatten().find_map(|dag| {
            let node = dag.nodes.iter().position(|n| n.id == id)?;
            Some((dag, node))
        });
        let Some((dag, position)) = found else { return Err(Refusal::no_task("node not exist")) };
        if dag.state != State::Failed {
            return Err(Refusal::new(
                400,
                "Task.Node.Operator.PassNotFailedDag",
                "Failed to pass node: assigned DAG is not failed",
            ));
        }
        let Some(node) = dag.nodes.get_mut(position) else { return Err(Refusal::no_task("node not exist")) };
        let named = |what| format!("Failed to pass node: node {} {what}", node.name);
        if node.state != State::Failed {
            return Err(Refusal::new(400, "Task.Node.Operator.PassNotFailedNode", named("is not failed")));
        }
        if !node.nature.allows.contains(&Operator::Pass) {
            return Err(Refusal::new(400, "Task.Node.Operator.PassNotAllowed", named("cannot pass")));
        }
        node.pass(at);
        dag.state = State::Ready;
        dag.operator = Operator::Run;
        dag.start = 0;
        dag.end = 0;
        Ok(())
    }

    /// The agent has come back: what it was doing goes on, or fails if it cannot (obshell-api 7.3).
    pub(super) fn resume(&mut self, agent: usize, at: Ms) {
        let mut broken = Vec::new();
        let Some(owner) = self.agents.get_mut(agent) else { return };
        for dag in owner.dags.iter_mut().filter(|d| d.is_moving()) {
            let (id, at_node) = (dag.id, dag.stage - 1);
            let Some(node) = dag.nodes.get_mut(at_node) else { continue };
            for (task, sub) in node.tasks.iter_mut().enumerate().filter(|(_, t)| t.state == State::Running) {
                sub.next = sub.next.max(at);
                if !node.nature.resumes {
                    broken.push(Spot { agent, dag: id, node: at_node, task });
                }
            }
        }
        for spot in broken {
            self.write(spot, vec!["task unexpectedly interrupted and cannot continue".to_owned()], at);
            if let Some(task) = self.task_mut(spot) {
                task.finish(State::Failed, at);
            }
        }
    }
}

impl Dag {
    /// Whether the operator is allowed now.
    fn may(&self, operator: Operator) -> Result<(), Refusal> {
        let refuse = |err, text: &str| Err(Refusal::new(400, err, text));
        let forbids = |n: &&Node| !n.nature.allows.contains(&operator);
        let is_failed = self.state == State::Failed;
        let (err, prefix, what, node) = match operator {
            Operator::Run => return Ok(()),
            Operator::Retry if !is_failed => {
                let text = "Failed to set DAG retry: DAG state is not failed";
                return refuse("Task.Dag.Operator.RetryNotFailedDag", text);
            }
            Operator::Rollback if !is_failed => {
                let text = "Failed to set DAG rollback: DAG state is not failed";
                return refuse("Task.Dag.Operator.RollbackNotFailedDag", text);
            }
            Operator::Pass if !is_failed => {
                return refuse("Task.Dag.Operator.PassNotFailedDag", "Failed to pass DAG: DAG is not failed");
            }
            Operator::Cancel if self.state.is_over() => {
                return refuse(
                    "Task.Dag.Operator.CancelFinishedDag",
                    "Failed to cancel DAG: DAG is finished",
                );
            }
            Operator::Retry => {
                let node = self.current().filter(forbids);
                ("Task.Dag.Operator.RetryNotAllowed", "set DAG retry", "retry", node)
            }
            Operator::Rollback => {
                let node = self.executed().iter().find(forbids);
                ("Task.Dag.Operator.RollbackNotAllowed", "set DAG rollback", "rollback", node)
            }
            Operator::Cancel => {
                let node = self.executed().iter().find(forbids);
                ("Task.Dag.Operator.CancelNotAllowed", "cancel DAG", "cancel", node)
            }
            Operator::Pass => {
                let node = self.nodes.iter().filter(|n| n.state != State::Succeed).find(forbids);
                ("Task.Dag.Operator.PassNotAllowed", "pass DAG", "pass", node)
            }
        };
        match node {
            None => Ok(()),
            Some(node) => refuse(err, &format!("Failed to {prefix}: node {} cannot {what}", node.name)),
        }
    }

    /// One tick of the engine.
    fn tick(&mut self, at: Ms) {
        if self.state == State::Ready {
            self.state = State::Running;
            self.start = at;
        }
        let last = self.nodes.len();
        let Some(node) = self.nodes.get_mut(self.stage - 1) else { return };
        match self.operator {
            Operator::Rollback => match node.tick_back(at) {
                Some(State::Succeed) if self.stage == 1 => self.finish(State::Succeed, at),
                Some(State::Succeed) => self.stage -= 1,
                Some(_) => self.finish(State::Failed, at),
                None => {}
            },
            Operator::Cancel => {
                if node.cancel(at) {
                    self.finish(State::Failed, at);
                }
            }
            Operator::Run | Operator::Retry | Operator::Pass => match node.tick(at) {
                Some(State::Succeed) if self.stage == last => self.finish(State::Succeed, at),
                Some(State::Succeed) => self.stage += 1,
                Some(_) => self.finish(State::Failed, at),
                None => {}
            },
        }
    }

    fn finish(&mut self, state: State, at: Ms) {
        self.state = state;
        self.end = at;
    }
}

impl Node {
    /// Forward; gives how it ended, once it has.
    fn tick(&mut self, at: Ms) -> Option<State> {
        match self.state {
            // Passed by hand: nothing is left to do here.
            State::Succeed => return Some(State::Succeed),
            State::Pending | State::Ready => {
                self.state = State::Running;
                self.start = at;
                self.end = at;
                let is_retry = self.operator == Operator::Retry;
                for task in &mut self.tasks {
                    match task.state {
                        // The real agent undoes a failed sub task before it runs again.
                        State::Failed if is_retry => task.roll_back(at),
                        State::Succeed => {}
                        _ => task.run(at),
                    }
                }
                return None;
            }
            State::Running | State::Failed => {}
        }
        if self.operator == Operator::Retry {
            let undone = |t: &&mut SubTask| t.state == State::Succeed && t.operator == Operator::Rollback;
            let mut again = false;
            for task in self.tasks.iter_mut().filter(undone) {
                task.run(at);
                again = true;
            }
            if again {
                return None;
            }
        }
        if !self.tasks.iter().all(|t| t.state.is_over()) {
            return None;
        }
        let is_well = self.tasks.iter().all(|t| t.state == State::Succeed);
        self.state = if is_well { State::Succeed } else { State::Failed };
        self.end = at;
        Some(self.state)
    }

    /// Backward.
    fn tick_back(&mut self, at: Ms) -> Option<State> {
        if self.state == State::Pending {
            self.state = State::Running;
            self.start = at;
            self.end = at;
            self.tasks.iter_mut().filter(|t| t.times > 0).for_each(|t| t.roll_back(at));
            return None;
        }
        self.state = State::Succeed;
        self.end = at;
        Some(State::Succeed)
    }

    /// True once it is done.
    fn cancel(&mut self, at: Ms) -> bool {
        if self.state == State::Failed {
            return true;
        }
        self.state = State::Failed;
        self.start = at;
        self.end = at;
        for task in self.tasks.iter_mut().filter(|t| t.state == State::Running) {
            let times = task.times;
            let id = task.logs.last().map_or(1, |l| l.id);
            task.logs.push(Line { id, times, at, text: "sub task cancelled".to_owned() });
            task.finish(State::Failed, at);
        }
        false
    }
}

impl SubTask {
    fn finish(&mut self, state: State, at: Ms) {
        self.state = state;
        self.end = self.start.max(at) + 1;
    }
}
