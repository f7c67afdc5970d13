//! `obdeck stop|start|restart …` and the orders to tasks and subtasks: read, judge, ask, send once, tell.

use std::sync::atomic::{AtomicBool, Ordering};

use futures_util::future::join;

use super::args::{Hard, How, Order, Target};
use super::confirm;
use super::dry_run;
use super::fail::{Code, Ended, Fail};
use super::follow::{Follow, follow};
use super::output::json::TaskDoc;
use super::output::{Out, put, say, tell};
use super::refs::{self, FoundCluster};
use super::session::Session;
use super::signals::Signals;
use super::unsettled;
use crate::app::effect::{Query, Reply};
use crate::cli::args::Format;
use crate::domain::action::{Action, ClusterAction, Force, Verb};
use crate::domain::capability::{Capabilities, WhyNot};
use crate::domain::guard::{self, Approved, Verdict};
use crate::domain::id::{TaskId, TraceId};
use crate::domain::impact::{Impact, Input, Missing};
use crate::domain::limits;
use crate::domain::outcome::{Exit, Lookup, Outcome};
use crate::domain::request::Checked;
use crate::domain::shown::Text;
use crate::domain::task::{Task, TaskSeen, TaskSummary};
use crate::domain::time::Timestamp;
use crate::domain::timeline::{self, OrderId, Settled, Subject, What};
use crate::driver::fresh::Gathered;
use crate::driver::keeper::Keeper;
use crate::driver::submit::{Desk, Told};
use crate::driver::{clock, submit};
use crate::plane::ControlPlane;
use crate::store::config::Profile;
use crate::text::journal::{also_sending, unwritten};
use crate::text::outcome as text;

/// An action with all that is needed to judge and send it.
pub(crate) struct Case {
    pub(crate) profile: Profile,
    pub(crate) plane: std::sync::Arc<dyn ControlPlane>,
    pub(crate) action: Action,
    pub(crate) impact: Impact,
    /// When each input of the impact was read, or why it is not known.
    pub(crate) inputs: Vec<(Input, Result<Timestamp, Missing>)>,
    /// The moment for which it was computed.
    pub(crate) now: Timestamp,
    pub(crate) verdict: Verdict,
    /// What the plane's own check says, where it has one; `Err`: why it could not be asked.
    pub(crate) checked: Option<Result<Checked, Text>>,
}

/// `obdeck stop|start|restart`.
pub(crate) async fn cluster(session: &Session, verb: Verb, order: &Order, signals: &mut Signals) -> Ended {
    let case = signals.or(prepare(session, verb, &order.target, &order.hard)).await??;
    run(session, case, &order.how, signals).await
}

/// `obdeck impact stop …`: reads only, ends with 0 whatever the verdict.
pub(crate) async fn impact(session: &Session, target: &Target, hard: &Hard) -> Ended {
    let case = prepare(session, Verb::Stop, target, hard).await?;
    dry_run::impact(session.out, &case)?;
    Ok(Code::DONE)
}

/// Finds what is meant, checks that it is offered, reads what the guard needs.
async fn prepare(session: &Session, verb: Verb, target: &Target, hard: &Hard) -> Result<Case, Fail> {
    let found = refs::cluster(session, target.cluster(), true).await?;
    let FoundCluster { profile, plane, cluster } = found;
    let listed = clock::now();
    let zones = plane.zones(&cluster.at.id).await;
    let scope = refs::scope(target, &cluster, zones.as_ref().map(|z| z.value.as_slice()))?;
    let action = Action::Cluster(ClusterAction {
        verb,
        cluster: cluster.at.clone(),
        cluster_name: cluster.name.clone(),
        scope,
        force: Force {
            force: hard.force,
            freeze: hard.freeze,
            process: hard.process,
            pass_dags: hard.force_pass_dag.clone(),
        },
    });
    offered(&action, plane.capabilities())?;
    let Action::Cluster(order) = &action else { return Err(Fail::silent(Exit::Usage)) };
    let known = vec![
        (Query::Clusters(cluster.at.profile.clone()), listed, Ok(Reply::Clusters(vec![cluster.clone()]))),
        (Query::Zones(cluster.at.clone()), clock::now(), zones.map(|z| Reply::Zones(z.value))),
    ];
    let (gathered, checked) = join(Gathered::read(plane.as_ref(), order, known), plane.check(&action)).await;
    let checked = checked.map(|c| c.value).map_err(|e| e.why).transpose();
    let now = clock::now();
    let impact = gathered.impact(now);
    let inputs = gathered.ages(now);
    let verdict = guard::judge(&action, &impact, &session.rules(&profile));
    tell_notices(plane.as_ref());
    Ok(Case { profile, plane, action, impact, inputs, now, verdict, checked })
}

