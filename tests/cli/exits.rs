//! A test for each row of the exit codes.

use std::process::Stdio;

use super::run::{Bench, CLUSTER, CONFIRM, ZONE, bare, command, finish, private};

#[test]
fn exit_0_help_version_completions_man() {
    assert!(bare(&["--help"], None).exit(0).out.contains("Exit codes:"));
    assert!(bare(&["--version"], None).exit(0).out.starts_with("obdeck "));
    assert!(bare(&["stop", "zone", "--help"], None).exit(0).out.contains("--confirm"));
    for shell in ["bash", "zsh", "fish"] {
        assert!(bare(&["completions", shell], None).exit(0).out.contains("obdeck"));
    }
    assert!(bare(&["man"], None).exit(0).out.starts_with(".ie"));
}

#[test]
fn exit_2_a_wrong_command_line() {
    for args in [
        &["no-such-verb"][..],
        &["get"],
        &["stop", "zone", "only-a-cluster"],
        &["get", "tasks", "--limit", "0"],
        &["get", "clusters", "--timeout", "soon"],
        &["graph", "-", "--format", "png"],
        &["get", "clusters", "-o", "yaml"],
    ] {
        let ran = bare(args, None).exit(2);
        assert!(ran.out.is_empty() && !ran.err.is_empty(), "{args:?}");
    }
}

#[test]
fn exit_2_a_tour_is_played_over_the_simulators_of_the_demo_and_nowhere_else() {
    for args in [&["--tour"][..], &["simulate", "--tour"], &["replay", "tape", "--tour"]] {
        bare(args, None).exit(2).says(&["--tour"]);
    }
}

#[test]
fn exit_2_no_profile_is_configured() {
    bare(&["get", "clusters"], None).exit(2).says(&[
        "no profile is configured",
        "obdeck init",
        "obdeck demo",
    ]);
}

#[test]
fn exit_2_a_config_that_was_named_and_is_not_there() {
    bare(&["get", "clusters", "--config", "/no/such/config.toml"], None)
        .exit(2)
        .says(&["/no/such/config.toml", "No such file"]);
}

#[test]
fn exit_2_an_unknown_profile_lists_those_there_are() {
    Bench::new().all(&["get", "clusters", "--profile", "prod"]).exit(2).says(&["`prod`", "ocp, key"]);
}

#[test]
fn t07_the_console_without_a_terminal_names_the_verbs() {
    let ran = bare(&[], None).exit(2).says(&["stdin is not a terminal", "obdeck get clusters"]);
    assert!(ran.out.is_empty(), "no byte of a screen goes down a pipe");
    bare(&["demo"], None).exit(2).says(&["needs a terminal"]);
}

#[test]
fn exit_3_not_confirmed() {
    let bench = Bench::new();
    bench.run(&["stop", "zone", CLUSTER, ZONE]).exit(3).says(&["nothing was sent", "--yes"]);
    bench.run(&["stop", "zone", CLUSTER, ZONE, "--yes"]).exit(3).says(&["--confirm 'meta01/zone3'"]);
    let wrong = ["stop", "zone", CLUSTER, ZONE, "--yes", "--confirm", "meta01/zone2", "--override", "x"];
    bench.run(&wrong).exit(3).says(&["differs from letter 12 on"]);
    assert!(bench.actions().is_empty());
}

#[test]
fn a13_exit_3_a_read_only_profile_sends_nothing_but_reads() {
    let bench = Bench::new();
    let stop =
        ["stop", "zone", CLUSTER, ZONE, "--yes", "--confirm", CONFIRM, "--override", "x", "--reason", "x"];
    bench.run(&[&stop[..], &["--read-only"]].concat()).exit(3).says(&["read-only"]);
    bench.run(&["task", "retry", "23785027", "--yes", "--read-only"]).exit(3).says(&["read-only"]);
    assert!(bench.actions().is_empty());
}

#[test]
fn k08_exit_3_an_unjudged_certificate_and_danger_high() {
    let bench = Bench::new();
    bench.more(&format!(
        "[[profile]]\nname = \"risky\"\nkind = \"ocp\"\nurl = \"{}\"\ndanger = \"high\"\ntls = {{ insecure = true }}\nauth = {{ type = \"basic\", username = \"admin\", password_env = \"T_OCP\" }}\n",
        bench.sim.url()
    ));
    let stop = ["stop", "zone", CLUSTER, ZONE, "--yes", "--confirm", CONFIRM, "--profile", "risky"];
    bench.all(&stop).exit(3).says(&["tls.insecure", "tls.ca_file"]);
    assert!(bench.actions().is_empty());
}

