//! The rules of a truthful drawing, held against a scene and against what is painted of it (docs/graph.md).
//!
//! Written apart from the engine: it knows boxes, corner cells and characters, and nothing of nets or tracks.

use std::collections::{BTreeMap, BTreeSet};

use obdeck::graph::glyph::{DOWN, LEFT, RIGHT, UP};
use obdeck::graph::scene::NodeBox;
use obdeck::graph::{Dag, Face, Glyphs, Orientation, Scene, Window, paint};
use unicode_segmentation::UnicodeSegmentation;

type Cell = (i32, i32);

const ARMS: [u8; 4] = [UP, RIGHT, DOWN, LEFT];

fn opposite(arm: u8) -> u8 {
    match arm {
        UP => DOWN,
        DOWN => UP,
        LEFT => RIGHT,
        _ => LEFT,
    }
}

fn step((x, y): Cell, arm: u8) -> Cell {
    match arm {
        UP => (x, y - 1),
        DOWN => (x, y + 1),
        LEFT => (x - 1, y),
        _ => (x + 1, y),
    }
}

/// Everything wrong with a drawing of `dag`; empty when it is right.
pub(crate) fn complaints(dag: &Dag, scene: &Scene) -> Vec<String> {
    let mut bad = Vec::new();
    let oracle = Oracle::new(dag, scene);
    oracle.boxes(&mut bad);
    oracle.paths(&mut bad);
    oracle.merges(&mut bad);
    for glyphs in [Glyphs::Unicode, Glyphs::Ascii] {
        oracle.painted(glyphs, &mut bad);
    }
    bad
}

struct Oracle<'a> {
    dag: &'a Dag,
    scene: &'a Scene,
    owner: BTreeMap<Cell, usize>,
    edges: BTreeSet<(usize, usize)>,
    tb: bool,
}

/// A line in one cell: its edge, and the arms by which it comes in and goes out.
struct Use {
    edge: (usize, usize),
    comes: u8,
    goes: u8,
}

impl<'a> Oracle<'a> {
    fn new(dag: &'a Dag, scene: &'a Scene) -> Self {
        let mut owner = BTreeMap::new();
        for (ix, b) in scene.boxes.iter().enumerate() {
            for y in b.y..b.y + b.h {
                for x in b.x..b.x + b.w {
                    owner.insert((x, y), ix);
                }
            }
        }
        let tb = scene.orientation == Orientation::Tb;
        Self { dag, scene, owner, edges: dag.edges.iter().copied().collect(), tb }
    }

    fn boxes(&self, bad: &mut Vec<String>) {
        if self.scene.boxes.len() != self.dag.nodes.len() {
            bad.push(format!("{} boxes for {} nodes", self.scene.boxes.len(), self.dag.nodes.len()));
        }
        let area: i32 = self.scene.boxes.iter().map(|b| b.w * b.h).sum();
        if area as usize != self.owner.len() {
            bad.push("boxes overlap".to_owned());
        }
        for (b, node) in self.scene.boxes.iter().zip(&self.dag.nodes) {
            if b.x < 0 || b.y < 0 || b.x + b.w > self.scene.width || b.y + b.h > self.scene.height {
                bad.push(format!("box {} is outside", b.id));
            }
            if b.id != node.id {
                bad.push(format!("box {} stands for {}", b.id, node.id));
            }
            if node.label.width() <= 32 && b.label != node.label.as_str() {
                bad.push(format!("name of {} is cut", b.id));
            }
            if b.label.chars().any(char::is_control) {
                bad.push(format!("control character in {}", b.id));
            }
        }
    }

