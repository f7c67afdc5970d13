//! The guard in the words of the trade.

mod words;

use super::*;
use crate::domain::action::{Action, Scope, TaskVerb, Verb};
use crate::domain::id::{ProfileName, TaskId, TaskRef};
use crate::domain::impact::Impact;
use crate::domain::impact::tests::{World, tenant, unit};
use crate::domain::impact::tests::{act, cluster, one_server, running_task, seen, zone};

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
    let named = Question { typed: Some("protoss/zone3".to_owned()), ..Question::default() };
    assert_eq!(v, Verdict::Ask(named));
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
    assert!(blockers.contains(&Blocker::MajorityLost(vec!["sys".into()])));
    let round = Question { typed: Some("protoss/zone2".to_owned()), reason: true, causes: Vec::new() };
    assert_eq!(way_round.as_ref(), Some(&round));
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
fn a12_zones_or_tasks_that_could_not_be_read_are_refused_and_named() {
    let stop = act(Verb::Stop, zone("zone1"));
    let whole = || World::new(cluster(&["u", "u", "u"]));
    let zones = World { cluster: Err("timed out".into()), ..whole() };
    let tasks = World { tasks: Err("timed out".into()), ..whole() };
    for (world, input) in [(zones, Input::Topology), (tasks, Input::Tasks)] {
        let v = judge(&stop, &world.assess(&stop), &Rules::default());
        let Verdict::Refuse { blockers, way_round: Some(_) } = &v else { panic!("{v:?}") };
        assert_eq!(*blockers, [Blocker::Unread(input, Missing::Failed("timed out".into()))]);
        let order = approve(stop.clone(), &nothing(), &v, &everything("protoss/zone1"), now()).unwrap();
        assert_eq!(order.basis().refused, [format!("{}-unread", input.word())]);
    }
}

#[test]
fn a12_tenants_that_could_not_be_read_ask_for_name_and_reason_and_name_what_is_missing() {
    let stop = act(Verb::Stop, zone("zone1"));
    let missing = Missing::Failed("403 no role".into());
    let tenants = World { tenants: Err("403 no role".into()), ..World::new(cluster(&["u", "u", "u"])) };
    let units = World { units: Err("403 no role".into()), ..World::new(cluster(&["u", "u", "u"])) };
    for (world, input) in [(tenants, Input::Tenants), (units, Input::Units)] {
        let v = judge(&stop, &world.assess(&stop), &Rules { danger: Danger::Low, ..Rules::default() });
        let causes = vec![Cause::Unread(input, missing.clone())];
        assert_eq!(refusal(&stop, &v, &yes("protoss/zone1")), Refusal::ReasonMissing(causes));
        let why = Answer { reason: Some("CHG-1".to_owned()), ..yes("protoss/zone1") };
        assert!(approve(stop.clone(), &nothing(), &v, &why, now()).is_ok());
    }
}

#[test]
fn a_start_takes_one_key_and_a_typed_name_only_where_danger_is_high() {
    let start = act(Verb::Start, zone("zone1"));
    let c = cluster(&["s", "u", "u"]);
    let i = seen(&start, &c, &[]);
    assert_eq!(judge(&start, &i, &Rules::default()), Verdict::Ask(Question::default()));
    let high = Rules { danger: Danger::High, ..Rules::default() };
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
    let missing = refusal(&stop, &v, &yes("protoss/10.0.2.2:2882"));
    assert_eq!(missing, Refusal::ReasonMissing(vec![Cause::Unchecked]));
    let why = Answer { reason: Some("disk".to_owned()), ..yes("protoss/10.0.2.2:2882") };
    assert_eq!(approve(stop, &nothing(), &v, &why, now()).unwrap().reason(), Some("disk"));
}

/// Worked examples of operator-guide 3.4: what is asked for, by what is found.
mod grading {
    use super::*;

    const EVERYWHERE: &str = "F@zone1,F@zone2,F@zone3";
    const FIVE: &str = "F@zone1,F@zone2,F@zone3,F@zone4,F@zone5";

