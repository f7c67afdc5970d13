//! The guard in the words of the trade.

use super::*;
use crate::domain::action::{Action, Scope, TaskVerb, Verb};
use crate::domain::capability::PlaneKind;
use crate::domain::id::{ProfileName, TaskId, TaskRef};
use crate::domain::impact::tests::{act, cluster, one_server, running_task, seen, zone};
use crate::domain::impact::{Impact, Inputs, assess};

fn now() -> Timestamp {
    Timestamp::from_millis(1_795_000_000_000)
}

/// The verdict on an action with nothing else going on.
fn verdict(action: &Action, zones: &[&str]) -> Verdict {
    judge(action, &seen(action, &cluster(zones), &[]), &Rules::default())
}

/// The impact has no part in whether an answer is enough; it is only kept.
fn nothing() -> Impact {
    Impact { findings: Vec::new() }
}

fn yes(typed: &str) -> Answer {
    Answer { yes: true, typed: Some(typed.to_owned()), ..Answer::default() }
}

/// Yes, name, reason and override: everything a person can say.
fn everything(typed: &str) -> Answer {
    Answer { reason: Some("CHG-1".to_owned()), overriding: Some("known".to_owned()), ..yes(typed) }
}

fn refusal(action: &Action, verdict: &Verdict, answer: &Answer) -> Refusal {
    approve(action.clone(), &nothing(), verdict, answer, now()).unwrap_err()
}

#[test]
fn one_of_three_zones_asks_for_the_typed_name_and_for_no_reason() {
    let stop = act(Verb::Stop, zone("zone3"));
    let v = verdict(&stop, &["u", "u", "u"]);
    assert_eq!(v, Verdict::Ask(Question { typed: Some("protoss/zone3".to_owned()), reason: false }));
    let order = approve(stop.clone(), &nothing(), &v, &yes("protoss/zone3"), now()).unwrap();
    assert_eq!((order.action(), order.at(), order.overriding()), (&stop, now(), None));
}

#[test]
fn a_yes_alone_does_not_stop_a_zone() {
    let stop = act(Verb::Stop, zone("zone3"));
    let v = verdict(&stop, &["u", "u", "u"]);
    let bare = Answer { yes: true, ..Answer::default() };
    assert_eq!(refusal(&stop, &v, &bare), Refusal::NameMissing("protoss/zone3".to_owned()));
}

#[test]
fn the_right_name_without_a_yes_does_not_stop_a_zone() {
    let stop = act(Verb::Stop, zone("zone3"));
    let v = verdict(&stop, &["u", "u", "u"]);
    let answer = Answer { yes: false, ..everything("protoss/zone3") };
    assert_eq!(refusal(&stop, &v, &answer), Refusal::NotConfirmed);
}

#[test]
fn a_wrong_name_tells_which_letter_differs() {
    let stop = act(Verb::Stop, zone("zone3"));
    let v = verdict(&stop, &["u", "u", "u"]);
    let wrong = |typed: &str| match refusal(&stop, &v, &everything(typed)) {
        Refusal::NameWrong { at, .. } => at,
        other => panic!("{other:?}"),
    };
    assert_eq!(wrong("protoss/zone2"), 12);
    assert_eq!(wrong("Protoss/zone3"), 0);
    assert_eq!(wrong("protoss/zone"), 12);
    assert_eq!(wrong("protoss/zone3 "), 13);
}

#[test]
fn x11_a_look_alike_letter_is_another_name() {
    let stop = act(Verb::Stop, zone("zone3"));
    let v = verdict(&stop, &["u", "u", "u"]);
    let typed = "protoss/zon\u{435}3";
    assert!(matches!(refusal(&stop, &v, &yes(typed)), Refusal::NameWrong { at: 11, .. }));
}

#[test]
fn a_two_zone_cluster_refuses_with_a_way_round() {
    let stop = act(Verb::Stop, zone("zone2"));
    let v = verdict(&stop, &["u", "u"]);
    let Verdict::Refuse { blockers, way_round } = &v else { panic!("{v:?}") };
    assert!(blockers.contains(&Blocker::MajorityLost));
    assert_eq!(way_round.as_ref(), Some(&Question { typed: Some("protoss/zone2".to_owned()), reason: true }));
    assert!(matches!(refusal(&stop, &v, &yes("protoss/zone2")), Refusal::Blocked(_)));
    let order = approve(stop, &nothing(), &v, &everything("protoss/zone2"), now()).unwrap();
    assert_eq!((order.reason(), order.overriding()), (Some("CHG-1"), Some("known")));
}

