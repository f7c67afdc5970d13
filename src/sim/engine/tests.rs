//! The state machine of ocp-api 5.5, event by event, and the graphs of ocp-api 4.

use super::{AT_ONCE, Fate, Operation, Purpose, State, Task, TaskState};
use crate::sim::scenario::Scenario;
use crate::sim::script::Step;
use crate::sim::time::{Ms, SECOND};
use crate::sim::world::{Cluster, Order, Place, Status, User, Verb, World};
use crate::sim::{STORY_START, Size};

const ZONE3: Place = Place { zone: Some(2), server: None };
const SERVER: Place = Place { zone: Some(2), server: Some(0) };
const WHOLE: Place = Place { zone: None, server: None };

struct Story {
    world: World,
    cluster: i64,
}

impl Story {
    fn of(name: &str) -> Story {
        Story::seeded(name, 42)
    }

    fn seeded(name: &str, seed: u64) -> Story {
        let scenario = Scenario::named("calm").unwrap();
        let world = World::build("calm", &scenario, Size::Small, seed, STORY_START).unwrap();
        let cluster = world.clusters().find(|c| c.name == name).unwrap().id;
        Story { world, cluster }
    }

    fn submit(&mut self, verb: Verb, place: Place) -> i64 {
        self.try_submit(verb, place, false).unwrap()
    }

    fn try_submit(&mut self, verb: Verb, place: Place, force: bool) -> Result<i64, (u16, u32)> {
        let order = Order {
            cluster: self.cluster,
            purpose: Purpose { verb, place, force, freeze: false },
            creator: User { id: 100, name: "admin".to_owned() },
            trace: "00000000000000aa".to_owned(),
        };
        self.world.submit(order).map_err(|r| (r.status, r.code))
    }

    fn strike(&mut self, id: i64, step: Step, fate: Fate) {
        let task = self.world.task_mut(id).unwrap();
        task.subtasks.iter_mut().find(|s| s.step == step).unwrap().fate = fate;
    }

    fn task(&self, id: i64) -> &Task {
        self.world.task(id).unwrap()
    }

    fn cluster(&self) -> &Cluster {
        self.world.cluster(self.cluster).unwrap()
    }

    fn pass(&mut self, seconds: i64) {
        self.world.advance(self.world.now() + seconds * SECOND);
    }

    /// Lets time pass until the task rests, looking each second through `look`.
    fn rest(&mut self, id: i64, mut look: impl FnMut(&Task)) -> TaskState {
        for _ in 0..20_000 {
            look(self.task(id));
            if self.task(id).state != TaskState::Running {
                return self.task(id).state;
            }
            self.pass(1);
        }
        panic!("task {id} never rests");
    }

    fn end(&mut self, id: i64) -> TaskState {
        self.rest(id, |_| {})
    }

    fn at(&self, id: i64, step: Step) -> usize {
        self.task(id).subtasks.iter().position(|s| s.step == step).unwrap()
    }

    fn state(&self, id: i64, step: Step) -> (State, Operation, u32) {
        let s = &self.task(id).subtasks[self.at(id, step)];
        (s.state, s.operation, s.runs)
    }

    fn run_until(&mut self, id: i64, step: Step, state: State) {
        for _ in 0..20_000 {
            if self.state(id, step).0 == state {
                return;
            }
            self.world.advance(self.world.now() + 100);
        }
        panic!("{step:?} never becomes {state:?}");
    }
}

/// Steps of a task's longest way, from the root; siblings once.
fn way(task: &Task) -> Vec<&'static str> {
    let mut now: Vec<usize> =
        (0..task.subtasks.len()).filter(|ix| task.subtasks[*ix].upstreams.is_empty()).collect();
    let mut names = Vec::new();
    while let Some(first) = now.first() {
        names.push(task.subtasks[*first].step.name());
        assert!(now.iter().all(|ix| task.subtasks[*ix].step == task.subtasks[*first].step));
        now.clone_from(&task.subtasks[*first].downstreams);
    }
    names
}

