//! The forms of the task object, and what the lists filter (ocp-api 3.4, 6).

use serde_json::Value;

use super::http::Desk;
use super::story::to_the_end;

fn members(value: &Value) -> Vec<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

fn first_statuses(reply: &Value) -> Vec<String> {
    let list = reply.get("subtasks").or(reply.get("tasks")).unwrap().as_array().unwrap();
    let mut words: Vec<String> = list.iter().map(|s| s["status"].as_str().unwrap().to_owned()).collect();
    words.sort();
    words.dedup();
    words
}

#[test]
fn an_old_cluster_answers_in_form_t_with_the_first_subtask_running() {
    let desk = Desk::calm();
    let reply = desk.post(&format!("{}/zones/zone1/stop", desk.cluster("trade12")), "").data();
    assert_eq!(
        members(&reply),
        ["cluster", "context", "creator", "id", "name", "startTime", "status", "tasks"]
    );
    let text = reply["context"].as_str().unwrap();
    assert!(text.starts_with("Context(parallelIdx=-1, stringMap={cluster_name=trade12"), "{text}");
    assert_eq!(reply["creator"], serde_json::json!({"id": 100, "name": "admin"}));
    assert_eq!(first_statuses(&reply), ["PENDING", "RUNNING"]);
    assert_eq!(
        members(&reply["tasks"][0]),
        ["description", "downstreams", "id", "name", "operation", "status", "upstreams"]
    );
}

#[test]
fn a_newer_cluster_answers_in_form_a_with_the_first_subtask_ready() {
    let desk = Desk::calm();
    let reply = desk.post(&format!("{}/zones/zone1/stop", desk.cluster("protoss")), "").data();
    assert_eq!(reply["creator"], "admin");
    assert_eq!(reply["context"]["stringMap"]["zone_name"], "zone1");
    assert_eq!(reply["context"]["listMap"]["server_ids"].as_array().unwrap().len(), 2);
    assert_eq!(first_statuses(&reply), ["PENDING", "READY"]);
    assert!(reply["subtasks"][0]["className"].is_string());
    let reply = desk.post(&format!("{}/zones/zone1/stop", desk.cluster("meta01")), "").data();
    assert_eq!(reply.get("context"), None);
    assert_eq!(reply["prohibitRollback"], false);
    assert_eq!(reply["subtasks"][0].get("className"), None);
}

#[test]
fn the_detail_is_form_w_and_the_list_is_form_l() {
    let desk = Desk::calm();
    let id = desk.post(&format!("{}/zones/zone1/stop", desk.cluster("trade12")), "").data()["id"].clone();
    desk.pass(30);
    let task = desk.get(&format!("/api/v2/tasks/instances/{id}")).data();
    assert!(task["subtasks"].as_array().unwrap().iter().all(|s| s["timeout"].is_u64() && s["runTime"] == 1));
    for s in task["subtasks"].as_array().unwrap() {
        assert_eq!(s.get("startTime").is_some(), s["status"] != "PENDING" && s["status"] != "READY", "{s}");
        assert_eq!(s.get("finishTime").is_some(), s["status"] == "SUCCESSFUL", "{s}");
    }
    assert_eq!(task.get("finishTime"), None);
    let item = desk.rows("/api/v2/tasks/instances?size=1").remove(0);
    assert_eq!(item["id"], id);
    assert_eq!(members(&item["subtasks"][0]), ["description", "id", "name", "operation", "status"]);
    assert!(to_the_end(&desk, &id)["finishTime"].is_string());
}

#[test]
fn lists_are_filtered_sorted_and_paged_as_documented() {
    let desk = Desk::calm();
    let cluster = desk.cluster("protoss");
    let id = desk.post(&format!("{cluster}/zones/zone1/stop"), "").data()["id"].clone();
    let one = std::slice::from_ref(&id);
    let number = cluster.rsplit('/').next().unwrap();
    let ids = |query: &str| -> Vec<Value> {
        desk.rows(&format!("/api/v2/tasks/instances?{query}")).iter().map(|t| t["id"].clone()).collect()
    };
    assert_eq!(ids(&format!("clusterId={number}&status=RUNNING,FAILED")), one);
    assert_eq!(ids("cluterName=protoss&status=RUNNING"), one);
    assert_eq!(ids("name=ob+ZONE&status=RUNNING&type=MANUAL"), one);
    assert_eq!(ids("type=SCHEDULED").len(), 0);
    assert_eq!(ids("sort=id,desc")[0], id);
    assert_eq!(ids("sort=id,asc").last(), Some(&id));
    let page = desk.get("/api/v2/tasks/instances?page=2&size=3").data();
    assert_eq!(
        page["page"],
        serde_json::json!({"number": 2, "size": 3, "totalElements": 7, "totalPages": 3})
    );
    assert_eq!(page["contents"].as_array().unwrap().len(), 3);
    let names = |query: &str| -> Vec<String> {
        let rows = desk.rows(&format!("/api/v2/ob/clusters?{query}"));
        rows.iter().map(|c| c["name"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(names("name=PRO"), ["protoss"]);
    assert_eq!(names("status=RUNNING,STOPPED&sort=name,desc"), ["trade12", "pair", "meta01"]);
    assert_eq!(names("status=OPERATING"), ["protoss"]);
    for bad in ["page=0", "size=2001", "page=x", "sort=id,sideways"] {
        assert_eq!(desk.get(&format!("/api/v2/tasks/instances?{bad}")).code(), (400, 1001), "{bad}");
    }
}

#[test]
fn a_log_grows_with_its_step_and_begins_anew_with_each_execution() {
    let desk = Desk::scenario("incident");
    let running = desk.rows("/api/v2/tasks/instances?status=RUNNING").remove(0);
    let detail = desk.get(&format!("/api/v2/tasks/instances/{}", running["id"])).data();
    let hanging =
        detail["subtasks"].as_array().unwrap().iter().find(|s| s["status"] == "RUNNING").unwrap().clone();
    let path = format!("/api/v2/tasks/instances/{}/subtasks/{}", running["id"], hanging["id"]);
    let log = |desk: &Desk| desk.get(&format!("{path}/log")).data()["log"].as_str().unwrap().to_owned();
    let before = log(&desk);
    assert!(before.starts_with("############{EXECUTE}{2026-11-21T"), "{before}");
    assert!(before.contains("---") && before.contains("[pool-subtask-executor-thread-"), "{before}");
    desk.pass(300);
    let after = log(&desk);
    assert!(after.starts_with(&before) && after.contains("timeout of 1200 s"), "{after}");
    assert_eq!(desk.post(&format!("{path}/retry"), "").data()["operation"], "RETRY");
    desk.pass(60);
    let again = log(&desk);
    assert!(again.starts_with(&after) && again.contains("\n############{RETRY}{"), "{again}");
    assert_eq!(desk.rows("/api/v2/tasks/instances?status=RUNNING").len(), 1);
}

#[test]
fn log_lines_carry_the_trace_id_of_the_request_that_made_the_task() {
    let desk = Desk::calm();
    let got = desk.post(&format!("{}/zones/zone1/stop", desk.cluster("meta01")), "");
    let (trace, task) = (got.json()["traceId"].as_str().unwrap().to_owned(), got.data());
    assert_eq!(trace.len(), 16);
    let first = task["subtasks"].as_array().unwrap().iter().find(|s| s["status"] == "READY").unwrap();
    desk.pass(5);
    let log =
        desk.get(&format!("/api/v2/tasks/instances/{}/subtasks/{}/log", task["id"], first["id"])).data();
    assert!(log["log"].as_str().unwrap().contains(&format!(",{trace},")), "{log}");
}
