//! A profile that points elsewhere: the question on a terminal (K07).

use super::server::{Server, config_file};
use crate::support::pty::{Pty, Start};

#[test]
fn k07_on_a_terminal_a_changed_host_is_asked_about_and_only_yes_is_yes() {
    let server = Server::start(&["--ocp", "127.0.0.1:0"]);
    let (_folder, config) = config_file(&server.ocp_config());
    let script = |answers: &str| {
        format!(
            "export OBDECK_CONFIG='{config}'\n\"$0\" get clusters >/dev/null && echo first $?\n\
             sed -i s/127.0.0.1:/0.0.0.0:/ '{config}'\n{answers}"
        )
    };
    let get = "\"$0\" get clusters >/dev/null; echo ended $?\n";
    let pty = Pty::spawn(&Start::shell(&script(&[get, get, get].concat())));
    pty.wait_text("first 0");
    pty.wait_text("[y/N]");
    pty.wait_text("profile prod now points to http://0.0.0.0:");
    pty.send(b"\r");
    pty.wait_text("ended 3");
    // Asked again, since no was said.
    pty.wait_for("the second question", |e| e.text().matches("[y/N]").count() == 2);
    pty.send(b"y\r");
    // And not a third time.
    pty.wait_for("both ends", |e| e.text().matches("ended 0").count() == 2);
    assert_eq!(pty.text().matches("[y/N]").count(), 2);
}