/// What a control plane has to say beside its answers.
fn tell_notices(plane: &dyn ControlPlane) {
    for notice in plane.notices() {
        say(&format!("obdeck: {}: {notice}", plane.profile()));
    }
}

/// What the plane cannot express is a usage error that says what is offered; read-only is the guard's.
fn offered(action: &Action, can: Capabilities) -> Result<(), Fail> {
    match (Capabilities { read_only: false, ..can }).can(action) {
        Ok(()) | Err(WhyNot::ReadOnly) => Ok(()),
        Err(why) => Err(Fail::of(
            Exit::Usage,
            &format!("cannot {} like this", text::action(action)),
            text::why_not(&why),
            "",
        )),
    }
}

/// Dry run, or question, approval, send, and what came of it.
pub(crate) async fn run(session: &Session, case: Case, how: &How, signals: &mut Signals) -> Ended {
    let out = session.out;
    if how.dry_run {
        dry_run::print(out, &case)?;
        return Ok(Code::DONE);
    }
    let keeper = session.keeper();
    unsettled::tell(&keeper.at_start().await);
    // While a person reads and types, the world goes on: it is looked at again before the order is sent (A10).
    let answer = signals.or(confirm::ask(&case, how)).await??;
    match guard::approve(case.action.clone(), &case.impact, &case.verdict, &answer, clock::now()) {
        Ok(approved) => send(out, &case, approved, &keeper, how, signals).await,
        Err(refusal) => {
            let reason = answer.reason.clone().or(answer.overriding.clone());
            let subject = Box::new(Subject::of(&case.action));
            let held = What::Held { subject, why: refusal.codes(), reason };
            // Nothing is sent either way; that this cannot be written is told by the order that needs it.
            let _ = keeper.jot(held).await;
            Err(Fail::new(Exit::RefusedHere, text::refusal(&case.action, &refusal)))
        }
    }
}

/// Sends. A signal from here on does not undo it: the exchange gets 5 s to end (A07).
async fn send(
    out: Out,
    case: &Case,
    order: Approved,
    keeper: &Keeper,
    how: &How,
    signals: &mut Signals,
) -> Ended {
    let name = keeper.order();
    // Once its intent is on disk it may be sent at any moment.
    let begun = AtomicBool::new(false);
    let told_on_the_way = |told: Told| {
        if let Told::Jotted(Ok(record)) = &told
            && matches!(record.what, What::Intent(_))
        {
            begun.store(true, Ordering::Relaxed);
        }
        on_the_way(told);
    };
    let desk = Desk { keeper, order: name.clone(), told: &told_on_the_way };
    let sending = submit::submit(case.plane.as_ref(), order, &desk);
    tokio::pin!(sending);
    let (outcome, code) = tokio::select! {
        outcome = &mut sending => (Some(outcome), None),
        code = signals.next() => {
            if !begun.load(Ordering::Relaxed) {
                return Err(not_begun(keeper, name, code).await);
            }
            say("obdeck: ended by a signal while the action is under way; waiting up to 5 s for its answer");
            let limit = limits::QUIT_WAITS_FOR_ACTION.to_std();
            (tokio::time::timeout(limit, &mut sending).await.ok(), Some(code))
        }
    };
    let Some(outcome) = outcome else {
        let lookup = Lookup::of(&case.action, "", clock::now());
        // Should it not be written, the intent stays open and is named all the same (A08).
        let _ = submit::give_up(keeper, name, lookup).await;
        say(&format!(
            "obdeck: outcome unknown: {} was sent and may have been done · obdeck get tasks --profile {}",
            text::action(&case.action),
            case.profile.name
        ));
        return Err(Fail::silent(code.unwrap_or(Exit::Unknown.into())));
    };
    if let (Outcome::Unknown { why, lookup }, None) = (&outcome, code) {
        tell(&text::unknown(&case.action, why, lookup));
        let found = signals.or(look_up(case, lookup)).await?;
        settle(keeper, name, &found).await;
    }
    let ended = told(out, case, outcome, keeper, how, signals, code.is_some()).await;
    match code {
        Some(code) => Err(Fail::silent(code)),
        None => ended,
    }
}

/// A signal came before anything could be sent. Its intent may just be on its way to the disk: that is closed.
async fn not_begun(keeper: &Keeper, order: OrderId, code: Code) -> Fail {
    let outcome = Outcome::NotSent { why: Text::new("ended by a signal before it was sent") };
    // Should it not be written, an intent without an end is shown as open: more than is true, never less.
    let _ = keeper.jot(What::Ended(Box::new(timeline::Ended::of(order, &outcome)))).await;
    say("obdeck: ended by a signal before anything was sent");
    Fail::silent(code)
}

