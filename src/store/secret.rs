//! Gets a secret from where the config says it is (K01, K04).
//!
//! No secret is ever an argument. A command's child does not get the environment variables that hold other
//! profiles' secrets, its output is cut after the first line, and what it says on stderr is filtered.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use tokio::io::AsyncReadExt;
use zeroize::Zeroizing;

use super::config::{SecretSource, open_to_others};
use crate::domain::secret::Secret;
use crate::domain::shown::Text;

/// How long a command may take.
pub const COMMAND_LIMIT: Duration = Duration::from_secs(10);
/// Longest secret, in bytes; a command that prints 10 MB is not read to its end.
const SECRET_BYTES: u64 = 64 * 1024;
const STDERR_BYTES: u64 = 4 * 1024;

/// Why there is no secret. None of these holds the secret or a part of it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoSecret {
    /// The variable is not set, or empty.
    #[error("the environment variable {0} is not set")]
    NotSet(String),
    /// The file could not be read.
    #[error("{}: {why}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// The cause.
        why: String,
    },
    /// Others can read the file.
    #[error("{} can be read by others (mode {mode:04o}): chmod 600 it", path.display())]
    FileOpen {
        /// Which.
        path: PathBuf,
        /// Its mode.
        mode: u32,
    },
    /// The command could not be started.
    #[error("could not start {program}: {why}")]
    Start {
        /// Which.
        program: String,
        /// The cause.
        why: String,
    },
    /// The command did not end in time.
    #[error("{program} gave nothing within {} s", COMMAND_LIMIT.as_secs())]
    TooSlow {
        /// Which.
        program: String,
    },
    /// The command failed.
    #[error("{program} ended with {status}{}", said(stderr))]
    Failed {
        /// Which.
        program: String,
        /// Its exit status in words.
        status: String,
        /// What it said, filtered.
        stderr: Text,
    },
    /// The first line is empty.
    #[error("{from} gave an empty first line")]
    Empty {
        /// Who.
        from: String,
    },
    /// There is nobody to ask.
    #[error("no source is configured, and there is no terminal to ask on")]
    NobodyToAsk,
    /// The prompt was left with ctrl-c.
    #[error("interrupted")]
    Interrupted,
    /// The prompt was left.
    #[error("the prompt was not answered: {0}")]
    NotAnswered(String),
}

fn said(stderr: &Text) -> String {
    if stderr.is_empty() { String::new() } else { format!(", saying: {}", stderr.shown()) }
}

/// Gets a secret. `label` is what the prompt names; `hidden` are variables the child must not see.
pub async fn get(source: &SecretSource, label: &str, hidden: &[String]) -> Result<Secret, NoSecret> {
    match source {
        SecretSource::Inline(secret) => Ok(secret.clone()),
        SecretSource::Env(name) => match std::env::var(name) {
            Ok(v) if !v.is_empty() => Ok(Secret::new(v)),
            _ => Err(NoSecret::NotSet(name.clone())),
        },
        SecretSource::File(path) => from_file(path),
        SecretSource::Command(argv) => from_command(argv, hidden, COMMAND_LIMIT).await,
        SecretSource::Prompt => prompt(label).await,
    }
}

fn from_file(path: &Path) -> Result<Secret, NoSecret> {
    let fail = |e: std::io::Error| NoSecret::File { path: path.to_path_buf(), why: e.to_string() };
    let file = std::fs::File::open(path).map_err(fail)?;
    // The opened file is judged, not the name: the name may point elsewhere a moment later.
    if let Some(mode) = open_to_others(&file.metadata().map_err(fail)?) {
        return Err(NoSecret::FileOpen { path: path.to_path_buf(), mode });
    }
    let mut bytes = Zeroizing::new(Vec::new());
    file.take(SECRET_BYTES).read_to_end(&mut bytes).map_err(fail)?;
    first_line(&bytes, &path.display().to_string())
}

/// Runs the command. Its stdin and its terminal are ours, so that `pass` can ask for its own passphrase.
async fn from_command(argv: &[String], hidden: &[String], limit: Duration) -> Result<Secret, NoSecret> {
    let Some((program, arguments)) = argv.split_first() else {
        return Err(NoSecret::NobodyToAsk);
    };
    let mut command = tokio::process::Command::new(program);
    command.args(arguments).stdin(Stdio::inherit()).stdout(Stdio::piped()).stderr(Stdio::piped());
    // Dropping the child at the deadline must end it too.
    command.kill_on_drop(true);
    for name in hidden {
        command.env_remove(name);
    }
    let start = |e: std::io::Error| NoSecret::Start { program: program.clone(), why: e.to_string() };
    let mut child = command.spawn().map_err(start)?;
    let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
    let mut out = Zeroizing::new(Vec::new());
    let mut err = Vec::new();
    let whole = async {
        tokio::join!(read_up_to(stdout, SECRET_BYTES, &mut out), read_up_to(stderr, STDERR_BYTES, &mut err));
        child.wait().await
    };
    let status = match tokio::time::timeout(limit, whole).await {
        Err(_) => return Err(NoSecret::TooSlow { program: program.clone() }),
        Ok(waited) => waited.map_err(start)?,
    };
    // A program that was cut off after 64 KiB ends by SIGPIPE; its first line is whole all the same.
    let cut = out.len() as u64 >= SECRET_BYTES;
    if !status.success() && !cut {
        let said = String::from_utf8_lossy(&err);
        let stderr = Text::new(said.trim());
        return Err(NoSecret::Failed { program: program.clone(), status: status.to_string(), stderr });
    }
    first_line(&out, program)
}

/// Reads at most `limit` bytes and closes the pipe. A failing read is an early end: what came is judged.
async fn read_up_to(pipe: Option<impl tokio::io::AsyncRead + Unpin>, limit: u64, into: &mut Vec<u8>) {
    if let Some(pipe) = pipe {
        let _ = pipe.take(limit).read_to_end(into).await;
    }
}

fn first_line(bytes: &[u8], from: &str) -> Result<Secret, NoSecret> {
    let line = bytes.split(|b| *b == b'\n').next().unwrap_or_default();
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    match std::str::from_utf8(line) {
        Ok(text) if !text.is_empty() => Ok(Secret::new(text.to_owned())),
        _ => Err(NoSecret::Empty { from: from.to_owned() }),
    }
}

async fn prompt(label: &str) -> Result<Secret, NoSecret> {
    use std::io::IsTerminal;
    if !std::io::stdin().is_terminal() {
        return Err(NoSecret::NobodyToAsk);
    }
    let label = format!("Password of {}: ", Text::new(label).shown());
    // Reading a terminal blocks; the runtime's other work goes on beside it.
    let asked = tokio::task::spawn_blocking(move || rpassword::prompt_password(label)).await;
    match asked {
        Ok(Ok(text)) if !text.is_empty() => Ok(Secret::new(text)),
        Ok(Ok(_)) => Err(NoSecret::NotAnswered("empty".to_owned())),
        // With echo off, ctrl-c comes as a character and not as a signal.
        Ok(Err(e)) if e.kind() == std::io::ErrorKind::Interrupted => Err(NoSecret::Interrupted),
        Ok(Err(e)) => Err(NoSecret::NotAnswered(e.to_string())),
        Err(e) => Err(NoSecret::NotAnswered(e.to_string())),
    }
}

#[cfg(test)]
mod tests;
