//! Steps in the order of their index and their ID: server 1 left of server 2, wherever that costs no crossing.

use std::collections::BTreeMap;

use super::{Kin, Orders};
use crate::graph::flow::Flow;

impl Orders {
    /// Steps with the same neighbours by ID; before that the drawing is turned round, left for right, where more of all
    /// steps then stand by ID.
    pub(super) fn by_id(&mut self, flow: &Flow) {
        let boxes =
            |layer: &Vec<u32>| layer.iter().copied().filter(|v| !flow.is_dummy(*v as usize)).collect();
        let (mut with, mut against) = (0_usize, 0_usize);
        for layer in &self.layers {
            let boxes: Vec<u32> = boxes(layer);
            let right = boxes.windows(2).filter(|pair| pair[0] < pair[1]).count();
            with += right;
            against += boxes.len().saturating_sub(1) - right;
        }
        if against > with {
            let mut turned = self.layers.clone();
            for layer in &mut turned {
                layer.reverse();
            }
            self.set(turned);
        }
        for layer in 0..self.layers.len() {
            let twins = self.twins(layer);
            self.layers[layer] = twins;
            self.renumber(layer);
        }
    }
    /// A layer in which vertices with the same neighbours have changed places to stand by ID.
    fn twins(&self, layer: usize) -> Vec<u32> {
        let mut places: BTreeMap<_, Vec<usize>> = BTreeMap::new();
        for (place, v) in self.layers[layer].iter().enumerate() {
            let v = *v as usize;
            places.entry((self.up.of(v), self.down.of(v))).or_default().push(place);
        }
        by(&self.layers[layer], places.into_values(), |v| v)
    }
    /// Puts equal steps of each layer by index, in all layers together or else in each by itself, as far as no crossing
    /// comes of it.
    pub(super) fn by_index(&mut self, kin: &[Kin]) {
        let wanted: Vec<Vec<u32>> = self.layers.iter().map(|layer| in_order(layer, kin)).collect();
        if wanted == self.layers {
            return;
        }
        let (total, before) = (self.total(), self.layers.clone());
        self.set(wanted.clone());
        if self.total() <= total {
            return;
        }
        self.set(before);
        for (layer, order) in wanted.into_iter().enumerate() {
            let total = self.total();
            let old = std::mem::replace(&mut self.layers[layer], order);
            self.renumber(layer);
            self.recount_at(layer);
            if self.total() > total {
                self.layers[layer] = old;
                self.renumber(layer);
                self.recount_at(layer);
            }
        }
    }
}

/// A layer in which the vertices of each name have changed places among themselves to stand by index.
fn in_order(layer: &[u32], kin: &[Kin]) -> Vec<u32> {
    let mut places: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (place, v) in layer.iter().enumerate() {
        if let Some((name, _)) = kin.get(*v as usize).copied().flatten() {
            places.entry(name).or_default().push(place);
        }
    }
    by(layer, places.into_values(), |v| kin.get(v as usize).copied().flatten())
}

/// A layer in which those at each list of places have changed among themselves to stand by `key`.
fn by<K: Ord>(layer: &[u32], lists: impl Iterator<Item = Vec<usize>>, key: impl Fn(u32) -> K) -> Vec<u32> {
    let mut out = layer.to_vec();
    for places in lists {
        let mut of: Vec<u32> = places.iter().map(|p| layer[*p]).collect();
        of.sort_by_key(|v| key(*v));
        for (place, v) in places.into_iter().zip(of) {
            out[place] = v;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::flow::parts;
    use crate::graph::order::{WORK, order};

    /// Three servers with two steps each between a start and an end, indices against the order of IDs.
    fn lanes() -> (Vec<(usize, usize)>, Vec<Kin>) {
        let edges = [1, 2, 3].into_iter().flat_map(|v| [(0, v), (v, v + 3), (v + 3, 7)]).collect();
        let first = [2, 0, 1].map(|ix| Some((1, ix)));
        let second = [2, 0, 1].map(|ix| Some((2, ix)));
        (edges, [&[None][..], &first, &second, &[None]].concat())
    }

    #[test]
    fn equal_steps_stand_by_index_in_all_layers() {
        let (edges, kin) = lanes();
        let mut flow = parts(8, &edges, usize::MAX).remove(0);
        order(&mut flow, WORK, &kin);
        assert_eq!(flow.layers, [vec![0], vec![2, 3, 1], vec![5, 6, 4], vec![7]]);
    }

    #[test]
    fn steps_without_an_index_stand_by_id() {
        let mut flow =
            parts(6, &[(0, 1), (0, 2), (1, 3), (1, 4), (2, 3), (2, 4), (3, 5), (4, 5), (0, 5)], 99).remove(0);
        order(&mut flow, WORK, &[]);
        let boxes = |layer: &[usize]| layer.iter().copied().filter(|v| *v < 6).collect::<Vec<_>>();
        assert_eq!((boxes(&flow.layers[1]), boxes(&flow.layers[2])), (vec![1, 2], vec![3, 4]));
    }

    #[test]
    fn an_index_is_not_worth_a_crossing() {
        // Two servers whose steps hang on steps of no index.
        let mut flow = parts(6, &[(0, 2), (1, 3), (2, 4), (3, 5), (0, 1)], usize::MAX).remove(0);
        let kin = [None, None, None, Some((1, 1)), Some((1, 0)), None];
        order(&mut flow, WORK, &kin);
        assert_eq!(super::Orders::new(&flow).total(), 0);
    }
}
