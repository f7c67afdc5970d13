//! One read of OCP's API: sent, judged, opened; and a list read page by page (ocp-api 2).

use std::collections::HashMap;
use std::sync::{Arc, PoisonError};

use serde::de::DeserializeOwned;

use super::answer::{No, Shape, http_date, refusal, shape};
use super::auth::Auth;
use super::convert::{self, Door};
use super::wire::{self, Body, Contents};
use super::{ADDRESSES_KEPT, CONTEXTS_KEPT, Ocp, calls};
use crate::domain::id::TraceId;
use crate::domain::limits;
use crate::domain::outcome::{ReadError, ReadErrorKind};
use crate::domain::task::Task;
use crate::domain::time::{Span, Timestamp};
use crate::domain::topology::Server;
use crate::plane::Fetched;
pub(super) use crate::plane::answer::{bad_answer, error, not_a_plane};
use crate::plane::json::decode;
use crate::plane::transport::{Answer, Wire};

/// An answer whose envelope says yes.
pub(super) struct Opened<T> {
    pub(super) data: T,
    pub(super) trace: Option<TraceId>,
    pub(super) timestamp: Option<String>,
}

/// All pages of a list.
pub(super) struct Listed<T> {
    pub(super) items: Vec<T>,
    pub(super) trace: Option<TraceId>,
    pub(super) timestamp: Option<String>,
}

