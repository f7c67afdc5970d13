//! Tasks and subtasks, and the state machine of ocp-api 5.5 that moves them.
//!
//! A task is moved by events with a time each; what happens at a time depends on the task's seed only, so it does not
//! matter how often or when somebody looks.

mod order;
mod run;
#[cfg(test)]
mod tests;

use crate::sim::script::Step;
use crate::sim::time::Ms;
use crate::sim::world::{Place, User, Verb};

/// Subtasks of one task that are READY or RUNNING at a time (ocp-api 5.5).
pub(crate) const AT_ONCE: usize = 10;

/// State of a subtask (ocp-api 5.5).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    Pending,
    Ready,
    Running,
    Canceling,
    Failed,
    Successful,
}

impl State {
    pub(crate) fn word(self) -> &'static str {
        match self {
            State::Pending => "PENDING",
            State::Ready => "READY",
            State::Running => "RUNNING",
            State::Canceling => "CANCELING",
            State::Failed => "FAILED",
            State::Successful => "SUCCESSFUL",
        }
    }

    fn is_active(self) -> bool {
        matches!(self, State::Ready | State::Running | State::Canceling)
    }
}

/// State of a task (ocp-api 5.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TaskState {
    Running,
    Failed,
    Successful,
}

impl TaskState {
    pub(crate) fn word(self) -> &'static str {
        match self {
            TaskState::Running => "RUNNING",
            TaskState::Failed => "FAILED",
            TaskState::Successful => "SUCCESSFUL",
        }
    }
}

/// What is being done to a task or subtask (ocp-api 5.4, 5.5).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operation {
    Execute,
    Retry,
    Rollback,
    Skip,
    Cancel,
    RollbackSkip,
}

impl Operation {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Operation::Execute => "EXECUTE",
            Operation::Retry => "RETRY",
            Operation::Rollback => "ROLLBACK",
            Operation::Skip => "SKIP",
            Operation::Cancel => "CANCEL",
            Operation::RollbackSkip => "ROLLBACK_SKIP",
        }
    }
}

/// What a scenario has in store for a subtask. Fate strikes the first execution only: a retry goes well.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Fate {
    /// Runs its lifelike time and succeeds.
    Well,
    /// Fails after its lifelike time, with these words in the log.
    Fails(String),
    /// Never comes back by itself; its timeout ends it.
    Hangs,
}

/// What comes next for a subtask, by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Due {
    /// A worker takes it.
    PickUp,
    /// Its work is done, well or not.
    End,
    /// Its time is up.
    Timeout,
    /// The interrupt has reached the thread.
    CancelHeard,
    /// The interrupted thread has given up.
    CancelDone,
}

/// One execution of a subtask, for its log.
#[derive(Debug, Clone)]
pub(crate) struct Execution {
    pub(crate) operation: Operation,
    pub(crate) started: Ms,
    /// How long it would run, in milliseconds.
    pub(crate) planned: Ms,
    /// When it ended, as what, and why if it failed.
    pub(crate) ended: Option<(Ms, State, Option<String>)>,
}

/// One subtask.
#[derive(Debug, Clone)]
pub(crate) struct Subtask {
    pub(crate) id: i64,
    pub(crate) step: Step,
    pub(crate) place: Place,
    pub(crate) series: usize,
    pub(crate) parallel_ix: i32,
    pub(crate) state: State,
    pub(crate) operation: Operation,
    pub(crate) runs: u32,
    pub(crate) started: Option<Ms>,
    pub(crate) finished: Option<Ms>,
    /// Positions in the task's list, as are `downstreams`.
    pub(crate) upstreams: Vec<usize>,
    pub(crate) downstreams: Vec<usize>,
    pub(crate) fate: Fate,
    pub(crate) prohibits_rollback: bool,
    pub(crate) prohibits_skip: bool,
    pub(crate) executions: Vec<Execution>,
    due: Option<(Ms, Due)>,
}

impl Subtask {
    pub(crate) fn new(id: i64, step: Step, place: Place) -> Subtask {
        Subtask {
            id,
            step,
            place,
            series: 0,
            parallel_ix: -1,
            state: State::Pending,
            operation: Operation::Execute,
            runs: 1,
            started: None,
            finished: None,
            upstreams: Vec::new(),
            downstreams: Vec::new(),
            fate: Fate::Well,
            prohibits_rollback: false,
            prohibits_skip: false,
            executions: Vec::new(),
            due: None,
        }
    }
}

/// What the world must do because a subtask's work is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Effect {
    pub(crate) step: Step,
    pub(crate) place: Place,
    /// Undo it instead.
    pub(crate) is_undo: bool,
}

/// What a task was made for.
#[derive(Debug, Clone)]
pub(crate) struct Purpose {
    pub(crate) verb: Verb,
    pub(crate) place: Place,
    pub(crate) force: bool,
    pub(crate) freeze: bool,
}

/// One task.
#[derive(Debug, Clone)]
pub(crate) struct Task {
    pub(crate) id: i64,
    pub(crate) name: String,
    pub(crate) cluster: i64,
    pub(crate) purpose: Purpose,
    pub(crate) creator: User,
    pub(crate) trace: String,
    pub(crate) seed: u64,
    pub(crate) operation: Operation,
    pub(crate) state: TaskState,
    /// Whether the template forbids a rollback.
    pub(crate) prohibits_rollback: bool,
    pub(crate) created: Ms,
    pub(crate) started: Ms,
    pub(crate) finished: Option<Ms>,
    /// Words of the places it works on, as they were when it began (`former_…` of the context).
    pub(crate) former: Former,
    pub(crate) subtasks: Vec<Subtask>,
}

/// Status of things before a task; what a rollback restores.
#[derive(Debug, Clone)]
pub(crate) struct Former {
    pub(crate) cluster: crate::sim::world::Status,
    pub(crate) zones: Vec<(crate::sim::world::Status, bool)>,
    /// (zone, server, status, alive, stopped at)
    pub(crate) servers: Vec<(Place, crate::sim::world::Status, bool, Option<Ms>)>,
}

impl Task {
    /// Whether a rollback is forbidden: by the template, or because a step that cannot be undone has begun.
    pub(crate) fn forbids_rollback(&self) -> bool {
        self.prohibits_rollback || self.subtasks.iter().any(|s| s.prohibits_rollback && s.started.is_some())
    }

    /// FAILED belongs to the unfinished: such a task still holds its cluster (ocp-api 3.4).
    pub(crate) fn is_unfinished(&self) -> bool {
        self.state != TaskState::Successful
    }

    pub(crate) fn find(&self, subtask: i64) -> Option<usize> {
        self.subtasks.iter().position(|s| s.id == subtask)
    }
}
