//! An OBShell stop in the console, from the tree to the end of the task, over agents that count what they are sent.

use super::server::{Server, config_file, confirm_stop};
use crate::support::pty::{Pty, Start};

#[test]
fn a_zone_is_stopped_through_agents_with_mode_check_request_sub_dags_and_trace() {
    // Slow enough that every poll of a second sees the stages go on, fast enough to wait for the end.
    let server = Server::start(&["--speed", "3", "--obshell", "127.0.0.1:0"]);
    let (_folder, config) = config_file(&server.agents_config());
    let mut pty = Pty::spawn(&Start::obdeck(&["--config", &config]));

    pty.wait_text("AVAILABLE");
    pty.wait_text("zone2");
    pty.send(b"/zone2\r");
    pty.wait_text("edge › zone2");
    pty.send(b"S");
    pty.wait_text("STOP zone2 of edge");

    // The check line: read before anything is sent.
    pty.wait_text("passed: a plain stop would be taken now");
    // Each mode has its own request.
    pty.wait_text("\"force\":false");
    pty.send_until(b"\x1b[Z", |e| e.text().contains("▌Mode"));
    pty.send(b"\x1b[B");
    pty.wait_text("(•) stop zone + process");
    pty.wait_text("POST /api/v1/ob/zone/zone2/stop");
    pty.wait_text("{\"freeze_server\":false}");
    assert_eq!(server.orders(), 0, "a check is no order");

    pty.send_until(b"\t", |e| e.text().contains("▌ Type"));
    confirm_stop(&pty, "edge/zone2");

    pty.wait_text("accepted: task 2");
    pty.wait_text("trace ");
    pty.wait_for("sub DAGs under their stage", |e| {
        e.text().contains("▾ sub DAGs ×3") && e.text().contains("Start preparations")
    });
    pty.wait_for("the stage in which they work", |e| {
        e.text()
            .lines()
            .any(|l| l.contains('▶') && l.contains("Wait for all agents") && l.contains("RUNNING"))
    });
    pty.wait_for("the task to its end", |e| {
        e.text().contains("✓ done 10/10")
            && e.text().contains("3 done")
            && e.text().contains("3/3 Wait for task")
    });
    assert_eq!(server.orders(), 1, "one yes, one order");
    let raw = String::from_utf8_lossy(&pty.raw()).into_owned();
    assert!(!raw.contains("FAILED"), "a meeting point of a sub DAG was shown as a failure");

    pty.send(b"\x03");
    assert_eq!(pty.wait(), 0);
    pty.assert_given_back();
}
