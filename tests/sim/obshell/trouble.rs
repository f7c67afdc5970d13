//! What goes wrong: agents away, slow kills, freezes without end, observers that refuse (obshell-api 7.4).

use obdeck::sim::faults::{Fault, What};
use obdeck::sim::obshell::Options;
use serde_json::{Value, json};

use super::client::{Desk, exchange};

fn kill_one(desk: &Desk) -> Value {
    let body = json!({ "scope": { "type": "SERVER", "target": [desk.name(1)] }, "force": true });
    desk.post("/api/v1/ob/stop", &body).data()
}

fn state(dag: &Value) -> (&str, i64) {
    (dag["state"].as_str().unwrap(), dag["stage"].as_i64().unwrap())
}

#[test]
fn an_agent_that_is_down_refuses_connections_and_is_missing_from_the_list() {
    let desk = Desk::edge();
    let made = kill_one(&desk);
    desk.pass_ms(2500);
    desk.down(0);
    assert!(exchange(desk.sim.addresses()[0], "GET", "/api/v1/status", "", "").is_none());
    let rows = desk.get_at(1, "/api/v1/agents/status").data();
    assert_eq!(rows.as_object().unwrap().len(), 2);
    // Nobody else can answer for what it owns.
    let path = format!("/api/v1/task/dag/{}", made["id"].as_str().unwrap());
    let got = desk.get_at(1, &path);
    assert_eq!(got.err(), (500, "Common.Unexpected".to_owned()));
    assert!(got.body.contains("connect: connection refused"), "{}", got.body);
    assert_eq!(desk.get_at(1, "/api/v1/obcluster/info").data()["status"], "AVAILABLE");
    desk.pass_ms(60_000);
    desk.up(0);
    let end = desk.finish(&made["id"]);
    assert_eq!(state(&end), ("SUCCEED", 5), "{end:#}");
}

#[test]
fn what_cannot_be_resumed_fails_when_its_owner_comes_back() {
    let desk = Desk::edge();
    desk.down(2);
    let made = kill_one(&desk);
    // The first node is still trying to reach the third agent.
    desk.pass_ms(3000);
    desk.down(0);
    desk.up(0);
    let end = desk.finish(&made["id"]);
    assert_eq!(state(&end), ("FAILED", 1));
    let logs = end["nodes"][0]["sub_tasks"][2]["task_logs"].as_array().unwrap();
    assert_eq!(logs.last().unwrap(), "task unexpectedly interrupted and cannot continue");
}

#[test]
fn one_agent_down_fails_every_stop_even_of_others() {
    let desk = Desk::edge();
    desk.down(2);
    let end = desk.finish(&kill_one(&desk)["id"]);
    assert_eq!(state(&end), ("FAILED", 2));
    let subs = end["additional_data"]["sub_dags"].as_object().unwrap();
    assert_eq!(subs.len(), 2);
    // Those that were created are passed without having done anything.
    let sub = desk.dag(&subs[&desk.name(1)]);
    assert_eq!(
        (&sub["operator"], &sub["nodes"][1]["sub_tasks"][0]["execute_times"]),
        (&json!("PASS"), &json!(0))
    );
    assert_eq!(desk.servers()[1], "RUNNING");
}

#[test]
fn a_slow_kill_takes_its_time_and_a_process_that_does_not_die_fails_the_stop() {
    let desk = Desk::edge();
    desk.sim.set_slow_kill(3);
    assert_eq!(desk.finish(&kill_one(&desk)["id"])["state"], "SUCCEED");
    let desk = Desk::edge();
    desk.sim.set_slow_kill(99);
    let end = desk.finish(&kill_one(&desk)["id"]);
    assert_eq!(state(&end), ("FAILED", 5), "{end:#}");
    assert_eq!(desk.servers()[1], "RUNNING");
}

#[test]
fn a_freeze_without_end_fails_after_twenty_minutes_and_can_be_tried_again() {
    let desk = Desk::edge();
    desk.sim.set_freeze_hangs(true);
    let made = desk.post("/api/v1/ob/zone/zone2/stop", &json!({ "freeze_server": true })).data();
    desk.pass_ms(10 * 60_000);
    assert_eq!(state(&desk.dag(&made["id"])), ("RUNNING", 4));
    desk.pass_ms(12 * 60_000);
    assert_eq!(state(&desk.dag(&made["id"])), ("FAILED", 4));
    desk.sim.set_freeze_hangs(false);
    let path = format!("/api/v1/task/dag/{}", made["id"].as_str().unwrap());
    assert_eq!(desk.post(&path, &json!({ "operator": "RETRY" })).status, 200);
    assert_eq!(state(&desk.finish(&made["id"])), ("SUCCEED", 7));
}

