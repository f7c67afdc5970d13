//! The task model: rendezvous, times, operators, locks, forwarding (obshell-api 5 and 6).

use serde_json::{Value, json};

use super::client::Desk;

const STOP: &str = "/api/v1/ob/stop";

fn kill_all(desk: &Desk) -> Value {
    desk.post(STOP, &json!({ "scope": { "type": "GLOBAL" }, "force": true })).data()
}

fn kill_one(desk: &Desk) -> Value {
    desk.post(STOP, &json!({ "scope": { "type": "SERVER", "target": [desk.name(1)] }, "force": true })).data()
}

fn operate(desk: &Desk, id: &Value, operator: &str) -> (u16, String) {
    desk.post(&format!("/api/v1/task/dag/{}", id.as_str().unwrap()), &json!({ "operator": operator })).err()
}

fn ok() -> (u16, String) {
    (200, String::new())
}

fn refused(err: &str) -> (u16, String) {
    (400, format!("Task.{err}"))
}

fn pair(value: &Value) -> String {
    format!("{}+{}", value["state"].as_str().unwrap(), value["operator"].as_str().unwrap())
}

/// States of a DAG as they follow each other, looked at ten times a second until it is over for good.
fn states(desk: &Desk, id: &Value, until: &str) -> Vec<String> {
    let mut seen: Vec<String> = Vec::new();
    for _ in 0..600 {
        let now = pair(&desk.dag(id));
        if seen.last() != Some(&now) {
            seen.push(now);
        }
        if seen.last().is_some_and(|s| s == until) {
            return seen;
        }
        desk.pass_ms(100);
    }
    panic!("{seen:?}");
}

#[test]
fn a_sub_dag_fails_twice_by_design_and_is_passed() {
    let desk = Desk::edge();
    let made = kill_one(&desk);
    let sub = loop {
        let sub = desk.dag(&made["id"])["additional_data"]["sub_dags"][desk.name(1)].clone();
        if !sub.is_null() {
            break sub;
        }
        desk.pass_ms(100);
    };
    let seen = states(&desk, &sub, "SUCCEED+PASS");
    assert_eq!(
        seen,
        ["READY+RUN", "RUNNING+RUN", "FAILED+RUN", "READY+RUN", "RUNNING+RUN", "FAILED+RUN", "SUCCEED+PASS"]
    );
    let node = desk.dag(&sub)["nodes"][0].clone();
    assert_eq!(pair(&node), "SUCCEED+RETRY");
    assert_eq!(node["sub_tasks"][0]["execute_times"], 3);
}

#[test]
fn a_sub_task_succeeds_before_its_node_and_the_node_with_the_next_tick() {
    let desk = Desk::edge();
    let made = kill_one(&desk);
    let mut ahead = false;
    for _ in 0..20 {
        desk.pass_ms(100);
        let node = desk.dag(&made["id"])["nodes"][0].clone();
        let tasks = node["sub_tasks"].as_array().unwrap();
        ahead |= node["state"] == "RUNNING" && tasks.iter().all(|t| t["state"] == "SUCCEED");
    }
    assert!(ahead);
}

#[test]
fn times_before_and_during_the_work_mean_nothing() {
    let desk = Desk::edge();
    let made = kill_one(&desk);
    assert_eq!(made["start_time"], made["end_time"]);
    desk.pass_ms(1500);
    let dag = desk.dag(&made["id"]);
    assert_eq!(dag["state"], "RUNNING");
    assert!(dag["end_time"].as_str() < dag["start_time"].as_str(), "{dag:#}");
    assert_eq!(operate(&desk, &made["id"], "cancel"), ok());
    let dag = desk.dag(&made["id"]);
    assert_eq!(
        (pair(&dag), &dag["start_time"], &dag["end_time"]),
        ("READY+CANCEL".to_owned(), &json!("1970-01-01T00:00:00Z"), &json!("1970-01-01T00:00:00Z"))
    );
}

