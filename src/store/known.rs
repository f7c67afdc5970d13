//! Where the secret of each profile was last used, so that an edited `url` does not carry it to another host unasked
//! (K07). One line of JSON a profile, so that a line can be removed by hand.
//!
//! Whoever can write the folder can make it forget; it guards against slips and against edits of the config alone.

use std::fs::File;
use std::io::{Read as _, Seek as _, Write as _};
use std::path::{Path, PathBuf};

use rustix::fs::{FlockOperation, OFlags};
use serde::{Deserialize, Serialize};
use url::{Host, Url};

use super::journal::{JournalError, place};
use crate::domain::limits;

/// The file in the folder of the state.
pub const FILE: &str = "known-hosts.jsonl";
/// Its next content, until it takes its place.
const NEXT: &str = "known-hosts.next";

/// Whose secret it is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Owner {
    /// The config file: two files may each have a profile of the same name.
    pub config: String,
    /// The profile in it.
    pub profile: String,
}

/// What is known of the places that a profile names now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Known {
    /// They are those of the last use.
    Same,
    /// It is the first use, or places were only left out or put behind TLS: to be remembered, nothing to be asked.
    New,
    /// There is one where the secret was not used before.
    Moved {
        /// Where it was used.
        was: Vec<String>,
        /// Whether both, before and now, are this machine alone.
        loopback: bool,
    },
}

#[derive(Serialize, Deserialize)]
struct Line {
    #[serde(flatten)]
    owner: Owner,
    origins: Vec<String>,
}

/// The file of one folder.
#[derive(Debug, Clone)]
pub struct KnownHosts {
    folder: Option<PathBuf>,
}

impl KnownHosts {
    /// In this folder of the state; `None`: there is no place.
    pub fn at(state: Option<&Path>) -> Self {
        Self { folder: state.map(Path::to_path_buf) }
    }
    /// Its path, for people.
    pub fn file(&self) -> PathBuf {
        self.folder.as_deref().unwrap_or(Path::new("")).join(FILE)
    }
    /// Compares with the last use. Makes nothing.
    pub fn look(&self, owner: &Owner, now: &[String]) -> Result<Known, JournalError> {
        let folder = self.folder.as_deref().ok_or(JournalError::NoPlace)?;
        let Some(mut file) = place::existing(folder, FILE)? else { return Ok(Known::New) };
        let text = read(&mut file, &self.file())?;
        // The newest counts, should a hand have left two.
        let Some(was) = text.lines().rev().find_map(|l| of(l, owner)) else { return Ok(Known::New) };
        if now.iter().any(|o| !was.iter().any(|w| w == o || is_same_over_tls(w, o))) {
            let loopback = now.iter().chain(&was).all(|o| is_loopback(o));
            return Ok(Known::Moved { was, loopback });
        }
        Ok(if was == now { Known::Same } else { Known::New })
    }
    /// Keeps where the secret is used now. Lines that are not understood are left as they are.
    pub fn remember(&self, owner: &Owner, now: &[String]) -> Result<(), JournalError> {
        let at = self.folder.as_deref().ok_or(JournalError::NoPlace)?;
        let path = self.file();
        let folder = place::folder(at)?;
        // Given back when the folder is closed.
        place::lock(&folder, at, FlockOperation::NonBlockingLockExclusive)?;
        let text = match place::existing(at, FILE)? {
            Some(mut file) => read(&mut file, &path)?,
            None => String::new(),
        };
        let fail = |e: std::io::Error| JournalError::io("write", &path, &e);
        let line = Line { owner: owner.clone(), origins: now.to_vec() };
        let line = serde_json::to_string(&line).map_err(|e| fail(e.into()))?;
        let mut lines: Vec<&str> = text.lines().filter(|l| of(l, owner).is_none()).collect();
        lines.push(&line);
        let kept = lines.len().saturating_sub(limits::KNOWN_HOSTS);
        let whole = lines.iter().skip(kept).fold(String::new(), |all, l| all + l + "\n");
        let mut next = place::file(&folder, at, NEXT, OFlags::empty())?;
        next.set_len(0)
            .and_then(|()| next.rewind())
            .and_then(|()| next.write_all(whole.as_bytes()))
            .and_then(|()| next.sync_all())
            .and_then(|()| rustix::fs::renameat(&folder, NEXT, &folder, FILE).map_err(Into::into))
            .map_err(fail)
    }
}

