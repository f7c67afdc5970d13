//! The console over simulators whose clock is moved by hand.

use std::sync::Arc;

use obdeck::app::key::Size;
use obdeck::app::settings::{JournalFacts, ProfileFacts, Settings};
use obdeck::domain::id::ProfileName;
use obdeck::domain::secret::Secret;
use obdeck::domain::time::Timestamp;
use obdeck::driver::reads::Planes;
use obdeck::harness::{Harness, Story};
use obdeck::plane::ControlPlane;
use obdeck::plane::obshell::{Obshell, ObshellProfile};
use obdeck::plane::ocp::{Auth, Ocp, OcpProfile};
use obdeck::sim;
use obdeck::tui::look::Look;
use obdeck::tui::theme::{Palette, Theme};

use super::settings::{profile, settings};

/// Colours and line characters.
pub const LOOK: Look = Look { theme: Theme { palette: Palette::Sixteen }, ascii: false };

type Now = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// A console and the servers it looks at.
pub struct Stage {
    pub harness: Harness,
    pub ocp: sim::Ocp,
    pub agents: Option<sim::Obshell>,
}

impl Stage {
    /// Opens the console on a scenario, at a size.
    pub fn open(scenario: &str, width: u16, height: u16) -> Self {
        Self::of(scenario, width, height, false, |_| JournalFacts::default())
    }
    /// The same with the agents of the cluster `edge` beside OCP, as in the demo.
    pub fn with_agents(scenario: &str, width: u16, height: u16) -> Self {
        Self::of(scenario, width, height, true, |_| JournalFacts::default())
    }
    /// Opens it after what the journal tells, which may depend on the time.
    pub fn after(
        scenario: &str,
        width: u16,
        height: u16,
        journal: impl FnOnce(Timestamp) -> JournalFacts,
    ) -> Self {
        Self::of(scenario, width, height, false, journal)
    }
    fn of(
        scenario: &str,
        width: u16,
        height: u16,
        with_agents: bool,
        journal: impl FnOnce(Timestamp) -> JournalFacts,
    ) -> Self {
        obdeck::plane::install_tls_provider();
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .expect("runtime");
        let clock = sim::Clock::manual();
        let options = sim::Options {
            scenario: scenario.to_owned(),
            clock: Some(clock.clone()),
            ..sim::Options::default()
        };
        let ocp = runtime.block_on(sim::Ocp::serve(options)).expect("served");
        let now: Now = {
            let clock = clock.clone();
            Arc::new(move || Timestamp::from_millis(clock.now()))
        };
        let (mut planes, mut profiles) = (Planes::new(), Vec::new());
        let mut join = |plane: Arc<dyn ControlPlane>, facts: ProfileFacts| {
            planes.insert(facts.name.clone(), plane);
            profiles.push(facts);
        };
        let auth = Auth::Basic {
            username: ocp.username().to_owned(),
            password: Secret::new(ocp.password().to_owned()),
        };
        let profile = OcpProfile::new(ProfileName::new("demo"), ocp.url(), auth);
        let plane = {
            let _inside = runtime.enter();
            Ocp::connect(profile, now.clone()).expect("connected")
        };
        let facts = facts(&plane, ocp.url(), ocp.username());
        join(Arc::new(plane), facts);
        let agents = with_agents.then(|| {
            let options = sim::obshell::Options {
                scenario: scenario.to_owned(),
                clock: Some(clock.clone()),
                ..sim::obshell::Options::default()
            };
            runtime.block_on(sim::Obshell::serve(options)).expect("served")
        });
        if let Some(agents) = &agents {
            let plane = {
                let _inside = runtime.enter();
                edge(agents, now.clone())
            };
            let facts = self::facts(&plane, agents.url(), "root");
            join(Arc::new(plane), facts);
        }
        let settings = Settings { journal: journal(now()), demo: true, ..settings(profiles) };
        let story = Story { now, advance: Box::new(move |by| clock.advance(by.to_std())) };
        let harness = Harness::new(runtime, settings, planes, LOOK, Size { width, height }, story);
        Self { harness, ocp, agents }
    }
    /// A picture in which what the system or chance chose is always the same: ports, also inside the IDs that agents
    /// make of their addresses, and trace IDs. Nothing moves: each is replaced by one of its width.
    pub fn steady(&self, text: &str) -> String {
        let mut text = text.replace(&format!("127.0.0.1:{}", self.ocp.address().port()), "127.0.0.1:18080");
        let Some(agents) = &self.agents else { return text };
        for (ix, at) in agents.addresses().iter().enumerate() {
            let (port, told) = (format!("{:05}", at.port()), format!("2886{}", ix + 1));
            text = text.replace(&format!("127.0.0.1:{port}"), &format!("127.0.0.1:{told}"));
            text = text.replace(&format!("22130706433{port}"), &format!("22130706433{told}"));
        }
        traces(&text)
    }
}

/// What the console is told of a control plane.
pub(super) fn facts(plane: &dyn ControlPlane, origin: String, user: &str) -> ProfileFacts {
    let profile = profile(plane.profile().raw());
    ProfileFacts { capabilities: plane.capabilities(), origin, user: user.to_owned(), ..profile }
}

fn edge(agents: &sim::Obshell, now: Now) -> Obshell {
    let urls = agents.urls();
    let (first, peers) = urls.split_first().expect("an agent");
    let password = Secret::new(agents.password().to_owned());
    let profile = ObshellProfile {
        peers: peers.to_vec(),
        ..ObshellProfile::new(ProfileName::new("edge"), first.clone(), password)
    };
    Obshell::connect(profile, now).expect("connected")
}

/// Every word of sixteen hexadecimal digits made the same.
fn traces(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut word = String::new();
    for c in text.chars().chain(std::iter::once('\n')) {
        if c.is_ascii_alphanumeric() {
            word.push(c);
            continue;
        }
        let is_trace = word.len() == 16 && word.chars().all(|c| matches!(c, '0'..='9' | 'a'..='f'));
        out.push_str(if is_trace { "71e073145dba4fc8" } else { &word });
        word.clear();
        out.push(c);
    }
    out.pop();
    out
}
