//! The loop: wait for one thing, take in all that has come by then, start what is asked for, draw once if changed.
//!
//! One task owns the model. Keys come from the terminal's own descriptor, which this task alone reads; answers come
//! over one bounded channel ([`limits::MESSAGE_QUEUE`]) from the tasks of [`Reads`]: at most one message for each read
//! and order under way, and one for each fault. A full channel makes those tasks wait.

use std::io;
use std::os::fd::AsFd as _;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::Interest;
use tokio::io::unix::AsyncFd;
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until};

use super::clock;
#[cfg(debug_assertions)]
use super::fault;
use super::keeper::Keeper;
use super::pace::Pace;
use super::reads::{Planes, Reads};
use super::signals::{Signal, Signals};
use super::steady::SteadyClock;
use super::tape::TapeClock;
use crate::app::effect::Effect;
use crate::app::key::Key;
use crate::app::lost::Lost;
use crate::app::model::Model;
use crate::app::msg::Msg;
use crate::app::panes::replay::{Replay, Turn};
use crate::app::paper::To;
use crate::app::settings::Settings;
use crate::app::tour::Tour;
use crate::app::update::update;
use crate::domain::action::Action;
use crate::domain::limits;
use crate::domain::tape::Event as Kept;
use crate::domain::time::Timestamp;
use crate::store::recording::Spool;
use crate::tui::backend::Painter;
use crate::tui::draw::draw;
use crate::tui::export;
use crate::tui::keys::{Input, Open, Parser};
use crate::tui::look::Look;
use crate::tui::osc::{self, Through};
use crate::tui::paper;
use crate::tui::terminal::{self, Output, Terminal};

/// A lone escape is the key when nothing follows within this: a split arrow key arrives within one packet.
const ESCAPE_SETTLES: Duration = Duration::from_millis(25);
/// A half sequence is dropped, a paste without end ends.
const SEQUENCE_SETTLES: Duration = Duration::from_secs(1);
/// Messages taken in before a frame is looked at again.
const BATCH: usize = 256;
/// Reads of the terminal before a frame is looked at again.
const READS: usize = 16;
/// Bytes waiting for a terminal that does not read, beyond which a copy is dropped.
const COPY_WAITS: usize = 256 * 1024;

/// What the console is started with.
pub struct Options {
    /// Settings of the machine.
    pub settings: Settings,
    /// Control planes by profile.
    pub planes: Planes,
    /// Keeps the journal, which every order needs.
    pub keeper: Keeper,
    /// How the screen is to look; ASCII also when the terminal turns out to draw lines two columns wide.
    pub look: Look,
    /// What stands between us and the terminal.
    pub through: Through,
    /// The wall clock's time now.
    pub start: Timestamp,
    /// Where stderr goes while the screen is up.
    pub log: Option<PathBuf>,
    /// What keeps keys and sizes, where a recording is made.
    pub spool: Option<Spool>,
    /// A recording that is played, and its clock.
    pub replay: Option<(Replay, Arc<TapeClock>)>,
    /// The tour of the demo, where it is to play.
    pub tour: Option<Box<Tour>>,
    /// Folder of the files that the operator asks for.
    pub exports: Option<PathBuf>,
}

/// How the console ended. The terminal is given back by then.
#[derive(Debug, Clone, PartialEq)]
pub struct End {
    /// 0, or 128 and the number of the signal that ended it.
    pub code: u8,
    /// Orders whose outcome did not come in time: unknown, to be told and looked for.
    pub unsettled: Vec<Action>,
    /// Orders whose outcome is unknown and that nobody settled, those of earlier runs included.
    pub lost: Vec<Lost>,
}