    fn ask(world: &World, action: &Action, danger: Danger) -> (bool, bool) {
        let v = judge(action, &world.assess(action), &Rules { danger, ..Rules::default() });
        let Verdict::Ask(q) = v else { panic!("{v:?}") };
        (q.typed.is_some(), q.reason)
    }
    fn refused(world: &World, action: &Action) -> Vec<String> {
        let v = judge(action, &world.assess(action), &Rules::default());
        let Verdict::Refuse { blockers, .. } = v else { panic!("{v:?}") };
        blockers.iter().map(Blocker::code).collect()
    }
    fn forced(action: Action) -> Action {
        let Action::Cluster(mut a) = action else { panic!() };
        a.force.force = true;
        Action::Cluster(a)
    }

    #[test]
    fn five_zones_with_one_to_spare_take_y_alone() {
        let world = World::of(&["u", "u", "u", "u", "u"], &[tenant("sys", FIVE, "")]);
        let stop = act(Verb::Stop, zone("zone5"));
        assert_eq!(ask(&world, &stop, Danger::Normal), (false, false));
        assert_eq!(ask(&world, &stop, Danger::Low), (false, false));
        assert_eq!(ask(&world, &stop, Danger::High), (true, false));
        assert_eq!(ask(&world, &forced(stop), Danger::Low), (true, true));
    }

    #[test]
    fn nothing_to_spare_takes_the_typed_name_but_in_a_playground() {
        let world = World::of(&["u", "u", "u"], &[tenant("sys", EVERYWHERE, "")]);
        let stop = act(Verb::Stop, zone("zone3"));
        assert_eq!(ask(&world, &stop, Danger::Normal), (true, false));
        assert_eq!(ask(&world, &stop, Danger::Low), (false, false));
    }

    #[test]
    fn a_server_on_which_nothing_has_a_unit_takes_y_alone() {
        let mut world = World::of(&["uu", "uu", "uu"], &[tenant("sys", EVERYWHERE, "")]);
        world.units = Ok((0..3).map(|n| unit("sys", n, 0)).collect());
        let stop = act(Verb::Stop, one_server(world.cluster.as_ref().unwrap(), 2, 1));
        assert_eq!(ask(&world, &stop, Danger::Normal), (false, false));
    }

    #[test]
    fn a_tenant_that_stops_refuses_and_is_named() {
        let tenants = [tenant("sys", EVERYWHERE, ""), tenant("report", "F@zone2", "")];
        let world = World::of(&["u", "u", "u"], &tenants);
        let stop = act(Verb::Stop, zone("zone2"));
        assert_eq!(refused(&world, &stop), ["majority-lost report"]);
        assert_eq!(refused(&world, &forced(stop)), ["majority-lost report"]);
        let restart = act(Verb::Restart, zone("zone2"));
        assert_eq!(refused(&world, &restart), ["majority-lost report"]);
    }

    #[test]
    fn one_and_two_zones_refuse_and_arbitration_asks_for_a_reason() {
        let one = World::of(&["u"], &[tenant("sys", "F@zone1", "")]);
        assert_eq!(refused(&one, &act(Verb::Stop, zone("zone1"))), ["majority-lost sys", "no-root-service"]);
        let mut two = World::of(&["u", "u"], &[tenant("sys", "F@zone1,F@zone2", "")]);
        let stop = act(Verb::Stop, zone("zone2"));
        assert_eq!(refused(&two, &stop), ["majority-lost sys"]);
        two.arbitration = true;
        assert_eq!(ask(&two, &stop, Danger::Low), (true, true));
    }

    #[test]
    fn another_zone_stopped_refuses_a_plain_stop_and_a_kill_is_judged_by_what_it_leaves() {
        let world = World::of(&["u", "u", "u", "u", "s"], &[tenant("sys", FIVE, "")]);
        let stop = act(Verb::Stop, zone("zone1"));
        assert_eq!(refused(&world, &stop), ["other-zones-not-whole zone5"]);
        assert_eq!(ask(&world, &forced(stop), Danger::Low), (true, true));
        let three = World::of(&["u", "u", "s"], &[tenant("sys", EVERYWHERE, "")]);
        assert_eq!(refused(&three, &forced(act(Verb::Stop, zone("zone1")))), ["majority-lost sys"]);
    }

    #[test]
    fn something_moving_or_bounds_that_differ_take_name_and_reason() {
        let mut moving = tenant("t", EVERYWHERE, "");
        moving.status = "MODIFYING".into();
        let world = World::of(&["u", "u", "u"], &[tenant("sys", EVERYWHERE, ""), moving]);
        assert_eq!(ask(&world, &act(Verb::Stop, zone("zone1")), Danger::Low), (true, true));
        let spread = tenant("t", "F{2}@[zone1,zone2,zone3]", "");
        let world = World::of(&["u", "u", "u"], &[tenant("sys", EVERYWHERE, ""), spread]);
        assert_eq!(ask(&world, &act(Verb::Stop, zone("zone1")), Danger::Low), (true, true));
    }

