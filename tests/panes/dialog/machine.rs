//! The dialog as a state machine: what leads to an order, and what never does.

use obdeck::app::effect::{Query, Reply, Ticket};
use obdeck::app::facts::{Go, Notice};
use obdeck::app::key::{Key, KeyCode};
use obdeck::app::overlays::DialogStep;
use obdeck::app::overlays::dialog::situation::{Lock, Moved, Typed};
use obdeck::app::overlays::dialog::{Dialog, Focus, Hint};
use obdeck::domain::action::{Action, Scope, Verb};
use obdeck::domain::capability::WhyNot;
use obdeck::domain::guard::{Approved, Danger};
use obdeck::domain::id::TraceId;
use obdeck::domain::outcome::{Outcome, ReadErrorKind, Refused};
use obdeck::domain::shown::Text;
use obdeck::domain::time::Span;
use proptest::prelude::*;

use super::world::{
    Play, S, World, at, cluster, lookup, one_server, profile, refused_409, task, whole, zone,
};

/// A zone stop that was answered well and is being sent.
pub(super) fn sending() -> Play {
    let (play, _) = confirmed();
    play
}

fn confirmed() -> (Play, Approved) {
    let mut play = Play::ready(World::three(), Verb::Stop, zone("zone2"));
    play.type_text("protoss/zone2");
    play.tab();
    let DialogStep::Submit(order) = play.yes_to() else { panic!("not sent: {:?}", play.dialog) };
    play.sent();
    (play, order)
}

fn lock(play: &Play) -> Option<Lock> {
    let cx = play.world.facts();
    let situation = play.dialog.situation(&cx)?;
    play.dialog.lock(&situation, &cx)
}

#[test]
fn the_right_name_and_y_on_the_button_send_once() {
    let (mut play, order) = confirmed();
    let Action::Cluster(action) = order.action() else { panic!("on a cluster") };
    assert_eq!((action.confirm_name().as_str(), action.verb), ("protoss/zone2", Verb::Stop));
    assert!(play.dialog.is_sending());
    for _ in 0..50 {
        assert_eq!(play.yes_to(), DialogStep::Nothing, "deaf while sending");
        assert_eq!(play.code(KeyCode::Enter), DialogStep::Nothing);
    }
    assert!(play.dialog.wants(&play.world.facts()).is_empty());
}

/// A role that may not, learnt while the dialog stands open: an order to the same cluster, sent before, is answered now.
fn forbidden_meanwhile(world: World, name: &str) {
    let mut play = Play::ready(world, Verb::Stop, zone("zone2"));
    let deed = |play: &Play| play.frame(120, 40).lines().find(|l| l.contains("Stop")).map(str::to_owned);
    assert!(deed(&play).is_some(), "{}", play.frame(120, 40));
    while play.dialog.focus() != Focus::Name {
        play.tab();
    }
    play.type_text(name);
    while play.dialog.focus() != Focus::Deed {
        play.tab();
    }
    assert_eq!(lock(&play), None, "{}", play.frame(120, 40));
    let action = play.dialog.situation(&play.world.facts()).expect("known").action;
    let refused = Outcome::Refused(Refused {
        kind: ReadErrorKind::Forbidden,
        http: 403,
        code: Text::default(),
        message: Text::new("not permitted"),
        trace: Some(TraceId::new("4f1c")),
    });
    play.world.cache.forbidden.saw(&Action::Cluster(action), &refused);
    play.turn();
    for (width, height) in [(80, 24), (120, 40)] {
        let frame = play.frame(width, height);
        assert!(frame.contains("Stop: locked, not offered"), "{frame}");
        assert!(frame.contains("your role may not do this (403) · trace 4f1c"), "{frame}");
        assert!(!frame.contains("y to stop it"), "{frame}");
    }
    assert!(matches!(lock(&play), Some(Lock::NotOffered(WhyNot::Forbidden(_)))));
    assert_eq!(play.yes_to(), DialogStep::Nothing);
    assert!(!play.dialog.is_sending());
    // Read again by the operator's key: the role may be another by now.
    play.world.cache.forbidden.forget(None);
    play.world.reread();
    play.turn();
    assert!(!play.frame(120, 40).contains("locked, not offered"), "{}", play.frame(120, 40));
}

