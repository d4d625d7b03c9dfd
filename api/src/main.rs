//! Entry point of `xunjian-api`.

use std::process::ExitCode;

fn main() -> ExitCode {
    xunjian_api::cli::run()
}
