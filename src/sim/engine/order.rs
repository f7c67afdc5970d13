//! What is asked of a task from outside: retry, rollback, skip, cancel. Each in the states of ocp-api 5.5 only.

use super::{Operation, State, Task, TaskState};
use crate::sim::time::Ms;
use crate::sim::world::Refusal;

impl Task {
    /// Retries every failed subtask.
    pub(crate) fn retry(&mut self, at: Ms) -> Result<(), Refusal> {
        if self.state != TaskState::Failed || self.operation == Operation::Rollback {
            return Err(self.wrong_state("RETRY"));
        }
        self.operation = Operation::Retry;
        for subtask in self.subtasks.iter_mut().filter(|s| s.state == State::Failed) {
            // PENDING for an instant: `settle` makes READY as many as may run at once.
            subtask.state = State::Pending;
            subtask.operation = Operation::Retry;
            subtask.runs += 1;
        }
        self.settle(at);
        Ok(())
    }

    /// Undoes from the failed subtask back to the first.
    pub(crate) fn rollback(&mut self, at: Ms) -> Result<(), Refusal> {
        if self.state != TaskState::Failed {
            return Err(self.wrong_state("ROLLBACK"));
        }
        if self.forbids_rollback() {
            return Err(Refusal::state(4009, format!("Task {} cannot be rolled back.", self.id)));
        }
        self.operation = Operation::Rollback;
        for subtask in self.subtasks.iter_mut().filter(|s| s.state != State::Pending) {
            subtask.operation = Operation::Rollback;
        }
        self.settle(at);
        Ok(())
    }

    /// Retries one failed subtask. Its run count stays (ocp-api 6).
    pub(crate) fn retry_subtask(&mut self, ix: usize, at: Ms) -> Result<(), Refusal> {
        let refusal = self.wrong_subtask_state(ix, "RETRY");
        let is_rollback = self.operation == Operation::Rollback;
        let seed = self.seed;
        let subtask = self
            .subtasks
            .get_mut(ix)
            .filter(|s| s.state == State::Failed && s.operation != Operation::Rollback && !is_rollback);
        let Some(subtask) = subtask else { return Err(refusal) };
        subtask.operation = Operation::Retry;
        subtask.make_ready(at, seed);
        self.settle(at);
        Ok(())
    }

    /// Counts a failed subtask as done, undoing nothing and doing nothing.
    pub(crate) fn skip_subtask(&mut self, ix: usize, at: Ms) -> Result<(), Refusal> {
        let refusal = self.wrong_subtask_state(ix, "SKIP");
        let is_rollback = self.operation == Operation::Rollback;
        let seed = self.seed;
        let Some(subtask) = self.subtasks.get_mut(ix).filter(|s| s.state == State::Failed) else {
            return Err(refusal);
        };
        if subtask.prohibits_skip {
            return Err(Refusal::state(4010, format!("Subtask {} cannot be skipped.", subtask.id)));
        }
        subtask.operation = if is_rollback { Operation::RollbackSkip } else { Operation::Skip };
        subtask.make_ready(at, seed);
        self.settle(at);
        Ok(())
    }

    /// Interrupts a running subtask; it ends FAILED.
    pub(crate) fn cancel_subtask(&mut self, ix: usize, at: Ms) -> Result<(), Refusal> {
        let refusal = self.wrong_subtask_state(ix, "CANCEL");
        let seed = self.seed;
        let Some(subtask) = self.subtasks.get_mut(ix).filter(|s| s.state == State::Running) else {
            return Err(refusal);
        };
        subtask.interrupt(at, seed);
        self.settle(at);
        Ok(())
    }

    fn wrong_state(&self, wanted: &str) -> Refusal {
        let (id, word) = (self.id, self.state.word());
        let message = format!("Operation {wanted} is not supported for task {id} in state {word}.");
        Refusal::state(4007, message).zh(format!("任务 {id} 当前状态 {word} 不支持操作 {wanted}。"))
    }

    fn wrong_subtask_state(&self, ix: usize, wanted: &str) -> Refusal {
        let (id, word) = self.subtasks.get(ix).map_or((0, "UNKNOWN"), |s| (s.id, s.state.word()));
        let message = format!("Operation {wanted} is not supported for subtask {id} in state {word}.");
        Refusal::state(4007, message).zh(format!("子任务 {id} 当前状态 {word} 不支持操作 {wanted}。"))
    }
}
