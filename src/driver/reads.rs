//! Runs fetches and orders as tasks: bounded by profile and in all, cancelled when nobody wants them, contained when
//! they panic.

use std::collections::HashMap;
use std::future::Future;
use std::path::PathBuf;
use std::pin::pin;
use std::sync::Arc;

use tokio::sync::{Semaphore, mpsc};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::keep;
use super::keeper::Keeper;
use super::submit::{self, Desk, Told, submit};
use crate::app::effect::{Answer, Query, Reply, Ticket};
use crate::app::keepsake::{Keepsake, NotKept};
use crate::app::msg::Msg;
use crate::app::panes::task::job::{Job, Laid, NotLaid};
use crate::domain::action::Action;
use crate::domain::guard::Approved;
use crate::domain::id::ProfileName;
use crate::domain::limits;
use crate::domain::outcome::{Lookup, Outcome, ReadError, ReadErrorKind};
use crate::domain::shown::{Shown, Text};
use crate::domain::time::Span;
use crate::domain::timeline::{OrderId, What};
use crate::plane::{ControlPlane, Fetched};
use crate::tui::terminal::contained;

/// Control planes by profile.
pub type Planes = HashMap<ProfileName, Arc<dyn ControlPlane>>;

/// Reads and orders under way.
pub struct Reads {
    planes: Planes,
    keeper: Keeper,
    /// Lines of the journal that are being written.
    writing: TaskTracker,
    all: Arc<Semaphore>,
    by_profile: HashMap<ProfileName, Arc<Semaphore>>,
    reading: HashMap<Ticket, CancellationToken>,
    sending: HashMap<Ticket, (Action, OrderId)>,
    to: mpsc::Sender<Msg>,
}

impl Reads {
    /// Answers go to `to`; a full queue makes the tasks wait, never the console.
    pub fn new(planes: Planes, keeper: Keeper, to: mpsc::Sender<Msg>) -> Self {
        let limit = || Arc::new(Semaphore::new(limits::IN_FLIGHT_PER_PROFILE));
        Self {
            by_profile: planes.keys().map(|p| (p.clone(), limit())).collect(),
            all: Arc::new(Semaphore::new(limits::IN_FLIGHT)),
            reading: HashMap::new(),
            sending: HashMap::new(),
            planes,
            keeper,
            writing: TaskTracker::new(),
            to,
        }
    }

