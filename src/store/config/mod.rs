//! The config file: profiles, screen settings and keys (cli.md, "Configuration").
//!
//! Every mistake is told with line and column, and all of them at once: who edits a file over a slow line should
//! not have to run the check five times for five mistakes.

mod mistake;
mod parse;
mod table;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;
use std::path::{Path, PathBuf};

use url::Url;

pub(crate) use mistake::near;
pub use mistake::{Mistake, Place, Wrong};
pub use parse::length;

use crate::domain::capability::PlaneKind;
use crate::domain::guard::{Danger, Rules};
use crate::domain::id::ProfileName;
use crate::domain::secret::Secret;
use crate::domain::time::Span;

/// A config file larger than this is no config file.
const FILE_BYTES: u64 = 1024 * 1024;

/// What the config file says.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Config {
    /// Control planes with their logins, in the order of the file.
    pub profiles: Vec<Profile>,
    /// Screen settings.
    pub ui: Ui,
    /// Command to keys, unchecked: which commands there are is known by `app`.
    pub keys: BTreeMap<String, Binding>,
}

/// Keys of one command, as written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binding {
    /// The keys.
    pub keys: Vec<String>,
    /// Where the command's name stands.
    pub at: Place,
}

impl Config {
    /// A profile by its name.
    pub fn profile(&self, name: &str) -> Option<&Profile> {
        self.profiles.iter().find(|p| p.name.raw() == name)
    }
    /// Names of the environment variables that hold secrets: never handed to a child (K01).
    pub fn secret_variables(&self) -> Vec<String> {
        self.profiles
            .iter()
            .filter_map(|p| match p.auth.secret()? {
                SecretSource::Env(name) => Some(name.clone()),
                SecretSource::Inline(_)
                | SecretSource::Command(_)
                | SecretSource::File(_)
                | SecretSource::Prompt => None,
            })
            .collect()
    }
}

/// One control plane with one login.
#[derive(Debug, Clone, PartialEq)]
pub struct Profile {
    /// Its name, unique in the file.
    pub name: ProfileName,
    /// Which kind of control plane.
    pub kind: PlaneKind,
    /// Base URL, without user information; `unix:///PATH` for the socket of an OBShell agent on this machine.
    pub url: Url,
    /// Further agents of the same cluster (OBShell only).
    pub peers: Vec<Url>,
    /// Whether nothing but reads may be sent.
    pub read_only: bool,
    /// How much confirming a stop takes.
    pub danger: Danger,
    /// The login.
    pub auth: Auth,
    /// How the server's certificate is judged.
    pub tls: Tls,
    /// `proxy = "none"`: the proxy variables of the environment do not count.
    pub no_proxy: bool,
}

impl Profile {
    /// Scheme, host and port, or the socket's path: what the screen says of where it goes.
    pub fn origin(&self) -> String {
        origin(&self.url)
    }
    /// Every place its secret may be sent to, peers included, in order and each once.
    pub fn origins(&self) -> Vec<String> {
        let all: BTreeSet<String> = std::iter::once(&self.url).chain(&self.peers).map(origin).collect();
        all.into_iter().collect()
    }
    /// What the guard is told.
    pub fn rules(&self) -> Rules {
        Rules { danger: self.danger, read_only: self.read_only, insecure: self.tls.insecure }
    }
}

/// The login.
#[derive(Debug, Clone, PartialEq)]
pub enum Auth {
    /// OCP: user and password (ocp-api 1.2).
    Basic {
        /// User.
        username: String,
        /// Where the password comes from.
        password: SecretSource,
    },
    /// OCP: access key (ocp-api 1.3).
    AccessKey {
        /// ID of the key.
        id: String,
        /// Where its secret comes from.
        secret: SecretSource,
    },
    /// OBShell: the password of `root` of the `sys` tenant.
    Password {
        /// Where the password comes from.
        password: SecretSource,
    },
    /// OBShell: the agents' own password.
    AgentPassword {
        /// Where the password comes from.
        password: SecretSource,
    },
    /// OBShell through its socket: the agent looks at who runs the program.
    Socket,
}

fn origin(url: &Url) -> String {
    if is_socket(url) { format!("unix:{}", url.path()) } else { url.origin().ascii_serialization() }
}

/// Whether an address is a unix socket.
pub fn is_socket(url: &Url) -> bool {
    url.scheme() == "unix"
}

impl Auth {
    /// Where the secret comes from; `None` where there is none.
    pub fn secret(&self) -> Option<&SecretSource> {
        match self {
            Auth::Basic { password: s, .. }
            | Auth::AccessKey { secret: s, .. }
            | Auth::Password { password: s }
            | Auth::AgentPassword { password: s } => Some(s),
            Auth::Socket => None,
        }
    }
    /// User or key ID, for prompts and the screen.
    pub fn user(&self) -> &str {
        match self {
            Auth::Basic { username, .. } => username,
            Auth::AccessKey { id, .. } => id,
            Auth::Password { .. } => "root",
            Auth::AgentPassword { .. } => "agent",
            Auth::Socket => "socket",
        }
    }
}

