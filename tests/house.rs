//! The house rules that can be checked: which room uses which, which outside crates stay in which rooms, no file
//! that nothing reaches, no text that does not belong into the repository.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// (room, rooms it may use). A room that is missing here may not exist.
const ROOMS: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("sim", &[]),
    ("graph", &["domain"]),
    ("plane", &["domain"]),
    ("store", &["domain"]),
    ("app", &["domain", "graph"]),
    ("text", &["domain", "app"]),
    ("tui", &["domain", "graph", "app", "text"]),
    ("driver", &["domain", "app", "plane", "store", "tui"]),
    ("cli", &["domain", "sim", "graph", "plane", "store", "app", "text", "tui", "driver", "harness"]),
    ("harness", &["domain", "graph", "plane", "app", "text", "tui", "driver"]),
];

/// (outside crate, rooms it may be named in).
const CRATES: &[(&str, &[&str])] = &[
    ("axum", &["sim"]),
    ("clap", &["cli"]),
    ("color_eyre", &["cli", "main"]),
    ("crossterm", &["tui"]),
    ("jiff", &["domain/time.rs", "driver/clock.rs", "sim"]),
    ("ratatui", &["tui", "harness"]),
    ("reqwest", &["plane"]),
    ("rustls", &["plane"]),
    ("rustls_platform_verifier", &["plane"]),
    ("toml", &["store", "sim"]),
    ("tui_tree_widget", &["tui"]),
];

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Every file below a folder, as (path relative to it with `/`, content), sorted.
fn files(folder: &str, ending: &str) -> Vec<(String, String)> {
    fn walk(dir: &Path, ending: &str, out: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(dir).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                walk(&path, ending, out);
            } else if path.to_string_lossy().ends_with(ending) {
                out.push(path);
            }
        }
    }
    let base = root().join(folder);
    let mut paths = Vec::new();
    walk(&base, ending, &mut paths);
    paths.sort();
    paths
        .into_iter()
        .map(|p| {
            let name = p.strip_prefix(&base).expect("below its folder").to_string_lossy().replace('\\', "/");
            (name, fs::read_to_string(&p).unwrap_or_default())
        })
        .collect()
}

/// Code lines: what is not a comment. Test modules count too: a test must not knot the rooms either.
fn code(text: &str) -> impl Iterator<Item = &str> {
    text.lines().map(|l| l.find("//").map_or(l, |at| &l[..at]))
}

fn room(file: &str) -> &str {
    file.split('/').next().unwrap_or(file).trim_end_matches(".rs")
}

/// Names that follow `prefix` in a line: `crate::domain::id` gives `domain` for `crate::`.
fn names_after<'a>(line: &'a str, prefix: &'a str) -> impl Iterator<Item = &'a str> {
    line.match_indices(prefix).filter_map(move |(at, _)| {
        let before = line[..at].chars().next_back();
        if before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == ':') {
            return None;
        }
        let rest = &line[at + prefix.len()..];
        let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
        Some(&rest[..end])
    })
}

