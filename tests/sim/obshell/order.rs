//! Stop and start in each scope and mode, to the end, and what is refused (obshell-api 7).

use serde_json::{Value, json};

use super::client::Desk;

const STOP: &str = "/api/v1/ob/stop";
const START: &str = "/api/v1/ob/start";

fn scope(kind: &str, target: &[String]) -> Value {
    json!({ "type": kind, "target": target })
}

fn stop(desk: &Desk, scope: Value, force: bool, terminate: bool) -> Value {
    desk.post(STOP, &json!({ "scope": scope, "force": force, "terminate": terminate })).data()
}

fn start(desk: &Desk, scope: Value) -> Value {
    desk.post(START, &json!({ "scope": scope })).data()
}

fn names(dag: &Value) -> Vec<String> {
    dag["nodes"].as_array().unwrap().iter().map(|n| n["name"].as_str().unwrap().to_owned()).collect()
}

/// Goes on to the end, which must be a good one; gives the DAG.
fn well(desk: &Desk, made: &Value) -> Value {
    assert_eq!(
        (&made["state"], &made["stage"], &made["nodes"], &made["additional_data"]),
        (&json!("READY"), &json!(1), &Value::Null, &Value::Null)
    );
    let end = desk.finish(&made["id"]);
    assert_eq!((&end["state"], &end["operator"]), (&json!("SUCCEED"), &json!("RUN")), "{end:#}");
    assert_eq!(end["stage"], end["max_stage"]);
    end
}

const ALL: [&str; 5] = [
    "Inform all agents to prepare to stop observer",
    "Make sure all agents are ready",
    "Advance agents to execute the task",
    "Wait for all agents to execute tasks successfully",
    "Inform all agents to end the task",
];

#[test]
fn a_server_is_killed_and_started_again() {
    let desk = Desk::edge();
    let target = || scope("SERVER", &[desk.name(1)]);
    let end = well(&desk, &stop(&desk, target(), true, false));
    assert_eq!(names(&end), ALL);
    assert_eq!(desk.servers(), ["RUNNING", "PROCESS_STOPPED", "RUNNING"]);
    let sub = desk.dag(&end["additional_data"]["sub_dags"][desk.name(1)]);
    assert_eq!(names(&sub), ["Start preparations", "Stop observer", "Wait for task to end"]);
    assert_eq!((&sub["state"], &sub["operator"]), (&json!("SUCCEED"), &json!("PASS")));
    assert_eq!(sub["additional_data"]["main_dag_id"], end["id"]);
    let other = desk.dag(&end["additional_data"]["sub_dags"][desk.name(2)]);
    assert_eq!(names(&other), ["Start preparations", "Wait for task to end"]);
    let end = well(&desk, &start(&desk, target()));
    assert_eq!(end["max_stage"], 5);
    let sub = desk.dag(&end["additional_data"]["sub_dags"][desk.name(1)]);
    assert_eq!(sub["max_stage"], 5);
    assert_eq!(desk.servers(), ["RUNNING"; 3]);
}

#[test]
fn a_server_is_stopped_by_sql_alone_and_keeps_its_process() {
    let desk = Desk::edge();
    let target = || scope("SERVER", &[desk.name(1)]);
    let end = well(&desk, &stop(&desk, target(), false, false));
    assert_eq!(names(&end)[4], "Execute stop sql");
    assert_eq!(desk.servers(), ["RUNNING", "SERVICE_STOPPED", "RUNNING"]);
    let server = &desk.zones()[1]["servers"][0];
    assert_eq!((&server["ob_status"], &server["inner_status"]), (&json!(3), &json!("ACTIVE")));
    assert!(!server["stop_time"].as_str().unwrap().starts_with("0001"));
    well(&desk, &start(&desk, target()));
    assert_eq!(desk.servers(), ["RUNNING"; 3]);
}

#[test]
fn a_zone_is_stopped_by_sql_and_started() {
    let desk = Desk::edge();
    let target = || scope("ZONE", &["zone3".to_owned()]);
    well(&desk, &stop(&desk, target(), false, false));
    let zone = desk.zones()[2].clone();
    assert_eq!((&zone["status"], &zone["inner_status"]), (&json!("STOPPED"), &json!("INACTIVE")));
    assert_eq!(zone["servers"][0]["status"], "RUNNING");
    let end = well(&desk, &start(&desk, target()));
    assert_eq!(names(&end)[4], "Start Zone");
    assert_eq!(desk.zones()[2]["status"], "RUNNING");
}