#[test]
fn h02_a_403_that_comes_while_the_dialog_is_open_locks_it_with_that_reason() {
    forbidden_meanwhile(World::three(), "protoss/zone2");
    let mut agents = World::agents();
    agents.settings.profiles[0].rules.danger = Danger::High;
    forbidden_meanwhile(agents, "edge/zone2");
}

#[test]
fn h02_the_reason_stands_before_the_warning_of_an_outage() {
    let mut world = World::three();
    let c = cluster("12000001", "protoss", &["zone1", "zone2", "zone3"]);
    world.read_tenants(&c, &["sys"]);
    let mut play = Play::ready(world, Verb::Stop, Scope::Cluster);
    assert!(
        play.frame(120, 40).contains("this is an outage of the whole cluster"),
        "{}",
        play.frame(120, 40)
    );
    play.world.settings.profiles[0].capabilities.read_only = true;
    play.turn();
    let frame = play.frame(120, 40);
    assert!(frame.contains("locked: ") && frame.contains("read-only"), "{frame}");
}

#[test]
fn a06_keys_before_painting_and_within_400_ms_do_not_count() {
    let mut world = World::three();
    world.settings.profiles[0].rules.danger = Danger::Normal;
    let mut play = Play::open(world, Verb::Start, zone("zone2"));
    let y = |play: &mut Play| play.dialog.key(Key::char('y'), &play.world.facts());
    play.world.pass(3000);
    assert_eq!(y(&mut play), DialogStep::Nothing, "never painted");
    play.dialog.painted(play.world.now);
    play.world.pass(399);
    assert_eq!(y(&mut play), DialogStep::Nothing, "too early");
    play.world.pass(1);
    assert!(matches!(y(&mut play), DialogStep::Submit(_)));
}

#[test]
fn a_yes_does_not_count_for_what_appeared_under_the_finger() {
    let mut world = World::three();
    world.settings.profiles[0].rules.danger = Danger::Normal;
    let mut play = Play::ready(world, Verb::Start, zone("zone2"));
    let mut stopped = cluster("12000001", "protoss", &["zone1", "zone2", "zone3"]);
    stopped.zones[1].servers[0].stopped = Some(play.world.now);
    play.world.read_clusters(vec![stopped]);
    assert_eq!(play.dialog.key(Key::char('y'), &play.world.facts()), DialogStep::Nothing);
    assert_eq!(play.dialog.hint(), Some(&Hint::Locked(Lock::Settling)));
    assert!(play.dialog.changed().is_some());
    play.dialog.painted(play.world.now);
    play.world.pass(400);
    assert!(matches!(play.yes_to(), DialogStep::Submit(_)));
}

#[test]
fn the_key_that_opened_it_neither_confirms_nor_types_while_held() {
    let mut play = Play::open(World::three(), Verb::Stop, zone("zone2"));
    play.dialog.painted(play.world.now);
    for _ in 0..60 {
        play.world.pass(33);
        assert_eq!(play.dialog.key(S, &play.world.facts()), DialogStep::Nothing);
    }
    assert_eq!(play.dialog.typed_name().0, "", "auto-repeat types nothing");

    let mut world = World::three();
    world.settings.profiles[0].rules.danger = Danger::Normal;
    let dialog = Dialog::new(Verb::Start, at("12000001"), zone("zone2"), Key::char('y'), world.now);
    let mut play = Play { world, dialog };
    play.turn();
    play.dialog.painted(play.world.now);
    play.world.pass(5000);
    play.turn();
    for _ in 0..5 {
        play.world.pass(2000);
        play.world.reread();
        assert_eq!(play.yes_to(), DialogStep::Nothing, "opened with y: y never confirms");
    }
    assert!(matches!(play.char('Y'), DialogStep::Submit(_)));
}

