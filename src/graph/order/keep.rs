//! The order of a drawing that has grown: known vertices keep theirs, new ones go where their neighbours are.

use super::Orders;
use crate::graph::flow::Flow;

/// Puts the layers of `flow` in order around `anchors`, the middles that known vertices had; `None` for the others.
pub(crate) fn keep(flow: &mut Flow, anchors: &[Option<f64>]) {
    /// Passes in which a new vertex learns from new ones beside it.
    const PASSES: usize = 8;
    const SIFTS: usize = 4;
    let mut orders = Orders::new(flow);
    let mut at: Vec<Option<f64>> = anchors.to_vec();
    for _ in 0..PASSES {
        let known = at.clone();
        for (v, own) in at.iter_mut().enumerate().filter(|(v, _)| anchors[*v].is_none()) {
            let ends = orders.up.of(v).iter().chain(orders.down.of(v));
            let middles: Vec<f64> = ends.filter_map(|(to, _)| known[*to as usize]).collect();
            if !middles.is_empty() {
                *own = Some(middles.iter().sum::<f64>() / middles.len() as f64);
            }
        }
    }
    let mut layers = orders.layers.clone();
    for layer in &mut layers {
        // What has no known neighbour at all goes to the end.
        let middle = |v: &u32| at[*v as usize].unwrap_or(f64::MAX);
        layer.sort_by(|a, b| middle(a).total_cmp(&middle(b)));
    }
    orders.set(layers);
    orders.fixed = anchors.iter().map(Option::is_some).collect();
    orders.sift_all(SIFTS);
    flow.layers = orders.layers.iter().map(|l| l.iter().map(|v| *v as usize).collect()).collect();
}