#[test]
fn details_can_be_left_out_and_kinds_share_their_numbers() {
    let desk = Desk::edge();
    let made = kill_one(&desk);
    let id = made["id"].as_str().unwrap();
    let short = desk.get(&format!("/api/v1/task/dag/{id}?show_details=false")).data();
    assert_eq!((&short["nodes"], &short["additional_data"]), (&Value::Null, &Value::Null));
    assert_eq!(desk.dag(&made["id"])["additional_data"], json!({}));
    desk.pass_ms(1500);
    assert_eq!(desk.get(&format!("/api/v1/task/node/{id}")).data()["node_id"], 1);
    let task = desk.get(&format!("/api/v1/task/sub_task/{id}")).data();
    assert_eq!((&task["task_id"], &task["execute_times"]), (&json!(1), &json!(1)));
    let logs = desk.get(&format!("/api/v1/task/sub_task/{id}/logs")).data();
    assert_eq!(logs["contents"][0]["log_content"], format!("Inform {} to create the task", desk.name(0)));
    assert_eq!(desk.get(&format!("/api/v1/task/sub_task/{id}99/logs")).data(), json!({ "contents": [] }));
    assert_eq!(desk.get(&format!("/api/v1/task/node/{id}?show_details=false")).err().0, 500);
    assert_eq!(desk.get(&format!("/api/v1/task/dag/{id}99")).err().1, "Task.NotFound");
    assert_eq!(desk.get("/api/v1/task/dag/x").err().1, "Task.GenericID.Invalid");
}

#[test]
fn any_agent_answers_for_a_dag_by_its_id_with_a_trace_of_the_owner() {
    let desk = Desk::edge();
    let made = kill_one(&desk);
    let path = format!("/api/v1/task/dag/{}", made["id"].as_str().unwrap());
    let mut how = desk.sealing();
    how.extra.push(("X-OBSHELL-Trace-ID".into(), "mine".into()));
    let own = desk.ask(0, "GET", &path, None, &how).json();
    let other = desk.ask(2, "GET", &path, None, &how).json();
    assert_eq!(own["data"], other["data"]);
    assert!(own["traceId"] == "mine" && other["traceId"] != "mine");
    assert_eq!(desk.post_at(1, &path, &json!({ "operator": "CANCEL" })).status, 200);
    assert_eq!(pair(&desk.dag(&made["id"])), "READY+CANCEL");
}

