//! The secrets in use, looked for in everything that a session leaves behind (P7, K rows).

use std::path::{Path, PathBuf};

use super::agents::{Edge, SURE};
use super::run::{Bench, CLUSTER, CONFIRM, ZONE};
use crate::support::canary::files;

#[test]
fn p7_no_artefact_of_a_session_holds_a_secret() {
    let bench = Bench::new();
    let home = bench.home.path();
    let file = |name: &str| home.join(name).display().to_string();
    let stop = ["stop", "zone", CLUSTER, ZONE, "--reason", "CHG-1"];
    let mut told = Vec::new();
    for (profile, n) in [("ocp", 1), ("key", 2)] {
        let (log, tape) = (file(&format!("log{n}")), file(&format!("tape{n}")));
        let by = ["--profile", profile, "-v"];
        for args in [
            [&["get", "clusters", "-o", "json"][..], &by].concat(),
            [&stop[..], &["--dry-run"], &by].concat(),
            [&stop[..], &["--yes", "--confirm", CONFIRM, "--log", &log, "--record", &tape, "--wait"], &by]
                .concat(),
            [&["start", "zone", CLUSTER, ZONE, "--yes", "--confirm", CONFIRM, "--wait"][..], &by].concat(),
        ] {
            let ran = bench.all(&args);
            told.push((args.join(" "), ran.out + &ran.err));
        }
    }
    for args in [
        &["history"][..],
        &["history", "export", "--format", "md"],
        &["history", "export", "--format", "json"],
        &["config", "check"],
        &["config", "path"],
    ] {
        let ran = bench.all(args);
        told.push((args.join(" "), ran.out + &ran.err));
    }
    assert!(
        told.iter().any(|(_, t)| t.contains("authorization") || t.contains("Authorization")),
        "a dry run was printed"
    );
    for (args, text) in &told {
        bench.no_secret_in(args, text);
    }
    let left: Vec<PathBuf> = files(home).into_iter().filter(|p| *p != bench.config()).collect();
    let names = format!("{left:?}");
    for name in ["log1", "tape1", "tape2", "journal"] {
        assert!(names.contains(name), "{name} is missing in {names}");
    }
    for path in left {
        let text = String::from_utf8_lossy(&std::fs::read(&path).unwrap()).into_owned();
        bench.no_secret_in(&path.display().to_string(), &text);
    }
}

#[test]
fn p7_the_agents_password_is_in_nothing_that_a_session_leaves() {
    let edge = Edge::new();
    let tape = edge.home.path().join("tape").display().to_string();
    // `run` looks at stdout and stderr itself.
    edge.run(&["stop", "zone", "edge", "zone2", "--dry-run", "-v"]);
    edge.run(
        &[&["stop", "zone", "edge", "zone2", "-v", "--record", &tape], &SURE[..], &["edge/zone2"]].concat(),
    )
    .exit(0);
    for path in files(edge.home.path()) {
        let text = String::from_utf8_lossy(&std::fs::read(&path).unwrap()).into_owned();
        assert!(!text.contains(edge.sim.password()), "the password stands in {}", path.display());
    }
}

#[test]
fn k06_no_picture_or_document_holds_a_secret_of_the_demo() {
    let (bench, edge) = (Bench::new(), Edge::new());
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut all: Vec<PathBuf> =
        ["docs", "screenshots", "assets"].iter().flat_map(|f| files(&root.join(f))).collect();
    all.extend(["README.md", "CHANGELOG.md", "SECURITY.md", "ARCHITECTURE.md"].map(|f| root.join(f)));
    assert!(all.len() > 20, "{all:?}");
    for path in all {
        let text = String::from_utf8_lossy(&std::fs::read(&path).unwrap()).into_owned();
        bench.no_secret_in(&path.display().to_string(), &text);
        assert!(!text.contains(edge.sim.password()), "a password in {}", path.display());
    }
}