/// The whole file; one of another size than ours can have is none of ours.
fn read(file: &mut File, path: &Path) -> Result<String, JournalError> {
    let mut bytes = Vec::new();
    file.take(limits::KNOWN_HOSTS_BYTES + 1)
        .read_to_end(&mut bytes)
        .map_err(|e| JournalError::io("read", path, &e))?;
    if bytes.len() as u64 > limits::KNOWN_HOSTS_BYTES {
        return Err(JournalError::NotAFile { path: path.to_path_buf() });
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn of(line: &str, owner: &Owner) -> Option<Vec<String>> {
    serde_json::from_str::<Line>(line).ok().filter(|l| l.owner == *owner).map(|l| l.origins)
}

/// Whether it is the same host and port, only over TLS now: what N04 advises, and no reason to ask.
fn is_same_over_tls(was: &str, now: &str) -> bool {
    let (Ok(was), Ok(now)) = (Url::parse(was), Url::parse(now)) else { return false };
    (was.scheme(), now.scheme()) == ("http", "https")
        && was.host() == now.host()
        && was.port_or_known_default() == now.port_or_known_default()
}

/// Whether an origin is this machine: its loopback, or a socket.
fn is_loopback(origin: &str) -> bool {
    match Url::parse(origin) {
        Ok(url) if url.scheme() == "unix" => true,
        Ok(url) => match url.host() {
            Some(Host::Domain(name)) => name == "localhost",
            Some(Host::Ipv4(ip)) => ip.is_loopback(),
            Some(Host::Ipv6(ip)) => ip.is_loopback(),
            None => false,
        },
        Err(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    use super::*;

    fn owner(profile: &str) -> Owner {
        Owner { config: "/c.toml".to_owned(), profile: profile.to_owned() }
    }

    fn to(origins: &[&str]) -> Vec<String> {
        origins.iter().map(|o| (*o).to_owned()).collect()
    }

    #[test]
    fn k07_a_secret_is_bound_to_scheme_host_and_port_of_its_last_use() {
        let home = tempfile::tempdir().unwrap();
        let hosts = KnownHosts::at(Some(&home.path().join("state")));
        let (prod, a) = (owner("prod"), to(&["https://a.example:8080"]));
        assert_eq!(hosts.look(&prod, &a).unwrap(), Known::New);
        hosts.remember(&prod, &a).unwrap();
        assert_eq!(hosts.look(&prod, &a).unwrap(), Known::Same);
        for other in ["https://b.example:8080", "https://a.example:8081", "http://a.example:8080"] {
            let moved = Known::Moved { was: a.clone(), loopback: false };
            assert_eq!(hosts.look(&prod, &to(&[other])).unwrap(), moved, "{other}");
        }
        assert_eq!(hosts.look(&owner("test"), &a).unwrap(), Known::New);
        let elsewhere = Owner { config: "/d.toml".to_owned(), ..prod };
        assert_eq!(hosts.look(&elsewhere, &a).unwrap(), Known::New);
    }

    #[test]
    fn k07_the_same_place_over_tls_is_no_other_and_the_way_back_is() {
        let home = tempfile::tempdir().unwrap();
        let hosts = KnownHosts::at(Some(home.path()));
        let (me, plain, tls) = (owner("x"), to(&["http://a:8080"]), to(&["https://a:8080"]));
        hosts.remember(&me, &plain).unwrap();
        assert_eq!(hosts.look(&me, &tls).unwrap(), Known::New);
        assert!(matches!(hosts.look(&me, &to(&["https://a"])).unwrap(), Known::Moved { .. }));
        hosts.remember(&me, &tls).unwrap();
        assert!(matches!(hosts.look(&me, &plain).unwrap(), Known::Moved { .. }));
    }

    #[test]
    fn k07_a_new_peer_is_another_host_and_one_less_is_not() {
        let home = tempfile::tempdir().unwrap();
        let hosts = KnownHosts::at(Some(home.path()));
        let (me, two) = (owner("edge"), to(&["http://a:2886", "http://b:2886"]));
        hosts.remember(&me, &two).unwrap();
        assert_eq!(hosts.look(&me, &to(&["http://b:2886"])).unwrap(), Known::New);
        let three = to(&["http://a:2886", "http://b:2886", "http://c:2886"]);
        assert_eq!(hosts.look(&me, &three).unwrap(), Known::Moved { was: two, loopback: false });
    }

    #[test]
    fn k07_from_loopback_to_loopback_is_told_apart() {
        let home = tempfile::tempdir().unwrap();
        let hosts = KnownHosts::at(Some(home.path()));
        let me = owner("sim");
        hosts.remember(&me, &to(&["http://127.0.0.1:1"])).unwrap();
        let loopback = |now: &str| match hosts.look(&me, &to(&[now])).unwrap() {
            Known::Moved { loopback, .. } => loopback,
            other => panic!("{other:?}"),
        };
        assert!(loopback("http://[::1]:2") && loopback("http://localhost:3") && loopback("unix:/run/x.sock"));
        for far in ["http://127.0.0.1.example:1", "http://localhost.example", "http://10.0.0.1", "null"] {
            assert!(!loopback(far), "{far}");
        }
    }

    #[test]
    fn k07_one_private_line_a_profile_and_foreign_lines_stay() {
        let home = tempfile::tempdir().unwrap();
        let hosts = KnownHosts::at(Some(home.path()));
        std::fs::write(hosts.file(), "half a li\n{\"later\":1}\n").unwrap();
        for origin in ["http://a", "http://b", "http://c"] {
            hosts.remember(&owner("x"), &to(&[origin])).unwrap();
            hosts.remember(&owner("y"), &to(&[origin])).unwrap();
        }
        let text = std::fs::read_to_string(hosts.file()).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines[..2], ["half a li", "{\"later\":1}"]);
        assert_eq!(lines[2], r#"{"config":"/c.toml","profile":"x","origins":["http://c"]}"#);
        assert_eq!(lines.len(), 4);
        assert_eq!(std::fs::metadata(hosts.file()).unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn k07_the_oldest_are_forgotten_first_and_a_huge_file_is_none_of_ours() {
        let home = tempfile::tempdir().unwrap();
        let hosts = KnownHosts::at(Some(home.path()));
        let line = |n| format!("{{\"config\":\"/c.toml\",\"profile\":\"{n}\",\"origins\":[]}}\n");
        std::fs::write(hosts.file(), (0..limits::KNOWN_HOSTS).map(line).collect::<String>()).unwrap();
        hosts.remember(&owner("new"), &to(&["http://a"])).unwrap();
        let text = std::fs::read_to_string(hosts.file()).unwrap();
        assert_eq!(text.lines().count(), limits::KNOWN_HOSTS);
        assert!(!text.contains("\"profile\":\"0\"") && text.contains("\"profile\":\"1\""));
        std::fs::write(hosts.file(), vec![b' '; limits::KNOWN_HOSTS_BYTES as usize + 1]).unwrap();
        assert!(hosts.look(&owner("new"), &[]).is_err());
    }

    #[test]
    fn k07_a_link_is_not_followed_and_no_place_is_an_error() {
        let home = tempfile::tempdir().unwrap();
        let hosts = KnownHosts::at(Some(home.path()));
        std::fs::write(home.path().join("other"), "").unwrap();
        symlink(home.path().join("other"), hosts.file()).unwrap();
        assert!(matches!(hosts.look(&owner("x"), &[]), Err(JournalError::Symlink { .. })));
        assert!(hosts.remember(&owner("x"), &[]).is_err());
        assert!(matches!(KnownHosts::at(None).look(&owner("x"), &[]), Err(JournalError::NoPlace)));
    }
}
