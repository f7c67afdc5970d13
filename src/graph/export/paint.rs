//! What the pictures have in common: colours of states, signs and names fit for each format.

use std::collections::BTreeSet;

use crate::domain::status::Phase;
use crate::graph::dag::{Dag, DagNode};
use crate::graph::glyph::Glyphs;

/// Fill and line colour of a state; both readable on white paper, and told apart by their sign in any case.
pub(super) fn colours(phase: Phase) -> (&'static str, &'static str) {
    match phase {
        Phase::Done => ("#e6f4ea", "#1e7e34"),
        Phase::Running => ("#dff3fb", "#0b6e99"),
        Phase::Ready => ("#ffffff", "#444444"),
        Phase::Pending => ("#f4f4f4", "#8a8a8a"),
        Phase::Failed => ("#fde7e9", "#b3261e"),
        Phase::Skipped => ("#fff6dd", "#8a6100"),
        Phase::RollingBack | Phase::Canceling => ("#fff0d9", "#9a5b00"),
        Phase::Unknown => ("#f6e8f7", "#7b2d80"),
    }
}

/// A state in one lower case word, fit for a class name.
pub(super) fn class(phase: Phase) -> String {
    phase.word().to_ascii_lowercase()
}

/// The sign and the whole name of a node.
pub(super) fn label(node: &DagNode) -> String {
    format!("{} {}{}", Glyphs::Unicode.phase(node.phase), node.label, again(node))
}

/// The mark of an edge to itself, behind a name; nothing where there is none.
pub(super) fn again(node: &DagNode) -> String {
    if node.has_self_loop { format!(" {}", Glyphs::Unicode.again()) } else { String::new() }
}

/// What is in a group or a stage, failures first and by name: `1 failed: Stop server (2002)`; `None` where it is one step.
pub(super) fn inside(node: &DagNode) -> Option<String> {
    const NAMED: usize = 5;
    if node.members.is_empty() && node.parts.is_empty() {
        return None;
    }
    let counts: Vec<String> =
        node.histogram().iter().map(|(phase, n)| format!("{n} {}", phase.word())).collect();
    let failed: Vec<String> = node
        .members
        .iter()
        .chain(&node.parts)
        .filter(|m| m.phase == Phase::Failed)
        .map(|m| format!("{} ({})", m.label, crate::domain::shown::Shown::filter(&m.id)))
        .collect();
    let mut out = counts.join(", ");
    if !failed.is_empty() {
        let more =
            if failed.len() > NAMED { format!(" and {} more", failed.len() - NAMED) } else { String::new() };
        out.push_str("; failed: ");
        out.push_str(&failed.iter().take(NAMED).cloned().collect::<Vec<_>>().join(", "));
        out.push_str(&more);
    }
    Some(out)
}

/// A name for each node, unique: its ID as it may be shown, with its place added where two would look alike.
pub(super) fn names(dag: &Dag) -> Vec<String> {
    let mut taken = BTreeSet::new();
    dag.nodes
        .iter()
        .enumerate()
        .map(|(ix, node)| {
            let shown = node.shown_id().as_str().to_owned();
            let name =
                if taken.contains(&shown) || shown.is_empty() { format!("{shown}#{ix}") } else { shown };
            taken.insert(name.clone());
            name
        })
        .collect()
}
