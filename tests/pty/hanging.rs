//! Keys while the network says nothing.

use obdeck::sim::faults::{Fault, What};
use obdeck::sim::{Ocp, Options};

use super::server::config_file;
use crate::support::pty::{Pty, Start};

/// Keys pressed while a read hangs, each of which waits for its own frame.
const KEYS: usize = 40;

#[test]
fn n15_every_key_has_its_frame_while_a_read_hangs() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let sim = runtime.block_on(Ocp::serve(Options::default())).expect("serves");
    let (_folder, config) = config_file(&format!(
        "[[profile]]\nname = \"prod\"\nkind = \"ocp\"\nurl = \"{}\"\n\
         auth = {{ type = \"basic\", username = \"{}\", password = \"{}\" }}\n",
        sim.url(),
        sim.username(),
        sim.password()
    ));
    let mut pty = Pty::spawn(&Start::obdeck(&["--config", &config]));
    pty.wait_text("protoss");
    pty.send(b"/protoss\r");
    pty.send(b"\x1b[B\x1b[B");
    pty.wait_text("protoss › zone2");

    // From here on nothing is answered; a read is on its way before the first key.
    sim.faults().add(Fault::new(What::Silence));
    let answered = sim.arrivals().len();
    pty.send_until(b"\x12", |_| sim.arrivals().len() > answered);
    let hanging = sim.arrivals().len();
    for n in 0..KEYS {
        let (key, place) = [(b"k", "protoss › zone1"), (b"j", "protoss › zone2")][n % 2];
        pty.send(key);
        pty.wait_text(place);
    }
    // Neither does an overlay ask the network first.
    pty.send(b"?");
    pty.wait_text("Help");
    pty.send_until(b"\x1b", |e| !e.text().contains("Help"));
    // A key that waited for the read before it would have seen it fail and the next one leave: one for each key.
    let asked = sim.arrivals().len() - hanging;
    assert!(asked < KEYS / 2, "{asked} reads left during {KEYS} keys");

    // Nor does the end wait for an answer.
    pty.send(b"\x03");
    assert_eq!(pty.wait(), 0);
    pty.assert_given_back();
}