    fn paths(&self, bad: &mut Vec<String>) {
        let told: Vec<(usize, usize)> = self.scene.paths.iter().map(|p| (p.from, p.to)).collect();
        if told != self.dag.edges {
            bad.push("paths are not the edges".to_owned());
        }
        for p in &self.scene.paths {
            let name = format!("{}->{}", self.dag.nodes[p.from].id, self.dag.nodes[p.to].id);
            let (a, b) = (&self.scene.boxes[p.from], &self.scene.boxes[p.to]);
            let cells = cells(&p.points);
            let (Some(first), Some(last)) = (cells.first(), cells.last()) else {
                bad.push(format!("{name} has no points"));
                continue;
            };
            if !on_border(a, *first) || !on_border(b, *last) {
                bad.push(format!("{name} does not end on its boxes"));
            }
            if p.points.windows(2).any(|w| w[0].0 != w[1].0 && w[0].1 != w[1].1) {
                bad.push(format!("{name} is not level or upright"));
            }
            if cells[1..cells.len() - 1].iter().any(|c| self.owner.contains_key(c)) {
                bad.push(format!("{name} runs through a box"));
            }
            let (w, h) = (self.scene.width, self.scene.height);
            if cells.iter().any(|(x, y)| *x < 0 || *y < 0 || *x >= w || *y >= h) {
                bad.push(format!("{name} is outside"));
            }
            if p.back {
                if !self.on_a_cycle(p.from, p.to) {
                    bad.push(format!("{name} goes back without a cycle"));
                }
                continue;
            }
            let along = |c: &Cell| if self.tb { c.1 } else { c.0 };
            let (leaves, arrives) = if self.tb { (a.y + a.h - 1, b.y) } else { (a.x + a.w - 1, b.x) };
            if along(first) != leaves || along(last) != arrives {
                bad.push(format!("{name} ends on a wrong side"));
            }
            if cells.windows(2).any(|w| along(&w[1]) < along(&w[0])) {
                bad.push(format!("{name} runs against the flow"));
            }
            if a.layer >= b.layer {
                bad.push(format!("{name} from layer {} to {}", a.layer, b.layer));
            }
        }
    }

    /// Whether a way leads from `to` back to `from`.
    fn on_a_cycle(&self, from: usize, to: usize) -> bool {
        let (mut seen, mut stack) = (BTreeSet::from([to]), vec![to]);
        while let Some(v) = stack.pop() {
            if v == from {
                return true;
            }
            stack.extend(self.dag.edges.iter().filter(|e| e.0 == v).map(|e| e.1).filter(|t| seen.insert(*t)));
        }
        false
    }

    /// What a reader may conclude where lines share a cell: in a joint any line that comes in may go out by any other
    /// arm; in a plain crossing the two axes are apart.
    fn merges(&self, bad: &mut Vec<String>) {
        let mut used: BTreeMap<Cell, Vec<Use>> = BTreeMap::new();
        for p in &self.scene.paths {
            for w in cells(&p.points).windows(3) {
                let (comes, goes) = (arm(w[1], w[0]), arm(w[1], w[2]));
                used.entry(w[1]).or_default().push(Use { edge: (p.from, p.to), comes, goes });
            }
        }
        let mut seem = BTreeSet::new();
        for uses in used.values() {
            let turns = uses.iter().any(|u| opposite(u.comes) != u.goes);
            let level = |u: &&Use| u.comes & (LEFT | RIGHT) != 0;
            let groups: Vec<Vec<&Use>> = if turns {
                vec![uses.iter().collect()]
            } else {
                vec![uses.iter().filter(level).collect(), uses.iter().filter(|u| !level(u)).collect()]
            };
            for group in groups {
                for (u, v) in group.iter().flat_map(|u| group.iter().map(move |v| (u, v))) {
                    let pair = (u.edge.0, v.edge.1);
                    if u.comes != v.goes && pair.0 != pair.1 && !self.edges.contains(&pair) {
                        seem.insert(pair);
                    }
                }
            }
        }
        bad.extend(seem.iter().map(|(a, b)| {
            format!(
                "lines run together so that {}->{} seems drawn",
                self.dag.nodes[*a].id, self.dag.nodes[*b].id
            )
        }));
    }

    fn painted(&self, glyphs: Glyphs, bad: &mut Vec<String>) {
        let (w, h) = (self.scene.width as u16, self.scene.height as u16);
        let canvas = paint(self.scene, &Face::all(self.dag), Window { x: 0, y: 0, w, h }, glyphs);
        let reader = Reader { oracle: self, glyphs, at: canvas.cells.iter().map(|c| c.ch).collect(), w, h };
        if glyphs == Glyphs::Unicode {
            reader.names(bad);
        }
        let forward: BTreeSet<(usize, usize)> =
            self.scene.paths.iter().filter(|p| !p.back).map(|p| (p.from, p.to)).collect();
        let (mut strict, mut loose) = (BTreeSet::new(), BTreeSet::new());
        for ix in 0..self.scene.boxes.len() {
            strict.extend(reader.follow(ix, false, false).into_iter().map(|to| (ix, to)));
            loose.extend(reader.follow(ix, true, false).into_iter().map(|to| (ix, to)));
        }
        let name = |(a, b): &(usize, usize)| format!("{}->{}", self.dag.nodes[*a].id, self.dag.nodes[*b].id);
        bad.extend(forward.difference(&loose).map(|e| format!("{glyphs:?}: {} cannot be followed", name(e))));
        if glyphs == Glyphs::Unicode {
            bad.extend(strict.difference(&forward).map(|e| format!("{} is drawn and no edge", name(e))));
            bad.extend(forward.difference(&strict).map(|e| format!("{} can be read two ways", name(e))));
        }
        for p in self.scene.paths.iter().filter(|p| p.back) {
            if !reader.follow(p.from, glyphs == Glyphs::Ascii, true).contains(&p.to) {
                bad.push(format!("{glyphs:?}: {} cannot be followed back", name(&(p.from, p.to))));
            }
        }
    }
}

