//! What the guard writes into the journal, and the answers that are enough where little is asked.

use super::*;
use crate::domain::impact::{Input, Missing};

#[test]
fn every_refusal_has_a_word_of_its_own_in_the_journal() {
    let tenant = || Text::new("trade");
    let causes = vec![
        Cause::Unchecked,
        Cause::Unread(Input::Tenants, Missing::Failed("403".into())),
        Cause::Unsure(tenant()),
        Cause::MayStop(tenant()),
        Cause::Pauses(tenant()),
    ];
    let said = ["unchecked", "tenants-unread", "unsure trade", "may-stop trade", "pauses trade"];
    assert_eq!(causes.iter().map(Cause::code).collect::<Vec<_>>(), said);
    let reason = Refusal::ReasonMissing(causes).codes();
    assert_eq!(reason[0], "reason-missing");
    assert_eq!(reason[1..], said);
    assert_eq!(Refusal::NotConfirmed.codes(), ["not-confirmed"]);
    assert_eq!(Refusal::NameMissing("protoss/zone1".to_owned()).codes(), ["name-missing"]);
    assert_eq!(Refusal::NameWrong { want: "a".to_owned(), at: 0 }.codes(), ["name-wrong"]);
    let blocked = Refusal::Blocked(vec![Blocker::ReadOnly, Blocker::MajorityLost(vec![tenant()])]);
    assert_eq!(blocked.codes(), [Blocker::ReadOnly.code(), Blocker::MajorityLost(vec![tenant()]).code()]);
}

#[test]
fn where_no_name_is_asked_for_a_yes_is_enough() {
    let start = act(Verb::Start, zone("zone1"));
    let v = verdict(&start, &["s", "u", "u"]);
    assert_eq!(v, Verdict::Ask(Question::default()));
    let bare = Answer { yes: true, ..Answer::default() };
    let order = approve(start.clone(), &nothing(), &v, &bare, now()).unwrap();
    assert_eq!(order.action(), &start);
    // A name that was given all the same was meant to protect.
    assert!(matches!(refusal(&start, &v, &yes("protoss/zone2")), Refusal::NameWrong { at: 12, .. }));
    assert!(approve(start, &nothing(), &v, &yes("protoss/zone1"), now()).is_ok());
}