#[test]
fn a06_enter_fifty_times_never_confirms() {
    for verb in [Verb::Stop, Verb::Start, Verb::Restart] {
        let mut world = World::three();
        world.settings.profiles[0].rules.danger = Danger::Normal;
        let mut play = Play::ready(world, verb, zone("zone2"));
        if verb.takes_away() {
            play.type_text("protoss/zone2");
        }
        for _ in 0..50 {
            play.world.reread();
            let step = play.code(KeyCode::Enter);
            assert!(matches!(step, DialogStep::Nothing), "{verb:?}: {step:?}");
        }
        assert_eq!(play.dialog.hint(), Some(&Hint::EnterIsNoYes));
    }
}

#[test]
fn a06_a_paste_of_y_and_enter_never_confirms() {
    for verb in [Verb::Stop, Verb::Start] {
        let mut world = World::three();
        world.settings.profiles[0].rules.danger = Danger::Normal;
        let mut play = Play::ready(world, verb, zone("zone2"));
        for _ in 0..8 {
            play.dialog.paste(&"y\n".repeat(50), &play.world.facts());
            assert!(!play.dialog.is_sending());
            play.tab();
        }
    }
}

#[test]
fn a_paste_is_refused_in_the_name_and_cleaned_in_the_reason() {
    let mut play = Play::ready(World::three(), Verb::Stop, zone("zone2"));
    assert_eq!(play.dialog.focus(), Focus::Name);
    play.dialog.paste("protoss/zone2", &play.world.facts());
    assert_eq!(play.dialog.typed_name().0, "");
    assert_eq!(play.dialog.hint(), Some(&Hint::PasteRefused));
    play.code(KeyCode::BackTab);
    play.dialog.paste("disk\u{1b}[2J swap\nCHG-4411\r\n", &play.world.facts());
    assert_eq!(play.dialog.reason().0, "disk[2J swap CHG-4411");
    play.dialog.paste(&"x".repeat(100_000), &play.world.facts());
    assert!(play.dialog.reason().0.len() <= 4096);
}

#[test]
fn a_wrong_letter_is_named() {
    let mut play = Play::ready(World::three(), Verb::Stop, zone("zone2"));
    assert_eq!(lock(&play), Some(Lock::Name(Typed::Empty)));
    play.type_text("protoss/z");
    assert_eq!(lock(&play), Some(Lock::Name(Typed::Short(4))));
    play.type_text("\u{43e}");
    assert_eq!(lock(&play), Some(Lock::Name(Typed::Differs { at: 9, want: Some('o'), got: '\u{43e}' })));
    play.code(KeyCode::Backspace);
    play.type_text("one2 ");
    assert_eq!(lock(&play), Some(Lock::Name(Typed::Differs { at: 13, want: None, got: ' ' })));
    play.code(KeyCode::Backspace);
    assert_eq!(lock(&play), None);
}

#[test]
fn a_change_of_mode_is_judged_anew_and_asks_for_the_name_again() {
    let mut play = Play::ready(World::three(), Verb::Stop, one_server());
    play.type_text("protoss/10.0.2.11:2882");
    assert_eq!(lock(&play), None);
    while play.dialog.focus() != Focus::Mode {
        play.tab();
    }
    play.char(' ');
    assert_eq!(play.dialog.mode(&play.world.facts()), obdeck::domain::capability::Mode::Force);
    assert_eq!(lock(&play), Some(Lock::Reason), "force asks for a reason");
    assert_eq!(play.dialog.typed_name().0, "");
    let situation = play.dialog.situation(&play.world.facts()).expect("known");
    let obdeck::app::overlays::dialog::situation::Request::Ready(planned) = situation.request else {
        panic!("planned anew")
    };
    assert_eq!(planned.body.as_deref(), Some("{\"force\":true}"));
}

#[test]
fn force_is_a_toggle_only_where_the_plane_has_one() {
    let mut play = Play::ready(World::three(), Verb::Stop, zone("zone2"));
    for _ in 0..12 {
        play.tab();
        assert_ne!(play.dialog.focus(), Focus::Mode);
    }
}

