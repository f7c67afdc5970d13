//! Every sample of the documentation decodes, and every task sample folds without a defect.

use std::path::{Path, PathBuf};

use obdeck::domain::id::{ClusterId, SubtaskId, TaskId};
use obdeck::domain::task::TaskFilter;
use obdeck::plane::{ControlPlane, DecodedFile, decode_file};

use super::server::{Server, answer, client};

fn fixtures() -> PathBuf {
    PathBuf::from(std::env::var_os("OBDECK_FIXTURES").unwrap())
}

/// (file, method, path) of every OCP sample.
fn samples() -> Vec<(PathBuf, String, String)> {
    let root = fixtures().join("ocp");
    let index = std::fs::read(root.join("index.json")).unwrap();
    let index: Vec<serde_json::Value> = serde_json::from_slice(&index).unwrap();
    let text = |v: &serde_json::Value, key: &str| v[key].as_str().unwrap().to_owned();
    index.iter().map(|v| (root.join(text(v, "file")), text(v, "method"), text(v, "path"))).collect()
}

fn is_task(file: &Path) -> bool {
    let text = std::fs::read(file).unwrap();
    let value: serde_json::Value = serde_json::from_slice(&text).unwrap();
    value["data"]["subtasks"].is_array() || value["data"]["tasks"].is_array()
}

#[test]
#[ignore = "needs OBDECK_FIXTURES"]
fn every_task_sample_folds_into_a_graph_without_a_defect() {
    let mut count = 0;
    for (file, ..) in samples().into_iter().filter(|(f, ..)| is_task(f)) {
        let decoded = decode_file(&std::fs::read(&file).unwrap());
        let Ok(DecodedFile::Task { task, trace, .. }) = decoded else {
            panic!("{}: {decoded:?}", file.display())
        };
        assert!(trace.is_some(), "{}", file.display());
        assert_eq!(task.graph.defects, [], "{}", file.display());
        assert!(!task.graph.nodes.is_empty(), "{}", file.display());
        // All printed graphs are chains (ocp-api 4).
        assert_eq!(task.graph.edges.len() + 1, task.graph.nodes.len(), "{}", file.display());
        assert!(task.head.started.is_some() && !task.head.creator.is_empty(), "{}", file.display());
        count += 1;
    }
    assert!(count > 50, "only {count} task samples");
}

/// Reads a sample through the client, as the read that its path belongs to.
async fn read(path: &str, text: String) -> Option<Result<usize, String>> {
    let server = Server::start(move |_, _| answer(200, "content-type: application/json\r\n", &text));
    let plane = client(&server);
    let id = ClusterId::new("1");
    let task = TaskId::new("1");
    let told = |e: obdeck::domain::outcome::ReadError| format!("{e:?}");
    Some(match path {
        "/api/v2/ob/clusters" => plane.clusters().await.map(|f| f.value.len()).map_err(told),
        "/api/v2/ob/clusters/{id}/zones" => plane.zones(&id).await.map(|f| f.value.len()).map_err(told),
        p if p.ends_with("/tenants") && p.contains("/clusters/") => {
            plane.tenants(&id).await.map(|f| f.value.len()).map_err(told)
        }
        p if p.ends_with("/units") => plane.units(&id).await.map(|f| f.value.len()).map_err(told),
        "/api/v2/ob/clusters/{id}/parameters" => {
            plane.parameters(&id).await.map(|f| f.value.len()).map_err(told)
        }
        "/api/v2/tasks/instances" => {
            plane.tasks(&TaskFilter::default()).await.map(|f| f.value.len()).map_err(told)
        }
        "/api/v2/tasks/instances/{taskInstanceId}" => {
            plane.task(&task).await.map(|f| f.value.graph.nodes.len()).map_err(told)
        }
        p if p.ends_with("/log") => {
            plane.log(&task, &SubtaskId::new("1")).await.map(|f| f.value.lines.len()).map_err(told)
        }
        _ => return None,
    })
}

#[tokio::test]
#[ignore = "needs OBDECK_FIXTURES"]
async fn every_sample_of_a_read_is_read() {
    let mut count = 0;
    for (file, method, path) in samples() {
        if method != "GET" {
            continue;
        }
        let text = std::fs::read_to_string(&file).unwrap();
        // The pages say "3 pages" beside a single sample: one page is all there is here.
        let mut value: serde_json::Value = serde_json::from_str(&text).unwrap();
        if let Some(page) = value["data"].get_mut("page") {
            page["totalPages"] = 1.into();
        }
        if let Some(read) = read(&path, value.to_string()).await {
            let items = read.unwrap_or_else(|e| panic!("{}: {e}", file.display()));
            assert!(items > 0, "{}", file.display());
            count += 1;
        }
    }
    assert!(count >= 20, "only {count} samples of reads");
}

#[test]
#[ignore = "needs OBDECK_FIXTURES"]
fn every_recorded_dag_of_obshell_is_read() {
    let mut count = 0;
    for entry in std::fs::read_dir(fixtures().join("obshell")).unwrap().flatten() {
        let scene: serde_json::Value = serde_json::from_slice(&std::fs::read(entry.path()).unwrap()).unwrap();
        for exchange in scene["exchanges"].as_array().into_iter().flatten() {
            let body = &exchange["response"]["body"];
            let data = &body["data"];
            if !data["dag_id"].is_number() {
                continue;
            }
            let decoded = decode_file(body.to_string().as_bytes());
            let Ok(DecodedFile::Task { task, .. }) = decoded else {
                panic!("{:?}: {decoded:?}", entry.path())
            };
            assert_eq!(task.graph.nodes.len(), data["nodes"].as_array().map_or(0, Vec::len));
            assert_eq!(task.graph.defects, [], "{:?}", entry.path());
            assert_eq!(task.head.at.id.raw(), data["id"].as_str().unwrap());
            count += 1;
        }
    }
    assert!(count > 100, "only {count} DAGs");
}
