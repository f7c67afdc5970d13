//! Sends an approved order, once, and looks for what became of one whose answer was lost.
//!
//! Console, command line and harness share this: there is no other way to a control plane's `submit`. What is about
//! to be sent is on disk before the first byte leaves (reliability P3), and how it ended is written after it.

use std::time::Duration;

use super::keeper::Keeper;
use super::{clock, fresh};
use crate::domain::capability::WhyNot;
use crate::domain::guard::Approved;
use crate::domain::limits;
use crate::domain::outcome::{Held, Lookup, Outcome, ReadErrorKind, Refused};
use crate::domain::shown::Text;
use crate::domain::task::{TaskFilter, TaskSummary};
use crate::domain::time::{Span, Timestamp};
use crate::domain::timeline::{Ended, Intent, OrderId, Record, Subject, What};
use crate::plane::ControlPlane;

/// What is to be told while an order is on its way.
#[derive(Debug, Clone, PartialEq)]
pub enum Told {
    /// A line of the journal was written, or could not be: why, and what to do.
    Jotted(Result<Box<Record>, Text>),
    /// Another running process has an order to the same target on its way (A09).
    Also {
        /// Which process.
        pid: u32,
        /// Since when.
        since: Timestamp,
    },
}

/// What one order has on its way besides its control plane: the journal, its name in it, and who is told.
pub struct Desk<'a> {
    /// Keeps the journal.
    pub keeper: &'a Keeper,
    /// Names the order.
    pub order: OrderId,
    /// Told of each step.
    pub told: &'a (dyn Fn(Told) + Send + Sync),
}

/// Sends the order, if what it was confirmed on is still so (A10). It is moved in, so that one yes is one order;
/// every way it can end is an [`Outcome`].
pub async fn submit(plane: &dyn ControlPlane, order: Approved, desk: &Desk<'_>) -> Outcome {
    tracing::info!(action = ?order.action(), reason = order.reason(), overriding = order.overriding(), "submit");
    let outcome = if let Err(held_back) = desk.intend(plane, &order).await {
        held_back
    } else {
        let outcome = plane.submit(order).await;
        desk.ended(&outcome).await;
        outcome
    };
    tracing::info!(exit = outcome.exit() as u8, "outcome");
    outcome
}

impl Desk<'_> {
    /// Looks once more, then puts the intent on disk. `Err`: how it ends without anything sent.
    async fn intend(&self, plane: &dyn ControlPlane, order: &Approved) -> Result<(), Outcome> {
        let planned = match plane.plan(order.action()) {
            Ok(planned) => planned,
            Err(why) => {
                let outcome = not_offered(&why);
                self.held(order, &outcome).await;
                return Err(outcome);
            }
        };
        if let Some(outcome) = fresh::held(plane, order).await {
            self.held(order, &outcome).await;
            return Err(outcome);
        }
        let name = plane.task_name(order.action());
        let intent = Intent::of(self.order.clone(), order, &planned, name);
        for (pid, since) in self.keeper.also_sending(&intent.subject).await {
            (self.told)(Told::Also { pid, since });
        }
        self.jot(What::Intent(Box::new(intent))).await.map_err(|why| Outcome::Held(Held::NoJournal(why)))
    }
    /// An order that was held back after its yes.
    async fn held(&self, order: &Approved, outcome: &Outcome) {
        let mut why = match outcome {
            Outcome::Held(held) => vec![held.word().to_owned()],
            Outcome::NotSent { .. } => vec!["unreachable".to_owned()],
            _ => vec!["not-offered".to_owned()],
        };
        if let Outcome::Held(Held::Changed { now, gone }) = outcome {
            why.extend(now.iter().map(|code| format!("now {code}")));
            why.extend(gone.iter().map(|code| format!("gone {code}")));
        }
        let subject = Box::new(Subject::of(order.action()));
        let reason = order.reason().or(order.overriding()).map(str::to_owned);
        // Nothing is sent either way.
        let _ = self.jot(What::Held { subject, why, reason }).await;
    }
    /// How it ended. A journal that cannot take it is told; the outcome counts all the same.
    async fn ended(&self, outcome: &Outcome) {
        let _ = self.jot(What::Ended(Box::new(Ended::of(self.order.clone(), outcome)))).await;
    }
    async fn jot(&self, what: What) -> Result<(), Text> {
        let jotted = self.keeper.jot(what).await;
        let said = jotted.as_ref().map(|_| ()).map_err(Clone::clone);
        (self.told)(Told::Jotted(jotted.map(Box::new)));
        said
    }
}

/// Writes that nobody waits for the answer of an order any more: its outcome is unknown (A07).
pub async fn give_up(keeper: &Keeper, order: OrderId, lookup: Lookup) -> Result<Record, Text> {
    let why = Text::new("left before an answer came");
    keeper.jot(What::Ended(Box::new(Ended::of(order, &Outcome::Unknown { why, lookup })))).await
}

