//! The process itself: no core dumps, panics reported, the terminal's line discipline given back.

use rustix::process::{DumpableBehavior, Resource, Rlimit, set_dumpable_behavior, setrlimit};
use rustix::termios::{OptionalActions, Termios, tcgetattr, tcsetattr};

/// No core dump may hold a password, and no other process of the user may look into this one (K05). Where the system
/// refuses, the program goes on: it is a precaution, not a condition.
pub(crate) fn protect() {
    let none = Rlimit { current: Some(0), maximum: Some(0) };
    let _ = setrlimit(Resource::Core, none);
    let _ = set_dumpable_behavior(DumpableBehavior::NotDumpable);
}

/// A panic is told with place and version; the process then ends with 101.
pub(crate) fn report_panics() -> color_eyre::Result<()> {
    color_eyre::config::HookBuilder::default()
        .panic_section(concat!(
            "This is a defect of obdeck ",
            env!("CARGO_PKG_VERSION"),
            ". An action that was sent is not undone: look with `obdeck get tasks`."
        ))
        .display_env_section(false)
        .install()
}

/// The terminal's modes at the start: a prompt without echo that a signal ends must not leave the shell without it.
pub(crate) struct Tty(Option<Termios>);

impl Tty {
    pub(crate) fn save() -> Self {
        Self(tcgetattr(std::io::stdin()).ok())
    }
    pub(crate) fn restore(&self) {
        let Some(before) = &self.0 else { return };
        // Only when something differs: setting modes from the background would stop the process.
        let differs = tcgetattr(std::io::stdin()).is_ok_and(|now| now.local_modes != before.local_modes);
        if differs {
            let _ = tcsetattr(std::io::stdin(), OptionalActions::Now, before);
        }
    }
}

#[cfg(test)]
mod tests {
    use rustix::process::{dumpable_behavior, getrlimit};

    use super::*;

    #[test]
    fn k05_no_core_is_dumped_and_nobody_looks_in() {
        protect();
        assert_eq!(getrlimit(Resource::Core), Rlimit { current: Some(0), maximum: Some(0) });
        assert_eq!(dumpable_behavior().unwrap(), DumpableBehavior::NotDumpable);
    }
}
