//! Who writes the journal: the operating system's user, the machine, the process.

use std::io::Read;

use crate::domain::shown::Text;

/// Of `/etc/passwd` no more is read: on hosts with a directory service it is short.
const PASSWD_BYTES: u64 = 1024 * 1024;
/// Who became another user by `sudo`.
const SUDO_USER: &str = "SUDO_USER";

/// Who writes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Writer {
    /// The operating system's user.
    pub operator: Text,
    /// The machine.
    pub host: Text,
    /// The process.
    pub pid: u32,
}

impl Writer {
    /// This process. The user is that of the process, not what a variable says; with `sudo` both are told.
    pub fn here() -> Self {
        let uid = rustix::process::getuid().as_raw();
        let user = name_of(uid).unwrap_or_else(|| format!("uid {uid}"));
        let operator = match std::env::var(SUDO_USER) {
            Ok(by) if !by.is_empty() && by != user => format!("{user} (sudo by {by})"),
            _ => user,
        };
        Self {
            operator: Text::new(&operator),
            host: Text::new(&rustix::system::uname().nodename().to_string_lossy()),
            pid: std::process::id(),
        }
    }
}

fn name_of(uid: u32) -> Option<String> {
    let mut bytes = Vec::new();
    std::fs::File::open("/etc/passwd").ok()?.take(PASSWD_BYTES).read_to_end(&mut bytes).ok()?;
    named(&String::from_utf8_lossy(&bytes), uid)
}

/// The user's name in the lines of `passwd`.
fn named(passwd: &str, uid: u32) -> Option<String> {
    passwd.lines().find_map(|line| {
        let mut fields = line.split(':');
        let (name, at) = (fields.next()?, fields.nth(1)?);
        (at.parse() == Ok(uid) && !name.is_empty()).then(|| name.to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_is_named_as_the_system_names_it() {
        let passwd =
            "root:x:0:0:root:/root:/bin/sh\nbroken\n:x:5:\noncall:x:1000:1000::/home/oncall:/bin/sh\n";
        assert_eq!(named(passwd, 1000).as_deref(), Some("oncall"));
        assert_eq!(named(passwd, 5), None);
        assert_eq!(named(passwd, 9), None);
    }
}