    /// Begins a read. Its answer, an error or a fault comes as a message, unless it is forgotten before.
    pub fn fetch(&mut self, ticket: Ticket, query: Query) {
        let plane = self.planes.get(query.profile()).cloned();
        let limits = [self.by_profile.get(query.profile()).cloned(), Some(self.all.clone())];
        let token = CancellationToken::new();
        self.reading.insert(ticket, token.clone());
        let to = self.to.clone();
        tokio::spawn(async move {
            let work = async {
                let Some(plane) = plane else { return Err(error(&query, "this profile is not set up")) };
                let mut permits = Vec::new();
                for limit in limits.into_iter().flatten() {
                    // A closed semaphore is the end of the program: nobody waits for the answer.
                    permits.push(limit.acquire_owned().await.ok());
                }
                let answer = read(plane.as_ref(), &query).await;
                drop(permits);
                told(plane.as_ref(), &to).await;
                answer
            };
            let result = tokio::select! {
                () = token.cancelled() => return,
                result = containing(work) => result,
            };
            let result = match result {
                Ok(result) => result,
                Err(fault) => {
                    let _ = to.send(Msg::Fault(fault.clone())).await;
                    Err(error(&query, &fault))
                }
            };
            let _ = to.send(Msg::Reply { ticket, result }).await;
        });
    }
    /// Nobody wants that read any more: the exchange is cut off.
    pub fn forget(&mut self, ticket: Ticket) {
        if let Some(token) = self.reading.remove(&ticket) {
            token.cancel();
        }
    }
    /// Begins to send an order. It is never cancelled; its outcome comes as a message.
    pub fn submit(&mut self, ticket: Ticket, order: Approved) {
        let action = order.action().clone();
        let (to, keeper, name) = (self.to.clone(), self.keeper.clone(), self.keeper.order());
        self.sending.insert(ticket, (action.clone(), name.clone()));
        let Some(plane) = self.planes.get(action.profile()).cloned() else {
            let why = Text::new("this profile is not set up");
            let _ = to.try_send(Msg::Outcome { ticket, outcome: Outcome::NotSent { why } });
            return;
        };
        let lookup = lookup_for(&order);
        tokio::spawn(async move {
            let beside = Arc::clone(&plane);
            let tell = to.clone();
            let work = async move {
                // The queue holds far more than one order says; were it full, the journal still has the line.
                let told = |told: Told| drop(tell.try_send(message(told)));
                let desk = Desk { keeper: &keeper, order: name, told: &told };
                submit(plane.as_ref(), order, &desk).await
            };
            let outcome = match containing(work).await {
                Ok(outcome) => outcome,
                // It may have been sent before that: neither success nor failure (P2).
                Err(fault) => Outcome::Unknown { why: Text::new(&fault), lookup },
            };
            told(beside.as_ref(), &to).await;
            let _ = to.send(Msg::Outcome { ticket, outcome }).await;
        });
    }
    /// Runs something beside reads and orders; only a panic of it is told.
    pub fn background(&self, work: impl Future<Output = ()> + Send + 'static) {
        let to = self.to.clone();
        tokio::spawn(async move {
            if let Err(fault) = containing(work).await {
                let _ = to.send(Msg::Fault(fault)).await;
            }
        });
    }
    /// Makes a layout on a thread of its own. A panic of it is told, and the lanes stay.
    pub fn layout(&self, job: Job) {
        let to = self.to.clone();
        tokio::task::spawn_blocking(move || {
            let msg = laid(job.key(), || job.run());
            // A closed queue is the end of the program: nobody waits for the drawing.
            let _ = to.blocking_send(msg);
        });
    }
    /// Writes files on a thread of its own: a slow or full disk must not hold up the screen.
    pub fn save(
        &self,
        make: impl FnOnce() -> Result<Keepsake, String> + Send + 'static,
        folder: Option<PathBuf>,
    ) {
        let to = self.to.clone();
        tokio::task::spawn_blocking(move || {
            let ended = contained(|| make().map(|keepsake| keep::save(&keepsake, folder.as_deref())));
            let saved = ended
                .and_then(|saved| saved)
                .unwrap_or_else(|fault| Err(NotKept::Failed(Shown::filter(&fault))));
            // A closed queue is the end of the program: the files are written all the same.
            let _ = to.blocking_send(Msg::Saved(saved));
        });
    }
    /// Writes a line of the journal; what came of it is a message.
    pub fn jot(&self, what: What) {
        let (keeper, to) = (self.keeper.clone(), self.to.clone());
        self.writing.spawn(async move {
            let _ = to.send(Msg::Jotted(keeper.jot(what).await.map(Box::new))).await;
        });
    }
    /// Reads the journal's newest records; they come as a message.
    pub fn history(&self) {
        let (keeper, to) = (self.keeper.clone(), self.to.clone());
        tokio::spawn(async move {
            let _ = to.send(Msg::History(keeper.history().await)).await;
        });
    }
    /// Waits for the lines that are being written: leaving must not tear one. The queue may be full by then, so what
    /// is waited for is bounded.
    pub async fn written(&self) {
        self.writing.close();
        let _ = tokio::time::timeout(limits::JOURNAL_WAIT.to_std(), self.writing.wait()).await;
    }
    /// A 401 stopped a profile and the operator asks to try again.
    pub fn resume(&self, profile: &ProfileName) {
        if let Some(plane) = self.planes.get(profile) {
            plane.resume();
        }
    }
    /// A message was taken in: what it answers is under way no more.
    pub fn ended(&mut self, msg: &Msg) {
        match msg {
            Msg::Reply { ticket, .. } => {
                self.reading.remove(ticket);
            }
            Msg::Outcome { ticket, .. } => {
                self.sending.remove(ticket);
            }
            _ => {}
        }
    }
    /// Orders of which no outcome came: the journal is told that nobody waits for it any more (A07).
    pub async fn give_up(&mut self) -> Vec<Action> {
        let mut actions = Vec::new();
        for (_, (action, order)) in self.sending.drain() {
            let lookup = Lookup::of(&action, "", self.keeper.now());
            // Should it not be written, the intent stays open, and the next start shows it all the same (A08).
            let written = submit::give_up(&self.keeper, order, lookup);
            let _ = tokio::time::timeout(limits::JOURNAL_WAIT.to_std(), written).await;
            actions.push(action);
        }
        actions
    }
}

