//! Which form and direction fit a viewport: by sizes, not by trial drawings, and never by a status.

use super::size::{Look, bare};
use crate::graph::dag::Dag;
use crate::graph::flow::Flow;
use crate::graph::scene::{Form, LABEL_COLUMNS, LayoutOptions, Orientation};

/// The look to draw with. Where nothing fits, the most compact form from top to bottom.
pub(super) fn choose(dag: &Dag, flows: &[Flow], options: &LayoutOptions) -> Look {
    let label = options
        .viewport
        .map_or(LABEL_COLUMNS, |(w, _)| usize::from(w).saturating_sub(8).clamp(8, LABEL_COLUMNS));
    let look = |form, lr| Look { form, lr, label, live: usize::from(options.live) };
    let forms: &[Form] = match options.form {
        Form::Auto => &[Form::Full, Form::Compact],
        Form::Full => &[Form::Full],
        Form::Compact => &[Form::Compact],
        Form::Dot => &[Form::Dot],
    };
    let turns: &[bool] = match options.orientation {
        Orientation::Auto => &[false, true],
        Orientation::Tb => &[false],
        Orientation::Lr => &[true],
    };
    let first = look(forms[0], turns[0]);
    let Some((columns, rows)) = options.viewport else { return first };
    let candidates = turns.iter().flat_map(|lr| forms.iter().map(move |form| (*form, *lr)));
    let mut fallback = first;
    for (form, lr) in candidates {
        let look = look(form, lr);
        let (w, h) = estimate(dag, flows, &look);
        if w <= i32::from(columns) && h <= i32::from(rows) {
            return look;
        }
        if !lr || !turns.contains(&false) {
            fallback = look;
        }
    }
    fallback
}

/// About how large the drawing will be: boxes and the least of gaps, without what lines take.
fn estimate(dag: &Dag, flows: &[Flow], look: &Look) -> (i32, i32) {
    let sizes = bare(dag, look);
    let (mut w, mut h) = (0, 0);
    for flow in flows {
        let (mut along, mut across) = (0, 0);
        for layer in &flow.layers {
            let boxes = layer.iter().filter_map(|v| flow.vertices[*v].node).map(|n| sizes[n]);
            let (mut sum, mut deep) = (0, 0);
            for (bw, bh) in boxes {
                let (a, f) = if look.lr { (bh, bw) } else { (bw, bh) };
                sum += a + if look.lr { 1 } else { 2 };
                deep = deep.max(f);
            }
            across = across.max(sum);
            along += deep + if look.lr { 3 } else { 1 };
        }
        let (pw, ph) = if look.lr { (along, across) } else { (across, along) };
        w = w.max(pw);
        h += ph;
    }
    (w, h)
}
