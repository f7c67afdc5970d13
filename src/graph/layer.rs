//! Back edges and layers: which edges run against the rest, and how far down each node stands.

/// What each edge and node got.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Layering {
    /// Layer of each node, from 0.
    pub(crate) layer: Vec<usize>,
    /// Whether an edge is turned round for the layering and drawn dashed.
    pub(crate) back: Vec<bool>,
}

/// Neighbour lists in one array: `list[start[v]..start[v + 1]]`.
pub(crate) struct Flat {
    start: Vec<u32>,
    list: Vec<u32>,
}

impl Flat {
    /// Lists of the second ends by first ends, in the order of `pairs`.
    pub(crate) fn new(n: usize, pairs: impl Iterator<Item = (usize, usize)> + Clone) -> Self {
        let mut start = vec![0_u32; n + 1];
        for (a, _) in pairs.clone() {
            start[a + 1] += 1;
        }
        for v in 0..n {
            start[v + 1] += start[v];
        }
        let mut next = start.clone();
        let mut list = vec![0_u32; start[n] as usize];
        for (a, b) in pairs {
            list[next[a] as usize] = b as u32;
            next[a] += 1;
        }
        Self { start, list }
    }
    /// The list of `v`.
    pub(crate) fn of(&self, v: usize) -> &[u32] {
        &self.list[self.start[v] as usize..self.start[v + 1] as usize]
    }
}

/// Layers by longest path, without balancing. What folding needs.
pub(crate) fn longest(n: usize, edges: &[(usize, usize)]) -> Vec<usize> {
    let edges: Vec<(usize, usize)> =
        edges.iter().copied().filter(|(a, b)| a != b && *a < n && *b < n).collect();
    let back = back_edges(n, &edges);
    longest_path(n, &turned(&edges, &back))
}

/// The edges without the back edges, and the nodes in an order that puts upstreams first.
pub(crate) fn acyclic(n: usize, edges: &[(usize, usize)]) -> (Vec<(usize, usize)>, Vec<usize>) {
    let mut edges: Vec<(usize, usize)> =
        edges.iter().copied().filter(|(a, b)| a != b && *a < n && *b < n).collect();
    let back = back_edges(n, &edges);
    let mut keep = back.iter();
    edges.retain(|_| !keep.next().copied().unwrap_or(false));
    let layer = longest_path(n, &edges);
    let mut order: Vec<usize> = (0..n).collect();
    order.sort_by_key(|v| (layer.get(*v).copied(), *v));
    (edges, order)
}

/// Back edges and balanced layers.
pub(crate) fn layering(n: usize, edges: &[(usize, usize)]) -> Layering {
    let back = back_edges(n, edges);
    let forward = turned(edges, &back);
    let mut layer = longest_path(n, &forward);
    balance(&mut layer, &forward);
    Layering { layer, back }
}

fn turned(edges: &[(usize, usize)], back: &[bool]) -> Vec<(usize, usize)> {
    edges.iter().zip(back).map(|((a, b), back)| if *back { (*b, *a) } else { (*a, *b) }).collect()
}

/// Depth-first search from the sources in order, then from what they did not reach; an edge to an open node is a
/// back edge. Greedy feedback sets are shorter on dense cycles, but task answers have none or one.
fn back_edges(n: usize, edges: &[(usize, usize)]) -> Vec<bool> {
    const NEW: u8 = 0;
    const OPEN: u8 = 1;
    const DONE: u8 = 2;
    let out = Flat::new(n, edges.iter().enumerate().map(|(e, (a, _))| (*a, e)));
    let mut has_up = vec![false; n];
    for (_, b) in edges {
        has_up[*b] = true;
    }
    let mut back = vec![false; edges.len()];
    let mut state = vec![NEW; n];
    let sources = (0..n).filter(|v| !has_up[*v]);
    for root in sources.chain(0..n) {
        if state[root] != NEW {
            continue;
        }
        state[root] = OPEN;
        let mut stack = vec![(root, 0_usize)];
        while let Some((v, next)) = stack.pop() {
            let Some(e) = out.of(v).get(next) else {
                state[v] = DONE;
                continue;
            };
            stack.push((v, next + 1));
            let to = edges[*e as usize].1;
            if state[to] == NEW {
                state[to] = OPEN;
                stack.push((to, 0));
            } else if state[to] == OPEN {
                back[*e as usize] = true;
            }
        }
    }
    back
}

/// Each node one below the lowest of those above it. `edges` must be without a cycle.
fn longest_path(n: usize, edges: &[(usize, usize)]) -> Vec<usize> {
    let down = Flat::new(n, edges.iter().copied());
    let mut open = vec![0_usize; n];
    for (_, b) in edges {
        open[*b] += 1;
    }
    let mut layer = vec![0; n];
    let mut ready: Vec<usize> = (0..n).filter(|v| open[*v] == 0).collect();
    while let Some(v) = ready.pop() {
        for to in down.of(v) {
            let to = *to as usize;
            layer[to] = layer[to].max(layer[v] + 1);
            open[to] -= 1;
            if open[to] == 0 {
                ready.push(to);
            }
        }
    }
    layer
}

/// Passes that pull each node towards the side where it has more edges; a long edge costs room and crossings.
fn balance(layer: &mut [usize], edges: &[(usize, usize)]) {
    const PASSES: usize = 12;
    let n = layer.len();
    let up = Flat::new(n, edges.iter().map(|(a, b)| (*b, *a)));
    let down = Flat::new(n, edges.iter().copied());
    for _ in 0..PASSES {
        let mut moved = false;
        let mut by_layer: Vec<usize> = (0..n).collect();
        by_layer.sort_by_key(|v| std::cmp::Reverse(layer[*v]));
        for v in by_layer {
            let (ups, downs) = (up.of(v), down.of(v));
            let lowest = ups.iter().map(|u| layer[*u as usize] + 1).max().unwrap_or(0);
            let highest = downs.iter().map(|d| layer[*d as usize] - 1).min();
            let want = match (ups.len().cmp(&downs.len()), highest) {
                (std::cmp::Ordering::Less, Some(h)) => h,
                (std::cmp::Ordering::Greater, _) => lowest,
                _ => layer[v],
            };
            moved |= want != layer[v];
            layer[v] = want;
        }
        if !moved {
            break;
        }
    }
    let top = layer.iter().copied().min().unwrap_or(0);
    for l in layer {
        *l -= top;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ring_has_one_back_edge() {
        let ring = [(0, 1), (1, 2), (2, 0)];
        let l = layering(3, &ring);
        assert_eq!(l.back, [false, false, true]);
        assert_eq!(l.layer, [0, 1, 2]);
    }

    #[test]
    fn a_lonely_upstream_is_pulled_down_to_its_only_downstream() {
        let l = layering(4, &[(0, 1), (1, 2), (3, 2)]);
        assert_eq!(l.layer, [0, 1, 2, 1]);
    }
}