#[test]
fn a_start_without_a_database_waits_ten_minutes() {
    let desk = Desk::edge();
    desk.finish(
        &desk.post("/api/v1/ob/stop", &json!({ "scope": { "type": "GLOBAL" }, "force": true })).data()["id"],
    );
    desk.sim.set_database_down(true);
    let made = desk.post("/api/v1/ob/start", &json!({ "scope": { "type": "GLOBAL" } })).data();
    desk.pass_ms(9 * 60_000);
    let dag = desk.dag(&made["id"]);
    assert_eq!(state(&dag), ("RUNNING", 4));
    let sub = desk.dag(&dag["additional_data"]["sub_dags"][desk.name(0)]);
    assert_eq!(
        (sub["nodes"][3]["name"].clone(), sub["nodes"][3]["state"].clone()),
        (json!("Execute start observer sql"), json!("RUNNING"))
    );
    assert_eq!(desk.servers(), ["STARTING"; 3]);
    assert_eq!(desk.get("/api/v1/obcluster/info").data()["status"], "RUNNING");
    desk.sim.set_database_down(false);
    assert_eq!(desk.finish(&made["id"])["state"], "SUCCEED");
}

#[test]
fn an_observer_that_refuses_to_start_fails_the_start_and_frees_the_agents() {
    let desk = Desk::edge();
    desk.finish(&kill_one(&desk)["id"]);
    desk.sim.set_refuses_start(1, true);
    let body = json!({ "scope": { "type": "SERVER", "target": [desk.name(1)] } });
    let end = desk.finish(&desk.post("/api/v1/ob/start", &body).data()["id"]);
    assert_eq!(state(&end), ("FAILED", 5));
    assert_eq!(desk.servers()[1], "PROCESS_STOPPED");
    desk.sim.set_refuses_start(1, false);
    assert_eq!(desk.finish(&desk.post("/api/v1/ob/start", &body).data()["id"])["state"], "SUCCEED");
}

#[test]
fn faults_of_the_network_strike_agents_too() {
    let desk = Desk::edge();
    desk.sim.faults().add(Fault::new(What::AnswerLost).on("POST", "/ob/stop").once());
    let body = json!({ "scope": { "type": "GLOBAL" }, "force": true }).to_string();
    let at = desk.sim.addresses()[0];
    let before = desk.get("/api/v1/task/dags/agent").data()["contents"].as_array().unwrap().len();
    let how = desk.sealing();
    let public = desk.public(0);
    let header = json!({ "auth": how.auth, "ts": how.ts, "uri": "/api/v1/ob/stop",
        "keys": super::client::keys([1; 16], [2; 16]) });
    let header =
        format!("X-OCS-Header: {}\r\n", super::client::seal_header(&public, header.to_string().as_bytes()));
    let sealed = super::client::seal_body([1; 16], [2; 16], body.as_bytes());
    assert!(exchange(at, "POST", "/api/v1/ob/stop", &header, &sealed).is_none());
    // It was done all the same.
    let after = desk.get("/api/v1/task/dags/agent").data()["contents"].as_array().unwrap().len();
    assert_eq!(after, before + 1);
}

#[test]
fn the_same_seed_tells_the_same_story() {
    let tell = || {
        let desk = Desk::with(Options { seed: 7, ..Options::default() });
        desk.finish(&kill_one(&desk)["id"]);
        let public = desk.plain(0, "GET", "/api/v1/secret", "", "").data()["public_key"].clone();
        (desk.sim.password().to_owned(), public, desk.sim.clock().now())
    };
    assert_eq!(tell(), tell());
}

#[test]
fn the_incident_has_a_zone_stop_that_hangs() {
    let desk = Desk::with(Options { scenario: "incident".to_owned(), ..Options::default() });
    let zone = desk.zones()[1].clone();
    assert_eq!((&zone["status"], &zone["inner_status"]), (&json!("STOPPING"), &json!("INACTIVE")));
    assert_eq!(state(&desk.dag(&zone["local_task_id"])), ("RUNNING", 4));
    assert_eq!(desk.plain(2, "GET", "/api/v1/status", "", "").data()["underMaintenance"], true);
}

/// For other clients: serves for `OBDECK_SERVE_S` seconds at ten times the speed of life, and prints where.
#[test]
#[ignore = "serves other clients for a while"]
fn an_open_house_for_other_clients() {
    let seconds = std::env::var("OBDECK_SERVE_S").ok().and_then(|s| s.parse().ok()).unwrap_or(60);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let options = Options { speed: 10.0, ..Options::default() };
    let sim = runtime.block_on(obdeck::sim::Obshell::serve(options)).unwrap();
    println!("{} {}", sim.urls().join(","), sim.password());
    std::thread::sleep(std::time::Duration::from_secs(seconds));
}