/// Runs the console on this process's terminal until it ends. Errors are those of taking the terminal.
pub async fn run(options: Options) -> io::Result<End> {
    let signals = Signals::new()?;
    let terminal = Terminal::take(options.log.as_deref())?;
    let (to, messages) = mpsc::channel(limits::MESSAGE_QUEUE);
    #[allow(
        deprecated,
        reason = "the replacement is unsafe for types that lie about their descriptor; Arc<OwnedFd> does not"
    )]
    let tty = AsyncFd::new(terminal.tty())?;
    let size = terminal.size();
    let (replay, clock) = match options.replay {
        Some((replay, clock)) => (Some(replay), Clock::Tape(clock)),
        None => (None, Clock::Steady(SteadyClock::from(options.start))),
    };
    if let Some(spool) = options.spool.clone() {
        let to = to.clone();
        tokio::spawn(async move {
            let why = spool.broken().await;
            let _ = to.send(Msg::Fault(format!("the recording ends here: {why}"))).await;
        });
    }
    let mut model = Model::new(options.settings, size, clock.now());
    if let Some(replay) = replay {
        model.play(replay);
    }
    if let Some(tour) = options.tour {
        model.lead(*tour);
    }
    let mut console = Console {
        clipboard: model.settings.clipboard,
        model,
        spool: options.spool,
        reads: Reads::new(options.planes, options.keeper, to),
        look: options.look,
        through: options.through,
        painter: Painter::new(size.width, size.height),
        output: Output::default(),
        parser: Parser::default(),
        clock,
        exports: options.exports,
        tty,
        terminal,
        messages,
        wake: None,
        wake_at: None,
        pace: Pace::new(Instant::now()),
        settles: None,
        painted: false,
        questions: Questions::default(),
        suspended: false,
        ended_by: None,
        end: None,
    };
    console.keep(|| Kept::Size(size.width, size.height));
    Ok(console.run(signals).await)
}

/// Which of our questions the terminal has not answered.
#[derive(Debug, Default)]
struct Questions {
    width: bool,
    marks: bool,
}

struct Console {
    model: Model,
    reads: Reads,
    look: Look,
    through: Through,
    clipboard: bool,
    painter: Painter,
    output: Output,
    parser: Parser,
    clock: Clock,
    spool: Option<Spool>,
    exports: Option<PathBuf>,
    tty: AsyncFd<Arc<std::os::fd::OwnedFd>>,
    terminal: Terminal,
    messages: mpsc::Receiver<Msg>,
    wake: Option<Instant>,
    /// The same by the machine's time, which a recording moves.
    wake_at: Option<Timestamp>,
    pace: Pace,
    /// When an open escape or sequence is taken as it is.
    settles: Option<Instant>,
    /// A frame is on its way: told to the machine once all of it is out.
    painted: bool,
    questions: Questions,
    suspended: bool,
    ended_by: Option<Signal>,
    end: Option<How>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum How {
    /// The machine asked for it.
    Asked,
    /// The terminal is gone.
    Lost,
}

/// Whose time it is.
enum Clock {
    Steady(SteadyClock),
    Tape(Arc<TapeClock>),
}

impl Clock {
    fn now(&self) -> Timestamp {
        match self {
            Clock::Steady(clock) => clock.now(),
            Clock::Tape(clock) => clock.now(),
        }
    }
    /// How long until then; `None`: it does not come by itself.
    fn until(&self, at: Timestamp) -> Option<Duration> {
        match self {
            Clock::Steady(clock) => Some(at.since(clock.now()).to_std()),
            Clock::Tape(clock) => clock.until(at),
        }
    }
}

/// What was waited for.
#[expect(clippy::large_enum_variant, reason = "one at a time, never stored")]
enum Event {
    Signal(Signal),
    Readable,
    Writable,
    Msg(Option<Msg>),
    Wake,
    Settled,
    Frame,
    Lost,
}

impl Console {
    async fn run(&mut self, mut signals: Signals) -> End {
        self.greet();
        self.take(Msg::Wake);
        while self.end.is_none() {
            self.frame();
            let event = self.wait(&mut signals).await;
            self.on(event);
            // All that has come by now goes into the same frame.
            for _ in 0..BATCH {
                let Ok(msg) = self.messages.try_recv() else { break };
                self.take_answer(msg);
            }
        }
        let unsettled = self.reads.give_up().await;
        self.reads.written().await;
        self.finish(unsettled)
    }

