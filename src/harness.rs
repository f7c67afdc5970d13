//! The console without a terminal: keys in, frames out, time moved by hand. For tests and screenshots.
//!
//! Machine, drawing and reads are those of the real console; only the waiting is not: a read ends before the next
//! key is looked at, and time stands still until [`Harness::advance`].

use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::{Arc, Mutex, PoisonError};

use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::Buffer;
use tokio::runtime::Runtime;

use crate::app::effect::Effect;
use crate::app::keepsake::{File, Keepsake, Kept, NotKept};
use crate::app::key::{Key, KeyCode, Size};
use crate::app::model::Model;
use crate::app::msg::Msg;
use crate::app::panes::replay::{Replay, Turn};
use crate::app::paper::To;
use crate::app::settings::Settings;
use crate::app::tour::Tour;
use crate::app::update::update;
use crate::domain::action::Action;
use crate::domain::guard::Approved;
use crate::domain::outcome::Outcome;
use crate::domain::shown::{Shown, Text};
use crate::domain::time::{Span, Timestamp};
use crate::domain::timeline::Record;
use crate::driver::keeper::Keeper;
use crate::driver::reads::{Planes, laid, message, read};
use crate::driver::submit::{Desk, Told, submit};
use crate::tui::look::Look;
use crate::tui::screen::grid::{Glyph, Grid};
use crate::tui::{draw, export, paper, svg};

/// Messages that one step may set off; a circle ends here.
const STEPS: usize = 10_000;

/// The folder that a harness claims to have written to.
const EXPORTS: &str = "~/.local/state/obdeck/exports";

/// The time of a story: asked, and moved by hand.
pub struct Story {
    /// The time now.
    pub now: Arc<dyn Fn() -> Timestamp + Send + Sync>,
    /// Moves it on.
    pub advance: Box<dyn FnMut(Span)>,
}

/// A console without a terminal.
pub struct Harness {
    runtime: Runtime,
    story: Story,
    planes: Planes,
    keeper: Keeper,
    told: Vec<Msg>,
    model: Model,
    look: Look,
    terminal: Terminal<TestBackend>,
    wake: Option<Timestamp>,
    sent: Vec<Action>,
    outcomes: Vec<Outcome>,
    copied: Vec<String>,
    saved: Vec<Keepsake>,
    ended: bool,
}

