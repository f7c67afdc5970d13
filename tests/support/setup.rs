//! Consoles for sessions under faults and for recordings: seeded, logged, their exchanges kept.

use std::sync::{Arc, Mutex};

use obdeck::app::key::Size;
use obdeck::app::settings::{ProfileFacts, Settings};
use obdeck::domain::id::ProfileName;
use obdeck::domain::secret::Secret;
use obdeck::domain::time::{Span, Timestamp};
use obdeck::driver::reads::Planes;
use obdeck::harness::{Harness, Story};
use obdeck::plane::ControlPlane;
use obdeck::plane::obshell::{Obshell, ObshellProfile};
use obdeck::plane::ocp::{Auth, Now, Ocp, OcpProfile};
use obdeck::plane::tape::{Recorder, Tape};
use obdeck::sim;
use tokio::runtime::Runtime;

use super::stage::{LOOK, facts};

/// How a stage is set: what is not said is as it is in life.
#[derive(Clone)]
pub struct Setup {
    pub scenario: &'static str,
    pub size: (u16, u16),
    pub seed: u64,
    /// Of a hundred requests so many meet a fault that is drawn from the seed.
    pub faults: u8,
    /// Longest pause before a read is repeated.
    pub pause_max: Option<Span>,
    /// Takes every exchange.
    pub keep: Option<obdeck::plane::tape::Keep>,
}

impl Setup {
    pub fn new(scenario: &'static str, width: u16, height: u16) -> Self {
        Self { scenario, size: (width, height), seed: 42, faults: 0, pause_max: None, keep: None }
    }
    fn tape(&self, now: &Now) -> Tape {
        let keep = self.keep.clone();
        keep.map_or(Tape::Off, |keep| Tape::Record(Recorder { now: Arc::clone(now), keep }))
    }
}

/// A console and the server it looks at.
pub struct OcpStage {
    pub harness: Harness,
    pub ocp: sim::Ocp,
    /// What became of each request, as the server tells it.
    pub log: Log,
}

/// Lines of a server's log.
pub type Log = Arc<Mutex<Vec<String>>>;

/// A console and the agents it looks at.
pub struct EdgeStage {
    pub harness: Harness,
    pub agents: sim::Obshell,
    pub log: Log,
}

struct Ground {
    runtime: Runtime,
    clock: sim::Clock,
    now: Now,
    log: Log,
}

fn ground() -> Ground {
    obdeck::plane::install_tls_provider();
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("runtime");
    let clock = sim::Clock::manual();
    let now: Now = {
        let clock = clock.clone();
        Arc::new(move || Timestamp::from_millis(clock.now()))
    };
    Ground { runtime, clock, now, log: Arc::default() }
}

impl Ground {
    fn log(&self) -> Arc<dyn Fn(&str) + Send + Sync> {
        let log = Arc::clone(&self.log);
        Arc::new(move |line| log.lock().expect("lock").push(line.to_owned()))
    }
    fn console(self, setup: &Setup, plane: Arc<dyn ControlPlane>, origin: String, user: &str) -> Harness {
        let name = plane.profile().clone();
        let settings = settings(vec![facts(&*plane, origin, user)]);
        let clock = self.clock;
        let story = Story { now: self.now, advance: Box::new(move |by| clock.advance(by.to_std())) };
        let size = Size { width: setup.size.0, height: setup.size.1 };
        Harness::new(self.runtime, settings, Planes::from([(name, plane)]), LOOK, size, story)
    }
}

/// Settings of a demo over these profiles.
pub fn settings(profiles: Vec<ProfileFacts>) -> Settings {
    Settings { demo: true, ..super::settings::settings(profiles) }
}

impl OcpStage {
    /// Opens the console as it was set up.
    pub fn set(setup: &Setup) -> Self {
        let ground = ground();
        let options = sim::Options {
            scenario: setup.scenario.to_owned(),
            seed: setup.seed,
            clock: Some(ground.clock.clone()),
            log: Some(ground.log()),
            ..sim::Options::default()
        };
        let ocp = ground.runtime.block_on(sim::Ocp::serve(options)).expect("served");
        if setup.faults > 0 {
            ocp.faults().tell_story(setup.faults);
        }
        let auth = Auth::Basic {
            username: ocp.username().to_owned(),
            password: Secret::new(ocp.password().to_owned()),
        };
        let mut profile = OcpProfile::new(ProfileName::new("demo"), ocp.url(), auth);
        profile.tape = setup.tape(&ground.now);
        profile.pause_max = setup.pause_max.unwrap_or(profile.pause_max);
        let plane = {
            let _inside = ground.runtime.enter();
            Arc::new(Ocp::connect(profile, ground.now.clone()).expect("connected"))
        };
        let log = Arc::clone(&ground.log);
        let harness = ground.console(setup, plane, ocp.url(), ocp.username());
        Self { harness, ocp, log }
    }
    /// A picture in which the port, which the system chose, is always the same.
    pub fn steady(&self, text: &str) -> String {
        text.replace(&format!("127.0.0.1:{}", self.ocp.address().port()), "127.0.0.1:18080")
    }
}

impl EdgeStage {
    /// Opens the console over agents as it was set up.
    pub fn set(setup: &Setup) -> Self {
        let ground = ground();
        let options = sim::obshell::Options {
            scenario: setup.scenario.to_owned(),
            seed: setup.seed,
            clock: Some(ground.clock.clone()),
            log: Some(ground.log()),
            key_bits: 512,
            ..sim::obshell::Options::default()
        };
        let agents = ground.runtime.block_on(sim::Obshell::serve(options)).expect("served");
        if setup.faults > 0 {
            agents.faults().tell_story(setup.faults);
        }
        let password = Secret::new(agents.password().to_owned());
        let mut profile = ObshellProfile::new(ProfileName::new("edge"), agents.url(), password);
        profile.peers = agents.urls().into_iter().skip(1).collect();
        profile.tape = setup.tape(&ground.now);
        profile.pause_max = setup.pause_max.unwrap_or(profile.pause_max);
        let plane = {
            let _inside = ground.runtime.enter();
            Arc::new(Obshell::connect(profile, ground.now.clone()).expect("connected"))
        };
        let log = Arc::clone(&ground.log);
        let harness = ground.console(setup, plane, agents.url(), "root@sys");
        Self { harness, agents, log }
    }
}