#[test]
fn data_older_than_ten_seconds_lock_the_button_until_read_again() {
    let mut play = Play::ready(World::three(), Verb::Stop, zone("zone2"));
    play.type_text("protoss/zone2");
    play.tab();
    play.world.pass(10_000);
    assert!(matches!(lock(&play), Some(Lock::Old(age)) if age > Span::from_secs(10)));
    assert_eq!(play.yes_to(), DialogStep::Nothing);
    let stale = play.dialog.wants(&play.world.facts());
    assert!(
        stale.iter().any(|w| w.query == Query::Zones(at("12000001")) && w.max_age <= Span::from_secs(10))
    );
    play.world.reread();
    assert!(matches!(play.yes_to(), DialogStep::Submit(_)));
}

#[test]
fn a10_a11_a_target_that_is_another_or_gone_locks() {
    let mut play = Play::ready(World::three(), Verb::Stop, one_server());
    play.type_text("protoss/10.0.2.11:2882");
    play.tab();
    // The list is re-sorted and the server's ID now stands for another address.
    let mut moved = cluster("12000001", "protoss", &["zone1", "zone2", "zone3"]);
    moved.zones.reverse();
    moved.zones[1].servers[0].address = Text::new("10.0.9.99:2882");
    play.world.read_clusters(vec![moved]);
    play.turn();
    assert_eq!(lock(&play), Some(Lock::Moved(Moved::Renamed(Text::new("10.0.9.99:2882")))));
    assert!(matches!(play.yes_to(), DialogStep::Go(Go::Jot(_))), "refused, and only told to the journal");
    play.world.read_clusters(vec![cluster("12000001", "zerg", &["zone1", "zone2", "zone3"])]);
    assert_eq!(lock(&play), Some(Lock::Moved(Moved::Renamed(Text::new("zerg")))));
    play.world.read_clusters(vec![cluster("12000001", "protoss", &["zone1", "zone3"])]);
    assert_eq!(lock(&play), Some(Lock::Moved(Moved::Elsewhere("zone3".into()))));
    play.world.read_clusters(vec![cluster("12000001", "protoss", &["zone1"])]);
    assert_eq!(lock(&play), Some(Lock::Moved(Moved::Gone)));
    // Re-sorted alone changes nothing.
    let mut sorted = cluster("12000001", "protoss", &["zone1", "zone2", "zone3"]);
    sorted.zones.reverse();
    play.world.read_clusters(vec![cluster("9", "other", &["zone1"]), sorted]);
    play.turn();
    play.dialog.painted(play.world.now);
    play.world.pass(500);
    assert!(matches!(play.yes_to(), DialogStep::Submit(_)));
}

#[test]
fn a12_what_cannot_be_read_is_refused_and_named_with_a_way_round() {
    let mut world = World::three();
    world.cache = obdeck::app::cache::Cache::default();
    world.read_clusters(vec![cluster("12000001", "protoss", &["zone1", "zone2", "zone3"])]);
    world.pass(11_000);
    world.reread();
    let mut play = Play::open(world, Verb::Stop, zone("zone2"));
    play.world.pass(10_500);
    let zones = play.world.cache.answer(&Query::Zones(at("12000001"))).cloned();
    play.world.reread();
    play.world.cache.entry(&Query::Zones(at("12000001"))).answer = zones;
    play.world.fail(&Query::Zones(at("12000001")), "403 your role has no OB_CLUSTER_READ");
    play.turn();
    play.dialog.painted(play.world.now);
    play.world.pass(500);
    let frame = play.frame(80, 24);
    assert!(frame.contains("OB_CLUSTER_READ"), "{frame}");
    assert!(frame.contains("Stop anyway: locked"), "{frame}");
    assert_eq!(lock(&play), Some(Lock::Reason));
}

