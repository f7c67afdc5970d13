//! Reads: the richest call first, what replaces it, and the traps.

use obdeck::domain::id::{ClusterId, SubtaskId, TaskId};
use obdeck::domain::outcome::ReadErrorKind;
use obdeck::domain::status::{Health, Phase};
use obdeck::domain::task::TaskFilter;
use obdeck::plane::ControlPlane as _;

use super::super::server::{Act, Server, ok};
use super::agent::{agent, client, refuse, sealed};

const OB_INFO: &str = r#"{"agent_info":[{"ip":"10.0.0.1","port":2886,"zone":"zone1"},{"ip":"10.0.0.2","port":2886,"zone":"zone2"}],
  "obcluster_info":{"id":7,"name":"edge","version":"4.3.5.0-1","topology":{
   "zone2":[{"svr_ip":"10.0.0.2","svr_port":2882,"agent_port":2886,"with_rootserver":"NO","status":"ACTIVE","build_version":"4.3.5.0_1"}],
   "zone1":[{"svr_ip":"10.0.0.1","svr_port":2882,"agent_port":2886,"with_rootserver":"YES","status":"ACTIVE","build_version":"4.3.5.0_1"}]}}}"#;

/// An agent of a version without `/obcluster/info`.
fn old(more: impl Fn(&str) -> Act + Send + Sync + 'static) -> Server {
    agent(move |o, _| match o.seen.path() {
        "/api/v1/obcluster/info" => refuse(404, "Common.NotFound"),
        path => more(path),
    })
}

