//! Following a task, over a control plane that answers from a list.

use std::sync::Mutex;

use futures_util::future::BoxFuture;

use super::*;
use crate::domain::action::Action;
use crate::domain::capability::{Capabilities, PlaneKind, WhyNot};
use crate::domain::fold::flat;
use crate::domain::guard::Approved;
use crate::domain::id::{ClusterId, ProfileName};
use crate::domain::outcome::Outcome;
use crate::domain::request::Planned;
use crate::domain::samples;
use crate::domain::task::{LogText, TaskFilter, TaskSummary};
use crate::domain::topology::{Cluster, Parameter, PlaneInfo, Tenant, Unit, Zone};
use crate::plane::Read;

/// A control plane that answers `task` from a list; its last answer is repeated. Nothing else is asked of it.
struct Told {
    name: ProfileName,
    answers: Mutex<VecDeque<Result<Fetched<Task>, ReadError>>>,
}

impl Told {
    fn new(answers: Vec<Result<Fetched<Task>, ReadError>>) -> Self {
        Self { name: ProfileName::new("prod"), answers: Mutex::new(answers.into()) }
    }
}

fn never<'a, T: 'a>() -> Read<'a, T> {
    Box::pin(async { Err(error(ReadErrorKind::NotFound)) })
}

impl ControlPlane for Told {
    fn profile(&self) -> &ProfileName {
        &self.name
    }
    fn capabilities(&self) -> Capabilities {
        Capabilities { kind: PlaneKind::Ocp, read_only: false }
    }
    fn info(&self) -> Read<'_, PlaneInfo> {
        never()
    }
    fn clusters(&self) -> Read<'_, Vec<Cluster>> {
        never()
    }
    fn zones<'a>(&'a self, _: &'a ClusterId) -> Read<'a, Vec<Zone>> {
        never()
    }
    fn tenants<'a>(&'a self, _: &'a ClusterId) -> Read<'a, Vec<Tenant>> {
        never()
    }
    fn units<'a>(&'a self, _: &'a ClusterId) -> Read<'a, Vec<Unit>> {
        never()
    }
    fn parameters<'a>(&'a self, _: &'a ClusterId) -> Read<'a, Vec<Parameter>> {
        never()
    }
    fn tasks<'a>(&'a self, _: &'a TaskFilter) -> Read<'a, Vec<TaskSummary>> {
        never()
    }
    fn task<'a>(&'a self, _: &'a TaskId) -> Read<'a, Task> {
        let mut answers = self.answers.lock().unwrap();
        let next = if answers.len() > 1 { answers.pop_front() } else { answers.front().cloned() };
        Box::pin(async move { next.unwrap() })
    }
    fn log<'a>(&'a self, _: &'a TaskId, _: &'a SubtaskId) -> Read<'a, LogText> {
        never()
    }
    fn resume(&self) {}
    fn plan(&self, _: &Action) -> Result<Planned, WhyNot> {
        Err(WhyNot::ReadOnly)
    }
    fn submit(&self, _: Approved) -> BoxFuture<'_, Outcome> {
        Box::pin(async { Outcome::NotSent { why: Text::new("") } })
    }
}

fn error(kind: ReadErrorKind) -> ReadError {
    ReadError {
        kind,
        http: 0,
        what: Text::default(),
        why: Text::default(),
        code: Text::default(),
        trace: None,
        wait: None,
    }
}

/// A task in a state, with subtasks `1`, `2`, … in theirs.
fn task(word: &str, subtasks: &[&str]) -> Task {
    let step = |(ix, word): (usize, &&str)| samples::subtask(&(ix + 1).to_string(), "step", word);
    let started = Some(Timestamp::from_millis(1_000));
    let head = TaskSummary { started, ..samples::summary("7", word) };
    samples::task(head, flat(subtasks.iter().enumerate().map(step).collect()))
}

fn seen(trace: &str, task: Task) -> Fetched<Task> {
    Fetched {
        value: task,
        trace: Some(TraceId::new(trace)),
        took: Span::ZERO,
        server_time: Some(Timestamp::from_millis(9_000)),
    }
}

/// Every event in short: `task`, `subtask 1 RUNNING`, `trouble`, …
async fn events(plane: &Told, first: Option<TaskSeen>) -> (Vec<String>, Option<Ended>) {
    let mut watch = Watch::new(plane, TaskId::new("7"), first);
    let mut short = Vec::new();
    let mut ended = None;
    while let Some(event) = watch.next().await {
        short.push(match event {
            Event::Task(_) => "task".to_owned(),
            Event::Subtask { subtask, .. } => format!("subtask {} {}", subtask.id, subtask.status.word),
            Event::Trouble(_) => "trouble".to_owned(),
            Event::Recovered => "recovered".to_owned(),
            Event::Lost(_) => "lost".to_owned(),
            Event::Stopped(_) => "stopped".to_owned(),
            Event::End(e) => {
                ended = Some(*e);
                "end".to_owned()
            }
        });
    }
    (short, ended)
}

