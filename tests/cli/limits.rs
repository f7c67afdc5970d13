//! Little room: few open files, no thread to be had, 64 MiB of memory (T15).

use std::process::{Command, Stdio};

use super::run::{Bench, CLUSTER, CONFIRM, Ran, ZONE, finish};

/// Data of a process, in KiB: what `ulimit -d` counts.
const MEMORY: &str = "ulimit -d 65536";

/// Runs behind limits that a shell sets, with an environment on top.
fn limited(bench: &Bench, limits: &str, env: &[(&str, &str)], args: &[&str]) -> Ran {
    let plain = bench.command(&[args, &["--profile", "ocp"]].concat());
    let mut shell = Command::new("/bin/sh");
    shell.args(["-c", &format!("{limits} && exec \"$@\""), "sh"]);
    shell.arg(plain.get_program()).args(plain.get_args());
    shell.env_clear().envs(plain.get_envs().filter_map(|(k, v)| Some((k, v?)))).envs(env.iter().copied());
    shell.current_dir(bench.home.path());
    shell.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let ran = finish(shell, None);
    assert!(!ran.err.contains("panicked"), "{args:?} behind {limits}: {}", ran.err);
    assert!(![101, -1].contains(&ran.code), "{args:?} behind {limits} ended with {}: {}", ran.code, ran.err);
    ran
}

const STOP: [&str; 7] = ["stop", "zone", CLUSTER, ZONE, "--yes", "--confirm", CONFIRM];

#[test]
fn t15_256_open_files_are_enough_and_with_fewer_it_says_why() {
    let bench = Bench::new();
    limited(&bench, "ulimit -n 256", &[], &["get", "clusters"]).exit(0);
    limited(&bench, "ulimit -n 256", &[], &STOP).exit(0);
    for few in 4..40 {
        let ran = limited(&bench, &format!("ulimit -n {few}"), &[], &["get", "clusters"]);
        assert!(ran.code == 0 || !ran.err.trim().is_empty(), "{few} files: exit {} and not a word", ran.code);
    }
}

#[test]
fn t15_64_mib_are_enough() {
    let bench = Bench::new();
    limited(&bench, MEMORY, &[], &["get", "servers"]).exit(0);
    limited(&bench, MEMORY, &[], &[&STOP[..], &["--wait"]].concat()).exit(0);
}

/// Each thread asks for more than there is, so that none can be made.
#[test]
fn t15_where_no_thread_can_be_made_it_says_so_and_sends_nothing() {
    let bench = Bench::new();
    let huge = ("RUST_MIN_STACK", "1073741824");
    for args in [&["get", "clusters"][..], &STOP] {
        limited(&bench, MEMORY, &[huge], args).exit(1).says(&["could not start a thread", "ulimit -a"]);
    }
    assert!(bench.sim.arrivals().is_empty());
}