/// Checks the beginning and the number of the steps of an action on `meta01`; gives all of them.
fn check_chain(verb: Verb, place: Place, count: usize, begin: &[&str]) -> Vec<&'static str> {
    let mut story = Story::of("meta01");
    if verb == Verb::Start {
        let stop = story.submit(Verb::Stop, place);
        assert_eq!(story.end(stop), TaskState::Successful);
    }
    let id = story.submit(verb, place);
    let names = way(story.task(id));
    assert_eq!(&names[..begin.len()], begin);
    assert_eq!(names.len(), count, "{names:?}");
    names
}

const ENDING: [&str; 4] =
    ["Update observer status", "Update zone status", "Sync cluster info", "Update OB cluster status"];

#[test]
fn the_chains_of_a_zone_are_the_documented_ones() {
    let zone_stop = [
        "Prepare stop OB zone",
        "Stop zone",
        "Prepare stop observer",
        "Wait node",
        "Stop observer process",
        "Wait node",
    ];
    assert_eq!(check_chain(Verb::Stop, ZONE3, 10, &zone_stop)[6..], ENDING);
    let zone_start = [
        "Prepare start OB zone",
        "Prepare start observer",
        "Wait node",
        "Start observer process",
        "Wait observer active",
        "Start ocp agent service",
        "Wait node",
        "Update observer status",
        "Start zone",
    ];
    assert_eq!(check_chain(Verb::Start, ZONE3, 12, &zone_start)[9..], ENDING[1..]);
    let zone_restart = [
        "Prepare restart OB zone",
        "Stop zone",
        "Prepare restart observer",
        "Wait node",
        "Stop observer process",
        "Wait node",
        "Start observer process",
        "Wait observer active",
        "Start ocp agent service",
        "Wait node",
        "Update observer status",
        "Start zone",
    ];
    assert_eq!(check_chain(Verb::Restart, ZONE3, 15, &zone_restart)[12..], ENDING[1..]);
}

#[test]
fn the_chains_of_a_server_and_of_a_cluster_are_the_documented_ones() {
    let server_stop = ["Prepare stop observer", "Stop server", "Stop observer process", "Wait observer stop"];
    assert_eq!(check_chain(Verb::Stop, SERVER, 8, &server_stop)[4..], ENDING);
    let server_start = [
        "Prepare start observer",
        "Start observer process",
        "Wait observer active",
        "Start ocp agent service",
        "Start server",
    ];
    assert_eq!(check_chain(Verb::Start, SERVER, 9, &server_start)[5..], ENDING);
    let server_restart = [
        "Prepare restart observer",
        "Stop server",
        "Stop observer process",
        "Start observer process",
        "Wait observer active",
        "Start ocp agent service",
        "Start server",
    ];
    assert_eq!(check_chain(Verb::Restart, SERVER, 11, &server_restart)[7..], ENDING);
    check_chain(
        Verb::Stop,
        WHOLE,
        11,
        &["Prepare stop cluster", "Prepare stop OB zone", "Wait node", "Prepare stop observer"],
    );
    check_chain(
        Verb::Start,
        WHOLE,
        18,
        &["Prepare start cluster", "Prepare start OB zone", "Wait node", "Prepare start observer"],
    );
    check_chain(
        Verb::Restart,
        WHOLE,
        1 + 3 * 15 + 3,
        &["Prepare restart cluster", "Set zone context", "Prepare restart OB zone"],
    );
}

#[test]
fn parallel_steps_fan_out_over_the_servers_and_join_at_a_wait_node() {
    for (name, servers) in [("meta01", 1), ("protoss", 2), ("trade12", 12)] {
        let mut story = Story::of(name);
        let id = story.submit(Verb::Stop, ZONE3);
        let task = story.task(id);
        assert_eq!(task.subtasks.len(), 7 + 3 * servers);
        for step in [Step::PrepareStopServer, Step::StopProcess, Step::UpdateServerStatus] {
            let mut ixs: Vec<i32> =
                task.subtasks.iter().filter(|s| s.step == step).map(|s| s.parallel_ix).collect();
            ixs.sort_unstable();
            assert_eq!(ixs, (0..servers as i32).collect::<Vec<_>>());
        }
        let waits = task.subtasks.iter().filter(|s| s.step == Step::WaitNode);
        assert!(
            waits.clone().all(|s| s.parallel_ix == -1
                && s.upstreams.len() == servers
                && s.downstreams.len() == servers)
        );
        assert_eq!(waits.count(), 2);
    }
}