/// Names and values of a query, not yet encoded.
pub(super) type Query<'a> = &'a [(&'a str, String)];

impl Ocp {
    /// A list that is paged.
    pub(super) async fn pages<T: DeserializeOwned>(
        &self,
        path: &str,
        query: Query<'_>,
        limit: Option<u32>,
    ) -> Result<Listed<T>, ReadError> {
        let size = limit.unwrap_or(limits::PAGE_SIZE).min(limits::PAGE_SIZE);
        let mut query = query.to_vec();
        query.push(("size", size.to_string()));
        self.pages_of(path, &query, limit).await
    }

    /// A list that is paged or not: what the answer says of its pages decides.
    pub(super) async fn pages_of<T: DeserializeOwned>(
        &self,
        path: &str,
        query: Query<'_>,
        limit: Option<u32>,
    ) -> Result<Listed<T>, ReadError> {
        let paged = query.iter().any(|(n, _)| *n == "size");
        let mut items = Vec::new();
        let mut page = 1;
        loop {
            let mut query = query.to_vec();
            if paged || page > 1 {
                query.push(("page", page.to_string()));
            }
            let opened: Opened<Contents<T>> = self.get(path, &query, "a list").await?;
            let Some(contents) = opened.data.contents else {
                return Err(bad_answer(&format!("GET {path}"), 200, "answered, but without a list"));
            };
            let empty = contents.is_empty();
            items.extend(contents);
            let total = opened.data.page.unwrap_or_default().total();
            let enough = limit.is_some_and(|l| items.len() >= l as usize);
            if page >= total || empty || enough {
                return Ok(Listed { items, trace: opened.trace, timestamp: opened.timestamp });
            }
            if page >= limits::PAGES {
                let why = format!("more than {} pages: {total} were told", limits::PAGES);
                return Err(error(&format!("GET {path}"), ReadErrorKind::TooLarge, 200, &why));
            }
            page += 1;
        }
    }

    /// One read whose answer is OCP's envelope with data in it.
    pub(super) async fn get<T: DeserializeOwned>(
        &self,
        path: &str,
        query: Query<'_>,
        of: &str,
    ) -> Result<Opened<T>, ReadError> {
        let wire = self.wire(path, query);
        let what = format!("GET {}", wire.path_and_query);
        let answer = self.exchange(&what, &wire).await?;
        let shape = shape(&answer);
        if let Some(no) = refusal(&answer, &shape, (self.now)()) {
            return Err(self.refused(&what, &answer, no));
        }
        let head = match shape {
            Shape::Envelope(head) => head,
            Shape::Html(line) => return Err(not_a_plane(&what, answer.status, &line)),
            Shape::Other(why) => return Err(bad_answer(&what, answer.status, &why)),
        };
        let trace = convert::trace(head.trace_id.as_ref());
        let body = decode::<Body<T>>(&answer.body).map_err(|e| ReadError {
            trace: trace.clone(),
            ..bad_answer(&what, answer.status, &e.to_string())
        })?;
        let Some(data) = body.data else {
            let why = format!("answered, but without {of}");
            return Err(ReadError { trace, ..bad_answer(&what, answer.status, &why) });
        };
        Ok(Opened { data, trace, timestamp: head.timestamp.map(|w| w.0) })
    }

    pub(super) fn wire(&self, path: &str, query: Query<'_>) -> Wire {
        calls::read(self.transport.base(), &self.auth, &self.language, path, query, (self.now)())
    }

    pub(super) async fn exchange(&self, what: &str, wire: &Wire) -> Result<Answer, ReadError> {
        let sent = self.transport.read(wire).await;
        sent.map_err(|f| error(what, f.read_kind(), f.partial.as_ref().map_or(0, |p| p.0), &f.why))
    }

    pub(super) fn refused(&self, what: &str, answer: &Answer, no: No) -> ReadError {
        let why = self.with_skew(answer, &no);
        if no.kind == ReadErrorKind::Unauthenticated {
            // Also where HTTP said 200 and only the body said 401.
            self.transport.close(&why);
        }
        no.of_read(what, answer.status, &why)
    }

    /// The server's words; where a signature was refused, with the clock difference that may be its cause (H17).
    pub(super) fn with_skew(&self, answer: &Answer, no: &No) -> String {
        if no.kind != ReadErrorKind::Unauthenticated || !matches!(self.auth, Auth::AccessKey { .. }) {
            return no.message.clone();
        }
        let measured = *self.skew.lock().unwrap_or_else(PoisonError::into_inner);
        let told = || answer.header("date").and_then(http_date).map(|d| d.since((self.now)()));
        let Some(skew) = measured.or_else(told) else { return no.message.clone() };
        let off = Span::from_millis(skew.millis().abs());
        if off <= limits::SKEW_TOLD {
            return no.message.clone();
        }
        let side = if skew > Span::ZERO { "behind" } else { "ahead of" };
        format!(
            "{} (the clock here is {} {side} the server's; signatures are refused at {} and more)",
            no.message,
            off.short(),
            limits::SIGNATURE_SKEW.short(),
        )
    }

    /// The server addresses seen so far, for the door.
    pub(super) fn addresses(&self) -> Arc<HashMap<String, String>> {
        self.addresses.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The door for one answer.
    pub(super) fn door<'a>(
        &'a self,
        known: &'a HashMap<String, String>,
        timestamp: Option<&'a str>,
    ) -> Door<'a> {
        Door { profile: &self.name, addresses: known, timestamp, context: None }
    }

    /// Keeps addresses by server ID, so that a task can name the servers it works on.
    pub(super) fn learn<'a>(&self, servers: impl Iterator<Item = &'a Server>) {
        let mut known = self.addresses.lock().unwrap_or_else(PoisonError::into_inner);
        for s in servers {
            let (id, address) = (s.id.raw(), s.address.raw());
            if !address.is_empty() && known.get(id).map(String::as_str) != Some(address) {
                let map = Arc::make_mut(&mut known);
                if map.len() >= ADDRESSES_KEPT {
                    map.clear();
                }
                map.insert(id.to_owned(), address.to_owned());
            }
        }
    }

    /// Makes a whole task, with the context that this or an earlier answer told.
    pub(super) fn task_of(&self, data: &wire::Task, timestamp: Option<&str>) -> Task {
        let context = {
            let mut known = self.contexts.lock().unwrap_or_else(PoisonError::into_inner);
            match &data.context {
                Some(told) => {
                    if known.len() >= CONTEXTS_KEPT {
                        known.clear();
                    }
                    let told = Arc::new(told.clone());
                    known.insert(data.id.0.clone(), Arc::clone(&told));
                    Some(told)
                }
                None => known.get(&data.id.0).cloned(),
            }
        };
        let known = self.addresses();
        Door { context: context.as_deref(), ..self.door(&known, timestamp) }.task(data)
    }

    pub(super) fn fetched<T>(
        &self,
        begun: Timestamp,
        value: T,
        trace: Option<TraceId>,
        server_time: Option<Timestamp>,
    ) -> Fetched<T> {
        let took = (self.now)().since(begun).max(Span::ZERO);
        Fetched { value, trace, took, server_time }
    }

    pub(super) fn fetched_list<T>(
        &self,
        begun: Timestamp,
        value: T,
        trace: Option<TraceId>,
        timestamp: Option<&str>,
    ) -> Fetched<T> {
        self.fetched(begun, value, trace, timestamp.and_then(Timestamp::parse))
    }
}

/// Whether an error means that this version does not have the endpoint (ocp-api 2.2, 3.5).
pub(super) fn is_not_offered(e: &ReadError) -> bool {
    matches!(
        e.kind,
        ReadErrorKind::NotFound
            | ReadErrorKind::BadRequest
            | ReadErrorKind::NotAPlane
            | ReadErrorKind::BadAnswer
    )
}

/// A path, or why nothing was sent.
#[expect(clippy::result_large_err, reason = "the port's own error; it is not made in a loop")]
pub(super) fn path_of(segments: &[&str]) -> Result<String, ReadError> {
    calls::path(segments).ok_or_else(|| {
        let what = format!("GET {}", segments.join("/"));
        let why = "a name that is empty, `.` or `..` cannot stand in a path; nothing was sent";
        error(&what, ReadErrorKind::BadRequest, 0, why)
    })
}
