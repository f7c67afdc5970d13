//! The terminal: taken once, given back once, whatever happens (P5).
//!
//! The console reads and writes through a descriptor of its own, opened anew so that "do not block" is told of this
//! one alone and not of the shell's. With it a terminal that does not read can never hold the program up (T12), and
//! one that is gone says so (T05).
//!
//! What must be given back lies in one place, `TAKEN`: whoever comes first, the end of the loop, an error, a panic
//! on any thread, takes it out and puts the terminal right.

use std::cell::Cell;
use std::fs::File;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::panic::{AssertUnwindSafe, PanicHookInfo};
use std::path::Path;
use std::sync::{Arc, Mutex, Once, PoisonError};
use std::time::Duration;

use crossterm::event::{DisableBracketedPaste, EnableBracketedPaste};
use crossterm::terminal::{EnterAlternateScreen, LeaveAlternateScreen};
use crossterm::{cursor, queue};
use rustix::fs::{Mode, OFlags, fcntl_getfl, fcntl_setfl};
use rustix::process::{Signal, getpid, getppid, getsid, kill_process};
use rustix::termios::{OptionalActions, QueueSelector, Termios, tcflush, tcgetattr, tcgetwinsize, tcsetattr};

use crate::app::key::Size;
use crate::domain::limits;

/// Clicks and the wheel, told in decimal. Not the moves of the mouse: they would fill a slow line.
const MOUSE_ON: &[u8] = b"\x1b[?1000h\x1b[?1006h";
const MOUSE_OFF: &[u8] = b"\x1b[?1006l\x1b[?1000l";
/// Asked at the start, answered whenever the terminal likes, waited for never (T11): how far the cursor goes for a
/// character of ambiguous width, and whether a frame can be shown at once (mode 2026).
const QUESTIONS: &[u8] = b"\r\xe2\x94\x80\x1b[6n\x1b[?2026$p";
/// Ends a sequence that was cut, colours, a scroll region and a held-back frame, should one have been under way.
const CALM: &[u8] = b"\x18\x1b[?2026l\x1b[r\x1b[m";
/// How long giving back waits for a terminal that takes its bytes slowly: 50 times 2 ms.
const TRIES: u32 = 50;
const PAUSE: Duration = Duration::from_millis(2);

/// What must be given back.
static TAKEN: Mutex<Option<Taken>> = Mutex::new(None);

struct Taken {
    tty: Arc<OwnedFd>,
    /// Line discipline as found.
    found: Termios,
    /// Status flags as found, where no descriptor of our own could be had.
    flags: Option<OFlags>,
    /// Where stderr went before.
    stderr: Option<OwnedFd>,
    mouse: bool,
    /// Whether a question of ours may still be answered into the shell's next line.
    questions: bool,
}

thread_local! {
    /// Whether a panic on this thread is caught and told as a fault; its place, once there was one.
    static CONTAINED: Cell<bool> = const { Cell::new(false) };
    static LAST_PANIC: Cell<Option<String>> = const { Cell::new(None) };
}

/// The terminal while it is taken. Dropping it gives it back.
#[derive(Debug)]
pub struct Terminal {
    tty: Arc<OwnedFd>,
    raw: Termios,
}

