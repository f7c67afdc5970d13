//! The simulator as a process of its own, a config for it, and a name typed as a person types it.

use std::io::{BufRead, BufReader, Read};
use std::os::unix::fs::PermissionsExt;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};

use crate::support::pty::Pty;

/// The simulator as a process of its own, and the lines of its log.
pub(super) struct Server {
    child: Child,
    login: serde_json::Value,
    log: Arc<Mutex<String>>,
}

impl Server {
    /// Starts it with these options.
    pub(super) fn start(options: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_obdeck"))
            .args(["simulate", "-v"])
            .args(options)
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
    /// A profile `prod` of its OCP.
    pub(super) fn ocp_config(&self) -> String {
        let ocp = |name: &str| self.login["ocp"][name].as_str().expect("told").to_owned();
        format!(
            "[[profile]]\nname = \"prod\"\nkind = \"ocp\"\nurl = \"{}\"\ndanger = \"high\"\n\
             auth = {{ type = \"basic\", username = \"{}\", password = \"{}\" }}\n",
            ocp("url"),
            ocp("username"),
            ocp("password")
        )
    }
    /// A profile `edge` of its agents.
    pub(super) fn agents_config(&self) -> String {
        let agents = |name: &str| self.login["obshell"][name].as_str().expect("told").to_owned();
        format!(
            "[[profile]]\nname = \"edge\"\nkind = \"obshell\"\nurl = \"{}\"\n\
             auth = {{ type = \"password\", password = \"{}\" }}\n",
            agents("url"),
            agents("password")
        )
    }
    /// How many orders it was sent; the check of an agent is a POST, but none.
    pub(super) fn orders(&self) -> usize {
        let log = self.log.lock().expect("lock");
        log.lines().filter(|l| l.contains("POST ") && !l.contains("/check")).count()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A config file that nobody else may read, and the folder that it lives as long as.
pub(super) fn config_file(text: &str) -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("config.toml");
    std::fs::write(&path, text).expect("written");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).expect("closed to others");
    let told = path.to_string_lossy().into_owned();
    (folder, told)
}

/// Types a name into its field. The dialog is deaf for 400 ms after it was painted: the first letter is typed anew
/// until it is there.
pub(super) fn name(pty: &Pty, name: &str) {
    let (first, rest) = name.split_at(1);
    pty.send_until(format!("\x15{first}").as_bytes(), |e| {
        e.text().contains(&format!(": {first}▏")) || e.text().contains(&format!(":  {first}▏"))
    });
    pty.send(rest.as_bytes());
}

/// Walks to zone2 of protoss and opens its stop.
pub(super) fn open_stop(pty: &Pty) {
    pty.send(b"/protoss\r");
    pty.send(b"\x1b[B\x1b[B");
    pty.wait_text("protoss › zone2");
    pty.send(b"S");
    pty.wait_text("STOP zone2 of protoss");
    pty.wait_text("to stop it:");
}

/// Confirms the stop of this target: its name, and a yes.
pub(super) fn confirm_stop(pty: &Pty, target: &str) {
    name(pty, target);
    pty.wait_text(&format!("{target} "));
    pty.send(b"\r");
    pty.wait_text("[▌Stop  y ]");
    pty.send(b"y");
}