#[tokio::test]
async fn an_older_agent_tells_its_cluster_by_info_and_states() {
    let server = old(|path| match path {
        "/api/v1/ob/info" => ok(OB_INFO),
        "/api/v1/agents/status" => ok(r#"{"10.0.0.1:2886":{"obState":3,"startAt":1795228914675451559}}"#),
        _ => refuse(404, "Common.NotFound"),
    });
    let plane = client(&server);
    let clusters = plane.clusters().await.unwrap().value;
    let c = &clusters[0];
    assert_eq!((c.name.raw(), c.at.id.raw(), c.version.raw()), ("edge", "7", "4.3.5.0"));
    let states: Vec<_> =
        c.zones.iter().flat_map(|z| &z.servers).map(|s| (s.id.raw().to_owned(), s.status.is)).collect();
    // The second does not answer: it is missing from the states, and not up.
    assert_eq!(
        states,
        [("10.0.0.1:2886".to_owned(), Health::Up), ("10.0.0.2:2886".to_owned(), Health::Unknown)]
    );
    assert_eq!(c.zones[0].servers[0].address.raw(), "10.0.0.1:2882");
    plane.zones(&c.at.id).await.unwrap();
    let asked = sealed(&server).iter().filter(|s| s.path() == "/api/v1/obcluster/info").count();
    assert_eq!(asked, 1, "what is not offered is asked for once");
    assert_eq!(plane.zones(&ClusterId::new("8")).await.unwrap_err().kind, ReadErrorKind::NotFound);
}

#[tokio::test]
async fn where_only_the_status_is_told_the_agent_itself_is_the_cluster() {
    let server = old(|path| match path {
        // Crashes where the database lacks a parameter.
        "/api/v1/ob/info" => refuse(500, "Common.Unexpected"),
        _ => refuse(404, "Common.NotFound"),
    });
    assert_eq!(client(&server).clusters().await.unwrap_err().kind, ReadErrorKind::NotFound);
    let server = Server::start(|seen, _| match seen.path() {
        "/api/v1/secret" => ok(&format!(r#"{{"public_key":"{}"}}"#, super::agent::keys()[0].0)),
        "/api/v1/info" => ok(super::agent::INFO),
        "/api/v1/status" => {
            ok(r#"{"agent":{"ip":"10.0.0.1","port":2886,"identity":"CLUSTER AGENT"},"obState":0}"#)
        }
        _ => refuse(404, "Common.NotFound"),
    });
    let clusters = client(&server).clusters().await.unwrap().value;
    assert_eq!(clusters[0].name.raw(), "test");
    let s = &clusters[0].zones[0].servers[0];
    assert_eq!(
        (s.id.raw(), s.status.is, s.status.word.raw()),
        ("10.0.0.1:2886", Health::Down, "NOT RUNNING")
    );
}

#[tokio::test]
async fn a_crash_on_a_list_of_tasks_is_unknown_and_not_the_end() {
    let server = agent(|o, _| match o.seen.path() {
        "/api/v1/task/dag/unfinish" => ok(r#"{"contents":null}"#),
        _ => refuse(500, "Common.Unexpected"),
    });
    let plane = client(&server);
    assert_eq!(plane.tasks(&TaskFilter::default()).await.unwrap().value, []);
    let all = agent(|_, _| refuse(500, "Common.Unexpected"));
    assert_eq!(client(&all).tasks(&TaskFilter::default()).await.unwrap_err().kind, ReadErrorKind::Server);
}

const SUB: &str = r#"{"id":"2213070643302886371","name":"Stop observer","stage":2,"max_stage":2,"maintenance_type":2,"state":"FAILED",
  "operator":"RUN","start_time":"2026-11-21T02:58:56Z","end_time":"2026-11-21T02:58:57Z",
  "additional_data":{"main_dag_id":"221307064330288636"},"nodes":[
  {"id":"221307064330288658","name":"Start preparations","state":"FAILED","operator":"RUN","sub_tasks":[
   {"id":"221307064330288658","name":"Start preparations","state":"FAILED","operator":"RUN","execute_times":1,
    "execute_agent":{"ip":"127.0.0.1","port":2886},"task_logs":["wait operator to advance"]}]}]}"#;

fn main_dag(state: &str) -> String {
    format!(
        r#"{{"id":"221307064330288636","name":"Stop OB","stage":1,"max_stage":2,"maintenance_type":1,"state":"{state}","operator":"RUN",
        "start_time":"2026-11-21T02:58:52Z","end_time":"1970-01-01T00:00:00Z",
        "additional_data":{{"sub_dags":{{"127.0.0.1:2886":"2213070643302886371"}}}},"nodes":[
        {{"id":"1","name":"Wait for all agents to execute tasks successfully","state":"RUNNING","operator":"RUN","sub_tasks":[]}},
        {{"id":"2","name":"Inform all agents to end the task","state":"PENDING","operator":"RUN","sub_tasks":[]}}]}}"#
    )
}

fn nested(state: &'static str) -> Server {
    agent(move |o, _| match o.seen.path() {
        "/api/v1/task/dag/221307064330288636" => ok(&main_dag(state)),
        "/api/v1/task/dag/2213070643302886371" => ok(SUB),
        "/api/v1/task/dag/unfinish" => ok(&format!(r#"{{"contents":[{},{SUB}]}}"#, main_dag(state))),
        path if path.starts_with("/api/v1/task/") => refuse(500, "Common.Unexpected"),
        _ => refuse(404, "Common.NotFound"),
    })
}

#[tokio::test]
async fn a_meeting_point_is_no_failure_while_the_main_dag_runs() {
    for (state, phase) in [("RUNNING", Phase::Ready), ("FAILED", Phase::Failed)] {
        let server = nested(state);
        let task = client(&server).task(&TaskId::new("221307064330288636")).await.unwrap().value;
        let inner = &task.graph.nodes[0].inner;
        assert_eq!((inner.len(), inner[0].agent.raw()), (1, "127.0.0.1:2886"));
        let sub = inner[0].task.as_ref().unwrap();
        assert_eq!((sub.phase(), sub.head.status.word.raw()), (phase, "FAILED"));
        assert_eq!(sub.graph.nodes[0].members[0].phase(), phase);
        assert!(task.graph.nodes[1].inner.is_empty());
    }
}

#[tokio::test]
async fn a_sub_dag_opened_by_itself_waits_while_its_main_dag_runs_too() {
    for (state, phase) in [("RUNNING", Phase::Ready), ("FAILED", Phase::Failed)] {
        let server = agent(move |o, _| match o.seen.path() {
            "/api/v1/task/dag/221307064330288636?show_details=false" => ok(&main_dag(state)),
            "/api/v1/task/dag/2213070643302886371" => ok(SUB),
            _ => refuse(500, "Common.Unexpected"),
        });
        let task = client(&server).task(&TaskId::new("2213070643302886371")).await.unwrap().value;
        assert_eq!((task.phase(), task.head.status.word.raw()), (phase, "FAILED"));
    }
    // Who cannot read the main DAG does not know that it failed.
    let alone = agent(move |o, _| match o.seen.path() {
        "/api/v1/task/dag/2213070643302886371" => ok(SUB),
        _ => refuse(500, "Common.Unexpected"),
    });
    let task = client(&alone).task(&TaskId::new("2213070643302886371")).await.unwrap().value;
    assert_eq!(task.phase(), Phase::Ready);
}

#[tokio::test]
async fn a_passed_sub_dag_is_done_when_every_stage_ran_and_given_up_when_one_did_not() {
    let passed = |last: u32| {
        let dag = SUB.replace("\"FAILED\"", "\"SUCCEED\"").replace("\"RUN\"", "\"PASS\"");
        let (nodes, _) = dag.rsplit_once("]}").unwrap();
        format!(
            r#"{nodes},{{"id":"2","name":"Wait for task to end","state":"SUCCEED","operator":"PASS","sub_tasks":[
            {{"id":"2","name":"Wait for task to end","state":"SUCCEED","operator":"PASS","execute_times":{last}}}]}}]}}"#
        )
    };
    for (last, phase) in [(1, Phase::Done), (0, Phase::Skipped)] {
        let server = agent(move |o, _| match o.seen.path() {
            "/api/v1/task/dag/221307064330288636" => ok(&main_dag("SUCCEED")),
            "/api/v1/task/dag/2213070643302886371" => ok(&passed(last)),
            _ => refuse(500, "Common.Unexpected"),
        });
        let task = client(&server).task(&TaskId::new("221307064330288636")).await.unwrap().value;
        let inner = &task.graph.nodes[0].inner[0];
        assert_eq!(inner.phase(), phase);
        let sub = inner.task.as_ref().unwrap();
        assert_eq!((sub.head.status.word.raw(), sub.head.operation.word.raw()), ("SUCCEED", "PASS"));
    }
}

