//! Recorded scenes, asked again: in the same situation the stand-in answers with the same statuses, codes, members,
//! types and nullness, and its DAGs go through the same states in the same order.
//!
//! Small recordings are kept in `tests/fixtures/obshell`; the others are read through `OBDECK_FIXTURES`.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt::Write as _;
use std::path::PathBuf;

use serde_json::{Value, json};

use super::super::raw::{self, Got};
use super::client::{Desk, SOCKET, Sealing, open_body};

/// Where the stand-in may differ, and why.
const ALLOWED: [(&str, &str); 3] = [
    ("\"127.0.0.2\"", "an address without a port means port 2886, which the agents here do not have"),
    ("/upgrade/package", "not simulated"),
    ("/obcluster/statistics", "not simulated"),
];

/// How finely the DAGs are watched between two recorded requests.
const WATCH_MS: u64 = 250;

type Types = BTreeMap<String, BTreeSet<&'static str>>;

struct Replay {
    desk: Desk,
    /// Recorded IDs and ours, by kind (`dag`, `node`, `sub_task`).
    ids: HashMap<(&'static str, String), String>,
    /// Recorded sub DAGs by main DAG and agent: to be watched from their beginning, not from their first poll.
    subs: HashMap<(String, usize), String>,
    /// Recorded headers that were sent already.
    sent: HashMap<String, Sealing>,
    session: Option<(String, String)>,
    theirs: BTreeMap<String, Types>,
    ours: BTreeMap<String, Types>,
    their_states: BTreeMap<String, Vec<String>>,
    our_states: BTreeMap<String, Vec<String>>,
    wrong: String,
    now_ms: u64,
}

fn recorded(scene: &str) -> Value {
    let own = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures/obshell")
        .join(format!("{scene}.json"));
    let path = if own.exists() {
        own
    } else {
        let all =
            std::env::var_os("OBDECK_FIXTURES").unwrap_or_else(|| panic!("{scene} needs OBDECK_FIXTURES"));
        PathBuf::from(all).join("obshell").join(format!("{scene}.json"))
    };
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

fn is_allowed(text: &str) -> bool {
    ALLOWED.iter().any(|(part, _)| text.contains(part))
}

/// Names of members that are data: addresses and zones.
fn member(name: &str) -> &str {
    if name.parse::<std::net::SocketAddr>().is_ok() {
        "{address}"
    } else if name.starts_with("zone") && name.len() == 5 {
        "{zone}"
    } else {
        name
    }
}

fn types(value: &Value, path: &str, out: &mut Types) {
    let kind = match value {
        Value::Null => "null",
        Value::Bool(_) => "bool",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    out.entry(path.to_owned()).or_default().insert(kind);
    match value {
        Value::Array(items) => items.iter().for_each(|item| types(item, &format!("{path}[]"), out)),
        Value::Object(members) => {
            members.iter().for_each(|(name, inner)| types(inner, &format!("{path}.{}", member(name)), out));
        }
        _ => {}
    }
}

/// `GET /task/dag/{id}` for every DAG alike.
fn template(method: &str, path: &str, code: &str) -> String {
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let is_id = |part: &str| part.len() > 12 && part.bytes().all(|b| b.is_ascii_digit());
    let parts: Vec<&str> = path.split('/').map(|p| if is_id(p) { "{id}" } else { p }).collect();
    let query = if query.contains("=false") { " without details" } else { "" };
    format!("{method} {}{query} {code}", parts.join("/"))
}

fn note(states: &mut BTreeMap<String, Vec<String>>, key: String, state: String) {
    let list = states.entry(key).or_default();
    if list.last() != Some(&state) {
        list.push(state);
    }
}

/// Notes the states of a DAG, its nodes and sub tasks, under the recorded ID.
fn note_dag(states: &mut BTreeMap<String, Vec<String>>, key: &str, dag: &Value) {
    let pair = |v: &Value| format!("{}+{}", v["state"].as_str().unwrap(), v["operator"].as_str().unwrap());
    note(
        states,
        format!("{key} {}", dag["name"]),
        format!("{} {}/{}", pair(dag), dag["stage"], dag["max_stage"]),
    );
    for (n, node) in dag["nodes"].as_array().into_iter().flatten().enumerate() {
        note(states, format!("{key} node {n} {}", node["name"]), pair(node));
        for (t, task) in node["sub_tasks"].as_array().into_iter().flatten().enumerate() {
            let state = format!("{} x{}", pair(task), task["execute_times"]);
            note(states, format!("{key} node {n} task {t}"), state);
        }
    }
}

impl Replay {
    fn new(desk: Desk) -> Replay {
        Replay {
            desk,
            ids: HashMap::new(),
            subs: HashMap::new(),
            sent: HashMap::new(),
            session: None,
            theirs: BTreeMap::new(),
            ours: BTreeMap::new(),
            their_states: BTreeMap::new(),
            our_states: BTreeMap::new(),
            wrong: String::new(),
            now_ms: 0,
        }
    }

    fn knows(mut self, id: &str, ours: &Value) -> Replay {
        self.ids.insert(("dag", id.to_owned()), ours.as_str().unwrap().to_owned());
        self
    }

    fn agent(target: &str) -> usize {
        ["127.0.0.1:2886", "127.0.0.2:2886", "127.0.0.3:2886"].iter().position(|t| *t == target).unwrap()
    }

    /// Recorded addresses and IDs as they are here.
    fn translate(&self, text: &str, kind: &str) -> String {
        let mut text = text.to_owned();
        for ((of, theirs), ours) in &self.ids {
            if *of == kind {
                let quoted = (format!("\"{theirs}\""), format!("\"{ours}\""));
                let in_path = (format!("/{theirs}"), format!("/{ours}"));
                text = text.replace(&quoted.0, &quoted.1);
                if text.ends_with(&in_path.0)
                    || text.contains(&format!("{}?", in_path.0))
                    || text.contains(&format!("{}/", in_path.0))
                {
                    text = text.replace(&in_path.0, &in_path.1);
                }
            }
        }
        for ix in 0..3 {
            text = text.replace(&format!("127.0.0.{}:2886", ix + 1), &self.desk.name(ix));
        }
        text
    }

    /// Lets time pass, watching every DAG that is known.
    fn go_to(&mut self, at_ms: u64) {
        while self.now_ms < at_ms {
            let left = at_ms - self.now_ms;
            // Nothing moves quickly in a long pause: its end alone is looked at.
            let step = if left > 30_000 { left - 10_000 } else { left.min(WATCH_MS) };
            self.desk.pass_ms(step);
            self.now_ms += step;
            self.watch();
        }
    }

    fn watch(&mut self) {
        let dags: Vec<(String, String)> = self
            .ids
            .iter()
            .filter(|((k, _), _)| *k == "dag")
            .map(|((_, t), o)| (t.clone(), o.clone()))
            .collect();
        for (theirs, ours) in dags {
            let got = self.desk.get_at(1, &format!("/api/v1/task/dag/{ours}"));
            if got.status != 200 {
                continue;
            }
            let dag = got.data();
            note_dag(&mut self.our_states, &theirs, &dag);
            for ix in 0..3 {
                let sub = dag["additional_data"]["sub_dags"][self.desk.name(ix)].as_str();
                if let (Some(theirs), Some(ours)) = (self.subs.get(&(theirs.clone(), ix)), sub) {
                    self.ids.insert(("dag", theirs.clone()), ours.to_owned());
                }
            }
        }
    }

    fn run(&mut self, scene: &str, skip: &[usize]) {
        let recording = recorded(scene);
        let exchanges = recording["exchanges"].as_array().unwrap();
        let base = exchanges
            .iter()
            .find_map(|e| e.pointer("/request/header_clear/json/ts")?.as_str()?.parse::<i64>().ok())
            .map_or(0, |ts| ts - 60);
        for dag in exchanges.iter().filter_map(|e| e.pointer("/response/body/data")) {
            for ix in 0..3 {
                let at = format!("127.0.0.{}:2886", ix + 1);
                if let Some(sub) = dag["additional_data"]["sub_dags"][at].as_str() {
                    self.subs.insert((dag["id"].as_str().unwrap().to_owned(), ix), sub.to_owned());
                }
            }
        }
        let mut is_down = false;
        for (ix, exchange) in exchanges.iter().enumerate() {
            if skip.contains(&ix) {
                continue;
            }
            self.go_to(exchange["at_ms"].as_u64().unwrap());
            let Some(request) = exchange.get("request") else {
                // The one place where an agent goes down in the middle of a scene.
                self.desk.down(0);
                is_down = true;
                continue;
            };
            if is_down
                && request["path"].as_str().unwrap().contains("/task/dag/")
                && exchange["response"]["status"] == 200
            {
                self.desk.up(0);
                is_down = false;
            }
            if is_allowed(&request.to_string()) {
                continue;
            }
            let got = self.ask(request, base, exchange);
            self.compare(ix, request, &exchange["response"], &got);
        }
    }

    /// The last polls may have come before our end.
    fn end(&mut self) {
        self.go_to(self.now_ms + 15_000);
    }

    fn sealing(&self, request: &Value, base: i64) -> Sealing {
        let clear = &request["header_clear"];
        let json = match clear["json_text"].as_str() {
            Some(text) => serde_json::from_str(text).unwrap(),
            None => clear["json"].clone(),
        };
        let member = |name: &str| {
            let members = json.as_object().unwrap();
            members
                .iter()
                .find(|(k, _)| k.eq_ignore_ascii_case(name))
                .and_then(|(_, v)| v.as_str())
                .map(str::to_owned)
        };
        let now = self.desk.sim.clock().wall() / 1000;
        let ts = member("ts").unwrap_or_default();
        let ts = match ts.parse::<i64>() {
            Ok(ts) if ts > 1_000_000_000 => (ts - base + now).to_string(),
            _ => ts,
        };
        let auth = member("auth").unwrap_or_default();
        let session = member("session_id").map(|id| match &self.session {
            Some((theirs, ours)) if *theirs == id => ours.clone(),
            _ => id,
        });
        let path = request["path"].as_str().unwrap();
        let uri = member("uri").filter(|uri| uri != path);
        Sealing {
            header: if clear["name"] == "X-OCS-Agent-Header" { "X-OCS-Agent-Header" } else { "X-OCS-Header" },
            auth: if auth == "obdeck_pw1" { self.desk.sim.password().to_owned() } else { auth },
            ts,
            uri,
            with_keys: member("keys").is_some(),
            session,
            plain_body: false,
            extra: Vec::new(),
        }
    }

    fn ask(&mut self, request: &Value, base: i64, exchange: &Value) -> Got {
        let (method, path) = (request["method"].as_str().unwrap(), request["path"].as_str().unwrap());
        if let Some(socket) = self.desk.socket.as_ref().map(|dir| dir.path().join(SOCKET)) {
            let body = self.translate(request["body_sent"].as_str().unwrap_or(""), "dag");
            let got = raw::through(&socket, method, path, &body).unwrap();
            return Got { headers: got.headers.to_lowercase(), ..got };
        }
        let agent = Replay::agent(request["target"].as_str().unwrap());
        let kind =
            ["node", "sub_task"].into_iter().find(|k| path.contains(&format!("/task/{k}/"))).unwrap_or("dag");
        let path = self.translate(path, kind);
        let headers = request["headers"].as_object().unwrap();
        let header = |name: &str| headers.get(name).and_then(Value::as_str);
        let sealed = header("X-OCS-Header").or_else(|| header("X-OCS-Agent-Header"));
        let mut how = match (request.get("header_clear"), sealed.and_then(|s| self.sent.get(s))) {
            (Some(_), _) => self.sealing(request, base),
            (None, Some(earlier)) => earlier.clone(),
            (None, None) => {
                let lines = ["X-OCS-Header", "X-OCS-Auth", "X-OBSHELL-Trace-ID"]
                    .into_iter()
                    .filter_map(|name| header(name).map(|value| format!("{name}: {value}\r\n")));
                return self.desk.plain(agent, method, &path, &lines.collect::<String>(), "");
            }
        };
        if let Some(sealed) = sealed {
            self.sent.insert(sealed.to_owned(), how.clone());
        }
        if let Some(language) = header("Accept-Language") {
            how.extra.push(("Accept-Language".to_owned(), language.to_owned()));
        }
        let sent = request["body_sent"].as_str();
        let body = match (&request["body_clear"], sent) {
            (_, None) => None,
            // Broken on purpose: sent as it was.
            (_, Some(sent)) if sent.starts_with('{') || sent.len() % 4 != 0 || sent.len() == 16 => {
                how.plain_body = true;
                Some(sent.to_owned())
            }
            (Value::String(text), _) => Some(self.translate(text, "dag")),
            (clear, _) => Some(self.translate(&clear.to_string(), "dag")),
        };
        let body = match &self.session {
            Some((theirs, ours)) => body.map(|b| b.replace(theirs, ours)),
            None => body,
        };
        let body = body.as_deref().map(str::as_bytes);
        let (got, key, iv) = self.desk.ask_sealed(agent, method, &path, body, &how);
        if let (Some(theirs), true) = (exchange["decrypted_data"].as_str(), got.status == 200) {
            let ours = open_body(key, iv, got.data().as_str().unwrap());
            self.session = Some((theirs.to_owned(), String::from_utf8(ours).unwrap()));
        }
        got
    }

    fn compare(&mut self, ix: usize, request: &Value, response: &Value, got: &Got) {
        let (method, path) = (request["method"].as_str().unwrap(), request["path"].as_str().unwrap());
        let theirs = &response["body"];
        let code = theirs["error"]["errCode"].as_str().unwrap_or("ok");
        let ours = serde_json::from_str(&got.body).unwrap_or(Value::Null);
        let our_code = ours["error"]["errCode"].as_str().unwrap_or("ok");
        if response["status"] != got.status || code != our_code {
            let _ = writeln!(
                self.wrong,
                "#{ix} {method} {path}: {} {code} was recorded, {} {our_code} came: {}",
                response["status"], got.status, got.body
            );
            return;
        }
        let kind = response["headers"]["Content-Type"].as_str().unwrap_or_default();
        if !got.headers.contains(&format!("content-type: {kind}\r\n").to_lowercase()) {
            let _ = writeln!(
                self.wrong,
                "#{ix} {method} {path}: content type {kind} was recorded, not: {}",
                got.headers
            );
        }
        if theirs.is_string() {
            return;
        }
        let key = template(method, path, code);
        types(theirs, "", self.theirs.entry(key.clone()).or_default());
        types(&ours, "", self.ours.entry(key).or_default());
        self.learn(&theirs["data"], &ours["data"]);
        if path.contains("/task/dag/2") && method == "GET" && theirs["data"]["nodes"].is_array() {
            let id = theirs["data"]["id"].as_str().unwrap();
            note_dag(&mut self.their_states, id, &theirs["data"]);
            note_dag(&mut self.our_states, id, &ours["data"]);
        }
    }

    /// Which of their IDs is which of ours.
    fn learn(&mut self, theirs: &Value, ours: &Value) {
        let mut pair = |kind, theirs: &Value, ours: &Value| {
            if let (Some(theirs), Some(ours)) = (theirs.as_str(), ours.as_str()) {
                self.ids.insert((kind, theirs.to_owned()), ours.to_owned());
            }
        };
        if theirs.get("dag_id").is_none() {
            return;
        }
        pair("dag", &theirs["id"], &ours["id"]);
        for ix in 0..3 {
            let at = format!("127.0.0.{}:2886", ix + 1);
            pair(
                "dag",
                &theirs["additional_data"]["sub_dags"][at],
                &ours["additional_data"]["sub_dags"][self.desk.name(ix)],
            );
        }
        for (n, node) in theirs["nodes"].as_array().into_iter().flatten().enumerate() {
            pair("node", &node["id"], &ours["nodes"][n]["id"]);
            for (t, task) in node["sub_tasks"].as_array().into_iter().flatten().enumerate() {
                pair("sub_task", &task["id"], &ours["nodes"][n]["sub_tasks"][t]["id"]);
            }
        }
    }

    fn verdict(mut self, scene: &str) {
        for (route, theirs) in &self.theirs {
            let ours = &self.ours[route];
            let paths: BTreeSet<&String> = theirs.keys().chain(ours.keys()).collect();
            for path in paths {
                let (there, here) = (theirs.get(path), ours.get(path));
                if there != here && !is_allowed(path) {
                    let _ =
                        writeln!(self.wrong, "{route}: {path} is {there:?} in the recording, {here:?} here");
                }
            }
        }
        for (what, theirs) in &self.their_states {
            let empty = Vec::new();
            let ours = self.our_states.get(what).unwrap_or(&empty);
            // What takes milliseconds is caught while it runs or not: chance, there and here.
            let is_quick = what.contains(" task ") && !ours.iter().any(|s| s.starts_with("RUNNING"));
            let theirs: Vec<&String> =
                theirs.iter().filter(|s| !is_quick || !s.starts_with("RUNNING")).collect();
            let mut rest = ours.iter();
            if !theirs.iter().all(|state| rest.any(|ours| ours == *state)) {
                let _ = writeln!(self.wrong, "{what}: recorded {theirs:?}, here {ours:?}");
            }
        }
        assert!(self.wrong.is_empty(), "{scene}:\n{}", self.wrong);
        assert!(!self.theirs.is_empty() || scene.contains("dead"), "{scene}: nothing was compared");
    }
}

fn play(scene: &str, replay: Replay) {
    play_without(scene, replay, &[]);
}

fn play_without(scene: &str, mut replay: Replay, skip: &[usize]) {
    replay.run(scene, skip);
    replay.end();
    replay.verdict(scene);
}

fn edge() -> Desk {
    Desk::edge()
}

fn post(desk: &Desk, path: &str, body: &Value) -> Value {
    desk.post(path, body).data()["id"].clone()
}

fn order(desk: &Desk, verb: &str, body: &Value) -> Value {
    let id = post(desk, &format!("/api/v1/ob/{verb}"), body);
    assert_eq!(desk.finish(&id)["state"], "SUCCEED");
    id
}

fn all(force: bool) -> Value {
    json!({ "scope": { "type": "GLOBAL" }, "force": force })
}

/// A cluster without a database, as in the `cluster-*` scenes.
fn without_database() -> Desk {
    let desk = edge();
    desk.sim.set_database_down(true);
    desk
}

/// And all observers killed.
fn killed_without_database() -> Desk {
    let desk = edge();
    order(&desk, "stop", &all(true));
    desk.sim.set_database_down(true);
    desk
}

/// A zone stop that hangs in its freeze.
fn hanging() -> (Desk, Value) {
    let desk = edge();
    desk.sim.set_freeze_hangs(true);
    let id = post(&desk, "/api/v1/ob/zone/zone2/stop", &json!({ "freeze_server": true }));
    desk.pass_ms(60_000);
    (desk, id)
}

/// A start that waits for a database.
fn starting() -> (Desk, Value) {
    let desk = killed_without_database();
    let id = post(&desk, "/api/v1/ob/start", &json!({ "scope": { "type": "GLOBAL" } }));
    desk.pass_ms(30_000);
    (desk, id)
}

/// A start that waits in `Start Zone` after its sub DAGs were cancelled; the first agents, `held` in number, are still
/// locked by theirs.
fn start_without_sub_dags(held: usize) -> (Desk, Value) {
    let (desk, id) = starting();
    let act = |id: &Value, operator: &str| {
        let path = format!("/api/v1/task/dag/{}", id.as_str().unwrap());
        assert_eq!(desk.post(&path, &json!({ "operator": operator })).status, 200, "{operator}");
    };
    let subs: Vec<Value> =
        (0..3).map(|ix| desk.dag(&id)["additional_data"]["sub_dags"][desk.name(ix)].clone()).collect();
    for sub in &subs {
        act(sub, "CANCEL");
    }
    desk.pass_ms(5000);
    for sub in &subs[held..] {
        act(sub, "PASS");
    }
    desk.pass_ms(5000);
    assert_eq!(desk.dag(&id)["stage"], 5);
    (desk, id)
}

#[test]
fn fresh_agents_tell_what_needs_no_header() {
    play("single-unauthenticated-endpoints", Replay::new(Desk::single()));
}

#[test]
fn a_fresh_agent_behind_its_socket_asks_for_no_header() {
    play("single-unix-socket", Replay::new(Desk::single_behind_a_socket()));
}

#[test]
fn fresh_agents_refuse_what_was_refused() {
    play("single-auth-errors", Replay::new(Desk::single()));
    play("single-request-errors", Replay::new(Desk::single()));
}

#[test]
fn agents_of_a_cluster_let_in_whom_they_let_in() {
    play("cluster-auth-errors", Replay::new(without_database()));
}

#[test]
fn agents_of_a_cluster_refuse_what_was_refused() {
    play("cluster-stop-parameter-errors", Replay::new(without_database()));
    let desk = edge();
    order(&desk, "stop", &json!({ "scope": { "type": "SERVER", "target": [desk.name(1)] } }));
    play("db-stop-refused-other-zone-already-stopped", Replay::new(desk));
}

#[test]
fn agents_of_a_cluster_tell_of_it() {
    let desk = edge();
    // The recorded agents had had a lock before: without one, `main_dags` crashes.
    order(&desk, "start", &json!({ "scope": { "type": "SERVER", "target": [desk.name(1)] } }));
    play("db-info-endpoints-all-available", Replay::new(desk));
}

#[test]
fn nobody_answers_for_an_agent_that_is_away() {
    let desk = edge();
    let id =
        desk.post_at(2, "/api/v1/ob/start", &json!({ "scope": { "type": "GLOBAL" } })).data()["id"].clone();
    desk.finish(&id);
    desk.down(2);
    play("dag-owner-agent-dead", Replay::new(desk).knows("22130706435028861", &id));
}

#[test]
#[ignore = "needs OBDECK_FIXTURES"]
fn stops_go_as_recorded() {
    for scene in [
        "db-stop-server-force",
        "db-stop-server-without-force",
        "db-stop-zone-without-force",
        "db-owner-agent-restarts-mid-dag",
    ] {
        play(scene, Replay::new(edge()));
    }
    let desk = edge();
    desk.sim.set_freeze_hangs(true);
    play("db-zone-stop-endpoint-minor-freeze-hangs", Replay::new(desk));
    let desk = edge();
    desk.sim.set_freeze_hangs(true);
    play("db-stop-global-terminate-part1", Replay::new(desk));
    let desk = edge();
    desk.sim.set_freeze_hangs(true);
    let id = post(&desk, "/api/v1/ob/stop", &json!({ "scope": { "type": "GLOBAL" }, "terminate": true }));
    desk.pass_ms(34_000);
    desk.sim.set_freeze_hangs(false);
    play("db-stop-global-terminate-part2", Replay::new(desk).knows("221307064330288647", &id));
}

#[test]
#[ignore = "needs OBDECK_FIXTURES"]
fn starts_go_as_recorded() {
    let desk = edge();
    order(&desk, "stop", &json!({ "scope": { "type": "SERVER", "target": [desk.name(1)] } }));
    play("db-start-server", Replay::new(desk));
    let desk = edge();
    order(&desk, "stop", &json!({ "scope": { "type": "ZONE", "target": ["zone3"] } }));
    play("db-start-zone", Replay::new(desk));
    let desk = edge();
    order(&desk, "stop", &all(true));
    play("db-start-global", Replay::new(desk));
    let (desk, _) = hanging();
    play("db-start-zone-blocked-by-running-stop", Replay::new(desk));
    play("cluster-start-global-no-database", Replay::new(killed_without_database()));
}

#[test]
#[ignore = "needs OBDECK_FIXTURES"]
fn conflicts_and_operators_go_as_recorded() {
    let (desk, id) = starting();
    play("cluster-conflict-stop-while-start-runs", Replay::new(desk).knows("22130706433028868", &id));
    let known = "22130706433028868";
    let (desk, id) = start_without_sub_dags(0);
    play("cluster-cancel-running-start", Replay::new(desk).knows(known, &id));
    let (desk, id) = start_without_sub_dags(1);
    play("cluster-stop-global-force-with-forcePassDag", Replay::new(desk).knows(known, &id));
    let desk = edge();
    let body = json!({ "password": "agent_pw1" });
    assert_eq!(desk.post_at(2, "/api/v1/agent/password", &body).status, 200);
    // The first exchange proves itself with a password of the recorded agent's past.
    play_without("db-agent-password-2", Replay::new(desk), &[0]);
    let (desk, id) = hanging();
    let failed = post(&desk, "/api/v1/ob/stop", &json!({ "scope": { "type": "GLOBAL" }, "terminate": true }));
    assert_eq!(desk.finish(&failed)["state"], "FAILED");
    let path = format!("/api/v1/task/dag/{}", id.as_str().unwrap());
    assert_eq!(desk.post(&path, &json!({ "operator": "CANCEL" })).status, 200);
    desk.pass_ms(3000);
    desk.down(2);
    play("cluster-main-dag-operators", Replay::new(desk).knows("221307064330288643", &failed));
}

#[test]
#[ignore = "needs OBDECK_FIXTURES"]
fn the_official_client_is_answered_as_recorded() {
    play("sdk-python-client", Replay::new(edge()));
    play("single-info-endpoints", Replay::new(Desk::single()));
}
