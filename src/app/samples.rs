//! Settings and profiles for tests; `tests/support` takes in this file too, as it does that of `domain`.

use crate::app::settings::{JournalFacts, ProfileFacts, Settings};
use crate::domain::capability::{Capabilities, PlaneKind};
use crate::domain::guard::Rules;
use crate::domain::time::Span;

/// A profile of an OCP that may write.
pub(crate) fn profile(name: &str) -> ProfileFacts {
    ProfileFacts {
        name: name.into(),
        capabilities: Capabilities { kind: PlaneKind::Ocp, read_only: false },
        rules: Rules::default(),
        origin: "https://ocp.example.com:8443".to_owned(),
        user: "oncall".to_owned(),
        insecure: false,
        broken: None,
    }
}

/// What a console over these profiles starts with, where nothing is configured.
pub(crate) fn settings(profiles: Vec<ProfileFacts>) -> Settings {
    Settings {
        profiles,
        refresh: Span::from_secs(2),
        clipboard: true,
        demo: false,
        keys: Vec::new(),
        journal: JournalFacts::default(),
    }
}