#[test]
fn edges_are_told_at_both_ends_and_neither_list_nor_ids_nor_series_are_topological() {
    for (verb, place) in [(Verb::Stop, ZONE3), (Verb::Restart, SERVER), (Verb::Stop, WHOLE)] {
        let mut story = Story::of("protoss");
        let id = story.submit(verb, place);
        let task = story.task(id);
        for (ix, s) in task.subtasks.iter().enumerate() {
            assert!(s.upstreams.iter().all(|up| task.subtasks[*up].downstreams.contains(&ix)));
            assert!(s.downstreams.iter().all(|down| task.subtasks[*down].upstreams.contains(&ix)));
        }
        let is_sorted_by = |key: &dyn Fn(usize) -> i64| {
            (0..task.subtasks.len()).all(|ix| task.subtasks[ix].upstreams.iter().all(|up| key(*up) < key(ix)))
        };
        assert!(!is_sorted_by(&|ix| ix as i64), "list order");
        assert!(!is_sorted_by(&|ix| task.subtasks[ix].id), "ids");
        assert!(!is_sorted_by(&|ix| task.subtasks[ix].series as i64), "series");
        let mut series: Vec<usize> = task.subtasks.iter().map(|s| s.series).collect();
        series.sort_unstable();
        assert_eq!(series, (0..task.subtasks.len()).collect::<Vec<_>>());
    }
}

#[test]
fn a_subtask_goes_from_pending_to_ready_to_running_to_successful_behind_its_upstreams() {
    let mut story = Story::of("trade12");
    let id = story.submit(Verb::Stop, ZONE3);
    let mut most = 0;
    let state = story.rest(id, |task| {
        for s in &task.subtasks {
            let ups_done = s.upstreams.iter().all(|up| task.subtasks[*up].state == State::Successful);
            assert!(ups_done || s.state == State::Pending);
            assert_eq!(s.started.is_some(), matches!(s.state, State::Running | State::Successful));
            assert_eq!(s.finished.is_some(), s.state == State::Successful);
        }
        most = most
            .max(task.subtasks.iter().filter(|s| matches!(s.state, State::Ready | State::Running)).count());
    });
    assert_eq!(state, TaskState::Successful);
    assert_eq!(most, AT_ONCE, "twelve could run, ten may");
    assert!(story.task(id).finished.is_some());
}

#[test]
fn a_zone_stop_of_one_server_lasts_about_six_minutes_whatever_the_seed() {
    let mut seen = std::collections::BTreeSet::new();
    for seed in 0..40 {
        let mut story = Story::seeded("meta01", seed);
        let id = story.submit(Verb::Stop, ZONE3);
        story.end(id);
        let task = story.task(id);
        let lasted = task.finished.unwrap() - task.started;
        assert!((4 * 60 * SECOND..8 * 60 * SECOND).contains(&lasted), "{lasted}");
        seen.insert(lasted);
    }
    assert!(seen.len() > 30, "varies by seed");
}

#[test]
fn how_often_somebody_looks_does_not_change_the_story() {
    let (mut often, mut seldom) = (Story::of("protoss"), Story::of("protoss"));
    let ids = [often.submit(Verb::Stop, ZONE3), seldom.submit(Verb::Stop, ZONE3)];
    assert_eq!(ids[0], ids[1]);
    (0..2000).for_each(|_| often.pass(1));
    seldom.pass(2000);
    assert_eq!(format!("{:?}", often.task(ids[0])), format!("{:?}", seldom.task(ids[1])));
    assert_eq!(format!("{:?}", often.cluster()), format!("{:?}", seldom.cluster()));
}