fn not_offered(why: &WhyNot) -> Outcome {
    match why {
        WhyNot::ReadOnly => Outcome::Held(Held::ReadOnly),
        _ => Outcome::Refused(Refused {
            kind: ReadErrorKind::BadRequest,
            http: 0,
            code: Text::default(),
            message: Text::new("the control plane does not offer this"),
            trace: None,
        }),
    }
}

const LOOKUP_PAUSE: Duration = Duration::from_secs(1);

/// Looks for tasks that a lost order may have started. Reads only, until something is found, or until
/// [`limits::LOOKUP`] is over and two clean lists had nothing (A04); nothing found is an empty list.
pub async fn look_up(plane: &dyn ControlPlane, lookup: &Lookup, user: &str) -> Vec<TaskSummary> {
    let from = clock::now();
    // Without the server's clock the two are taken as equal; the slack covers small differences.
    let skew = plane.info().await.ok().and_then(|i| i.value.skew).unwrap_or(Span::ZERO);
    let filter = TaskFilter { cluster: lookup.cluster.clone(), ..TaskFilter::default() };
    let mut clean = 0;
    loop {
        if let Ok(list) = plane.tasks(&filter).await {
            clean += 1;
            let found = lookup.candidates(&list.value, user, skew);
            if !found.is_empty() {
                return found.into_iter().cloned().collect();
            }
        }
        let waited = Span::from_millis(clock::now().since(from).millis() * i64::from(haste()));
        if is_over(waited, clean) {
            return Vec::new();
        }
        tokio::time::sleep(LOOKUP_PAUSE / haste()).await;
    }
}

/// Whether enough was looked: long enough with enough clean lists, or twice as long whatever the lists.
fn is_over(waited: Span, clean: u32) -> bool {
    let enough = waited >= limits::LOOKUP && clean >= limits::LOOKUP_LISTS;
    enough || waited >= limits::LOOKUP.plus(limits::LOOKUP)
}

/// How much faster than life a search runs: a test that starts the program need not wait it out. Not in a release build.
fn haste() -> u32 {
    #[cfg(debug_assertions)]
    if let Some(haste) = std::env::var("OBDECK_TEST_HASTE").ok().and_then(|h| h.parse().ok()) {
        return std::cmp::max(1, haste);
    }
    1
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::action::{Action, TaskVerb};
    use crate::domain::guard::{self, Answer, Rules};
    use crate::domain::id::{ProfileName, TaskId, TaskRef};
    use crate::domain::impact::Impact;

    fn approved() -> Approved {
        let task = TaskRef { profile: ProfileName::new("prod"), id: TaskId::new("5") };
        let (action, impact) =
            (Action::Task { verb: TaskVerb::Retry, task }, Impact { findings: Vec::new() });
        let verdict = guard::judge(&action, &impact, &Rules::default());
        let answer = Answer { yes: true, reason: Some("CHG-1".to_owned()), ..Answer::default() };
        guard::approve(action, &impact, &verdict, &answer, Timestamp::from_millis(0)).unwrap()
    }

    #[tokio::test]
    async fn an_order_that_was_held_back_is_in_the_journal_with_why() {
        let keeper = Keeper::in_memory(std::sync::Arc::new(|| Timestamp::from_millis(0)));
        let desk = Desk { keeper: &keeper, order: keeper.order(), told: &|_| {} };
        let own = |code: &str| vec![code.to_owned()];
        let changed = Held::Changed { now: own("other-task 7 running"), gone: own("no-other-task") };
        for outcome in [
            Outcome::Held(changed),
            Outcome::NotSent { why: Text::new("no route") },
            not_offered(&WhyNot::ReadOnly),
            not_offered(&WhyNot::OcpHasNoFreeze),
        ] {
            desk.held(&approved(), &outcome).await;
        }
        let kept = keeper.history().await.unwrap();
        let held = kept.iter().map(|r| match &r.what {
            What::Held { why, reason, .. } => (why.join("; "), reason.clone()),
            other => panic!("{other:?}"),
        });
        let reason = Some("CHG-1".to_owned());
        let want = [
            "changed; now other-task 7 running; gone no-other-task",
            "unreachable",
            "read-only",
            "not-offered",
        ];
        assert_eq!(held.collect::<Vec<_>>(), want.map(|why| (why.to_owned(), reason.clone())));
    }

    #[test]
    fn a04_nothing_is_given_up_before_its_time_or_on_one_list() {
        let over = |secs, clean| is_over(Span::from_secs(secs), clean);
        assert_eq!([over(29, 9), over(30, 1), over(30, 2), over(31, 2)], [false, false, true, true]);
        assert_eq!([over(59, 0), over(59, 1), over(60, 0), over(60, 1)], [false, false, true, true]);
    }
}
