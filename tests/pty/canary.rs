//! The secrets in use, looked for in everything that a console shows, copies and leaves behind (P7, K02, K03): drawn frames,
//! clipboard, exports, handoff note, journal, log, recording, panic reports.

use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use obdeck::sim::{Obshell, Ocp, Options, obshell};
use serde_json::Value;

use super::server::name;
use crate::support::canary::{Needles, copied};
use crate::support::pty::{Pty, Start};

/// Servers of both kinds, a config that takes each secret from another source, and a home for what is left.
struct Place {
    ocp: Ocp,
    agents: Obshell,
    /// Config and the secret in a file: beside what is looked through.
    outside: tempfile::TempDir,
    /// Home, state and temporary files of every run.
    inside: tempfile::TempDir,
    _runtime: tokio::runtime::Runtime,
}

impl Place {
    fn new() -> Self {
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        let ocp =
            runtime.block_on(Ocp::serve(Options { speed: 200.0, ..Options::default() })).expect("served");
        let options = obshell::Options { speed: 200.0, ..obshell::Options::default() };
        let agents = runtime.block_on(Obshell::serve(options)).expect("served");
        let (outside, inside) =
            (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
        std::fs::create_dir(inside.path().join("tmp")).expect("made");
        let place = Self { ocp, agents, outside, inside, _runtime: runtime };
        let password = place.outside.path().join("password");
        place.private("password", place.agents.password());
        let profile = |name: &str, kind: &str, url: &str, auth: &str| {
            format!(
                "[[profile]]\nname = \"{name}\"\nkind = \"{kind}\"\nurl = \"{url}\"\nauth = {{ {auth} }}\n"
            )
        };
        let (url, user) = (place.ocp.url(), place.ocp.username());
        let basic =
            format!("type = \"basic\", username = \"{user}\", password = \"{}\"", place.ocp.password());
        let key =
            format!("type = \"access-key\", id = \"{}\", secret_env = \"T_KEY\"", place.ocp.access_key_id());
        let edge = format!("type = \"password\", password_file = \"{}\"", password.display());
        let config = profile("prod", "ocp", &url, &basic)
            + &profile("keys", "ocp", &url, &key)
            + &profile("edge", "obshell", &place.agents.url(), &edge);
        place.private("config.toml", &config);
        place
    }
    fn private(&self, file: &str, text: &str) {
        let path = self.outside.path().join(file);
        std::fs::write(&path, text).expect("written");
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).expect("closed to others");
    }
    fn within(&self, name: &str) -> PathBuf {
        self.inside.path().join(name)
    }
    /// The console over one profile, loud, recorded, with the fullest report of a panic there is.
    fn open(&self, profile: &str, panics_in: &'static str) -> Walk {
        let config = self.outside.path().join("config.toml").display().to_string();
        let (log, tape) = (self.within(&format!("{profile}.log")), self.within(&format!("{profile}.tape")));
        let (log, tape) = (log.display().to_string(), tape.display().to_string());
        let args = ["--config", &config, "--profile", profile, "-v", "--log", &log, "--record", &tape];
        let mut start = Start::obdeck(&args).size(140, 45).env("OBDECK_TEST_PANIC", panics_in);
        // The one way to hand an environment to a child here is for good: a few bytes for each run.
        let leak = |path: PathBuf| -> &'static str { path.display().to_string().leak() };
        for (name, value) in [
            ("XDG_STATE_HOME", leak(self.within("state"))),
            ("TMPDIR", leak(self.within("tmp"))),
            ("T_KEY", self.ocp.access_key_secret().to_owned().leak()),
            ("RUST_BACKTRACE", "full"),
            ("COLORBT_SHOW_HIDDEN", "1"),
        ] {
            start = start.env(name, value);
        }
        let pty = Pty::spawn(&start);
        pty.wait_text("zone1");
        Walk { pty, frames: Vec::new() }
    }
    /// What a verb that asks no server prints.
    fn run(&self, args: &[&str]) -> Vec<u8> {
        let ran = std::process::Command::new(env!("CARGO_BIN_EXE_obdeck"))
            .args(args)
            .env_clear()
            .env("HOME", self.inside.path())
            .env("XDG_STATE_HOME", self.within("state"))
            .output()
            .expect("runs");
        assert_eq!(ran.status.code(), Some(0), "{args:?}: {}", String::from_utf8_lossy(&ran.stderr));
        [ran.stdout, ran.stderr].concat()
    }
    /// Every secret there is: those of the config, what stood in a header for them, and what sealed the bodies.
    fn needles(&self) -> Needles {
        let secrets = [
            ("OCP's password".to_owned(), self.ocp.password().to_owned()),
            ("the access key's secret".to_owned(), self.ocp.access_key_secret().to_owned()),
            ("the agents' password".to_owned(), self.agents.password().to_owned()),
        ];
        let mut all: Vec<(String, String)> = Vec::new();
        for a in self.ocp.arrivals() {
            let told = a.headers.into_iter().filter(|(name, _)| name == "authorization");
            all.extend(told.map(|(name, value)| (format!("OCP's {name}"), value)));
        }
        for a in self.agents.arrivals() {
            let told = a.headers.into_iter().filter(|(name, _)| name.starts_with("x-ocs"));
            all.extend(told.map(|(name, value)| (format!("an agent's {name}"), value)));
            let clear = a.header_clear.and_then(|text| serde_json::from_str::<Value>(&text).ok());
            let keys = clear.as_ref().and_then(|h| h["keys"].as_str()).unwrap_or_default().to_owned();
            all.extend(Some(("a body's key".to_owned(), keys)).filter(|(_, key)| !key.is_empty()));
        }
        all.sort();
        all.dedup();
        for kind in ["OCP's authorization", "an agent's x-ocs-header", "a body's key"] {
            assert!(all.iter().any(|(name, _)| name == kind), "no {kind} was ever sent");
        }
        Needles::of(&secrets).and_raw(all)
    }
}

