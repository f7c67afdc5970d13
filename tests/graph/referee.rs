//! The outside referee over the shared graphs: `OBDECK_REFEREE` names its script, `OBDECK_FIXTURES` the folder that
//! holds `graphs`.

use std::path::{Path, PathBuf};
use std::process::Command;

use obdeck::graph::{Collapse, Face, Form, LayoutOptions, Orientation, collapse, export, layout};
use serde_json::Value;

use super::files::dag;

fn judge(args: &[&str]) -> (bool, Value) {
    let script = std::env::var("OBDECK_REFEREE").unwrap();
    let out = Command::new("python3").arg(script).args(args).output().unwrap();
    let report: Value = serde_json::from_slice(&out.stdout).unwrap_or(Value::Null);
    (out.status.success(), report)
}

struct Case {
    path: PathBuf,
    form: Form,
    orientation: Orientation,
    fold: Collapse,
}

/// Complaints about one drawing, and its order crossings.
fn check(case: &Case, dir: &Path) -> (Vec<String>, u64) {
    let text = std::fs::read_to_string(&case.path).unwrap();
    let dag = collapse(&dag(&serde_json::from_str(&text).unwrap()), case.fold);
    let options =
        LayoutOptions { form: case.form, orientation: case.orientation, ..LayoutOptions::default() };
    let begin = std::time::Instant::now();
    let scene = layout(&dag, &options);
    let took = begin.elapsed();
    let faces = Face::all(&dag);
    let file = |name: &str, text: &str| {
        let path = dir.join(name);
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let graph = case.path.to_str().unwrap();
    let lay = file("l.json", &export::layout_json(&scene, &dag).to_string());
    let uni = file("t.txt", &export::text(&scene, &faces));
    let asc = file("a.txt", &export::ascii(&scene, &faces));
    let name = format!(
        "{} {:?} {:?} {:?}",
        case.path.file_stem().unwrap().to_str().unwrap(),
        case.form,
        case.orientation,
        case.fold
    );
    let mut bad = Vec::new();
    let (ok, report) = judge(&["layout", graph, &lay]);
    if !ok {
        bad.push(format!("{name}: {} {}", report["by_rule"], report["first"]));
    }
    let metrics = &report["metrics"];
    let order = metrics["order_crossings"].as_u64().unwrap_or(0);
    println!(
        "{name}: {order} order, {} routed, {}x{}, dummies {}, {:.2} ms",
        metrics["crossings"],
        metrics["width"],
        metrics["height"],
        metrics["dummies"],
        took.as_secs_f64() * 1e3
    );
    let (ok, report) = judge(&["text", graph, &lay, &uni]);
    if !ok || report["metrics"]["ambiguous"] != 0 {
        bad.push(format!("{name} text: {report}"));
    }
    let (_, report) = judge(&["text", graph, &lay, &asc, "--ascii"]);
    let rules = &report["by_rule"];
    if rules.get("line-broken").is_some() || rules.get("outside").is_some() || !rules.is_object() {
        bad.push(format!("{name} ascii: {report}"));
    }
    (bad, order)
}

#[test]
#[ignore = "needs OBDECK_REFEREE and OBDECK_FIXTURES"]
fn the_referee_finds_nothing_on_the_shared_graphs() {
    let folder = PathBuf::from(std::env::var("OBDECK_FIXTURES").unwrap()).join("graphs");
    let most: usize = std::env::var("OBDECK_GRAPH_NODES").ok().and_then(|n| n.parse().ok()).unwrap_or(320);
    let only = std::env::var("OBDECK_GRAPH_ONLY").unwrap_or_default();
    let quick = std::env::var("OBDECK_GRAPH_QUICK").is_ok();
    let dir = tempfile::tempdir().unwrap();
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|f| f.unwrap().path())
        .filter(|p| p.extension().is_some_and(|e| e == "json"))
        .filter(|p| p.to_str().unwrap().contains(&only))
        .collect();
    files.sort();
    let mut bad = Vec::new();
    for path in files {
        let json: Value = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
        if json["nodes"].as_array().map_or(0, Vec::len) > most {
            continue;
        }
        for form in [Form::Full, Form::Compact] {
            for orientation in [Orientation::Tb, Orientation::Lr] {
                for fold in [Collapse::None, Collapse::Auto { width: None }] {
                    if quick && (form, orientation, fold) != (Form::Full, Orientation::Tb, Collapse::None) {
                        continue;
                    }
                    bad.extend(check(&Case { path: path.clone(), form, orientation, fold }, dir.path()).0);
                }
            }
        }
    }
    assert!(bad.is_empty(), "{} complaints\n{}", bad.len(), bad.join("\n"));
}
