//! A task drawn into files: boxes in their full form with everything a report needs, whatever the screen's size.

use std::collections::BTreeMap;

use super::panes::task::boxes::{List, dress, is_run};
use crate::app::keepsake::Keepsake;
use crate::app::panes::task::LIVE_COLUMNS;
use crate::app::panes::task::export::{Export, Format};
use crate::domain::shown::Shown;
use crate::domain::task::{Node, Subtask};
use crate::graph::collapse::{collapse_except, list, tables};
use crate::graph::{Collapse, Dag, Face, Form, LayoutOptions, Scene, export, from_task, layout, path};
use crate::text::machine::TaskDoc;
use crate::text::task as words;

/// The files. Costs up to a second for a large task; pure.
pub fn keepsake(what: &Export) -> Result<Keepsake, String> {
    let mut out = what.named();
    let is_drawn = what.formats.iter().any(|f| *f != Format::Json);
    let drawing = is_drawn.then(|| Drawing::new(what));
    for format in what.formats {
        let content = match (format, &drawing) {
            (Format::Json, _) | (_, None) => json(what)?,
            (Format::Svg, Some(d)) => export::svg(&d.scene, &d.dag, &d.faces, &d.title),
            (Format::Text, Some(d)) => d.text(what),
            (Format::Mermaid, Some(d)) => export::mermaid(&d.scene, &d.dag, &d.faces, &d.title),
            (Format::Dot, Some(d)) => export::dot(&d.scene, &d.dag, &d.faces, &d.title),
        };
        out = out.with(format.extension(), content);
    }
    Ok(out)
}

fn json(what: &Export) -> Result<String, String> {
    let doc = TaskDoc::new(&what.task, what.trace.as_ref(), true);
    serde_json::to_string_pretty(&doc).map(|text| text + "\n").map_err(|e| e.to_string())
}

/// A drawing with its words.
struct Drawing {
    dag: Dag,
    scene: Scene,
    faces: Vec<Face>,
    title: Vec<Shown>,
}

impl Drawing {
    fn new(what: &Export) -> Self {
        let whole = from_task(&what.task);
        let folded = collapse_except(&whole, Collapse::Auto { width: None }, &what.apart);
        let mut dag = tables(folded, &whole, &what.open);
        // A file has room for all members of what the operator looked into.
        list(&mut dag, &what.open, u16::MAX);
        let options = LayoutOptions { form: Form::Full, live: LIVE_COLUMNS, ..LayoutOptions::default() };
        let scene = layout(&dag, &options);
        let faces = faces(what, &dag, &scene);
        let mut title = words::task_lines(&what.task, what.trace.as_ref(), what.now);
        title.push(words::as_of(what.now));
        let title = title.iter().map(|line| Shown::whole(line)).collect();
        Self { dag, scene, faces, title }
    }
    /// Title, drawing, and what is wrong with the answer.
    fn text(&self, what: &Export) -> String {
        let mut out = String::new();
        let mut line = |text: &str| {
            out.push_str(text);
            out.push('\n');
        };
        self.title.iter().for_each(|t| line(t.as_str()));
        line("");
        out.push_str(&export::text(&self.scene, &self.faces));
        for defect in &what.task.graph.defects {
            out.push_str(Shown::whole(&words::defect(defect)).as_str());
            out.push('\n');
        }
        out
    }
}

fn faces(what: &Export, dag: &Dag, scene: &Scene) -> Vec<Face> {
    let by_key: BTreeMap<&str, &Node> = what.task.graph.nodes.iter().map(|n| (n.key.raw(), n)).collect();
    let mut faces = Face::all(dag);
    for ((face, node), b) in faces.iter_mut().zip(&dag.nodes).zip(&scene.boxes) {
        let own = node.members.iter().all(|m| m.id != node.id).then_some(node.id.as_str());
        let ids = own.into_iter().chain(node.members.iter().map(|m| m.id.as_str()));
        let told: Vec<&Node> = ids.filter_map(|id| by_key.get(id).copied()).collect();
        let subtasks: Vec<&Subtask> = told.iter().flat_map(|n| &n.members).collect();
        let inner = told.first().map_or(&[][..], |n| n.inner.as_slice());
        dress(face, &subtasks, inner, (what.now, what.kind), false);
        if b.rows > 0 {
            let per_row = usize::from(node.columns.max(1));
            let list = List { per_row, columns: b.w - 6, chosen: None, is_run: is_run(&subtasks) };
            face.rows = list.rows(&subtasks, (what.now, what.kind), false);
        }
    }
    if what.shows_critical {
        for ix in path::critical(&what.task, dag, what.now) {
            if let Some(face) = faces.get_mut(ix) {
                face.is_critical = true;
            }
        }
    }
    faces
}
