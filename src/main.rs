//! Parses, hands to `cli`, turns the answer into an exit code.

use std::process::ExitCode;

fn main() -> color_eyre::Result<ExitCode> {
    obdeck::cli::start()
}
