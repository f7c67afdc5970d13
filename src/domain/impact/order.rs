//! What an order to a task or subtask rests on: how these stand. It takes nothing away that could be computed, but what was
//! confirmed for a failed step must not reach one that runs again (A10).

use super::{Fact, Finding, Impact, Input, Level, Missing, Moved};
use crate::domain::action::Action;
use crate::domain::id::{SubtaskId, TaskId};
use crate::domain::shown::Text;
use crate::domain::status::Phase;
use crate::domain::task::Task;

/// How a task or one of its subtasks stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Stand {
    /// Which task.
    pub task: TaskId,
    /// Which subtask of it, and how often it was begun; `None`: the task as a whole.
    pub subtask: Option<(SubtaskId, u32)>,
    /// Its name.
    pub name: Text,
    /// Its phase.
    pub phase: Phase,
}

impl Stand {
    /// In machine words: `task 89026391 failed`, `subtask 89026402 failed run 1`. Progress has no part in it.
    pub fn code(&self) -> String {
        match &self.subtask {
            None => format!("task {} {}", self.task.raw(), self.phase.word()),
            Some((id, runs)) => format!("subtask {} {} run {runs}", id.raw(), self.phase.word()),
        }
    }
}

/// How what an order is to stands by a read of the task; `Err`: why that gave nothing. Empty for an order to a cluster.
pub fn standing(action: &Action, task: Result<&Task, Text>) -> Impact {
    let subtask = match action {
        Action::Cluster(_) => return Impact { findings: Vec::new() },
        Action::Task { .. } => None,
        Action::Subtask { subtask, .. } => Some(subtask),
    };
    let finding = |level, fact| Finding { level, fact };
    let task = match task {
        Ok(task) => task,
        Err(why) => {
            let fact = Fact::Unread(Input::Tasks, Missing::Failed(why));
            return Impact { findings: vec![finding(Level::Unknown, fact)] };
        }
    };
    let stands = |stand| finding(Level::Fine, Fact::Stands(Box::new(stand)));
    let head = &task.head;
    let (id, name) = (head.at.id.clone(), head.name.clone());
    let mut findings = vec![stands(Stand { task: id, subtask: None, name, phase: task.phase() })];
    findings.extend(subtask.map(|id| match task.subtask(id) {
        Some((_, s)) => stands(Stand {
            task: head.at.id.clone(),
            subtask: Some((id.clone(), s.runs)),
            name: s.name.clone(),
            phase: s.phase(),
        }),
        None => finding(Level::Loss, Fact::Target(Moved::Gone)),
    }));
    Impact { findings }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::action::{SubtaskVerb, TaskVerb};
    use crate::domain::fold::flat;
    use crate::domain::id::TaskRef;
    use crate::domain::impact::differences;
    use crate::domain::samples;
    use crate::domain::task::{Progress, Subtask, TaskSummary};

    fn at() -> TaskRef {
        samples::task_ref("7")
    }
    /// A task with one step, begun so often.
    fn task(word: &str, runs: u32) -> Task {
        let step = Subtask { runs, ..samples::subtask("71", "Stop observer process", word) };
        let progress = Progress { done: runs, ..Progress::default() };
        samples::task(TaskSummary { progress, ..samples::summary("7", word) }, flat(vec![step]))
    }
    fn codes(action: &Action, task: &Task) -> Vec<String> {
        standing(action, Ok(task)).codes()
    }

    #[test]
    fn a10_progress_is_no_change_and_a_step_that_failed_once_more_is_another_failure() {
        let whole = Action::Task { task: at(), verb: TaskVerb::Retry };
        assert_eq!(codes(&whole, &task("FAILED", 1)), ["task 7 failed"]);
        assert_eq!(codes(&whole, &task("FAILED", 1)), codes(&whole, &task("FAILED", 2)));
        let skip = Action::Subtask { task: at(), subtask: "71".into(), verb: SubtaskVerb::Skip };
        let (then, now) = (codes(&skip, &task("FAILED", 1)), codes(&skip, &task("FAILED", 2)));
        let (now, gone) = differences(&then, &now);
        assert_eq!(now, ["subtask 71 failed run 2"]);
        assert_eq!(gone, ["subtask 71 failed run 1"]);
    }

    #[test]
    fn a10_a_step_that_is_no_longer_there_is_gone_and_what_was_not_read_is_said() {
        let skip = Action::Subtask { task: at(), subtask: "72".into(), verb: SubtaskVerb::Skip };
        assert_eq!(codes(&skip, &task("FAILED", 1)), ["task 7 failed", "target-gone"]);
        assert_eq!(standing(&skip, Err(Text::new("403"))).codes(), ["tasks-unread"]);
    }
}
