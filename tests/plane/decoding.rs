//! Decoding never panics, whatever the bytes.

use obdeck::plane::{DecodedFile, decode_file};
use proptest::prelude::*;

use super::server::TASK;

fn envelope() -> String {
    format!(
        r#"{{"data":{TASK},"duration":3,"status":200,"successful":true,"timestamp":"2026-11-21T10:00:00.5+08:00","traceId":"ab"}}"#
    )
}

const DAG: &str = r#"{"successful":true,"data":{"id":"1","dag_id":1,"name":"Stop OB","stage":1,"max_stage":1,
    "state":"RUNNING","operator":"RUN","start_time":"2026-11-21T02:57:23Z","end_time":"1970-01-01T00:00:00Z","nodes":[
    {"id":"11","name":"Pre","state":"RUNNING","operator":"RUN","sub_tasks":[{"id":"11","name":"Pre","state":"SUCCEED",
     "execute_times":1,"execute_agent":{"ip":"10.0.0.1","port":2886}}]}]}}"#;

/// What a hostile or broken server may put in the place of some bytes.
const PIECES: &[&str] = &[
    "null",
    "1e999",
    "-0",
    "18446744073709551616",
    "\"\"",
    "[]",
    "{}",
    "\u{202e}",
    "\\u0000",
    "\\ud800",
    "\"",
    "[",
    "{",
    ",",
    "\"id\":",
    "true",
    "0001-01-01T00:00:00Z",
    "2021-02-30T00:00:00Z",
    "\u{0}",
    "-9223372036854775809",
];

proptest! {
    #[test]
    fn decoding_mutated_answers_never_panics(
        which in 0..2_usize,
        edits in prop::collection::vec((0.0..1.0_f64, 0..12_usize, 0..PIECES.len()), 1..6),
    ) {
        let mut bytes = if which == 0 { envelope().into_bytes() } else { DAG.as_bytes().to_vec() };
        for (at, remove, piece) in edits {
            let at = ((bytes.len() as f64) * at) as usize;
            let end = (at + remove).min(bytes.len());
            bytes.splice(at..end, PIECES[piece].bytes());
        }
        if let Ok(DecodedFile::Task { task, .. }) = decode_file(&bytes) {
            for node in &task.graph.nodes {
                let _ = node.phase();
            }
        }
    }

    #[test]
    fn decoding_any_bytes_never_panics(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = decode_file(&bytes);
    }

    #[test]
    fn a_document_cut_anywhere_is_an_error_with_a_place(at in 0.0..1.0_f64) {
        let whole = envelope();
        let cut = ((whole.len() as f64) * at) as usize;
        prop_assume!(cut < whole.len());
        prop_assert!(decode_file(&whole.as_bytes()[..cut]).is_err());
    }
}

#[test]
fn h16_times_that_do_not_read_are_kept_as_defects() {
    use obdeck::domain::task::Defect;
    let text = envelope().replace("2026-11-21T09:59:58+08:00", "2026-11-21T09:59:58");
    let Ok(DecodedFile::Task { task, .. }) = decode_file(text.as_bytes()) else { panic!() };
    assert_eq!(task.head.started.unwrap().rfc3339(), "2026-11-21T01:59:58.000Z", "the server's zone");
    assert!(matches!(&task.graph.defects[..], [Defect::BadField { path, .. }] if path.raw() == "startTime"));
    for (word, defects) in
        [("2026-02-30T00:00:00Z", 1), ("1700000000", 1), ("", 0), ("0001-01-01T00:00:00Z", 0)]
    {
        let text = envelope().replace("2026-11-21T09:59:58+08:00", word);
        let Ok(DecodedFile::Task { task, .. }) = decode_file(text.as_bytes()) else { panic!() };
        assert_eq!((task.head.started, task.graph.defects.len()), (None, defects), "{word}");
    }
}

#[test]
fn h15_a_timeout_that_is_none_is_none_and_a_huge_one_does_not_overflow() {
    for (word, told) in
        [("0", None), ("-5", None), ("1000000000000", Some(1_000_000_000_000_000_i64)), ("null", None)]
    {
        let text = envelope().replace("\"timeout\":1800", &format!("\"timeout\":{word}"));
        let Ok(DecodedFile::Task { task, .. }) = decode_file(text.as_bytes()) else { panic!() };
        let timeout = task.subtasks().next().unwrap().timeout;
        assert_eq!(timeout.map(obdeck::domain::time::Span::millis), told, "{word}");
    }
}
