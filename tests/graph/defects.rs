//! What a bad answer makes of the drawing: the D rows of docs/graph.md's inputs, in boxes and in lanes.

use obdeck::domain::shown::Shown;
use obdeck::domain::status::Phase;
use obdeck::graph::{
    Before, Dag, DagNode, Face, Form, Glyphs, LayoutOptions, Orientation, export, from_parts, lanes, layout,
    layout_after,
};

use super::oracle::complaints;
use super::random::{ALL, drawn, plain};

fn dag(nodes: &[(&str, &str)], edges: &[(&str, &str)]) -> Dag {
    from_parts(
        nodes.iter().map(|(id, label)| DagNode::new(id, Shown::filter(label), Phase::Pending, None)),
        edges.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())),
    )
}

fn text(dag: &Dag, form: Form, glyphs: Glyphs) -> String {
    let scene = layout(dag, &LayoutOptions { form, ..LayoutOptions::default() });
    match glyphs {
        Glyphs::Unicode => export::text(&scene, &Face::all(dag)),
        Glyphs::Ascii => export::ascii(&scene, &Face::all(dag)),
    }
}

#[test]
fn d01_a_cycle_of_one_is_marked_in_its_box() {
    let dag = dag(&[("1", "Stop zone"), ("2", "Wait")], &[("1", "2"), ("2", "2")]);
    assert!(text(&dag, Form::Full, Glyphs::Unicode).contains("┌ · Wait ↻ ┐"));
    assert!(text(&dag, Form::Compact, Glyphs::Unicode).contains("[· Wait ↻]"));
    assert!(text(&dag, Form::Compact, Glyphs::Ascii).contains("[. Wait @]"));
    assert_eq!(text(&dag, Form::Full, Glyphs::Unicode).matches('↻').count(), 1);
    let rows = lanes::rows(&dag);
    assert_eq!(rows.last().map(|r| r.back_to.clone()), Some(vec![1]));
    let bad = drawn("self loop", &dag, &ALL);
    assert!(bad.is_empty(), "{}", bad.join("\n"));
}

#[test]
fn d01_the_mark_of_a_cycle_of_one_has_columns_of_its_own() {
    let dag = dag(&[("1", "Stop zone")], &[("1", "1")]);
    for form in [Form::Full, Form::Compact] {
        let scene = layout(&dag, &LayoutOptions { form, live: 12, ..LayoutOptions::default() });
        let mut face = Face::of(Phase::Running);
        face.line = Shown::filter("9:59 of 1:00");
        let text = export::text(&scene, &[face]);
        for part in ["Stop zone", "9:59 of 1:00", "↻"] {
            assert!(text.contains(part), "{part} is not in\n{text}");
        }
    }
}

#[test]
fn d01_cycles_of_two_of_many_and_of_all_are_dashed_against_the_flow() {
    for n in [2_u64, 3, 40] {
        let ring = plain(n, (0..n).map(|v| (v, (v + 1) % n)));
        let scene = layout(&ring, &LayoutOptions::default());
        assert_eq!(scene.paths.iter().filter(|p| p.back).count(), 1, "ring of {n}");
        let drawing = text(&ring, Form::Full, Glyphs::Unicode);
        assert!(drawing.contains('▲') && drawing.contains('╎'), "{drawing}");
        let bad = drawn(&format!("ring of {n}"), &ring, &ALL);
        assert!(bad.is_empty(), "{}", bad.join("\n"));
    }
    let ring = plain(2_000, (0..2_000).map(|v| (v, (v + 1) % 2_000)));
    assert_eq!(layout(&ring, &LayoutOptions::default()).paths.iter().filter(|p| p.back).count(), 1);
}

#[test]
fn d02_what_the_answer_does_not_hold_is_a_box_that_says_so() {
    let dag = dag(&[("1", "Stop zone")], &[("1", "123"), ("99", "1")]);
    for form in [Form::Full, Form::Compact] {
        let drawing = text(&dag, form, Glyphs::Unicode);
        assert!(drawing.contains("? missing 123") && drawing.contains("? missing 99"), "{drawing}");
    }
    let bad = drawn("ghosts", &dag, &ALL);
    assert!(bad.is_empty(), "{}", bad.join("\n"));
}

