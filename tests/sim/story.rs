//! What an operator does, over a real socket: look, stop, watch, start again.

use serde_json::Value;

use super::http::Desk;

fn subtasks(task: &Value) -> Vec<Value> {
    let list = if task["subtasks"].is_array() { &task["subtasks"] } else { &task["tasks"] };
    list.as_array().unwrap().clone()
}

/// Lets time pass until the task ends; gives its detail.
pub(super) fn to_the_end(desk: &Desk, id: &Value) -> Value {
    for _ in 0..400 {
        let task = desk.get(&format!("/api/v2/tasks/instances/{id}")).data();
        if task["status"] != "RUNNING" {
            return task;
        }
        desk.pass(60);
    }
    panic!("task {id} does not end");
}

#[test]
fn the_calm_fleet_is_four_healthy_clusters_without_unfinished_tasks() {
    let desk = Desk::calm();
    let clusters = desk.rows("/api/v2/ob/clusters");
    let names: Vec<_> = clusters.iter().map(|c| c["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["meta01", "protoss", "trade12", "pair"]);
    assert!(clusters.iter().all(|c| c["status"] == "RUNNING"), "{clusters:#?}");
    for (name, zones) in
        [("meta01", vec![1, 1, 1]), ("protoss", vec![2; 3]), ("trade12", vec![12; 3]), ("pair", vec![3; 2])]
    {
        let rows = desk.rows(&format!("{}/zones", desk.cluster(name)));
        let counts: Vec<_> = rows.iter().map(|z| z["servers"].as_array().unwrap().len()).collect();
        assert_eq!(counts, zones, "{name}");
        for zone in &rows {
            assert_eq!(
                (&zone["status"], &zone["innerStatus"]),
                (&"RUNNING".into(), &"ACTIVE".into()),
                "{name}"
            );
            assert!(zone["servers"].as_array().unwrap().iter().all(|s| s["status"] == "RUNNING"));
        }
    }
    assert_eq!(desk.get("/api/v2/tasks/instances?status=RUNNING,FAILED").data()["page"]["totalElements"], 0);
    assert_eq!(desk.get("/api/v2/tasks/instances").data()["page"]["totalElements"], 6);
}

#[test]
fn a_zone_stop_has_seven_and_three_times_n_subtasks_and_changes_the_world() {
    for (name, servers) in [("meta01", 1), ("protoss", 2), ("trade12", 12)] {
        let desk = Desk::calm();
        let cluster = desk.cluster(name);
        let reply = desk.post(&format!("{cluster}/zones/zone3/stop"), "").data();
        assert_eq!(subtasks(&reply).len(), 7 + 3 * servers, "{name}");
        assert_eq!(desk.get(&cluster).data()["status"], "OPERATING");
        let end = to_the_end(&desk, &reply["id"]);
        assert_eq!(end["status"], "SUCCESSFUL", "{end:#}");
        assert!(subtasks(&end).iter().all(|s| s["status"] == "SUCCESSFUL"));
        let zones = desk.rows(&format!("{cluster}/zones"));
        assert_eq!((&zones[2]["status"], &zones[2]["innerStatus"]), (&"STOPPED".into(), &"INACTIVE".into()));
        assert_eq!(desk.get(&cluster).data()["status"], "RUNNING");
        let start = desk.post(&format!("{cluster}/zones/zone3/start"), "").data();
        assert_eq!(to_the_end(&desk, &start["id"])["status"], "SUCCESSFUL");
        let zones = desk.rows(&format!("{cluster}/zones"));
        assert_eq!((&zones[2]["status"], &zones[2]["innerStatus"]), (&"RUNNING".into(), &"ACTIVE".into()));
        assert!(desk.rows(&format!("{cluster}/servers")).iter().all(|s| s["status"] == "RUNNING"));
    }
}
