//! The program in a pseudo-terminal: this side plays the terminal, with an emulator that shows what a person would
//! see, and knows the modes that must be put back.

use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::PathBuf;
use std::sync::{Arc, Condvar, LockResult, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};
use rustix::process::{Pid, Signal, kill_process};
use rustix::termios::{Termios, tcgetattr};

use super::screen::Emulator;

/// Against hanging only: nothing is measured with it.
const DEADLINE: Duration = Duration::from_secs(20);

/// How a program is started.
pub struct Start {
    /// Program and arguments.
    pub argv: Vec<String>,
    /// Columns and rows told to it.
    pub size: (u16, u16),
    /// Environment on top of a small clean one.
    pub env: Vec<(&'static str, &'static str)>,
    /// Whether this terminal answers questions, and how many columns a line character takes in it.
    pub answers: Option<u16>,
}

impl Start {
    /// The program under test with these arguments, at 80x24, on a terminal that answers.
    pub fn obdeck(arguments: &[&str]) -> Self {
        let program = std::iter::once(env!("CARGO_BIN_EXE_obdeck"));
        let argv = program.chain(arguments.iter().copied()).map(str::to_owned).collect();
        Self { argv, size: (80, 24), env: Vec::new(), answers: Some(1) }
    }
    /// A shell that runs a script in which `$0` is the program.
    pub fn shell(script: &str) -> Self {
        let mut start = Self::obdeck(&[]);
        let argv = ["/bin/sh", "-c", script].map(str::to_owned);
        start.argv.splice(..0, argv);
        start
    }
    /// With another size.
    pub fn size(mut self, width: u16, height: u16) -> Self {
        self.size = (width, height);
        self
    }
    /// With a variable.
    pub fn env(mut self, name: &'static str, value: &'static str) -> Self {
        self.env.push((name, value));
        self
    }
    /// On a terminal that answers nothing.
    pub fn silent(mut self) -> Self {
        self.answers = None;
        self
    }
}

struct Shared {
    emulator: Emulator,
    log: Vec<u8>,
    paused: bool,
    stop: bool,
    ended: bool,
}

/// A running program and its terminal.
pub struct Pty {
    master: Option<Box<dyn MasterPty + Send>>,
    writer: Arc<Mutex<Option<Box<dyn Write + Send>>>>,
    child: Box<dyn Child + Send + Sync>,
    shared: Arc<(Mutex<Shared>, Condvar)>,
    tty: Option<File>,
    before: Termios,
    home: tempfile::TempDir,
}

impl Pty {
    /// Its home directory.
    pub fn home(&self) -> &std::path::Path {
        self.home.path()
    }
    /// Starts it.
    pub fn spawn(start: &Start) -> Self {
        let (cols, rows) = start.size;
        let pair = native_pty_system()
            .openpty(PtySize { rows, cols, pixel_width: 0, pixel_height: 0 })
            .expect("a pseudo-terminal");
        let name: PathBuf = pair.master.tty_name().expect("its name");
        let tty = OpenOptions::new()
            .read(true)
            .write(true)
            .custom_flags(rustix::fs::OFlags::NOCTTY.bits().cast_signed())
            .open(name)
            .expect("its other end");
        let before = tcgetattr(&tty).expect("its modes");
        let home = tempfile::tempdir().expect("a folder");
        let mut command = CommandBuilder::from_argv(start.argv.iter().map(Into::into).collect());
        command.env_clear();
        command.cwd(home.path());
        command.env("HOME", home.path());
        for (name, value) in [("PATH", "/usr/bin:/bin"), ("TERM", "xterm-256color"), ("LANG", "C.UTF-8")]
            .iter()
            .chain(&start.env)
        {
            command.env(name, value);
        }
        let reader = pair.master.try_clone_reader().expect("a reader");
        let writer = Arc::new(Mutex::new(Some(pair.master.take_writer().expect("a writer"))));
        let child = pair.slave.spawn_command(command).expect("the program starts");
        let shared = Shared {
            emulator: Emulator::new(cols, rows, start.answers),
            log: Vec::new(),
            paused: false,
            stop: false,
            ended: false,
        };
        let shared = Arc::new((Mutex::new(shared), Condvar::new()));
        std::thread::spawn({
            let (shared, writer) = (shared.clone(), writer.clone());
            move || read_all(reader, &shared, &writer)
        });
        Self { master: Some(pair.master), writer, child, shared, tty: Some(tty), before, home }
    }

