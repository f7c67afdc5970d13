//! Tasks and traces that are known here: from the lists, from tasks that were looked at, from the journal and from audit
//! events. What is pasted from elsewhere is found among them.

use std::collections::{HashMap, HashSet};

use super::Choice;
use crate::app::effect::{Query, Reply};
use crate::app::facts::Facts;
use crate::app::journal::Journal;
use crate::app::panes::tasks;
use crate::app::story::Story;
use crate::domain::id::{ClusterRef, ProfileName, TaskId, TaskRef, TraceId};
use crate::domain::shown::Text;
use crate::domain::status::Phase;
use crate::domain::task::TaskSummary;
use crate::domain::timeline::{OrderId, Settled, Subject, What};

/// One of them.
#[derive(Debug)]
pub struct Known {
    /// As it is shown and typed: `task 89026504 Stop OB zone protoss/zone2`.
    pub(super) name: String,
    /// Its ID.
    pub(super) id: String,
    /// What choosing it does.
    pub(super) choice: Choice,
}

/// All of them, the newest tasks first.
pub(crate) fn known(story: &Story, journal: &Journal, cx: &Facts<'_>) -> Vec<Known> {
    let mut found = Found::default();
    let mut listed = tasks::all(cx);
    listed.extend(story.followed());
    // A task without a start is newer than any that has one.
    listed.sort_by(|a, b| {
        let age = |t: &TaskSummary| (t.started.is_none(), t.started);
        age(b).cmp(&age(a)).then_with(|| a.at.cmp(&b.at))
    });
    for task in listed {
        found.task(&task.at, &task.name, &target(&task.cluster_name, &task.target), Some(task.phase()));
    }
    found.journal(journal);
    for (query, seen) in cx.cache.iter() {
        let Some((answer, _)) = &seen.answer else { continue };
        match (query, &answer.reply) {
            (Query::Task(at), Reply::Task(task)) => {
                if let Some(trace) = &answer.trace {
                    let name = format!("trace {trace} task {} {}", at.id, task.head.name);
                    found.push(trace, name, Choice::Task(at.clone(), Some(task.phase())));
                }
            }
            (Query::Audit(cluster), Reply::Audit(Some(events))) => {
                for event in events {
                    if let Some(trace) = &event.trace {
                        let name = format!("trace {trace} {} {}", event.event, event.target);
                        found.trace(trace, name, Some(cluster));
                    }
                }
            }
            _ => {}
        }
    }
    found.all
}

#[derive(Default)]
struct Found {
    all: Vec<Known>,
    tasks: HashSet<TaskRef>,
    traces: HashSet<String>,
}

impl Found {
    fn task(&mut self, at: &TaskRef, name: &Text, target: &str, phase: Option<Phase>) {
        if self.tasks.insert(at.clone()) {
            let name = format!("task {} {name} {target}", at.id);
            let choice = Choice::Task(at.clone(), phase);
            self.all.push(Known { name: name.trim_end().to_owned(), id: at.id.to_string(), choice });
        }
    }
    fn trace(&mut self, trace: &TraceId, name: String, cluster: Option<&ClusterRef>) {
        let choice = Choice::Trace { cluster: cluster.cloned(), trace: trace.clone() };
        self.push(trace, name, choice);
    }
    fn push(&mut self, trace: &TraceId, name: String, choice: Choice) {
        if self.traces.insert(trace.raw().to_owned()) {
            self.all.push(Known { name, id: trace.to_string(), choice });
        }
    }
    /// Orders, tasks that came of them, and tasks that were followed to their end; the newest first.
    fn journal(&mut self, journal: &Journal) {
        let subjects: HashMap<&OrderId, &Subject> = journal
            .records()
            .filter_map(|r| match &r.what {
                What::Intent(i) => Some((&i.order, &i.subject)),
                _ => None,
            })
            .collect();
        for record in journal.records().rev() {
            match &record.what {
                What::Ended(e) => {
                    let Some(subject) = subjects.get(&e.order) else { continue };
                    if let Some(trace) = &e.trace {
                        let name = format!("trace {trace} {}", of(subject));
                        self.trace(trace, name, subject.cluster.as_ref());
                    }
                    self.of_journal(&subject.profile, e.task.as_ref(), &e.task_name, subject);
                }
                What::Settled { order, how: Settled::Task(task) } => {
                    let Some(subject) = subjects.get(order) else { continue };
                    self.of_journal(&subject.profile, Some(task), &Text::default(), subject);
                }
                What::Intent(i) => {
                    let task = i.subject.task.as_ref();
                    self.of_journal(&i.subject.profile, task, &Text::default(), &i.subject);
                }
                What::TaskEnded { profile, task, name, .. } => {
                    let at = TaskRef { profile: profile.clone(), id: task.clone() };
                    self.task(&at, name, "", None);
                }
                What::Settled { how: Settled::LetBe, .. } | What::Held { .. } | What::Note { .. } => {}
            }
        }
    }
    fn of_journal(&mut self, profile: &ProfileName, id: Option<&TaskId>, name: &Text, subject: &Subject) {
        if let Some(id) = id {
            let at = TaskRef { profile: profile.clone(), id: id.clone() };
            self.task(&at, name, &target(&subject.cluster_name, &subject.target), None);
        }
    }
}

/// `protoss/zone2`, as far as it is known.
fn target(cluster: &Text, part: &Text) -> String {
    let parts: Vec<&str> =
        [cluster, part].into_iter().filter(|t| !t.is_empty()).map(|t| t.shown().as_str()).collect();
    parts.join("/")
}

/// `stop zone protoss/zone2`, `retry task 89026504`.
fn of(subject: &Subject) -> String {
    let at = target(&subject.cluster_name, &subject.target);
    let id = subject.subtask.as_ref().map(ToString::to_string);
    let id = id.or_else(|| subject.task.as_ref().map(ToString::to_string)).unwrap_or_default();
    format!("{} {} {at}{id}", subject.verb, subject.scope)
}
