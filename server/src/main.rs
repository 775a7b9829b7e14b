//! The `donewell` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    donewell_server::cli::run()
}
