//! Where lines leave and reach the borders of boxes.

use super::flow::Flow;
use super::nets::Net;

/// First and last cell across the flow at which a vertex may have a port.
pub(crate) type Inside = (i32, i32);

/// Columns of one net's ports, in the order of its uppers and lowers.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Columns {
    /// At the lower borders of the vertices above.
    pub(crate) upper: Vec<i32>,
    /// At the upper borders of the vertices below.
    pub(crate) lower: Vec<i32>,
}

/// Least distance of two ports of one side.
const PITCH: i32 = 2;
/// Distance they take where there is room.
const ROOMY: i32 = 4;

/// One side of one vertex: its ports from the left.
struct Side {
    inside: Inside,
    /// (net, index in the net's uppers or lowers)
    ports: Vec<(usize, usize)>,
    columns: Vec<i32>,
    /// Wanted column, where there is one that makes a line straight.
    wishes: Vec<Option<i32>>,
}

impl Side {
    /// Ports evenly around the middle.
    fn spread(&mut self) {
        let (low, high) = self.inside;
        let k = self.ports.len() as i32;
        let pitch = if k > 1 { ((high - low) / (k - 1)).clamp(1, ROOMY) } else { 0 };
        let first = low + (high - low - pitch * (k - 1)) / 2;
        self.columns = (0..k).map(|j| first + j * pitch).collect();
    }
    /// The cells that port `j` could have.
    fn range(&self, j: usize) -> Inside {
        let (low, high) = self.inside;
        let (j, k) = (j as i32, self.ports.len() as i32);
        (low + PITCH * j, high - PITCH * (k - 1 - j))
    }
    /// Moves ports to their wishes as far as order and pitch allow.
    fn settle(&mut self) {
        if self.wishes.iter().all(Option::is_none) {
            return;
        }
        let mut blocks: Vec<(f64, f64, usize)> = Vec::new();
        for (j, wish) in self.wishes.iter().enumerate() {
            let (at, weight) = wish.map_or((self.columns[j], 1.0), |w| (w, 16.0));
            let (low, high) = self.range(j);
            let at = at.clamp(low.min(high), high.max(low)) - PITCH * j as i32;
            blocks.push((f64::from(at) * weight, weight, 1));
            while let [.., a, b] = blocks.as_mut_slice()
                && a.0 * b.1 > b.0 * a.1
            {
                *a = (a.0 + b.0, a.1 + b.1, a.2 + b.2);
                blocks.pop();
            }
        }
        let mut j = 0;
        for (sum, weight, count) in blocks {
            let at = (sum / weight).round() as i32;
            for _ in 0..count {
                let (low, high) = self.range(j);
                self.columns[j] = (at + PITCH * j as i32).clamp(low.min(high), high.max(low));
                j += 1;
            }
        }
    }
}

/// Columns of all ports of one gap. `centre2` is twice the middle of each vertex, `inside` where it may have ports.
pub(crate) fn ports(
    flow: &Flow,
    gap: usize,
    nets: &[Net],
    centre2: &[i32],
    inside: &[Inside],
) -> Vec<Columns> {
    let mut sides =
        [sides(flow, gap, nets, centre2, inside, true), sides(flow, gap + 1, nets, centre2, inside, false)];
    let mut at = places(nets, &sides);
    for (n, net) in nets.iter().enumerate() {
        wish(net, &at[n], &mut sides);
    }
    sides.iter_mut().flatten().for_each(Side::settle);
    at.clear();
    let mut out: Vec<Columns> = nets
        .iter()
        .map(|n| Columns { upper: vec![0; n.uppers.len()], lower: vec![0; n.lowers.len()] })
        .collect();
    let [above, below] = &sides;
    for side in above {
        for ((net, end), column) in side.ports.iter().zip(&side.columns) {
            out[*net].upper[*end] = *column;
        }
    }
    for side in below {
        for ((net, end), column) in side.ports.iter().zip(&side.columns) {
            out[*net].lower[*end] = *column;
        }
    }
    out
}

/// The sides of one layer's vertices towards the gap, with ports ordered by the mean column of the other ends.
fn sides(
    flow: &Flow,
    layer: usize,
    nets: &[Net],
    centre2: &[i32],
    inside: &[Inside],
    above: bool,
) -> Vec<Side> {
    let mut of: std::collections::BTreeMap<usize, Vec<(f64, usize, usize)>> =
        std::collections::BTreeMap::new();
    for (n, net) in nets.iter().enumerate() {
        let (own, other) = if above { (&net.uppers, &net.lowers) } else { (&net.lowers, &net.uppers) };
        let sum: i64 = other.iter().map(|v| i64::from(centre2[*v])).sum();
        let mean = sum as f64 / other.len().max(1) as f64;
        for (end, v) in own.iter().enumerate() {
            of.entry(*v).or_default().push((mean, n, end));
        }
    }
    flow.layers[layer]
        .iter()
        .chain(flow.rails.stops(layer))
        .filter_map(|v| {
            let mut list = of.remove(v)?;
            list.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
            let ports: Vec<(usize, usize)> = list.into_iter().map(|(_, n, end)| (n, end)).collect();
            let wishes = vec![None; ports.len()];
            let mut side = Side { inside: inside[*v], ports, columns: Vec::new(), wishes };
            side.spread();
            Some(side)
        })
        .collect()
}

/// Where a port is kept: (index of the side, index of the port on it), for each net's uppers and lowers.
type Places = (Vec<(usize, usize)>, Vec<(usize, usize)>);

fn places(nets: &[Net], sides: &[Vec<Side>; 2]) -> Vec<Places> {
    let mut out: Vec<Places> =
        nets.iter().map(|n| (vec![(0, 0); n.uppers.len()], vec![(0, 0); n.lowers.len()])).collect();
    for (s, side) in sides[0].iter().enumerate() {
        for (j, (net, end)) in side.ports.iter().enumerate() {
            out[*net].0[*end] = (s, j);
        }
    }
    for (s, side) in sides[1].iter().enumerate() {
        for (j, (net, end)) in side.ports.iter().enumerate() {
            out[*net].1[*end] = (s, j);
        }
    }
    out
}

/// Lets the ports of a net wish for columns that make a line straight: both ends of a line alone, and of a fan the
/// end that is next to the single port.
fn wish(net: &Net, at: &Places, sides: &mut [Vec<Side>; 2]) {
    let one = |list: &[(usize, usize)]| if let [only] = list { Some(*only) } else { None };
    let column = |sides: &[Vec<Side>; 2], half: usize, (s, j): (usize, usize)| sides[half][s].columns[j];
    let (single, many, half) = match (one(&at.0), one(&at.1)) {
        (Some(u), Some(l)) => (u, vec![l], 0),
        (Some(u), None) => (u, at.1.clone(), 0),
        (None, Some(l)) => (l, at.0.clone(), 1),
        (None, None) => return,
    };
    let here = column(sides, half, single);
    let Some(near) = many.iter().copied().min_by_key(|p| (column(sides, 1 - half, *p) - here).abs()) else {
        return;
    };
    let there = column(sides, 1 - half, near);
    if net.uppers.len().max(net.lowers.len()) > 1 && (there - here).abs() > 3 {
        return;
    }
    let (a, b) = (sides[half][single.0].range(single.1), sides[1 - half][near.0].range(near.1));
    let (low, high) = (a.0.max(b.0), a.1.min(b.1));
    if low <= high {
        let column = i32::midpoint(here, there).clamp(low, high);
        sides[half][single.0].wishes[single.1] = Some(column);
        sides[1 - half][near.0].wishes[near.1] = Some(column);
    }
}