#[test]
fn a_hanging_subtask_is_ended_by_its_timeout_with_operation_cancel() {
    let mut story = Story::of("meta01");
    let id = story.submit(Verb::Stop, ZONE3);
    story.strike(id, Step::StopProcess, Fate::Hangs);
    story.run_until(id, Step::StopProcess, State::Running);
    let started = story.task(id).subtasks[story.at(id, Step::StopProcess)].started.unwrap();
    assert_eq!(story.end(id), TaskState::Failed);
    assert_eq!(story.state(id, Step::StopProcess), (State::Failed, Operation::Cancel, 1));
    let finished: Ms = story.task(id).subtasks[story.at(id, Step::StopProcess)].finished.unwrap();
    assert_eq!(finished - started, 1200 * SECOND);
    assert_eq!(story.cluster().status, Status::Operating, "a failed task still holds its cluster");
    assert_eq!(story.try_submit(Verb::Stop, SERVER, false), Err((409, 11020)));
    assert_eq!(story.try_submit(Verb::Stop, ZONE3, false), Err((409, 12008)));
}

#[test]
fn a_task_fails_only_when_none_of_its_subtasks_runs_any_more() {
    let mut story = Story::of("trade12");
    let id = story.submit(Verb::Stop, ZONE3);
    story.strike(id, Step::PrepareStopServer, Fate::Fails("no".to_owned()));
    let mut ran_with_failure = false;
    let state = story.rest(id, |task| {
        let any = |state| task.subtasks.iter().any(|s| s.state == state);
        ran_with_failure |= any(State::Failed) && task.state == TaskState::Running;
        assert!(!any(State::Failed) || !any(State::Running) || task.state == TaskState::Running);
    });
    assert_eq!(state, TaskState::Failed);
    assert!(ran_with_failure);
}

#[test]
fn a_retry_of_the_task_counts_a_run_and_a_retry_of_the_subtask_does_not() {
    for (whole, runs) in [(true, 2), (false, 1)] {
        let mut story = Story::of("meta01");
        let id = story.submit(Verb::Stop, ZONE3);
        story.strike(id, Step::StopZone, Fate::Fails("no".to_owned()));
        assert_eq!(story.end(id), TaskState::Failed);
        let started = story.task(id).subtasks[story.at(id, Step::StopZone)].started;
        let (at, ix) = (story.world.now(), story.at(id, Step::StopZone));
        let task = story.world.task_mut(id).unwrap();
        if whole { task.retry(at) } else { task.retry_subtask(ix, at) }.unwrap();
        assert_eq!(task.state, TaskState::Running);
        assert_eq!(task.operation, if whole { Operation::Retry } else { Operation::Execute });
        assert_eq!(story.state(id, Step::StopZone), (State::Ready, Operation::Retry, runs));
        assert_eq!(story.end(id), TaskState::Successful);
        let subtask = &story.task(id).subtasks[ix];
        assert_eq!((subtask.started, subtask.executions.len()), (started, 2), "the first start stays");
        assert_eq!(story.cluster().zones[2].status, Status::Stopped);
    }
}

#[test]
fn a_skipped_subtask_counts_as_done_without_doing_its_work() {
    let mut story = Story::of("meta01");
    let id = story.submit(Verb::Stop, ZONE3);
    story.strike(id, Step::StopZone, Fate::Fails("no".to_owned()));
    story.end(id);
    let (at, ix) = (story.world.now(), story.at(id, Step::StopZone));
    story.world.task_mut(id).unwrap().skip_subtask(ix, at).unwrap();
    assert_eq!(story.state(id, Step::StopZone), (State::Ready, Operation::Skip, 1));
    assert_eq!(story.end(id), TaskState::Successful);
    assert_eq!(story.state(id, Step::StopZone), (State::Successful, Operation::Skip, 1));
    assert!(story.cluster().zones[2].is_active, "the database was never told");
}

#[test]
fn a_cancelled_subtask_is_canceling_then_running_with_cancel_then_failed() {
    let mut story = Story::of("meta01");
    let id = story.submit(Verb::Stop, ZONE3);
    story.run_until(id, Step::StopZone, State::Running);
    let (at, ix) = (story.world.now(), story.at(id, Step::StopZone));
    story.world.task_mut(id).unwrap().cancel_subtask(ix, at).unwrap();
    assert_eq!(story.state(id, Step::StopZone).0, State::Canceling);
    story.run_until(id, Step::StopZone, State::Running);
    assert_eq!(story.state(id, Step::StopZone).1, Operation::Cancel);
    story.run_until(id, Step::StopZone, State::Failed);
    assert_eq!(story.end(id), TaskState::Failed);
    assert!(story.cluster().zones[2].is_active);
}

