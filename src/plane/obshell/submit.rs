//! Actions: planned once, sealed with the agent's present key, sent once, and every way it can end told apart
//! (reliability A, H, N rows).

use std::sync::atomic::Ordering;

use super::answer::{Shape, is_undecided, refusal, shape};
use super::calls::{self, Call};
use super::exchange::{Ask, lock};
use super::tasks::remember;
use super::wire::{self, Body, Head};
use super::{Agent, Known, Login, Obshell, Protection, seal};
use crate::domain::action::{Action, Scope};
use crate::domain::capability::WhyNot;
use crate::domain::guard::Approved;
use crate::domain::outcome::{Held, Lookup, Outcome, ReadErrorKind, Refused};
use crate::domain::request::Planned;
use crate::domain::shown::Text;
use crate::domain::time::{Span, Timestamp};
use crate::plane::answer::{may_have_passed, trace};
use crate::plane::fault::{Fault, FaultKind};
use crate::plane::json::decode;
use crate::plane::transport::Answer;

/// An action's request, and the agent it is for.
pub(super) struct Plan {
    pub(super) request: Planned,
    call: Call,
}

/// An order on its way.
struct Sending<'a> {
    action: &'a Action,
    call: Call,
    lookup: Lookup,
    trace: String,
}

impl Obshell {
    /// The exact request of an action, for the agent in use. What is planned is remembered, so that the agent shown
    /// is the agent asked.
    pub(super) fn planned(&self, action: &Action) -> Result<Plan, WhyNot> {
        let ix = self.in_use.load(Ordering::Relaxed);
        let plan = self.planned_for(action, ix)?;
        remember(&mut lock(&self.planned), action.clone(), ix);
        Ok(plan)
    }

    fn planned_for(&self, action: &Action, ix: usize) -> Result<Plan, WhyNot> {
        self.may().can(action)?;
        if *action.profile() != self.name {
            // An order is bound to the profile it was made for (A11).
            return Err(WhyNot::NothingSelected);
        }
        let call = calls::call(action, self.stage_of(action).as_deref())?;
        let agent = self.agents.get(ix).ok_or(WhyNot::NothingSelected)?;
        let base = agent.transport.base();
        // Until it was asked once, an agent is taken to be a new one.
        let protection = lock(&agent.known).as_ref().map_or(Protection::V2, Known::protection);
        let request = Planned {
            method: "POST",
            origin: base.origin.clone(),
            socket: base.socket.as_ref().map(|path| path.display().to_string()),
            path_and_query: format!("{}{}", base.prefix, call.path),
            headers: calls::headers(base, protection, self.login, Some(&call.body)),
            body: Some(call.body.clone()),
            user: match (protection, self.login) {
                (Protection::Socket, _) => "who runs obdeck".to_owned(),
                (_, Login::Root) => "root@sys".to_owned(),
                (_, Login::Agent) => "the agent".to_owned(),
            },
            timeout: self.action_timeout,
        };
        Ok(Plan { request, call })
    }

