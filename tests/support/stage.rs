//! The console over a simulator whose clock is moved by hand.

use std::sync::Arc;

use obdeck::app::key::Size;
use obdeck::app::settings::{JournalFacts, ProfileFacts, Settings};
use obdeck::domain::id::ProfileName;
use obdeck::domain::secret::Secret;
use obdeck::domain::time::{Span, Timestamp};
use obdeck::driver::reads::Planes;
use obdeck::harness::{Harness, Story};
use obdeck::plane::ControlPlane;
use obdeck::plane::ocp::{Auth, Ocp, OcpProfile};
use obdeck::sim;
use obdeck::tui::look::Look;
use obdeck::tui::theme::{Palette, Theme};

/// Colours and line characters.
pub const LOOK: Look = Look { theme: Theme { palette: Palette::Sixteen }, ascii: false };

/// A console and the server it looks at.
pub struct Stage {
    pub harness: Harness,
    pub ocp: sim::Ocp,
}

impl Stage {
    /// Opens the console on a scenario, at a size.
    pub fn open(scenario: &str, width: u16, height: u16) -> Self {
        Self::after(scenario, width, height, |_| JournalFacts::default())
    }
    /// The same after what the journal tells, which may depend on the time.
    pub fn after(
        scenario: &str,
        width: u16,
        height: u16,
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
        let now: Arc<dyn Fn() -> Timestamp + Send + Sync> = {
            let clock = clock.clone();
            Arc::new(move || Timestamp::from_millis(clock.now()))
        };
        let name = ProfileName::new("demo");
        let auth = Auth::Basic {
            username: ocp.username().to_owned(),
            password: Secret::new(ocp.password().to_owned()),
        };
        let profile = OcpProfile::new(name.clone(), ocp.url(), auth);
        let plane = {
            let _inside = runtime.enter();
            Ocp::connect(profile, now.clone()).expect("connected")
        };
        let settings = Settings {
            profiles: vec![ProfileFacts {
                name: name.clone(),
                capabilities: plane.capabilities(),
                rules: obdeck::domain::guard::Rules::default(),
                origin: ocp.url(),
                user: ocp.username().to_owned(),
                insecure: false,
                broken: None,
            }],
            refresh: Span::from_secs(2),
            clipboard: true,
            demo: true,
            keys: Vec::new(),
            journal: journal(now()),
        };
        let story = Story { now, advance: Box::new(move |by| clock.advance(by.to_std())) };
        let planes = Planes::from([(name, Arc::new(plane) as Arc<dyn ControlPlane>)]);
        let harness = Harness::new(runtime, settings, planes, LOOK, Size { width, height }, story);
        Self { harness, ocp }
    }
    /// A picture in which the port, which the system chose, is always the same.
    pub fn steady(&self, text: &str) -> String {
        text.replace(&format!("127.0.0.1:{}", self.ocp.address().port()), "127.0.0.1:18080")
    }
}