impl Terminal {
    /// Takes the terminal: raw mode now; the bytes of [`Self::greeting`] are to be written with the first frame.
    /// While it is taken, stderr goes to `log` or nowhere: a word from a library would tear the screen, and on a
    /// dead terminal end the program (dependencies, trap 4).
    pub fn take(log: Option<&Path>) -> io::Result<Self> {
        guard_panics();
        let (tty, flags) = open()?;
        let found = tcgetattr(&tty)?;
        let mut raw = found.clone();
        raw.make_raw();
        let tty = Arc::new(tty);
        let sink = log
            .and_then(|p| File::options().append(true).create(true).open(p).ok())
            .or_else(|| File::options().write(true).open("/dev/null").ok());
        let stderr = sink.and_then(|sink| {
            let kept = rustix::io::fcntl_dupfd_cloexec(rustix::stdio::stderr(), 3).ok()?;
            rustix::stdio::dup2_stderr(&sink).ok().map(|()| kept)
        });
        *lock() = Some(Taken { tty: tty.clone(), found, flags, stderr, mouse: false, questions: false });
        let taken = Self { tty, raw };
        // From here on every way out passes `give_back`.
        tcsetattr(&taken.tty, OptionalActions::Now, &taken.raw)?;
        Ok(taken)
    }
    /// What the terminal is told first: other screen, no cursor, pastes marked, and our questions.
    pub fn greeting(&self, mouse: bool) -> Vec<u8> {
        let mut out = Vec::new();
        let _ = queue!(out, EnterAlternateScreen, cursor::Hide, EnableBracketedPaste);
        out.extend(self.mouse(mouse));
        out.extend_from_slice(QUESTIONS);
        if let Some(taken) = lock().as_mut() {
            taken.questions = true;
        }
        out
    }
    /// Every question was answered.
    pub fn answered(&self) {
        if let Some(taken) = lock().as_mut() {
            taken.questions = false;
        }
    }
    /// What turns the capture of the mouse on or off.
    pub fn mouse(&self, on: bool) -> Vec<u8> {
        let Some(before) = lock().as_mut().map(|t| std::mem::replace(&mut t.mouse, on)) else {
            return Vec::new();
        };
        match (before, on) {
            (false, true) => MOUSE_ON.to_vec(),
            (true, false) => MOUSE_OFF.to_vec(),
            _ => Vec::new(),
        }
    }
    /// The descriptor, to be waited on.
    pub fn tty(&self) -> Arc<OwnedFd> {
        self.tty.clone()
    }
    /// The size now, cut to what is used (T01).
    pub fn size(&self) -> Size {
        tcgetwinsize(&self.tty).map_or(Size::default(), |w| Size {
            width: w.ws_col.min(limits::SCREEN_SIDE),
            height: w.ws_row.min(limits::SCREEN_SIDE),
        })
    }
    /// Gives the terminal back and stops this program, as ctrl-z does elsewhere. Returns without having stopped, and
    /// with the terminal untouched, where nobody could ever continue it: no shell with job control above.
    pub fn suspend(&self) -> io::Result<bool> {
        if is_orphan() {
            return Ok(false);
        }
        if let Some(taken) = lock().as_mut() {
            hand_back(taken);
        }
        // SIGSTOP, since the handler that made SIGTSTP orderly cannot be taken out again.
        kill_process(getpid(), Signal::STOP)?;
        Ok(true)
    }
    /// Continued: raw mode again. In the background this stops the program once more, as it should. What follows is
    /// [`Self::greeting`] and a whole frame.
    pub fn resume(&self) -> io::Result<()> {
        let mut lock = lock();
        if let Some(taken) = lock.as_mut() {
            taken.mouse = false;
            if taken.flags.is_some() {
                unblock(&taken.tty)?;
            }
        }
        drop(lock);
        Ok(tcsetattr(&self.tty, OptionalActions::Now, &self.raw)?)
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        give_back();
    }
}

fn lock() -> std::sync::MutexGuard<'static, Option<Taken>> {
    TAKEN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A descriptor of our own of the screen's terminal. Where it cannot be opened (another user's terminal after `su`,
/// no `/dev`), the one we were given, whose flags are put back in the end.
fn open() -> io::Result<(OwnedFd, Option<OFlags>)> {
    let out = rustix::stdio::stdout();
    let flags = OFlags::RDWR | OFlags::NOCTTY | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let named = rustix::termios::ttyname(out, Vec::new())
        .and_then(|name| rustix::fs::open(name, flags, Mode::empty()))
        .or_else(|_| rustix::fs::open(c"/dev/tty", flags, Mode::empty()));
    if let Ok(own) = named {
        return Ok((own, None));
    }
    let ours = rustix::io::fcntl_dupfd_cloexec(rustix::stdio::stdin(), 3)?;
    let before = fcntl_getfl(&ours)?;
    unblock(&ours)?;
    Ok((ours, Some(before)))
}

fn unblock(fd: impl AsFd) -> io::Result<()> {
    let flags = fcntl_getfl(&fd)?;
    Ok(fcntl_setfl(&fd, flags | OFlags::NONBLOCK)?)
}

/// Whether no shell with job control is above: session leaders, and children of another session.
fn is_orphan() -> bool {
    let ours = getsid(None);
    ours.is_ok_and(|s| s == getpid()) || getppid().is_none_or(|p| getsid(Some(p)) != ours)
}

/// Gives the terminal back, if it is taken. Called from every way out; only the first call does anything.
pub fn give_back() {
    // A panic while this very thread holds the lock must not wait for itself.
    let taken = match TAKEN.try_lock() {
        Ok(mut lock) => lock.take(),
        Err(std::sync::TryLockError::Poisoned(e)) => e.into_inner().take(),
        Err(std::sync::TryLockError::WouldBlock) => None,
    };
    if let Some(mut taken) = taken {
        hand_back(&mut taken);
        if let Some(stderr) = &taken.stderr {
            let _ = rustix::stdio::dup2_stderr(stderr);
        }
    }
}

