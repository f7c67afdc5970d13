//! Scenarios: which fleet there is and what goes on in it, as data in `assets/scenarios`.

use serde::Deserialize;

use super::SimError;

/// A scenario's name and what it shows, for lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ScenarioInfo {
    /// As given to `--scenario`.
    pub name: &'static str,
    /// One line.
    pub about: &'static str,
}

const SCENARIOS: [(ScenarioInfo, &str); 5] = [
    (
        ScenarioInfo { name: "calm", about: "four healthy clusters, nothing unfinished" },
        include_str!("../../assets/scenarios/calm.toml"),
    ),
    (
        ScenarioInfo {
            name: "incident",
            about: "an OBServer is down, a restart has failed, another hangs near its timeout",
        },
        include_str!("../../assets/scenarios/incident.toml"),
    ),
    (
        ScenarioInfo { name: "slow", about: "calm behind a slow network: every answer is late" },
        include_str!("../../assets/scenarios/slow.toml"),
    ),
    (
        ScenarioInfo { name: "flaky", about: "calm behind a bad network: errors, cut and lost answers" },
        include_str!("../../assets/scenarios/flaky.toml"),
    ),
    (
        ScenarioInfo {
            name: "standby",
            about: "calm, and two standbys of trade12: one keeps up, one does not",
        },
        include_str!("../../assets/scenarios/standby.toml"),
    ),
];

const LIST: [ScenarioInfo; 5] =
    [SCENARIOS[0].0, SCENARIOS[1].0, SCENARIOS[2].0, SCENARIOS[3].0, SCENARIOS[4].0];

/// The scenarios that can be asked for by name; the first is the default.
pub fn scenarios() -> &'static [ScenarioInfo] {
    &LIST
}

/// A scenario file.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Scenario {
    /// Takes clusters and past from another scenario.
    pub(crate) fleet: Option<String>,
    #[serde(default)]
    pub(crate) ocp: Product,
    /// None: the one of the borrowed fleet.
    pub(crate) obshell: Option<EdgePlan>,
    #[serde(default)]
    pub(crate) cluster: Vec<ClusterPlan>,
    #[serde(default)]
    pub(crate) task: Vec<TaskPlan>,
    #[serde(default)]
    pub(crate) down: Vec<DownPlan>,
    #[serde(default)]
    pub(crate) fault: Vec<FaultPlan>,
}

/// Which product the stand-in claims to be.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Product {
    /// As `/api/v2/info` tells it.
    pub version: String,
    /// Error codes as text, `OBE11020` instead of 11020 (ocp-api 2.2, V4.2.2).
    pub letter_codes: bool,
    /// Whether `…/clusters/{id}/units` exists (ocp-api 3.5, N); without it the path gives the console's page.
    pub units_of_cluster: bool,
    /// Whether `/api/v2/audit/events` exists (ocp-api 3.7: from V4.2.1 on).
    pub audit_events: bool,
    /// Failed logons before a user is locked (ocp-api 1.2).
    pub max_attempts: u32,
    /// Failed logons before a client address is blocked.
    pub client_max_attempts: u32,
}

impl Default for Product {
    fn default() -> Product {
        Product {
            version: "4.2.1".to_owned(),
            letter_codes: false,
            units_of_cluster: true,
            audit_events: true,
            max_attempts: 20,
            client_max_attempts: 20,
        }
    }
}

/// The cluster that OBShell agents look after.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct EdgePlan {
    pub(crate) name: String,
    pub(crate) id: i64,
    /// Zones, with one OBServer and one agent each.
    pub(crate) zones: usize,
    pub(crate) tenants: Vec<String>,
    /// Agents (from 1) whose observer is down without having been stopped.
    pub(crate) down: Vec<usize>,
    /// Minor freezes never end.
    pub(crate) freeze_hangs: bool,
    /// Looks, five seconds apart, that still find a killed process.
    pub(crate) slow_kill: u32,
    /// A zone stop that was under way when the story began.
    pub(crate) stop: Option<EdgeStop>,
}

/// A stop of a zone with freeze, in progress.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct EdgeStop {
    /// From 1.
    pub(crate) zone: usize,
    /// Seconds before the story's start at which it began.
    pub(crate) ago_s: i64,
}

