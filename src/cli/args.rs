//! The command line's grammar: the one definition behind parsing, help, completions and the man page.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::domain::action::Verb;
use crate::domain::time::{Span, Timestamp};
use crate::store::config::length;

const EXITS: &str = "\
Exit codes:
  0 done   1 failed   2 usage, config or input file   3 refused here   4 not permitted   5 not reachable
  6 outcome unknown   7 --wait-timeout passed   8 not found or ambiguous   9 refused there for its state
  101 defect of obdeck   129 130 131 143 ended by SIGHUP SIGINT SIGQUIT SIGTERM";

/// A terminal console for OceanBase clusters: list, stop, and watch the task graph
///
/// Without a verb: the full-screen console over every configured profile.
#[derive(Debug, Parser)]
#[command(name = "obdeck", version, after_help = EXITS, max_term_width = 110, disable_help_subcommand = true)]
pub struct Cli {
    /// Options of every command that talks to a control plane.
    #[command(flatten)]
    pub global: Global,
    /// What to do; the console where none is given.
    #[command(subcommand)]
    pub verb: Option<Do>,
}

/// Options of every command that talks to a control plane.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Common options")]
pub struct Global {
    /// Use this profile only
    #[arg(long, global = true, value_name = "NAME")]
    pub profile: Option<String>,
    /// Config file [default: $XDG_CONFIG_HOME/obdeck/config.toml, or OBDECK_CONFIG]
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Output format [default: table on a terminal, json otherwise]
    #[arg(short, long, global = true, value_name = "FORMAT")]
    pub output: Option<Format>,
    /// Limit of one request, e.g. 30s [default: 10s for a read, 60s for an action]
    #[arg(long, global = true, value_name = "DURATION", value_parser = duration)]
    pub timeout: Option<Span>,
    /// Send nothing but reads
    #[arg(long, global = true)]
    pub read_only: bool,
    /// No colours (also: NO_COLOR)
    #[arg(long, global = true)]
    pub no_color: bool,
    /// Draw with ASCII characters only
    #[arg(long, global = true)]
    pub ascii: bool,
    /// Tell more on stderr
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub verbose: u8,
    /// Write a log to this file (mode 0600)
    #[arg(long, global = true, value_name = "FILE")]
    pub log: Option<PathBuf>,
    /// Record every exchange, and the console's keys, into this file (made anew, mode 0600, secrets masked)
    #[arg(long, global = true, value_name = "FILE")]
    pub record: Option<PathBuf>,
}

/// Form of what stdout gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Columns for people
    Table,
    /// One document
    Json,
    /// One object a line, flushed at once
    Ndjson,
}

/// The verbs.
#[derive(Debug, Subcommand)]
pub enum Do {
    /// The console over an embedded simulator; needs no config
    Demo(Demo),
    /// The simulator in the foreground, without a screen
    Simulate(Simulate),
    /// Write a commented config file
    Init(Init),
    /// Check the config, or print where things live
    Config {
        /// Which.
        #[command(subcommand)]
        what: ConfigVerb,
    },
    /// List clusters, zones, servers, tenants, tasks, or show one task
    Get {
        /// What.
        #[command(subcommand)]
        what: Get,
        /// Only of this cluster: name, ID or PROFILE/NAME
        #[arg(long, global = true, value_name = "CLUSTER")]
        cluster: Option<String>,
    },
    /// What a stop would take away; sends nothing but reads
    Impact {
        /// Of what.
        #[command(subcommand)]
        of: ImpactOf,
    },
    /// Stop a cluster, a zone or an OBServer
    Stop(Order),
    /// Start a cluster, a zone or an OBServer
    Start(Order),
    /// Restart a cluster, a zone or an OBServer
    Restart(Order),
    /// Follow a task, or order something of it
    Task {
        /// What.
        #[command(subcommand)]
        what: TaskDo,
        /// How it is confirmed and followed.
        #[command(flatten)]
        how: How,
    },
    /// Read a subtask's log, or order something of it
    Subtask {
        /// What.
        #[command(subcommand)]
        what: SubtaskDo,
        /// How it is confirmed and followed.
        #[command(flatten)]
        how: How,
    },
    /// Draw a task from a file
    Graph(Graph),
    /// The audit journal
    History(History),
    /// Open a recording in the console: pause, seek, speed; sends nothing
    Replay(Replay),
    /// Print completions for a shell
    Completions {
        /// Which shell
        shell: clap_complete::Shell,
    },
    /// Print the man page
    Man,
}

/// What the simulators show.
#[derive(Debug, Clone, Args)]
pub struct Scene {
    /// What happens in it; `list` prints the names
    #[arg(long, value_name = "NAME", default_value = "calm")]
    pub scenario: String,
    /// Same seed, same story
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
    /// How many times faster than life [default: 20 in demo, 1 in simulate]
    #[arg(long, value_name = "X", value_parser = speed)]
    pub speed: Option<f64>,
    /// How much there is
    #[arg(long, value_enum, default_value_t = Size::Small)]
    pub size: Size,
}