#[test]
fn a_refusal_is_overridden_by_name_and_reason_only() {
    let mut play = Play::ready(World::two(), Verb::Stop, zone("zone2"));
    assert_eq!(play.dialog.focus(), Focus::Cancel, "the less harmful answer has the focus");
    assert!(matches!(play.yes_to(), DialogStep::Go(Go::Jot(_))), "refused, and only told to the journal");
    assert_eq!(play.dialog.hint(), Some(&Hint::Locked(Lock::Reason)));
    play.tab();
    assert_eq!(play.dialog.focus(), Focus::Reason);
    play.type_text("disk swap CHG-4411");
    play.tab();
    play.type_text("meta02/zone2");
    play.tab();
    let DialogStep::Submit(order) = play.yes_to() else { panic!("{:?}", play.dialog.hint()) };
    assert_eq!(order.overriding(), Some("disk swap CHG-4411"));
}

#[test]
fn a13_a_read_only_profile_has_only_cancel() {
    let mut world = World::three();
    world.settings.profiles[0].capabilities.read_only = true;
    world.settings.profiles[0].rules.read_only = true;
    let mut play = Play::ready(world, Verb::Stop, zone("zone2"));
    assert_eq!(lock(&play), Some(Lock::NotOffered(WhyNot::ReadOnly)));
    for _ in 0..4 {
        play.tab();
        assert_eq!(play.dialog.focus(), Focus::Cancel);
    }
    assert!(matches!(play.yes_to(), DialogStep::Go(Go::Jot(_))), "refused, and only told to the journal");
    assert!(!play.frame(80, 24).contains("[ Stop"));
    assert_eq!(play.code(KeyCode::Enter), DialogStep::Close);
}

#[test]
fn a_task_that_holds_the_cluster_is_opened_by_enter() {
    let mut world = World::three();
    world.read_tasks(&at("12000001"), true, vec![task("89026504", "Stop OB zone", "RUNNING")]);
    let mut play = Play::ready(world, Verb::Stop, zone("zone2"));
    assert_eq!(play.dialog.focus(), Focus::Holder);
    let want = task("89026504", "", "RUNNING").at;
    assert_eq!(play.code(KeyCode::Enter), DialogStep::CloseAnd(Go::Task(want)));
}

#[test]
fn p9_esc_answers_at_once_and_letters_type_while_a_field_has_the_focus() {
    let mut play = Play::open(World::three(), Verb::Stop, zone("zone2"));
    assert_eq!(play.dialog.key(Key::plain(KeyCode::Esc), &play.world.facts()), DialogStep::Close);
    let mut play = Play::ready(World::three(), Verb::Stop, zone("zone2"));
    play.type_text("cidyq");
    assert_eq!(play.dialog.typed_name().0, "cidyq");
    play.press(Key::ctrl('u'));
    assert_eq!(play.dialog.typed_name().0, "");
    assert_eq!(play.press(Key::ctrl('c')), DialogStep::Close);
}

#[test]
fn i_toggles_the_whole_impact_and_esc_closes_it_first() {
    let mut play = Play::ready(World::two(), Verb::Stop, zone("zone2"));
    play.char('i');
    assert_eq!(play.dialog.table(), Some(0));
    assert_eq!(play.yes_to(), DialogStep::Nothing);
    assert_eq!(play.code(KeyCode::Esc), DialogStep::Nothing);
    assert_eq!(play.dialog.table(), None);
    assert_eq!(play.code(KeyCode::Esc), DialogStep::Close);
}

#[test]
fn c_copies_the_request_with_the_secret_as_a_variable() {
    let mut play = Play::ready(World::two(), Verb::Stop, zone("zone2"));
    let DialogStep::Go(Go::Copy(text)) = play.char('c') else { panic!("copied") };
    assert_eq!(
        text.as_str(),
        "curl -sS --max-time 60 -X POST -u 'oncall':\"$OBDECK_SECRET\" \
         'https://ocp.example.com:8443/api/v2/ob/clusters/12000001/zones/zone2/stop'"
    );
    assert!(play.frame(80, 24).contains(" copied: curl -sS"), "{}", play.frame(80, 24));
}

#[test]
fn leaving_while_sending_closes_the_view_only() {
    let mut play = sending();
    assert_eq!(play.code(KeyCode::Esc), DialogStep::Close);
    assert!(play.dialog.is_sending());
}