impl Default for EdgePlan {
    fn default() -> EdgePlan {
        EdgePlan {
            name: "edge".to_owned(),
            id: 1_000_004,
            zones: 3,
            tenants: ["sys", "orders", "telemetry"].map(str::to_owned).to_vec(),
            down: Vec::new(),
            freeze_hangs: false,
            slow_kill: 0,
            stop: None,
        }
    }
}

/// One cluster.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ClusterPlan {
    pub(crate) name: String,
    pub(crate) id: i64,
    pub(crate) version: String,
    /// `old`, `middle` or `new`: the form of action replies.
    pub(crate) generation: String,
    pub(crate) region: String,
    pub(crate) idcs: Vec<String>,
    /// First two numbers of its addresses.
    pub(crate) net: String,
    /// OBServers in each zone; its length is the number of zones.
    pub(crate) zones: Vec<usize>,
    /// Tenants beside sys: a name, or `name@zone1,zone2` where it has replicas in some zones only.
    pub(crate) tenants: Vec<String>,
    /// The cluster that it copies: it is a standby.
    pub(crate) copies: Option<CopyPlan>,
}

/// How a standby stands to its primary when the story begins.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CopyPlan {
    /// Name of the primary, which stands before it in the file.
    pub(crate) of: String,
    /// `VALID`, `DISABLED` or `SYNCHRONIZING` (ocp-api 3.1).
    pub(crate) sync: String,
    /// How far it is behind, in seconds; where it is not `VALID` it falls back by a second a second from there.
    pub(crate) delay_s: f64,
}

/// A task of the past, or one that goes on.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TaskPlan {
    /// `stop`, `start` or `restart`.
    pub(crate) verb: String,
    pub(crate) cluster: String,
    pub(crate) zone: Option<String>,
    /// Position in the zone, from 1.
    pub(crate) server: Option<usize>,
    pub(crate) creator: String,
    /// Seconds before the story's start at which it began; left out with `hangs_at`.
    pub(crate) ago_s: Option<i64>,
    /// The first subtask of this name fails.
    pub(crate) fails_at: Option<String>,
    /// Why.
    pub(crate) why: Option<String>,
    /// What was done `then_s` seconds after the beginning: `rollback` or `retry`.
    pub(crate) then: Option<String>,
    pub(crate) then_s: Option<i64>,
    /// The first subtask of this name hangs …
    pub(crate) hangs_at: Option<String>,
    /// … and has this many seconds left to its timeout at the story's start.
    pub(crate) left_s: Option<i64>,
}

/// An OBServer that is down without having been stopped.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct DownPlan {
    pub(crate) cluster: String,
    pub(crate) zone: String,
    /// Position in the zone, from 1.
    pub(crate) server: usize,
}

/// A fault of the network; see `faults`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FaultPlan {
    pub(crate) what: String,
    pub(crate) method: Option<String>,
    pub(crate) path: Option<String>,
    /// How many of a hundred matching requests it strikes.
    pub(crate) percent: u8,
    pub(crate) delay_ms: Option<u64>,
    pub(crate) jitter_ms: Option<u64>,
    pub(crate) status: Option<u16>,
}

impl Scenario {
    /// The scenario of this name, with the fleet it borrows.
    pub(crate) fn named(name: &str) -> Result<Scenario, SimError> {
        let mut scenario = Scenario::parse(name)?;
        if let Some(fleet) = scenario.fleet.take() {
            let base = Scenario::parse(&fleet)?;
            scenario.cluster.splice(0..0, base.cluster);
            scenario.task.splice(0..0, base.task);
            scenario.obshell = scenario.obshell.or(base.obshell);
        }
        Ok(scenario)
    }

    fn parse(name: &str) -> Result<Scenario, SimError> {
        let (_, text) = SCENARIOS.iter().find(|(info, _)| info.name == name).ok_or_else(|| {
            let known = LIST.iter().map(|s| s.name).collect::<Vec<_>>().join(", ");
            SimError::UnknownScenario { name: name.to_owned(), known }
        })?;
        toml::from_str(text)
            .map_err(|error| SimError::Scenario { name: name.to_owned(), why: error.to_string() })
    }
}
