//! One read: sealed for an agent that answers, sent, judged, opened (obshell-api 3, 4).

use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use reqwest::Method;
use serde::de::DeserializeOwned;

use super::answer::{DECRYPT_FAILED, EXPIRED, No, Shape, is_decrypt_failed, refusal, shape};
use super::seal::{self, BodyKey, Header, PublicKey, SealError};
use super::wire::{self, Body, Contents};
use super::{Agent, Known, Obshell, calls};
use crate::domain::id::TraceId;
use crate::domain::outcome::{ReadError, ReadErrorKind};
use crate::domain::shown::Text;
use crate::domain::time::{Span, Timestamp};
use crate::plane::Fetched;
use crate::plane::answer::{bad_answer, error, http_date, not_a_plane, trace};
use crate::plane::json::decode;
use crate::plane::transport::{Answer, Wire};

/// How long a sealed header is good. Nothing but its end keeps it from being sent again by who overhears it
/// (obshell-api 3.2), so it is short; the clocks of agents may differ by less than this.
const LIFETIME: Span = Span::from_secs(60);
/// Clock difference worth telling beside an expired header.
const SKEW_TOLD: Span = Span::from_secs(5);

/// An answer whose envelope says yes.
pub(super) struct Opened<T> {
    pub(super) data: T,
    pub(super) trace: Option<TraceId>,
    pub(super) timestamp: Option<Timestamp>,
}

/// A request to be sealed.
#[derive(Clone, Copy)]
pub(super) struct Ask<'a> {
    /// Path and query, without what stands before `/api`.
    pub(super) path: &'a str,
    /// `Some`: a POST.
    pub(super) body: Option<&'a str>,
}

impl Ask<'_> {
    fn words(&self) -> String {
        format!("{} {}", if self.body.is_some() { "POST" } else { "GET" }, self.path)
    }
}