#[test]
fn accepted_opens_the_task_or_says_so() {
    let mut play = sending();
    let head = task("89026504", "Stop OB zone", "RUNNING");
    let outcome =
        Outcome::Accepted { task: Some(Box::new(whole(head.clone()))), trace: None, took: Span::ZERO };
    let step = play.dialog.outcome(&outcome, &play.world.facts());
    assert_eq!(step, DialogStep::CloseAnd(Go::Task(head.at)));
    let mut play = sending();
    let outcome = Outcome::Accepted { task: None, trace: None, took: Span::ZERO };
    let step = play.dialog.outcome(&outcome, &play.world.facts());
    assert_eq!(step, DialogStep::CloseAnd(Go::Notice(Notice::Outcome(Box::new(outcome)))));
}

#[test]
fn h04_a_conflict_stays_with_the_trace_id_and_opens_the_holder() {
    let mut play = sending();
    assert_eq!(
        play.dialog.outcome(&Outcome::Refused(refused_409()), &play.world.facts()),
        DialogStep::Nothing
    );
    // What was typed on does not dismiss what could not be read yet.
    assert_eq!(play.dialog.key(Key::plain(KeyCode::Enter), &play.world.facts()), DialogStep::Nothing);
    play.dialog.painted(play.world.now);
    play.world.pass(500);
    let DialogStep::Go(Go::Copy(trace)) = play.yes_to() else { panic!("copied") };
    assert_eq!(trace.as_str(), "71e073145dba4fc8");
    play.world.read_tasks(&at("12000001"), true, vec![task("89026504", "Stop OB zone", "RUNNING")]);
    let want = task("89026504", "", "RUNNING").at;
    assert_eq!(play.code(KeyCode::Enter), DialogStep::CloseAnd(Go::Task(want)));
}

#[test]
fn n01_not_sent_asks_again_and_needs_a_new_yes() {
    let mut play = sending();
    let outcome = Outcome::NotSent { why: Text::new("connection refused: ocp.example.com:8443") };
    assert_eq!(play.dialog.outcome(&outcome, &play.world.facts()), DialogStep::Nothing);
    assert!(!play.dialog.is_sending());
    play.turn();
    play.dialog.painted(play.world.now);
    play.world.pass(500);
    play.world.reread();
    assert!(play.frame(80, 24).contains("not sent, nothing left here: connection refused"));
    assert_eq!(lock(&play), Some(Lock::Name(Typed::Empty)));
    play.type_text("protoss/zone2");
    play.tab();
    play.world.reread();
    assert!(matches!(play.yes_to(), DialogStep::Submit(_)));
}

#[test]
fn a_yes_held_down_is_one_yes_even_when_the_order_did_not_leave() {
    let mut world = World::three();
    world.settings.profiles[0].rules.danger = Danger::Normal;
    let mut play = Play::ready(world, Verb::Start, zone("zone2"));
    assert!(matches!(play.yes_to(), DialogStep::Submit(_)));
    let outcome = Outcome::NotSent { why: Text::new("connection refused") };
    play.dialog.outcome(&outcome, &play.world.facts());
    for _ in 0..100 {
        play.world.pass(33);
        play.world.reread();
        play.dialog.painted(play.world.now);
        assert_eq!(play.dialog.key(Key::char('y'), &play.world.facts()), DialogStep::Nothing);
    }
    play.world.pass(2000);
    play.world.reread();
    assert!(matches!(play.yes_to(), DialogStep::Submit(_)), "pressed anew");
    assert!(!play.dialog.stage().is_sending_as(Ticket(7)), "the old ticket is not this order's");
    play.dialog.sent(Ticket(8));
    assert!(play.dialog.stage().is_sending_as(Ticket(8)));
}

#[test]
fn p2_an_unknown_outcome_never_offers_to_send_again() {
    let mut play = sending();
    let outcome = Outcome::Unknown { why: Text::new("timeout"), lookup: lookup(play.world.now) };
    play.dialog.outcome(&outcome, &play.world.facts());
    play.dialog.painted(play.world.now);
    play.world.pass(500);
    for c in ('!'..='~').filter(|c| *c != 'q') {
        assert_eq!(play.char(c), DialogStep::Nothing);
    }
    assert_eq!(play.code(KeyCode::Enter), DialogStep::CloseAnd(Go::Tasks));
}

