//! Refusals that an operator meets (ocp-api 2.2), and what is not there.

use obdeck::sim::{Clock, Options, Product};

use super::http::Desk;
use super::story::to_the_end;

#[test]
fn an_unfinished_task_holds_its_cluster_zone_and_server() {
    let desk = Desk::calm();
    let cluster = desk.cluster("protoss");
    desk.post(&format!("{cluster}/zones/zone3/stop"), "").data();
    assert_eq!(desk.post(&format!("{cluster}/zones/zone3/stop"), "").code(), (409, 12008));
    assert_eq!(desk.post(&format!("{cluster}/zones/zone1/stop"), "").code(), (409, 11020));
    assert_eq!(desk.post(&format!("{cluster}/stop"), "").code(), (409, 11020));
    let other = desk.cluster("meta01");
    let server = desk.rows(&format!("{other}/servers"))[0]["id"].clone();
    desk.post(&format!("{other}/servers/{server}/stop"), "").data();
    assert_eq!(desk.post(&format!("{other}/servers/{server}/restart"), "").code(), (409, 13012));
}

#[test]
fn a_zone_whose_stop_costs_a_majority_is_refused_by_zone_and_tenant() {
    let desk = Desk::calm();
    let got = desk.post(&format!("{}/zones/zone2/stop", desk.cluster("pair")), "");
    assert_eq!(got.code(), (409, 11070));
    let message = got.json()["error"]["message"].as_str().unwrap().to_owned();
    assert!(message.contains("zone2") && message.contains("sys"), "{message}");
    let cluster = desk.cluster("protoss");
    let id = desk.post(&format!("{cluster}/zones/zone3/stop"), "").data()["id"].clone();
    to_the_end(&desk, &id);
    assert_eq!(desk.post(&format!("{cluster}/zones/zone1/stop"), "").code(), (409, 11070));
    assert_eq!(desk.post(&format!("{cluster}/zones/zone3/stop"), "").code(), (400, 12004));
    assert_eq!(desk.post(&format!("{cluster}/start"), "").code(), (400, 11007));
}

