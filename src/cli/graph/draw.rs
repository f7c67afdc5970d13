//! The drawing in each of its formats: one scene for text, ascii and layout.

use super::read::Given;
use crate::cli::args::{self, Export, Graph};
use crate::cli::fail::Fail;
use crate::cli::output::table;
use crate::domain::outcome::Exit;
use crate::domain::shown::Shown;
use crate::domain::time::Span;
use crate::graph::dag::{Dag, DagNode};
use crate::graph::task::{Times, times};
use crate::graph::{Collapse, Face, Form, Glyphs, LayoutOptions, Orientation, Scene};
use crate::graph::{collapse, export, lanes, layout};

/// Columns kept for times in a full box: `12:34 of 20:00`.
const LIVE_FULL: u16 = 14;
/// And in a compact one: `2:02:00`.
const LIVE_COMPACT: u16 = 7;
/// A viewport's side where only the other one was named: more than any drawing needs to fit.
const UNBOUND: u16 = u16::MAX;

/// A drawing, laid out once.
pub(super) struct Drawing {
    dag: Dag,
    scene: Scene,
    times: Vec<Times>,
}

impl Drawing {
    pub(super) fn new(given: &Given, options: &Graph) -> Self {
        let policy = match (options.collapse, options.form) {
            (args::Collapse::None, _) => Collapse::None,
            (args::Collapse::Auto, args::Form::Lanes | args::Form::List) => Collapse::Pairs,
            (args::Collapse::Auto, _) => Collapse::Auto { width: options.width },
        };
        let dag = collapse(&given.dag(), policy);
        let viewport = (options.width.is_some() || options.height.is_some())
            .then(|| (options.width.unwrap_or(UNBOUND), options.height.unwrap_or(UNBOUND)));
        let (live, times) = match given {
            Given::Task { task, .. } => {
                let full =
                    matches!((options.form, viewport), (args::Form::Full, _) | (args::Form::Auto, None));
                (if full { LIVE_FULL } else { LIVE_COMPACT }, times(task, &dag, given.now(task)))
            }
            Given::Bare { .. } => (0, Vec::new()),
        };
        let scene = layout(
            &dag,
            &LayoutOptions {
                orientation: match options.orientation {
                    args::Orientation::Auto => Orientation::Auto,
                    args::Orientation::Tb => Orientation::Tb,
                    args::Orientation::Lr => Orientation::Lr,
                },
                form: match options.form {
                    args::Form::Full => Form::Full,
                    args::Form::Compact => Form::Compact,
                    args::Form::Auto | args::Form::Lanes | args::Form::List => Form::Auto,
                },
                viewport,
                live,
            },
        );
        Self { dag, scene, times }
    }

    /// What does not fit the viewport is printed whole; this says so.
    pub(super) fn too_large(&self, options: &Graph) -> Option<String> {
        if matches!(options.form, args::Form::Lanes | args::Form::List) {
            return None;
        }
        let over = |side: i32, limit: Option<u16>| limit.is_some_and(|l| side > i32::from(l));
        let (w, h) = (self.scene.width, self.scene.height);
        (over(w, options.width) || over(h, options.height))
            .then(|| format!("the drawing takes {w} columns and {h} rows, more than asked for"))
    }

    /// One format as text that ends with a line feed (an empty drawing is empty).
    pub(super) fn export(&self, given: &Given, options: &Graph, format: Export) -> Result<String, Fail> {
        let glyphs = if format == Export::Ascii { Glyphs::Ascii } else { Glyphs::Unicode };
        let fail = |e: serde_json::Error| {
            Fail::of(Exit::Failed, "could not write the drawing as JSON", e.to_string(), "")
        };
        match (format, options.form) {
            (Export::Json, _) => given.json().map_err(fail),
            (Export::Layout, _) => {
                let layout = export::layout_json(&self.scene, &self.dag);
                serde_json::to_string(&layout).map(|t| t + "\n").map_err(fail)
            }
            (Export::Svg, _) => Ok(self.picture(given, export::svg)),
            (Export::Dot, _) => Ok(self.picture(given, export::dot)),
            (Export::Mermaid, _) => Ok(self.picture(given, export::mermaid)),
            (_, args::Form::Lanes) => Ok(self.lanes(glyphs)),
            (_, args::Form::List) => Ok(self.list(glyphs)),
            (Export::Ascii, _) => Ok(export::ascii(&self.scene, &self.faces(glyphs))),
            (_, _) => Ok(export::text(&self.scene, &self.faces(glyphs))),
        }
    }

