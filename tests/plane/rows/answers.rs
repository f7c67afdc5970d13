//! Rows H over both control planes: answers that are not yes, and answers that are not quite what was promised.

use obdeck::domain::outcome::{Outcome, ReadErrorKind};
use obdeck::domain::status::{Operation, Phase, Status};
use obdeck::domain::task::Defect;

use super::*;
use crate::plane::server::answer;

/// A task as the read tells it, after a change to its text.
async fn changed(kind: PlaneKind, from: &'static str, to: &str) -> Result<Fetched<Task>, ReadError> {
    let body = whole(kind);
    assert!(body.contains(from), "{from} stands in the sample");
    let body = body.replacen(from, to, 1);
    read_from(kind, move || json(200, &body)).await.0
}

/// A task with steps, in the plane's own envelope.
fn whole(kind: PlaneKind) -> String {
    match kind {
        PlaneKind::Ocp => envelope(kind),
        PlaneKind::Obshell => {
            let stages = r#""nodes":[{"id":"221307064330288637","node_id":7,"name":"Stop observer","state":"RUNNING","operator":"RUN",
                "start_time":"2026-11-21T09:59:58+08:00","end_time":"1970-01-01T00:00:00Z","additional_data":null,
                "sub_tasks":[{"id":"221307064330288638","task_id":8,"name":"Stop observer","state":"RUNNING","operator":"RUN",
                "start_time":"2026-11-21T02:00:00Z","end_time":"1970-01-01T00:00:00Z","execute_times":1,
                "execute_agent":{"ip":"10.0.0.1","port":2886},"additional_data":null,"task_logs":null}]}]"#;
            envelope(kind).replace(r#""nodes":null"#, stages)
        }
    }
}

#[tokio::test]
async fn h01_a_wrong_login_is_shown_once_and_then_nobody_is_asked() {
    for kind in BOTH {
        let code = match kind {
            PlaneKind::Ocp => "0",
            PlaneKind::Obshell => "Security.Authentication.IncorrectOceanbasePassword",
        };
        let server = serve(kind, move |_, _| no(kind, 401, code, "wrong"));
        let plane = client(kind, &server.url(), With::default());
        let (a, b, c) = tokio::join!(read(&*plane), read(&*plane), read(&*plane));
        let kinds = [a, b, c].map(|r| r.unwrap_err().kind);
        let first = kinds.iter().filter(|k| **k == ReadErrorKind::Unauthenticated).count();
        let rest = kinds.iter().filter(|k| **k == ReadErrorKind::PollingStopped).count();
        assert_eq!((first, rest), (1, 2), "{kind:?} {kinds:?}");
        let outcome = plane.submit(approved(stop(kind))).await;
        assert_eq!(refused(&outcome), (ReadErrorKind::PollingStopped, Exit::NotPermitted));
        assert_eq!(logins(&server), 1, "accounts get locked");
        plane.resume();
        let outcome = plane.submit(approved(stop(kind))).await;
        assert_eq!(refused(&outcome), (ReadErrorKind::Unauthenticated, Exit::NotPermitted), "{kind:?}");
        assert_eq!(read(&*plane).await.unwrap_err().kind, ReadErrorKind::PollingStopped);
        assert_eq!(logins(&server), 2);
    }
}

#[tokio::test]
async fn h02_what_is_not_permitted_keeps_the_servers_words_and_does_not_stop_the_rest() {
    for (kind, status, code) in [
        (PlaneKind::Ocp, 403, "3100"),
        (PlaneKind::Obshell, 403, "Security.User.PermissionDenied"),
        // What an agent answers behind its socket to somebody it does not know.
        (PlaneKind::Obshell, 401, "Security.User.PermissionDenied"),
    ] {
        let outcome = order_to(kind, move || no(kind, status, code, "not permitted")).await;
        assert_eq!(refused(&outcome), (ReadErrorKind::Forbidden, Exit::NotPermitted), "{kind:?} {status}");
        let Outcome::Refused(r) = &outcome else { unreachable!() };
        assert_eq!((r.code.raw(), r.message.raw(), r.http), (code, "not permitted", status));
        assert_eq!(r.trace.as_ref().unwrap().raw(), "0bc49000675d41af");
        let server = serve(kind, move |_, n| if n == 0 { no(kind, 403, code, "no") } else { ok(task(kind)) });
        let plane = client(kind, &server.url(), With::default());
        let e = read(&*plane).await.unwrap_err();
        assert_eq!((e.kind, e.kind.exit()), (ReadErrorKind::Forbidden, Exit::NotPermitted));
        read(&*plane).await.unwrap();
    }
}