#[test]
fn an_override_replaces_neither_the_yes_nor_the_name() {
    let stop = act(Verb::Stop, zone("zone2"));
    let v = verdict(&stop, &["u", "u"]);
    let no_yes = Answer { yes: false, ..everything("protoss/zone2") };
    assert_eq!(refusal(&stop, &v, &no_yes), Refusal::NotConfirmed);
    let no_name = Answer { typed: None, ..everything("") };
    assert!(matches!(refusal(&stop, &v, &no_name), Refusal::NameMissing(_)));
    let wrong = everything("protoss/zone1");
    assert!(matches!(refusal(&stop, &v, &wrong), Refusal::NameWrong { .. }));
}

#[test]
fn an_override_of_nothing_but_spaces_is_none() {
    let stop = act(Verb::Stop, zone("zone2"));
    let v = verdict(&stop, &["u", "u"]);
    let blank = Answer { overriding: Some("  ".to_owned()), ..everything("protoss/zone2") };
    assert!(matches!(refusal(&stop, &v, &blank), Refusal::Blocked(_)));
}

#[test]
fn the_reason_for_overriding_serves_as_the_reason() {
    let stop = act(Verb::Stop, zone("zone2"));
    let v = verdict(&stop, &["u", "u"]);
    let answer = Answer { reason: None, ..everything("protoss/zone2") };
    assert_eq!(approve(stop, &nothing(), &v, &answer, now()).unwrap().reason(), Some("known"));
}

#[test]
fn an_override_that_was_not_needed_is_no_error_and_not_kept() {
    let stop = act(Verb::Stop, zone("zone3"));
    let v = verdict(&stop, &["u", "u", "u"]);
    let order = approve(stop, &nothing(), &v, &everything("protoss/zone3"), now()).unwrap();
    assert_eq!(order.overriding(), None);
}

#[test]
fn the_whole_cluster_is_refused_and_takes_its_own_name() {
    let stop = act(Verb::Stop, Scope::Cluster);
    let v = verdict(&stop, &["u", "u", "u"]);
    let Verdict::Refuse { blockers, way_round } = &v else { panic!("{v:?}") };
    assert_eq!(*blockers, [Blocker::WholeCluster]);
    assert_eq!(way_round.as_ref().and_then(|q| q.typed.as_deref()), Some("protoss"));
    assert!(approve(stop, &nothing(), &v, &everything("protoss"), now()).is_ok());
}

#[test]
fn a_second_stop_is_refused_while_another_task_holds_the_cluster() {
    let c = cluster(&["u", "u", "u"]);
    for verb in [Verb::Stop, Verb::Start, Verb::Restart] {
        let action = act(verb, zone("zone1"));
        let v = judge(&action, &seen(&action, &c, &[running_task("RUNNING")]), &Rules::default());
        let Verdict::Refuse { blockers, way_round: Some(_) } = &v else { panic!("{v:?}") };
        assert!(matches!(blockers.as_slice(), [Blocker::HeldBy(t)] if t.at.id.raw() == "89026504"));
    }
}

#[test]
fn a_zone_stop_is_refused_while_another_zone_is_not_whole() {
    let stop = act(Verb::Stop, zone("zone3"));
    let Verdict::Refuse { blockers, .. } = verdict(&stop, &["ud", "uu", "uu"]) else { panic!() };
    assert!(matches!(blockers.as_slice(), [Blocker::OtherZones(z)] if z[0].raw() == "zone1"));
    // Bringing back what is down must not be held up by its being down.
    let start = act(Verb::Start, zone("zone1"));
    assert!(matches!(verdict(&start, &["sd", "uu", "uu"]), Verdict::Ask(_)));
}

