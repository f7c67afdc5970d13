//! Why something is not done: HTTP status, code and words (ocp-api 2.2).

use super::{Cluster, Place, Status, Tenant, Verb};
use crate::sim::engine::Task;

/// A refusal as it goes into the error envelope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) status: u16,
    /// Number of the error tables up to V4.2.1.
    pub(crate) code: u32,
    pub(crate) message: String,
    /// The message in Chinese, for those who ask for it by `Accept-Language`.
    pub(crate) chinese: Option<String>,
    /// Cause in English, where it says more than the message.
    pub(crate) debug: Option<String>,
}

impl Refusal {
    pub(crate) fn new(status: u16, code: u32, message: impl Into<String>) -> Refusal {
        Refusal { status, code, message: message.into(), chinese: None, debug: None }
    }

    /// With its words in Chinese.
    #[must_use]
    pub(crate) fn zh(mut self, chinese: impl Into<String>) -> Refusal {
        self.chinese = Some(chinese.into());
        self
    }

    /// Wrong state for the operation: 400.
    pub(crate) fn state(code: u32, message: impl Into<String>) -> Refusal {
        Refusal::new(400, code, message)
    }

    pub(crate) fn bad_parameter(what: &str) -> Refusal {
        Refusal::new(400, 1001, format!("Bad parameter: {what}."))
    }

    pub(crate) fn no_cluster(id: i64) -> Refusal {
        Refusal::new(404, 11001, format!("Cluster {id} does not exist.")).zh(format!("集群 {id} 不存在。"))
    }

    pub(crate) fn no_zone(name: &str) -> Refusal {
        Refusal::new(404, 12002, format!("Zone {name} does not exist.")).zh(format!("Zone {name} 不存在。"))
    }

    pub(crate) fn no_server(id: i64) -> Refusal {
        Refusal::new(404, 13001, format!("OBServer {id} does not exist."))
            .zh(format!("OBServer {id} 不存在。"))
    }

    pub(crate) fn no_task(id: &str) -> Refusal {
        Refusal::new(404, 4001, format!("Task {id} does not exist.")).zh(format!("任务 {id} 不存在。"))
    }

    pub(crate) fn no_record(what: &str) -> Refusal {
        Refusal::new(404, 1002, format!("{what} does not exist."))
    }

    /// An unfinished task holds the place: the nearest of 13012, 12008, 11020.
    pub(super) fn held(cluster: &Cluster, place: Place, holder: &Task) -> Refusal {
        let held = holder.purpose.place;
        let (code, what) = if place.server.is_some() && held == place {
            (13012, format!("OBServer {}", server_name(cluster, place)))
        } else if place.zone.is_some() && place.server.is_none() && held.zone == place.zone {
            (12008, format!("zone {}", zone_name(cluster, place)))
        } else {
            (11020, format!("cluster {}", cluster.name))
        };
        let message = format!("The previous maintenance task of {what} has not finished.");
        let debug = format!(
            "unfinished task: id={}, name={}, status={}",
            holder.id,
            holder.name,
            holder.state.word()
        );
        let chinese = format!("{what} 的上一个运维任务尚未完成。");
        Refusal { debug: Some(debug), ..Refusal::new(409, code, message).zh(chinese) }
    }

    /// A zone's stop would cost a tenant its majority.
    pub(super) fn majority(cluster: &Cluster, place: Place, tenant: &Tenant) -> Refusal {
        let zone = zone_name(cluster, place);
        let message = format!(
            "Stopping zone {zone} would leave tenant {} without a majority of its replicas.",
            tenant.name
        );
        Refusal::new(409, 11070, message)
            .zh(format!("停止 Zone {zone} 会导致租户 {} 失去多数派副本。", tenant.name))
    }
}

fn zone_name(cluster: &Cluster, place: Place) -> &str {
    place.zone.and_then(|zone| cluster.zones.get(zone)).map_or("", |z| &z.name)
}

fn server_name(cluster: &Cluster, place: Place) -> String {
    cluster.server(place).map(super::Server::address).unwrap_or_default()
}

/// Whether the place's status lets the action begin: what the vendor's console offers (ocp-api 5.3).
pub(super) fn check_state(cluster: &Cluster, verb: Verb, place: Place) -> Result<(), Refusal> {
    use Status as S;
    let (status, word, code, what) =
        match (place.zone.and_then(|z| cluster.zones.get(z)), cluster.server(place)) {
            (_, Some(server)) => {
                let word = server.status.server_word(cluster.generation);
                (server.status, word, 13003, format!("OBServer {}", server.address()))
            }
            (Some(zone), None) => (zone.status, zone.status.word(), 12004, format!("zone {}", zone.name)),
            (None, None) => {
                (cluster.status, cluster.status.word(), 11007, format!("cluster {}", cluster.name))
            }
        };
    let allowed = match verb {
        Verb::Stop => matches!(status, S::Running | S::Unavailable | S::ServiceStopped),
        Verb::Start => matches!(status, S::Stopped | S::ServiceStopped | S::Unavailable),
        Verb::Restart if place.server.is_some() => matches!(status, S::Running | S::Unavailable),
        Verb::Restart => matches!(status, S::Running | S::Unavailable | S::ServiceStopped),
    };
    if allowed {
        return Ok(());
    }
    let verb = match verb {
        Verb::Stop => "stopped",
        Verb::Start => "started",
        Verb::Restart => "restarted",
    };
    let message = format!("The {what} cannot be {verb} in state {word}.");
    Err(Refusal::state(code, message).zh(format!("{what} 当前状态 {word} 不支持该操作。")))
}