/// How much there is in a scene.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Size {
    /// Four clusters
    Small,
    /// Some dozens of clusters
    Large,
    /// 1,000 clusters, 10,000 OBServers
    Huge,
}

/// `obdeck demo`.
#[derive(Debug, Args)]
pub struct Demo {
    /// What is shown.
    #[command(flatten)]
    pub scene: Scene,
    /// Plays itself with captions; any key takes over
    #[arg(long)]
    pub tour: bool,
}

/// `obdeck simulate`.
#[derive(Debug, Args)]
pub struct Simulate {
    /// What is shown.
    #[command(flatten)]
    pub scene: Scene,
    /// Serve OCP here; port 0: chosen and printed
    #[arg(long, value_name = "ADDR:PORT")]
    pub ocp: Option<std::net::SocketAddr>,
    /// Serve OBShell here
    #[arg(long, value_name = "ADDR:PORT")]
    pub obshell: Option<std::net::SocketAddr>,
    /// Where the first OBShell agent has its unix socket
    #[arg(long, value_name = "PATH", hide = true)]
    pub obshell_socket: Option<std::path::PathBuf>,
    /// Allow an address that is not loopback
    #[arg(long)]
    pub bind_any: bool,
}

/// `obdeck init`.
#[derive(Debug, Args)]
pub struct Init {
    /// Overwrite a config file that is there
    #[arg(long)]
    pub force: bool,
}

/// `obdeck config …`.
#[derive(Debug, Clone, Copy, Subcommand)]
pub enum ConfigVerb {
    /// Name every mistake with file, line and column
    Check,
    /// Print where config, state and logs live
    Path,
}

/// `obdeck get …`.
#[derive(Debug, Subcommand)]
pub enum Get {
    /// Clusters of every profile
    Clusters,
    /// Zones
    Zones,
    /// OBServers
    Servers,
    /// Tenants
    Tenants,
    /// Tasks, newest first
    Tasks {
        /// Only with these status words of the control plane, e.g. RUNNING
        #[arg(long, value_name = "WORD", value_delimiter = ',')]
        status: Vec<String>,
        /// Only those that still hold their cluster: running or failed
        #[arg(long)]
        unfinished: bool,
        /// At most so many of each profile
        #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=100_000))]
        limit: Option<u32>,
    },
    /// One task with its subtasks
    Task {
        /// Its ID, or PROFILE/ID
        id: String,
    },
}

/// `obdeck impact …`.
#[derive(Debug, Subcommand)]
pub enum ImpactOf {
    /// Of a stop
    Stop {
        /// Of what
        #[command(subcommand)]
        target: Target,
        /// How hard.
        #[command(flatten)]
        hard: Hard,
    },
}

/// What of a cluster is meant.
#[derive(Debug, Clone, Subcommand)]
pub enum Target {
    /// The whole cluster
    Cluster {
        /// Name, ID or PROFILE/NAME
        cluster: String,
    },
    /// One zone
    Zone {
        /// Cluster: name, ID or PROFILE/NAME
        cluster: String,
        /// Name of the zone
        zone: String,
    },
    /// One OBServer
    Server {
        /// Cluster: name, ID or PROFILE/NAME
        cluster: String,
        /// ID, ip:port or name of the OBServer
        server: String,
    },
}

impl Target {
    /// The cluster as it was named.
    pub fn cluster(&self) -> &str {
        match self {
            Target::Cluster { cluster } | Target::Zone { cluster, .. } | Target::Server { cluster, .. } => {
                cluster
            }
        }
    }
}

/// `obdeck stop|start|restart …`.
#[derive(Debug, Args)]
pub struct Order {
    /// Of what
    #[command(subcommand)]
    pub target: Target,
    /// How hard.
    #[command(flatten)]
    pub hard: Hard,
    /// How it is confirmed and followed.
    #[command(flatten)]
    pub how: How,
}

/// How hard: what is not offered for a scope is a usage error that says what is.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "How hard")]
pub struct Hard {
    /// The control plane's own force (OCP: server stop and restart; OBShell: kill -9)
    #[arg(long, global = true)]
    pub force: bool,
    /// Minor freeze first, where it is offered
    #[arg(long, global = true)]
    pub freeze: bool,
    /// OBShell zone: the checked stop that also ends the processes
    #[arg(long, global = true)]
    pub process: bool,
    /// OBShell: pass over the hold of this task (may be repeated)
    #[arg(long, global = true, value_name = "ID")]
    pub force_pass_dag: Vec<String>,
}