#[tokio::test]
async fn h03_what_is_not_there_is_gone_and_an_order_for_it_refused() {
    for (kind, status, code) in [
        (PlaneKind::Ocp, 404, "11001"),
        (PlaneKind::Obshell, 404, "Task.NotFound"),
        (PlaneKind::Obshell, 400, "OB.Zone.NotExist"),
        (PlaneKind::Obshell, 400, "Agent.NotExist"),
    ] {
        let outcome = order_to(kind, move || no(kind, status, code, "no such thing")).await;
        assert_eq!(refused(&outcome), (ReadErrorKind::NotFound, Exit::NotFound), "{code}");
        let (result, count) = read_from(kind, move || no(kind, status, code, "no such thing")).await;
        let e = result.unwrap_err();
        assert_eq!((e.kind, e.code.raw(), count), (ReadErrorKind::NotFound, code, 1));
    }
}

#[tokio::test]
async fn h04_what_holds_it_is_a_conflict_whatever_the_status() {
    for (kind, status, code) in [
        (PlaneKind::Ocp, 409, "0"),
        (PlaneKind::Ocp, 400, "11020"),
        (PlaneKind::Ocp, 500, "OBE19012"),
        (PlaneKind::Obshell, 500, "Agent.UnderMaintenance"),
        (PlaneKind::Obshell, 500, "OB.Cluster.UnderMaintenanceWithDag"),
        (PlaneKind::Obshell, 409, ""),
    ] {
        let outcome = order_to(kind, move || no(kind, status, code, "held")).await;
        assert_eq!(refused(&outcome), (ReadErrorKind::Conflict, Exit::Conflict), "{status} {code}");
    }
}

#[tokio::test]
async fn h05_a_told_wait_is_obeyed_up_to_a_minute_and_nothing_is_repeated() {
    for kind in BOTH {
        for (status, header, seconds) in [
            (429, "retry-after: 7\r\n", 7),
            (429, "ratelimit-reset: 9\r\n", 9),
            (503, "retry-after: 86400\r\n", 60),
            (503, "retry-after: 99999999999999999999999\r\n", 60),
            (
                429,
                "date: Sat, 21 Nov 2026 02:00:00 GMT\r\nretry-after: Sat, 21 Nov 2026 02:00:30 GMT\r\n",
                30,
            ),
        ] {
            let (result, count) = read_from(kind, move || answer(status, header, "")).await;
            let e = result.unwrap_err();
            assert_eq!((e.kind, count), (ReadErrorKind::RateLimited, 1), "{kind:?} {header}");
            assert_eq!(e.wait, Some(Span::from_secs(seconds)), "{kind:?} {header}");
            let outcome = order_to(kind, move || answer(status, header, "")).await;
            assert_eq!(refused(&outcome), (ReadErrorKind::RateLimited, Exit::Failed));
        }
        for header in ["", "retry-after: soon\r\n", "retry-after: -5\r\n"] {
            let (result, _) = read_from(kind, move || answer(429, header, "")).await;
            assert_eq!(result.unwrap_err().wait, None, "{kind:?} {header}");
        }
    }
}

#[tokio::test]
async fn h06_a_gateways_word_is_unknown_and_a_whole_refusal_refuses() {
    for kind in BOTH {
        for status in [502, 504] {
            assert!(is_unknown(&order_to(kind, move || json(status, "<html>bad gateway</html>")).await));
            assert!(is_unknown(&order_to(kind, move || no(kind, status, "1", "x")).await), "{kind:?}");
        }
        let outcome = order_to(kind, move || no(kind, 500, "1999", "unknown error")).await;
        assert_eq!(refused(&outcome), (ReadErrorKind::Server, Exit::Failed), "{kind:?}");
        for body in ["", "oops", "{}", r#"{"successful":"#, "[]"] {
            assert!(is_unknown(&order_to(kind, move || json(500, body)).await), "{kind:?} {body}");
        }
    }
}