#[test]
fn a13_a_read_only_profile_has_no_way_round() {
    let rules = Rules { read_only: true, ..Rules::default() };
    let nothing = Impact { findings: Vec::new() };
    let at = TaskRef { profile: ProfileName::new("prod"), id: TaskId::new("1") };
    for action in [
        act(Verb::Stop, zone("zone1")),
        act(Verb::Start, Scope::Cluster),
        Action::Task { task: at, verb: TaskVerb::Retry },
    ] {
        let v = judge(&action, &nothing, &rules);
        assert_eq!(v, Verdict::Refuse { blockers: vec![Blocker::ReadOnly], way_round: None });
        assert!(matches!(refusal(&action, &v, &everything("protoss/zone1")), Refusal::Blocked(_)));
    }
}

#[test]
fn a12_unread_data_is_refused_and_named() {
    let stop = act(Verb::Stop, zone("zone1"));
    let unread =
        assess(&stop, &Inputs { kind: PlaneKind::Ocp, cluster: Err("timed out".into()), tasks: Ok(&[]) });
    let Verdict::Refuse { blockers, way_round: Some(_) } = judge(&stop, &unread, &Rules::default()) else {
        panic!()
    };
    assert_eq!(blockers, [Blocker::Unread("timed out".into())]);
}

#[test]
fn a_start_takes_one_key_and_a_typed_name_only_where_danger_is_high() {
    let start = act(Verb::Start, zone("zone1"));
    let c = cluster(&["s", "u", "u"]);
    let i = seen(&start, &c, &[]);
    assert_eq!(judge(&start, &i, &Rules::default()), Verdict::Ask(Question::default()));
    let high = Rules { danger: Danger::High, read_only: false };
    let Verdict::Ask(q) = judge(&start, &i, &high) else { panic!() };
    assert_eq!(q.typed.as_deref(), Some("protoss/zone1"));
}

#[test]
fn a_wrong_name_refuses_even_where_none_was_asked_for() {
    let start = act(Verb::Start, zone("zone1"));
    let v = verdict(&start, &["s", "u", "u"]);
    assert!(matches!(refusal(&start, &v, &yes("protoss/zone2")), Refusal::NameWrong { .. }));
    assert!(approve(start, &nothing(), &v, &yes("protoss/zone1"), now()).is_ok());
}

#[test]
fn a_forced_stop_of_a_server_requires_a_reason() {
    let c = cluster(&["uu", "uu", "uu"]);
    let Action::Cluster(mut a) = act(Verb::Stop, one_server(&c, 1, 1)) else { panic!() };
    a.force.force = true;
    let stop = Action::Cluster(a);
    let v = judge(&stop, &seen(&stop, &c, &[]), &Rules::default());
    assert_eq!(refusal(&stop, &v, &yes("protoss/10.0.2.2:2882")), Refusal::ReasonMissing);
    let why = Answer { reason: Some("disk".to_owned()), ..yes("protoss/10.0.2.2:2882") };
    assert_eq!(approve(stop, &nothing(), &v, &why, now()).unwrap().reason(), Some("disk"));
}

mod properties {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Reliability 5: never `Ask` when a majority is lost.
        #[test]
        fn a_lost_majority_is_never_a_mere_question(
            zones in proptest::collection::vec("[usd]{1,3}", 1..6),
            target in 0_usize..6,
        ) {
            let shapes: Vec<&str> = zones.iter().map(String::as_str).collect();
            let c = cluster(&shapes);
            let target = target % c.zones.len();
            let stop = act(Verb::Stop, zone(c.zones[target].name.raw()));
            let serves = |z: &crate::domain::topology::Zone| z.up_count() > 0;
            let after = c.zones.iter().enumerate().filter(|(ix, z)| *ix != target && serves(z)).count();
            let lost = serves(&c.zones[target]) && 2 * after <= c.zones.len();
            let v = judge(&stop, &seen(&stop, &c, &[]), &Rules::default());
            if lost {
                prop_assert!(matches!(v, Verdict::Refuse { .. }), "{:?}", v);
            }
        }
        /// No answer without a yes approves anything.
        #[test]
        fn nothing_is_approved_without_a_yes(typed in "[a-z/0-9]{0,16}", reason in "[a-z ]{0,4}") {
            let stop = act(Verb::Stop, zone("zone1"));
            let answer = Answer {
                yes: false, typed: Some(typed), reason: Some(reason.clone()), overriding: Some(reason),
            };
            for zones in [["u", "u", "u"].as_slice(), &["u", "u"]] {
                prop_assert!(approve(stop.clone(), &nothing(), &verdict(&stop, zones), &answer, now()).is_err());
            }
        }
    }
}