#[test]
fn d03_what_is_told_twice_is_drawn_once() {
    let dag = dag(&[("1", "first"), ("2", "b"), ("1", "second")], &[("1", "2"), ("1", "2")]);
    let drawing = text(&dag, Form::Compact, Glyphs::Unicode);
    assert!(drawing.contains("first") && !drawing.contains("second"), "{drawing}");
    assert_eq!(drawing.matches('▼').count(), 1);
    assert_eq!(dag.dropped.len(), 1);
}

#[test]
fn d04_nothing_one_two_thousand_in_a_layer_and_two_thousand_in_a_row() {
    let empty = layout(&Dag::default(), &LayoutOptions::default());
    assert_eq!((empty.width, empty.height), (0, 0));
    assert_eq!(export::text(&empty, &[]), "");
    let one = dag(&[("1", "Only")], &[]);
    assert_eq!(text(&one, Form::Compact, Glyphs::Unicode), "[· Only]\n");
    let wide = plain(2_002, (1..=2_000).flat_map(|v| [(0, v), (v, 2_001)]));
    let scene = layout(&wide, &LayoutOptions { form: Form::Compact, ..LayoutOptions::default() });
    assert_eq!(scene.boxes.iter().filter(|b| b.layer == 1).count(), 2_000);
    assert!(scene.height < 10, "{}", scene.height);
    let long = plain(2_000, (1..2_000).map(|v| (v - 1, v)));
    let scene = layout(&long, &LayoutOptions { form: Form::Compact, ..LayoutOptions::default() });
    assert_eq!(scene.height, 2 * 2_000 - 1);
    assert!(scene.paths.iter().all(|p| p.points.len() == 2), "a chain is straight");
}

#[test]
fn d05_statuses_move_nothing_and_a_task_that_changes_shape_keeps_what_is_known() {
    let nodes = [("1", "Stop zone"), ("2", "Left"), ("3", "Right"), ("4", "Wait")];
    let edges = [("1", "2"), ("1", "3"), ("2", "4"), ("3", "4")];
    let first = dag(&nodes, &edges);
    let scene = layout(&first, &LayoutOptions::default());
    for phase in Phase::ALL {
        let mut later = first.clone();
        later.nodes.iter_mut().for_each(|n| n.phase = phase);
        assert_eq!(layout(&later, &LayoutOptions::default()), scene, "{phase:?}");
    }
    // A rollback adds a step beside the two.
    let grown =
        dag(&[&nodes[..], &[("5", "Undo")]].concat(), &[&edges[..], &[("1", "5"), ("5", "4")]].concat());
    let after = layout_after(&grown, &LayoutOptions::default(), &Before::of(&scene));
    let column = |s: &obdeck::graph::Scene, id: &str| s.boxes.iter().find(|b| b.id == id).unwrap().x;
    assert!(column(&after, "2") < column(&after, "3"));
    assert!(complaints(&grown, &after).is_empty());
}

#[test]
fn d06_an_unknown_state_has_a_sign_and_a_tone_of_its_own() {
    let mut dag = dag(&[("1", "Stop zone")], &[]);
    dag.nodes[0].phase = Phase::Unknown;
    for glyphs in [Glyphs::Unicode, Glyphs::Ascii] {
        assert!(text(&dag, Form::Compact, glyphs).contains("[? Stop zone]"));
        let others = Phase::ALL.iter().filter(|p| **p != Phase::Unknown);
        assert!(others.clone().all(|p| glyphs.phase(*p) != '?'));
    }
}

#[test]
fn equal_steps_stand_by_their_index_whatever_their_ids() {
    let index = |v: u64| if (1..=3).contains(&v) { Some((v as u32 + 1) % 3) } else { None };
    let nodes =
        (0..5_u64).map(|v| DagNode::new(&v.to_string(), Shown::filter("Stop"), Phase::Pending, index(v)));
    let edges =
        (1..=3).flat_map(|v| [(0, v), (v, 4)]).map(|(a, b): (u64, u64)| (a.to_string(), b.to_string()));
    let dag = from_parts(nodes, edges);
    for orientation in [Orientation::Tb, Orientation::Lr] {
        let scene = layout(&dag, &LayoutOptions { orientation, ..LayoutOptions::default() });
        let mut row: Vec<usize> = (1..=3).collect();
        row.sort_by_key(|ix| (scene.boxes[*ix].x, scene.boxes[*ix].y));
        let told: Vec<Option<u32>> = row.iter().map(|ix| dag.nodes[*ix].parallel).collect();
        assert_eq!(told, [Some(0), Some(1), Some(2)], "{orientation:?}");
    }
}