/// A console that is walked through; each page that is waited for is kept as a person saw it.
struct Walk {
    pty: Pty,
    frames: Vec<String>,
}

impl Walk {
    /// Types, waits for a text, keeps the page.
    fn to(&mut self, keys: &str, text: &str) -> &mut Self {
        self.pty.send(keys.as_bytes());
        self.wait(text)
    }
    /// Types until a text is there: for pages that are deaf at first.
    fn until(&mut self, keys: &str, text: &str) -> &mut Self {
        self.pty.send_until(keys.as_bytes(), |e| e.text().contains(text));
        self.wait(text)
    }
    fn wait(&mut self, text: &str) -> &mut Self {
        self.pty.wait_text(text);
        self.frames.push(self.pty.text());
        self
    }
    /// Closes what lies on top.
    fn close(&mut self, text: &str) -> &mut Self {
        self.pty.send_until(b"\x1b", |e| !e.text().contains(text));
        self
    }
    /// Presses a key that copies; waits until the terminal has it.
    fn copy(&mut self, key: &str) -> &mut Self {
        let before = copied(&self.pty.raw()).len();
        self.pty.send(key.as_bytes());
        self.pty.wait_raw(&format!("a copy by `{key}`"), |raw| copied(raw).len() > before);
        self.frames.push(self.pty.text());
        self
    }
    /// The stop dialog of what is selected, with its request copied as a command and its impact opened.
    fn dialog(&mut self, title: &str) -> &mut Self {
        self.to("S", title).wait("POST ");
        // In a field `c` is a letter; on a button it copies.
        let before = copied(&self.pty.raw()).len();
        self.until("\tc", "curl -sS");
        assert!(copied(&self.pty.raw()).len() > before);
        self.to("i", "not checked").close(title)
    }
    /// Faults on purpose. In a task of the background that is told and no more, its report goes where stderr went; anywhere
    /// else the report is the last that is written.
    fn panic(&mut self, place: &str) {
        if place == "task" {
            self.to("%", "a part of obdeck failed").pty.send(b"\x03");
            assert_eq!(self.pty.wait(), 0);
        } else {
            self.pty.send(b"%");
            assert_eq!(self.pty.wait(), 101);
            // The whole report is longer than the screen.
            let words = format!("a fault on purpose in {place}");
            self.pty.wait_raw(&words, |raw| String::from_utf8_lossy(raw).contains(&words));
        }
        self.pty.assert_given_back();
    }
}