    fn shared(&self) -> MutexGuard<'_, Shared> {
        unpoisoned(self.shared.0.lock())
    }
    /// Waits until the screen is so; the panic shows what it was instead.
    pub fn wait_for(&self, what: &str, so: impl Fn(&Emulator) -> bool) {
        let waited =
            self.shared.1.wait_timeout_while(self.shared(), DEADLINE, |s| !so(&s.emulator) && !s.ended);
        let is_so = so(&unpoisoned(waited).0.emulator);
        assert!(is_so, "no {what}; the screen is\n{}", self.text());
    }
    /// Waits until what was written so far is so.
    pub fn wait_raw(&self, what: &str, so: impl Fn(&[u8]) -> bool) {
        let waited = self.shared.1.wait_timeout_while(self.shared(), DEADLINE, |s| !so(&s.log) && !s.ended);
        let is_so = so(&unpoisoned(waited).0.log);
        assert!(is_so, "no {what}; the screen is\n{}", self.text());
    }
    /// Waits for a text on the screen.
    pub fn wait_text(&self, text: &str) {
        self.wait_for(&format!("{text:?}"), |e| e.text().contains(text));
    }
    /// What the screen shows now.
    pub fn text(&self) -> String {
        self.look(Emulator::text)
    }
    /// Asks the emulator.
    pub fn look<T>(&self, ask: impl FnOnce(&Emulator) -> T) -> T {
        ask(&self.shared().emulator)
    }
    /// Everything the program has written so far, byte for byte.
    pub fn raw(&self) -> Vec<u8> {
        self.shared().log.clone()
    }
    /// Bytes the program has written so far.
    pub fn written(&self) -> usize {
        self.shared().log.len()
    }
    /// Something else writes to the terminal.
    pub fn scribble(&self, bytes: &[u8]) {
        self.shared().emulator.process(bytes);
    }
    /// Types.
    pub fn send(&self, bytes: &[u8]) {
        let mut writer = unpoisoned(self.writer.lock());
        let w = writer.as_mut().expect("open");
        w.write_all(bytes).and_then(|()| w.flush()).expect("typed");
    }
    /// Types again and again, for a program that does not take keys yet, until the screen is so.
    pub fn send_until(&self, bytes: &[u8], so: impl Fn(&Emulator) -> bool) {
        let end = Instant::now() + DEADLINE;
        loop {
            self.send(bytes);
            let again = Duration::from_millis(100);
            let waited = self.shared.1.wait_timeout_while(self.shared(), again, |s| !so(&s.emulator));
            if so(&unpoisoned(waited).0.emulator) {
                return;
            }
            assert!(Instant::now() < end, "it takes no key; the screen is\n{}", self.text());
        }
    }
    /// The terminal stops reading.
    pub fn pause(&self) {
        self.shared().paused = true;
    }
    /// The terminal reads again.
    pub fn go_on(&self) {
        self.shared().paused = false;
        self.shared.1.notify_all();
    }
    /// Changes the size, as a window that is dragged does.
    pub fn resize(&self, cols: u16, rows: u16) {
        self.shared().emulator.resize(cols, rows);
        let size = PtySize { rows, cols, pixel_width: 0, pixel_height: 0 };
        self.master.as_ref().expect("open").resize(size).expect("resized");
    }
    /// The program's process.
    pub fn pid(&self) -> Pid {
        let id = self.child.process_id().expect("a process");
        Pid::from_raw(id.cast_signed()).expect("not zero")
    }
    /// Sends a signal.
    pub fn signal(&self, signal: Signal) {
        kill_process(self.pid(), signal).expect("signalled");
    }
    /// Waits for the end; the exit code.
    pub fn wait(&mut self) -> u32 {
        let end = Instant::now() + DEADLINE;
        loop {
            if let Some(status) = self.child.try_wait().expect("waited") {
                return status.exit_code();
            }
            assert!(Instant::now() < end, "it does not end; the screen is\n{}", self.text());
            std::thread::sleep(Duration::from_millis(2));
        }
    }
    /// Whether it has not ended.
    pub fn is_alive(&mut self) -> bool {
        self.child.try_wait().expect("asked").is_none()
    }
    /// CPU time of the process so far, also of one that ended and was not waited for; in clock ticks of 10 ms.
    pub fn ticks(&self) -> u64 {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.pid().as_raw_nonzero()))
            .unwrap_or_default();
        let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
        [11, 12].iter().filter_map(|i| fields.get(*i)?.parse::<u64>().ok()).sum()
    }
    /// Waits until it has ended, without asking for its status.
    pub fn wait_zombie(&self) {
        let path = format!("/proc/{}/stat", self.pid().as_raw_nonzero());
        let end = Instant::now() + DEADLINE;
        while !std::fs::read_to_string(&path).is_ok_and(|s| s.contains(") Z")) {
            assert!(Instant::now() < end, "it does not end");
            std::thread::sleep(Duration::from_millis(2));
        }
    }
    /// The terminal goes away, as when a line drops: every handle of this side is closed.
    pub fn hang_up(&mut self) {
        self.shared().stop = true;
        self.go_on();
        // The reader sits in a read: a byte from the other end lets it see that it is to stop.
        if let Some(mut tty) = self.tty.take() {
            tty.write_all(b" ").expect("written");
        }
        drop(self.shared.1.wait_timeout_while(self.shared(), DEADLINE, |s| !s.ended));
        unpoisoned(self.writer.lock()).take();
        self.master.take();
    }
    /// Fails if a person would still feel that the program was here (P5).
    pub fn assert_given_back(&self) {
        self.wait_for("main screen with its modes", |e| e.left_changed().is_empty());
        let now = tcgetattr(self.tty.as_ref().expect("open")).expect("modes");
        let key = |t: &Termios| {
            (t.input_modes, t.output_modes, t.local_modes, t.control_modes, format!("{:?}", t.special_codes))
        };
        assert_eq!(key(&now), key(&self.before), "line discipline");
    }
    /// Whether the terminal is raw.
    pub fn is_raw(&self) -> bool {
        let now = tcgetattr(self.tty.as_ref().expect("open")).expect("modes");
        !now.local_modes.contains(rustix::termios::LocalModes::ICANON)
    }
}

