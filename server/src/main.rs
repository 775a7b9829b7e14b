//! The `donewell` command.

use std::process::ExitCode;

/// Half as dear as the system's where a hundred small things are made for each request, and it gives back what the
/// hashing of passwords took.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    donewell_server::cli::run()
}