/// Tells what came of it; follows the task when asked to.
async fn told(
    out: Out,
    case: &Case,
    outcome: Outcome,
    keeper: &Keeper,
    how: &How,
    signals: &mut Signals,
    leaving: bool,
) -> Ended {
    let exit = outcome.exit();
    tell_notices(case.plane.as_ref());
    match outcome {
        Outcome::Accepted { task, trace, .. } => {
            let id = task.as_ref().map(|t| t.head.at.id.clone()).or_else(|| task_of(&case.action));
            match id {
                Some(id) if how.wait && !leaving => {
                    let first = task.map(|t| TaskSeen { task: *t, server_time: None, trace });
                    let f = Follow {
                        out,
                        plane: case.plane.as_ref(),
                        id,
                        first,
                        limit: how.wait_timeout,
                        keeper: Some(keeper),
                    };
                    follow(f, signals).await
                }
                _ => {
                    accepted(out, &case.action, task.as_deref(), trace.as_ref())?;
                    Ok(exit.into())
                }
            }
        }
        Outcome::Refused(r) => Err(Fail::new(exit, text::refused(&case.action, &r))),
        Outcome::NotSent { why } => Err(Fail::new(exit, text::not_sent(&case.action, &why))),
        Outcome::Held(held) => Err(Fail::new(exit, text::held(&case.action, &held))),
        Outcome::Unknown { why, lookup } => {
            if leaving {
                tell(&text::unknown(&case.action, &why, &lookup));
            }
            Err(Fail::silent(exit))
        }
    }
}

fn task_of(action: &Action) -> Option<TaskId> {
    match action {
        Action::Cluster(_) => None,
        Action::Task { task, .. } | Action::Subtask { task, .. } => Some(task.id.clone()),
    }
}

/// The answer to an action without a task.
#[derive(serde::Serialize)]
#[serde(rename_all = "camelCase")]
struct AcceptedDoc {
    accepted: bool,
    trace_id: Option<String>,
}

fn accepted(out: Out, action: &Action, task: Option<&Task>, trace: Option<&TraceId>) -> Result<(), Fail> {
    let doc = task.map(|t| TaskDoc::new(t, trace, true));
    let bare = AcceptedDoc { accepted: true, trace_id: super::output::json::trace(trace) };
    match (out.format, doc) {
        (Format::Json, Some(doc)) => put::document(&doc),
        (Format::Json, None) => put::document(&bare),
        (Format::Ndjson, Some(doc)) => put::event("task", &doc),
        (Format::Ndjson, None) => put::event("accepted", &bare),
        (Format::Table, _) => {
            let trace = trace.map(|t| format!(" · trace {t}")).unwrap_or_default();
            let task = task.map(|t| {
                let id = &t.head.at.id;
                format!(" · task {id} \"{}\" · obdeck task watch {id}", t.head.name)
            });
            put::line(&format!("accepted: {}{}{trace}", text::action(action), task.unwrap_or_default()))
        }
    }
}

/// Looks for what a lost order may have started, by reading; it is never sent again.
async fn look_up(case: &Case, lookup: &Lookup) -> Vec<TaskSummary> {
    let plane = case.plane.as_ref();
    if let Some(id) = &lookup.task {
        match plane.task(id).await {
            Ok(t) => say(&format!(
                "  task {id} now reads {} ({})",
                t.value.head.status.word,
                t.value.phase().word()
            )),
            Err(e) => say(&format!("  {}", text::read(&format!("read task {id}"), &e).line())),
        }
        return Vec::new();
    }
    let found = submit::look_up(plane, lookup, case.profile.auth.user()).await;
    if found.is_empty() {
        say(&format!("  no such task seen within {}; it may still come", limits::LOOKUP.short()));
    }
    for t in &found {
        say(&format!("  {}", text::probably(t)));
    }
    found
}

/// One task that can be it is taken as what came of the order; of several, a person picks (A05).
async fn settle(keeper: &Keeper, order: OrderId, found: &[TaskSummary]) {
    if let [one] = found {
        let how = Settled::Task(one.at.id.clone());
        if let Err(why) = keeper.jot(What::Settled { order, how }).await {
            say(&format!("obdeck: {}", unwritten(&why)));
        }
    }
}

/// What is to be known while an order is on its way.
fn on_the_way(told: Told) {
    match told {
        Told::Jotted(Ok(_)) => {}
        Told::Jotted(Err(why)) => say(&format!("obdeck: {}", unwritten(&why))),
        Told::Also { pid, since } => say(&format!("obdeck: {}", also_sending(pid, since))),
    }
}
