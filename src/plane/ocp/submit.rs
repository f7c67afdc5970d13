//! Actions: planned once, sent once, and every way it can end told apart (reliability A, H, N rows).

use super::Ocp;
use super::answer::{Shape, refusal, shape};
use super::auth::Signed;
use super::calls::{self, Call};
use super::convert;
use super::wire::{self, Body, Head};
use crate::domain::action::Action;
use crate::domain::capability::WhyNot;
use crate::domain::guard::Approved;
use crate::domain::outcome::{Held, Lookup, Outcome, ReadErrorKind, Refused};
use crate::domain::request::Planned;
use crate::domain::shown::Text;
use crate::domain::time::{Span, Timestamp};
use crate::plane::answer::may_have_passed;
use crate::plane::fault::{Fault, FaultKind};
use crate::plane::json::decode;
use crate::plane::transport::{Answer, Wire};

impl Ocp {
    /// The exact request of an action.
    pub(super) fn planned(&self, action: &Action) -> Result<(Planned, Call), WhyNot> {
        self.may().can(action)?;
        if *action.profile() != self.name {
            // An order is bound to the profile it was made for (A11).
            return Err(WhyNot::NothingSelected);
        }
        let call = calls::call(action)?;
        let base = self.transport.base();
        let planned = Planned {
            method: "POST",
            origin: base.origin.clone(),
            socket: None,
            path_and_query: format!("{}{}", base.prefix, call.path),
            headers: calls::headers(base, &self.auth, &self.language, call.body.as_deref(), true),
            body: call.body.clone(),
            user: self.auth.user().to_owned(),
            timeout: self.action_timeout,
        };
        Ok((planned, call))
    }

    /// Sends an order once.
    pub(super) async fn send(&self, order: Approved) -> Outcome {
        let action = order.action();
        let (planned, call) = match self.planned(action) {
            Ok(both) => both,
            Err(why) => return refused_here(&why),
        };
        let sent = (self.now)();
        let wire = self.filled(&planned, sent);
        let lookup = Lookup::of(action, call.task_name, sent);
        let result = self.transport.send_once(&wire).await;
        let took = (self.now)().since(sent).max(Span::ZERO);
        match result {
            Ok(answer) => self.outcome(&answer, &call, &lookup, took),
            Err(fault) => self.outcome_of_fault(fault, &call, lookup, took),
        }
    }

    /// The planned request with what [`crate::domain::request::HeaderValue::Masked`] stands for put in.
    fn filled(&self, planned: &Planned, now: Timestamp) -> Wire {
        let signed = Signed {
            method: planned.method,
            body: planned.body.as_deref().unwrap_or("").as_bytes(),
            content_type: "",
            date: "",
            host: &self.transport.base().host,
            ocp_headers: &[],
            path_and_query: &planned.path_and_query,
        };
        Wire {
            method: reqwest::Method::POST,
            path_and_query: planned.path_and_query.clone(),
            headers: calls::filled(&planned.headers, &self.auth, signed, now),
            body: planned.body.clone(),
            told: planned.body.clone(),
            authenticated: true,
        }
    }

    fn outcome_of_fault(&self, fault: Fault, call: &Call, lookup: Lookup, took: Span) -> Outcome {
        if fault.kind == FaultKind::Stopped {
            return Outcome::Refused(Refused {
                kind: ReadErrorKind::PollingStopped,
                http: 0,
                code: Text::default(),
                message: Text::new(&fault.why),
                trace: None,
            });
        }
        if fault.is_not_sent() {
            return Outcome::NotSent { why: Text::new(&fault.why) };
        }
        // The cut may have come after a whole envelope, e.g. with a Content-Length that was too large (N07).
        if let Some((status, body)) = fault.partial {
            let answer = Answer { status, headers: reqwest::header::HeaderMap::new(), body };
            if matches!(shape(&answer), Shape::Envelope(_)) {
                return self.outcome(&answer, call, &lookup, took);
            }
        }
        Outcome::Unknown { why: Text::new(&fault.why), lookup }
    }

    /// What an answer to an action means.
    fn outcome(&self, answer: &Answer, call: &Call, lookup: &Lookup, took: Span) -> Outcome {
        let shape = shape(answer);
        let unknown = |why: String| Outcome::Unknown { why: Text::new(&why), lookup: lookup.clone() };
        if let Some(no) = refusal(answer, &shape, (self.now)()) {
            if may_have_passed(answer.status, &shape, no.wait.is_some()) {
                return unknown(no.message);
            }
            let message = self.with_skew(answer, &no);
            if no.kind == ReadErrorKind::Unauthenticated {
                self.transport.close(&message);
            }
            return no.of_order(answer.status, &message);
        }
        match shape {
            Shape::Envelope(head) => self.accepted(answer, &head, call, took).unwrap_or_else(unknown),
            Shape::Html(line) => unknown(format!("not a control plane: got HTML: {line}")),
            Shape::Other(why) => unknown(format!("answered, but not as OCP does: {why}")),
        }
    }

    /// An envelope that says yes; `Err` where it does not hold the task it must.
    fn accepted(&self, answer: &Answer, head: &Head, call: &Call, took: Span) -> Result<Outcome, String> {
        let trace = convert::trace(head.trace_id.as_ref());
        if !call.needs_task {
            return Ok(Outcome::Accepted { task: self.task_if_any(answer, head), trace, took });
        }
        let body = decode::<Body<wire::Task>>(&answer.body).map_err(|e| e.to_string())?;
        let mut data = body.data.ok_or("answered, but without a task")?;
        data.context = data.context.or_else(|| call.context.clone());
        let task = self.task_of(&data, head.timestamp.as_ref().map(|w| w.0.as_str()));
        Ok(Outcome::Accepted { task: Some(Box::new(task)), trace, took })
    }

    /// Retry and rollback of a task answer with the task, in some versions without; orders to a subtask answer with
    /// the subtask or nothing. It was taken either way.
    fn task_if_any(&self, answer: &Answer, head: &Head) -> Option<Box<crate::domain::task::Task>> {
        let data = decode::<Body<wire::Task>>(&answer.body).ok()?.data?;
        if data.subtasks.is_none() && data.tasks.is_none() {
            return None;
        }
        Some(Box::new(self.task_of(&data, head.timestamp.as_ref().map(|w| w.0.as_str()))))
    }
}

fn refused_here(why: &WhyNot) -> Outcome {
    let message = match why {
        // Whoever made the order: nothing but reads is built here (P11).
        WhyNot::ReadOnly => return Outcome::Held(Held::ReadOnly),
        WhyNot::NothingSelected => "the order was made for another profile; nothing was sent",
        _ => "this cannot be asked of OCP; nothing was sent",
    };
    Outcome::Refused(Refused {
        kind: ReadErrorKind::BadRequest,
        http: 0,
        code: Text::default(),
        message: Text::new(message),
        trace: None,
    })
}
