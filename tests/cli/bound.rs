//! A secret goes where it went before (K07).

use std::path::PathBuf;

use super::run::{Bench, CLUSTER, ZONE, finish, private};

fn kept(bench: &Bench) -> PathBuf {
    bench.home.path().join(".local/state/obdeck/known-hosts.jsonl")
}

/// Edits the `url` of both profiles: another host, the same secrets.
fn point_to(bench: &Bench, from: &str, to: &str) {
    let text = std::fs::read_to_string(bench.config()).unwrap();
    assert!(text.contains(from), "{text}");
    private(&bench.config(), &text.replace(from, to));
}

/// The simulator by an address that is not loopback, and reaches it all the same.
fn far(bench: &Bench) -> String {
    format!("http://0.0.0.0:{}", bench.sim.address().port())
}

#[test]
fn k07_a_changed_host_gets_no_secret_without_a_terminal() {
    let bench = Bench::new();
    bench.run(&["get", "clusters"]).exit(0);
    let before = bench.sim.arrivals().len();
    let (near, far) = (bench.sim.url(), far(&bench));
    point_to(&bench, &near, &far);
    let stop = ["stop", "zone", CLUSTER, ZONE, "--yes"];
    for args in [&["get", "clusters"][..], &stop] {
        let ran = bench.run(args);
        let file = kept(&bench).display().to_string();
        ran.exit(3).says(&[
            &format!("profile ocp now points to {far}, was {near}"),
            "its password was not sent there",
            "on a terminal",
            &format!("remove the line of profile ocp from {file}"),
        ]);
    }
    assert_eq!(bench.sim.arrivals().len(), before, "something was sent");
    // A profile that was not used before is not in the way.
    bench.all(&["get", "clusters", "--profile", "key"]).exit(0);

    // What the message says to do.
    let lines = std::fs::read_to_string(kept(&bench)).unwrap();
    let rest: Vec<&str> = lines.lines().filter(|l| !l.contains("\"profile\":\"ocp\"")).collect();
    assert_eq!(rest.len(), 1);
    private(&kept(&bench), &(rest.join("\n") + "\n"));
    assert_eq!(bench.run(&["get", "clusters"]).exit(0).err, "");
    point_to(&bench, &far, &near);
    bench.run(&["get", "clusters"]).exit(3);
}

#[test]
fn k07_the_command_that_gives_the_secret_is_not_even_run() {
    let bench = Bench::new();
    let ran = bench.home.path().join("ran");
    let profile = |url: &str| {
        format!(
            "[[profile]]\nname = \"x\"\nkind = \"ocp\"\nurl = \"{url}\"\nauth = {{ type = \"basic\", username = \"u\", password_command = [\"sh\", \"-c\", \"touch {}; echo p\"] }}\n",
            ran.display()
        )
    };
    private(&bench.config(), &profile("http://127.0.0.1:9"));
    bench.all(&["get", "clusters"]).exit(5);
    std::fs::remove_file(&ran).unwrap();
    private(&bench.config(), &profile(&far(&bench)));
    bench.all(&["get", "clusters"]).exit(3);
    assert!(!ran.exists());
}

#[test]
fn k07_from_loopback_to_loopback_passes_silently_and_is_remembered() {
    let (one, two) = (Bench::new(), Bench::new());
    one.run(&["get", "clusters"]).exit(0);
    point_to(&one, &one.sim.url(), &two.sim.url());
    assert_eq!(one.run(&["get", "clusters"]).exit(0).err, "");
    let text = std::fs::read_to_string(kept(&one)).unwrap();
    assert!(text.contains(&two.sim.url()) && !text.contains(&one.sim.url()), "{text}");
    one.no_secret_in("the file of known hosts", &text);
}

#[test]
fn k07_f05_reads_work_where_nothing_can_be_remembered_and_it_is_said_once() {
    let bench = Bench::new();
    let mut c = bench.command(&["get", "clusters"]);
    c.env("XDG_STATE_HOME", bench.config().join("state"));
    let ran = finish(c, None).exit(0);
    assert_eq!(
        ran.err.matches("a change of a profile's host would not be noticed").count(),
        1,
        "{}",
        ran.err
    );
}