/// Every page there is over OCP, a stop with all that comes of it included.
fn walk_ocp(place: &Place) -> Walk {
    let mut walk = place.open("prod", "update");
    walk.to("/protoss\r", "protoss").to("\x1b[B\x1b[B", "protoss › zone2").wait("F@zone1");
    walk.copy("y").copy("Y").to("\t", "zone2").to("\x1b[Z", "zone2");
    walk.to("?", "Help").close("Help").to("x", "stop zone").close("restart zone");
    walk.to(":runbook replica", "replica")
        .to("\r", "copy SQL")
        .close("copy SQL")
        .to("+", "s")
        .to("p", "paused")
        .to("p", "live");
    walk.dialog("STOP zone2 of protoss");

    walk.to("S", "to stop it:");
    name(&walk.pty, "protoss/zone2");
    walk.wait("protoss/zone2 ").to("\r", "[▌Stop  y ]").to("y", "Stop OB zone").wait("executor");
    walk.copy("y").copy("Y").to("o", "SUBTASK").to("o", "SUBTASK").to("o", "executor");
    walk.to("E", "Save the task as").to("\r", "saved ");
    walk.to("\r", "INFO").copy("y").copy("Y").close("┌ Log");
    walk.to("2", "TARGET").copy("y").copy("Y");
    walk.to("3", "SENT").to("E", "incident-").to("H", "Handoff:").copy("y").close("Handoff:");
    walk.to("N", "note on protoss").to("on the phone with the owner\r", "on the phone with the owner");
    // A change that was seen has no ID to be copied, a task has.
    walk.to("/admin\r", "filter: admin").copy("y");
    walk.panic("update");
    walk
}

/// The dialog of a signed request, and a fault in a task of the background.
fn walk_keys(place: &Place) -> Walk {
    let mut walk = place.open("keys", "task");
    walk.to("/pair\r", "pair").to("\x1b[B", "pair › zone1").dialog("STOP zone1 of pair").panic("task");
    walk
}

/// A stop over agents: sealed header and body.
fn walk_agents(place: &Place) -> Walk {
    let mut walk = place.open("edge", "draw");
    walk.to("/zone2\r", "edge › zone2").copy("y").copy("Y").dialog("STOP zone2 of edge");
    walk.to("S", "to stop it:").wait("passed: a plain stop");
    name(&walk.pty, "edge/zone2");
    walk.wait("edge/zone2 ").to("\r", "[▌Stop  y ]").to("y", "After the end").copy("Y");
    walk.panic("draw");
    walk
}

#[test]
fn p7_nothing_that_a_console_shows_copies_or_leaves_holds_a_secret() {
    let place = Place::new();
    let walks = [walk_ocp(&place), walk_keys(&place), walk_agents(&place)];
    let needles = place.needles();

    let mut clipboard = Vec::new();
    for walk in &walks {
        let raw = walk.pty.raw();
        clipboard.extend(copied(&raw));
        needles.none_in("the bytes for the terminal", &raw);
        for frame in &walk.frames {
            needles.none_in(&format!("the page\n{frame}\n"), frame.as_bytes());
        }
        // Home and working directory: nothing is written there.
        assert_eq!(needles.none_below(walk.pty.home(), &[]), [] as [PathBuf; 0]);
    }
    let requests: Vec<&String> = clipboard.iter().filter(|c| c.starts_with("curl ")).collect();
    let each = ["$OBDECK_SECRET", "$OBDECK_AUTHORIZATION", "$OBDECK_X_OCS_HEADER"];
    assert!(each.iter().all(|e| requests.iter().any(|r| r.contains(e))), "{requests:#?}");
    assert!(clipboard.iter().any(|c| c.contains("## Handoff")), "{clipboard:#?}");

    for args in [&["history"][..], &["history", "-o", "json"], &["history", "--verify"]]
        .into_iter()
        .chain([&["history", "export", "--format", "md"][..], &["history", "export", "--format", "json"]])
    {
        let told = place.run(args);
        assert!(!told.is_empty(), "{args:?}");
        needles.none_in(&args.join(" "), &told);
    }

    let looked = needles.none_below(place.inside.path(), &[]);
    let names = looked.iter().map(|p| p.display().to_string()).collect::<Vec<_>>().join("\n");
    for file in ["journal.jsonl", "exports/task-", "exports/incident-", "prod.log", "prod.tape", "edge.tape"]
    {
        assert!(names.contains(file), "no {file} in\n{names}");
    }
}

#[test]
fn p7_the_search_finds_a_secret_that_stands_on_the_screen() {
    let place = Place::new();
    let password = place.ocp.password();
    let mut walk = place.open("prod", "update");
    walk.to(&format!("/{password}"), password);
    let found =
        |bytes: &[u8]| Needles::of(&[("it".to_owned(), password.to_owned())]).found_in(bytes).is_some();
    assert!(walk.frames.iter().any(|frame| found(frame.as_bytes())), "{}", walk.pty.text());
    // Written letter by letter, it is whole on the page only.
    walk.pty.send(b"\x03\x03");
    walk.pty.wait();
}
