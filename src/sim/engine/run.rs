//! What happens by itself: taking up, ending, running into the timeout, moving on.

use super::{AT_ONCE, Due, Effect, Execution, Fate, Operation, State, Subtask, Task, TaskState};
use crate::sim::script;
use crate::sim::seed::mix;
use crate::sim::time::{Ms, SECOND};

/// A hanging subtask's run time: beyond any timeout, far from overflow.
const FOR_EVER: Ms = i64::MAX / 8;

impl Task {
    /// The next thing that happens by itself: when, and to which subtask.
    pub(crate) fn next_due(&self) -> Option<(Ms, usize)> {
        self.subtasks
            .iter()
            .enumerate()
            .filter_map(|(ix, s)| s.due.map(|(at, _)| (at, s.id, ix)))
            .min()
            .map(|(at, _, ix)| (at, ix))
    }

    /// Whether the subtask's work ends by the next event, so that the world's verdict on it is wanted.
    pub(crate) fn ends_work(&self, ix: usize) -> bool {
        self.subtasks.get(ix).is_some_and(|s| {
            matches!(s.due, Some((_, Due::End))) && s.operation != Operation::Rollback && s.fate == Fate::Well
        })
    }

    /// Lets the due event of subtask `ix` happen at `at`. `verdict` is the world's word on work that ends now.
    pub(crate) fn fire(&mut self, ix: usize, at: Ms, verdict: Result<(), String>) -> Option<Effect> {
        let seed = self.seed;
        let force = self.purpose.force;
        let freeze = self.purpose.freeze;
        let subtask = self.subtasks.get_mut(ix)?;
        let (_, due) = subtask.due.take()?;
        let effect = match due {
            Due::PickUp => {
                subtask.pick_up(at, seed, script::Haste { force, freeze });
                None
            }
            Due::End => subtask.end(at, verdict),
            Due::Timeout => {
                let why = format!("subtask ran into its timeout of {} s", subtask.step.timeout_s());
                subtask.operation = Operation::Cancel;
                subtask.close(at, State::Failed, Some(why));
                None
            }
            Due::CancelHeard => {
                subtask.state = State::Running;
                subtask.operation = Operation::Cancel;
                subtask.due = Some((at + subtask.pause(seed, 3, 600, 1800), Due::CancelDone));
                None
            }
            Due::CancelDone => {
                subtask.close(at, State::Failed, Some("subtask was cancelled".to_owned()));
                None
            }
        };
        self.settle(at);
        effect
    }

    /// Makes READY what may go, and draws the task's own state from its subtasks'.
    pub(crate) fn settle(&mut self, at: Ms) {
        self.make_ready(at);
        let any = |state| self.subtasks.iter().any(|s| s.state == state);
        let goal = if self.operation == Operation::Rollback { State::Pending } else { State::Successful };
        if self.subtasks.iter().all(|s| s.state == goal) {
            self.state = TaskState::Successful;
            self.finished.get_or_insert(at);
        } else if any(State::Failed) && !self.subtasks.iter().any(|s| s.state.is_active()) {
            self.state = TaskState::Failed;
            self.finished.get_or_insert(at);
        } else {
            self.state = TaskState::Running;
            self.finished = None;
        }
    }

    fn make_ready(&mut self, at: Ms) {
        let mut free = AT_ONCE.saturating_sub(self.subtasks.iter().filter(|s| s.state.is_active()).count());
        let mut may_go: Vec<(i64, usize)> = (0..self.subtasks.len())
            .filter(|ix| self.may_go(*ix))
            .filter_map(|ix| self.subtasks.get(ix).map(|s| (s.id, ix)))
            .collect();
        may_go.sort_unstable();
        for (_, ix) in may_go {
            let Some(subtask) = self.subtasks.get_mut(ix).filter(|_| free > 0) else { return };
            subtask.make_ready(at, self.seed);
            free -= 1;
        }
    }

    fn may_go(&self, ix: usize) -> bool {
        let Some(subtask) = self.subtasks.get(ix) else { return false };
        let all = |list: &[usize], state| {
            list.iter().all(|other| self.subtasks.get(*other).is_some_and(|s| s.state == state))
        };
        if self.operation == Operation::Rollback {
            let waits = matches!(subtask.state, State::Failed | State::Successful);
            waits && subtask.operation == Operation::Rollback && all(&subtask.downstreams, State::Pending)
        } else {
            subtask.state == State::Pending && all(&subtask.upstreams, State::Successful)
        }
    }
}

impl Subtask {
    pub(super) fn make_ready(&mut self, at: Ms, seed: u64) {
        self.state = State::Ready;
        self.due = Some((at + self.pause(seed, 1, 150, 900), Due::PickUp));
    }

    /// A short wait of its own, different for each subtask, run and reason.
    pub(super) fn pause(&self, seed: u64, reason: u64, low: Ms, high: Ms) -> Ms {
        let draw = mix(&[seed, self.series as u64, self.executions.len() as u64, reason]);
        low + (draw % (high - low + 1).unsigned_abs()) as Ms
    }

    /// Interrupts the running thread (ocp-api 5.5 "cancel").
    pub(super) fn interrupt(&mut self, at: Ms, seed: u64) {
        self.state = State::Canceling;
        self.due = Some((at + self.pause(seed, 2, 400, 1200), Due::CancelHeard));
    }

    fn pick_up(&mut self, at: Ms, seed: u64, haste: script::Haste) {
        self.started.get_or_insert(at);
        self.finished = None;
        let planned = self.plan(seed, haste);
        self.executions.push(Execution { operation: self.operation, started: at, planned, ended: None });
        if matches!(self.operation, Operation::Skip | Operation::RollbackSkip) {
            let state = if self.operation == Operation::Skip { State::Successful } else { State::Pending };
            self.close(at, state, None);
            return;
        }
        self.state = State::Running;
        let limit = Ms::from(self.step.timeout_s()) * SECOND;
        // A timeout of 0 is none (ocp-api 6).
        self.due = Some(if limit > 0 && planned >= limit {
            (at + limit, Due::Timeout)
        } else {
            (at + planned, Due::End)
        });
    }

    fn plan(&self, seed: u64, haste: script::Haste) -> Ms {
        let lifelike = self.step.lasts(mix(&[seed, self.series as u64, self.executions.len() as u64]), haste);
        match (self.operation, &self.fate) {
            (Operation::Rollback, _) => lifelike / 4 + 500,
            (_, Fate::Hangs) => FOR_EVER,
            _ => lifelike,
        }
    }

    fn end(&mut self, at: Ms, verdict: Result<(), String>) -> Option<Effect> {
        let is_undo = self.operation == Operation::Rollback;
        let effect = Effect { step: self.step, place: self.place, is_undo };
        if is_undo {
            self.close(at, State::Pending, None);
            return Some(effect);
        }
        let fate = std::mem::replace(&mut self.fate, Fate::Well);
        let verdict = if let Fate::Fails(why) = fate { Err(why) } else { verdict };
        match verdict {
            Ok(()) => {
                self.close(at, State::Successful, None);
                Some(effect)
            }
            Err(why) => {
                self.close(at, State::Failed, Some(why));
                None
            }
        }
    }

    fn close(&mut self, at: Ms, state: State, why: Option<String>) {
        // Fate strikes once: whatever ended this execution, the next one goes its lifelike way.
        self.fate = Fate::Well;
        self.state = state;
        self.due = None;
        self.finished = (state != State::Pending).then_some(at);
        if let Some(execution) = self.executions.last_mut() {
            execution.ended = Some((at, state, why));
        }
    }
}
