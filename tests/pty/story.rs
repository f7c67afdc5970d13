//! The README's story, from the first frame to the shell's prompt, over a server that counts what it is sent.

use super::server::{Server, config_file, confirm_stop, name, open_stop};
use crate::support::pty::{Pty, Start};

#[test]
fn the_story_of_the_readme_a_zone_is_stopped_with_one_post_and_watched_to_its_end() {
    let server = Server::start(&["--speed", "200", "--ocp", "127.0.0.1:0"]);
    let (_folder, config) = config_file(&server.ocp_config());
    let mut pty = Pty::spawn(&Start::obdeck(&["--config", &config]));

    pty.wait_text("protoss");
    assert!(pty.look(|e| e.row(0)).contains("PROD"), "{}", pty.text());
    open_stop(&pty);

    // A wrong name and a yes: nothing is sent.
    name(&pty, "protoss/zone3");
    pty.wait_text("protoss/zone3");
    pty.send(b"\ry");
    pty.wait_text("locked");
    assert_eq!(server.orders(), 0);

    pty.send_until(b"\x1b[Z", |e| e.text().contains("▌ Type"));
    confirm_stop(&pty, "protoss/zone2");
    pty.wait_for("the task to its end", |e| e.text().contains("Stop OB zone") && e.text().contains("done"));
    assert_eq!(server.orders(), 1, "one yes, one POST");

    pty.send(b"\x03");
    assert_eq!(pty.wait(), 0);
    pty.assert_given_back();
}
