//! The simulated cluster: agents with their own stores, observers, zones, and what ails them. Pure: no I/O, no clock.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use super::Identity;
use super::order::{Order, Plan};
use super::task::{Dag, Names, Node, Operator, Part, Place, State, SubTask};
use crate::sim::scenario::EdgePlan;
use crate::sim::seed::mix;
use crate::sim::time::{Ms, SECOND};

/// How long an observer takes from its start to a connection.
const WARM_UP: Ms = 3 * SECOND;

/// Base of the observers' RPC ports; SQL is one below. They share one address, so each has a thousand of its own.
const RPC_PORT: u16 = 2882;

/// Where a sub task is: its agent, DAG, and positions in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Spot {
    pub(super) agent: usize,
    pub(super) dag: u64,
    pub(super) node: usize,
    pub(super) task: usize,
}

#[derive(Debug)]
pub(super) struct World {
    pub(super) seed: u64,
    pub(super) name: String,
    pub(super) cluster_id: i64,
    pub(super) identity: Identity,
    pub(super) password: String,
    pub(super) zones: Vec<Zone>,
    pub(super) agents: Vec<Agent>,
    pub(super) tenants: Vec<String>,
    pub(super) parameters: Vec<(String, String)>,
    pub(super) trouble: Trouble,
    /// When the story began.
    pub(super) begun: Ms,
    /// The story's time.
    pub(super) now: Ms,
    /// The last moment at which the engine did something.
    pub(super) stepped: Ms,
}

#[derive(Debug)]
pub(super) struct Zone {
    pub(super) name: String,
    pub(super) idc: String,
    /// The database's word: ACTIVE or INACTIVE.
    pub(super) active: bool,
}

#[derive(Debug)]
pub(super) struct Agent {
    pub(super) place: Place,
    pub(super) zone: usize,
    pub(super) up: bool,
    pub(super) pid: u32,
    pub(super) started: Ms,
    /// Which of its keys it uses.
    pub(super) key: u64,
    pub(super) password: Option<String>,
    /// Session IDs and when they end.
    pub(super) sessions: HashMap<String, Ms>,
    /// Offset of its engine's ticks.
    pub(super) phase: Ms,
    pub(super) dags: Vec<Dag>,
    pub(super) observer: Observer,
    nodes_made: u64,
    tasks_made: u64,
    pub(super) lines_made: u64,
}

#[derive(Debug)]
pub(super) struct Observer {
    pub(super) rpc_port: u16,
    pub(super) running: bool,
    pub(super) pid: u32,
    /// Since when it has been running or not.
    pub(super) since: Ms,
    /// When its process was started last.
    pub(super) started: Ms,
    /// When it was taken out of service by SQL.
    pub(super) stopped: Option<Ms>,
}

/// What goes wrong.
#[derive(Debug, Default)]
pub(super) struct Trouble {
    pub(super) database_down: bool,
    pub(super) freeze_hangs: bool,
    /// Looks at a killed process that still find it.
    pub(super) slow_kill: u32,
    /// Agents whose observer will not start.
    pub(super) refuses_start: BTreeSet<usize>,
    /// Parts of paths whose handler crashes, and how often.
    pub(super) crashes: Vec<(String, u32)>,
}

impl Names for World {
    fn place(&self, agent: usize) -> Place {
        let nowhere = Place { ip: std::net::IpAddr::from([0, 0, 0, 0]), port: 0 };
        self.agents.get(agent).map_or(nowhere, |a| a.place)
    }
}

impl World {
    /// A cluster with one agent at each place, and one zone for each.
    pub(super) fn build(
        plan: &EdgePlan,
        places: &[Place],
        seed: u64,
        identity: Identity,
        password: &str,
        begun: Ms,
    ) -> World {
        let day = 24 * 3600 * SECOND;
        let zones = (1..=places.len())
            .map(|n| Zone { name: format!("zone{n}"), idc: format!("idc{n}"), active: true })
            .collect();
        let agents = places
            .iter()
            .enumerate()
            .map(|(ix, place)| Agent {
                place: *place,
                zone: ix,
                up: true,
                pid: 14_000 + (mix(&[seed, ix as u64, 1]) % 9000) as u32,
                started: begun - 3 * day + ix as Ms * 517,
                key: 0,
                password: None,
                sessions: HashMap::new(),
                phase: (mix(&[seed, ix as u64, 2]) % 10) as Ms * 100,
                dags: Vec::new(),
                observer: Observer {
                    rpc_port: RPC_PORT + 1000 * ix as u16,
                    running: identity == Identity::Cluster && !plan.down.contains(&(ix + 1)),
                    pid: 20_000 + (mix(&[seed, ix as u64, 3]) % 9000) as u32,
                    since: begun - 2 * day,
                    started: begun - 2 * day + ix as Ms * SECOND,
                    stopped: None,
                },
                nodes_made: 0,
                tasks_made: 0,
                lines_made: 0,
            })
            .collect();
        World {
            seed,
            name: plan.name.clone(),
            cluster_id: plan.id,
            identity,
            password: password.to_owned(),
            zones,
            agents,
            tenants: plan.tenants.clone(),
            parameters: [
                ("memory_limit", "12G"),
                ("ob_startup_mode", "NORMAL"),
                ("server_permanent_offline_time", "3600s"),
                ("syslog_level", "WDIAG"),
            ]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .to_vec(),
            trouble: Trouble {
                freeze_hangs: plan.freeze_hangs,
                slow_kill: plan.slow_kill,
                ..Trouble::default()
            },
            begun,
            now: begun,
            stepped: begun,
        }
    }

