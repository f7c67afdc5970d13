//! The graph for Graphviz: structure, names and states, without places.

use std::fmt::Write as _;

use super::paint::{colours, inside, label, names};
use crate::domain::shown::Shown;
use crate::graph::canvas::Face;
use crate::graph::dag::Dag;
use crate::graph::scene::{Orientation, Scene};

/// A `digraph` of the drawing: its nodes (groups folded as drawn), its edges, dashed where they close a cycle.
/// `title` is the task in lines.
pub fn dot(scene: &Scene, dag: &Dag, faces: &[Face], title: &[Shown]) -> String {
    let mut out = String::from("digraph task {\n");
    let lr = if scene.orientation == Orientation::Lr { "LR" } else { "TB" };
    let _ =
        writeln!(out, "  graph [rankdir={lr}, labelloc=t, fontname=\"monospace\", label={}];", lines(title));
    out.push_str("  node [shape=box, style=filled, fontname=\"monospace\"];\n");
    let names = names(dag);
    for (ix, (node, name)) in dag.nodes.iter().zip(&names).enumerate() {
        let (fill, line) = colours(node.phase);
        let mut text = vec![Shown::whole(&label(node))];
        text.extend(faces.get(ix).map(|f| f.line.clone()).filter(|l| !l.as_str().is_empty()));
        let style = if node.is_ghost { ", style=\"dashed\"" } else { "" };
        let tip = Shown::whole(&inside(node).unwrap_or_else(|| node.phase.word().to_owned()));
        let _ = writeln!(
            out,
            "  {} [label={}, color=\"{line}\", fillcolor=\"{fill}\"{style}, tooltip={}];",
            quoted(name),
            lines(&text),
            lines(&[tip]),
        );
    }
    let name = |ix: usize| quoted(names.get(ix).map_or("", String::as_str));
    for path in &scene.paths {
        let style = if path.back { " [style=dashed]" } else { "" };
        let _ = writeln!(out, "  {} -> {}{style};", name(path.from), name(path.to));
    }
    for d in &scene.dropped {
        let (from, to) = (Shown::filter(&d.from), Shown::filter(&d.to));
        let _ = writeln!(out, "  // not drawn: {from} -> {to} ({})", d.why.word());
    }
    out.push_str("}\n");
    out
}

/// A quoted name. A backslash would begin an escape, so it is doubled.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// Lines of a label, one quoted text.
fn lines(list: &[Shown]) -> String {
    let list: Vec<String> =
        list.iter().map(|l| l.as_str().replace('\\', "\\\\").replace('"', "\\\"")).collect();
    format!("\"{}\"", list.join("\\n"))
}