/// How an action is confirmed and followed.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Confirming and following")]
pub struct How {
    /// Print the exact request and the impact; send nothing
    #[arg(long, global = true)]
    pub dry_run: bool,
    /// Skip the question; needed where there is no terminal
    #[arg(long, global = true)]
    pub yes: bool,
    /// The typed name where the guard asks for one: CLUSTER/TARGET, for a whole cluster CLUSTER
    #[arg(long, global = true, value_name = "NAME")]
    pub confirm: Option<String>,
    /// Go on where the guard refuses; journalled
    #[arg(long = "override", global = true, value_name = "REASON")]
    pub overriding: Option<String>,
    /// Why; journalled, required where the guard asks for a reason
    #[arg(long, global = true, value_name = "TEXT")]
    pub reason: Option<String>,
    /// Follow the task to its end
    #[arg(long, global = true)]
    pub wait: bool,
    /// Stop following after this long (exit 7); the task runs on
    #[arg(long, global = true, value_name = "DURATION", value_parser = duration)]
    pub wait_timeout: Option<Span>,
}

/// `obdeck task …`.
#[derive(Debug, Subcommand)]
pub enum TaskDo {
    /// Follow it until it ends
    Watch {
        /// Its ID, or PROFILE/ID
        id: String,
    },
    /// Run every failed subtask again
    Retry {
        /// Its ID, or PROFILE/ID
        id: String,
    },
    /// Undo it from the failed subtask back to the first
    Rollback {
        /// Its ID, or PROFILE/ID
        id: String,
    },
    /// OBShell: stop it
    Cancel {
        /// Its ID, or PROFILE/ID
        id: String,
    },
    /// OBShell: declare it successful; nothing is done
    Pass {
        /// Its ID, or PROFILE/ID
        id: String,
    },
}

/// `obdeck subtask …`.
#[derive(Debug, Subcommand)]
pub enum SubtaskDo {
    /// Print its log
    Log {
        /// Task: ID, or PROFILE/ID
        task: String,
        /// Subtask: ID
        subtask: String,
        /// Go on printing while it runs
        #[arg(short, long)]
        follow: bool,
    },
    /// Undo it, then run it again
    Retry {
        /// Task: ID, or PROFILE/ID
        task: String,
        /// Subtask: ID
        subtask: String,
    },
    /// Declare it successful without doing it
    Skip {
        /// Task: ID, or PROFILE/ID
        task: String,
        /// Subtask: ID
        subtask: String,
    },
    /// Interrupt it
    Cancel {
        /// Task: ID, or PROFILE/ID
        task: String,
        /// Subtask: ID
        subtask: String,
    },
}

/// `obdeck graph`.
#[derive(Debug, Args)]
pub struct Graph {
    /// The file; `-`: stdin
    pub file: PathBuf,
    /// What is printed
    #[arg(long, value_name = "FORMAT")]
    pub format: Option<Export>,
    /// Write a format into a file (may be repeated); stdout then stays empty unless --format is given
    #[arg(long, value_name = "FORMAT=FILE", value_parser = out)]
    pub out: Vec<(Export, PathBuf)>,
    /// Columns of the viewport
    #[arg(long, value_name = "COLUMNS", value_parser = clap::value_parser!(u16).range(1..=1000))]
    pub width: Option<u16>,
    /// Rows of the viewport
    #[arg(long, value_name = "ROWS", value_parser = clap::value_parser!(u16).range(1..=1000))]
    pub height: Option<u16>,
    /// Which way it flows
    #[arg(long, value_enum, default_value_t = Orientation::Auto)]
    pub orientation: Orientation,
    /// How much a box tells
    #[arg(long, value_enum, default_value_t = Form::Auto)]
    pub form: Form,
    /// Whether parallel siblings are folded
    #[arg(long, value_enum, default_value_t = Collapse::Auto)]
    pub collapse: Collapse,
}

/// Forms a graph is exported in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Export {
    /// Box drawing
    Text,
    /// ASCII only
    Ascii,
    /// Picture
    Svg,
    /// Graphviz
    Dot,
    /// Mermaid
    Mermaid,
    /// The document of `get task -o json`
    Json,
    /// Boxes and lines with their places
    Layout,
}

/// Which way a graph flows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Orientation {
    /// As it fits
    Auto,
    /// Top to bottom
    Tb,
    /// Left to right
    Lr,
}

/// How much a box tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Form {
    /// As it fits; without --width: full
    Auto,
    /// Name, status, times
    Full,
    /// One line a box
    Compact,
    /// Lanes beside a list
    Lanes,
    /// A list
    List,
}

/// Whether parallel siblings are folded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Collapse {
    /// Where it helps
    Auto,
    /// Never
    None,
}

/// `obdeck replay`.
#[derive(Debug, Args)]
pub struct Replay {
    /// The file that `--record` made
    pub file: PathBuf,
}