#[test]
fn a_rollback_undoes_from_the_failed_subtask_to_the_first_and_ends_successful_with_all_pending() {
    for (verb, place, fails) in [
        (Verb::Stop, ZONE3, Step::UpdateServerStatus),
        (Verb::Restart, SERVER, Step::WaitActive),
        (Verb::Stop, WHOLE, Step::UpdateZoneStatus),
    ] {
        let mut story = Story::of("protoss");
        let before = format!("{:?}", facts(story.cluster()));
        let id = story.submit(verb, place);
        story.strike(id, fails, Fate::Fails("no".to_owned()));
        assert_eq!(story.end(id), TaskState::Failed);
        assert_ne!(format!("{:?}", facts(story.cluster())), before);
        let at = story.world.now();
        story.world.task_mut(id).unwrap().rollback(at).unwrap();
        let state = story.rest(id, |task| {
            for s in task
                .subtasks
                .iter()
                .filter(|s| s.operation == Operation::Rollback && s.state == State::Running)
            {
                assert!(s.downstreams.iter().all(|d| task.subtasks[*d].state == State::Pending));
            }
        });
        assert_eq!(state, TaskState::Successful);
        assert_eq!(story.task(id).operation, Operation::Rollback);
        assert!(story.task(id).subtasks.iter().all(|s| s.state == State::Pending));
        assert_eq!(format!("{:?}", facts(story.cluster())), before, "{verb:?} {place:?}");
    }
}

/// What a rollback must give back.
fn facts(cluster: &Cluster) -> impl std::fmt::Debug + use<> {
    let zones: Vec<_> = cluster.zones.iter().map(|z| (z.status, z.is_active)).collect();
    let servers: Vec<_> = cluster.servers().map(|(_, s)| (s.status, s.is_alive, s.stopped_at)).collect();
    (cluster.status, zones, servers)
}

#[test]
fn orders_in_the_wrong_state_are_refused_with_400_and_their_code() {
    let mut story = Story::of("meta01");
    let id = story.submit(Verb::Stop, ZONE3);
    story.strike(id, Step::StopProcess, Fate::Fails("no".to_owned()));
    let at = story.world.now();
    let code = |r: Result<(), crate::sim::world::Refusal>| r.map_err(|r| (r.status, r.code));
    let ix = story.at(id, Step::StopZone);
    let task = story.world.task_mut(id).unwrap();
    assert_eq!(code(task.retry(at)), Err((400, 4007)));
    assert_eq!(code(task.rollback(at)), Err((400, 4007)));
    assert_eq!(code(task.retry_subtask(ix, at)), Err((400, 4007)));
    assert_eq!(code(task.skip_subtask(ix, at)), Err((400, 4007)));
    assert_eq!(code(task.cancel_subtask(ix, at)), Err((400, 4007)));
    story.end(id);
    let (at, failed) = (story.world.now(), story.at(id, Step::StopProcess));
    let task = story.world.task_mut(id).unwrap();
    task.subtasks[failed].prohibits_skip = true;
    assert_eq!(code(task.skip_subtask(failed, at)), Err((400, 4010)));
    task.prohibits_rollback = true;
    assert_eq!(code(task.rollback(at)), Err((400, 4009)));
    task.prohibits_rollback = false;
    task.subtasks[ix].prohibits_rollback = true;
    assert_eq!(code(task.rollback(at)), Err((400, 4009)), "a step that cannot be undone has run");
    task.subtasks[ix].prohibits_rollback = false;
    task.rollback(at).unwrap();
    assert_eq!(code(task.retry(at)), Err((400, 4007)));
}