#[test]
fn rooms_use_only_the_rooms_below_them() {
    let allowed: BTreeMap<&str, &[&str]> = ROOMS.iter().copied().collect();
    let mut wrong = Vec::new();
    for (file, text) in files("src", ".rs") {
        let here = room(&file);
        if matches!(here, "main" | "lib") {
            continue;
        }
        let Some(may) = allowed.get(here) else {
            wrong.push(format!("{file}: no room `{here}` in the table"));
            continue;
        };
        for line in code(&text) {
            for used in names_after(line, "crate::") {
                if allowed.contains_key(used) && used != here && !may.contains(&used) {
                    wrong.push(format!("{file}: {here} uses {used}: {}", line.trim()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "arrows that go up:\n{}", wrong.join("\n"));
}

#[test]
fn outside_crates_stay_in_their_rooms() {
    let mut wrong = Vec::new();
    for (file, text) in files("src", ".rs") {
        for line in code(&text) {
            for (name, rooms) in CRATES {
                let named = line.contains(&format!("{name}::"))
                    && names_after(line, &format!("{name}::")).next().is_some()
                    || line.trim_start().starts_with(&format!("use {name};"));
                if named && !rooms.iter().any(|r| *r == room(&file) || *r == file) {
                    wrong.push(format!("{file}: {name}: {}", line.trim()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "crates outside their rooms:\n{}", wrong.join("\n"));
}

#[test]
fn every_file_is_reached_by_a_mod_line() {
    let all = files("src", ".rs");
    let mut lost = Vec::new();
    for (file, _) in &all {
        let path = file.trim_end_matches(".rs").trim_end_matches("/mod");
        if matches!(path, "main" | "lib") {
            continue;
        }
        let (parent, name) = path.rsplit_once('/').unwrap_or(("", path));
        let parents: Vec<String> = if parent.is_empty() {
            vec!["lib.rs".to_owned(), "main.rs".to_owned()]
        } else {
            vec![format!("{parent}.rs"), format!("{parent}/mod.rs")]
        };
        let declared = all
            .iter()
            .filter(|(f, _)| parents.contains(f))
            .any(|(_, text)| code(text).any(|l| l.trim_end().ends_with(&format!("mod {name};"))));
        if !declared {
            lost.push(file.clone());
        }
    }
    assert!(lost.is_empty(), "files that nothing reaches: {lost:?}");
}

#[test]
fn every_module_opens_with_its_purpose() {
    let bare: Vec<String> = files("src", ".rs")
        .into_iter()
        .filter(|(_, text)| !text.starts_with("//!"))
        .map(|(file, _)| file)
        .collect();
    assert!(bare.is_empty(), "files without a module doc: {bare:?}");
}

/// What keeps RUSTSEC-2023-0071 away: it needs a private key, and there is none but the stand-in's.
#[test]
fn no_private_key_is_held() {
    let holds = |(file, text): &(String, String)| {
        !file.starts_with("sim/")
            && !file.ends_with("tests.rs")
            && code(text).any(|l| l.contains("RsaPrivateKey"))
    };
    let wrong: Vec<String> = files("src", ".rs").into_iter().filter(holds).map(|(file, _)| file).collect();
    assert!(wrong.is_empty(), "private keys: {wrong:?}");
}

#[test]
fn every_limit_is_used() {
    let limits = fs::read_to_string(root().join("src/domain/limits.rs")).expect("limits");
    let names: BTreeSet<&str> =
        limits.lines().filter_map(|l| l.strip_prefix("pub const ")?.split(':').next()).collect();
    let sources = files("src", ".rs");
    let unused: Vec<&&str> = names
        .iter()
        .filter(|n| {
            let count: usize = sources
                .iter()
                .filter(|(f, _)| f != "domain/limits.rs")
                .map(|(_, t)| {
                    code(t).filter(|l| l.contains(&format!("limits::{n}")) || l.contains(**n)).count()
                })
                .sum();
            count == 0
        })
        .collect();
    assert!(unused.is_empty(), "limits that nothing holds: {unused:?}");
}

#[test]
fn the_changelog_has_a_place_for_the_next_change() {
    let text = fs::read_to_string(root().join("CHANGELOG.md")).expect("CHANGELOG.md");
    assert!(text.contains("## [Unreleased]"));
}

#[test]
fn committed_text_names_no_machine() {
    let mut wrong = Vec::new();
    for folder in ["src", "tests", "docs", "assets", "benches"] {
        for ending in [".rs", ".md", ".toml", ".json", ".snap", ".svg"] {
            for (file, text) in files(folder, ending) {
                // Spelled in two parts, so that this file does not find itself.
                for word in [concat!("/wo", "rk/"), concat!("/ro", "ot/"), concat!("BEGIN ", "PRIVATE")] {
                    if text.contains(word) {
                        wrong.push(format!("{folder}/{file}: {word}"));
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:?}");
}