    /// A format with a title in it.
    fn picture(&self, given: &Given, draw: fn(&Scene, &Dag, &[Face], &[Shown]) -> String) -> String {
        let title: Vec<Shown> = given.title().lines().map(Shown::whole).collect();
        draw(&self.scene, &self.dag, &self.faces(Glyphs::Unicode), &title)
    }

    fn faces(&self, glyphs: Glyphs) -> Vec<Face> {
        let compact = self.scene.form == Form::Compact;
        self.dag
            .nodes
            .iter()
            .enumerate()
            .map(|(ix, node)| Face {
                line: Shown::filter(&self.line(ix, node, glyphs, compact)),
                ..Face::of(node.phase)
            })
            .collect()
    }

    /// Times of a box; of a group in a full box its histogram.
    fn line(&self, ix: usize, node: &DagNode, glyphs: Glyphs, compact: bool) -> String {
        let times = self.times.get(ix).copied().unwrap_or_default();
        if !node.members.is_empty() && !compact {
            return histogram(node, glyphs);
        }
        match (times.elapsed, times.allowed.filter(|_| !compact)) {
            (Some(e), Some(a)) => format!("{} of {}", e.clock(), a.clock()),
            (Some(e), None) => e.clock(),
            (None, Some(a)) => format!("of {}", a.clock()),
            (None, None) => String::new(),
        }
    }

    fn lanes(&self, glyphs: Glyphs) -> String {
        let mut out = String::new();
        for row in lanes::rows(&self.dag) {
            let node = row.node.and_then(|ix| self.dag.nodes.get(ix).map(|n| (ix, n)));
            let sign = node.map_or(' ', |(_, n)| glyphs.phase(n.phase));
            let mut line = lanes::text(&row, glyphs, sign);
            if let Some((ix, n)) = node {
                line.push_str("  ");
                let mut cells = self.cells(ix, n, glyphs);
                cells.retain(|c| !c.is_empty());
                line.push_str(&cells.join("  "));
            }
            out.push_str(line.trim_end());
            out.push('\n');
        }
        out
    }

    fn list(&self, glyphs: Glyphs) -> String {
        let rows: Vec<Vec<String>> = lanes::order(&self.dag)
            .into_iter()
            .filter_map(|ix| {
                let n = self.dag.nodes.get(ix)?;
                let mut cells = vec![glyphs.phase(n.phase).to_string()];
                cells.extend(self.cells(ix, n, glyphs));
                Some(cells)
            })
            .collect();
        table::columns(&rows).into_iter().fold(String::new(), |all, line| all + &line + "\n")
    }

    /// Name, state in words (a sign alone is not enough for a screen reader), of a group its histogram, and times.
    fn cells(&self, ix: usize, n: &DagNode, glyphs: Glyphs) -> Vec<String> {
        let label: String = n.label.as_str().chars().map(|c| glyphs.own(c)).collect();
        let label = if glyphs == Glyphs::Ascii { to_ascii(&label) } else { label };
        let state = if n.members.is_empty() { n.phase.word().to_owned() } else { histogram(n, glyphs) };
        let times = self.times.get(ix).copied().unwrap_or_default();
        let text = match (times.elapsed.map(Span::clock), times.allowed.map(Span::clock)) {
            (Some(e), Some(a)) => format!("{e} of {a}"),
            (Some(e), None) => e,
            (None, Some(a)) => format!("of {a}"),
            (None, None) => String::new(),
        };
        vec![label, state, text]
    }
}

fn histogram(node: &DagNode, glyphs: Glyphs) -> String {
    let counts = node.histogram();
    let parts = counts.iter().filter(|(_, n)| *n > 0).map(|(p, n)| format!("{}{n}", glyphs.phase(*p)));
    parts.collect::<Vec<_>>().join(" ")
}

fn to_ascii(text: &str) -> String {
    text.chars().map(|c| if c.is_ascii() { c } else { '?' }).collect()
}
