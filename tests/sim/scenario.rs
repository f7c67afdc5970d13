//! The scenarios and sizes that can be asked for.

use std::sync::{Arc, Mutex};

use obdeck::sim::{Clock, Ocp, Options, SimError, Size, scenarios};

use super::http::Desk;

#[tokio::test]
async fn every_scenario_starts_and_an_unknown_one_names_the_others() {
    for info in scenarios() {
        let sim = Ocp::serve(Options { scenario: info.name.to_owned(), ..Options::default() }).await.unwrap();
        assert!(sim.url().starts_with("http://127.0.0.1:"));
        sim.shutdown().await;
    }
    assert_eq!(scenarios()[0].name, "calm");
    let error = Ocp::serve(Options { scenario: "nope".to_owned(), ..Options::default() }).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "no scenario is called \"nope\"; there are calm, incident, slow, flaky, standby"
    );
}

#[tokio::test]
async fn speeds_and_addresses_that_cannot_be_are_refused() {
    for speed in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        let error = Ocp::serve(Options { speed, ..Options::default() }).await.unwrap_err();
        assert!(matches!(error, SimError::Speed(_)));
    }
    let bind = "0.0.0.0:0".parse().unwrap();
    let error = Ocp::serve(Options { bind, ..Options::default() }).await.unwrap_err();
    assert!(matches!(error, SimError::NotLoopback(_)));
    let first = Ocp::serve(Options::default()).await.unwrap();
    let error = Ocp::serve(Options { bind: first.address(), ..Options::default() }).await.unwrap_err();
    assert!(matches!(error, SimError::Bind { .. }), "{error}");
}

#[test]
fn the_incident_is_a_server_down_a_failed_task_and_a_hanging_subtask() {
    let desk = Desk::scenario("incident");
    let down: Vec<_> = desk
        .rows(&format!("{}/servers", desk.cluster("trade12")))
        .into_iter()
        .filter(|s| s["status"] == "UNAVAILABLE")
        .collect();
    assert_eq!(down.len(), 1);
    assert_eq!((&down[0]["zoneName"], &down[0]["innerStatus"]), (&"zone2".into(), &"INACTIVE".into()));
    let failed = desk.rows("/api/v2/tasks/instances?status=FAILED");
    assert_eq!((failed.len(), &failed[0]["name"]), (1, &"Restart OB server".into()));
    let hanging = desk.rows("/api/v2/tasks/instances?status=RUNNING");
    assert_eq!((hanging.len(), &hanging[0]["cluster"]["name"]), (1, &"meta01".into()));
    assert_eq!(desk.get(&desk.cluster("pair")).data()["status"], "RUNNING");
}

#[test]
fn the_standbys_are_told_at_both_ends_and_only_the_one_that_copies_nothing_falls_back() {
    let clock = Clock::manual();
    let desk = Desk::open(Options {
        scenario: "standby".to_owned(),
        clock: Some(clock.clone()),
        ..Options::default()
    });
    let told = |name: &str| desk.get(&desk.cluster(name)).data();
    let (primary, near, far) = (told("trade12"), told("trade12-dr"), told("trade12-far"));
    assert_eq!((&primary["type"], &near["type"]), (&"PRIMARY".into(), &"STANDBY".into()));
    assert!(primary.get("primaryCluster").is_none() && primary.get("delayTime").is_none());
    assert_eq!(far["primaryCluster"]["id"], primary["id"]);
    let standbys = primary["standbyClusters"].as_array().unwrap();
    let heads: Vec<_> = standbys.iter().map(|s| (&s["name"], &s["syncStatus"], &s["delayTime"])).collect();
    assert_eq!(heads[0], (&near["name"], &near["syncStatus"], &near["delayTime"]));
    assert_eq!(heads[1], (&far["name"], &"DISABLED".into(), &5400.0.into()));
    clock.advance(std::time::Duration::from_secs(60));
    assert_eq!(told("trade12-far")["delayTime"], 5460.0);
    assert_eq!(told("trade12-dr")["delayTime"], near["delayTime"]);
    assert_eq!(told("meta01")["standbyClusters"], serde_json::json!([]));
}

#[test]
fn larger_fleets_have_exactly_the_promised_numbers_and_names_and_addresses_of_their_own() {
    for (size, clusters, servers) in [(Size::Large, 100, 1000), (Size::Huge, 1000, 10_000)] {
        let desk = Desk::open(Options { size, clock: Some(Clock::manual()), ..Options::default() });
        let page = desk.get("/api/v2/ob/clusters?size=2000").data();
        assert_eq!(page["page"]["totalElements"], clusters);
        let rows = page["contents"].as_array().unwrap();
        assert_eq!(rows.iter().map(|c| c["serverCount"].as_u64().unwrap()).sum::<u64>(), servers);
        let names: std::collections::HashSet<_> = rows.iter().map(|c| c["name"].as_str().unwrap()).collect();
        assert_eq!(names.len(), clusters);
        let mut ips = std::collections::HashSet::new();
        for page in 1..=servers.div_ceil(2000) {
            for host in desk.rows(&format!("/api/v2/compute/hosts?page={page}&size=2000")) {
                assert!(ips.insert(host["innerIpAddress"].as_str().unwrap().to_owned()), "{host}");
            }
        }
        assert_eq!(ips.len() as u64, servers);
    }
}

#[test]
fn each_request_is_told_to_the_log_without_secrets() {
    let lines = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&lines);
    let log: obdeck::sim::ocp::RequestLog =
        Arc::new(move |line: &str| kept.lock().unwrap().push(line.to_owned()));
    let desk = Desk::open(Options { clock: Some(Clock::manual()), log: Some(log), ..Options::default() });
    desk.get("/api/v2/ob/clusters?page=1");
    desk.get("/api/v2/tasks/instances/1");
    assert_eq!(
        *lines.lock().unwrap(),
        ["GET /api/v2/ob/clusters?page=1 -> 200", "GET /api/v2/tasks/instances/1 -> 404"]
    );
}

#[test]
fn a_running_clock_at_high_speed_ends_a_zone_stop_within_moments() {
    let desk = Desk::open(Options { speed: 5000.0, ..Options::default() });
    let id = desk.post("/api/v2/ob/clusters/1/zones/zone3/stop", "").data()["id"].clone();
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(20);
    while desk.get(&format!("/api/v2/tasks/instances/{id}")).data()["status"] == "RUNNING" {
        assert!(std::time::Instant::now() < deadline, "the task hangs");
    }
    let end = desk.get(&format!("/api/v2/tasks/instances/{id}")).data();
    assert_eq!(end["status"], "SUCCESSFUL");
}
