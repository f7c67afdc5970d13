//! What is true beside what a task says: the OBServers it was about, as the list tells them. Verbs change what is recorded,
//! not always what is true (operator-guide 4.2, reliability A19).

use crate::app::effect::Query;
use crate::app::facts::Facts;
use crate::domain::id::ServerId;
use crate::domain::incident::word_of;
use crate::domain::shown::Text;
use crate::domain::status::Phase;
use crate::domain::task::Task;
use crate::domain::time::Timestamp;
use crate::domain::topology::Server;

/// The words of the servers, and since when the list is known to have them. Kept, because a time of reading would move
/// with every poll.
pub(crate) type Told = (Vec<(ServerId, Text)>, Timestamp);

/// The OBServers that a task was about; `None` where its cluster or the zones are not known.
pub fn servers<'a>(task: &Task, cx: &Facts<'a>) -> Option<Vec<&'a Server>> {
    let head = &task.head;
    let zones = cx.cache.zones(head.cluster.as_ref()?)?;
    let of_task =
        |address: &str| task.subtasks().any(|t| !t.target.is_empty() && is_address(address, t.target.raw()));
    let target = head.target.raw();
    let is_zone = zones.iter().any(|z| z.name.raw() == target);
    let servers = zones.iter().flat_map(|z| &z.servers).filter(|server| {
        if is_zone {
            server.zone.raw() == target
        } else if target.is_empty() {
            true
        } else {
            is_address(server.address.raw(), target) || of_task(server.address.raw())
        }
    });
    Some(servers.collect())
}

/// What the list says of them now, and since when it is known to say so.
pub(crate) fn told(task: &Task, before: Option<&Told>, cx: &Facts<'_>) -> Option<Told> {
    let words: Vec<_> = servers(task, cx)?.into_iter().map(|s| (s.id.clone(), word_of(s))).collect();
    if let Some(known) = before.filter(|(b, _)| *b == words) {
        return Some(known.clone());
    }
    let query = Query::Zones(task.head.cluster.clone()?);
    let read = cx.cache.answer(&query).map(|(_, at)| *at)?;
    Some((words, read))
}

/// Whether a task that ended well meant something else than what the list tells: a stop after which a server serves, a
/// start after which one does not (A19).
pub fn differs(task: &Task, servers: &[&Server]) -> bool {
    if !matches!(task.phase(), Phase::Done | Phase::Skipped) {
        return false;
    }
    match meant(task.head.name.raw()) {
        Some(Meant::Down) => servers.iter().any(|s| s.is_up()),
        Some(Meant::Up) => servers.iter().any(|s| !s.is_up()),
        None => false,
    }
}

/// How servers are meant to be after a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Meant {
    Up,
    Down,
}

/// By its name: `Stop OB zone`, `Restart OB server`, `Start observer`, and OCP's Chinese names.
fn meant(name: &str) -> Option<Meant> {
    let name = name.trim().to_lowercase();
    let begins = |words: &[&str]| words.iter().any(|w| name.starts_with(w));
    if begins(&["start", "restart", "启动", "重启"]) {
        Some(Meant::Up)
    } else if begins(&["stop", "force stop", "停止"]) {
        Some(Meant::Down)
    } else {
        None
    }
}

/// Whether `told` names this server: `ip:port`, or the address without its port.
fn is_address(address: &str, told: &str) -> bool {
    address == told || address.rsplit_once(':').is_some_and(|(host, _)| host == told)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_tells_what_was_meant_and_any_other_tells_nothing() {
        for name in ["Stop OB zone", "stop ob server", "停止 OB Zone", "Force stop observer"] {
            assert_eq!(meant(name), Some(Meant::Down), "{name}");
        }
        for name in ["Start OB cluster", "Restart OB server", "重启 OBServer"] {
            assert_eq!(meant(name), Some(Meant::Up), "{name}");
        }
        assert_eq!(meant("Upgrade OB cluster, stop later"), None);
        assert_eq!(meant(""), None);
    }
}