impl Drop for Reads {
    fn drop(&mut self) {
        for token in self.reading.values() {
            token.cancel();
        }
    }
}

/// What comes of a layout: boxes, or why there are none.
pub fn laid(job: u64, run: impl FnOnce() -> Result<Laid, NotLaid>) -> Msg {
    let made = contained(run).unwrap_or_else(|why| Err(NotLaid::Fault(Shown::filter(&why))));
    made.map_or_else(|why| Msg::NotLaid(job, why), |laid| Msg::Laid(Box::new(laid)))
}

/// What is told of an order on its way, as a message.
pub fn message(told: Told) -> Msg {
    match told {
        Told::Jotted(result) => Msg::Jotted(result),
        Told::Also { pid, since } => Msg::AlsoSending { pid, since },
    }
}

/// Hands on what a control plane has to say beside its answers.
async fn told(plane: &dyn ControlPlane, to: &mpsc::Sender<Msg>) {
    for words in plane.notices() {
        let _ = to.send(Msg::Told { profile: plane.profile().clone(), words }).await;
    }
}

/// One read through a plane, as an answer of the machine.
pub async fn read(plane: &dyn ControlPlane, query: &Query) -> Result<Answer, ReadError> {
    fn answer<T>(wrap: impl FnOnce(T) -> Reply, f: Fetched<T>) -> Answer {
        Answer { reply: wrap(f.value), trace: f.trace, server_time: f.server_time, took: f.took }
    }
    Ok(match query {
        Query::Info(_) => answer(Reply::Info, plane.info().await?),
        Query::Clusters(_) => answer(Reply::Clusters, plane.clusters().await?),
        Query::Zones(c) => answer(Reply::Zones, plane.zones(&c.id).await?),
        Query::Tenants(c) => answer(Reply::Tenants, plane.tenants(&c.id).await?),
        Query::Units(c) => answer(Reply::Units, plane.units(&c.id).await?),
        Query::Parameters(c) => answer(Reply::Parameters, plane.parameters(&c.id).await?),
        Query::Audit(c) => answer(Reply::Audit, plane.audit(&c.id).await?),
        Query::Tasks(_, filter) => answer(Reply::Tasks, plane.tasks(filter).await?),
        Query::Task(t) => answer(|task| Reply::Task(Box::new(task)), plane.task(&t.id).await?),
        Query::Log(t, s) => answer(Reply::Log, plane.log(&t.id, s).await?),
        Query::Check(action) => answer(Reply::Check, plane.check(action).await?),
        Query::Plan(action) => {
            let reply = Reply::Plan(plane.plan(action));
            Answer { reply, trace: None, server_time: None, took: Span::ZERO }
        }
    })
}

/// A future whose panic is an error that says where and why (T10).
async fn containing<T>(work: impl Future<Output = T>) -> Result<T, String> {
    let mut work = pin!(work);
    std::future::poll_fn(|cx| match contained(|| work.as_mut().poll(cx)) {
        Ok(poll) => poll.map(Ok),
        Err(fault) => std::task::Poll::Ready(Err(fault)),
    })
    .await
}

fn error(query: &Query, why: &str) -> ReadError {
    ReadError {
        kind: ReadErrorKind::Unreachable,
        http: 0,
        what: query.profile().text().clone(),
        why: Text::new(why),
        code: Text::new(""),
        trace: None,
        wait: None,
    }
}

fn lookup_for(order: &Approved) -> Lookup {
    let (cluster, task) = match order.action() {
        Action::Cluster(a) => (Some(a.cluster.id.clone()), None),
        Action::Task { task, .. } | Action::Subtask { task, .. } => (None, Some(task.id.clone())),
    };
    let profile = order.action().profile().clone();
    Lookup { profile, cluster, task, name: Text::new(""), sent: order.at() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn t10_a_layout_that_faults_is_told_with_its_job() {
        let msg = laid(7, || panic!("out of cells"));
        assert!(matches!(msg, Msg::NotLaid(7, _)), "{msg:?}");
    }
}
