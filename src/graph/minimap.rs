//! The whole of a large drawing in a few cells: the worst state of what each cell covers, and where the window is.

use super::canvas::{Face, Window};
use super::scene::{NodeBox, Scene};
use crate::domain::status::Phase;

/// Cells of a drawing that one cell stands for at the least: a box is some 30 by 4.
const LEAST: (i32, i32) = (4, 2);

/// A small picture of a drawing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Minimap {
    /// Columns.
    pub w: u16,
    /// Rows.
    pub h: u16,
    /// `w * h` cells, row by row: the state of most concern of the boxes there; `None` where there is no box.
    pub cells: Vec<Option<Phase>>,
    /// First column and row, last column and row of the window.
    pub window: (u16, u16, u16, u16),
}

/// Whether a drawing is more than two windows large.
pub fn is_worth(scene: &Scene, window: Window) -> bool {
    let of = |w: i32, h: i32| i64::from(w) * i64::from(h);
    of(scene.width, scene.height) > 2 * of(i32::from(window.w), i32::from(window.h))
}

/// The picture, at most `most` columns and rows large. `faces` stand at the index of their box. O(boxes).
pub fn minimap(scene: &Scene, faces: &[Face], window: Window, most: (u16, u16)) -> Minimap {
    let scale = |whole: i32, most: u16, least: i32| ceil(whole, i32::from(most)).max(least);
    let (sx, sy) = (scale(scene.width, most.0, LEAST.0), scale(scene.height, most.1, LEAST.1));
    let count = |whole: i32, by: i32| u16::try_from(ceil(whole, by)).unwrap_or(u16::MAX);
    let (w, h) = (count(scene.width, sx), count(scene.height, sy));
    let mut cells: Vec<Option<Phase>> = vec![None; usize::from(w) * usize::from(h)];
    let cell = |at: i32, by: i32, size: u16| (at.max(0) / by).min(i32::from(size) - 1) as usize;
    for (ix, b) in scene.boxes.iter().enumerate() {
        let phase = faces.get(ix).map_or(Phase::Unknown, |f| f.phase);
        let NodeBox { x, y, w: bw, h: bh, .. } = b;
        for row in cell(*y, sy, h)..=cell(y + bh - 1, sy, h) {
            for column in cell(*x, sx, w)..=cell(x + bw - 1, sx, w) {
                if let Some(c) = cells.get_mut(row * usize::from(w) + column)
                    && c.is_none_or(|worst| phase.concern() < worst.concern())
                {
                    *c = Some(phase);
                }
            }
        }
    }
    let last = |from: i32, size: u16| from.saturating_add(i32::from(size) - 1);
    let window = (
        cell(window.x, sx, w) as u16,
        cell(window.y, sy, h) as u16,
        cell(last(window.x, window.w), sx, w) as u16,
        cell(last(window.y, window.h), sy, h) as u16,
    );
    Minimap { w, h, cells, window }
}

/// Division that rounds up, of what is not negative.
fn ceil(what: i32, by: i32) -> i32 {
    what.max(1).saturating_add(by.max(1) - 1) / by.max(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::shown::Shown;
    use crate::graph::dag::{DagNode, from_parts};
    use crate::graph::{Form, LayoutOptions, layout};

    fn chain(n: usize) -> (Scene, Vec<Face>) {
        let dag = from_parts(
            (0..n).map(|ix| DagNode::new(&format!("{ix:04}"), Shown::filter("Step"), Phase::Done, None)),
            (1..n).map(|ix| (format!("{:04}", ix - 1), format!("{ix:04}"))),
        );
        let scene = layout(&dag, &LayoutOptions { form: Form::Full, ..LayoutOptions::default() });
        (scene, Face::all(&dag))
    }

    #[test]
    fn the_worst_state_of_a_cell_is_never_hidden_whatever_the_size() {
        for n in [1, 10, 1000] {
            let (scene, mut faces) = chain(n);
            faces[n / 2].phase = Phase::Failed;
            let map = minimap(&scene, &faces, Window { x: 0, y: 0, w: 80, h: 20 }, (22, 6));
            assert!(map.w <= 22 && map.h <= 6, "{map:?}");
            assert!(map.cells.contains(&Some(Phase::Failed)), "{map:?}");
        }
    }

    #[test]
    fn the_window_is_where_the_camera_is_and_never_outside() {
        let (scene, faces) = chain(100);
        let at = |y| minimap(&scene, &faces, Window { x: -20, y, w: 80, h: 20 }, (22, 6)).window;
        assert_eq!((at(0).1, at(0).3), (0, 0));
        assert_eq!(at(scene.height - 20).3, 5);
        let far = at(i32::MAX / 2);
        assert!(far.1 <= 5 && far.3 <= 5);
        assert!(is_worth(&scene, Window { x: 0, y: 0, w: 80, h: 20 }) == (scene.width * scene.height > 3200));
    }
}
