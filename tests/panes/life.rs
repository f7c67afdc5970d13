//! The life of an order, by exhausting every short sequence of what can happen to it, held against the machine itself
//! (reliability, section 5): no sequence leads to a second order for one yes.
//!
//! Three events deep after the first yes in every run; `OBDECK_DEPTH=5` goes further.

use obdeck::app::effect::{Effect, Ticket};
use obdeck::app::msg::Msg;
use obdeck::domain::guard::Danger;
use obdeck::domain::outcome::{Lookup, Outcome, ReadErrorKind, Refused};
use obdeck::domain::shown::Text;
use obdeck::domain::time::Span;
use obdeck::domain::timeline::{Intent, OrderId};

use super::dialog::world::planned;
use super::world::{Console, World, cluster, profile, settings};

/// What can happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Event {
    /// The key that opens the dialog.
    Open,
    /// A yes pressed anew, after the dialog could be read.
    Yes,
    /// The same key again within the same moment: held down, or typed twice.
    Again,
    /// Out of the dialog.
    No,
    /// The server takes the order.
    Taken,
    /// The server refuses it.
    Refused,
    /// Nothing left here.
    NotSent,
    /// Cut off, or no answer in time.
    Lost,
    /// The operator leaves.
    Quit,
    /// The program dies, and is started again on what the journal holds.
    Crash,
}

use Event::{Again, Crash, Lost, No, NotSent, Open, Quit, Refused as No409, Taken, Yes};

const ALL: [Event; 10] = [Open, Yes, Again, No, Taken, No409, NotSent, Lost, Quit, Crash];

/// The machine, and what was seen of it.
struct Life {
    console: Console,
    /// The order under way.
    under_way: Option<(Ticket, Intent)>,
    /// Intents without an outcome, as the journal would hold them.
    journal: Vec<Intent>,
    orders: usize,
    /// Whether a dialog was opened, or an order provably did not leave, since the last order.
    may: bool,
    ended: bool,
}

fn console(journal: &[Intent]) -> Console {
    let mut profile = profile("prod");
    profile.rules.danger = Danger::Normal;
    let mut settings = settings(vec![profile]);
    settings.journal.unsettled = journal.iter().map(|i| (i.basis.at, i.clone())).collect();
    let world =
        World { clusters: vec![cluster("prod", "12000001", "protoss", &[1, 1, 1])], ..World::default() };
    Console::new(world, settings, 80, 24)
}

impl Life {
    fn new() -> Self {
        let mut life = Self {
            console: console(&[]),
            under_way: None,
            journal: Vec::new(),
            orders: 0,
            may: false,
            ended: false,
        };
        life.select();
        life
    }

    /// The zone that is started.
    fn select(&mut self) {
        self.console.keys("<esc><down><down>");
        self.console.pass(1_000);
    }

    fn outcome(&mut self, outcome: impl FnOnce(Lookup) -> Outcome) {
        let Some((ticket, intent)) = self.under_way.take() else { return };
        let outcome = outcome(intent.lookup(self.console.now));
        if !matches!(outcome, Outcome::Unknown { .. }) {
            self.journal.retain(|i| i.order != intent.order);
        }
        self.console.send(Msg::Outcome { ticket, outcome });
    }

    /// Lets an event happen; gives how many orders came of it.
    fn happens(&mut self, event: Event) -> usize {
        if self.ended && event != Crash {
            return 0;
        }
        let words = Text::new("connection reset");
        match event {
            Open => {
                self.console.pass(1_500);
                self.console.keys("U");
                self.may = true;
            }
            Yes => {
                self.console.send(Msg::Painted);
                self.console.pass(1_500);
                self.console.keys("y");
            }
            Again => self.console.keys("y<enter>y"),
            No => self.console.keys("<esc>"),
            Taken => self.outcome(|_| Outcome::Accepted { task: None, trace: None, took: Span::ZERO }),
            No409 => self.outcome(|_| {
                Outcome::Refused(Refused {
                    kind: ReadErrorKind::Conflict,
                    http: 409,
                    code: Text::default(),
                    message: words,
                    trace: None,
                })
            }),
            NotSent => {
                self.may |= self.under_way.is_some();
                self.outcome(|_| Outcome::NotSent { why: words });
            }
            Lost => self.outcome(|lookup| Outcome::Unknown { why: words, lookup }),
            Quit => self.console.keys("<ctrl-c>"),
            Crash => {
                self.console = console(&self.journal);
                (self.under_way, self.ended, self.may) = (None, false, false);
                // An order that an earlier run left open is shown first, and is left by looking away.
                self.console.keys("<esc>");
                self.select();
            }
        }
        self.take()
    }

    /// The orders among the effects so far.
    fn take(&mut self) -> usize {
        let mut orders = 0;
        for effect in std::mem::take(&mut self.console.effects) {
            match effect {
                Effect::Submit { ticket, order } => {
                    orders += 1;
                    self.orders += 1;
                    let planned = planned(order.action());
                    let name = OrderId::new(&format!("order-{}", self.orders));
                    let intent = Intent::of(name, &order, &planned, "Start OB zone");
                    self.journal.push(intent.clone());
                    self.under_way = Some((ticket, intent));
                }
                Effect::Quit => self.ended = true,
                _ => {}
            }
        }
        orders
    }
}

/// Plays a sequence; gives the number of orders.
fn play(events: &[Event]) -> usize {
    let mut life = Life::new();
    for (n, event) in events.iter().enumerate() {
        let may = life.may;
        let sending = life.under_way.is_some();
        let orders = life.happens(*event);
        let story = || format!("{:?}, then {event:?}\n{}", &events[..n], life.console.frame());
        assert!(orders <= 1, "{orders} orders at once: {}", story());
        if orders == 1 {
            assert_eq!(*event, Yes, "an order without a yes: {}", story());
            assert!(may, "a second order for one yes, or after an outcome that nobody knows: {}", story());
        }
        assert!(
            !(life.ended && sending && *event == Quit),
            "left at once with an order under way: {}",
            story()
        );
        if orders == 1 {
            life.may = false;
        }
    }
    life.orders
}

fn every(prefix: &mut Vec<Event>, depth: usize, played: &mut (usize, usize)) {
    if depth == 0 {
        played.0 += 1;
        played.1 = played.1.max(play(prefix));
        return;
    }
    for event in ALL {
        prefix.push(event);
        every(prefix, depth - 1, played);
        prefix.pop();
    }
}

#[test]
fn p1_no_sequence_of_events_sends_twice_for_one_yes() {
    assert_eq!(play(&[Open, Yes]), 1, "the prefix sends");
    assert_eq!(
        play(&[Open, Yes, Taken, No, Open, Yes]),
        2,
        "a second dialog and a second yes are a second order"
    );
    assert_eq!(play(&[Open, Yes, NotSent, Yes]), 2, "what never left may be asked again");
    assert_eq!(play(&[Open, Yes, Lost, Yes, Yes]), 1, "what was lost is not");
    let depth = std::env::var("OBDECK_DEPTH").ok().and_then(|d| d.parse().ok()).unwrap_or(3);
    let mut played = (0, 0);
    every(&mut vec![Open, Yes], depth, &mut played);
    println!("{} sequences, at most {} orders", played.0, played.1);
    assert_eq!(played.0, ALL.len().pow(u32::try_from(depth).unwrap()));
    assert!(played.1 >= 2, "no sequence but the first sends: the model is not met");
}
