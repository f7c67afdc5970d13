//! Every upper bound in one list, each with its reason. A value not here is a value without a bound.

use super::time::Span;

/// Body of a read, decoded, in bytes. A page of 2,000 clusters with zones is some 4 MiB (reliability 3).
pub const READ_BODY_BYTES: usize = 16 * 1024 * 1024;
/// Text of a subtask's log kept in memory, in bytes; the newest part is kept.
pub const LOG_BYTES: usize = 1024 * 1024;
/// Server's own words kept from an error, in bytes.
pub const ERROR_TEXT_BYTES: usize = 8 * 1024;
/// Nesting of a JSON document. `serde_json` stops at 128 by itself; no real answer passes 12.
pub const JSON_DEPTH: usize = 64;
/// Subtasks kept of one task; what is beyond is listed as a defect.
pub const SUBTASKS: usize = 20_000;
/// Steps and links, folded, up to which a task is drawn in boxes. A task of 10,000 steps has some 25,000 and takes 25 MB
/// and a second; one of 200,000 links takes 750 MB, and its drawing is a black wall.
pub const DRAWN_IN_BOXES: usize = 50_000;
/// Bytes stored of one short text (name, message) from outside.
pub const TEXT_BYTES: usize = 4 * 1024;
/// Columns of one short text before it is cut in the middle.
pub const TEXT_COLUMNS: usize = 256;
/// Combining marks kept on one letter; more are dropped with a mark (X08).
pub const MARKS_A_CELL: usize = 8;
/// Columns of a log line shown; the rest is cut with a mark.
pub const LOG_LINE_COLUMNS: usize = 4_000;
/// Requests in flight for one profile: an OCP behind a small proxy must not be flooded by a console.
pub const IN_FLIGHT_PER_PROFILE: usize = 4;
/// Requests in flight in all.
pub const IN_FLIGHT: usize = 32;
/// Messages waiting for the model; a sender waits when full.
pub const MESSAGE_QUEUE: usize = 1024;
/// Notices kept for the message line and its history.
pub const NOTICES: usize = 100;
/// Lines of the timeline; older ones are left to the journal and to the control plane.
pub const TIMELINE_MOMENTS: usize = 2_000;
/// Steps of one task kept for the timeline: a stop of a zone with 160 OBServers has some 500.
pub const TIMELINE_STEPS: usize = 500;
/// Tasks that were looked at, kept for the timeline.
pub const TIMELINE_TASKS: usize = 20;
/// Changes between polls kept for the timeline.
pub const CHANGES_SEEN: usize = 500;
/// Audit events read of one cluster.
pub const AUDIT_EVENTS: u32 = 200;
/// Lines of the palette; what is beyond is counted, and typing more of a name finds it.
pub const PALETTE_LINES: usize = 200;
/// Lines typed into the palette that are brought back, the newest.
pub const PALETTE_TYPED: usize = 20;
/// Overlays on top of each other.
pub const OVERLAYS: usize = 4;
/// Frames drawn a second at most.
pub const FRAMES_A_SECOND: u32 = 20;
/// Rows of one page of a paged list (OCP takes at most 2000; reference: ocp-api 2.1).
pub const PAGE_SIZE: u32 = 1000;
/// Pages read of one list before the rest is told as missing.
pub const PAGES: u32 = 50;
/// Tasks listed for one profile.
pub const TASKS_LISTED: u32 = 200;
/// Bytes of a file's name before time, counter and extension: file systems take 255 in all.
pub const FILE_STEM_BYTES: usize = 120;
/// Files of one name before writing another is refused: a key held down must not fill a disk.
pub const FILES_OF_A_NAME: u32 = 100;
/// Columns or rows of a terminal that are used; a larger report is cut to this (T01).
pub const SCREEN_SIDE: u16 = 1000;

