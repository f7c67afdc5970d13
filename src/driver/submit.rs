//! Sends an approved order, once, and looks for what became of one whose answer was lost.
//!
//! Console and command line share this function: there is no other way to a control plane's `submit`.

use std::time::Duration;

use super::{clock, fresh};
use crate::domain::guard::Approved;
use crate::domain::outcome::{Lookup, Outcome};
use crate::domain::task::{TaskFilter, TaskSummary};
use crate::domain::time::Span;
use crate::plane::ControlPlane;

/// Sends the order, if what it was confirmed on is still so (A10). It is moved in, so that one yes is one order;
/// every way it can end is an [`Outcome`].
pub async fn submit(plane: &dyn ControlPlane, order: Approved) -> Outcome {
    if let Some(held) = fresh::held(plane, &order).await {
        return held;
    }
    tracing::info!(action = ?order.action(), reason = order.reason(), overriding = order.overriding(), "submit");
    let outcome = plane.submit(order).await;
    tracing::info!(exit = outcome.exit() as u8, "outcome");
    outcome
}

/// How long tasks are looked for after an answer was lost (A01).
pub const LOOKUP_LIMIT: Span = Span::from_secs(10);
const LOOKUP_PAUSE: Duration = Duration::from_secs(1);
/// How much earlier than the send a task may seem to have started: clocks differ, and OCP's times are whole
/// seconds in some answers.
const LOOKUP_SLACK: Span = Span::from_secs(5);

/// Looks for tasks that a lost order may have started: same cluster, same name, started no earlier than it was
/// sent. Reads only, until something is found or the limit is over; nothing found is an empty list.
pub async fn look_up(plane: &dyn ControlPlane, lookup: &Lookup, limit: Span) -> Vec<TaskSummary> {
    let from = clock::now();
    // Without the server's clock the two are taken as equal; the slack covers small differences.
    let skew = plane.info().await.ok().and_then(|i| i.value.skew).unwrap_or(Span::ZERO);
    let earliest = lookup.sent.plus(skew).plus(Span::ZERO.minus(LOOKUP_SLACK));
    let filter = TaskFilter { cluster: lookup.cluster.clone(), ..TaskFilter::default() };
    loop {
        if let Ok(list) = plane.tasks(&filter).await {
            let found: Vec<TaskSummary> =
                list.value.into_iter().filter(|t| could_be(t, lookup, earliest)).collect();
            if !found.is_empty() {
                return found;
            }
        }
        if clock::now().since(from) >= limit {
            return Vec::new();
        }
        tokio::time::sleep(LOOKUP_PAUSE).await;
    }
}

fn could_be(t: &TaskSummary, lookup: &Lookup, earliest: crate::domain::time::Timestamp) -> bool {
    let same_cluster = match (&lookup.cluster, &t.cluster) {
        (Some(want), Some(at)) => *want == at.id,
        // The list was asked for one cluster; a row that does not tell is kept.
        (_, None) | (None, _) => true,
    };
    let in_time = t.started.map_or_else(|| t.is_unfinished(), |s| s >= earliest);
    same_cluster
        && in_time
        && (lookup.name.is_empty() || t.name.raw().eq_ignore_ascii_case(lookup.name.raw()))
}