impl Harness {
    /// Starts; what is asked for first is read before this returns. `runtime` is the one the planes' servers run in,
    /// if they are of this process.
    pub fn new(
        runtime: Runtime,
        settings: Settings,
        planes: Planes,
        look: Look,
        size: Size,
        story: Story,
    ) -> Self {
        let model = Model::new(settings, size, (story.now)());
        let keeper = Keeper::in_memory(Arc::clone(&story.now));
        let mut harness = Self {
            keeper,
            told: Vec::new(),
            runtime,
            story,
            planes,
            model,
            look,
            terminal: terminal(size),
            wake: None,
            sent: Vec::new(),
            outcomes: Vec::new(),
            copied: Vec::new(),
            saved: Vec::new(),
            ended: false,
        };
        harness.take(Msg::Wake);
        harness
    }
    /// Plays a recording: its planes answer from it, and the story's time is its own.
    pub fn play(&mut self, replay: Replay) -> &mut Self {
        self.model.play(replay);
        self.take(Msg::Rewound);
        self
    }
    /// Lets the tour play, over simulators whose time is this one's.
    pub fn lead(&mut self) -> &mut Self {
        self.model.lead(Tour::new(1.0));
        self.take(Msg::Wake);
        self
    }
    /// Gives the machine a message and carries out what it asks for, until nothing is left to do.
    pub fn take(&mut self, msg: Msg) {
        let mut waiting = VecDeque::from([msg]);
        for _ in 0..STEPS {
            let Some(msg) = waiting.pop_front() else { break };
            for effect in update(&mut self.model, msg, (self.story.now)()) {
                let came = self.carry_out(effect);
                waiting.extend(self.told.drain(..).chain(came));
            }
            if waiting.is_empty() && self.model.take_dirty() {
                self.paint();
                waiting.push_back(Msg::Painted);
            }
        }
    }
    /// Presses a key by its name in the config: a character, or `enter`, `esc`, `ctrl-x`.
    pub fn key(&mut self, name: &str) -> &mut Self {
        let mut chars = name.chars();
        let key = match (name, chars.next(), chars.next()) {
            (_, Some(c), None) => Key::char(c),
            _ => name.parse().unwrap_or(Key::plain(KeyCode::Other)),
        };
        self.take(Msg::Key(key));
        self
    }
    /// Presses the keys of a text, one after the other.
    pub fn text(&mut self, text: &str) -> &mut Self {
        for c in text.chars() {
            self.take(Msg::Key(Key::char(c)));
        }
        self
    }
    /// Lets time pass: the machine is woken whenever it asked for it on the way.
    pub fn advance(&mut self, millis: i64) -> &mut Self {
        let end = (self.story.now)().plus(Span::from_millis(millis));
        for _ in 0..STEPS {
            let now = (self.story.now)();
            if now >= end || self.ended {
                break;
            }
            let next = self.wake.filter(|w| *w < end).unwrap_or(end);
            let step = next.since(now).millis().max(1);
            (self.story.advance)(Span::from_millis(step));
            if self.wake.is_some_and(|w| w <= (self.story.now)()) {
                self.wake = None;
                self.take(Msg::Wake);
            }
        }
        self.take(Msg::Wake);
        self
    }
    /// Lets time pass in steps until the screen shows a text; `false` when it does not within an hour.
    pub fn advance_until(&mut self, text: &str, step_millis: i64) -> bool {
        for _ in 0..3_600_000 / step_millis.max(1) {
            if self.frame().contains(text) {
                return true;
            }
            self.advance(step_millis);
        }
        false
    }
    /// Another size.
    pub fn resize(&mut self, width: u16, height: u16) -> &mut Self {
        let size = Size { width, height };
        self.terminal = terminal(size);
        self.take(Msg::Resize(size));
        self
    }
    /// Changes how the screen is to look.
    pub fn look(&mut self, look: Look) -> &mut Self {
        self.look = look;
        self.paint();
        self
    }
    /// The frame as rows of text, without trailing blanks.
    pub fn frame(&self) -> String {
        let grid = Grid::of(self.buffer());
        let row = |y| grid.row(y).iter().map(Glyph::symbol).collect::<String>();
        (0..grid.height()).map(|y| row(y).trim_end().to_owned() + "\n").collect()
    }
    /// The frame as cells.
    pub fn buffer(&self) -> &Buffer {
        self.terminal.backend().buffer()
    }
    /// The frame as a picture.
    pub fn svg(&self, title: &str) -> String {
        svg::svg(self.buffer(), title)
    }
    /// The machine's state.
    pub fn model(&self) -> &Model {
        &self.model
    }
    /// What was sent, in order.
    pub fn sent(&self) -> &[Action] {
        &self.sent
    }
    /// How what was sent ended, in the same order.
    pub fn outcomes(&self) -> &[Outcome] {
        &self.outcomes
    }
    /// What was put into the clipboard, in order.
    pub fn copied(&self) -> &[String] {
        &self.copied
    }
    /// What was to be written into files, in order; no file is.
    pub fn saved(&self) -> &[Keepsake] {
        &self.saved
    }
    /// What the journal holds.
    pub fn journal(&self) -> Vec<Record> {
        self.runtime.block_on(self.keeper.history()).unwrap_or_default()
    }
    /// Whether it has ended.
    pub fn has_ended(&self) -> bool {
        self.ended
    }