/// The terminal is gone, or going (SIGHUP): what can be put right is, a dead one refuses at once; stderr stays where
/// it is, since a word on a dead one would end the program with a panic (dependencies, trap 4).
pub fn abandon() {
    if let Some(mut taken) = lock().take() {
        hand_back(&mut taken);
    }
}

fn hand_back(taken: &mut Taken) {
    let mut out = CALM.to_vec();
    if taken.mouse {
        out.extend_from_slice(MOUSE_OFF);
    }
    let _ = queue!(out, DisableBracketedPaste, cursor::Show, LeaveAlternateScreen);
    if !write_patiently(&taken.tty, &out) {
        // It does not read. What it was sent and has not seen is dropped, which makes room for these few bytes.
        let _ = tcflush(&taken.tty, QueueSelector::OFlush);
        write_patiently(&taken.tty, &out);
    }
    // An answer that is on its way would be typed into the shell.
    if std::mem::take(&mut taken.questions) {
        let _ = tcflush(&taken.tty, QueueSelector::IFlush);
    }
    let _ = tcsetattr(&taken.tty, OptionalActions::Now, &taken.found);
    if let Some(flags) = taken.flags {
        let _ = fcntl_setfl(&taken.tty, flags);
    }
}

/// Writes all of it, or what the terminal took within the patience.
fn write_patiently(fd: impl AsFd, mut bytes: &[u8]) -> bool {
    let mut tries = 0;
    while !bytes.is_empty() {
        match rustix::io::write(&fd, bytes) {
            Ok(n) => bytes = bytes.get(n..).unwrap_or_default(),
            Err(rustix::io::Errno::INTR) => {}
            Err(rustix::io::Errno::AGAIN) if tries < TRIES => {
                tries += 1;
                std::thread::sleep(PAUSE);
            }
            Err(_) => return false,
        }
    }
    true
}

/// Bytes on their way to the terminal: at most one frame, and what was asked for beside it.
#[derive(Debug, Default)]
pub struct Output {
    waiting: Vec<u8>,
    sent: usize,
}

impl Output {
    /// Whether everything is out: only then another frame is made (T12).
    pub fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }
    /// Appends.
    pub fn push(&mut self, bytes: &[u8]) {
        self.waiting.extend_from_slice(bytes);
    }
    /// Whether nothing of it is out yet.
    pub fn is_unsent(&self) -> bool {
        self.sent == 0
    }
    /// Bytes not out yet.
    pub fn len(&self) -> usize {
        self.waiting.len() - self.sent
    }
    /// Writes what the terminal takes now, in one call if it takes all. `WouldBlock` is that more is waiting; any
    /// other error that the terminal is gone.
    pub fn write(&mut self, tty: BorrowedFd<'_>) -> io::Result<()> {
        while let Some(rest) = self.waiting.get(self.sent..).filter(|r| !r.is_empty()) {
            match rustix::io::write(tty, rest) {
                Ok(n) => self.sent += n,
                Err(rustix::io::Errno::INTR) => {}
                Err(e) => return Err(e.into()),
            }
        }
        self.waiting.clear();
        self.sent = 0;
        Ok(())
    }
}

/// From now on a panic puts the terminal right before the hook that was there before tells of it. A panic inside
/// [`contained`] is kept for its caller and ends nothing.
fn guard_panics() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let tell = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            if CONTAINED.get() {
                LAST_PANIC.set(Some(summary(info)));
            } else {
                give_back();
                tell(info);
            }
        }));
    });
}

/// Where and why, in one line.
fn summary(info: &PanicHookInfo<'_>) -> String {
    let payload = info.payload();
    let why = payload
        .downcast_ref::<&str>()
        .map(|s| (*s).to_owned())
        .or_else(|| payload.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "no message".to_owned());
    match info.location() {
        Some(at) => format!("{}:{}: {why}", at.file(), at.line()),
        None => why,
    }
}

/// Runs a part whose panic must not end the program (T10); the error says where and why.
pub fn contained<T>(part: impl FnOnce() -> T) -> Result<T, String> {
    let before = CONTAINED.replace(true);
    let result = std::panic::catch_unwind(AssertUnwindSafe(part));
    CONTAINED.set(before);
    result.map_err(|_| LAST_PANIC.take().unwrap_or_else(|| "no message".to_owned()))
}