#[tokio::test]
async fn a17_a_sub_dag_whose_agent_is_away_is_no_error_of_the_task() {
    let server = agent(move |o, _| match o.seen.path() {
        "/api/v1/task/dag/221307064330288636" => ok(&main_dag("RUNNING")),
        // What an agent says when the owner of a DAG is down (obshell-api 4.1).
        "/api/v1/task/dag/2213070643302886371" => super::agent::owner_away(),
        _ => refuse(404, "Common.NotFound"),
    });
    let task = client(&server).task(&TaskId::new("221307064330288636")).await.unwrap().value;
    let inner = &task.graph.nodes[0].inner[0];
    assert!(inner.is_away() && inner.phase() == Phase::Unknown, "{inner:?}");
    assert_eq!((inner.agent.raw(), inner.id.raw()), ("127.0.0.1:2886", "2213070643302886371"));
    assert_eq!(task.phase(), Phase::Running);
}

#[tokio::test]
async fn every_replica_of_root_service_counts_though_servers_tell_of_its_leader_alone() {
    let server = agent(|o, _| match o.seen.path() {
        "/api/v1/obcluster/info" => {
            ok(r#"{"cluster_id":1,"cluster_name":"c","status":"AVAILABLE","tenants":[],"zones":[
            {"name":"zone1","status":"RUNNING","root_server":{"ip":"10.0.0.1","role":"LEADER","zone":"zone1","svr_port":2882},
             "servers":[{"ip":"10.0.0.1","svr_port":2882,"status":"RUNNING","with_rootserver":true}]},
            {"name":"zone2","status":"RUNNING","root_server":{"ip":"10.0.0.2","role":"FOLLOWER","zone":"zone2","svr_port":2882},
             "servers":[{"ip":"10.0.0.2","svr_port":2882,"status":"RUNNING","with_rootserver":false},
                        {"ip":"10.0.0.3","svr_port":2882,"status":"RUNNING","with_rootserver":false}]}]}"#)
        }
        _ => refuse(404, "Common.NotFound"),
    });
    let cluster = client(&server).clusters().await.unwrap().value.remove(0);
    let holds: Vec<bool> =
        cluster.zones.iter().flat_map(|z| &z.servers).map(|s| s.with_root_server).collect();
    assert_eq!(holds, [true, true, false]);
    assert_eq!(cluster.root_servers.iter().filter(|r| r.is_leader).count(), 1);
}

