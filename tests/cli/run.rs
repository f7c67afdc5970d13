//! Runs the binary with a clean environment, against a simulator in this process.

use std::ffi::OsString;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use obdeck::sim::{Arrival, Ocp, Options};
use serde_json::Value;
use tempfile::TempDir;

use crate::support::canary::Needles;

/// What a run left.
#[derive(Debug)]
pub struct Ran {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Ran {
    /// Fails with all that was printed where the exit code is another.
    pub fn exit(self, want: i32) -> Self {
        assert_eq!(self.code, want, "stdout: {}\nstderr: {}", self.out, self.err);
        self
    }
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|e| panic!("{e}: {}", self.out))
    }
    pub fn events(&self) -> Vec<Value> {
        self.out.lines().map(|l| serde_json::from_str(l).unwrap_or_else(|e| panic!("{e}: {l}"))).collect()
    }
    /// Fails unless stderr holds each of these.
    pub fn says(self, words: &[&str]) -> Self {
        for w in words {
            assert!(self.err.contains(w), "`{w}` is missing in: {}", self.err);
        }
        self
    }
}

/// The binary with nothing of this machine's environment: no config, no proxy, no terminal type.
pub fn command(home: &Path) -> Command {
    let mut c = Command::new(env!("CARGO_BIN_EXE_obdeck"));
    c.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default());
    c.env("HOME", home).env("LC_ALL", "C.UTF-8").current_dir(home);
    c.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    c
}

/// Runs to the end with this on stdin.
pub fn finish(mut c: Command, stdin: Option<&str>) -> Ran {
    if stdin.is_some() {
        c.stdin(Stdio::piped());
    }
    let mut child = c.spawn().expect("starts");
    if let (Some(text), Some(mut pipe)) = (stdin, child.stdin.take()) {
        // The program may end before it has read all of it.
        let _ = pipe.write_all(text.as_bytes());
    }
    let done = child.wait_with_output().expect("ends");
    Ran {
        code: done.status.code().unwrap_or(-1),
        out: String::from_utf8(done.stdout).expect("stdout is UTF-8"),
        err: String::from_utf8(done.stderr).expect("stderr is UTF-8"),
    }
}

/// Runs without any config.
pub fn bare(args: &[&str], stdin: Option<&str>) -> Ran {
    let home = tempfile::tempdir().expect("a directory");
    let mut c = command(home.path());
    c.args(args);
    finish(c, stdin)
}

/// Writes a private file.
pub fn private(path: &Path, text: &str) {
    std::fs::write(path, text).expect("written");
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)).expect("mode");
}

/// A simulator with a config that points to it: profile `ocp` (basic) and `key` (access key).
pub struct Bench {
    pub sim: Ocp,
    pub home: TempDir,
    env: Vec<(&'static str, OsString)>,
    // Dropped last: the simulator runs in it.
    _runtime: tokio::runtime::Runtime,
}

impl Bench {
    pub fn new() -> Self {
        Self::of(Options { speed: 500.0, ..Options::default() })
    }
    pub fn of(options: Options) -> Self {
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        let sim = runtime.block_on(Ocp::serve(options)).expect("serves");
        let home = tempfile::tempdir().expect("a directory");
        let profile = |name: &str, url: &str, auth: &str| {
            format!("[[profile]]\nname = \"{name}\"\nkind = \"ocp\"\nurl = \"{url}\"\nauth = {{ {auth} }}\n")
        };
        let basic = format!("type = \"basic\", username = \"{}\", password_env = \"T_OCP\"", sim.username());
        let key = format!("type = \"access-key\", id = \"{}\", secret_env = \"T_KEY\"", sim.access_key_id());
        let text = profile("ocp", &sim.url(), &basic) + &profile("key", &sim.url(), &key);
        let config = home.path().join("config.toml");
        private(&config, &text);
        let env = vec![
            ("OBDECK_CONFIG", config.into_os_string()),
            ("T_OCP", sim.password().into()),
            ("T_KEY", sim.access_key_secret().into()),
        ];
        Self { sim, home, env, _runtime: runtime }
    }
    pub fn config(&self) -> PathBuf {
        self.home.path().join("config.toml")
    }
    /// Adds to the config.
    pub fn more(&self, text: &str) {
        let before = std::fs::read_to_string(self.config()).expect("read");
        private(&self.config(), &format!("{before}{text}"));
    }
    pub fn command(&self, args: &[&str]) -> Command {
        let mut c = command(self.home.path());
        c.envs(self.env.iter().map(|(k, v)| (k, v))).args(args);
        c
    }
    /// Runs over all profiles.
    pub fn all(&self, args: &[&str]) -> Ran {
        finish(self.command(args), None)
    }
    /// Runs over profile `ocp`.
    pub fn run(&self, args: &[&str]) -> Ran {
        self.all(&[args, &["--profile", "ocp"]].concat())
    }
    /// The same where a lost order is looked for ten times as fast as in life: what is waited for is the same.
    pub fn hasty(&self, args: &[&str]) -> Ran {
        let mut command = self.command(&[args, &["--profile", "ocp"]].concat());
        command.env("OBDECK_TEST_HASTE", "10");
        finish(command, None)
    }
    /// Starts over profile `ocp` and leaves it running.
    pub fn start(&self, args: &[&str]) -> Child {
        self.command(&[args, &["--profile", "ocp"]].concat()).spawn().expect("starts")
    }
    /// Actions that arrived, whatever became of them.
    pub fn actions(&self) -> Vec<Arrival> {
        self.sim.arrivals().into_iter().filter(|a| a.method != "GET").collect()
    }
    /// Fails if a secret stands in a text, in whatever form.
    pub fn no_secret_in(&self, what: &str, text: &str) {
        let named = |name: &str, secret: &str| (name.to_owned(), secret.to_owned());
        let secrets = [
            named("the password", self.sim.password()),
            named("the access key's secret", self.sim.access_key_secret()),
        ];
        Needles::of(&secrets).none_in(what, text.as_bytes());
    }
}

/// A healthy cluster of three zones with one OBServer each, in the scenario `calm`.
pub const CLUSTER: &str = "meta01";
/// Its zone that is stopped.
pub const ZONE: &str = "zone3";
/// What confirms that.
pub const CONFIRM: &str = "meta01/zone3";