#[test]
fn h01_exit_4_a_wrong_password_is_tried_once() {
    let bench = Bench::new();
    let mut c = bench.command(&["get", "clusters", "--profile", "ocp"]);
    c.env("T_OCP", "wrong-canary");
    let ran = finish(c, None).exit(4).says(&["401", "accounts get locked"]);
    assert!(!ran.err.contains("wrong-canary"));
    assert_eq!(bench.sim.arrivals().len(), 1);
}

#[test]
fn n01_exit_5_a_closed_port() {
    let bench = Bench::new();
    let url = bench.sim.url();
    let config = std::fs::read_to_string(bench.config()).unwrap().replace(&url, "http://127.0.0.1:9");
    private(&bench.config(), &config);
    bench.run(&["get", "clusters"]).exit(5).says(&["127.0.0.1:9"]);
    bench.run(&["stop", "zone", "c", "z", "--yes", "--confirm", "c/z"]).exit(5);
}

#[test]
fn exit_8_not_found_lists_what_there_is() {
    let bench = Bench::new();
    let yes = ["--yes", "--confirm", "meta01/no-such-zone"];
    let zone = ["stop", "zone", CLUSTER, "no-such-zone"];
    bench.run(&[&zone[..], &yes].concat()).exit(8).says(&["no-such-zone", "zone1, zone2, zone3"]);
    bench.run(&["stop", "cluster", "no-such-cluster"]).exit(8).says(&["there are:", "protoss"]);
    bench.run(&["stop", "server", CLUSTER, "10.0.0.1:1"]).exit(8).says(&["there are:", ":2882"]);
    bench.run(&["get", "zones", "--cluster", "x"]).exit(8);
    bench.run(&["get", "task", "1"]).exit(8).says(&["trace "]);
    bench.run(&["task", "watch", "1"]).exit(8);
    assert!(bench.actions().is_empty());
}

#[test]
fn exit_8_a_cluster_that_two_profiles_show_is_ambiguous() {
    let bench = Bench::new();
    let ran = bench.all(&["stop", "zone", CLUSTER, ZONE, "--yes", "--confirm", CONFIRM]).exit(8);
    ran.says(&["more than one cluster", "ocp/meta01 (ID 1)", "key/meta01 (ID 1)"]);
    bench.all(&["stop", "zone", "key/meta01", ZONE, "--dry-run"]).exit(0);
    assert!(bench.actions().is_empty());
}

#[test]
fn exit_9_refused_there_for_its_state() {
    let bench = Bench::new();
    bench.run(&["task", "retry", "23785027", "--yes"]).exit(9).says(&["trace ", "\"", "nothing was done"]);
}

#[test]
fn a_profile_that_fails_leaves_the_others_their_answer() {
    let bench = Bench::new();
    bench.more("[[profile]]\nname = \"dead\"\nkind = \"ocp\"\nurl = \"http://127.0.0.1:9\"\nauth = { type = \"basic\", username = \"u\", password_env = \"T_OCP\" }\n");
    let ran = bench.all(&["get", "clusters"]).exit(0).says(&["profile dead"]);
    assert_eq!(ran.json()["contents"].as_array().unwrap().len(), 8);
    bench.all(&["get", "clusters", "--profile", "dead"]).exit(5);
    // An action must not go to the one that answered: the name might be meant on the other.
    bench.all(&["stop", "zone", CLUSTER, ZONE, "--dry-run"]).exit(5).says(&["could stand there too"]);
}

#[test]
fn an_agent_that_is_not_there_is_unreachable_and_does_not_hide_the_others() {
    let bench = Bench::new();
    bench.more("[[profile]]\nname = \"edge\"\nkind = \"obshell\"\nurl = \"http://127.0.0.1:9\"\nauth = { type = \"password\", password_env = \"T_OCP\" }\n");
    bench.all(&["config", "check"]).exit(0);
    bench.all(&["get", "clusters", "--profile", "edge"]).exit(5).says(&["127.0.0.1:9"]);
    bench.all(&["get", "clusters"]).exit(0).says(&["edge"]);
    bench.all(&["impact", "stop", "zone", "ocp/meta01", ZONE]).exit(0);
}

#[test]
fn t06_a_closed_pipe_ends_quietly() {
    let bench = Bench::new();
    let mut child = bench.start(&["get", "servers", "-o", "ndjson"]);
    drop(child.stdout.take());
    let done = child.wait_with_output().unwrap();
    assert!(matches!(done.status.code(), Some(0 | 141)), "{done:?}");
    assert!(done.stderr.is_empty(), "{}", String::from_utf8_lossy(&done.stderr));
}

#[test]
fn t06_a_full_disk_is_a_failure() {
    let home = tempfile::tempdir().unwrap();
    let mut c = command(home.path());
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    c.args(["config", "path"]).stdout(Stdio::from(full));
    finish(c, None).exit(1).says(&["could not write the result", "No space left"]);
}
