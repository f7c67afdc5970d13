//! A stand-in for the OBShell agents of one cluster: one HTTP server for each, a world of their own behind them,
//! written from obshell-api and sharing nothing with the client.
//!
//! There is no server in the middle. Each agent has its own key, its own store of tasks and its own numbers; the one
//! that is asked owns the DAG it creates, and passes on what belongs to another. All agents share one loopback address
//! and differ by port, so their observers have RPC ports a thousand apart.

mod action;
mod answer;
mod auth;
mod engine;
mod key;
mod order;
mod refusal;
mod route;
mod serve;
mod task;
mod tenant;
mod topology;
mod work;
mod world;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use tokio::net::{TcpListener, UnixListener};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use key::Key;
use task::{Part, Place};
use world::World;

use super::SimError;
use super::clock::Clock;
use super::faults::Faults;
use super::ocp::RequestLog;
use super::scenario::Scenario;
use super::seed::{Rng, mix, word};
use super::stand::{self, Arrivals, lock};
use super::time::Ms;

/// What the agents are (obshell-api 1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Identity {
    /// `CLUSTER AGENT`: all of one cluster.
    #[default]
    Cluster,
    /// `SINGLE`: fresh agents that know of no cluster.
    Single,
}

/// Which request protection the agents speak (obshell-api 3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Protection {
    /// `X-OCS-Header` and a sealed body.
    #[default]
    V2,
    /// `X-OCS-Auth` and a body in clear; nothing is announced. Known from documents only.
    V1,
}

/// How to start a stand-in.
#[derive(Clone)]
pub struct Options {
    /// Name of the scenario, see [`scenarios`](super::scenarios).
    pub scenario: String,
    /// Same seed, same story, same keys, same password.
    pub seed: u64,
    /// How many times faster than life the story runs; unused with a `clock`.
    pub speed: f64,
    /// Where the first agent listens; the others take the ports that follow, or any with port 0.
    pub bind: SocketAddr,
    /// Whether `bind` may be an address other than loopback.
    pub bind_any: bool,
    /// A clock moved by hand or shared with another stand-in; none: real time times `speed`.
    pub clock: Option<Clock>,
    /// Told of each request.
    pub log: Option<RequestLog>,
    /// What the agents are.
    pub identity: Identity,
    /// How requests are protected.
    pub protection: Protection,
    /// Size of the RSA keys: 1024, or 512 like older agents.
    pub key_bits: usize,
    /// Where the first agent has its unix socket; none: it has no socket. The file must not be there yet, and is taken
    /// away at the end.
    pub socket: Option<PathBuf>,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            scenario: "calm".to_owned(),
            seed: 42,
            speed: 1.0,
            bind: SocketAddr::from(([127, 0, 0, 1], 0)),
            bind_any: false,
            clock: None,
            log: None,
            identity: Identity::Cluster,
            protection: Protection::V2,
            key_bits: 1024,
            socket: None,
        }
    }
}

impl std::fmt::Debug for Options {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Options")
            .field("scenario", &self.scenario)
            .field("seed", &self.seed)
            .field("speed", &self.speed)
            .field("bind", &self.bind)
            .field("identity", &self.identity)
            .field("protection", &self.protection)
            .field("key_bits", &self.key_bits)
            .field("socket", &self.socket)
            .finish_non_exhaustive()
    }
}

/// One request as it arrived at an agent, whatever became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arrival {
    /// From 1, in the order of arrival over all agents.
    pub number: u64,
    /// The story's time.
    pub at: Ms,
    /// Which agent, from 0.
    pub agent: usize,
    /// HTTP method.
    pub method: String,
    /// Path and query as they stood in the request line.
    pub target: String,
    /// Headers by lower-case name, in the order sent.
    pub headers: Vec<(String, String)>,
    /// Body, byte for byte.
    pub body: Vec<u8>,
    /// The sealed header, opened; none if there was none or it could not be.
    pub header_clear: Option<String>,
    /// The body, opened; none if it could not be.
    pub body_clear: Option<Vec<u8>>,
}

/// What the handlers share. The locks are held for the time of one answer's making, never over an await.
struct Shared {
    seed: u64,
    protection: Protection,
    key_bits: usize,
    clock: Clock,
    faults: Faults,
    log: Option<RequestLog>,
    world: Mutex<World>,
    keys: Mutex<Vec<Key>>,
    arrivals: Mutex<Arrivals<Arrival>>,
    stopped: CancellationToken,
}

/// One agent's server.
struct Server {
    at: SocketAddr,
    stopped: CancellationToken,
    running: Option<JoinHandle<()>>,
}

/// Running stand-ins for the agents of one cluster. They end when it is dropped.
pub struct Obshell {
    password: String,
    shared: Arc<Shared>,
    servers: tokio::sync::Mutex<Vec<Server>>,
    addresses: Vec<SocketAddr>,
    socket: Option<PathBuf>,
}

impl std::fmt::Debug for Obshell {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Obshell").field("addresses", &self.addresses).finish_non_exhaustive()
    }
}

