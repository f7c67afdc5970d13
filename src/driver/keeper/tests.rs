//! Names of orders, numbers of lines, and whose an open order is.

use super::*;
use crate::domain::action::{Action, TaskVerb};
use crate::domain::id::{ProfileName, TaskId, TaskRef};
use crate::domain::outcome::Outcome;
use crate::domain::samples;
use crate::domain::timeline::{Ended, Intent, Subject};

fn keeper() -> Keeper {
    Keeper::in_memory(Arc::new(|| Timestamp::from_millis(1_795_000_000_000)))
}

#[test]
fn orders_of_one_millisecond_have_names_of_their_own() {
    let keeper = keeper();
    let names = [keeper.order(), keeper.order(), keeper.clone().order()];
    assert_eq!(names.map(|n| n.raw().to_owned()), [1, 2, 3].map(|n| format!("1795000000000-1-{n}")));
}

#[tokio::test]
async fn lines_are_numbered_from_one_and_come_back_in_their_order() {
    let keeper = keeper();
    for order in ["a", "b"] {
        keeper.jot(intent(order)).await.unwrap();
    }
    let kept = keeper.history().await.unwrap();
    assert_eq!(kept.iter().map(|r| r.seq).collect::<Vec<_>>(), [1, 2]);
    assert_eq!(kept[1].what.order(), Some(&OrderId::new("b")));
}

/// An order to a task.
fn retry(task: &str) -> Subject {
    let task = TaskRef { profile: ProfileName::new("prod"), id: TaskId::new(task) };
    Subject::of(&Action::Task { verb: TaskVerb::Retry, task })
}

/// Of an order to task 5.
fn intent(order: &str) -> What {
    let sent = samples::intent(order, Timestamp::from_millis(0));
    What::Intent(Box::new(Intent { subject: retry("5"), ..sent }))
}

fn ended(order: &str) -> What {
    let outcome = Outcome::NotSent { why: Text::new("") };
    What::Ended(Box::new(Ended::of(OrderId::new(order), &outcome)))
}

fn record(pid: u32, what: What) -> Record {
    Record { pid, ..samples::record(1, Timestamp::from_millis(0), what) }
}

#[test]
fn t14_an_order_belongs_to_the_process_that_wrote_its_intent() {
    // The end of ours stands before, and so does an intent of theirs: neither is the intent that counts.
    let records = [record(7, ended("ours")), record(7, intent("theirs")), record(8, intent("ours"))];
    let of = |order: &str, others: &[u32]| is_of_others(&records, &OrderId::new(order), others);
    assert!(of("theirs", &[7]) && !of("theirs", &[8]) && !of("theirs", &[]));
    assert!(of("ours", &[8]) && !of("ours", &[7]));
    assert!(!of("nobody's", &[7, 8]));
}

#[test]
fn a09_an_order_to_the_same_target_is_told_while_its_process_lives_and_its_answer_is_awaited() {
    let told = |records: &[Record], task: &str, others: &[u32]| {
        on_their_way(records, &retry(task), others).into_iter().map(|(pid, _)| pid).collect::<Vec<_>>()
    };
    let open = [record(7, intent("a")), record(8, intent("b")), record(8, ended("b"))];
    assert_eq!(told(&open, "5", &[7, 8]), [7], "that of 8 has its answer");
    assert!(told(&open, "5", &[8, 9]).is_empty(), "7 does not live any more");
    assert!(told(&open, "6", &[7, 8]).is_empty(), "another target");
    // The end of another order is not its end.
    assert_eq!(told(&[record(7, intent("a")), record(7, ended("b"))], "5", &[7]), [7]);
}