#[test]
fn a_stopped_server_has_a_stop_time_and_loses_it_at_its_start() {
    let desk = Desk::calm();
    let cluster = desk.cluster("protoss");
    let server = || desk.rows(&format!("{cluster}/zones/zone2/servers")).remove(1);
    let epoch = "1970-01-01T08:00:00+08:00";
    assert_eq!(server()["stopTime"], epoch);
    let id = server()["id"].clone();
    let task = desk.post(&format!("{cluster}/servers/{id}/stop"), r#"{"force": false}"#).data();
    assert_eq!(task["subtasks"].as_array().unwrap().len(), 8);
    to_the_end(&desk, &task["id"]);
    assert_eq!(
        (&server()["status"], &server()["innerStatus"]),
        (&"PROCESS_STOPPED".into(), &"INACTIVE".into())
    );
    assert!(server()["stopTime"].as_str().unwrap().starts_with("2026-"), "{}", server());
    assert_eq!(desk.post(&format!("{cluster}/servers/{id}/stop"), "").code(), (400, 13003));
    let task = desk.post(&format!("{cluster}/servers/{id}/start"), "").data();
    to_the_end(&desk, &task["id"]);
    assert_eq!((&server()["status"], &server()["stopTime"]), (&"RUNNING".into(), &epoch.into()));
}

#[test]
fn force_leaves_the_sql_stop_out_whether_it_comes_in_the_body_or_the_query() {
    for (query, body) in [("", r#"{"force":true}"#), ("?force=true", "")] {
        let desk = Desk::calm();
        let cluster = desk.cluster("protoss");
        let task = desk.post(&format!("{cluster}/servers/4/stop{query}"), body).data();
        let end = to_the_end(&desk, &task["id"]);
        let sql =
            end["subtasks"].as_array().unwrap().iter().find(|s| s["name"] == "Stop server").unwrap().clone();
        let log =
            desk.get(&format!("/api/v2/tasks/instances/{}/subtasks/{}/log", end["id"], sql["id"])).data();
        assert!(log["log"].as_str().unwrap().contains("force=true"), "{log}");
        let server = desk.rows(&format!("{cluster}/servers")).into_iter().find(|s| s["id"] == 4).unwrap();
        assert_eq!(server["stopTime"], "1970-01-01T08:00:00+08:00", "nothing was stopped by SQL");
    }
}

#[test]
fn a_whole_cluster_is_stopped_and_started_again() {
    for name in ["meta01", "protoss", "trade12", "pair"] {
        let desk = Desk::calm();
        let cluster = desk.cluster(name);
        let task = desk.post(&format!("{cluster}/stop"), "").data();
        assert_eq!(desk.get(&cluster).data()["status"], "STOPPING");
        assert_eq!(to_the_end(&desk, &task["id"])["status"], "SUCCESSFUL");
        assert_eq!(desk.get(&cluster).data()["status"], "STOPPED");
        assert!(desk.rows(&format!("{cluster}/zones")).iter().all(|z| z["status"] == "STOPPED"));
        let task = desk.post(&format!("{cluster}/start"), "").data();
        assert_eq!(desk.get(&cluster).data()["status"], "STARTING");
        assert_eq!(to_the_end(&desk, &task["id"])["status"], "SUCCESSFUL");
        assert_eq!(desk.get(&cluster).data()["status"], "RUNNING");
        assert!(desk.rows(&format!("{cluster}/servers")).iter().all(|s| s["status"] == "RUNNING"));
    }
}

#[test]
fn what_is_not_there_is_404_with_its_code_and_an_unknown_path_is_a_page() {
    let desk = Desk::calm();
    let cluster = desk.cluster("meta01");
    assert_eq!(desk.get("/api/v2/ob/clusters/77").code(), (404, 11001));
    assert_eq!(desk.post(&format!("{cluster}/zones/nowhere/stop"), "").code(), (404, 12002));
    assert_eq!(desk.post(&format!("{cluster}/servers/999/stop"), "").code(), (404, 13001));
    assert_eq!(desk.get("/api/v2/tasks/instances/1").code(), (404, 4001));
    assert_eq!(desk.get(&format!("{cluster}/tenants/1")).code(), (404, 1002));
    assert_eq!(desk.get("/api/v2/compute/hosts/1").code(), (404, 1002));
    assert_eq!(desk.get("/api/v2/ob/clusters/seven").code(), (400, 1001));
    for path in ["/", "/api/v1/ob/clusters", "/api/v2/ob/clusters/1/blackhole", "/api/v2/alarm/alarms"] {
        let got = desk.get(path);
        assert_eq!(got.status, 200, "{path}");
        assert!(
            got.headers.to_lowercase().contains("content-type: text/html")
                && got.body.starts_with("<!DOCTYPE html>")
        );
    }
}

#[test]
fn a_body_that_cannot_be_read_starts_nothing() {
    let desk = Desk::calm();
    let path = "/api/v2/ob/clusters/1000001/servers/4/stop";
    for body in ["{", "[]", r#"{"force":"yes"}"#] {
        assert_eq!(desk.post(path, body).code(), (400, 1001), "{body}");
    }
    let headers = format!("{}Content-Type: text/plain\r\n", desk.basic("admin"));
    assert_eq!(desk.send("POST", path, &headers, "{}").unwrap().status, 415);
    assert_eq!(desk.rows("/api/v2/tasks/instances?status=RUNNING").len(), 0);
}

#[test]
fn both_spellings_of_the_doubtful_paths_are_answered() {
    let desk = Desk::calm();
    for (one, other) in [
        ("/api/v2/ob/clusters/1000001/zones/zone1/servers", "/api/v2/clusters/1000001/zones/zone1/servers"),
        ("/api/v2/ob/clusters/1000001/tenants", "/api/v2/ob/cluster/1000001/tenants"),
    ] {
        assert_eq!(desk.rows(one), desk.rows(other));
        assert!(!desk.rows(one).is_empty());
    }
    let tenant = desk.rows("/api/v2/ob/clusters/1000001/tenants")[1]["id"].clone();
    let units = desk.rows(&format!("/api/v2/ob/cluster/1000001/tenants/{tenant}/units?zoneName=zone2"));
    assert!(!units.is_empty() && units.iter().all(|u| u["zoneName"] == "zone2"));
    let of_cluster = desk.rows("/api/v2/ob/clusters/1000001/units");
    let count = of_cluster.iter().filter(|u| u["tenantId"] == tenant && u["zone"] == "zone2").count();
    assert_eq!(count, units.len());
}

#[test]
fn retry_rollback_skip_and_cancel_travel_over_http() {
    let desk = Desk::scenario("incident");
    let failed = desk.rows("/api/v2/tasks/instances?status=FAILED").remove(0);
    let path = format!("/api/v2/tasks/instances/{}", failed["id"]);
    let sub = failed["subtasks"].as_array().unwrap().iter().find(|s| s["status"] == "FAILED").unwrap()["id"]
        .clone();
    assert_eq!(desk.post(&format!("{path}/subtasks/{sub}/cancel"), "").code(), (400, 4007));
    let again = desk.post(&format!("{path}/retry"), "").data();
    assert_eq!((&again["status"], &again["operation"]), (&"RUNNING".into(), &"RETRY".into()));
    assert_eq!(desk.post(&format!("{path}/retry"), "").code(), (400, 4007));
    desk.pass(2);
    let got = desk.post(&format!("{path}/subtasks/{sub}/cancel"), "");
    assert_eq!((got.status, got.json().get("data")), (200, None), "{}", got.body);
    desk.pass(10);
    let got = desk.post(&format!("{path}/subtasks/{sub}/skip"), "");
    assert_eq!((got.status, got.json().get("data")), (200, None), "{}", got.body);
    assert_eq!(to_the_end(&desk, &failed["id"])["status"], "SUCCESSFUL");
    assert_eq!(desk.post(&format!("{path}/rollback"), "").code(), (400, 4007));
    assert_eq!(desk.post("/api/v2/tasks/instances/1/retry", "").code(), (404, 4001));
    assert_eq!(desk.post(&format!("{path}/subtasks/1/skip"), "").code(), (404, 4001));
}

#[test]
fn a_later_product_says_its_codes_in_letters_and_an_earlier_one_lacks_units_of_a_cluster() {
    let product = Product { letter_codes: true, units_of_cluster: false, ..Product::default() };
    let desk =
        Desk::open(Options { product: Some(product), clock: Some(Clock::manual()), ..Options::default() });
    let got = desk.post("/api/v2/ob/clusters/1000003/zones/zone1/stop", "");
    assert_eq!((got.status, &got.json()["error"]["code"]), (409, &"OBE11070".into()));
    assert!(desk.get("/api/v2/ob/clusters/1000003/units").body.starts_with("<!DOCTYPE html>"));
}

#[test]
fn messages_come_in_the_language_asked_for() {
    let desk = Desk::calm();
    let path = "/api/v2/ob/clusters/1000003/zones/zone1/stop";
    for (language, word) in [("zh-CN", "多数派"), ("en-US", "majority"), ("fr", "majority")] {
        let headers = format!("{}Accept-Language: {language}\r\n", desk.basic("admin"));
        let got = desk.send("POST", path, &headers, "").unwrap();
        assert!(got.json()["error"]["message"].as_str().unwrap().contains(word), "{}", got.body);
    }
}