#[tokio::test]
async fn a_row_of_the_topology_names_the_task_that_works_on_it() {
    let server = agent(|o, _| match o.seen.path() {
        "/api/v1/obcluster/info" => {
            ok(r#"{"cluster_id":1,"cluster_name":"c","status":"AVAILABLE","tenants":[],
            "zones":[{"name":"zone1","status":"STOPPING","local_task_id":"22130706433028861","servers":[
              {"ip":"10.0.0.1","svr_port":2882,"status":"PROCESS_STOPPING","local_task_id":"22130706433028862"}]},
             {"name":"zone2","status":"RUNNING","local_task_id":"","servers":[{"ip":"10.0.0.2","status":"RUNNING"}]}]}"#)
        }
        _ => refuse(404, "Common.NotFound"),
    });
    let cluster = client(&server).clusters().await.unwrap().value.remove(0);
    let task = |t: &Option<TaskId>| t.as_ref().map(|t| t.raw().to_owned());
    assert_eq!(task(&cluster.zones[0].task).as_deref(), Some("22130706433028861"));
    assert_eq!(task(&cluster.zones[0].servers[0].task).as_deref(), Some("22130706433028862"));
    assert_eq!(
        (&cluster.task, &cluster.zones[1].task, &cluster.zones[1].servers[0].task),
        (&None, &None, &None)
    );
}

#[tokio::test]
async fn a_sub_dag_is_listed_as_its_main_dag() {
    let running = nested("RUNNING");
    let names = |tasks: Vec<obdeck::domain::task::TaskSummary>| {
        tasks.iter().map(|t| (t.at.id.raw().to_owned(), t.name.raw().to_owned())).collect::<Vec<_>>()
    };
    let unfinished = TaskFilter { unfinished: true, ..TaskFilter::default() };
    // Its cluster cannot be read here; the tasks can.
    let plane = client(&running);
    let _ = plane.clusters().await;
    plane.resume();
    let main = [("221307064330288636".to_owned(), "Stop OB".to_owned())];
    assert_eq!(names(plane.tasks(&unfinished).await.unwrap().value), main);
    // The main DAG has failed and left the list; what it left behind still holds the agent.
    let left = agent(|o, _| match o.seen.path() {
        "/api/v1/task/dag/unfinish" => ok(&format!(r#"{{"contents":[{SUB}]}}"#)),
        "/api/v1/task/dag/221307064330288636?show_details=false" => ok(&main_dag("FAILED")),
        "/api/v1/obcluster/info" => {
            ok(r#"{"cluster_id":1,"cluster_name":"c","status":"AVAILABLE","zones":[],"tenants":[]}"#)
        }
        _ => refuse(500, "Common.Unexpected"),
    });
    let tasks = client(&left).tasks(&unfinished).await.unwrap().value;
    assert_eq!(tasks[0].cluster_name.raw(), "c");
    assert_eq!(names(tasks), main);
}

#[tokio::test]
async fn a_log_is_dated_and_by_attempt_or_bare_where_it_is_not_kept() {
    const LINES: &str = r#"{"contents":[
      {"id":1,"sub_task_id":2,"execute_times":1,"log_content":"first","create_time":"2026-11-21T03:01:45.3Z"},
      {"id":2,"sub_task_id":2,"execute_times":3,"log_content":"again\u001b[31m","create_time":"2026-11-21T03:02:45.3Z"}]}"#;
    let server =
        agent(|o, _| if o.seen.path().ends_with("/logs") { ok(LINES) } else { refuse(404, "Task.NotFound") });
    let log = client(&server).log(&TaskId::new("1"), &SubtaskId::new("2")).await.unwrap().value;
    let lines: Vec<&str> = log.lines.iter().map(obdeck::domain::shown::Shown::as_str).collect();
    assert_eq!(lines[..3], ["── run 1 ──", "03:01:45Z first", "── run 3 ──"]);
    assert!(lines[3].starts_with("03:02:45Z again") && !lines[3].contains('\u{1b}'));
    let older = agent(|o, _| match o.seen.path() {
        "/api/v1/task/sub_task/2" => ok(r#"{"id":"2","task_logs":["one","two"]}"#),
        _ => refuse(404, "Common.NotFound"),
    });
    let log = client(&older).log(&TaskId::new("1"), &SubtaskId::new("2")).await.unwrap().value;
    assert_eq!(
        log.lines.iter().map(obdeck::domain::shown::Shown::as_str).collect::<Vec<_>>(),
        ["one", "two"]
    );
}
