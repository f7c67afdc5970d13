//! The README's story, from the first frame to the shell's prompt, over a server that counts what it is sent.

use std::io::{BufRead, BufReader, Read};
use std::os::unix::fs::PermissionsExt;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};

use crate::support::pty::{Pty, Start};

/// The simulator as a process of its own, and the lines of its log.
struct Server {
    child: Child,
    login: serde_json::Value,
    log: Arc<Mutex<String>>,
}

impl Server {
    fn start() -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_obdeck"))
            .args(["simulate", "-v", "--speed", "200", "--ocp", "127.0.0.1:0"])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("it starts");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("stdout")).read_line(&mut line).expect("a line");
        let log = Arc::new(Mutex::new(String::new()));
        let mut stderr = BufReader::new(child.stderr.take().expect("stderr"));
        std::thread::spawn({
            let log = log.clone();
            move || {
                let mut line = String::new();
                while stderr.read_line(&mut line).is_ok_and(|n| n > 0) {
                    log.lock().expect("lock").push_str(&line);
                    line.clear();
                }
                let _ = stderr.read(&mut [0]);
            }
        });
        Self { child, login: serde_json::from_str(&line).expect("JSON"), log }
    }
    fn config(&self) -> String {
        let ocp = |name: &str| self.login["ocp"][name].as_str().expect("told").to_owned();
        format!(
            "[[profile]]\nname = \"prod\"\nkind = \"ocp\"\nurl = \"{}\"\ndanger = \"high\"\n\
             auth = {{ type = \"basic\", username = \"{}\", password = \"{}\" }}\n",
            ocp("url"),
            ocp("username"),
            ocp("password")
        )
    }
    fn posts(&self) -> usize {
        self.log.lock().expect("lock").lines().filter(|l| l.contains("POST ")).count()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn the_story_of_the_readme_a_zone_is_stopped_with_one_post_and_watched_to_its_end() {
    let server = Server::start();
    let folder = tempfile::tempdir().expect("a folder");
    let config = folder.path().join("config.toml");
    std::fs::write(&config, server.config()).expect("written");
    std::fs::set_permissions(&config, std::fs::Permissions::from_mode(0o600)).expect("closed to others");
    let mut pty = Pty::spawn(&Start::obdeck(&["--config", &config.to_string_lossy()]));

    pty.wait_text("protoss");
    assert!(pty.look(|e| e.row(0)).contains("PROD"), "{}", pty.text());
    pty.send(b"/protoss\r");
    pty.send(b"\x1b[B\x1b[B");
    pty.wait_text("protoss › zone2");
    pty.send(b"S");
    pty.wait_text("STOP zone2 of protoss");
    pty.wait_text("to stop it:");

    // A wrong name and a yes: nothing is sent.
    name(&pty, "protoss/zone3");
    pty.wait_text("protoss/zone3");
    pty.send(b"\ry");
    pty.wait_text("locked");
    assert_eq!(server.posts(), 0);

    pty.send_until(b"\x1b[Z", |e| e.text().contains("▌ Type"));
    name(&pty, "protoss/zone2");
    pty.wait_text("protoss/zone2 ");
    pty.send(b"\r");
    pty.wait_text("[▌Stop  y ]");
    pty.send(b"y");
    pty.wait_for("the task to its end", |e| e.text().contains("Stop OB zone") && e.text().contains("done"));
    assert_eq!(server.posts(), 1, "one yes, one POST");

    pty.send(b"\x03");
    assert_eq!(pty.wait(), 0);
    pty.assert_given_back();
}

/// Types a name into its field. The dialog is deaf for 400 ms after it was painted: the first letter is typed anew
/// until it is there.
fn name(pty: &Pty, name: &str) {
    let (first, rest) = name.split_at(1);
    pty.send_until(format!("\x15{first}").as_bytes(), |e| {
        e.text().contains(&format!(": {first}▏")) || e.text().contains(&format!(":  {first}▏"))
    });
    pty.send(rest.as_bytes());
}