    pub(super) fn place_of(&self, agent: usize) -> String {
        self.place(agent).to_string()
    }

    pub(super) fn generic(&self, agent: usize, id: u64) -> String {
        self.place(agent).generic(id)
    }

    /// Address of the observer beside this agent, by RPC port.
    pub(super) fn observer_of(&self, agent: usize) -> String {
        self.agents.get(agent).map_or_else(String::new, |a| {
            std::net::SocketAddr::new(a.place.ip, a.observer.rpc_port).to_string()
        })
    }

    /// 0 not running, 1 running without a connection, 3 available (obshell-api 8.1).
    pub(super) fn observer_state(&self, agent: usize, at: Ms) -> u8 {
        match self.agents.get(agent) {
            Some(a) if !a.observer.running => 0,
            Some(_) if self.connected(agent, at) => 3,
            Some(_) => 1,
            None => 0,
        }
    }

    /// Whether this agent has a connection: its observer is warm, and so are most.
    pub(super) fn connected(&self, agent: usize, at: Ms) -> bool {
        let is_warm = |a: &Agent| a.observer.running && at - a.observer.since >= WARM_UP;
        let warm = self.agents.iter().filter(|a| is_warm(a)).count();
        !self.trouble.database_down
            && self.agents.get(agent).is_some_and(is_warm)
            && warm * 2 > self.agents.len()
    }

    pub(super) fn dag(&self, agent: usize, id: u64) -> Option<&Dag> {
        self.agents.get(agent)?.dags.get(usize::try_from(id).ok()?.checked_sub(1)?)
    }

    pub(super) fn dag_mut(&mut self, agent: usize, id: u64) -> Option<&mut Dag> {
        self.agents.get_mut(agent)?.dags.get_mut(usize::try_from(id).ok()?.checked_sub(1)?)
    }

    /// The DAG, if its agent answers.
    pub(super) fn reach(&self, agent: usize, id: u64) -> Option<&Dag> {
        self.agents.get(agent).filter(|a| a.up)?;
        self.dag(agent, id)
    }

    pub(super) fn node_mut(&mut self, spot: Spot) -> Option<&mut Node> {
        self.dag_mut(spot.agent, spot.dag)?.nodes.get_mut(spot.node)
    }

    pub(super) fn task(&self, spot: Spot) -> Option<&SubTask> {
        self.dag(spot.agent, spot.dag)?.nodes.get(spot.node)?.tasks.get(spot.task)
    }

    pub(super) fn task_mut(&mut self, spot: Spot) -> Option<&mut SubTask> {
        self.node_mut(spot)?.tasks.get_mut(spot.task)
    }

    /// The agent that executes the sub task.
    pub(super) fn executor(&self, spot: Spot) -> usize {
        self.task(spot).map_or(spot.agent, |t| t.agent)
    }

    /// Whether the sub task's log has a line that begins so.
    pub(super) fn logged(&self, spot: Spot, text: &str) -> bool {
        self.task(spot).is_some_and(|t| t.logs.iter().any(|l| l.text.starts_with(text)))
    }

    /// Keeps a new DAG in the store of its agent; gives its number.
    pub(super) fn add(
        &mut self,
        agent: usize,
        name: &'static str,
        maintenance: u8,
        part: Part,
        plan: &[Plan],
        at: Ms,
    ) -> u64 {
        let everyone = self.agents.len();
        let Some(owner) = self.agents.get_mut(agent) else { return 0 };
        let id = owner.dags.len() as u64 + 1;
        let nodes = plan
            .iter()
            .map(|plan| {
                owner.nodes_made += 1;
                let on = if plan.everywhere { 0..everyone } else { agent..agent + 1 };
                let tasks = on
                    .map(|on| {
                        owner.tasks_made += 1;
                        SubTask {
                            id: owner.tasks_made,
                            state: State::Pending,
                            operator: Operator::Run,
                            start: at,
                            end: at,
                            times: 0,
                            agent: on,
                            logs: Vec::new(),
                            work: plan.work,
                            memo: 0,
                            next: at,
                        }
                    })
                    .collect();
                Node {
                    id: owner.nodes_made,
                    name: plan.name,
                    state: State::Pending,
                    operator: Operator::Run,
                    start: at,
                    end: at,
                    nature: plan.nature,
                    tasks,
                }
            })
            .collect();
        owner.dags.push(Dag {
            id,
            name,
            stage: 1,
            maintenance,
            state: State::Ready,
            operator: Operator::Run,
            start: at,
            end: at,
            part,
            nodes,
        });
        id
    }

    /// Creates the main DAG of an order at the agent that was asked.
    pub(super) fn begin(&mut self, agent: usize, order: Order) -> u64 {
        let order = Arc::new(order);
        let plan = order.main_plan();
        let name = order.main_name();
        self.add(agent, name, 1, Part::Main(order, std::collections::BTreeMap::new()), &plan, self.now)
    }
}
