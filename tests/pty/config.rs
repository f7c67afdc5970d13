//! The config under a running console.

use super::server::{Server, config_file, confirm_stop, open_stop};
use crate::support::pty::{Pty, Start};

#[test]
fn f07_a_config_changed_while_running_changes_nothing_until_the_next_start() {
    let server = Server::start(&["--speed", "200", "--ocp", "127.0.0.1:0"]);
    let (_folder, config) = config_file(&server.ocp_config());
    let start = Start::obdeck(&["--config", &config]);
    let mut pty = Pty::spawn(&start);
    pty.wait_text("protoss");
    open_stop(&pty);

    // Under the open dialog the profile gets another name, another control plane and no right to write, and the
    // editor is not done yet: the file ends inside a word.
    let half = "[[profile]]\nname = \"other\"\nkind = \"ocp\"\nread_only = true\nurl = \"http://127.0.0.1:1";
    std::fs::write(&config, half).expect("written");

    pty.send_until(b"\x1b[Z", |e| e.text().contains("▌ Type"));
    confirm_stop(&pty, "protoss/zone2");
    pty.wait_for("the task to its end", |e| e.text().contains("Stop OB zone") && e.text().contains("done"));
    assert_eq!(server.orders(), 1, "the dialog was bound to the profile as it was when it opened");
    // The next start would take nothing of it.
    let mut next = Pty::spawn(&start);
    assert_eq!(next.wait(), 2, "{}", next.text());
    next.wait_text("config.toml");

    // The editor is done: the file is whole, and of another profile. Reading again is reading the control planes.
    let whole = server.ocp_config().replace("\"prod\"", "\"other\"");
    std::fs::write(&config, whole).expect("written");
    pty.send(b"1");
    pty.wait_text("Topology");
    pty.send(b"\x12?");
    // The frame of the key after it shows what that one did.
    pty.wait_text("Help");
    pty.send_until(b"\x1b", |e| !e.text().contains("Help"));
    pty.wait_text("ocp:prod");
    assert!(!pty.text().contains("other"), "{}", pty.text());
    pty.send(b"\x03");
    assert_eq!(pty.wait(), 0);

    // The next start takes all of it.
    let mut next = Pty::spawn(&start);
    next.wait_text("ocp:other");
    assert!(!next.text().contains("prod"), "{}", next.text());
    next.send(b"\x03");
    assert_eq!(next.wait(), 0);
    assert_eq!(server.orders(), 1);
}
