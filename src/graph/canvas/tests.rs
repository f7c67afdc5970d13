//! Drawings as text: boxes, lines, joints, wide letters.

use super::*;
use crate::graph::dag::{DagNode, from_parts};
use crate::graph::export;
use crate::graph::scene::{Form, LayoutOptions, Orientation, layout};

fn dag(nodes: &[(&str, &str)], edges: &[(&str, &str)]) -> Dag {
    from_parts(
        nodes.iter().map(|(id, label)| DagNode::new(id, Shown::filter(label), Phase::Pending, None)),
        edges.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())),
    )
}

fn fan() -> Dag {
    dag(
        &[("1", "Stop zone"), ("2", "Left"), ("3", "Right"), ("4", "Wait")],
        &[("1", "2"), ("1", "3"), ("2", "4"), ("3", "4")],
    )
}

fn text(dag: &Dag, form: Form, orientation: Orientation) -> String {
    let options = LayoutOptions { orientation, form, ..LayoutOptions::default() };
    export::text(&layout(dag, &options), &Face::all(dag))
}

#[test]
fn a_fan_in_full_boxes_downward() {
    insta::assert_snapshot!(text(&fan(), Form::Full, Orientation::Tb));
}

#[test]
fn a_fan_in_compact_boxes_to_the_right() {
    insta::assert_snapshot!(text(&fan(), Form::Compact, Orientation::Lr));
}

#[test]
fn a_window_shows_the_same_cells_as_the_whole() {
    let dag = fan();
    let scene = layout(&dag, &LayoutOptions::default());
    let faces = Face::all(&dag);
    let (w, h) = (scene.width as u16, scene.height as u16);
    let whole = paint(&scene, &faces, Window { x: 0, y: 0, w, h }, Glyphs::Unicode);
    let part = paint(&scene, &faces, Window { x: 5, y: 3, w: 10, h: 6 }, Glyphs::Unicode);
    for y in 0..6 {
        for x in 0..10 {
            assert_eq!(part.at(x, y), whole.at(x + 5, y + 3), "at {x},{y}");
        }
    }
}

#[test]
fn a_window_beside_the_scene_is_blank() {
    let dag = fan();
    let scene = layout(&dag, &LayoutOptions::default());
    for (x, y) in [(-50, 0), (0, -50), (500, 0), (0, 500)] {
        let canvas = paint(&scene, &[], Window { x, y, w: 20, h: 10 }, Glyphs::Unicode);
        assert!(canvas.cells.iter().all(|c| c.ch == ' '), "{x},{y}");
    }
}

#[test]
fn a_face_moves_no_cell_of_a_line() {
    let dag = fan();
    let scene = layout(&dag, &LayoutOptions { live: 12, ..LayoutOptions::default() });
    let window = Window { x: 0, y: 0, w: scene.width as u16, h: scene.height as u16 };
    let plain = paint(&scene, &Face::all(&dag), window, Glyphs::Unicode);
    let faces: Vec<Face> = dag
        .nodes
        .iter()
        .map(|_| Face {
            line: Shown::filter("1:14 of 20:00 and far more"),
            bar: Some(0.5),
            ..Face::of(Phase::Failed)
        })
        .collect();
    let live = paint(&scene, &faces, window, Glyphs::Unicode);
    for (a, b) in plain.cells.iter().zip(&live.cells) {
        assert!(matches!(a.tone, Tone::Edge) == matches!(b.tone, Tone::Edge));
    }
}