impl Obshell {
    /// Makes keys, builds the world and listens; accepts connections once this returns. Needs a running runtime.
    pub async fn serve(options: Options) -> Result<Obshell, SimError> {
        let clock = stand::clock(options.clock, options.speed)?;
        stand::reachable(options.bind, options.bind_any)?;
        let scenario = Scenario::named(&options.scenario)?;
        let faults = stand::planned_faults(&options.scenario, &scenario, options.seed)?;
        let plan = scenario.obshell.unwrap_or_default();
        let listeners = listen(options.bind, plan.zones).await?;
        let mut addresses = Vec::new();
        for listener in &listeners {
            let at = listener.local_addr().map_err(|why| SimError::Bind { at: options.bind, why })?;
            addresses.push(at);
        }
        let keys = (0..plan.zones as u64).map(|ix| make_key(options.seed, ix, 0, options.key_bits));
        let keys = keys.collect::<Result<Vec<Key>, SimError>>()?;
        // One thread, so that a console starting beside it keeps a core for itself. It ends with the last key.
        let ahead = keys.clone();
        std::thread::spawn(move || ahead.iter().for_each(Key::prepare));
        let letters = b"abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";
        let password = Rng::new(mix(&[options.seed, word("obshell")])).letters(20, letters);
        let places: Vec<Place> = addresses.iter().map(|a| Place { ip: a.ip(), port: a.port() }).collect();
        let mut world =
            World::build(&plan, &places, options.seed, options.identity, &password, clock.start());
        if let (Some(stop), Identity::Cluster) = (plan.stop, options.identity) {
            world.was_stopping(stop);
        }
        let shared = Arc::new(Shared {
            seed: options.seed,
            protection: options.protection,
            key_bits: options.key_bits,
            clock,
            faults,
            log: options.log,
            world: Mutex::new(world),
            keys: Mutex::new(keys),
            arrivals: Mutex::default(),
            stopped: CancellationToken::new(),
        });
        let servers: Vec<Server> = listeners
            .into_iter()
            .zip(&addresses)
            .enumerate()
            .map(|(agent, (listener, at))| Server::run(listener, *at, agent, &shared))
            .collect();
        if let Some(path) = &options.socket {
            serve_socket(path, &shared, &servers)?;
        }
        let servers = tokio::sync::Mutex::new(servers);
        Ok(Obshell { password, shared, servers, addresses, socket: options.socket })
    }

    /// Base URL of the first agent, without a slash at its end.
    pub fn url(&self) -> String {
        self.urls().into_iter().next().unwrap_or_default()
    }

    /// Base URLs of all agents.
    pub fn urls(&self) -> Vec<String> {
        self.addresses.iter().map(|at| format!("http://{at}")).collect()
    }

    /// Where the agents listen.
    pub fn addresses(&self) -> &[SocketAddr] {
        &self.addresses
    }

    /// The password of root@sys.
    pub fn password(&self) -> &str {
        &self.password
    }

    /// The requests that have arrived at all agents, oldest first; the newest 20,000 of them.
    pub fn arrivals(&self) -> Vec<Arrival> {
        lock(&self.shared.arrivals).all()
    }

    /// What goes wrong on the way.
    pub fn faults(&self) -> &Faults {
        &self.shared.faults
    }

    /// The story's clock.
    pub fn clock(&self) -> &Clock {
        &self.shared.clock
    }

    /// The agent (from 0) goes down: connections are refused, its tasks stand still, nobody reaches it. False: no such
    /// agent, or it is down already.
    pub async fn agent_down(&self, agent: usize) -> bool {
        let mut servers = self.servers.lock().await;
        let Some(server) = servers.get_mut(agent).filter(|s| s.running.is_some()) else { return false };
        self.change(|world| {
            if let Some(agent) = world.agents.get_mut(agent) {
                agent.up = false;
                // Sessions live in memory alone (obshell-api 3.1).
                agent.sessions.clear();
            }
        });
        server.end().await;
        true
    }

    /// The agent comes back at its old address: its tasks go on, or fail where they cannot. False: no such agent, or it
    /// is up.
    pub async fn agent_up(&self, agent: usize) -> Result<bool, SimError> {
        let mut servers = self.servers.lock().await;
        let Some(server) = servers.get_mut(agent).filter(|s| s.running.is_none()) else { return Ok(false) };
        let at = server.at;
        let listener = TcpListener::bind(at).await.map_err(|why| SimError::Bind { at, why })?;
        self.change(|world| {
            let now = world.now;
            if let Some(agent) = world.agents.get_mut(agent) {
                agent.up = true;
                agent.started = now;
                agent.pid += 31;
            }
            world.resume(agent, now);
        });
        *server = Server::run(listener, at, agent, &self.shared);
        if let (Some(path), 0) = (&self.socket, agent) {
            let _ = std::fs::remove_file(path);
            serve_socket(path, &self.shared, &servers)?;
        }
        Ok(true)
    }

    /// No agent gets a connection to the database, or all do again.
    pub fn set_database_down(&self, down: bool) {
        self.change(|world| world.trouble.database_down = down);
    }

