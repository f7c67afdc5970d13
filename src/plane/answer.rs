//! What an HTTP answer means: an envelope that says yes, one that says no, or no control plane at all
//! (reliability H01–H10). The same for both planes; what a code means is each adapter's own.

use serde::Deserialize;
use url::Url;

use super::json::{Word, decode};
use super::transport::Answer;
use crate::domain::id::TraceId;
use crate::domain::limits;
use crate::domain::outcome::{Outcome, ReadError, ReadErrorKind, Refused};
use crate::domain::shown::{Text, cut_end};
use crate::domain::time::{Span, Timestamp};

/// Envelope without its data (ocp-api 2, obshell-api 4).
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Head {
    pub(crate) successful: Option<bool>,
    pub(crate) status: Option<i64>,
    pub(crate) timestamp: Option<Word>,
    pub(crate) trace_id: Option<Word>,
    pub(crate) error: Option<Failure>,
}

/// `error` of an envelope (ocp-api 2.2, obshell-api 4): OBShell's `errCode` counts before its legacy `code`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Failure {
    pub(crate) err_code: Option<Word>,
    pub(crate) code: Option<Word>,
    pub(crate) message: Option<Word>,
    pub(crate) debug_message: Option<Word>,
}

/// `data` of an envelope.
#[derive(Debug, Deserialize)]
pub(crate) struct Body<T> {
    pub(crate) data: Option<T>,
}

/// A trace ID; none where it is missing or empty, cut where it is absurd (H08).
pub(crate) fn trace(word: Option<&Word>) -> Option<TraceId> {
    let word = word.map(|w| w.0.trim()).filter(|w| !w.is_empty())?;
    Some(TraceId::new(&cut_end(word, limits::TEXT_COLUMNS)))
}

/// What stands in an answer's body.
pub(crate) enum Shape {
    /// The envelope.
    Envelope(Head),
    /// A web page: its first line.
    Html(String),
    /// Something else: what is wrong with it.
    Other(String),
}

/// Looks at a body. An unknown path can answer 200 with HTML, so only JSON with `successful` counts (ocp-api 2.2).
pub(crate) fn shape(answer: &Answer) -> Shape {
    let is_html = answer.header("content-type").is_some_and(|t| t.to_ascii_lowercase().contains("text/html"));
    let begins = answer.body.iter().find(|b| !b.is_ascii_whitespace());
    if is_html || begins == Some(&b'<') {
        return Shape::Html(first_line(&answer.body));
    }
    if begins == Some(&b'[') {
        return Shape::Other("a list where an envelope is expected".to_owned());
    }
    match decode::<Head>(&answer.body) {
        Ok(head) if head.successful.is_some() => Shape::Envelope(head),
        Ok(_) => Shape::Other("JSON without the member `successful`".to_owned()),
        Err(e) => Shape::Other(e.to_string()),
    }
}

fn first_line(body: &[u8]) -> String {
    let start = body.get(..body.len().min(512)).unwrap_or(body);
    let text = String::from_utf8_lossy(start);
    text.lines().map(str::trim).find(|l| !l.is_empty()).unwrap_or("").to_owned()
}

/// A refusal, the same for reads and actions.
pub(crate) struct No {
    pub(crate) kind: ReadErrorKind,
    pub(crate) code: Text,
    pub(crate) message: String,
    pub(crate) trace: Option<TraceId>,
    pub(crate) wait: Option<Span>,
}

impl No {
    /// As the error of a read of `what`, with `why` for words.
    pub(crate) fn of_read(self, what: &str, http: u16, why: &str) -> ReadError {
        let (what, why) = (Text::new(what), Text::new(why));
        ReadError { kind: self.kind, http, what, why, code: self.code, trace: self.trace, wait: self.wait }
    }
    /// As the refusal of an order, with `message` for words.
    pub(crate) fn of_order(self, http: u16, message: &str) -> Outcome {
        let message = Text::new(message);
        Outcome::Refused(Refused { kind: self.kind, http, code: self.code, message, trace: self.trace })
    }
}

/// Whether an answer says no, and how. `None`: the envelope says yes, or the answer is not to be judged by its
/// status (2xx without an envelope).
///
/// `kind` reads the adapter's codes: status, code, message, and whether a wait was told.
pub(crate) fn refusal(
    answer: &Answer,
    shape: &Shape,
    now: Timestamp,
    kind: fn(u16, &str, &str, bool) -> ReadErrorKind,
) -> Option<No> {
    let head = match shape {
        Shape::Envelope(head) => Some(head),
        Shape::Html(_) | Shape::Other(_) => None,
    };
    let status = stricter_status(answer.status, head)?;
    let error = head.and_then(|h| h.error.as_ref());
    let code = error.and_then(|e| e.err_code.as_ref().or(e.code.as_ref())).map_or("", |c| c.0.as_str());
    let code = if code == "0" { "" } else { code };
    let wait = wait(answer, status, now);
    let words = |w: Option<&Word>| w.map_or("", |w| w.0.trim()).to_owned();
    let own = words(error.and_then(|e| e.message.as_ref()));
    let cause = words(error.and_then(|e| e.debug_message.as_ref()));
    let message = match (own.is_empty(), cause.is_empty() || own == cause) {
        (false, true) => own,
        (false, false) => format!("{own} ({cause})"),
        (true, false) => cause,
        (true, true) => without_words(answer, shape),
    };
    Some(No {
        kind: kind(status, code, &message, wait.is_some()),
        code: Text::new(code),
        message: cut(message),
        trace: head.and_then(|h| trace(h.trace_id.as_ref())),
        wait,
    })
}