    fn finish(&mut self, unsettled: Vec<Action>) -> End {
        let signalled = self.ended_by.and_then(Signal::exit_code);
        let lost = self.end == Some(How::Lost) || self.ended_by == Some(Signal::HangUp);
        if lost {
            terminal::abandon();
        } else {
            terminal::give_back();
        }
        End {
            code: signalled.unwrap_or(if lost { 129 } else { 0 }),
            unsettled,
            lost: self.model.lost.all().to_vec(),
        }
    }

    async fn wait(&mut self, signals: &mut Signals) -> Event {
        let at = |t: Option<Instant>| sleep_until(t.unwrap_or_else(Instant::now));
        let frame = self.pace.due().filter(|_| self.output.is_empty());
        tokio::select! {
            biased;
            s = signals.next() => Event::Signal(s),
            r = self.tty.readable(), if !self.suspended => {
                // The guard is dropped without clearing: `read` clears when nothing is left.
                r.map_or(Event::Lost, |_| Event::Readable)
            }
            w = self.tty.writable(), if !self.output.is_empty() && !self.suspended => {
                w.map_or(Event::Lost, |_| Event::Writable)
            }
            m = self.messages.recv() => Event::Msg(m),
            () = at(self.settles), if self.settles.is_some() => Event::Settled,
            () = at(self.wake), if self.wake.is_some() => Event::Wake,
            () = at(frame), if frame.is_some() && !self.suspended => Event::Frame,
        }
    }

    fn on(&mut self, event: Event) {
        match event {
            Event::Signal(s) => self.on_signal(s),
            Event::Readable => self.read(),
            Event::Writable => self.write_more(),
            Event::Msg(Some(msg)) => self.take_answer(msg),
            Event::Wake => {
                (self.wake, self.wake_at) = (None, None);
                self.take(Msg::Wake);
            }
            Event::Settled => {
                self.settles = None;
                let mut inputs = Vec::new();
                self.parser.settle(&mut inputs);
                self.take_inputs(inputs);
            }
            Event::Frame => {}
            // `Reads` holds a sender, so the channel does not close before the loop ends.
            Event::Msg(None) | Event::Lost => self.end = Some(How::Lost),
        }
    }

    fn on_signal(&mut self, signal: Signal) {
        match signal {
            Signal::Resize => {
                let size = self.terminal.size();
                self.keep(|| Kept::Size(size.width, size.height));
                self.painter.resize(size.width, size.height);
                self.pace.settle(Instant::now());
                self.take(Msg::Resize(size));
            }
            Signal::Stop => self.suspend(),
            Signal::Continue => self.resume(),
            Signal::Terminate | Signal::Interrupt | Signal::Quit | Signal::HangUp => {
                self.ended_by.get_or_insert(signal);
                self.take(Msg::Terminate);
            }
        }
    }

    /// Reads all the terminal has, up to a bound, so that a hundred keys make one frame.
    fn read(&mut self) {
        let mut inputs = Vec::new();
        let mut buffer = [0_u8; 4096];
        for _ in 0..READS {
            let read = self.tty.try_io(Interest::READABLE, |fd| Ok(rustix::io::read(fd, &mut buffer[..])?));
            let n = match read {
                Ok(0) => return self.end = Some(How::Lost),
                Ok(n) => n,
                Err(e) if e.kind() == io::ErrorKind::WouldBlock => break,
                Err(e) if e.kind() == io::ErrorKind::Interrupted => continue,
                Err(_) => return self.end = Some(How::Lost),
            };
            self.parser.feed(buffer.get(..n).unwrap_or_default(), &mut inputs);
        }
        self.settles = match self.parser.open() {
            Open::Nothing => None,
            Open::Escape => Some(Instant::now() + ESCAPE_SETTLES),
            Open::Sequence => Some(Instant::now() + SEQUENCE_SETTLES),
        };
        self.take_inputs(inputs);
    }