/// A lock is never held across a wait, and what it guards is whole at any time.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Obshell {
    /// One read whose answer is the envelope with data in it, from the first agent that answers.
    #[expect(clippy::result_large_err, reason = "the port's own error; it is not made in a loop")]
    pub(super) async fn get<T: DeserializeOwned>(
        &self,
        path: &str,
        of: &str,
    ) -> Result<Opened<T>, ReadError> {
        self.any_agent(Ask { path, body: None }, |what, answer| self.opened(what, answer, of)).await
    }

    /// A list; null for an empty one.
    pub(super) async fn list<T: DeserializeOwned>(&self, path: &str) -> Result<Opened<Vec<T>>, ReadError> {
        let opened: Opened<Contents<T>> = self.get(path, "a list").await?;
        Ok(Opened {
            data: opened.data.contents.unwrap_or_default(),
            trace: opened.trace,
            timestamp: opened.timestamp,
        })
    }

    /// Asks the agent in use, and the others while it is away.
    pub(super) async fn any_agent<T>(
        &self,
        ask: Ask<'_>,
        open: impl Fn(&str, &Answer) -> Result<T, ReadError>,
    ) -> Result<T, ReadError> {
        let what = ask.words();
        let first = self.in_use.load(Ordering::Relaxed);
        let mut failed: Option<ReadError> = None;
        for step in 0..self.agents.len() {
            let ix = (first + step) % self.agents.len();
            let Some(agent) = self.agents.get(ix) else { continue };
            let result = match self.ask(agent, ask).await {
                Ok(answer) => open(&what, &answer),
                Err(e) => Err(e),
            };
            match result {
                Ok(value) => {
                    self.in_use.store(ix, Ordering::Relaxed);
                    return Ok(value);
                }
                // The words of the first are told: they are about the agent that the profile names.
                Err(e) if is_away(&e) || has_no_database(&e) => {
                    failed.get_or_insert(e);
                }
                Err(e) => return Err(e),
            }
        }
        Err(failed.unwrap_or_else(|| error(&what, ReadErrorKind::Unreachable, 0, "no agent is configured")))
    }

    /// One exchange with one agent. A header that could not be opened is sealed anew with the agent's present key,
    /// once (obshell-api 3.3); this is for reads only.
    pub(super) async fn ask(&self, agent: &Agent, ask: Ask<'_>) -> Result<Answer, ReadError> {
        let known = self.known(agent, false).await?;
        let answer = self.ask_with(agent, &known, ask).await?;
        if !is_decrypt_failed(&answer) {
            return Ok(answer);
        }
        let known = self.known(agent, true).await?;
        self.ask_with(agent, &known, ask).await
    }

    async fn ask_with(&self, agent: &Agent, known: &Known, ask: Ask<'_>) -> Result<Answer, ReadError> {
        let what = ask.words();
        let wire = self
            .sealed(agent, known, ask, &seal::trace())
            .map_err(|e| error(&what, ReadErrorKind::BadRequest, 0, &format!("{e}; nothing was sent")))?;
        exchange(agent, &what, &wire).await
    }

    /// A request as it goes out.
    pub(super) fn sealed(
        &self,
        agent: &Agent,
        known: &Known,
        ask: Ask<'_>,
        trace: &str,
    ) -> Result<Wire, SealError> {
        let base = agent.transport.base();
        let path_and_query = format!("{}{}", base.prefix, ask.path);
        let expires = (self.now)().plus(LIFETIME).millis().div_euclid(1000);
        let clear = || ask.body.map(ToOwned::to_owned);
        let (value, body) = match known {
            Known::Socket => (String::new(), clear()),
            Known::V1(key) => (key.old_header(&self.password, expires)?, clear()),
            Known::V2(key) => {
                let body_key = BodyKey::fresh()?;
                let header = Header {
                    password: &self.password,
                    expires,
                    uri: &path_and_query,
                    body_key: Some(&body_key),
                };
                (key.header(&header)?, ask.body.map(|b| body_key.seal(b.as_bytes())))
            }
        };
        let headers = calls::headers(base, known.protection(), self.login, ask.body);
        Ok(Wire {
            method: if ask.body.is_some() { Method::POST } else { Method::GET },
            headers: calls::filled(&headers, trace, &value),
            path_and_query,
            body,
            told: ask.body.map(ToOwned::to_owned),
            authenticated: true,
        })
    }

    /// The agent's key and kind of protection; `fresh`: its key is read again whatever is remembered.
    pub(super) async fn known(&self, agent: &Agent, fresh: bool) -> Result<Known, ReadError> {
        let remembered = lock(&agent.known).clone();
        match &remembered {
            // A socket has no key.
            Some(known @ Known::Socket) => return Ok(known.clone()),
            Some(known) if !fresh => return Ok(known.clone()),
            Some(Known::V1(_) | Known::V2(_)) | None => {}
        }
        let what = "GET /api/v1/secret";
        let told: wire::Secret = self.open_get(agent, "/api/v1/secret", "a key").await?.data;
        let key = PublicKey::parse(told.public_key.as_ref().map_or("", |w| w.0.as_str()))
            .map_err(|e| bad_answer(what, 200, &e.to_string()))?;
        let key = Arc::new(key);
        let known = match &remembered {
            Some(Known::V1(_)) => Known::V1(key.clone()),
            Some(Known::Socket) | None if self.is_old(agent).await? => Known::V1(key.clone()),
            Some(Known::V2(_) | Known::Socket) | None => Known::V2(key.clone()),
        };
        if let Some(Known::V1(earlier) | Known::V2(earlier)) = remembered
            && earlier != key
        {
            let place = &agent.transport.base().place;
            self.tell(&format!(
                "{place} has another public key than before: reinstalled, or another machine answers there"
            ));
        }
        *lock(&agent.known) = Some(known.clone());
        Ok(known)
    }

    /// Agents that announce nothing take the first kind (obshell-api 3.1).
    async fn is_old(&self, agent: &Agent) -> Result<bool, ReadError> {
        match self.open_get::<wire::Info>(agent, "/api/v1/info", "what it is").await {
            Ok(info) if info.data.supported_auth.as_ref().is_none_or(Vec::is_empty) => Ok(true),
            Err(e) if is_away(&e) || e.kind == ReadErrorKind::PollingStopped => Err(e),
            // "Unknown" is not "old": without an answer the password stays in the better wrapping.
            Ok(_) | Err(_) => Ok(false),
        }
    }

    /// A read that needs no login: none is sent.
    pub(super) async fn open_get<T: DeserializeOwned>(
        &self,
        agent: &Agent,
        path: &str,
        of: &str,
    ) -> Result<Opened<T>, ReadError> {
        let what = format!("GET {path}");
        let wire = Wire {
            method: Method::GET,
            path_and_query: format!("{}{path}", agent.transport.base().prefix),
            headers: calls::open_headers(&seal::trace()),
            body: None,
            told: None,
            authenticated: false,
        };
        let answer = exchange(agent, &what, &wire).await?;
        self.opened(&what, &answer, of)
    }

    /// The data of an answer that says yes.
    #[expect(clippy::result_large_err, reason = "the port's own error; it is not made in a loop")]
    pub(super) fn opened<T: DeserializeOwned>(
        &self,
        what: &str,
        answer: &Answer,
        of: &str,
    ) -> Result<Opened<T>, ReadError> {
        let shape = shape(answer);
        if let Some(no) = refusal(answer, &shape, (self.now)()) {
            return Err(self.refused(what, answer, no));
        }
        let head = match shape {
            Shape::Envelope(head) => head,
            Shape::Html(line) => return Err(not_a_plane(what, answer.status, &line)),
            Shape::Other(why) => return Err(bad_answer(what, answer.status, &why)),
        };
        let trace = trace(head.trace_id.as_ref());
        let body = decode::<Body<T>>(&answer.body).map_err(|e| ReadError {
            trace: trace.clone(),
            ..bad_answer(what, answer.status, &e.to_string())
        })?;
        let Some(data) = body.data else {
            let why = format!("answered, but without {of}");
            return Err(ReadError { trace, ..bad_answer(what, answer.status, &why) });
        };
        Ok(Opened { data, trace, timestamp: head.timestamp.and_then(|w| Timestamp::parse(&w.0)) })
    }

    pub(super) fn refused(&self, what: &str, answer: &Answer, no: No) -> ReadError {
        let why = self.judged(answer, &no);
        no.of_read(what, answer.status, &why)
    }

    /// The agent's words, with what is known beside them. A refused login ends every request to every agent: they
    /// share one password (H01).
    pub(super) fn judged(&self, answer: &Answer, no: &No) -> String {
        let why = self.with_skew(answer, no);
        if no.kind == ReadErrorKind::Unauthenticated && no.code.raw() != DECRYPT_FAILED {
            self.agents.iter().for_each(|a| a.transport.close(&why));
        }
        why
    }

    /// An expired header is a matter of clocks: by how much they differ (H17).
    fn with_skew(&self, answer: &Answer, no: &No) -> String {
        if no.code.raw() != EXPIRED {
            return no.message.clone();
        }
        let told = || answer.header("date").and_then(http_date).map(|d| d.since((self.now)()));
        let Some(skew) = told().or_else(|| *lock(&self.skew)) else { return no.message.clone() };
        let off = Span::from_millis(skew.millis().abs());
        if off <= SKEW_TOLD {
            return no.message.clone();
        }
        let side = if skew > Span::ZERO { "behind" } else { "ahead of" };
        format!(
            "{} (the clock here is {} {side} the agent's; a request is good for {})",
            no.message,
            off.short(),
            LIFETIME.short()
        )
    }

    /// Keeps a sentence for the operator.
    pub(super) fn tell(&self, words: &str) {
        tracing::warn!(profile = %self.name, "{words}");
        let mut notices = lock(&self.notices);
        let text = Text::new(words);
        if !notices.contains(&text) {
            notices.push(text);
        }
    }

    pub(super) fn take_notices(&self) -> Vec<Text> {
        std::mem::take(&mut *lock(&self.notices))
    }

    pub(super) fn fetched<T, U>(&self, begun: Timestamp, value: T, of: &Opened<U>) -> Fetched<T> {
        let took = (self.now)().since(begun).max(Span::ZERO);
        Fetched { value, trace: of.trace.clone(), took, server_time: of.timestamp }
    }
}

