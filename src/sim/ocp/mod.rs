//! A stand-in for OCP: HTTP on loopback in front of a world, written from ocp-api, sharing nothing with the client.

mod answer;
mod audit;
mod auth;
pub(crate) mod call;
mod cluster;
mod product;
mod route;
mod serve;
mod sign;
mod task;
mod tenant;

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

pub use auth::Credentials;
use auth::Door;

use super::clock::Clock;
use super::engine::Fate;
use super::faults::Faults;
use super::scenario::{Product, Scenario};
use super::script::Step;
use super::stand::{self, Arrivals, lock};
use super::time::Ms;
use super::world::World;
use super::{SimError, Size};

/// Told of each request when it has been answered: one line, no secrets.
pub type RequestLog = Arc<dyn Fn(&str) + Send + Sync>;

/// How to start a stand-in.
#[derive(Clone)]
pub struct Options {
    /// Name of the scenario, see [`scenarios`](super::scenarios).
    pub scenario: String,
    /// Same seed, same story.
    pub seed: u64,
    /// How many times faster than life the story runs; unused with a `clock`.
    pub speed: f64,
    /// How large the fleet is.
    pub size: Size,
    /// Where to listen; port 0 lets the system choose.
    pub bind: SocketAddr,
    /// Whether `bind` may be an address other than loopback.
    pub bind_any: bool,
    /// Which product to be; none: the scenario's.
    pub product: Option<Product>,
    /// A clock moved by hand, for tests; none: real time times `speed`.
    pub clock: Option<Clock>,
    /// Told of each request.
    pub log: Option<RequestLog>,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            scenario: "calm".to_owned(),
            seed: 42,
            speed: 1.0,
            size: Size::Small,
            bind: SocketAddr::from(([127, 0, 0, 1], 0)),
            bind_any: false,
            product: None,
            clock: None,
            log: None,
        }
    }
}

impl std::fmt::Debug for Options {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Options")
            .field("scenario", &self.scenario)
            .field("seed", &self.seed)
            .field("speed", &self.speed)
            .field("size", &self.size)
            .field("bind", &self.bind)
            .finish_non_exhaustive()
    }
}

/// One request as it arrived, whatever became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arrival {
    /// From 1, in the order of arrival.
    pub number: u64,
    /// The story's time.
    pub at: Ms,
    /// HTTP method.
    pub method: String,
    /// Path and query as they stood in the request line.
    pub target: String,
    /// Headers by lower-case name, in the order sent.
    pub headers: Vec<(String, String)>,
    /// Body, byte for byte.
    pub body: Vec<u8>,
}

/// What the handlers share. The locks are held for the time of one answer's making, never over an await.
struct Shared {
    seed: u64,
    product: Product,
    clock: Clock,
    faults: Faults,
    log: Option<RequestLog>,
    world: Mutex<World>,
    door: Mutex<Door>,
    arrivals: Mutex<Arrivals<Arrival>>,
    meter: Mutex<serve::Meter>,
    stopped: CancellationToken,
}

/// A running stand-in for OCP. Ends when dropped.
pub struct Ocp {
    address: SocketAddr,
    admin: Credentials,
    shared: Arc<Shared>,
    server: Option<JoinHandle<()>>,
}

impl std::fmt::Debug for Ocp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Ocp").field("address", &self.address).finish_non_exhaustive()
    }
}

impl Ocp {
    /// Builds the world and listens; accepts connections once this returns. Needs a running runtime.
    pub async fn serve(options: Options) -> Result<Ocp, SimError> {
        let clock = stand::clock(options.clock, options.speed)?;
        stand::reachable(options.bind, options.bind_any)?;
        let scenario = Scenario::named(&options.scenario)?;
        let faults = stand::planned_faults(&options.scenario, &scenario, options.seed)?;
        let world = World::build(&options.scenario, &scenario, options.size, options.seed, clock.start())?;
        let bind = |why| SimError::Bind { at: options.bind, why };
        let listener = TcpListener::bind(options.bind).await.map_err(bind)?;
        let address = listener.local_addr().map_err(bind)?;
        let product = options.product.unwrap_or(scenario.ocp);
        let door = Door::new(options.seed, &product);
        let admin = auth::credentials(options.seed, "admin");
        let shared = Arc::new(Shared {
            seed: options.seed,
            product,
            clock,
            faults,
            log: options.log,
            world: Mutex::new(world),
            door: Mutex::new(door),
            arrivals: Mutex::default(),
            meter: Mutex::default(),
            stopped: CancellationToken::new(),
        });
        let server = tokio::spawn(serve::run(listener, Arc::clone(&shared)));
        Ok(Ocp { address, admin, shared, server: Some(server) })
    }

    /// Base URL, without a slash at its end.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Name of the user who may do everything.
    pub fn username(&self) -> &str {
        &self.admin.username
    }

    /// Their password.
    pub fn password(&self) -> &str {
        &self.admin.password
    }

    /// Their access key.
    pub fn access_key_id(&self) -> &str {
        &self.admin.access_key_id
    }

    /// Its secret.
    pub fn access_key_secret(&self) -> &str {
        &self.admin.access_key_secret
    }

    /// Another user: `admin`, `oncall` (may not retry, roll back, skip, cancel) or `viewer` (may only look).
    pub fn user(&self, name: &str) -> Option<Credentials> {
        lock(&self.shared.door).credentials(name).cloned()
    }

    /// The requests that have arrived, oldest first; the newest 20,000 of them.
    pub fn arrivals(&self) -> Vec<Arrival> {
        lock(&self.shared.arrivals).all()
    }

    /// Lets the next subtask of this name (`Stop observer process`), in whatever task, fail with `why` in its log. Its
    /// retry goes well. False: no step has this name.
    pub fn fail_next(&self, step: &str, why: &str) -> bool {
        self.doom(step, Fate::Fails(why.to_owned()))
    }

    /// Lets the next subtask of this name run into its timeout. Its retry goes well. False: no step has this name.
    pub fn hang_next(&self, step: &str) -> bool {
        self.doom(step, Fate::Hangs)
    }

    fn doom(&self, step: &str, fate: Fate) -> bool {
        let step = Step::named(step);
        if let Some(step) = step {
            lock(&self.shared.world).doom(step, fate);
        }
        step.is_some()
    }

    /// What goes wrong on the way.
    pub fn faults(&self) -> &Faults {
        &self.shared.faults
    }

    /// The story's clock.
    pub fn clock(&self) -> &Clock {
        &self.shared.clock
    }

    /// Stops listening and waits until the connections have ended, a second at most.
    pub async fn shutdown(mut self) {
        self.shared.stopped.cancel();
        if let Some(server) = self.server.take() {
            stand::ended(server).await;
        }
    }
}

impl Drop for Ocp {
    fn drop(&mut self) {
        self.shared.stopped.cancel();
    }
}
