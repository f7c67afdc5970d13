//! Text from outside in a real terminal: a control plane whose every word is an attack.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;

use crate::support::pty::{Pty, Start};

/// Sets the title, fills the clipboard, clears the screen, leaves the alternate screen, asks for the cursor, in seven
/// and eight bits; turns the writing round; hides in between.
const ATTACK: &str = "z\u{1b}]0;owned\u{7}\u{1b}]52;c;b3duZWQ=\u{7}\u{1b}[2J\u{1b}[?1049l\u{9b}31m\u{9d}0;t\u{9c}\r\n\t\u{202e}1enoz\u{200b}\u{0}\u{7f}";

/// Answers every GET as an OCP whose names, words and messages hold the attack.
struct Hostile {
    url: String,
}

impl Hostile {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("its address"));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                std::thread::spawn(move || answer_all(stream));
            }
        });
        Self { url }
    }
    fn config(&self) -> String {
        format!(
            "[[profile]]\nname = \"evil\"\nkind = \"ocp\"\nurl = \"{}\"\n\
             auth = {{ type = \"basic\", username = \"u\", password = \"p\" }}\n",
            self.url
        )
    }
}

fn answer_all(stream: TcpStream) {
    let mut reader = BufReader::new(stream.try_clone().expect("its other half"));
    let mut stream = stream;
    loop {
        let mut first = String::new();
        if reader.read_line(&mut first).is_ok_and(|n| n == 0) || first.is_empty() {
            return;
        }
        let mut line = String::new();
        while reader.read_line(&mut line).is_ok_and(|n| n > 2) {
            line.clear();
        }
        let path = first.split(' ').nth(1).unwrap_or("/").to_owned();
        let (kind, body) = body(&path);
        let head =
            format!("HTTP/1.1 200 OK\r\ncontent-type: {kind}\r\ncontent-length: {}\r\n\r\n", body.len());
        if stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body.as_bytes())).is_err() {
            return;
        }
    }
}

fn body(path: &str) -> (&'static str, String) {
    let a = ATTACK;
    let server = serde_json::json!({"id": 7, "ip": a, "port": 2882, "version": a, "status": a, "innerStatus": a,
        "zoneName": a, "withRootserver": true, "stopTime": "1970-01-01T00:00:00Z"});
    let zone = serde_json::json!({"name": a, "idcName": a, "regionName": a, "status": a, "innerStatus": a,
        "serverCount": 1, "servers": [server]});
    let contents = match path.split('?').next().unwrap_or(path) {
        "/api/v2/time" => return ("text/plain", "2026-11-21T10:00:00+08:00".to_owned()),
        "/api/v2/info" => return ("application/json", serde_json::json!({"buildVersion": a}).to_string()),
        "/api/v2/ob/clusters" => {
            serde_json::json!([{"id": 1, "name": a, "obClusterId": 1, "obVersion": a, "status": a,
            "type": a, "failToQueryFromObReason": a, "zones": [zone]}])
        }
        p if p.ends_with("/zones") => serde_json::json!([zone]),
        p if p.ends_with("/tenants") => {
            serde_json::json!([{"id": 1, "name": a, "primaryZone": a, "locality": a,
            "zoneList": a, "mode": a, "status": a}])
        }
        "/api/v2/tasks/instances" => {
            serde_json::json!([{"id": 9, "name": a, "status": "FAILED", "operation": a,
            "creator": {"id": 1, "name": a}, "cluster": {"id": 1, "name": a}, "startTime": "2026-11-21T09:00:00+08:00",
            "subtasks": [{"id": 10, "name": a, "status": a}]}])
        }
        "/api/v2/tasks/instances/9" => {
            let task = serde_json::json!({"id": 9, "name": a, "status": "FAILED", "operation": a, "executor": a,
                "creator": {"id": 1, "name": a}, "cluster": {"id": 1, "name": a}, "subtasks": [
                    {"id": 10, "name": a, "status": "FAILED", "operation": a, "description": a, "executor": a,
                     "startTime": "2026-11-21T09:00:00+08:00", "finishTime": "2026-11-21T09:01:00+08:00",
                     "upstreams": [], "downstreams": [11]},
                    {"id": 11, "name": a, "status": a, "operation": a, "upstreams": [10], "downstreams": []}]});
            return ("application/json", envelope(&task));
        }
        p if p.ends_with("/log") => {
            return ("application/json", envelope(&serde_json::json!({"log": format!("{a}\n{a}")})));
        }
        _ => serde_json::json!([]),
    };
    let page = serde_json::json!({"number": 1, "size": 1000, "totalElements": 1, "totalPages": 1});
    ("application/json", envelope(&serde_json::json!({"contents": contents, "page": page})))
}

fn envelope(data: &serde_json::Value) -> String {
    serde_json::json!({"data": data, "successful": true, "status": 200, "duration": 1, "traceId": ATTACK,
        "server": ATTACK, "timestamp": "2026-11-21T10:00:00+08:00"})
    .to_string()
}

#[test]
fn x01_to_x07_no_word_of_a_server_reaches_the_terminal_as_a_control() {
    let server = Hostile::start();
    let folder = tempfile::tempdir().expect("a folder");
    let config = folder.path().join("config.toml");
    std::fs::write(&config, server.config()).expect("written");
    std::fs::set_permissions(&config, std::fs::Permissions::from_mode(0o600)).expect("closed to others");
    let mut pty = Pty::spawn(&Start::obdeck(&["--config", &config.to_string_lossy()]).size(120, 40));

    pty.wait_text("␛]0;owned␇");
    // Every pane that can show a server's word: rows and detail, dialog, task list, task, log, help.
    for (keys, shown) in [
        (&b"jj"[..], "‹bidi›"),
        (b"S", "STOP"),
        (b"\x1b", "1 Topology"),
        (b"2", "2 Tasks"),
        // Before the list is read there is no row to open.
        (b"", "01:00:00Z"),
        // The task is read once its step is told beside it; before that there is no step to open.
        (b"\r", "Subtask 10"),
        // The dot tells the log's own view from the preview beside the task.
        (b"\r", "Log · 10"),
    ] {
        pty.send(keys);
        pty.wait_text(shown);
    }
    // There is nothing to copy before the log was read.
    pty.wait_for("the log", |e| e.text().contains("Log · 10") && e.text().contains("4 lines"));
    pty.send(b"ky");
    pty.wait_text("copied");
    pty.send(b"\x03");
    assert_eq!(pty.wait(), 0);
    pty.assert_given_back();

    let raw = pty.raw();
    let holds = |bytes: &[u8]| raw.windows(bytes.len()).any(|w| w == bytes);
    // Our own copy of a filtered value is the one OSC 52 there may be; BEL ends it.
    assert!(!holds(b"\x1b]52;c;b3duZWQ="), "the clipboard was filled by the server");
    for (what, bytes) in [
        ("title", &b"\x1b]0;"[..]),
        ("clear", b"\x1b[2J\x1b[?1049l"),
        ("C1 CSI", "\u{9b}".as_bytes()),
        ("C1 OSC", "\u{9d}".as_bytes()),
        ("right-to-left override", "\u{202e}".as_bytes()),
        ("zero width space", "\u{200b}".as_bytes()),
        ("NUL", b"\0"),
        ("DEL", b"\x7f"),
    ] {
        assert!(!holds(bytes), "{what} reached the terminal");
    }
}
