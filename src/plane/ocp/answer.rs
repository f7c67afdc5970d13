//! What OCP's refusals mean (ocp-api 2; reliability H01–H10).

use crate::domain::outcome::ReadErrorKind;
use crate::domain::time::Timestamp;
pub(super) use crate::plane::answer::{No, Shape, http_date, shape};
use crate::plane::transport::Answer;

/// Whether an answer says no, and how.
pub(super) fn refusal(answer: &Answer, shape: &Shape, now: Timestamp) -> Option<No> {
    crate::plane::answer::refusal(answer, shape, now, kind)
}

fn kind(status: u16, code: &str, _: &str, waits: bool) -> ReadErrorKind {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::limits;
    use crate::domain::time::Span;
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