    /// Writes what the terminal takes now; the rest goes when it says that it takes more.
    fn write(&mut self) {
        let result = self.output.write(self.tty.get_ref().as_fd());
        self.written(result);
    }

    fn write_more(&mut self) {
        let output = &mut self.output;
        // Through the runtime, so that a terminal that takes nothing is waited for and not asked again at once.
        let result = self.tty.try_io(Interest::WRITABLE, |fd| output.write(fd.as_fd()));
        self.written(result);
    }

    fn written(&mut self, result: io::Result<()>) {
        match result {
            Ok(()) => {
                if std::mem::take(&mut self.painted) {
                    self.take(Msg::Painted);
                }
            }
            Err(e) if e.kind() == io::ErrorKind::WouldBlock => {}
            Err(_) => self.end = Some(How::Lost),
        }
    }

    fn take_inputs(&mut self, inputs: Vec<Input>) {
        for input in inputs {
            match input {
                // Raw mode makes a key of it; it ends the program as elsewhere.
                Input::Key(key) if key == Key::ctrl('\\') => self.on_signal(Signal::Quit),
                Input::Key(key) => {
                    self.keep(|| Kept::Key(key.name()));
                    self.take(Msg::Key(key));
                }
                Input::Paste(text) => {
                    self.keep(|| Kept::Paste(text.chars().count()));
                    self.take(Msg::Paste(text));
                }
                Input::Mouse(mouse) => self.take(Msg::Mouse(mouse)),
                Input::CursorAt { column, .. } => self.width_answered(column),
                Input::Mode { mode, state } => self.marks_answered(mode, state),
            }
            if self.end.is_some() {
                return;
            }
        }
    }

    /// The line character that was printed at the start took one column or two (screens 4).
    fn width_answered(&mut self, column: u16) {
        if std::mem::take(&mut self.questions.width) && column == 3 && !self.look.ascii {
            self.look.ascii = true;
            self.painter.forget();
            self.pace.want();
        }
        self.all_answered();
    }

    fn marks_answered(&mut self, mode: u16, state: u16) {
        if mode == 2026 && std::mem::take(&mut self.questions.marks) && matches!(state, 1 | 2) {
            self.painter.mark_frames();
        }
        self.all_answered();
    }

    fn all_answered(&self) {
        if !self.questions.width && !self.questions.marks {
            self.terminal.answered();
        }
    }

    fn take_answer(&mut self, msg: Msg) {
        self.reads.ended(&msg);
        self.take(msg);
    }

    /// Gives a message to the machine and does what it asks for.
    fn take(&mut self, msg: Msg) {
        #[cfg(debug_assertions)]
        if msg == Msg::Key(fault::KEY) {
            fault::press();
            fault::at("update");
            self.reads.background(async { fault::at("task") });
        }
        let is_answer = matches!(msg, Msg::Reply { .. });
        let effects = update(&mut self.model, msg, self.clock.now());
        if self.model.take_dirty() {
            // Answers come in groups: one frame shows them all. A key is shown at once.
            if is_answer { self.pace.settle(Instant::now()) } else { self.pace.want() }
        }
        for effect in effects {
            self.carry_out(effect);
        }
    }