/// The status that counts when HTTP and the body disagree: the stricter (H07). `None`: both say yes.
fn stricter_status(http: u16, head: Option<&Head>) -> Option<u16> {
    if !(200..300).contains(&http) {
        return Some(http);
    }
    let head = head?;
    let told = head.status.and_then(|s| u16::try_from(s).ok()).unwrap_or(http);
    if !(200..300).contains(&told) && told != 0 {
        return Some(told);
    }
    // "Not successful" without a status that says why: the server did not take it as it was.
    (head.successful != Some(true)).then_some(400)
}

/// What is said where the server gave no words of its own.
fn without_words(answer: &Answer, shape: &Shape) -> String {
    let status = answer.status;
    let reason = reqwest::StatusCode::from_u16(status).ok().and_then(|s| s.canonical_reason()).unwrap_or("");
    if (300..400).contains(&status) {
        return format!("the server points elsewhere: {}", elsewhere(answer));
    }
    if status == 407 {
        return "the proxy asks for a login (407)".to_owned();
    }
    let plain_to_tls = String::from_utf8_lossy(answer.body.get(..answer.body.len().min(2048)).unwrap_or(&[]));
    // Servers that notice say so in a page of their own (N04).
    if status == 400 && (plain_to_tls.contains("HTTPS") || plain_to_tls.contains("requires TLS")) {
        return format!(
            "HTTP 400: this looks like https, use https:// in the URL ({})",
            first_line(&answer.body)
        );
    }
    match shape {
        Shape::Html(line) => format!("HTTP {status} {reason}, with a web page: {line}"),
        Shape::Envelope(_) | Shape::Other(_) => format!("HTTP {status} {reason}").trim_end().to_owned(),
    }
}

/// Host of a redirect; its path would be noise and its query may hold a token.
fn elsewhere(answer: &Answer) -> String {
    let Some(location) = answer.header("location") else { return "nowhere (no Location header)".to_owned() };
    let Ok(url) = Url::parse(location) else {
        let path = location.split(['?', '#']).next().unwrap_or("");
        return format!("{path} on the same host");
    };
    match (url.host_str(), url.port()) {
        (Some(host), Some(port)) => format!("{}://{host}:{port}", url.scheme()),
        (Some(host), None) => format!("{}://{host}", url.scheme()),
        (None, _) => format!("{}:", url.scheme()),
    }
}

fn cut(text: String) -> String {
    let mut at = limits::ERROR_TEXT_BYTES.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    text.get(..at).map(str::to_owned).unwrap_or(text)
}

/// How long the server asks to wait: `Retry-After` (seconds or a date), else OCP's `RateLimit-Reset` (seconds;
/// ocp-api 2.3). At most [`limits::WAIT_TOLD_MAX`], whatever it says (H05).
fn wait(answer: &Answer, status: u16, now: Timestamp) -> Option<Span> {
    if !matches!(status, 429 | 503) {
        return None;
    }
    let told = match answer.header("retry-after") {
        Some(word) => seconds(word).or_else(|| {
            // A date is measured against the server's own clock where it tells it.
            let from = answer.header("date").and_then(http_date).unwrap_or(now);
            http_date(word).map(|t| t.since(from))
        }),
        None => None,
    };
    let told = told.or_else(|| answer.header("ratelimit-reset").and_then(seconds))?;
    Some(told.clamp(Span::ZERO, limits::WAIT_TOLD_MAX))
}

fn seconds(word: &str) -> Option<Span> {
    let word = word.trim();
    if word.is_empty() || !word.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    // Too many digits for a number is longer than any limit.
    Some(Span::from_secs(word.parse().unwrap_or(i64::MAX)))
}

/// `Sun, 06 Nov 1994 08:49:37 GMT`.
pub(crate) fn http_date(word: &str) -> Option<Timestamp> {
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let mut parts = word.split_whitespace().skip(1);
    let (day, month, year, clock) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let month = MONTHS.iter().position(|m| *m == month)? + 1;
    Timestamp::parse(&format!("{year}-{month:02}-{day:0>2}T{clock}Z"))
}

/// Whether a refusal may come from something in front of the plane after the plane had taken the order (H06).
pub(crate) fn may_have_passed(http: u16, shape: &Shape, waits: bool) -> bool {
    let whole = matches!(shape, Shape::Envelope(_));
    match http {
        502 | 504 => true,
        503 if waits => false,
        // 408: a server that gave up waiting for a request it may have passed on in part.
        408 | 500..=599 => !whole,
        _ => false,
    }
}

pub(crate) fn error(what: &str, kind: ReadErrorKind, http: u16, why: &str) -> ReadError {
    ReadError {
        kind,
        http,
        what: Text::new(what),
        why: Text::new(why),
        code: Text::default(),
        trace: None,
        wait: None,
    }
}

pub(crate) fn bad_answer(what: &str, http: u16, why: &str) -> ReadError {
    error(what, ReadErrorKind::BadAnswer, http, why)
}

pub(crate) fn not_a_plane(what: &str, http: u16, line: &str) -> ReadError {
    error(what, ReadErrorKind::NotAPlane, http, &format!("not a control plane: got HTML: {line}"))
}