/// `obdeck history`.
#[derive(Debug, Args)]
pub struct History {
    /// Not before: a time (RFC 3339), or how long ago, e.g. 2h
    #[arg(long, global = true, value_name = "TIME", value_parser = since)]
    pub since: Option<Since>,
    /// Only of this cluster: name, ID or PROFILE/NAME
    #[arg(long, global = true, value_name = "CLUSTER")]
    pub cluster: Option<String>,
    /// Only about this task
    #[arg(long, global = true, value_name = "ID")]
    pub task: Option<String>,
    /// Check the chain: 0, or 1 with the first bad line
    #[arg(long)]
    pub verify: bool,
    /// What else.
    #[command(subcommand)]
    pub what: Option<HistoryDo>,
}

/// `obdeck history …`.
#[derive(Debug, Subcommand)]
pub enum HistoryDo {
    /// Write it for a ticket or a program
    Export {
        /// Markdown or JSON
        #[arg(long = "format", value_enum, value_name = "FORMAT")]
        form: ExportForm,
    },
}

/// Form of an export.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ExportForm {
    /// Markdown
    Md,
    /// One document
    Json,
}

/// From when on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Since {
    /// So long ago.
    Ago(Span),
    /// A point in time.
    At(Timestamp),
}

fn since(text: &str) -> Result<Since, String> {
    if let Some(at) = Timestamp::parse(text) {
        return Ok(Since::At(at));
    }
    duration(text).map(Since::Ago).map_err(|e| format!("{e}; a time is written as 2026-11-21T14:00:00Z"))
}

impl Do {
    /// The order behind stop, start and restart.
    pub fn order(&self) -> Option<(Verb, &Order)> {
        match self {
            Do::Stop(o) => Some((Verb::Stop, o)),
            Do::Start(o) => Some((Verb::Start, o)),
            Do::Restart(o) => Some((Verb::Restart, o)),
            _ => None,
        }
    }
}

fn duration(text: &str) -> Result<Span, String> {
    length(text)
        .filter(|s| s.millis() > 0)
        .ok_or_else(|| "must be digits with ms, s, m or h, more than 0, e.g. 90s".to_owned())
}

fn speed(text: &str) -> Result<f64, String> {
    text.parse::<f64>()
        .ok()
        .filter(|x| x.is_finite() && *x > 0.0 && *x <= 100_000.0)
        .ok_or_else(|| "must be a number above 0, at most 100000".to_owned())
}

fn out(text: &str) -> Result<(Export, PathBuf), String> {
    let (format, file) = text.split_once('=').ok_or("must be FORMAT=FILE, e.g. text=task.txt")?;
    let format = Export::from_str(format, false).map_err(|_| {
        let names: Vec<String> = Export::value_variants()
            .iter()
            .filter_map(|v| v.to_possible_value().map(|p| p.get_name().to_owned()))
            .collect();
        format!("`{format}` is none of {}", names.join(", "))
    })?;
    if file.is_empty() {
        return Err("the file's name is missing".to_owned());
    }
    Ok((format, PathBuf::from(file)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_definition_is_sound() {
        use clap::CommandFactory;
        Cli::command().debug_assert();
    }

    #[test]
    fn every_option_of_stop_is_parsed_after_its_target() {
        let line = "obdeck stop zone protoss zone2 --profile p -o ndjson --timeout 5s --read-only --no-color -v \
                    --force --freeze --process --force-pass-dag 1 --force-pass-dag 2 --dry-run --yes \
                    --confirm protoss/zone2 --override x --reason y --wait --wait-timeout 10m";
        let cli = Cli::try_parse_from(line.split_whitespace()).unwrap();
        let (verb, order) = cli.verb.as_ref().and_then(Do::order).unwrap();
        assert_eq!(verb, Verb::Stop);
        assert_eq!(order.hard.force_pass_dag, ["1", "2"]);
        assert_eq!(order.how.wait_timeout, Some(Span::from_secs(600)));
        assert_eq!(order.how.overriding.as_deref(), Some("x"));
    }

    #[test]
    fn no_option_takes_a_secret() {
        use clap::CommandFactory;
        fn walk(c: &clap::Command) {
            for a in c.get_arguments() {
                let name = a.get_id().as_str();
                assert!(!["password", "secret", "token"].iter().any(|w| name.contains(w)), "{name}");
            }
            c.get_subcommands().for_each(walk);
        }
        walk(&Cli::command());
    }

    #[test]
    fn an_out_file_names_its_format() {
        assert!(out("text=/tmp/a=b").is_ok_and(|(e, p)| e == Export::Text && p.ends_with("a=b")));
        for bad in ["text", "text=", "png=x"] {
            assert!(out(bad).is_err(), "{bad}");
        }
    }
}