#[test]
fn lists_tell_what_is_going_on() {
    let desk = Desk::edge();
    // Both crash on an agent that has never been locked.
    for path in ["maintain/agents", "agent/main_dags"] {
        assert_eq!(desk.get(&format!("/api/v1/task/dag/{path}")).err().1, "Common.Unexpected");
    }
    assert_eq!(desk.get("/api/v1/task/dag/maintain/agent").err().1, "Task.NotFound");
    assert_eq!(desk.get("/api/v1/task/dag/maintain/ob").err().1, "Task.NotFound");
    let made = kill_one(&desk);
    desk.pass_ms(2500);
    let rows = desk.get("/api/v1/task/dag/unfinish?show_details=false").data()["contents"].clone();
    let names: Vec<&str> = rows.as_array().unwrap().iter().map(|r| r["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["Stop OB", "Stop observer", "Stop observer", "Stop observer"]);
    assert_eq!(rows[0]["nodes"], Value::Null);
    let main = desk.get_at(2, "/api/v1/task/dag/agent/main_dags").data()["contents"].clone();
    assert_eq!((main.as_array().unwrap().len(), &main[0]["id"]), (1, &made["id"]));
    assert!(main[0]["nodes"].is_array());
    let locks = desk.get("/api/v1/task/dag/maintain/agents?show_details=false").data()["contents"].clone();
    assert!(locks[0]["nodes"].is_null() && locks[1]["nodes"].is_array());
    desk.finish(&made["id"]);
    assert_eq!(desk.get("/api/v1/task/dag/unfinish").data(), json!({ "contents": null }));
    assert_eq!(desk.get("/api/v1/task/dag/agent/unfinish").data(), json!({ "contents": [] }));
    assert_eq!(desk.get("/api/v1/task/dag/agent/main_dags").data(), json!({ "contents": [] }));
    let done = desk.get("/api/v1/task/dag/maintain/agent").data();
    assert_eq!(pair(&done), "SUCCEED+PASS");
}

#[test]
fn a_second_stop_fails_at_its_second_stage_while_the_first_holds_the_agents() {
    let desk = Desk::edge();
    desk.sim.set_freeze_hangs(true);
    let first = desk.post("/api/v1/ob/zone/zone2/stop", &json!({ "freeze_server": true })).data();
    desk.pass_ms(20_000);
    let second = desk.finish(&kill_all(&desk)["id"]);
    assert_eq!((pair(&second), &second["stage"]), ("FAILED+RUN".to_owned(), &json!(2)));
    let tasks = second["nodes"][0]["sub_tasks"].as_array().unwrap();
    let held = format!("is under maintenance by DAG [{}:Stop observer]", first["id"].as_str().unwrap());
    assert_eq!(tasks[0]["task_logs"].as_array().unwrap().len(), 2);
    assert_eq!(tasks[1]["task_logs"].as_array().unwrap().len(), 4);
    assert!(
        tasks.iter().all(|t| t["state"] == "SUCCEED" && t["task_logs"][1].as_str().unwrap().contains(&held))
    );
    let why = &second["nodes"][1]["sub_tasks"][0]["task_logs"][0];
    assert!(why.as_str().unwrap().starts_with("ERROR: [Task.SubDag.NotAllCreated]"), "{why}");
    // Nothing can be done with it.
    for (operator, err) in [
        ("RETRY", "Dag.Operator.RetryNotAllowed"),
        ("ROLLBACK", "Dag.Operator.RollbackNotAllowed"),
        ("PASS", "Dag.Operator.PassNotAllowed"),
        ("CANCEL", "Dag.Operator.CancelFinishedDag"),
        ("PAUSE", "Dag.Operator.NotSupport"),
    ] {
        assert_eq!(operate(&desk, &second["id"], operator), refused(err));
    }
    let node = format!("/api/v1/task/node/{}", second["nodes"][1]["id"].as_str().unwrap());
    let act = |operator: &str| desk.post(&node, &json!({ "operator": operator })).err();
    assert_eq!(act("PASS"), refused("Node.Operator.PassNotAllowed"));
    assert_eq!(act("RETRY"), refused("Node.Operator.NotSupport"));
    // It holds nothing and is not among the unfinished; the first one still is.
    let rows = desk.get("/api/v1/task/dag/unfinish?show_details=false").data()["contents"].clone();
    let ids: Vec<&Value> = rows.as_array().unwrap().iter().map(|r| &r["id"]).collect();
    assert!(ids.contains(&&first["id"]) && !ids.contains(&&second["id"]));
}

#[test]
fn what_waits_failed_is_pushed_aside_at_once() {
    let desk = Desk::edge();
    desk.sim.set_freeze_hangs(true);
    let first = desk.post("/api/v1/ob/zone/zone2/stop", &json!({ "freeze_server": true })).data();
    desk.pass_ms(20_000);
    let body =
        json!({ "scope": { "type": "GLOBAL" }, "force": true, "forcePassDag": { "id": [first["id"]] } });
    let end = desk.finish(&desk.post(STOP, &body).data()["id"]);
    assert_eq!(pair(&end), "SUCCEED+RUN");
    // The earlier main DAG goes on by itself.
    assert_eq!(pair(&desk.dag(&first["id"])), "RUNNING+RUN");
    assert_eq!(operate(&desk, &first["id"], "CANCEL"), ok());
    desk.pass_ms(3000);
    assert_eq!(pair(&desk.dag(&first["id"])), "FAILED+CANCEL");
}

#[test]
fn what_still_runs_is_pushed_aside_by_the_second_request() {
    let desk = Desk::edge();
    desk.finish(&kill_all(&desk)["id"]);
    desk.sim.set_database_down(true);
    let first = desk.post("/api/v1/ob/start", &json!({ "scope": { "type": "GLOBAL" } })).data();
    desk.pass_ms(30_000);
    let body =
        json!({ "scope": { "type": "GLOBAL" }, "force": true, "forcePassDag": { "id": [first["id"]] } });
    let end = desk.finish(&desk.post(STOP, &body).data()["id"]);
    assert_eq!((pair(&end), &end["stage"]), ("FAILED+RUN".to_owned(), &json!(2)));
    let log = end["nodes"][0]["sub_tasks"][0]["task_logs"][1].as_str().unwrap().to_owned();
    assert!(log.starts_with("ERROR: [Task.Dag.PassTimeout]"), "{log}");
    let end = desk.finish(&desk.post(STOP, &body).data()["id"]);
    assert_eq!(pair(&end), "SUCCEED+RUN");
}

#[test]
fn a_sub_dag_can_be_cancelled_and_passed_which_frees_its_agent() {
    let desk = Desk::edge();
    desk.sim.set_slow_kill(4);
    let made = kill_one(&desk);
    desk.pass_ms(12_000);
    let sub = desk.dag(&made["id"])["additional_data"]["sub_dags"][desk.name(1)].clone();
    assert_eq!(operate(&desk, &sub, "PASS"), refused("Dag.Operator.PassNotFailedDag"));
    assert_eq!(operate(&desk, &sub, "CANCEL"), ok());
    assert_eq!(operate(&desk, &sub, "RETRY"), refused("Dag.Operator.RetryNotFailedDag"));
    desk.pass_ms(3000);
    let dag = desk.dag(&sub);
    let tasks = dag["nodes"][1]["sub_tasks"][0]["task_logs"].as_array().unwrap();
    assert_eq!((pair(&dag), tasks.last()), ("FAILED+CANCEL".to_owned(), Some(&json!("sub task cancelled"))));
    assert_eq!(operate(&desk, &sub, "ROLLBACK"), refused("Dag.Operator.RollbackNotAllowed"));
    assert_eq!(desk.plain(1, "GET", "/api/v1/status", "", "").data()["underMaintenance"], true);
    assert_eq!(operate(&desk, &sub, "PASS"), ok());
    let dag = desk.dag(&sub);
    assert_eq!(
        (pair(&dag), &dag["nodes"][2]["sub_tasks"][0]["execute_times"]),
        ("SUCCEED+PASS".to_owned(), &json!(0))
    );
    assert_eq!(desk.plain(1, "GET", "/api/v1/status", "", "").data()["underMaintenance"], false);
}

#[test]
fn a_rollback_goes_back_stage_by_stage_and_frees_the_agent() {
    let desk = Desk::edge();
    let id = json!(desk.sim.plant_init(0));
    let end = desk.finish(&id);
    assert_eq!(
        (pair(&end), &end["stage"], &end["maintenance_type"]),
        ("FAILED+RUN".to_owned(), &json!(3), &json!(2))
    );
    assert_eq!(operate(&desk, &id, "RETRY"), ok());
    assert_eq!(pair(&desk.finish(&id)), "FAILED+RUN");
    assert_eq!(desk.dag(&id)["nodes"][2]["sub_tasks"][1]["execute_times"], 3);
    assert_eq!(operate(&desk, &id, "PASS"), refused("Dag.Operator.PassNotAllowed"));
    assert_eq!(operate(&desk, &id, "rollback"), ok());
    assert_eq!(pair(&desk.dag(&id)["nodes"][0]), "PENDING+ROLLBACK");
    let end = desk.finish(&id);
    assert_eq!((pair(&end), &end["stage"]), ("SUCCEED+ROLLBACK".to_owned(), &json!(1)));
    assert_eq!(pair(&end["nodes"][0]), "SUCCEED+ROLLBACK");
    assert_eq!(pair(&end["nodes"][3]), "PENDING+RUN");
    assert_eq!(desk.plain(0, "GET", "/api/v1/status", "", "").data()["underMaintenance"], false);
}

#[test]
fn a_failed_node_can_be_passed_and_the_dag_goes_on() {
    let desk = Desk::edge();
    let id = json!(desk.sim.plant_init(0));
    let dag = desk.dag(&id);
    let node = |ix: usize| format!("/api/v1/task/node/{}", dag["nodes"][ix]["id"].as_str().unwrap());
    let pass = |ix: usize| desk.post(&node(ix), &json!({ "operator": "PASS" })).err();
    assert_eq!(pass(2), refused("Node.Operator.PassNotFailedDag"));
    desk.finish(&id);
    assert_eq!(pass(1), refused("Node.Operator.PassNotFailedNode"));
    assert_eq!(pass(2), ok());
    assert_eq!(pair(&desk.dag(&id)), "READY+RUN");
    let end = desk.finish(&id);
    assert_eq!((pair(&end), pair(&end["nodes"][2])), ("SUCCEED+RUN".to_owned(), "SUCCEED+PASS".to_owned()));
}
