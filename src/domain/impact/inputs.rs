//! What an impact rests on, each read by itself, and what makes one of them count as not known.

use crate::domain::action::Action;
use crate::domain::capability::PlaneKind;
use crate::domain::limits;
use crate::domain::shown::Text;
use crate::domain::task::TaskSummary;
use crate::domain::time::{Span, Timestamp};
use crate::domain::topology::{Cluster, Parameter, Tenant, Unit};

/// Something that is read for an impact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Input {
    /// The cluster with its zones and servers.
    Topology,
    /// Unfinished tasks of the cluster.
    Tasks,
    /// Tenants: locality, primary zone, status.
    Tenants,
    /// Units, or the pools they come from.
    Units,
    /// Cluster parameters.
    Parameters,
}

impl Input {
    /// All of them, in the order they are listed.
    pub const ALL: [Input; 5] =
        [Input::Topology, Input::Tasks, Input::Tenants, Input::Units, Input::Parameters];
    /// Lower-case word, for machine output and [`super::Fact::code`].
    pub fn word(self) -> &'static str {
        match self {
            Input::Topology => "topology",
            Input::Tasks => "tasks",
            Input::Tenants => "tenants",
            Input::Units => "units",
            Input::Parameters => "parameters",
        }
    }
}

/// What has to be read to judge an action: a start takes nothing away, so tenants have no part in it, and an order
/// to a task is judged by the server alone.
pub fn needs(action: &Action) -> &'static [Input] {
    match action {
        Action::Cluster(a) if a.verb.takes_away() => &Input::ALL,
        Action::Cluster(_) => &[Input::Topology, Input::Tasks],
        Action::Task { .. } | Action::Subtask { .. } => &[],
    }
}

/// Why an input counts as not known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Missing {
    /// It could not be read: why.
    Failed(Text),
    /// It was read, this long ago: too long (operator-guide 3.2, step 8).
    Old(Span),
}

/// A value that was read, and when by our clock.
#[derive(Debug, PartialEq)]
pub struct Seen<'a, T: ?Sized> {
    /// What was read.
    pub value: &'a T,
    /// When the answer came.
    pub at: Timestamp,
}

/// An input; `Err` holds why it could not be read.
pub type Read<'a, T> = Result<Seen<'a, T>, Text>;

/// What the impact is computed from.
#[derive(Debug)]
pub struct Inputs<'a> {
    /// The moment for which it is computed: what is older than [`limits::IMPACT_MAX_AGE`] then is not known.
    pub now: Timestamp,
    /// Whose force it would be.
    pub kind: PlaneKind,
    /// The cluster, its zones read with servers.
    pub cluster: Read<'a, Cluster>,
    /// Unfinished tasks of the cluster.
    pub tasks: Read<'a, [TaskSummary]>,
    /// Tenants of the cluster.
    pub tenants: Read<'a, [Tenant]>,
    /// Units of the cluster.
    pub units: Read<'a, [Unit]>,
    /// Parameters of the cluster.
    pub parameters: Read<'a, [Parameter]>,
    /// Whether an arbitration service is known to be on. No documented answer of either control plane tells it
    /// (operator-guide 3.3), so it is `false` unless somebody who knows says otherwise.
    pub arbitration: bool,
}

impl Inputs<'_> {
    /// When each input was read that the action needs, or why it is not known.
    pub fn ages(&self, action: &Action) -> Vec<(Input, Result<Timestamp, Missing>)> {
        let at = |input| match input {
            Input::Topology => when(&self.cluster, self.now),
            Input::Tasks => when(&self.tasks, self.now),
            Input::Tenants => when(&self.tenants, self.now),
            Input::Units => when(&self.units, self.now),
            Input::Parameters => when(&self.parameters, self.now),
        };
        needs(action).iter().map(|input| (*input, at(*input))).collect()
    }
}

fn when<T: ?Sized>(read: &Read<'_, T>, now: Timestamp) -> Result<Timestamp, Missing> {
    let at = read.as_ref().map(|seen| seen.at).map_err(|why| Missing::Failed(why.clone()))?;
    usable(read, now).map(|_| at)
}

/// The value, unless it is too old to count.
pub(super) fn usable<'a, T: ?Sized>(read: &Read<'a, T>, now: Timestamp) -> Result<&'a T, Missing> {
    let seen = read.as_ref().map_err(|why| Missing::Failed(why.clone()))?;
    let age = now.since(seen.at);
    if age > limits::IMPACT_MAX_AGE { Err(Missing::Old(age)) } else { Ok(seen.value) }
}