#[test]
fn a_stop_that_costs_a_majority_is_refused_for_a_zone_and_fails_at_the_database_for_a_server() {
    let mut story = Story::of("pair");
    assert_eq!(story.try_submit(Verb::Stop, Place { zone: Some(1), server: None }, false), Err((409, 11070)));
    let place = Place { zone: Some(0), server: Some(0) };
    let id = story.try_submit(Verb::Stop, place, false).unwrap();
    assert_eq!(story.end(id), TaskState::Failed);
    assert_eq!(story.state(id, Step::StopServer).0, State::Failed);
    let at = story.world.now();
    story.world.task_mut(id).unwrap().rollback(at).unwrap();
    assert_eq!(story.end(id), TaskState::Successful);
    let id = story.try_submit(Verb::Stop, place, true).unwrap();
    assert_eq!(story.end(id), TaskState::Successful, "force asks nobody");
    let server = &story.cluster().zones[0].servers[0];
    assert_eq!((server.is_alive, server.stopped_at), (false, None));
}

#[test]
fn a_stopped_object_is_not_stopped_again_nor_a_running_one_started() {
    for (place, code) in [(WHOLE, 11007), (ZONE3, 12004), (SERVER, 13003)] {
        let mut story = Story::of("protoss");
        assert_eq!(story.try_submit(Verb::Start, place, false), Err((400, code)));
        let id = story.submit(Verb::Stop, place);
        assert_eq!(story.end(id), TaskState::Successful);
        assert_eq!(story.try_submit(Verb::Stop, place, false), Err((400, code)));
        assert_eq!(story.try_submit(Verb::Restart, place, false), Err((400, code)));
        let id = story.submit(Verb::Start, place);
        assert_eq!(story.end(id), TaskState::Successful);
        let cluster = story.cluster();
        assert_eq!(cluster.status, Status::Running);
        assert!(cluster.zones.iter().all(|z| z.status == Status::Running && z.is_active));
        assert!(
            cluster
                .servers()
                .all(|(_, s)| s.status == Status::Running && s.is_alive && s.stopped_at.is_none())
        );
    }
}

#[test]
fn restarts_leave_everything_running_with_new_start_times() {
    for place in [WHOLE, ZONE3, SERVER] {
        let mut story = Story::of("protoss");
        let begun = story.world.now();
        let id = story.submit(Verb::Restart, place);
        assert_eq!(story.end(id), TaskState::Successful);
        let cluster = story.cluster();
        assert_eq!(cluster.status, Status::Running);
        assert!(cluster.servers().all(|(_, s)| s.status == Status::Running && s.stopped_at.is_none()));
        assert!(cluster.server(SERVER).unwrap().started_at > begun);
    }
}

#[test]
fn a_second_zone_cannot_be_stopped_beside_a_stopped_one() {
    let mut story = Story::of("protoss");
    let id = story.submit(Verb::Stop, ZONE3);
    story.end(id);
    assert_eq!(story.try_submit(Verb::Stop, Place { zone: Some(1), server: None }, false), Err((409, 11070)));
}

#[test]
fn the_hanging_subtask_of_the_incident_is_as_near_its_timeout_as_the_scenario_says() {
    let scenario = Scenario::named("incident").unwrap();
    for seed in [1, 42, 77] {
        let world = World::build("incident", &scenario, Size::Small, seed, STORY_START).unwrap();
        let running: Vec<_> = world.tasks().filter(|t| t.state == TaskState::Running).collect();
        assert_eq!(running.len(), 1);
        let hanging = running[0].subtasks.iter().find(|s| s.state == State::Running).unwrap();
        assert_eq!(hanging.step, Step::StopProcess);
        assert_eq!(STORY_START - hanging.started.unwrap(), (1200 - 240) * SECOND);
        assert_eq!(world.tasks().filter(|t| t.state == TaskState::Failed).count(), 1);
    }
}

#[test]
fn every_scenario_can_be_told_with_any_seed() {
    for info in crate::sim::scenarios() {
        let scenario = Scenario::named(info.name).unwrap();
        for seed in 0..50 {
            let world = World::build(info.name, &scenario, Size::Small, seed, STORY_START).unwrap();
            assert!(
                world
                    .tasks()
                    .all(|t| t.started < STORY_START && t.finished.is_none_or(|at| at < STORY_START))
            );
            let unfinished = world.tasks().filter(|t| t.is_unfinished()).count();
            assert_eq!(unfinished, if info.name == "incident" { 2 } else { 0 }, "{} {seed}", info.name);
        }
    }
}