    /// The name that the DAG of an action would have.
    pub(super) fn dag_name(&self, action: &Action) -> &'static str {
        calls::call(action, self.stage_of(action).as_deref()).map_or("", |call| call.dag_name)
    }

    /// The stage a sub task stands in, as the last read of its DAG told.
    fn stage_of(&self, action: &Action) -> Option<String> {
        let Action::Subtask { task, subtask, .. } = action else { return None };
        lock(&self.stages).get(&(task.id.raw().to_owned(), subtask.raw().to_owned())).cloned()
    }

    /// Sends an order once. The agent's key is read again before: a header that it cannot open could only be sealed
    /// anew after the send, and that never happens (A18).
    pub(super) async fn send(&self, order: Approved) -> Outcome {
        let action = order.action();
        let shown = lock(&self.planned).get(action).copied();
        let ix = shown.unwrap_or_else(|| self.in_use.load(Ordering::Relaxed));
        let plan = match self.planned_for(action, ix) {
            Ok(plan) => plan,
            Err(why) => return refused_here(&why),
        };
        let Some(agent) = self.agents.get(ix) else { return refused_here(&WhyNot::NothingSelected) };
        if self.is_stopped() {
            return stopped("an earlier request was refused for its login");
        }
        let known = match self.known(agent, true).await {
            Ok(known) => known,
            Err(e) if e.kind == ReadErrorKind::PollingStopped => return stopped(e.why.raw()),
            Err(e) => {
                let why = format!("its key could not be read: {}", e.why.raw());
                return Outcome::NotSent { why: Text::new(&why) };
            }
        };
        let (sent, trace) = ((self.now)(), seal::trace());
        let ask = Ask { path: &plan.call.path, body: Some(&plan.call.body) };
        let wire = match self.sealed(agent, &known, ask, &trace) {
            Ok(wire) => wire,
            Err(e) => return Outcome::NotSent { why: Text::new(&e.to_string()) },
        };
        let lookup = Lookup::of(action, plan.call.dag_name, sent);
        let sending = Sending { action, call: plan.call, lookup, trace };
        self.exchanged(agent, &wire, &sending, sent).await
    }

    async fn exchanged(
        &self,
        agent: &Agent,
        wire: &crate::plane::transport::Wire,
        sending: &Sending<'_>,
        sent: Timestamp,
    ) -> Outcome {
        let result = agent.transport.send_once(wire).await;
        let took = (self.now)().since(sent).max(Span::ZERO);
        match result {
            Ok(answer) => self.outcome(&answer, sending, took),
            Err(fault) => self.outcome_of_fault(fault, sending, took),
        }
    }

    fn outcome_of_fault(&self, fault: Fault, sending: &Sending<'_>, took: Span) -> Outcome {
        if fault.kind == FaultKind::Stopped {
            return stopped(&fault.why);
        }
        if fault.is_not_sent() {
            return Outcome::NotSent { why: Text::new(&fault.why) };
        }
        // The cut may have come after a whole envelope, e.g. with a Content-Length that was too large (N07).
        if let Some((status, body)) = fault.partial {
            let answer = Answer { status, headers: reqwest::header::HeaderMap::new(), body };
            if matches!(shape(&answer), Shape::Envelope(_)) {
                return self.outcome(&answer, sending, took);
            }
        }
        sending.unknown(&fault.why)
    }

    /// What an answer to an action means.
    fn outcome(&self, answer: &Answer, sending: &Sending<'_>, took: Span) -> Outcome {
        let shape = shape(answer);
        if let Some(no) = refusal(answer, &shape, (self.now)()) {
            if may_have_passed(answer.status, &shape, no.wait.is_some()) || is_undecided(&no) {
                return sending.unknown(&no.message);
            }
            let message = self.judged(answer, &no);
            return no.of_order(answer.status, &message);
        }
        match shape {
            Shape::Envelope(head) => {
                self.accepted(answer, &head, sending, took).unwrap_or_else(|why| sending.unknown(&why))
            }
            Shape::Html(line) => sending.unknown(&format!("not a control plane: got HTML: {line}")),
            Shape::Other(why) => sending.unknown(&format!("answered, but not as OBShell does: {why}")),
        }
    }

    /// An envelope that says yes; `Err` where it does not hold the DAG it must. Nothing has been stopped at that
    /// moment: the DAG is ready, not done (obshell-api 7.1).
    fn accepted(
        &self,
        answer: &Answer,
        head: &Head,
        sending: &Sending<'_>,
        took: Span,
    ) -> Result<Outcome, String> {
        let trace = trace(head.trace_id.as_ref());
        if !sending.call.needs_dag {
            return Ok(Outcome::Accepted { task: None, trace, took });
        }
        let body = decode::<Body<wire::Dag>>(&answer.body).map_err(|e| e.to_string())?;
        let dag = body.data.ok_or("answered, but without a task")?;
        if let Some(target) = target(sending.action) {
            remember(&mut lock(&self.targets), dag.id.0.clone(), target);
        }
        Ok(Outcome::Accepted { task: Some(Box::new(self.task_of(dag))), trace, took })
    }
}

impl Sending<'_> {
    /// The trace ID that was sent finds the request in the agent's log, answer or not.
    fn unknown(&self, why: &str) -> Outcome {
        let why = format!("{why} (sent with trace {})", self.trace);
        Outcome::Unknown { why: Text::new(&why), lookup: self.lookup.clone() }
    }
}

fn target(action: &Action) -> Option<Text> {
    let Action::Cluster(a) = action else { return None };
    match &a.scope {
        Scope::Cluster => None,
        Scope::Zone(zone) => Some(zone.text().clone()),
        Scope::Server { address, .. } => Some(address.clone()),
    }
}

fn stopped(why: &str) -> Outcome {
    refused(ReadErrorKind::PollingStopped, why)
}

fn refused_here(why: &WhyNot) -> Outcome {
    let message = match why {
        // Whoever made the order: nothing but reads is built here (P11).
        WhyNot::ReadOnly => return Outcome::Held(Held::ReadOnly),
        WhyNot::NothingSelected => "the order is not for what this profile knows; nothing was sent",
        WhyNot::ObshellHasNoRestart => "OBShell has no restart: stop, then start; nothing was sent",
        WhyNot::ObshellClusterNeedsKill => {
            "OBShell stops a cluster only by ending its processes (force or freeze); nothing was sent"
        }
        _ => "this cannot be asked of OBShell; nothing was sent",
    };
    refused(ReadErrorKind::BadRequest, message)
}

fn refused(kind: ReadErrorKind, message: &str) -> Outcome {
    Outcome::Refused(Refused {
        kind,
        http: 0,
        code: Text::default(),
        message: Text::new(message),
        trace: None,
    })
}