    #[test]
    fn an_offline_limit_that_is_not_known_is_not_green() {
        let mut world = World::of(&["u", "u", "u", "u", "u"], &[tenant("sys", FIVE, "")]);
        world.parameters = Err("403".into());
        assert_eq!(ask(&world, &act(Verb::Stop, zone("zone5")), Danger::Normal), (true, false));
    }

    #[test]
    fn a10_a_target_that_is_another_has_no_way_round() {
        let world = World::of(&["u", "u", "u"], &[tenant("sys", EVERYWHERE, "")]);
        let stop = act(Verb::Stop, zone("zone7"));
        let v = judge(&stop, &world.assess(&stop), &Rules::default());
        assert!(matches!(&v, Verdict::Refuse { way_round: None, .. }), "{v:?}");
    }

    #[test]
    fn k08_an_unjudged_certificate_refuses_where_danger_is_high_orders_to_tasks_too() {
        let world = World::of(&["u", "u", "u"], &[tenant("sys", EVERYWHERE, "")]);
        let at = TaskRef { profile: ProfileName::new("prod"), id: TaskId::new("1") };
        let retry = Action::Task { task: at, verb: TaskVerb::Retry };
        let start = act(Verb::Start, zone("zone1"));
        for action in [act(Verb::Stop, zone("zone1")), start, retry] {
            let impact = world.assess(&action);
            let risky = Rules { danger: Danger::High, insecure: true, read_only: false };
            let v = judge(&action, &impact, &risky);
            let Verdict::Refuse { blockers, way_round: Some(q) } = &v else { panic!("{v:?}") };
            assert_eq!((blockers.as_slice(), q.reason), (&[Blocker::Insecure][..], true));
            let normal = Rules { danger: Danger::Normal, ..risky };
            assert!(matches!(judge(&action, &impact, &normal), Verdict::Ask(_)));
        }
    }
}

mod properties {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::impact::Standing;
    use crate::domain::impact::tests::running_task;
    use crate::domain::topology::{Cluster, Tenant, Unit};

    /// Localities as lists of zones from 0, and units as (tenant, zone, server) from 0.
    #[derive(Debug, Clone)]
    struct Fleet {
        zones: Vec<String>,
        localities: Vec<Vec<usize>>,
        units: Vec<(usize, usize, usize)>,
        /// What else is odd: tenants' status, an unfinished task, unread inputs.
        modifying: bool,
        task: bool,
        unread: [bool; 5],
    }

    fn fleet() -> impl Strategy<Value = Fleet> {
        let zones = proptest::collection::vec("[usd]{1,3}", 1..6);
        let localities = proptest::collection::vec(proptest::collection::vec(0_usize..5, 1..6), 0..4);
        let units = proptest::collection::vec((0_usize..4, 0_usize..5, 0_usize..3), 0..16);
        let often = || prop::bool::weighted(0.2);
        let unread = [often(), often(), often(), often(), often()];
        (zones, localities, units, often(), often(), unread).prop_map(
            |(zones, localities, units, modifying, task, unread)| Fleet {
                zones,
                localities,
                units,
                modifying,
                task,
                unread,
            },
        )
    }