#[test]
fn a_zone_is_killed_with_and_without_a_freeze() {
    for (force, terminate, stages) in [(true, false, 5), (false, true, 6)] {
        let desk = Desk::edge();
        let target = || scope("ZONE", &["zone2".to_owned()]);
        let end = well(&desk, &stop(&desk, target(), force, terminate));
        assert_eq!(end["max_stage"], stages);
        assert_eq!(desk.servers()[1], "PROCESS_STOPPED");
        well(&desk, &start(&desk, target()));
        assert_eq!(desk.servers(), ["RUNNING"; 3]);
    }
}

#[test]
fn the_zone_route_stops_sql_freezes_if_asked_and_kills() {
    for (freeze, stages) in [(false, 6), (true, 7)] {
        let desk = Desk::edge();
        let check = desk.post("/api/v1/ob/zone/zone2/stop/check", &json!({}));
        assert!(check.status == 200 && check.json().get("data").is_none(), "{}", check.body);
        let made = desk.post("/api/v1/ob/zone/zone2/stop", &json!({ "freeze_server": freeze })).data();
        assert_eq!(made["max_stage"], stages);
        let end = well(&desk, &made);
        assert_eq!(names(&end)[2], "Execute stop sql");
        assert_eq!(names(&end)[3] == "Minor freeze before stop server", freeze);
        let zone = desk.zones()[1].clone();
        assert_eq!(
            (&zone["status"], &zone["servers"][0]["status"]),
            (&json!("STOPPED"), &json!("PROCESS_STOPPED"))
        );
        well(&desk, &start(&desk, scope("ZONE", &["zone2".to_owned()])));
        assert_eq!(
            (desk.zones()[1]["status"].clone(), desk.servers()),
            (json!("RUNNING"), vec!["RUNNING".to_owned(); 3])
        );
    }
}

#[test]
fn the_whole_cluster_is_killed_and_comes_back() {
    for terminate in [false, true] {
        let desk = Desk::edge();
        well(&desk, &stop(&desk, scope("GLOBAL", &[]), !terminate, terminate));
        let info = desk.get("/api/v1/obcluster/info").data();
        assert_eq!((&info["status"], &info["tenants"]), (&json!("NOT RUNNING"), &Value::Null));
        assert_eq!(info["zones"][0]["status"], "UNKNOWN");
        assert_eq!(desk.servers(), ["PROCESS_STOPPED"; 3]);
        assert_eq!(desk.get("/api/v1/ob/info").data()["obcluster_info"]["topology"], Value::Null);
        // Stopping again finds nothing to kill and is well all the same.
        well(&desk, &stop(&desk, scope("GLOBAL", &[]), true, false));
        well(&desk, &start(&desk, scope("GLOBAL", &[])));
        assert_eq!(desk.servers(), ["RUNNING"; 3]);
        assert_eq!(desk.get("/api/v1/obcluster/info").data()["status"], "AVAILABLE");
    }
}

#[test]
fn while_it_runs_the_tree_shows_it_and_links_to_it() {
    let desk = Desk::edge();
    let made = stop(&desk, scope("SERVER", &[desk.name(1)]), true, false);
    desk.pass_ms(3000);
    let zone = desk.zones()[1].clone();
    let server = &zone["servers"][0];
    assert_eq!((&zone["status"], &server["status"]), (&json!("RUNNING"), &json!("PROCESS_STOPPING")));
    assert_eq!(server["local_task_id"], made["id"]);
    assert!(desk.get("/api/v1/agents/status").data()[desk.name(2)]["underMaintenance"] == true);
    desk.finish(&made["id"]);
    let made = stop(&desk, scope("ZONE", &["zone3".to_owned()]), true, false);
    desk.pass_ms(3000);
    let zone = desk.zones()[2].clone();
    assert_eq!((&zone["status"], &zone["local_task_id"]), (&json!("STOPPING"), &made["id"]));
    assert!(zone["servers"][0].get("local_task_id").is_none());
}

#[test]
fn a_stop_takes_the_time_that_the_recorded_ones_took() {
    let desk = Desk::edge();
    let made = stop(&desk, scope("SERVER", &[desk.name(1)]), false, false);
    let begin = desk.sim.clock().now();
    desk.finish(&made["id"]);
    let seconds = (desk.sim.clock().now() - begin) / 1000;
    assert!((12..=16).contains(&seconds), "{seconds} s");
}

fn refused(desk: &Desk, path: &str, body: &Value, status: u16, err: &str) {
    assert_eq!(desk.post(path, body).err(), (status, err.to_owned()), "{path} {body}");
}