    /// A killed observer is still found `looks` times, five seconds apart; from 15 on the stop fails.
    pub fn set_slow_kill(&self, looks: u32) {
        self.change(|world| world.trouble.slow_kill = looks);
    }

    /// Minor freezes never come to an end (they fail after 20 minutes), or do again.
    pub fn set_freeze_hangs(&self, hangs: bool) {
        self.change(|world| world.trouble.freeze_hangs = hangs);
    }

    /// The observer beside this agent (from 0) refuses to start, or starts again.
    pub fn set_refuses_start(&self, agent: usize, refuses: bool) {
        self.change(|world| {
            if refuses {
                world.trouble.refuses_start.insert(agent);
            } else {
                world.trouble.refuses_start.remove(&agent);
            }
        });
    }

    /// The observer beside this agent (from 0) dies without having been stopped.
    pub fn crash_observer(&self, agent: usize) {
        self.change(|world| {
            let now = world.now;
            if let Some(agent) = world.agents.get_mut(agent) {
                agent.observer.running = false;
                agent.observer.since = now;
            }
        });
    }

    /// The next `times` requests whose path contains `path` crash their handler.
    pub fn crash_on(&self, path: &str, times: u32) {
        self.change(|world| world.trouble.crashes.push((path.to_owned(), times)));
    }

    /// A maintenance DAG of its own takes the lock of this agent (from 0) and fails in its third node: what RETRY,
    /// ROLLBACK, CANCEL and PASS can all be tried on. Gives its ID.
    pub fn plant_init(&self, agent: usize) -> String {
        self.change(|world| {
            let at = world.now;
            let id = world.add(agent, "Initialize cluster", 2, Part::Alone, &order::init_plan(), at);
            world.generic(agent, id)
        })
    }

    /// The agent (from 0) makes itself a new key: what was sealed for the old one cannot be opened.
    pub fn change_key(&self, agent: usize) -> Result<(), SimError> {
        let generation = self.change(|world| {
            let agent = world.agents.get_mut(agent);
            agent.map_or(0, |a| {
                a.key += 1;
                a.key
            })
        });
        let key = make_key(self.shared.seed, agent as u64, generation, self.shared.key_bits)?;
        if let Some(old) = lock(&self.shared.keys).get_mut(agent) {
            *old = key;
        }
        Ok(())
    }

    /// The agent (from 0) has a password of its own from now on.
    pub fn set_agent_password(&self, agent: usize, password: &str) {
        self.change(|world| {
            if let Some(agent) = world.agents.get_mut(agent) {
                agent.password = Some(password.to_owned());
            }
        });
    }

    fn change<T>(&self, change: impl FnOnce(&mut World) -> T) -> T {
        let mut world = lock(&self.shared.world);
        world.advance(self.shared.clock.now());
        change(&mut world)
    }

    /// Stops listening and waits until the connections have ended, a second at most.
    pub async fn shutdown(self) {
        self.shared.stopped.cancel();
        for server in self.servers.lock().await.iter_mut() {
            server.end().await;
        }
    }
}

impl Drop for Obshell {
    fn drop(&mut self) {
        self.shared.stopped.cancel();
        if let Some(path) = &self.socket {
            let _ = std::fs::remove_file(path);
        }
    }
}

impl Server {
    fn run(listener: TcpListener, at: SocketAddr, agent: usize, shared: &Arc<Shared>) -> Server {
        let stopped = shared.stopped.child_token();
        let door =
            serve::Door { agent, is_socket: false, shared: Arc::clone(shared), stopped: stopped.clone() };
        Server { at, stopped, running: Some(tokio::spawn(serve::run(listener, door))) }
    }

    async fn end(&mut self) {
        self.stopped.cancel();
        if let Some(running) = self.running.take() {
            stand::ended(running).await;
        }
    }
}

/// The first agent's socket; it goes down with its port.
fn serve_socket(path: &Path, shared: &Arc<Shared>, servers: &[Server]) -> Result<(), SimError> {
    let listener = UnixListener::bind(path).map_err(|why| SimError::Socket { path: path.to_owned(), why })?;
    let stopped = servers.first().map_or(&shared.stopped, |s| &s.stopped).clone();
    let door = serve::Door { agent: 0, is_socket: true, shared: Arc::clone(shared), stopped };
    tokio::spawn(serve::run_socket(listener, door));
    Ok(())
}

fn make_key(seed: u64, agent: u64, generation: u64, bits: usize) -> Result<Key, SimError> {
    Key::make(&[seed, word("key"), agent, generation], bits).ok_or(SimError::Key(bits))
}

/// One listener for each agent.
async fn listen(first: SocketAddr, count: usize) -> Result<Vec<TcpListener>, SimError> {
    let mut listeners = Vec::new();
    for ix in 0..count {
        let step = if first.port() == 0 { 0 } else { u16::try_from(ix).unwrap_or(u16::MAX) };
        let at = SocketAddr::new(first.ip(), first.port().saturating_add(step));
        listeners.push(TcpListener::bind(at).await.map_err(|why| SimError::Bind { at, why })?);
    }
    Ok(listeners)
}
