//! Reads: pages, fallbacks, and each fault named.

use std::net::TcpListener;

use obdeck::domain::id::{ClusterId, ProfileName, SubtaskId, TaskId};
use obdeck::domain::outcome::{Exit, ReadError, ReadErrorKind};
use obdeck::domain::secret::Secret;
use obdeck::domain::status::{Health, Operation, Phase};
use obdeck::domain::task::TaskFilter;
use obdeck::domain::time::Span;
use obdeck::domain::topology::Relation;
use obdeck::plane::ControlPlane;
use obdeck::plane::ocp::{Auth, Ocp, OcpProfile};

use super::server::{Act, Server, TASK, answer, bytes, client, connect, impatient, json, no, ok, profile};

async fn clusters_from(act: impl Fn() -> Act + Send + Sync + 'static) -> (ReadError, usize) {
    let server = Server::start(move |_, _| act());
    let err = client(&server).clusters().await.unwrap_err();
    (err, server.count())
}

fn cluster(id: u32, name: &str) -> String {
    format!(
        r#"{{"id":{id},"name":"{name}","status":"RUNNING","obVersion":"4.2.1.3-100010","type":"PRIMARY"}}"#
    )
}

#[tokio::test]
async fn all_pages_are_read_and_sorted_whatever_the_page_count_is_called() {
    let server = Server::start(|seen, _| {
        let member = if seen.path().contains("page=1&") { "totalPages" } else { "totalPage" };
        let items = match seen.path() {
            p if p.contains("page=1&") => [cluster(10, "b"), cluster(9, "b")].join(","),
            p if p.contains("page=2&") => [cluster(9, "b"), cluster(1, "c")].join(","),
            _ => cluster(4, "a"),
        };
        ok(&format!(r#"{{"contents":[{items}],"page":{{"number":1,"{member}":3}}}}"#))
    });
    let got = client(&server).clusters().await.unwrap();
    let ids: Vec<&str> = got.value.iter().map(|c| c.at.id.raw()).collect();
    assert_eq!(ids, ["4", "9", "10", "1"]);
    assert_eq!(got.value[0].version.raw(), "4.2.1.3");
    assert_eq!(got.trace.unwrap().raw(), "340849601d4d4ffe");
    assert_eq!(got.server_time.unwrap().rfc3339(), "2026-11-21T02:00:00.500Z");
    assert_eq!(server.count(), 3);
    assert_eq!(server.seen()[0].path(), "/api/v2/ob/clusters?page=1&size=1000&sort=name%2Casc");
    assert_eq!(server.seen()[0].header("authorization").unwrap(), "Basic YWRtaW46Y2FuYXJ5LTQ3MTE=");
    assert_eq!(server.seen()[0].header("accept-language").unwrap(), "en-US");
}

#[tokio::test]
async fn primary_standbys_sync_state_and_delay_are_read_in_any_form_and_missing_ones_are_none() {
    let item = |id: u32, more: &str| format!(r#"{{"id":{id},"name":"c{id}","status":"RUNNING"{more}}}"#);
    let items = [
        item(1, r#","type":"PRIMARY","standbyClusters":[
            {"id":2,"name":"c2","syncStatus":"VALID","delayTime":1.25,"zones":[]},null,"c3",{"name":{}},7.5]"#),
        item(2, r#","type":"STANDBY","primaryCluster":{"id":1,"name":"c1"},"syncStatus":"DISABLED","delayTime":86400.5"#),
        item(3, r#","type":"STANDBY","primaryCluster":null,"syncStatus":"\u001b[2JVALID","delayTime":-3"#),
        item(4, r#","standbyClusters":null,"delayTime":1e300"#),
        item(5, r#","standbyClusters":[],"delayTime":null"#),
    ]
    .join(",");
    let server = Server::start(move |_, _| ok(&format!(r#"{{"contents":[{items}]}}"#)));
    let all = client(&server).clusters().await.unwrap().value;
    let of = |n: usize| &all[n - 1].relation;
    let standbys: Vec<_> = of(1)
        .standbys
        .iter()
        .map(|s| (s.name.raw(), s.sync.word.raw(), s.sync.delay.map(Span::millis)))
        .collect();
    assert_eq!(
        standbys,
        [("c2", "VALID", Some(1250)), ("c3", "", None), ("", "", None), ("7.5", "", None)],
        "what cannot be read still counts as a standby"
    );
    let two = of(2);
    assert_eq!((two.primary.raw(), two.sync.word.raw()), ("c1", "DISABLED"));
    assert_eq!((two.sync.delay, two.sync.is_valid()), (Some(Span::from_millis(86_400_500)), false));
    assert_eq!((of(3).primary.raw(), of(3).sync.delay, of(3).sync.is_valid()), ("", None, false));
    assert!(!of(3).sync.word.to_string().contains('\u{1b}'));
    assert_eq!((of(4), of(5)), (&Relation::default(), &Relation::default()));
}

const SERVERS: &str = r#"{"contents":[
    {"id":11,"ip":"10.0.0.2","port":2882,"zoneName":"zone2","status":"RUNNING","withRootServer":true,
     "stopTime":"2026-11-20T10:00:00+08:00","version":"3.1.0_2021-1c(Apr)"},
    {"id":10,"ip":"fe80::1","port":2882,"zoneName":"zone1","status":"PROCESS_STOPPED","withRootserver":true,
     "stopTime":"1970-01-01T08:00:00+08:00"}]}"#;

#[tokio::test]
async fn zones_without_nested_servers_are_filled_from_the_server_list() {
    let server = Server::start(|seen, _| match seen.path() {
        p if p.ends_with("/zones") => ok(
            r#"{"contents":[{"name":"zone2","status":"RUNNING","servers":[]},{"name":"zone1","status":"STOPPED"}]}"#,
        ),
        "/api/v2/ob/clusters/1/servers" => ok(SERVERS),
        p => no(404, "0", p),
    });
    let zones = client(&server).zones(&ClusterId::new("1")).await.unwrap().value;
    let names: Vec<&str> = zones.iter().map(|z| z.name.raw()).collect();
    assert_eq!(names, ["zone1", "zone2"]);
    assert_eq!(zones[0].servers[0].address.raw(), "[fe80::1]:2882");
    assert_eq!(zones[0].servers[0].stopped, None, "the epoch means not stopped");
    assert_eq!(zones[0].servers[0].status.is, Health::Stopped);
    let second = &zones[1].servers[0];
    assert!(second.with_root_server && second.stopped.is_some() && !second.is_up());
    assert_eq!(second.version.raw(), "3.1.0");
}

#[tokio::test]
async fn where_a_version_lacks_the_server_list_each_zone_is_asked() {
    let server = Server::start(|seen, _| match seen.path() {
        p if p.ends_with("/zones") => {
            ok(r#"{"contents":[{"name":"zone1","status":"RUNNING"},{"name":"zone2","serverCount":0}]}"#)
        }
        "/api/v2/ob/clusters/1/zones/zone1/servers" => ok(r#"{"contents":[{"id":3,"ip":"h","port":1}]}"#),
        "/api/v2/ob/clusters/1/zones/zone2/servers" => ok(r#"{"contents":[]}"#),
        // An unknown path can answer 200 with a web page (ocp-api 2.2).
        _ => answer(200, "content-type: text/html\r\n", "<html>"),
    });
    let zones = client(&server).zones(&ClusterId::new("1")).await.unwrap().value;
    assert_eq!(zones[0].servers[0].zone.raw(), "zone1");
    assert!(zones[1].servers.is_empty());
}

#[tokio::test]
async fn units_fall_back_to_one_call_a_tenant_and_remember_it() {
    let server = Server::start(|seen, _| match seen.path() {
        "/api/v2/ob/clusters/1/tenants?page=1&size=1000" => ok(
            r#"{"contents":[{"id":2,"name":"b","zoneList":"zone1;zone2"},{"id":1,"name":"a"}],"page":{"totalPages":1}}"#,
        ),
        p if p.ends_with("/tenants/1/units") => ok(
            r#"{"contents":[{"id":5,"serverId":7,"serverIp":"10.0.0.1","serverPort":2882,"zoneName":"zone1","status":"ACTIVE"}]}"#,
        ),
        p if p.ends_with("/tenants/2/units") => ok(r#"{"contents":[]}"#),
        p => no(404, "0", p),
    });
    let plane = client(&server);
    let id = ClusterId::new("1");
    let units = plane.units(&id).await.unwrap().value;
    assert_eq!(units.len(), 1);
    assert_eq!(units[0].tenant.as_ref().unwrap().raw(), "1");
    assert_eq!(units[0].address.raw(), "10.0.0.1:2882");
    let first = server.count();
    plane.units(&id).await.unwrap();
    assert_eq!(server.count() - first, first - 1, "the missing endpoint is not asked again");
    let tenants = plane.tenants(&id).await.unwrap().value;
    assert_eq!(tenants[1].zones.len(), 2);
}

#[tokio::test]
async fn units_of_a_whole_cluster_are_one_call_where_offered() {
    let server = Server::start(|_, _| {
        ok(
            r#"{"contents":[{"obUnitId":1001,"tenantId":3,"svrIp":"10.0.0.1","svrPort":2882,"zone":"z1","status":"ACTIVE"}]}"#,
        )
    });
    let units = client(&server).units(&ClusterId::new("1")).await.unwrap().value;
    assert_eq!((units[0].id.raw(), units[0].zone.raw()), ("1001", "z1"));
    assert_eq!(server.count(), 1);
}

#[tokio::test]
async fn tasks_are_filtered_here_too_and_newest_first() {
    let server = Server::start(|_, _| {
        ok(r#"{"contents":[{"id":9,"name":"a","status":"FAILED","cluster":{"id":1,"name":"c"}},
             {"id":10,"name":"b","status":"RUNNING"},
             {"id":11,"name":"c","status":"RUNNING","cluster":{"id":2}},
             {"id":12,"name":"d","status":"SUCCESSFUL"}]}"#)
    });
    let filter = TaskFilter {
        cluster: Some(ClusterId::new("1")),
        unfinished: true,
        name: Some("x y".to_owned()),
        ..TaskFilter::default()
    };
    let tasks = client(&server).tasks(&filter).await.unwrap().value;
    let ids: Vec<&str> = tasks.iter().map(|t| t.at.id.raw()).collect();
    assert_eq!(ids, ["10", "9"]);
    assert_eq!(
        server.seen()[0].path(),
        "/api/v2/tasks/instances?clusterId=1&name=x%20y&page=1&size=200&sort=id%2Cdesc&status=RUNNING%2CFAILED"
    );
}

#[tokio::test]
async fn a_rolled_back_list_item_does_not_read_as_done() {
    let server = Server::start(|_, _| {
        ok(r#"{"contents":[{"id":9,"name":"a","status":"SUCCESSFUL","subtasks":[
             {"id":1,"name":"s","status":"PENDING","operation":"ROLLBACK"}]}]}"#)
    });
    let tasks = client(&server).tasks(&TaskFilter::default()).await.unwrap().value;
    assert_eq!(tasks[0].operation.is, Operation::Rollback);
    assert_eq!(tasks[0].phase(), Phase::Skipped);
}

#[tokio::test]
async fn a_task_names_the_servers_it_works_on_once_they_were_seen() {
    let server = Server::start(|seen, _| match seen.path() {
        p if p.ends_with("/zones") => ok(
            r#"{"contents":[{"name":"z","servers":[{"id":5,"ip":"10.0.0.5","port":2882},{"id":6,"ip":"10.0.0.6","port":2882}]}]}"#,
        ),
        _ => {
            ok(r#"{"id":1,"name":"Stop OB zone","status":"RUNNING","context":{"stringMap":{"zone_name":"z"},
                 "listMap":{"server_ids":["5","6","7"],"zone_names":["z"]}},"subtasks":[
                 {"id":1,"name":"Prepare stop observer","status":"PENDING","parallelIdx":1},
                 {"id":2,"name":"Prepare stop observer","status":"PENDING","parallelIdx":2},
                 {"id":3,"name":"Prepare stop OB zone","status":"PENDING","parallelIdx":0},
                 {"id":4,"name":"Wait node","status":"PENDING","parallelIdx":-1}]}"#)
        }
    });
    let plane = client(&server);
    plane.zones(&ClusterId::new("1")).await.unwrap();
    let task = plane.task(&TaskId::new("1")).await.unwrap().value;
    let targets: Vec<&str> = task.subtasks().map(|s| s.target.raw()).collect();
    assert_eq!(targets, ["10.0.0.6:2882", "7", "z", ""]);
}

#[tokio::test]
async fn a_log_is_cut_into_filtered_lines() {
    let server = Server::start(|_, _| ok(r###"{"log":"##{EXECUTE}##\r\na\u001b[2Jb\n\nlast\n"}"###));
    let log = client(&server).log(&TaskId::new("1"), &SubtaskId::new("2")).await.unwrap().value;
    let lines: Vec<&str> = log.lines.iter().map(obdeck::domain::shown::Shown::as_str).collect();
    assert_eq!(lines, ["##{EXECUTE}##", "a␛[2Jb", "", "last"]);
    assert!(!log.cut);
    assert_eq!(server.seen()[0].path(), "/api/v2/tasks/instances/1/subtasks/2/log");
}

#[tokio::test]
async fn info_tells_version_and_clock_and_asks_the_time_without_a_login() {
    let server = Server::start(|seen, _| match seen.path() {
        "/api/v2/time" => answer(200, "content-type: text/plain\r\n", "2026-11-21T10:00:30+08:00"),
        _ => json(200, r#"{"artifact":"ocp-server","buildVersion":"4.2.2-20240315"}"#),
    });
    let info = client(&server).info().await.unwrap().value;
    assert_eq!(info.version.raw(), "4.2.2-20240315");
    assert_eq!(info.skew, Some(Span::from_secs(30)));
    let time = server.seen().into_iter().find(|s| s.path().ends_with("/time")).unwrap();
    assert_eq!(time.header("authorization"), None);
}

#[tokio::test]
async fn a_prefix_in_the_url_is_kept() {
    let server = Server::start(|_, _| ok(r#"{"contents":[]}"#));
    let plane = connect(profile(&format!("{}/ocp/", server.url())));
    plane.zones(&ClusterId::new("1")).await.unwrap();
    assert_eq!(server.seen()[0].path(), "/ocp/api/v2/ob/clusters/1/zones");
}

#[tokio::test]
async fn n01_a_refused_connection_names_host_and_cause() {
    let addr = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let err = connect(profile(&format!("http://{addr}"))).clusters().await.unwrap_err();
    assert_eq!((err.kind, err.kind.exit()), (ReadErrorKind::Unreachable, Exit::Unreachable));
    assert!(err.why.raw().contains(&addr.to_string()), "{:?}", err.why);
    assert!(err.why.raw().to_lowercase().contains("refused"), "{:?}", err.why);
    assert!(err.what.raw().starts_with("GET /api/v2/ob/clusters?"), "{:?}", err.what);
}

#[tokio::test]
async fn n05_n06_an_answer_that_does_not_end_times_out_as_a_whole() {
    let server = Server::start(|seen, _| match seen.path() {
        p if p.ends_with("/zones") => Act::Hang,
        p if p.ends_with("/parameters") => {
            Act::Say(b"HTTP/1.1 200 X\r\ncontent-length: 50\r\n\r\n{".to_vec())
        }
        _ => ok(r#"{"contents":[]}"#),
    });
    let plane = impatient(&server.url());
    plane.clusters().await.unwrap();
    let id = ClusterId::new("1");
    let (hung, slow, fine) = tokio::join!(plane.zones(&id), plane.parameters(&id), plane.tenants(&id));
    assert_eq!(hung.unwrap_err().kind, ReadErrorKind::Timeout);
    assert_eq!(slow.unwrap_err().kind, ReadErrorKind::Timeout);
    assert!(fine.is_ok(), "others are not held up");
    assert_eq!(server.count(), 4, "a timeout is not repeated");
}

#[tokio::test]
async fn n07_a_cut_answer_is_told_with_its_length_and_nothing_of_it_is_shown() {
    let part = bytes(200, "", r#"{"data":{"contents":[]},"successful":true}"#);
    let part = part[..part.len() - 10].to_vec();
    let (err, count) = clusters_from(move || Act::SayAndClose(part.clone())).await;
    assert_eq!(err.kind, ReadErrorKind::CutOff);
    assert!(err.why.raw().contains("cut off after 32 bytes"), "{:?}", err.why);
    assert_eq!(count, 1);
}

#[tokio::test]
async fn a_gateway_error_is_tried_three_times_in_all() {
    let (err, count) =
        clusters_from(|| answer(502, "content-type: text/html\r\n", "<h1>Bad Gateway</h1>")).await;
    assert_eq!((err.kind, err.http, count), (ReadErrorKind::Server, 502, 3));
    assert!(err.why.raw().contains("Bad Gateway"), "{:?}", err.why);
}

#[tokio::test]
async fn n12_a_web_page_is_no_control_plane() {
    let page = "\n\n<html>\u{1b}[2J login here\n</html>";
    let (err, _) = clusters_from(move || answer(200, "content-type: text/html\r\n", page)).await;
    assert_eq!(err.kind, ReadErrorKind::NotAPlane);
    assert!(err.why.shown().as_str().contains("<html>␛[2J login here"), "{:?}", err.why);
    let (err, _) = clusters_from(move || json(200, page)).await;
    assert_eq!(err.kind, ReadErrorKind::NotAPlane, "whatever it calls itself");
}

#[tokio::test]
async fn h01_after_a_401_not_one_more_request_until_resumed() {
    let server = Server::start(|_, n| if n == 0 { no(401, "0", "wrong") } else { ok(r#"{"contents":[]}"#) });
    let plane = client(&server);
    let id = ClusterId::new("1");
    // At once, as a console starts: only one of them may spend a logon.
    let (a, b, c) = tokio::join!(plane.clusters(), plane.zones(&id), plane.tenants(&id));
    let kinds = [a.map(|_| ()), b.map(|_| ()), c.map(|_| ())].map(|r| r.unwrap_err().kind);
    assert_eq!(
        kinds,
        [ReadErrorKind::Unauthenticated, ReadErrorKind::PollingStopped, ReadErrorKind::PollingStopped]
    );
    for _ in 0..5 {
        assert_eq!(plane.clusters().await.unwrap_err().kind, ReadErrorKind::PollingStopped);
    }
    assert_eq!(server.count(), 1);
    plane.resume();
    assert!(plane.clusters().await.is_ok());
    assert!(!plane.is_stopped());
}

#[tokio::test]
async fn h05_a_told_wait_is_handed_to_the_caller_and_not_repeated() {
    let body = r#"{"duration":0,"error":{"code":0,"message":"Excessive"},"status":429,"successful":false,"traceId":""}"#;
    let (err, count) = clusters_from(move || answer(429, "RateLimit-Reset: 7\r\n", body)).await;
    assert_eq!((err.kind, err.wait, count), (ReadErrorKind::RateLimited, Some(Span::from_secs(7)), 1));
    assert_eq!((err.why.raw(), err.code.raw(), err.trace), ("Excessive", "", None));
    let (err, count) = clusters_from(|| answer(503, "Retry-After: 86400\r\n", "")).await;
    assert_eq!((err.kind, err.wait, count), (ReadErrorKind::RateLimited, Some(Span::from_secs(60)), 1));
}

#[tokio::test]
async fn h07_an_envelope_that_says_no_is_no_answer_whatever_the_status() {
    let (err, _) = clusters_from(|| {
        json(200, r#"{"successful":false,"data":{"contents":[]},"error":{"code":"IAM11000"}}"#)
    })
    .await;
    assert_eq!((err.kind, err.code.raw()), (ReadErrorKind::BadRequest, "IAM11000"));
}

#[tokio::test]
async fn h09_h10_h13_a_bad_answer_names_path_and_place() {
    for (body, part) in [
        (r#"{"successful":true}"#, "without a list"),
        (r#"{"successful":true,"data":null}"#, "without a list"),
        (r#"{"successful":true,"data":{}}"#, "without a list"),
        (r#"{"successful":true,"data":[]}"#, "at data"),
        (
            r#"{"successful":true,"data":{"contents":[{"id":1,"name":"a","status":"x"},{"id":1.5}]}}"#,
            "data.contents[1].id",
        ),
        (r#"{"successful":true,"data":{"contents":[{"id":"x1"}]}}"#, "data.contents[0].id"),
        (r#"{"successful":"true"}"#, "at successful"),
        (r#"{"successful":true"#, "byte 18"),
        (r#"{"successful":true}{"successful":true}"#, "trailing"),
        ("\u{feff}{}", "byte order mark"),
        ("[1]", "a list where"),
        ("", "empty"),
    ] {
        let (err, count) = clusters_from(move || json(200, body)).await;
        assert_eq!((err.kind, count), (ReadErrorKind::BadAnswer, 1), "{body}");
        assert!(err.why.raw().contains(part), "{body}: {:?}", err.why);
    }
}

#[tokio::test]
async fn h14_ids_stay_exact() {
    let server = Server::start(|_, _| ok(&TASK.replace("89026504", "9007199254740993")));
    let task = client(&server).task(&TaskId::new("9007199254740993")).await.unwrap().value;
    assert_eq!(task.head.at.id.raw(), "9007199254740993");
}

#[tokio::test]
async fn h17_a_refused_signature_names_the_clock() {
    let key = Auth::AccessKey { id: "AK".to_owned(), secret: Secret::new("canary-4711".to_owned()) };
    let refusal = r#"{"successful":false,"error":{"code":0,"message":"bad signature"}}"#;
    let server = Server::start(move |_, _| answer(401, "date: Sat, 21 Nov 2026 02:20:00 GMT\r\n", refusal));
    let plane = connect(OcpProfile { auth: key, ..profile(&server.url()) });
    let err = plane.clusters().await.unwrap_err();
    assert_eq!(err.kind, ReadErrorKind::Unauthenticated);
    assert!(err.why.raw().contains("bad signature (the clock here is 20m00s behind"), "{:?}", err.why);
    assert!(!format!("{err:?} {plane:?}").contains("canary"));
}

#[tokio::test]
async fn x13_an_id_that_cannot_stand_in_a_path_is_not_sent() {
    let server = Server::start(|_, _| ok(TASK));
    let err = client(&server).task(&TaskId::new("..")).await.unwrap_err();
    assert_eq!(err.kind, ReadErrorKind::BadRequest);
    assert_eq!(server.count(), 0);
    client(&server).task(&TaskId::new("1/../2?x#y")).await.unwrap();
    assert_eq!(server.seen()[0].path(), "/api/v2/tasks/instances/1%2F..%2F2%3Fx%23y");
}

#[test]
fn k02_a_url_that_cannot_be_used_is_refused_without_repeating_it() {
    let now = std::sync::Arc::new(super::server::now);
    for url in ["http://admin:canary-4711@127.0.0.1:1", "file:///etc", "127.0.0.1:8080", ""] {
        let made = Ocp::connect(OcpProfile { name: ProfileName::new("p"), ..profile(url) }, now.clone());
        let err = made.unwrap_err().to_string();
        assert!(!err.contains("canary"), "{err}");
    }
}
