//! `get` in its three forms.

use super::run::{Bench, CLUSTER};

#[test]
fn a_list_is_contents_with_the_profile_in_each_row() {
    let bench = Bench::new();
    for (what, member) in [
        ("clusters", "name"),
        ("zones", "clusterName"),
        ("servers", "address"),
        ("tenants", "primaryZone"),
        ("tasks", "phase"),
    ] {
        for profile in ["ocp", "key"] {
            let j = bench.all(&["get", what, "--profile", profile, "-o", "json"]).exit(0).json();
            let rows = j["contents"].as_array().unwrap();
            assert!(!rows.is_empty(), "{what}");
            for row in rows {
                assert_eq!(row["profile"], profile);
                assert!(row[member].is_string(), "{what} without {member}: {row}");
            }
        }
    }
}

#[test]
fn ids_are_numbers_and_status_words_are_the_planes_own() {
    let bench = Bench::new();
    let rows = bench.run(&["get", "tasks", "-o", "json"]).exit(0).json();
    let row = &rows["contents"][0];
    assert!(row["id"].is_u64() && row["clusterId"].is_u64(), "{row}");
    assert_eq!((&row["status"], &row["phase"]), (&"SUCCESSFUL".into(), &"done".into()));
    let clusters = bench.run(&["get", "clusters", "-o", "json"]).json();
    assert_eq!(clusters["contents"][0]["status"], "RUNNING");
}

#[test]
fn ndjson_has_a_type_and_a_time_in_every_line() {
    let bench = Bench::new();
    let rows = bench.run(&["get", "zones", "-o", "ndjson", "--cluster", CLUSTER]).exit(0).events();
    assert_eq!(rows.len(), 3);
    for row in rows {
        assert_eq!(row["type"], "zone");
        assert!(row["time"].as_str().unwrap().ends_with('Z'));
    }
}

#[test]
fn a_table_lines_up_and_json_is_what_a_pipe_gets() {
    let bench = Bench::new();
    let table = bench.run(&["get", "zones", "--cluster", CLUSTER, "-o", "table"]).exit(0).out;
    let at: Vec<usize> = table.lines().map(|l| l.find("zone").or(l.find("ZONE")).unwrap()).collect();
    assert!(at.windows(2).all(|w| w[0] == w[1]), "{table}");
    assert!(table.starts_with("PROFILE  CLUSTER  ZONE "));
    assert!(bench.run(&["get", "zones", "--cluster", CLUSTER]).json()["contents"].is_array());
}

#[test]
fn a_cluster_is_found_by_name_id_and_profile() {
    let bench = Bench::new();
    for reference in [CLUSTER, "1", "ocp/meta01", "ocp/1"] {
        let j = bench.run(&["get", "servers", "--cluster", reference]).exit(0).json();
        assert_eq!(j["contents"].as_array().unwrap().len(), 3, "{reference}");
    }
}

#[test]
fn tasks_are_narrowed_and_limited() {
    let bench = Bench::new();
    let count = |args: &[&str]| {
        bench.run(&[&["get", "tasks"], args].concat()).exit(0).json()["contents"].as_array().unwrap().len()
    };
    assert_eq!(count(&["--limit", "2"]), 2);
    assert_eq!(count(&["--unfinished"]), 0);
    assert_eq!(count(&["--status", "FAILED"]), 0);
    assert!(count(&["--cluster", "protoss"]) < count(&[]));
}

#[test]
fn one_task_has_its_subtasks_with_their_edges() {
    let bench = Bench::new();
    let tasks = bench.run(&["get", "tasks", "--cluster", "protoss"]).json();
    let id = tasks["contents"][0]["id"].to_string();
    let task = bench.run(&["get", "task", &id]).exit(0).json();
    assert_eq!(task["id"].to_string(), id);
    assert!(task["traceId"].as_str().is_some_and(|t| t.len() == 16));
    let subtasks = task["subtasks"].as_array().unwrap();
    assert!(subtasks.len() > 5);
    assert!(subtasks.iter().any(|s| s["upstreams"].as_array().is_some_and(|u| !u.is_empty())));
    assert!(subtasks.iter().all(|s| s["id"].is_u64() && s["phase"].is_string() && s["timeout"].is_u64()));
    // Over both profiles the same ID is there twice.
    bench.all(&["get", "task", &id]).exit(8).says(&["more than one task"]);
    bench.all(&["get", "task", &format!("key/{id}")]).exit(0);
    let text = bench.run(&["get", "task", &id, "-o", "table"]).exit(0).out;
    assert!(text.contains("SUBTASK") && text.contains("trace "), "{text}");
}

#[test]
fn a_subtasks_log_is_lines() {
    let bench = Bench::new();
    let tasks = bench.run(&["get", "tasks", "--cluster", "protoss"]).json();
    let id = tasks["contents"][0]["id"].to_string();
    let task = bench.run(&["get", "task", &id]).json();
    let subtask = task["subtasks"][0]["id"].to_string();
    let text = bench.run(&["subtask", "log", &id, &subtask, "-o", "table"]).exit(0).out;
    assert!(text.contains("{EXECUTE}"), "{text}");
    let j = bench.run(&["subtask", "log", &id, &subtask]).json();
    assert_eq!(j["lines"].as_array().unwrap().len(), text.lines().count());
    let follow = bench.run(&["subtask", "log", "-f", &id, &subtask, "-o", "ndjson"]).exit(0).events();
    assert!(follow.iter().all(|e| e["type"] == "log" && e["line"].is_string()));
    bench.run(&["subtask", "log", "-f", &id, "1"]).exit(8).says(&["has no subtask 1"]);
}
