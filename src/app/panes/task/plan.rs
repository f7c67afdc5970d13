//! How the cells of the task pane are shared out: by its size alone, never by a status.

use crate::app::key::Size;
use crate::app::panes::scroll::has_frame;

/// A part of the pane, in cells from its top left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub(crate) struct Area {
    pub(crate) x: u16,
    pub(crate) y: u16,
    pub(crate) w: u16,
    pub(crate) h: u16,
}

/// What is drawn under the graph.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Below {
    /// Nothing: the pane is too low.
    Nothing,
    /// A strip inside the frame: a parting line at `area.y`, the rest under it.
    Strip(Area),
    /// Two panes with frames of their own: the selected subtask and its log.
    Panes(Area, Area),
}

/// The shares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Plan {
    /// The part with the frame around the graph.
    pub(crate) outer: Area,
    /// One row for column headings, or for what is wrong with the data; `None` in a very low pane.
    pub(crate) head: Option<Area>,
    /// Rows or boxes.
    pub(crate) graph: Area,
    /// What is under it.
    pub(crate) below: Below,
}

/// From here boxes are the default form (screens 8); a frame may take two of the 120 columns.
pub(crate) const BOXES_FROM: u16 = 118;
/// From here the lower part is two panes (screens 15).
const PANES_FROM: (u16, u16) = (BOXES_FROM, 34);
/// Lowest pane that has a strip.
const STRIP_FROM: u16 = 14;
/// Lowest pane that has column headings.
const HEAD_FROM: u16 = 9;

impl Plan {
    pub(crate) fn of(pane: Size) -> Self {
        let (w, h) = (pane.width, pane.height);
        let below_h = match () {
            () if w >= PANES_FROM.0 && h >= PANES_FROM.1 => (h * 3 / 7).clamp(12, 20),
            () if h >= 30 => 8,
            () if h >= 26 => 6,
            () if h >= 20 => 4,
            () if h >= STRIP_FROM => 3,
            () => 0,
        };
        let two_panes = w >= PANES_FROM.0 && h >= PANES_FROM.1;
        let edge = u16::from(has_frame(pane));
        let top = 1;
        let outer = Area { x: 0, y: 0, w, h: if two_panes { h - below_h } else { h } };
        let inner_w = w.saturating_sub(2 * edge);
        let head_h = u16::from(h >= HEAD_FROM);
        let inside = outer.h.saturating_sub(top + edge + head_h);
        let strip_h = if two_panes { 0 } else { below_h };
        let graph = Area { x: edge, y: top + head_h, w: inner_w, h: inside.saturating_sub(strip_h) };
        let below = if two_panes {
            let left = (w * 3 / 8).clamp(46, 76);
            let y = outer.h;
            Below::Panes(Area { x: 0, y, w: left, h: below_h }, Area { x: left, y, w: w - left, h: below_h })
        } else if strip_h > 0 {
            Below::Strip(Area { x: edge, y: graph.y + graph.h, w: inner_w, h: strip_h })
        } else {
            Below::Nothing
        };
        let head = (head_h > 0).then_some(Area { x: edge, y: top, w: inner_w, h: 1 });
        Self { outer, head, graph, below }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_lies_outside_of_the_pane_at_any_size() {
        for width in 0..220 {
            for height in 0..70 {
                let plan = Plan::of(Size { width, height });
                let mut parts = vec![plan.outer, plan.graph];
                parts.extend(plan.head);
                match plan.below {
                    Below::Nothing => {}
                    Below::Strip(a) => parts.push(a),
                    Below::Panes(a, b) => parts.extend([a, b]),
                }
                for a in parts.into_iter().filter(|a| a.w > 0 && a.h > 0) {
                    assert!(a.x + a.w <= width && a.y + a.h <= height, "{width}x{height} {a:?}");
                }
            }
        }
    }

    #[test]
    fn the_graph_keeps_most_of_a_small_screen() {
        let plan = Plan::of(Size { width: 80, height: 21 });
        assert_eq!(plan.graph.h, 14);
        assert!(Plan::of(Size { width: 40, height: 7 }).graph.h >= 6);
    }
}
