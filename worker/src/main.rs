//! Entry point of `xunjian-worker`.

use std::process::ExitCode;

fn main() -> ExitCode {
    xunjian_worker::cli::run()
}