impl Drop for Pty {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        if self.tty.is_some() {
            self.hang_up();
        }
    }
}

/// A test that failed while it looked must still be able to clean up.
fn unpoisoned<T>(result: LockResult<T>) -> T {
    result.unwrap_or_else(PoisonError::into_inner)
}

type Writer = Mutex<Option<Box<dyn Write + Send>>>;

fn read_all(mut reader: Box<dyn Read + Send>, shared: &(Mutex<Shared>, Condvar), writer: &Writer) {
    let (lock, changed) = shared;
    let mut buffer = [0; 4096];
    loop {
        drop(changed.wait_while(unpoisoned(lock.lock()), |s| s.paused && !s.stop));
        let n = reader.read(&mut buffer).unwrap_or(0);
        let mut s = unpoisoned(lock.lock());
        if n == 0 || s.stop {
            s.ended = true;
            // Closed before anybody is told.
            drop(reader);
            changed.notify_all();
            return;
        }
        let bytes = &buffer[..n];
        s.log.extend_from_slice(bytes);
        let answers = s.emulator.process(bytes);
        drop(s);
        changed.notify_all();
        if let (false, Some(w)) = (answers.is_empty(), unpoisoned(writer.lock()).as_mut()) {
            let _ = w.write_all(&answers).and_then(|()| w.flush());
        }
    }
}