#[test]
fn a01_a05_the_lookup_offers_one_task_and_picks_none_of_two() {
    let mut play = sending();
    let outcome = Outcome::Unknown { why: Text::new("timeout"), lookup: lookup(play.world.now) };
    play.dialog.outcome(&outcome, &play.world.facts());
    play.dialog.painted(play.world.now);
    play.world.pass(500);
    assert_eq!(play.dialog.wants(&play.world.facts()).len(), 1);
    let ours = task("2", "Stop OB zone", "RUNNING");
    let mut earlier = task("1", "Stop OB zone", "SUCCESSFUL");
    earlier.started = Some(play.world.now.plus(Span::from_secs(-600)));
    let mut mine = ours.clone();
    mine.started = Some(play.world.now);
    play.world.read_tasks(
        &at("12000001"),
        false,
        vec![earlier, mine.clone(), task("3", "Start OB zone", "RUNNING")],
    );
    assert!(play.frame(80, 24).contains("Probably yours: task 2"), "{}", play.frame(80, 24));
    let mut other = mine.clone();
    other.at.id = "4".into();
    play.world.read_tasks(&at("12000001"), false, vec![mine, other]);
    assert_eq!(play.code(KeyCode::Enter), DialogStep::CloseAnd(Go::Tasks));
}

#[test]
fn an_order_ends_once_and_a_plan_that_is_not_offered_locks() {
    let mut play = Play::ready(World::three(), Verb::Stop, zone("zone2"));
    let outcome = Outcome::Refused(refused_409());
    assert_eq!(play.dialog.outcome(&outcome, &play.world.facts()), DialogStep::Nothing);
    assert!(play.frame(80, 24).contains("Confirm"), "an outcome of nobody's order changes nothing");
    let action = play.dialog.situation(&play.world.facts()).expect("known").action;
    let query = Query::Plan(Box::new(Action::Cluster(action)));
    play.world.answer(query, Reply::Plan(Err(WhyNot::ObshellHasNoRestart)));
    assert_eq!(lock(&play), Some(Lock::NotOffered(WhyNot::ObshellHasNoRestart)));
    assert_eq!(play.world.facts().settings.profiles[0].name, profile());
}

fn any_key() -> impl Strategy<Value = Key> {
    prop_oneof![
        4 => prop_oneof![Just('y'), Just('Y'), Just('c'), Just('i'), Just(' '), Just('S'), any::<char>()].prop_map(Key::char),
        1 => prop_oneof![Just('u'), Just('w'), Just('y')].prop_map(Key::ctrl),
        5 => prop_oneof![
            Just(KeyCode::Enter), Just(KeyCode::Tab), Just(KeyCode::BackTab), Just(KeyCode::Left),
            Just(KeyCode::Right), Just(KeyCode::Up), Just(KeyCode::Down), Just(KeyCode::Backspace), Just(KeyCode::Home)
        ].prop_map(Key::plain),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// With a name of ten letters at random that would have to be hit, no sequence of keys gets to an order.
    #[test]
    fn no_keys_without_the_exact_name_lead_to_an_order(
        keys in proptest::collection::vec(any_key(), 1..80),
        two in any::<bool>(),
        server in any::<bool>(),
        pastes in proptest::collection::vec(0_usize..80, 0..4),
    ) {
        let world = if two { World::two() } else { World::three() };
        let name = if two { "meta02" } else { "protoss" };
        let scope = if server { one_server() } else { zone("zone2") };
        let mut play = Play::ready(world, Verb::Stop, scope);
        for (n, key) in keys.into_iter().enumerate() {
            play.world.reread();
            if pastes.contains(&n) {
                play.dialog.paste(&format!("{name}/zone2"), &play.world.facts());
            }
            let step = play.press(key);
            prop_assert!(!matches!(step, DialogStep::Submit(_)), "typed {:?}", play.dialog.typed_name());
            if matches!(step, DialogStep::Close | DialogStep::CloseAnd(_)) {
                break;
            }
        }
    }
}