async fn exchange(agent: &Agent, what: &str, wire: &Wire) -> Result<Answer, ReadError> {
    let sent = agent.transport.read(wire).await;
    sent.map_err(|f| error(what, f.read_kind(), f.partial.as_ref().map_or(0, |p| p.0), &f.why))
}

/// Whether the asked agent itself gave no whole answer, so that another may be asked.
pub(super) fn is_away(e: &ReadError) -> bool {
    e.kind == ReadErrorKind::CutOff
        || (e.http == 0 && matches!(e.kind, ReadErrorKind::Unreachable | ReadErrorKind::Timeout))
}

/// The asked agent's observer is down; another's may be up.
fn has_no_database(e: &ReadError) -> bool {
    matches!(e.code.raw(), "Agent.OceanBase.NotHold" | "Agent.OceanBase.Useless")
}

/// Whether an error means that this version does not have it, or that it is one of the endpoints that crash:
/// `Common.Unexpected` on a read is "unknown", never the end (obshell-api 8, traps).
pub(super) fn is_not_known(e: &ReadError) -> bool {
    matches!(
        e.kind,
        ReadErrorKind::NotFound
            | ReadErrorKind::BadRequest
            | ReadErrorKind::BadAnswer
            | ReadErrorKind::Conflict
            | ReadErrorKind::Server
    )
}
