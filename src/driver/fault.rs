//! Faults on purpose, for the tests that see what becomes of the terminal (T10). Not in a release build.

use std::sync::atomic::{AtomicBool, Ordering};

use crate::app::key::Key;

/// The key that sets it off, if `OBDECK_TEST_PANIC` names a place.
pub(super) const KEY: Key = Key::char('%');
static PRESSED: AtomicBool = AtomicBool::new(false);

/// The key was pressed.
pub(super) fn press() {
    PRESSED.store(true, Ordering::Relaxed);
}

/// Faults once the key was pressed, if this place is the one named.
pub(super) fn at(place: &str) {
    let here =
        PRESSED.load(Ordering::Relaxed) && std::env::var("OBDECK_TEST_PANIC").is_ok_and(|p| p == place);
    assert!(!here, "a fault on purpose in {place}");
}
