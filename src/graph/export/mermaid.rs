//! The graph as a Mermaid flowchart: for a wiki page or an issue.

use std::fmt::Write as _;

use super::paint::{class, colours, label};
use crate::domain::shown::Shown;
use crate::domain::status::Phase;
use crate::graph::canvas::Face;
use crate::graph::dag::Dag;
use crate::graph::scene::{Orientation, Scene};

/// A `flowchart` of the drawing, its nodes named by place, since an ID may be anything. `title` is the task in lines.
pub fn mermaid(scene: &Scene, dag: &Dag, faces: &[Face], title: &[Shown]) -> String {
    let mut out = String::new();
    if let Some(first) = title.first() {
        let text = first.as_str().replace('\\', "\\\\").replace('"', "\\\"");
        let _ = write!(out, "---\ntitle: \"{text}\"\n---\n");
    }
    let lr = if scene.orientation == Orientation::Lr { "LR" } else { "TD" };
    let _ = writeln!(out, "flowchart {lr}");
    for line in title.iter().skip(1) {
        let _ = writeln!(out, "%% {}", line.as_str().replace(['{', '}'], " "));
    }
    for (ix, node) in dag.nodes.iter().enumerate() {
        let mut lines = vec![escaped(&label(node))];
        let live = faces.get(ix).map(|f| escaped(f.line.as_str())).filter(|l| !l.is_empty());
        lines.extend(live);
        lines.push(escaped(node.shown_id().as_str()));
        let _ = writeln!(out, "  n{ix}[\"{}\"]:::{}", lines.join("<br/>"), class(node.phase));
    }
    for path in &scene.paths {
        let arrow = if path.back { "-.->" } else { "-->" };
        let _ = writeln!(out, "  n{} {arrow} n{}", path.from, path.to);
    }
    for phase in Phase::ALL {
        if dag.nodes.iter().any(|n| n.phase == phase) {
            let (fill, line) = colours(phase);
            let _ = writeln!(out, "  classDef {} fill:{fill},stroke:{line},color:#1b1b1b", class(phase));
        }
    }
    out
}

/// Text in a quoted label: what Mermaid or HTML would read as its own becomes an entity in Mermaid's writing.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '"' => out.push_str("#quot;"),
            '#' => out.push_str("#35;"),
            '<' => out.push_str("#lt;"),
            '>' => out.push_str("#gt;"),
            '&' => out.push_str("#amp;"),
            '`' => out.push_str("#96;"),
            '\\' => out.push_str("#92;"),
            '*' => out.push_str("#42;"),
            '_' => out.push_str("#95;"),
            _ => out.push(c),
        }
    }
    out
}