/// Where a secret comes from.
#[derive(Debug, Clone)]
pub enum SecretSource {
    /// Written in the config file, which then must not be readable by others.
    Inline(Secret),
    /// First line of what a command prints; argv, no shell.
    Command(Vec<String>),
    /// An environment variable.
    Env(String),
    /// First line of a file that only its owner may read.
    File(PathBuf),
    /// Asked for on the terminal.
    Prompt,
}

/// Two secrets are never compared: inline ones are equal only to say that the rest is.
impl PartialEq for SecretSource {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (SecretSource::Inline(_), SecretSource::Inline(_))
            | (SecretSource::Prompt, SecretSource::Prompt) => true,
            (SecretSource::Command(a), SecretSource::Command(b)) => a == b,
            (SecretSource::Env(a), SecretSource::Env(b)) => a == b,
            (SecretSource::File(a), SecretSource::File(b)) => a == b,
            _ => false,
        }
    }
}

/// How the server's certificate is judged.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tls {
    /// A CA to trust beside the system's.
    pub ca_file: Option<PathBuf>,
    /// Not judged at all; shown on screen all the time.
    pub insecure: bool,
}

/// Screen settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ui {
    /// `auto`, `dark`, `light`, `high-contrast`, `mono`, or a file in `themes/`.
    pub theme: String,
    /// `auto`, `en` or `zh-CN`.
    pub language: String,
    /// Pause between two reads of a visible list.
    pub refresh: Span,
    /// ASCII glyphs; `None`: as the locale says.
    pub ascii: Option<bool>,
    /// Columns of a character of ambiguous width: 1 or 2.
    pub ambiguous_width: u8,
    /// Whether OSC 52 may be sent.
    pub clipboard: bool,
}

impl Default for Ui {
    fn default() -> Self {
        Self {
            theme: "auto".to_owned(),
            language: "auto".to_owned(),
            refresh: crate::domain::limits::POLL_LIST,
            ascii: None,
            ambiguous_width: 1,
            clipboard: true,
        }
    }
}

/// Why there is no config.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file was named and could not be read.
    #[error("{}: {why}", path.display())]
    Unreadable {
        /// Which file.
        path: PathBuf,
        /// The cause.
        why: String,
    },
    /// It was read and holds mistakes.
    #[error("{}: {} mistakes", path.display(), mistakes.len())]
    Wrong {
        /// Which file.
        path: PathBuf,
        /// All of them, in the order of the file.
        mistakes: Vec<Mistake>,
    },
}

/// Reads the config file. A file that nobody named and that is not there is an empty config.
pub fn load(paths: &super::paths::Paths) -> Result<Config, ConfigError> {
    let Some(path) = &paths.config else {
        return Ok(Config::default());
    };
    let unreadable = |why: String| ConfigError::Unreadable { path: path.clone(), why };
    let file = match std::fs::File::open(path) {
        Ok(f) => f,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound && !paths.config_named => {
            return Ok(Config::default());
        }
        Err(e) => return Err(unreadable(e.to_string())),
    };
    let meta = file.metadata().map_err(|e| unreadable(e.to_string()))?;
    if !meta.is_file() {
        return Err(unreadable("not a regular file".to_owned()));
    }
    let mut bytes = Vec::new();
    file.take(FILE_BYTES + 1).read_to_end(&mut bytes).map_err(|e| unreadable(e.to_string()))?;
    if bytes.len() as u64 > FILE_BYTES {
        return Err(unreadable(format!("larger than {FILE_BYTES} bytes")));
    }
    let text = String::from_utf8(bytes)
        .map_err(|e| unreadable(format!("not UTF-8 from byte {} on", e.utf8_error().valid_up_to())))?;
    let themes = paths.themes();
    let around = Around { open_to_others: open_to_others(&meta), themes: themes.as_deref() };
    parse(&text, &around).map_err(|mistakes| ConfigError::Wrong { path: path.clone(), mistakes })
}

/// What the file's text alone does not tell.
#[derive(Debug, Clone, Copy, Default)]
pub struct Around<'a> {
    /// The file's mode, when others than its owner may read it: then it must hold no secret.
    pub open_to_others: Option<u32>,
    /// Folder of the user's themes.
    pub themes: Option<&'a Path>,
}

/// Reads the text of a config file; `Err` holds every mistake in the order of the file.
pub fn parse(text: &str, around: &Around<'_>) -> Result<Config, Vec<Mistake>> {
    parse::parse(text, around)
}

/// The mode, if anybody but the owner can get at the file.
pub(crate) fn open_to_others(meta: &std::fs::Metadata) -> Option<u32> {
    use std::os::unix::fs::PermissionsExt;
    let mode = meta.permissions().mode() & 0o7777;
    (mode & 0o077 != 0).then_some(mode)
}