#[tokio::test]
async fn h07_the_stricter_of_status_and_body_counts() {
    for kind in BOTH {
        let outcome = order_to(kind, || json(409, r#"{"successful":true,"data":{}}"#)).await;
        assert_eq!(refused(&outcome).1, Exit::Conflict, "{kind:?}");
        let outcome = order_to(kind, || json(200, r#"{"successful":true,"status":403}"#)).await;
        assert_eq!(refused(&outcome).1, Exit::NotPermitted, "{kind:?}");
        let held = envelope(kind).replace("true", "false");
        let outcome = order_to(kind, move || json(200, &held)).await;
        assert_eq!(refused(&outcome).0, ReadErrorKind::BadRequest, "{kind:?}");
        let (result, _) = read_from(kind, || json(200, r#"{"successful":false,"data":{}}"#)).await;
        assert_eq!(result.unwrap_err().kind, ReadErrorKind::BadRequest, "{kind:?}");
    }
}

#[tokio::test]
async fn h08_a_trace_id_may_be_missing_empty_or_absurd() {
    for kind in BOTH {
        let told = r#""traceId":"340849601d4d4ffe""#;
        for to in [r#""x":1"#, r#""traceId":"""#, r#""traceId":null"#] {
            assert_eq!(changed(kind, told, to).await.unwrap().trace, None, "{kind:?} {to}");
        }
        let long = format!(r#""traceId":"{}""#, "a\\u001b[2J".repeat(2000));
        let trace = changed(kind, told, &long).await.unwrap().trace.unwrap();
        assert!(trace.raw().len() < 1000, "{}", trace.raw().len());
        assert!(!trace.shown().as_str().contains('\u{1b}'));
    }
}

#[tokio::test]
async fn h09_a_yes_without_a_task_is_told_and_for_an_order_unknown() {
    for kind in BOTH {
        for data in ["", r#","data":null"#, r#","data":[]"#, r#","data":7"#, r#","data":{}"#] {
            let body = format!(r#"{{"successful":true,"status":200{data}}}"#);
            let same = body.clone();
            let (result, count) = read_from(kind, move || json(200, &body)).await;
            assert_eq!((result.unwrap_err().kind, count), (ReadErrorKind::BadAnswer, 1), "{kind:?} {data}");
            assert!(is_unknown(&order_to(kind, move || json(200, &same)).await), "{kind:?} {data}");
        }
    }
}

#[tokio::test]
async fn h10_a_document_that_is_not_whole_single_json_is_refused_with_its_place() {
    for kind in BOTH {
        let good = envelope(kind);
        let half = &good[..good.len() / 2];
        for (body, words) in [
            (half.to_owned(), "EOF"),
            (format!("{good}{good}"), "trailing"),
            (format!("{good} x"), "trailing"),
            (format!("\u{feff}{good}"), "byte order mark"),
            (good.replace("200", "NaN"), "byte "),
            (good.replacen('{', "{/* note */", 1), "byte "),
            (good.replacen(r#""successful":true"#, r#""successful":true,"successful":true"#, 1), "duplicate"),
            (String::new(), "empty"),
        ] {
            let same = body.clone();
            let (result, _) = read_from(kind, move || json(200, &body)).await;
            let e = result.unwrap_err();
            assert_eq!(e.kind, ReadErrorKind::BadAnswer, "{kind:?} {words}");
            assert!(e.why.raw().contains(words), "{kind:?} {words}: {}", e.why);
            assert!(is_unknown(&order_to(kind, move || json(200, &same)).await), "{kind:?} {words}");
        }
    }
}

#[tokio::test]
async fn h11_bytes_that_are_no_utf_8_are_refused_whole_or_shown_as_such() {
    for kind in BOTH {
        let good = envelope(kind);
        let name: &[u8] = b"Stop OB";
        let at = good.as_bytes().windows(name.len()).position(|w| w == name).unwrap();
        // Half of a letter, GBK for a Chinese word, an overlong slash, a lone surrogate.
        let bad: [&[u8]; 4] = [b"\xe9", b"\xbc\xaf\xc8\xba", b"\xc0\xaf", b"\xed\xa0\x80"];
        for bytes in bad {
            let mut body = good.as_bytes()[..at].to_vec();
            body.extend_from_slice(bytes);
            body.extend_from_slice(&good.as_bytes()[at..]);
            let e = read_from(kind, move || raw(&body)).await.0.unwrap_err();
            assert_eq!(e.kind, ReadErrorKind::BadAnswer, "{kind:?} {bytes:?}");
        }
        let wide: Vec<u8> = good.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let marked: Vec<u8> = [0xff, 0xfe].into_iter().chain(wide.clone()).collect();
        for body in [wide, marked] {
            let e = read_from(kind, move || raw(&body)).await.0.unwrap_err();
            assert_eq!(e.kind, ReadErrorKind::BadAnswer, "{kind:?}");
        }
    }
}

fn raw(body: &[u8]) -> Act {
    let head =
        format!("HTTP/1.1 200 X\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n", body.len());
    Act::Say([head.as_bytes(), body].concat())
}

#[tokio::test]
async fn h12_unknown_fields_are_ignored_unknown_words_kept_and_case_does_not_matter() {
    for kind in BOTH {
        let (state, status, operation) = match kind {
            PlaneKind::Ocp => ("status", r#""status":"RUNNING","#, r#""operation":"EXECUTE""#),
            PlaneKind::Obshell => ("state", r#""state":"READY","#, r#""operator":"RUN""#),
        };
        let with = format!(r#"{status}"fresh":{{"a":[1,{{}}]}},"#);
        let same = changed(kind, status, "").await;
        assert!(
            same.is_err() || same.unwrap().value.head.status.is != Status::Failed,
            "{kind:?}: a needed word"
        );
        let task = changed(kind, status, &with).await.unwrap().value;
        assert!(task.graph.defects.is_empty(), "{kind:?}");
        let odd = format!(r#""{state}":"HIBERNATING","#);
        let task = changed(kind, status, &odd).await.unwrap().value;
        assert_eq!(task.head.status.word.raw(), "HIBERNATING");
        assert_eq!((task.phase(), task.head.is_unfinished()), (Phase::Unknown, true), "{kind:?}");
        let small = format!(r#""{state}":"failed","#);
        let task = changed(kind, status, &small).await.unwrap().value;
        assert_eq!(task.head.status.is, Status::Failed, "{kind:?}");
        let odd = operation.replace("EXECUTE", "TELEPORT").replace("RUN", "TELEPORT");
        let task = changed(kind, operation, &odd).await.unwrap().value;
        assert!(matches!(task.head.operation.is, Operation::Unknown), "{kind:?} {:?}", task.head.operation);
    }
}

#[tokio::test]
async fn h13_an_id_is_an_integer_or_digits_and_all_else_names_its_field() {
    for (kind, id, bare) in [
        (PlaneKind::Ocp, r#""id":89026504"#, "89026504"),
        (PlaneKind::Obshell, r#""id":"221307064330288636""#, "221307064330288636"),
    ] {
        for good in [format!(r#""id":{bare}"#), format!(r#""id":"{bare}""#)] {
            let task = changed(kind, id, &good).await.unwrap().value;
            assert_eq!(task.head.at.id.raw(), bare, "{kind:?} {good}");
        }
        for bad in ["1.5", "1e3", "true", "\"x1\"", "\"\"", "null", "[]", "\" 1\""] {
            let e = changed(kind, id, &format!(r#""id":{bad}"#)).await.unwrap_err();
            assert_eq!(e.kind, ReadErrorKind::BadAnswer, "{kind:?} {bad}");
            assert!(e.why.raw().contains("data.id"), "{kind:?} {bad}: {}", e.why);
        }
    }
}

#[tokio::test]
async fn h14_ids_are_exact_whatever_their_size() {
    for (kind, id) in
        [(PlaneKind::Ocp, r#""id":89026504"#), (PlaneKind::Obshell, r#""id":"221307064330288636""#)]
    {
        for exact in [
            "0",
            "-1",
            "9007199254740993",
            "9223372036854775807",
            "18446744073709551616",
            "3000000000000000000000000000000000000001028861234567",
        ] {
            let task = changed(kind, id, &format!(r#""id":{exact}"#)).await.unwrap().value;
            assert_eq!(task.head.at.id.raw(), exact, "{kind:?}");
        }
        let e = changed(kind, id, &format!(r#""id":{}"#, "9".repeat(2000))).await.unwrap_err();
        assert_eq!(e.kind, ReadErrorKind::BadAnswer, "{kind:?}");
    }
}

#[tokio::test]
async fn h15_a_timeout_that_is_none_is_none_and_a_huge_one_does_not_overflow() {
    let (kind, told) = (PlaneKind::Ocp, r#""timeout":1800"#);
    for (word, limit) in
        [("0", None), ("-5", None), ("null", None), ("1000000000000", Some(1_000_000_000_000))]
    {
        let task = changed(kind, told, &format!(r#""timeout":{word}"#)).await.unwrap().value;
        let step = task.subtasks().find(|s| s.id.raw() == "12").unwrap();
        assert_eq!(step.timeout, limit.map(Span::from_secs), "{word}");
        assert!(step.left(now()).is_none_or(|left| left > Span::ZERO));
    }
    // Agents tell none; a member of that name from a later version is no promise of its unit.
    let kind = PlaneKind::Obshell;
    for word in ["-5", "1000000000000"] {
        let with = format!(r#""execute_times":1,"timeout":{word}"#);
        let task = changed(kind, r#""execute_times":1"#, &with).await.unwrap().value;
        assert_eq!(task.subtasks().next().unwrap().timeout, None);
    }
}

#[tokio::test]
async fn h16_times_are_exact_with_a_zone_none_for_gos_zero_and_defects_where_they_do_not_read() {
    for (kind, told) in [
        (PlaneKind::Ocp, r#""startTime":"2026-11-21T09:59:58+08:00""#),
        (PlaneKind::Obshell, r#""start_time":"2026-11-21T02:58:52.571690561Z""#),
    ] {
        let key = told.split(':').next().unwrap();
        for (word, is) in [
            ("2026-11-21T09:59:58+08:00", Some("2026-11-21T01:59:58.000Z")),
            ("2026-11-21T01:59:58.123456789Z", Some("2026-11-21T01:59:58.123Z")),
            ("0001-01-01T00:00:00Z", None),
            ("", None),
        ] {
            let task = changed(kind, told, &format!(r#"{key}:"{word}""#)).await.unwrap().value;
            assert_eq!(task.head.started.map(Timestamp::rfc3339).as_deref(), is, "{kind:?} {word}");
            assert!(task.graph.defects.is_empty(), "{kind:?} {word} {:?}", task.graph.defects);
        }
        for word in [r#""2026-02-30T00:00:00Z""#, r#""yesterday""#, "1700000000"] {
            let task = changed(kind, told, &format!("{key}:{word}")).await.unwrap().value;
            assert_eq!(task.head.started, None, "{kind:?} {word}");
            let defects = &task.graph.defects;
            assert!(matches!(&defects[..], [Defect::BadField { .. }]), "{kind:?} {word} {defects:?}");
        }
        // Without a zone: the server's, where its envelope tells one, and marked either way.
        let task = changed(kind, told, &format!(r#"{key}:"2026-11-21T09:59:58""#)).await.unwrap().value;
        assert_eq!(task.graph.defects.len(), 1, "{kind:?}");
    }
}

#[tokio::test]
async fn h17_elapsed_times_go_by_the_servers_clock_alone() {
    for (kind, member) in [(PlaneKind::Ocp, "startTime"), (PlaneKind::Obshell, "start_time")] {
        // The server is a day ahead of us; it began two minutes before its answer.
        let (begun, said) = ("2026-11-22T02:00:00Z", "2026-11-22T02:02:00Z");
        let body = whole(kind)
            .replace(r#""successful":true"#, &format!(r#""successful":true,"timestamp":"{said}""#))
            .replace(
                "PENDING\",\"operation\":\"EXECUTE\",",
                &format!("RUNNING\",\"operation\":\"EXECUTE\",\"{member}\":\"{begun}\","),
            )
            .replace("2026-11-21T02:00:00Z", begun);
        let fetched = read_from(kind, move || json(200, &body)).await.0.unwrap();
        let server_now = fetched.server_time.unwrap();
        assert_eq!(server_now.rfc3339(), "2026-11-22T02:02:00.000Z");
        let elapsed = fetched.value.subtasks().find_map(|s| s.elapsed(server_now));
        assert_eq!(elapsed, Some(Span::from_secs(120)), "{kind:?}");
    }
}
