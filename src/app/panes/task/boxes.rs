//! The boxes of a task: which groups fold, in which form and direction they are drawn, and what of that stays when the
//! task grows or the screen changes its size. By structure and size alone, never by a status.

use std::collections::BTreeSet;

use super::MANY_NODES;
use super::picture::Wish;
use super::plan::Area;
use crate::graph::collapse::{collapse_except, fold_runs, list, tables};
use crate::graph::{
    Before, Collapse, Dag, Form, LayoutOptions, Orientation, Scene, layout, layout_after, wrap,
};

/// Columns kept free in a box for times, e.g. `10.0.2.12 1:14 of 20:00`.
pub const LIVE_COLUMNS: u16 = 24;
/// From here a chain is drawn from left to right and wrapped.
const WRAP_FROM: u16 = 100;
/// Columns and rows by which a screen must be larger than another form needs before that form is taken.
const SLACK: (u16, u16) = (4, 2);
/// Fewest rows of a list inside of a box.
const LIST_ROWS: u16 = 3;

/// Which siblings fold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Groups {
    /// Those of more than four, and smaller ones where they do not fit.
    Large,
    /// All from two on.
    Pairs,
}

/// How a drawing is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Choice {
    groups: Groups,
    is_wrapped: bool,
    form: Form,
    orientation: Orientation,
}

/// How boxes were made: what the next drawing of the task goes by.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Kept {
    choice: Choice,
    area: Area,
    places: Before,
}

/// Nodes, their drawing, and what to keep of it.
pub(super) type Boxes = (Dag, Scene, Kept);

/// Boxes of a task that has grown, or in which something was unfolded, as they were (graph.md 7). Else in the form that
/// fits its place best; after a resize another than before only where that one does not fit, or with room to spare.
pub(super) fn boxes(whole: &Dag, wish: &Wish, kept: Option<&Kept>) -> Boxes {
    if let Some(kept) = kept.filter(|k| k.area == wish.area)
        && let Some(grown) = grown(whole, wish, kept)
    {
        return grown;
    }
    let (choice, dag, scene) = choose(whole, wish, wish.area);
    if let Some(before) = kept.map(|k| k.choice).filter(|before| *before != choice) {
        let narrow = Area {
            w: wish.area.w.saturating_sub(SLACK.0),
            h: wish.area.h.saturating_sub(SLACK.1),
            ..wish.area
        };
        if let Some((dag, scene)) = made_as(before, whole, wish).filter(|(_, s)| fits(s, wish.area))
            && choose(whole, wish, narrow).0 == before
        {
            return keep(before, dag, scene, wish);
        }
    }
    keep(choice, dag, scene, wish)
}

fn keep(choice: Choice, dag: Dag, scene: Scene, wish: &Wish) -> Boxes {
    let places = Before::of(&scene);
    (dag, scene, Kept { choice, area: wish.area, places })
}

/// The drawing of before with what is new in it; `None` for a task of which little was known.
fn grown(whole: &Dag, wish: &Wish, kept: &Kept) -> Option<Boxes> {
    let dag = fold(whole, wish, kept.choice.groups, wish.area);
    if 2 * kept.places.known(&dag) < dag.nodes.len() {
        return None;
    }
    let scene = if kept.choice.is_wrapped {
        // Rows are cut from the first on: what grows at the end moves none of them. What is too high scrolls.
        wrap::layout_wrapped(&dag, (wish.area.w, u16::MAX), LIVE_COLUMNS)?
    } else {
        layout_after(&dag, &options(wish, wish.area), &kept.places)
    };
    Some(keep(kept.choice, dag, scene, wish))
}

fn made_as(choice: Choice, whole: &Dag, wish: &Wish) -> Option<(Dag, Scene)> {
    let dag = fold(whole, wish, choice.groups, wish.area);
    let scene = if choice.is_wrapped {
        wrap::layout_wrapped(&dag, (wish.area.w, wish.area.h), LIVE_COLUMNS)?
    } else {
        let options = options(wish, wish.area);
        layout(&dag, &LayoutOptions { form: choice.form, orientation: choice.orientation, ..options })
    };
    Some((dag, scene))
}

/// The form that fits an area best, tried in this order: small groups apart in full boxes, wrapped into rows (screens
/// 15) with small groups apart or folded, small groups apart in any form, pairs folded too. What fits in no form
/// scrolls.
fn choose(whole: &Dag, wish: &Wish, area: Area) -> (Choice, Dag, Scene) {
    let made = |groups, is_wrapped, dag: Dag, scene: Scene| {
        let (form, orientation) = (scene.form, scene.orientation);
        (Choice { groups, is_wrapped, form, orientation }, dag, scene)
    };
    let dag = fold(whole, wish, Groups::Large, area);
    let scene = layout(&dag, &options(wish, area));
    if wish.form != Form::Auto || (fits(&scene, area) && scene.form == Form::Full) {
        return made(Groups::Large, false, dag, scene);
    }
    let folded = fold(whole, wish, Groups::Pairs, area);
    let small = area.w >= WRAP_FROM && dag.nodes.len() <= MANY_NODES;
    for (groups, candidate) in [(Groups::Large, &dag), (Groups::Pairs, &folded)].into_iter().filter(|_| small)
    {
        let wrapped = wrap::layout_wrapped(candidate, (area.w, area.h), LIVE_COLUMNS);
        if let Some(wrapped) = wrapped.filter(|s| fits(s, area)) {
            return made(groups, true, candidate.clone(), wrapped);
        }
    }
    if !fits(&scene, area) && dag.nodes.len() <= MANY_NODES {
        let smaller = layout(&folded, &options(wish, area));
        if fits(&smaller, area) {
            return made(Groups::Pairs, false, folded, smaller);
        }
    }
    made(Groups::Large, false, dag, scene)
}

fn fits(scene: &Scene, area: Area) -> bool {
    scene.width <= i32::from(area.w) && scene.height <= i32::from(area.h)
}

fn fold(whole: &Dag, wish: &Wish, groups: Groups, area: Area) -> Dag {
    let policy = match groups {
        Groups::Large => Collapse::Auto { width: Some(area.w) },
        Groups::Pairs => Collapse::Pairs,
    };
    let folded = collapse_except(whole, policy, &wish.apart);
    let mut dag = fold_runs(tables(folded, whole, &wish.open), &wish.over);
    // A list takes at most half of the place, its border and the row of times included.
    list(&mut dag, &wish.open, (wish.area.h / 2).saturating_sub(3).max(LIST_ROWS));
    dag
}

/// Nodes and edges of the drawing with the fewest folded that would be tried.
pub(super) fn size(whole: &Dag, wish: &Wish) -> usize {
    let dag = fold(whole, wish, Groups::Large, wish.area);
    dag.nodes.len() + dag.edges.len()
}

/// What lanes show: all groups folded.
pub(super) fn lanes(whole: &Dag, over: &BTreeSet<String>) -> Dag {
    fold_runs(collapse_except(whole, Collapse::Pairs, &BTreeSet::new()), over)
}

fn options(wish: &Wish, area: Area) -> LayoutOptions {
    LayoutOptions {
        orientation: Orientation::Auto,
        form: wish.form,
        viewport: Some((area.w, area.h)),
        live: LIVE_COLUMNS,
    }
}