#[tokio::test]
async fn a_task_is_told_whole_then_by_its_changes_then_by_its_end() {
    let plane = Told::new(vec![
        Ok(seen("a", task("RUNNING", &["RUNNING", "PENDING"]))),
        Ok(seen("b", task("RUNNING", &["RUNNING", "PENDING"]))),
        Ok(seen("c", task("RUNNING", &["SUCCESSFUL", "RUNNING"]))),
        Ok(seen("d", task("SUCCESSFUL", &["SUCCESSFUL", "SUCCESSFUL"]))),
    ]);
    let (short, ended) = events(&plane, None).await;
    assert_eq!(short, ["task", "subtask 1 SUCCESSFUL", "subtask 2 RUNNING", "subtask 2 SUCCESSFUL", "end"]);
    let ended = ended.unwrap();
    let traces: Vec<&str> = ended.traces.iter().map(TraceId::raw).collect();
    assert_eq!(traces, ["a", "c", "d"], "polls without a change leave no trace ID");
    assert_eq!(ended.took, Some(Span::from_millis(8_000)));
}

#[tokio::test]
async fn the_answer_to_the_action_is_the_first_event_and_no_poll() {
    let first = TaskSeen {
        task: task("RUNNING", &["READY"]),
        server_time: None,
        trace: Some(TraceId::new("action")),
    };
    let plane = Told::new(vec![Ok(seen("b", task("SUCCESSFUL", &["SUCCESSFUL"])))]);
    let (short, ended) = events(&plane, Some(first)).await;
    assert_eq!(short, ["task", "subtask 1 SUCCESSFUL", "end"]);
    assert_eq!(ended.unwrap().traces[0].raw(), "action");
}

#[tokio::test]
async fn a16_an_end_counts_only_when_two_polls_in_a_row_saw_it() {
    let plane = Told::new(vec![
        Ok(seen("a", task("SUCCESSFUL", &["SUCCESSFUL"]))),
        Ok(seen("b", task("RUNNING", &["RUNNING"]))),
        Ok(seen("c", task("SUCCESSFUL", &["SUCCESSFUL"]))),
        Ok(seen("d", task("FAILED", &["FAILED"]))),
    ]);
    let (short, ended) = events(&plane, None).await;
    assert_eq!(short.last().map(String::as_str), Some("end"));
    assert_eq!(ended.unwrap().task.head.status.word.raw(), "FAILED");
}

#[tokio::test]
async fn reads_that_fail_are_told_and_tried_again() {
    let plane = Told::new(vec![
        Ok(seen("a", task("RUNNING", &["RUNNING"]))),
        Err(error(ReadErrorKind::CutOff)),
        Ok(seen("b", task("SUCCESSFUL", &["SUCCESSFUL"]))),
    ]);
    let (short, _) = events(&plane, None).await;
    assert_eq!(short, ["task", "trouble", "recovered", "subtask 1 SUCCESSFUL", "end"]);
}

#[tokio::test]
async fn h01_a_401_ends_the_watch_at_once() {
    for kind in [ReadErrorKind::Unauthenticated, ReadErrorKind::Forbidden, ReadErrorKind::PollingStopped] {
        let plane = Told::new(vec![Ok(seen("a", task("RUNNING", &[]))), Err(error(kind))]);
        assert_eq!(events(&plane, None).await.0, ["task", "stopped"]);
    }
}

#[tokio::test]
async fn a_task_that_was_never_there_is_not_waited_for() {
    let plane = Told::new(vec![Err(error(ReadErrorKind::NotFound))]);
    assert_eq!(events(&plane, None).await.0, ["stopped"]);
}

#[tokio::test]
async fn a15_a_task_that_is_gone_is_lost_after_a_minute_and_not_before() {
    let plane = Told::new(vec![Err(error(ReadErrorKind::NotFound))]);
    let first = TaskSeen { task: task("RUNNING", &[]), server_time: None, trace: None };
    let mut watch = Watch::new(&plane, TaskId::new("7"), Some(first));
    assert!(matches!(watch.next().await, Some(Event::Task(_))));
    assert!(matches!(watch.next().await, Some(Event::Trouble(_))));
    watch.gone_since = Instant::now().checked_sub(GONE_LIMIT);
    watch.due = None;
    assert!(matches!(watch.next().await, Some(Event::Lost(_))));
    assert_eq!(watch.next().await, None);
}

#[test]
fn pauses_after_failures_grow_to_half_a_minute() {
    let secs: Vec<u64> = [1, 2, 3, 6, 60].into_iter().map(|n| backoff(n).as_secs()).collect();
    assert_eq!(secs, [1, 2, 4, 30, 30]);
}