/// Connecting, DNS included.
pub const CONNECT_TIMEOUT: Span = Span::from_secs(3);
/// One read, to its last byte.
pub const READ_TIMEOUT: Span = Span::from_secs(10);
/// Longest pause before a read is repeated.
pub const READ_PAUSE_MAX: Span = Span::from_secs(5);
/// One action, to its last byte.
pub const ACTION_TIMEOUT: Span = Span::from_secs(60);
/// Poll of a visible task while it runs.
pub const POLL_TASK: Span = Span::from_secs(1);
/// Poll of a visible list.
pub const POLL_LIST: Span = Span::from_secs(2);
/// Longest pause of a failing poll.
pub const POLL_BACKOFF_MAX: Span = Span::from_secs(30);
/// Longest wait a server may ask for by `Retry-After` or `RateLimit-Reset`.
pub const WAIT_TOLD_MAX: Span = Span::from_secs(60);
/// Keys that came within this of a dialog's first painting do not count (screens 1, rule 3).
pub const DIALOG_DEAF: Span = Span::from_millis(400);
/// Impact older than this is read again before the button unlocks (screens 1, rule 4).
pub const IMPACT_MAX_AGE: Span = Span::from_secs(10);
/// What an order rests on is read again right before it is sent, and no answer may be older than this then
/// (reliability A10).
pub const SENDING_MAX_AGE: Span = Span::from_secs(2);
/// How often answers that grew too old while others were awaited are asked for again before an order is given up.
pub const SENDING_ROUNDS: usize = 3;
/// How far an access key's `Date` may be off the server's clock (reference: ocp-api 1.3).
pub const SIGNATURE_SKEW: Span = Span::from_secs(15 * 60);
/// Clock difference worth telling.
pub const SKEW_TOLD: Span = Span::from_secs(5);
/// How long an action in flight may hold back the end of the program (A07).
pub const QUIT_WAITS_FOR_ACTION: Span = Span::from_secs(5);
/// Longest line of the journal, in bytes; longer texts in it are cut with a mark.
pub const JOURNAL_LINE_BYTES: usize = 512 * 1024;
/// End of the journal that a start reads, in bytes: some thousand lines. An order older than that was passed over at
/// every start since; `obdeck history` still names it.
pub const JOURNAL_TAIL_BYTES: u64 = 1024 * 1024;
/// Records of the journal that the console keeps, the newest.
pub const JOURNAL_RECORDS: usize = 2_000;
/// Body of a request kept in the journal, in bytes.
pub const JOURNAL_BODY_BYTES: usize = 16 * 1024;
/// Words of a verdict kept in one line of the journal.
pub const JOURNAL_CODES: usize = 100;
/// How long tasks are looked for after an answer was lost before "no such task seen" may be said (A04).
pub const LOOKUP: Span = Span::from_secs(30);
/// Clean lists without such a task that it takes besides.
pub const LOOKUP_LISTS: u32 = 2;
/// Refusals with a 403 that are remembered, the newest: each disables one verb (H02).
pub const REFUSALS: usize = 64;
/// Candidates of a lost order that are shown to choose from.
pub const LOOKUP_SHOWN: usize = 9;
/// How long leaving waits for a line of the journal that is being written.
pub const JOURNAL_WAIT: Span = Span::from_millis(500);

/// Bytes of a recording. A console left open polls some 10 kB a second: seven hours.
pub const RECORDING_BYTES: u64 = 256 * 1024 * 1024;
/// Bytes of one line of a recording: the largest body, twice, for what JSON escapes in it.
pub const RECORDING_LINE_BYTES: usize = 2 * READ_BODY_BYTES + 1024 * 1024;
/// Lines read of a recording; its keys and sizes are short, so the bytes alone would not bound them.
pub const RECORDING_LINES: usize = 1_000_000;
/// Events waiting to be written to a recording; more are counted and left out.
pub const RECORDING_QUEUE: usize = 1024;
/// Bytes of bodies waiting to be written to a recording.
pub const RECORDING_WAITING_BYTES: usize = 64 * 1024 * 1024;
/// How long the end of the program waits for a recording to be written.
pub const RECORDING_ENDS: Span = Span::from_secs(2);
/// Bytes of one file of the log; the next is begun beyond them (F08).
pub const LOG_FILE_BYTES: u64 = 10 * 1024 * 1024;
/// Files of the log that are kept, the one written included.
pub const LOG_FILES: usize = 5;

/// Profiles whose host is remembered; the oldest are forgotten first.
pub const KNOWN_HOSTS: usize = 1_000;
/// Bytes read of the file that remembers them.
pub const KNOWN_HOSTS_BYTES: u64 = 1024 * 1024;