    fn carry_out(&mut self, effect: Effect) -> Option<Msg> {
        match effect {
            Effect::Fetch { ticket, query } => {
                let plane = self.planes.get(query.profile())?.clone();
                let result = self.runtime.block_on(read(plane.as_ref(), &query));
                return Some(Msg::Reply { ticket, result });
            }
            Effect::Submit { ticket, order } => {
                self.sent.push(order.action().clone());
                let outcome = self.submit(order);
                self.outcomes.push(outcome.clone());
                return Some(Msg::Outcome { ticket, outcome });
            }
            Effect::Jot(what) => {
                let jotted = self.runtime.block_on(self.keeper.jot(*what));
                return Some(Msg::Jotted(jotted.map(Box::new)));
            }
            Effect::History => return Some(Msg::History(self.runtime.block_on(self.keeper.history()))),
            Effect::Layout(job) => return Some(laid(job.key(), || job.run())),
            Effect::WakeAt(at) => self.wake = Some(at),
            Effect::Copy(text) => self.copied.push(text),
            Effect::Resume(profile) => {
                if let Some(plane) = self.planes.get(&profile) {
                    plane.resume();
                }
            }
            Effect::Save(keepsake) => return Some(Msg::Saved(Ok(self.keep(*keepsake)))),
            Effect::Export(export) => {
                let failed = |why: String| NotKept::Failed(Shown::filter(&why));
                let made = export::keepsake(&export).map_err(failed);
                return Some(Msg::Saved(made.map(|keepsake| self.keep(keepsake))));
            }
            Effect::Tape(Turn::Seek(at)) => {
                (self.story.advance)(at.since((self.story.now)()));
                return Some(Msg::Rewound);
            }
            Effect::Paper(what, To::Clipboard) => self.copied.push(paper::markdown(&what)),
            Effect::Paper(what, To::Files) => {
                let failed = |why: String| NotKept::Failed(Shown::filter(&why));
                let made = paper::keepsake(&what).map_err(failed);
                return Some(Msg::Saved(made.map(|keepsake| self.keep(keepsake))));
            }
            Effect::Quit => self.ended = true,
            // Its time is moved by hand.
            Effect::Tape(Turn::Pause(_) | Turn::Speed(_))
            | Effect::Pressed(_)
            | Effect::Forget(_)
            | Effect::Mouse(_)
            | Effect::Redraw
            | Effect::Suspend => {}
        }
        None
    }

    /// Sends as the console does; what is told on the way is taken in before the outcome.
    fn submit(&mut self, order: Approved) -> Outcome {
        let Some(plane) = self.planes.get(order.action().profile()).cloned() else {
            return Outcome::NotSent { why: Text::new("this profile is not set up") };
        };
        let said = Mutex::new(Vec::new());
        let told = |t: Told| said.lock().unwrap_or_else(PoisonError::into_inner).push(message(t));
        let desk = Desk { keeper: &self.keeper, order: self.keeper.order(), told: &told };
        let outcome = self.runtime.block_on(submit(plane.as_ref(), order, &desk));
        self.told.extend(said.into_inner().unwrap_or_else(PoisonError::into_inner));
        outcome
    }
    fn keep(&mut self, keepsake: Keepsake) -> Kept {
        let name = |f: &File| Shown::filter(&format!("{}.{}", keepsake.stem(), f.extension));
        let names = keepsake.files().iter().map(name).collect();
        self.saved.push(keepsake);
        Kept { folder: Shown::filter(EXPORTS), names }
    }
    fn paint(&mut self) {
        let (model, look) = (&self.model, &self.look);
        let drawn: Result<_, Infallible> = self.terminal.draw(|frame| draw(frame, model, look));
        match drawn {
            Ok(_) => {}
            Err(never) => match never {},
        }
    }
}

fn terminal(size: Size) -> Terminal<TestBackend> {
    match Terminal::new(TestBackend::new(size.width, size.height)) {
        Ok(t) => t,
        Err(never) => match never {},
    }
}