    fn carry_out(&mut self, effect: Effect) {
        match effect {
            Effect::Fetch { ticket, query } => self.reads.fetch(ticket, query),
            Effect::Forget(ticket) => self.reads.forget(ticket),
            Effect::WakeAt(at) => self.wake_at(at),
            Effect::Tape(turn) => self.turn(turn),
            Effect::Submit { ticket, order } => self.reads.submit(ticket, order),
            Effect::Jot(what) => self.reads.jot(*what),
            Effect::History => self.reads.history(),
            Effect::Copy(text) => {
                if self.clipboard && self.output.len() < COPY_WAITS {
                    self.output.push(&osc::copy(&text, self.through));
                    self.write();
                }
            }
            Effect::Layout(job) => self.reads.layout(*job),
            Effect::Save(keepsake) => self.reads.save(|| Ok(*keepsake), self.exports.clone()),
            Effect::Export(export) => {
                self.reads.save(move || export::keepsake(&export), self.exports.clone());
            }
            Effect::Paper(paper, To::Files) => {
                self.reads.save(move || paper::keepsake(&paper), self.exports.clone());
            }
            Effect::Paper(paper, To::Clipboard) => {
                self.carry_out(Effect::Copy(paper::markdown(&paper)));
            }
            Effect::Resume(profile) => self.reads.resume(&profile),
            Effect::Mouse(on) => {
                self.output.push(&self.terminal.mouse(on));
                self.write();
            }
            Effect::Pressed(key) => self.keep(|| Kept::Key(key.name())),
            Effect::Redraw => {
                self.painter.forget();
                self.pace.want();
            }
            Effect::Suspend => self.suspend(),
            Effect::Quit => self.end = Some(How::Asked),
        }
    }

    fn wake_at(&mut self, at: Timestamp) {
        self.wake_at = Some(at);
        self.wake = self.clock.until(at).map(|d| Instant::now() + d);
    }

    /// Moves the clock of the recording that is played.
    fn turn(&mut self, turn: Turn) {
        let Clock::Tape(clock) = &self.clock else { return };
        clock.turn(turn);
        if let Some(at) = self.wake_at {
            self.wake_at(at);
        }
        match turn {
            Turn::Seek(_) => self.take(Msg::Rewound),
            Turn::Pause(_) | Turn::Speed(_) => self.take(Msg::Wake),
        }
    }

    /// Keeps what happened at the screen, where a recording is made.
    fn keep(&self, event: impl FnOnce() -> Kept) {
        if let Some(spool) = &self.spool {
            spool.keep(clock::now(), event());
        }
    }

    fn greet(&mut self) {
        self.output.push(&self.terminal.greeting(self.model.mouse));
        self.questions = Questions { width: true, marks: true };
        self.painter.forget();
        self.pace.want();
    }

    fn suspend(&mut self) {
        // Half a frame that did not get out is no use to whoever gets the terminal.
        if self.suspended {
            return;
        }
        self.output = Output::default();
        self.painted = false;
        match self.terminal.suspend() {
            Ok(stopped) => self.suspended = stopped,
            Err(_) => self.end = Some(How::Lost),
        }
        if !self.suspended {
            self.painter.forget();
            self.pace.want();
        }
    }

    /// Continued, after a stop of ours or one we could not see coming (SIGSTOP).
    fn resume(&mut self) {
        self.suspended = false;
        if self.terminal.resume().is_err() {
            self.end = Some(How::Lost);
            return;
        }
        self.output = Output::default();
        let size = self.terminal.size();
        self.painter.resize(size.width, size.height);
        self.greet();
        self.take(Msg::Resize(size));
        self.take(Msg::Resumed);
    }

    /// Draws, if there is something new, the last frame is out, and it is time.
    fn frame(&mut self) {
        let now = Instant::now();
        // The greeting goes out with the first frame, in one write.
        let free = self.output.is_empty() || self.questions_unsent();
        if !free || self.suspended || self.end.is_some() || !self.pace.take(now) {
            return;
        }
        let (model, look) = (&self.model, &self.look);
        let bytes = self.painter.paint(|frame| {
            #[cfg(debug_assertions)]
            fault::at("draw");
            draw(frame, model, look);
        });
        self.output.push(&bytes);
        self.painted = true;
        self.write();
    }

    fn questions_unsent(&self) -> bool {
        !self.painted && self.output.is_unsent()
    }
}
