//! The committed graphs: drawn truthfully in every form, the same for every list order and every status.

use obdeck::domain::status::Phase;
use obdeck::graph::{Collapse, Dag, Face, Form, LayoutOptions, Orientation, collapse, export, layout};
use serde_json::Value;

use super::files::dag;
use super::oracle::complaints;
use super::random::{ALL, drawn};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/graphs");

pub(crate) fn read(name: &str) -> Value {
    let text = std::fs::read_to_string(format!("{FOLDER}/{name}.json")).unwrap();
    serde_json::from_str(&text).unwrap()
}

fn names() -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(FOLDER)
        .unwrap()
        .map(|f| f.unwrap().path())
        .filter(|p| p.extension().is_some_and(|e| e == "json"))
        .map(|p| p.file_stem().unwrap().to_str().unwrap().to_owned())
        .collect();
    names.sort();
    names
}

#[test]
fn every_graph_is_drawn_truthfully() {
    for name in names() {
        let dag = dag(&read(&name));
        // The large ones in one way only, to stay quick; the referee sees them in every form.
        let bad = drawn(&name, &dag, if dag.nodes.len() > 60 { &ALL[..1] } else { &ALL });
        assert!(bad.is_empty(), "{}", bad.join("\n"));
    }
}

#[test]
fn every_graph_is_drawn_truthfully_when_folded() {
    for name in names() {
        let folded = collapse(&dag(&read(&name)), Collapse::Auto { width: None });
        let bad = complaints(&folded, &layout(&folded, &LayoutOptions::default()));
        assert!(bad.is_empty(), "{name}: {}", bad.join("\n"));
    }
}

#[test]
fn neither_list_order_nor_status_has_influence() {
    for name in names().iter().filter(|n| *n != "bad-dupes") {
        let json = read(name);
        if json["nodes"].as_array().map_or(0, Vec::len) > 60 {
            continue;
        }
        let mut other = json.clone();
        for key in ["nodes", "edges"] {
            if let Some(list) = other.get_mut(key).and_then(Value::as_array_mut) {
                list.reverse();
                let third = list.len() / 3;
                list.rotate_left(third);
            }
        }
        let (a, mut b) = (dag(&json), dag(&other));
        b.nodes.iter_mut().for_each(|n| n.phase = Phase::Failed);
        let (first, second) = (layout(&a, &LayoutOptions::default()), layout(&b, &LayoutOptions::default()));
        assert_eq!(first, second, "{name}");
    }
}

fn compact(dag: &Dag) -> String {
    let options = LayoutOptions {
        form: Form::Compact,
        orientation: Orientation::Tb,
        viewport: Some((80, 24)),
        ..LayoutOptions::default()
    };
    export::text(&layout(dag, &options), &Face::all(dag))
}

#[test]
fn seeds_and_folded_fans_fit_a_standard_terminal() {
    for name in ["seed-stop-zone", "seed-stop-cluster", "seed-stop-server", "fan-10", "lanes-12x5"] {
        let text = compact(&collapse(&dag(&read(name)), Collapse::Auto { width: Some(80) }));
        let wide = text.lines().map(|l| l.chars().count()).max().unwrap_or(0);
        assert!(wide <= 80 && text.lines().count() <= 24, "{name}\n{text}");
    }
}

#[test]
fn a_stop_of_a_zone_in_compact_boxes() {
    insta::assert_snapshot!(compact(&dag(&read("seed-stop-zone"))));
}

#[test]
fn a_cycle_is_drawn_dashed() {
    let ring = dag(&read("bad-allcycle"));
    insta::assert_snapshot!(export::text(&layout(&ring, &LayoutOptions::default()), &Face::all(&ring)));
}

#[test]
fn no_graph_has_more_crossings_than_a_good_layout_had() {
    // Order crossings of Graphviz dot 2.42 on the same graphs, counted in the same way.
    for (name, least) in [("layered-30", 2), ("layered-12", 0), ("bad-dangling", 3), ("components", 1)] {
        let dag = dag(&read(name));
        let scene = layout(&dag, &LayoutOptions::default());
        let crossings = super::crossings::between_layers(&scene);
        assert!(crossings <= least, "{name}: {crossings}, wanted at most {least}");
    }
}