fn on_border(b: &NodeBox, (x, y): Cell) -> bool {
    let inside = x >= b.x && y >= b.y && x < b.x + b.w && y < b.y + b.h;
    inside && (x == b.x || x == b.x + b.w - 1 || y == b.y || y == b.y + b.h - 1)
}

/// The cells of a way in order.
fn cells(points: &[Cell]) -> Vec<Cell> {
    let mut out = Vec::new();
    for p in points {
        let Some(mut at) = out.last().copied() else {
            out.push(*p);
            continue;
        };
        while at != *p {
            at = (at.0 + (p.0 - at.0).signum(), at.1 + (p.1 - at.1).signum());
            out.push(at);
        }
    }
    out
}

/// The arm of `from` that points to its neighbour `to`.
fn arm(from: Cell, to: Cell) -> u8 {
    match (to.0 - from.0, to.1 - from.1) {
        (1, _) => RIGHT,
        (-1, _) => LEFT,
        (_, 1) => DOWN,
        _ => UP,
    }
}

/// Follows painted lines as a person would.
struct Reader<'a> {
    oracle: &'a Oracle<'a>,
    glyphs: Glyphs,
    at: Vec<char>,
    w: u16,
    h: u16,
}

impl Reader<'_> {
    fn ch(&self, (x, y): Cell) -> char {
        if x < 0 || y < 0 || x >= i32::from(self.w) || y >= i32::from(self.h) {
            return ' ';
        }
        self.at[y as usize * usize::from(self.w) + x as usize]
    }
    fn owner(&self, cell: Cell) -> Option<usize> {
        self.oracle.owner.get(&cell).copied()
    }
    fn names(&self, bad: &mut Vec<String>) {
        for b in &self.oracle.scene.boxes {
            let inside: String = (b.y..b.y + b.h)
                .flat_map(|y| (b.x..b.x + b.w).map(move |x| (x, y)))
                .map(|c| self.ch(c))
                .filter(|c| *c != '\0' && *c != ' ')
                .collect();
            // Of a letter with marks the letter is looked for.
            let plain = |c: &char| *c != ' ' && unicode_width::UnicodeWidthChar::width(*c).unwrap_or(0) > 0;
            let label: String =
                b.label.graphemes(true).filter_map(|g| g.chars().next()).filter(plain).collect();
            if !inside.contains(&label) {
                bad.push(format!("name of {} is not in its box", b.id));
            }
        }
    }
    fn back_arms(c: char) -> u8 {
        match c {
            '╎' => UP | DOWN,
            '╌' => LEFT | RIGHT,
            '╭' => RIGHT | DOWN,
            '╮' => LEFT | DOWN,
            '╰' => UP | RIGHT,
            '╯' => UP | LEFT,
            _ => 0,
        }
    }
    fn forward_arms(c: char) -> u8 {
        match c {
            '│' => UP | DOWN,
            '─' => LEFT | RIGHT,
            '┌' => RIGHT | DOWN,
            '┐' => LEFT | DOWN,
            '└' => UP | RIGHT,
            '┘' => UP | LEFT,
            '├' => UP | DOWN | RIGHT,
            '┤' => UP | DOWN | LEFT,
            '┬' => LEFT | RIGHT | DOWN,
            '┴' => LEFT | RIGHT | UP,
            '┼' | '╋' => 15,
            _ => 0,
        }
    }
    fn head(&self, c: char) -> u8 {
        match (self.glyphs, c) {
            (Glyphs::Unicode, '▼') | (Glyphs::Ascii, 'v') => DOWN,
            (Glyphs::Unicode, '▲') | (Glyphs::Ascii, '^') => UP,
            (Glyphs::Unicode, '▶') | (Glyphs::Ascii, '>') => RIGHT,
            (Glyphs::Unicode, '◀') | (Glyphs::Ascii, '<') => LEFT,
            _ => 0,
        }
    }
    fn arms(&self, cell: Cell, any_side: bool) -> u8 {
        let c = self.ch(cell);
        if self.glyphs == Glyphs::Unicode {
            return Self::forward_arms(c) | Self::back_arms(c);
        }
        match c {
            '|' => UP | DOWN,
            '-' => LEFT | RIGHT,
            '+' => ARMS.into_iter().filter(|arm| self.plus_reaches(cell, *arm, any_side)).sum(),
            _ => 0,
        }
    }
    /// Whether a `+` has something to join on this side: a line towards it, a head, or a box along the flow.
    fn plus_reaches(&self, cell: Cell, arm: u8, any_side: bool) -> bool {
        let next = step(cell, arm);
        let upright = arm & (UP | DOWN) != 0;
        if self.owner(next).is_some() {
            return any_side || upright == self.oracle.tb;
        }
        let head = self.head(self.ch(next));
        match self.ch(next) {
            '+' => true,
            '|' => upright,
            '-' => !upright,
            _ => head == arm || head == opposite(arm),
        }
    }
    /// The boxes that the lines of a box lead to. Strict: straight on at a crossing; loose: every way.
    fn follow(&self, from: usize, loose: bool, back: bool) -> BTreeSet<usize> {
        let tb = self.oracle.tb;
        let against = if tb { UP } else { LEFT };
        let mut stack = self.starts(from, back);
        let (mut found, mut seen) = (BTreeSet::new(), BTreeSet::new());
        while let Some((cell, heading)) = stack.pop() {
            if !seen.insert((cell, heading)) {
                continue;
            }
            if let Some(ix) = self.owner(cell) {
                found.insert(ix);
                continue;
            }
            let c = self.ch(cell);
            let head = self.head(c);
            let outs: Vec<u8> = if head != 0 {
                if head == opposite(heading) { Vec::new() } else { vec![head] }
            } else {
                self.ways_on(cell, heading, loose, back)
            };
            for arm in outs {
                if arm != against || back {
                    stack.push((step(cell, arm), arm));
                }
            }
        }
        found.remove(&from);
        found
    }
    fn ways_on(&self, cell: Cell, heading: u8, loose: bool, back: bool) -> Vec<u8> {
        let c = self.ch(cell);
        let arms = self.arms(cell, back);
        if arms & opposite(heading) == 0 || (!back && Self::back_arms(c) != 0) {
            return Vec::new();
        }
        let straight = || if arms & heading != 0 { vec![heading] } else { Vec::new() };
        if back && self.glyphs == Glyphs::Unicode && Self::forward_arms(c) != 0 {
            return straight();
        }
        let crossing = c == '┼' || c == '+';
        if crossing && arms & heading != 0 && !loose {
            return straight();
        }
        ARMS.into_iter().filter(|a| arms & a != 0 && *a != opposite(heading)).collect()
    }
    /// The cells outside a box where its lines may begin.
    fn starts(&self, ix: usize, back: bool) -> Vec<(Cell, u8)> {
        let b = &self.oracle.scene.boxes[ix];
        let above = (b.x..b.x + b.w).map(|x| ((x, b.y - 1), UP));
        let below = (b.x..b.x + b.w).map(|x| ((x, b.y + b.h), DOWN));
        let left = (b.y..b.y + b.h).map(|y| ((b.x - 1, y), LEFT));
        let right = (b.y..b.y + b.h).map(|y| ((b.x + b.w, y), RIGHT));
        if !back {
            let side: Vec<(Cell, u8)> = if self.oracle.tb { below.collect() } else { right.collect() };
            return side.into_iter().filter(|(c, _)| self.owner(*c).is_none()).collect();
        }
        let dashed = |(c, arm): &(Cell, u8)| match self.glyphs {
            Glyphs::Unicode => Self::back_arms(self.ch(*c)) & opposite(*arm) != 0,
            Glyphs::Ascii => self.arms(*c, true) & opposite(*arm) != 0,
        };
        above.chain(below).chain(left).chain(right).filter(dashed).collect()
    }
}