    impl Fleet {
        fn world(&self) -> World {
            let shapes: Vec<&str> = self.zones.iter().map(String::as_str).collect();
            let c = cluster(&shapes);
            let tenants: Vec<Tenant> =
                self.localities.iter().enumerate().map(|(n, l)| self.tenant(n, l)).collect();
            let units: Vec<Unit> =
                self.units.iter().map(|(t, z, s)| unit(&format!("t{t}"), *z, *s)).collect();
            let mut world = World::new(c);
            world.tenants = Ok(tenants);
            world.units = Ok(units);
            if self.task {
                world.tasks = Ok(vec![running_task("RUNNING")]);
            }
            let [cluster, tasks, tenants, units, parameters] = self.unread;
            let why = || crate::domain::shown::Text::new("403");
            if cluster {
                world.cluster = Err(why());
            }
            if tasks {
                world.tasks = Err(why());
            }
            if tenants {
                world.tenants = Err(why());
            }
            if units {
                world.units = Err(why());
            }
            if parameters {
                world.parameters = Err(why());
            }
            world
        }
        fn tenant(&self, n: usize, locality: &[usize]) -> Tenant {
            let mut zones: Vec<usize> = locality.iter().map(|z| z % self.zones.len()).collect();
            zones.sort_unstable();
            zones.dedup();
            let locality: Vec<String> = zones.iter().map(|z| format!("FULL{{1}}@zone{}", z + 1)).collect();
            let mut t = tenant(&format!("t{n}"), &locality.join(", "), "RANDOM");
            if self.modifying {
                t.status = "MODIFYING".into();
            }
            t
        }
        /// By the rule alone, without the code under test: each vote of each log stream that is certainly gone.
        fn certainly_lost(
            &self,
            c: &Cluster,
            hit: impl Fn(&crate::domain::topology::Server) -> bool,
        ) -> bool {
            let gone = |z: usize, s: usize| {
                c.zones.get(z).and_then(|z| z.servers.get(s)).map(|s| !s.is_up() || hit(s))
            };
            let lost = |tenant: Option<usize>, z: usize| {
                let here: Vec<Option<bool>> = self
                    .units
                    .iter()
                    .filter(|(t, zone, _)| Some(*t) == tenant && *zone == z)
                    .map(|(_, z, s)| gone(*z, *s))
                    .collect();
                let whole = c.zones[z].servers.iter().all(|s| !s.is_up() || hit(s));
                if here.is_empty() || self.unread[3] {
                    whole
                } else {
                    here.iter().all(|g| g.unwrap_or(whole))
                }
            };
            let mut all: Vec<(Option<usize>, Vec<usize>)> = vec![(None, (0..self.zones.len()).collect())];
            if !self.unread[2] {
                all.extend(self.localities.iter().enumerate().map(|(n, l)| {
                    let mut zones: Vec<usize> = l.iter().map(|z| z % self.zones.len()).collect();
                    zones.sort_unstable();
                    zones.dedup();
                    (Some(n), zones)
                }));
            }
            all.iter().any(|(tenant, zones)| {
                let left = zones.iter().filter(|z| !lost(*tenant, **z)).count();
                2 * left <= zones.len()
            })
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1000))]

        /// Reliability 5: no input makes the guard ask when a majority is certainly lost.
        #[test]
        fn a_lost_majority_is_never_a_mere_question(
            fleet in fleet(),
            target in (0_usize..6, 0_usize..4),
            verb in prop_oneof![Just(Verb::Stop), Just(Verb::Restart)],
            force in any::<bool>(),
            danger in prop_oneof![Just(Danger::Low), Just(Danger::Normal), Just(Danger::High)],
            insecure in any::<bool>(),
        ) {
            let shapes: Vec<&str> = fleet.zones.iter().map(String::as_str).collect();
            let c = cluster(&shapes);
            let z = target.0 % (c.zones.len() + 1);
            let scope = match c.zones.get(z) {
                None => Scope::Cluster,
                Some(found) => match found.servers.get(target.1) {
                    Some(_) => one_server(&c, z, target.1),
                    None => zone(found.name.raw()),
                },
            };
            let Action::Cluster(mut a) = act(verb, scope) else { unreachable!() };
            a.force.force = force;
            let hit = |s: &crate::domain::topology::Server| match &a.scope {
                Scope::Cluster => true,
                Scope::Zone(z) => s.zone == *z,
                Scope::Server { id, .. } => s.id == *id,
            };
            // Zones that were not read are refused whatever they were.
            let lost = fleet.unread[0] || fleet.unread[1] || fleet.certainly_lost(&c, hit);
            let action = Action::Cluster(a.clone());
            let impact = fleet.world().assess(&action);
            let v = judge(&action, &impact, &Rules { danger, insecure, read_only: false });
            if lost {
                prop_assert!(matches!(v, Verdict::Refuse { .. }), "{:?} {:#?}", v, impact);
            }
            // And what is asked for is never less than what was found.
            if let Verdict::Ask(q) = &v {
                let unknown = impact.tenants().any(|t| matches!(t.standing, Standing::Unknown | Standing::MayStop));
                prop_assert!(!(force || unknown) || (q.reason && q.typed.is_some()));
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
