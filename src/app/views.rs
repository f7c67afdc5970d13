//! Where the operator is, the way back, and which panes the size shows at once.

use super::facts::DetailOf;
use super::key::Size;
use crate::domain::id::{SubtaskId, TaskRef};

/// Where the operator is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum View {
    /// View 1.
    Topology,
    /// What is inside a cluster, zone or server.
    Detail(DetailOf),
    /// View 2.
    Tasks,
    /// View 3.
    Timeline,
    /// One task.
    Task(TaskRef),
    /// A subtask's log, whole screen.
    Log(TaskRef, SubtaskId),
}

/// Something that is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PaneId {
    /// The tree.
    Topology,
    /// What is inside the selection.
    Detail,
    /// The list of tasks.
    Tasks,
    /// One task.
    Task,
    /// A log.
    Log,
    /// The timeline.
    Timeline,
}

/// Rows of the timeline below the tree, at most.
const TIMELINE_ROWS: u16 = 15;
/// Views kept on each side of the history.
const HISTORY: usize = 50;

/// Where the operator is and was.
#[derive(Debug)]
pub struct Views {
    now: View,
    back: Vec<View>,
    forward: Vec<View>,
    last: Option<View>,
}

impl Default for Views {
    fn default() -> Self {
        Self { now: View::Topology, back: Vec::new(), forward: Vec::new(), last: None }
    }
}

impl Views {
    /// Where the operator is.
    pub fn now(&self) -> &View {
        &self.now
    }
    /// Goes somewhere; what was ahead is forgotten.
    pub fn go(&mut self, view: View) {
        if view == self.now {
            return;
        }
        self.forward.clear();
        let old = self.turn(view);
        push(&mut self.back, old);
    }
    /// Back in the history; `false` at its beginning.
    pub fn back(&mut self) -> bool {
        let Some(view) = self.back.pop() else { return false };
        let old = self.turn(view);
        push(&mut self.forward, old);
        true
    }
    /// Forward in the history; `false` at its end.
    pub fn forward(&mut self) -> bool {
        let Some(view) = self.forward.pop() else { return false };
        let old = self.turn(view);
        push(&mut self.back, old);
        true
    }
    /// To the view before this one, and with the next call back here.
    pub fn last(&mut self) {
        if let Some(view) = self.last.clone() {
            self.go(view);
        }
    }
    /// Out of this view; `false` at the top, which is the topology.
    pub fn up(&mut self) -> bool {
        if self.now == View::Topology {
            return false;
        }
        if !self.back() {
            let parent = match &self.now {
                View::Log(task, _) => View::Task(task.clone()),
                View::Task(_) => View::Tasks,
                View::Detail(_) | View::Tasks | View::Timeline | View::Topology => View::Topology,
            };
            self.turn(parent);
        }
        true
    }
    fn turn(&mut self, view: View) -> View {
        let old = std::mem::replace(&mut self.now, view);
        self.last = Some(old.clone());
        old
    }
}

fn push(list: &mut Vec<View>, view: View) {
    if list.len() >= HISTORY {
        list.remove(0);
    }
    list.push(view);
}

/// Which of the layouts a size gets (screens 2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Form {
    /// Under 40x10: one line that says the size needed.
    TooSmall,
    /// Under 60x15: one line per item, no borders.
    Plain,
    /// One pane.
    One,
    /// From 120x30: two panes.
    Two,
    /// From 160x45: three panes.
    Three,
}

impl Form {
    /// Of a size.
    pub fn of(size: Size) -> Self {
        let at_least = |w, h| size.width >= w && size.height >= h;
        match () {
            () if at_least(160, 45) => Form::Three,
            () if at_least(120, 30) => Form::Two,
            () if at_least(60, 15) => Form::One,
            () if at_least(40, 10) => Form::Plain,
            () => Form::TooSmall,
        }
    }
}

/// Part of the screen, in cells from its top left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Area {
    /// Column.
    pub x: u16,
    /// Row.
    pub y: u16,
    /// Columns.
    pub width: u16,
    /// Rows.
    pub height: u16,
}

impl Area {
    /// Whether a cell lies in it.
    pub fn holds(&self, x: u16, y: u16) -> bool {
        x >= self.x && y >= self.y && x - self.x < self.width && y - self.y < self.height
    }
    /// Its size.
    pub fn size(&self) -> Size {
        Size { width: self.width, height: self.height }
    }
}

