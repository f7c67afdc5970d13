//! Each row of operator-guide 5.4, by the words that real servers and the stand-ins send.

use super::*;
use crate::domain::samples;
use crate::domain::time::Span;

fn refused(kind: ReadErrorKind, code: &str, message: &str) -> Refused {
    Refused { kind, http: 409, code: code.into(), message: message.into(), trace: None }
}

fn subtask(word: &str, took: i64) -> Subtask {
    let from = Timestamp::from_millis(1_000_000_000_000);
    Subtask {
        timeout: Some(Span::from_secs(1200)),
        timeout_told: Some(1200),
        started: Some(from),
        finished: Some(from.plus(Span::from_secs(took))),
        ..samples::subtask("1", "Stop observer process", word)
    }
}

#[test]
fn every_row_of_the_guide_is_found_by_its_words() {
    for (words, card) in [
        (
            "error code [-4660]; stop server or zone in multiple zones not allowed",
            Some(Card::StoppedElsewhere),
        ),
        ("OB_STOP_SERVER_IN_MULTIZONE, errno=-4660", Some(Card::StoppedElsewhere)),
        (
            "SQL state [HY000]; error code [4179]; Tenant trade has no enough valid paxos member after the stop, \
             operation not allowed",
            Some(Card::ReplicaMissing),
        ),
        (
            "error code [4179]; Tenant(1004) LS(1) log not sync, stop server not allowed",
            Some(Card::LogNotInSync),
        ),
        (
            "error code [4179]; Tenant(1004) LS(1) has no leader, stop server not allowed",
            Some(Card::NoLeader),
        ),
        ("error code [4179]; tenant locality is changing, stop not allowed", Some(Card::LocalityChanging)),
        ("ob is under maintenance by DAG [12:Stop OB]", Some(Card::UnderMaintenance)),
        ("Cannot stop all observers without 'force' and 'terminate'", Some(Card::KillRequired)),
        ("The current observer is not available, please stop with 'force'", Some(Card::NoDatabase)),
        ("error code [4179]", Some(Card::ReplicaMissing)),
        ("the task 89041790 is there, 14660 rows", None),
        ("", None),
    ] {
        assert_eq!(of_words(words), card, "{words}");
        assert_eq!(of_words(&words.to_uppercase()), card, "{words}");
    }
}

#[test]
fn the_agents_word_on_targets_of_several_zones_is_no_stopped_zone() {
    assert_eq!(of_words("Cannot stop server or stop zone in multiple zones"), None);
    assert_eq!(
        of_words("Error 4660: Cannot stop server or stop zone in multiple zones"),
        Some(Card::StoppedElsewhere)
    );
}

#[test]
fn a_refusal_has_the_card_of_its_code_or_words_and_a_bad_login_has_none() {
    let of = |kind, code, words| of_refusal(&refused(kind, code, words));
    assert_eq!(of(ReadErrorKind::Server, "-4660", ""), Some(Card::StoppedElsewhere));
    assert_eq!(
        of(ReadErrorKind::Conflict, "", "under maintenance by DAG [1:x]"),
        Some(Card::UnderMaintenance)
    );
    assert_eq!(of(ReadErrorKind::Conflict, "11020", "The cluster is stopped."), None);
    assert_eq!(of(ReadErrorKind::Unauthenticated, "", "has no leader"), None);
}

#[test]
fn a_failed_step_has_the_card_of_its_log_before_that_of_its_time() {
    let now = Timestamp::from_millis(1_000_009_000_000);
    let log = ["begin", "error code [4179]; Tenant x has no enough valid paxos member", "failed"];
    assert_eq!(of_subtask(&subtask("FAILED", 1200), log, now), Some(Card::ReplicaMissing));
    assert_eq!(of_subtask(&subtask("FAILED", 1200), [], now), Some(Card::StepTimedOut));
    assert_eq!(of_subtask(&subtask("FAILED", 3), ["TSK10012 ran out"], now), Some(Card::StepTimedOut));
    assert_eq!(of_subtask(&subtask("FAILED", 3), ["disk full"], now), None);
    assert_eq!(of_subtask(&subtask("SUCCESSFUL", 1200), log, now), None);
    let mut again = subtask("FAILED", 1200);
    again.runs = 2;
    assert_eq!(of_subtask(&again, [], now), None, "times of a later run count from the first start");
}

#[test]
fn a_step_over_its_limit_that_still_runs_has_a_card_too() {
    let from = Timestamp::from_millis(1_000_000_000_000);
    let of = |secs| of_subtask(&subtask("RUNNING", 0), [], from.plus(Span::from_secs(secs)));
    assert_eq!(of(1199), None);
    assert_eq!(of(1201), Some(Card::StepTimedOut));
}

#[test]
fn every_card_has_a_file_and_the_guides_sql_can_be_copied() {
    for card in Card::ALL {
        let text = card.markdown();
        assert!(text.starts_with("# "), "{card:?}");
        assert!(text.contains("\n1. ") && text.contains("\n2. "), "{card:?}");
        assert!(text.is_ascii(), "{card:?}: it must read on every terminal");
    }
    let with_sql: Vec<Card> = Card::ALL.into_iter().filter(|c| c.sql().is_some()).collect();
    assert!(with_sql.contains(&Card::ReplicaMissing) && with_sql.contains(&Card::OfflineClock));
    for card in with_sql {
        let sql = card.sql().unwrap_or_default();
        assert!(sql.lines().all(|l| l.ends_with(';')), "{card:?}");
    }
}
