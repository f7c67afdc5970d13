//! What an HTTP answer means: an envelope that says yes, one that says no, or no control plane at all
//! (ocp-api 2; reliability H01–H10).

use url::Url;

use super::convert::trace;
use super::wire::Head;
use crate::domain::id::TraceId;
use crate::domain::limits;
use crate::domain::outcome::ReadErrorKind;
use crate::domain::shown::Text;
use crate::domain::time::{Span, Timestamp};
use crate::plane::json::decode;
use crate::plane::transport::Answer;

/// What stands in an answer's body.
pub(super) enum Shape {
    /// OCP's envelope.
    Envelope(Head),
    /// A web page: its first line.
    Html(String),
    /// Something else: what is wrong with it.
    Other(String),
}

/// Looks at a body. An unknown path can answer 200 with HTML, so only JSON with `successful` counts (ocp-api 2.2).
pub(super) fn shape(answer: &Answer) -> Shape {
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
pub(super) struct No {
    pub(super) kind: ReadErrorKind,
    pub(super) code: Text,
    pub(super) message: String,
    pub(super) trace: Option<TraceId>,
    pub(super) wait: Option<Span>,
}

/// Whether an answer says no, and how. `None`: the envelope says yes, or the answer is not to be judged by its
/// status (2xx without an envelope).
pub(super) fn refusal(answer: &Answer, shape: &Shape, now: Timestamp) -> Option<No> {
    let head = match shape {
        Shape::Envelope(head) => Some(head),
        Shape::Html(_) | Shape::Other(_) => None,
    };
    let status = stricter_status(answer.status, head)?;
    let error = head.and_then(|h| h.error.as_ref());
    let code = error.and_then(|e| e.code.as_ref()).map_or("", |c| c.0.as_str());
    let code = if code == "0" { "" } else { code };
    let wait = wait(answer, status, now);
    let words = |w: Option<&crate::plane::json::Word>| w.map_or("", |w| w.0.trim()).to_owned();
    let own = words(error.and_then(|e| e.message.as_ref()));
    let cause = words(error.and_then(|e| e.debug_message.as_ref()));
    let message = match (own.is_empty(), cause.is_empty() || own == cause) {
        (false, true) => own,
        (false, false) => format!("{own} ({cause})"),
        (true, false) => cause,
        (true, true) => without_words(answer, shape),
    };
    Some(No {
        kind: kind(status, code, wait.is_some()),
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

fn kind(status: u16, code: &str, waits: bool) -> ReadErrorKind {
    match status {
        300..=399 => ReadErrorKind::Redirected,
        401 => ReadErrorKind::Unauthenticated,
        403 => ReadErrorKind::Forbidden,
        404 => ReadErrorKind::NotFound,
        409 => ReadErrorKind::Conflict,
        429 => ReadErrorKind::RateLimited,
        503 if waits => ReadErrorKind::RateLimited,
        407 => ReadErrorKind::Unreachable,
        _ if is_state_code(code) => ReadErrorKind::Conflict,
        _ if is_absence_code(code) => ReadErrorKind::NotFound,
        400..=499 => ReadErrorKind::BadRequest,
        _ => ReadErrorKind::Server,
    }
}

/// Codes that say "not in this state" or "another task holds it" (ocp-api 2.2, both columns, and V3.1.1's shifted
/// 12007). Numbers are not stable between versions, so the HTTP status counts first; which of 400 and 500 such a
/// refusal comes with is an open question (ocp-api 8.4).
fn is_state_code(code: &str) -> bool {
    const NUMBERS: [&str; 20] = [
        "4007", "4009", "4010", "11007", "11008", "11015", "11020", "11070", "11071", "12004", "12005",
        "12006", "12007", "12008", "13003", "13004", "13005", "13006", "13011", "13012",
    ];
    const LETTERED: [&str; 22] = [
        "TSK10007", "TSK10009", "TSK10010", "TSK10011", "TSK10016", "TSK10017", "OBE11007", "OBE11008",
        "OBE11015", "OBE11020", "OBE11070", "OBE11071", "OBE12101", "OBE18004", "OBE18005", "OBE18008",
        "OBE19003", "OBE19004", "OBE19012", "OBE19020", "OBE18007", "OBE19011",
    ];
    NUMBERS.contains(&code) || LETTERED.contains(&code.to_ascii_uppercase().as_str())
}

/// Codes that say "there is no such thing" (ocp-api 2.2).
fn is_absence_code(code: &str) -> bool {
    const CODES: [&str; 7] = ["4001", "11001", "TSK10001", "OBE11001", "OBE18002", "OBE19001", "COM10002"];
    CODES.contains(&code.to_ascii_uppercase().as_str())
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
pub(super) fn http_date(word: &str) -> Option<Timestamp> {
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let mut parts = word.split_whitespace().skip(1);
    let (day, month, year, clock) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let month = MONTHS.iter().position(|m| *m == month)? + 1;
    Timestamp::parse(&format!("{year}-{month:02}-{day:0>2}T{clock}Z"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use reqwest::header::HeaderMap;

    fn answer(status: u16, headers: &[(&'static str, &str)], body: &str) -> Answer {
        let mut map = HeaderMap::new();
        for (n, v) in headers {
            map.insert(*n, v.parse().unwrap());
        }
        Answer { status, headers: map, body: body.as_bytes().to_vec() }
    }

    fn no(status: u16, headers: &[(&'static str, &str)], body: &str) -> Option<No> {
        let a = answer(status, headers, body);
        refusal(&a, &shape(&a), Timestamp::from_millis(0))
    }

    fn code(status: u16, code: &str) -> ReadErrorKind {
        let body = format!(r#"{{"successful":false,"error":{{"code":{code},"message":"m"}}}}"#);
        no(status, &[], &body).unwrap().kind
    }

    #[test]
    fn h04_state_codes_are_conflicts_in_both_spellings() {
        for c in ["11020", "\"OBE11020\"", "12008", "\"OBE18008\"", "13012", "\"obe19012\"", "\"TSK10007\""] {
            assert_eq!(code(400, c), ReadErrorKind::Conflict, "{c}");
            assert_eq!(code(500, c), ReadErrorKind::Conflict, "{c}");
        }
        assert_eq!(code(409, "0"), ReadErrorKind::Conflict);
        assert_eq!(code(400, "1001"), ReadErrorKind::BadRequest);
        assert_eq!(code(400, "\"TSK10001\""), ReadErrorKind::NotFound);
        // The HTTP status counts first.
        assert_eq!(code(403, "11020"), ReadErrorKind::Forbidden);
    }

    #[test]
    fn h07_the_stricter_of_status_and_body_counts() {
        assert_eq!(no(200, &[], r#"{"successful":false}"#).unwrap().kind, ReadErrorKind::BadRequest);
        assert_eq!(
            no(200, &[], r#"{"successful":true,"status":409}"#).unwrap().kind,
            ReadErrorKind::Conflict
        );
        assert_eq!(no(500, &[], r#"{"successful":true,"status":200}"#).unwrap().kind, ReadErrorKind::Server);
        assert!(no(200, &[], r#"{"successful":true,"status":200}"#).is_none());
        assert!(no(200, &[], r#"{"successful":true}"#).is_none());
    }

    #[test]
    fn h05_a_told_wait_is_obeyed_up_to_a_minute() {
        let waits = |h: &[(&'static str, &str)]| no(429, h, "{}").unwrap().wait;
        assert_eq!(waits(&[("retry-after", "7")]), Some(Span::from_secs(7)));
        assert_eq!(waits(&[("ratelimit-reset", "9")]), Some(Span::from_secs(9)));
        assert_eq!(waits(&[("retry-after", "99999999999999999999999")]), Some(limits::WAIT_TOLD_MAX));
        assert_eq!(waits(&[("retry-after", "-5")]), None);
        assert_eq!(waits(&[("retry-after", "soon")]), None);
        let date =
            [("date", "Sat, 21 Nov 2026 02:00:00 GMT"), ("retry-after", "Sat, 21 Nov 2026 02:00:30 GMT")];
        assert_eq!(waits(&date), Some(Span::from_secs(30)));
        assert_eq!(no(503, &[("retry-after", "3")], "").unwrap().kind, ReadErrorKind::RateLimited);
        assert_eq!(no(503, &[], "").unwrap().kind, ReadErrorKind::Server);
    }

    #[test]
    fn n10_a_redirect_names_the_host_only() {
        let n = no(307, &[("location", "http://other.example:9/x?token=canary")], "").unwrap();
        assert_eq!(n.kind, ReadErrorKind::Redirected);
        assert_eq!(n.message, "the server points elsewhere: http://other.example:9");
        assert_eq!(
            no(302, &[("location", "/login?x=1")], "").unwrap().message,
            "the server points elsewhere: /login on the same host"
        );
    }

    #[test]
    fn h08_a_trace_id_may_be_missing_empty_or_absurd() {
        let t = |body: &str| no(429, &[], body).unwrap().trace;
        assert_eq!(t(r#"{"successful":false,"traceId":""}"#), None);
        assert_eq!(t(r#"{"successful":false}"#), None);
        let long = format!(r#"{{"successful":false,"traceId":"{}"}}"#, "a".repeat(10_000));
        assert!(t(&long).unwrap().raw().len() < 1000);
    }
}