/// A pane and its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slot {
    /// Which.
    pub pane: PaneId,
    /// Where.
    pub area: Area,
}

/// What lies between the top line and the message line.
pub fn body(size: Size, has_message: bool) -> Area {
    let below = match Form::of(size) {
        Form::TooSmall => size.height,
        // Without borders every row counts: the message line is there only while it says something.
        Form::Plain => u16::from(has_message),
        Form::One | Form::Two | Form::Three => 2,
    };
    Area { x: 0, y: 1, width: size.width, height: size.height.saturating_sub(1).saturating_sub(below) }
}

/// Rows that the tour has for its caption, which takes two on a narrow screen, and for the keys.
pub fn caption_rows(size: Size) -> u16 {
    match Form::of(size) {
        Form::TooSmall => 0,
        _ if size.width < 80 => 3,
        _ => 2,
    }
}

/// The panes of a view at a size, the one that has the focus first. `third` is what the largest form shows below
/// the detail of the topology. `zoomed` gives one pane the whole body.
pub fn slots(view: &View, size: Size, body: Area, third: PaneId, zoomed: Option<PaneId>) -> Vec<Slot> {
    let form = Form::of(size);
    if form == Form::TooSmall {
        return Vec::new();
    }
    let whole = |pane| vec![Slot { pane, area: body }];
    match (view, form) {
        (View::Topology, Form::Two | Form::Three) => {
            if let Some(pane) = zoomed {
                return whole(pane);
            }
            // The largest form has a third for the timeline, below everything (screens 14).
            let below = if form == Form::Three { (body.height / 3).min(TIMELINE_ROWS) } else { 0 };
            let whole = body;
            let body = Area { height: body.height - below, ..body };
            let left = body.width * 2 / 5;
            let right = Area { x: body.x + left, width: body.width - left, ..body };
            let mut slots = vec![Slot { pane: PaneId::Topology, area: Area { width: left, ..body } }];
            if form == Form::Three {
                let above = body.height / 2;
                slots.push(Slot { pane: PaneId::Detail, area: Area { height: above, ..right } });
                slots.push(Slot {
                    pane: third,
                    area: Area { y: body.y + above, height: body.height - above, ..right },
                });
                let area = Area { y: body.y + body.height, height: below, ..whole };
                slots.push(Slot { pane: PaneId::Timeline, area });
            } else {
                slots.push(Slot { pane: PaneId::Detail, area: right });
            }
            slots
        }
        (View::Topology, _) => whole(PaneId::Topology),
        (View::Detail(_), _) => whole(PaneId::Detail),
        (View::Tasks, _) => whole(PaneId::Tasks),
        (View::Timeline, _) => whole(PaneId::Timeline),
        (View::Task(_), _) => whole(PaneId::Task),
        (View::Log(..), _) => whole(PaneId::Log),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn task(id: &str) -> View {
        View::Task(TaskRef { profile: "p".into(), id: id.into() })
    }

    #[test]
    fn the_way_back_is_the_way_in() {
        let mut v = Views::default();
        v.go(View::Tasks);
        v.go(task("1"));
        assert!(v.up());
        assert_eq!(*v.now(), View::Tasks);
        assert!(v.forward());
        assert_eq!(*v.now(), task("1"));
        assert!(v.back() && v.back());
        assert_eq!(*v.now(), View::Topology);
        assert!(!v.up());
    }

    #[test]
    fn minus_goes_to_and_fro() {
        let mut v = Views::default();
        v.go(View::Tasks);
        v.last();
        assert_eq!(*v.now(), View::Topology);
        v.last();
        assert_eq!(*v.now(), View::Tasks);
    }

    #[test]
    fn the_history_is_bounded() {
        let mut v = Views::default();
        for i in 0..500 {
            v.go(task(&i.to_string()));
        }
        assert_eq!(v.back.len(), HISTORY);
    }

    #[test]
    fn t01_slots_lie_inside_the_screen_at_every_size() {
        for width in (0..220).chain([999, 1000]) {
            for height in (0..70).chain([999, 1000]) {
                let size = Size { width, height };
                for s in slots(&View::Topology, size, body(size, true), PaneId::Task, None) {
                    assert!(s.area.x + s.area.width <= width && s.area.y + s.area.height <= height);
                }
            }
        }
    }
}