#[test]
fn bodies_that_cannot_be_read_or_name_nothing_are_refused() {
    let desk = Desk::edge();
    let global = scope("GLOBAL", &[]);
    for (body, err) in [
        (json!({}), "OB.Cluster.Scope.Invalid"),
        (json!({ "scope": { "type": "RACK" } }), "OB.Cluster.Scope.Invalid"),
        (json!({ "scope": global, "force": "yes" }), "Common.BindJsonFailed"),
        (json!({ "scope": global, "force": true, "forcePassDag": ["1"] }), "Common.BindJsonFailed"),
        (json!({ "scope": { "type": "ZONE", "target": [] }, "force": true }), "Common.IllegalArgument"),
        (json!({ "scope": { "type": "ZONE", "target": ["zone9"] } }), "OB.Zone.NotExist"),
        (json!({ "scope": { "type": "SERVER", "target": ["10.9.9.9:2886"] } }), "Agent.NotExist"),
        (json!({ "scope": { "type": "SERVER", "target": ["127.0.0.1"] } }), "Agent.NotExist"),
        (json!({ "scope": { "type": "SERVER", "target": ["nowhere"] } }), "Common.InvalidIp"),
        (json!({ "scope": { "type": "SERVER", "target": ["127.0.0.1:x"] } }), "Common.InvalidPort"),
        (json!({ "scope": global }), "OB.Cluster.ForceStopOrTerminateRequired"),
        (json!({ "scope": global, "force": true, "terminate": true }), "OB.Cluster.StopModeConflict"),
    ] {
        refused(&desk, STOP, &body, 400, err);
    }
    let cut = desk.ask(0, "POST", STOP, Some(br#"{"scope":"#), &desk.sealing());
    assert_eq!(cut.err(), (400, "Common.BindJsonFailed".to_owned()));
    assert_eq!(desk.get("/api/v1/task/dags/agent").data(), json!({ "contents": [] }));
}

#[test]
fn one_zone_at_a_time_without_force() {
    let desk = Desk::edge();
    let zones = |names: &[&str]| json!({ "scope": { "type": "ZONE", "target": names } });
    refused(&desk, STOP, &zones(&["zone1", "zone3"]), 400, "OB.Server.StoppedInMultiZone");
    let both = [desk.name(0), desk.name(2)];
    refused(&desk, STOP, &json!({ "scope": scope("SERVER", &both) }), 400, "OB.Server.StoppedInMultiZone");
    well(&desk, &stop(&desk, scope("SERVER", &[desk.name(1)]), false, false));
    refused(&desk, STOP, &zones(&["zone1"]), 400, "OB.Server.StoppedInMultiZone");
    refused(&desk, "/api/v1/ob/zone/zone1/stop", &json!({}), 400, "OB.Server.StoppedInMultiZone");
    refused(&desk, "/api/v1/ob/zone/zone1/stop/check", &json!({}), 400, "OB.Server.StoppedInMultiZone");
    refused(&desk, "/api/v1/ob/zone/zone9/stop", &json!({}), 400, "OB.Zone.NotExist");
}

#[test]
fn a_stop_that_would_lose_the_majority_is_refused_unless_it_kills() {
    let desk = Desk::edge();
    desk.sim.crash_observer(1);
    let zone1 = json!({ "scope": { "type": "ZONE", "target": ["zone1"] } });
    refused(&desk, STOP, &zone1, 400, "OB.Cluster.Tenant.Replica.Invalid");
    let made = stop(&desk, scope("ZONE", &["zone1".to_owned()]), true, false);
    assert_eq!(made["max_stage"], 5);
}

#[test]
fn without_a_database_only_servers_and_the_whole_can_be_killed() {
    let desk = Desk::edge();
    desk.sim.set_database_down(true);
    let zone = json!({ "type": "ZONE", "target": ["zone1"] });
    let server = scope("SERVER", &[desk.name(1)]);
    for body in [
        json!({ "scope": zone }),
        json!({ "scope": zone, "force": true }),
        json!({ "scope": server }),
        json!({ "scope": { "type": "GLOBAL" }, "terminate": true }),
    ] {
        refused(&desk, STOP, &body, 400, "OB.Cluster.ForceStopRequired");
    }
    refused(&desk, "/api/v1/ob/zone/zone1/stop", &json!({}), 500, "Agent.OceanBase.NotHold");
    assert_eq!(desk.get("/api/v1/tenants/overview").err().1, "Agent.OceanBase.NotHold");
    assert_eq!(desk.get("/api/v1/task/dags/ob").err().1, "Agent.OceanBase.NotHold");
    well(&desk, &stop(&desk, server, true, false));
    assert_eq!(desk.servers()[1], "PROCESS_STOPPED");
}
