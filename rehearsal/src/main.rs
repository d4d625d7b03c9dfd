//! Entry point of `xunjian-rehearsal`.

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use xunjian_rehearsal::{start, story};

/// Starts the service with the plan of 2023, or lives through that plan. It talks to the service by its public API.
///
/// Exit codes: 0 done, 1 it failed and says why, 2 the command line is wrong.
#[derive(Parser)]
#[command(name = "xunjian-rehearsal", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Starts api and worker, loads the plan into an empty database, and runs until it is told to stop.
    Start,
    /// Lives through the plan from 31 July to September 2023 on a simulated database of its own.
    Rehearse {
        /// How many workers run at once.
        #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u8).range(1..=8))]
        workers: u8,
    },
}

#[tokio::main]
async fn main() -> ExitCode {
    let outcome = match Cli::parse().command {
        Command::Start => start::run().await,
        Command::Rehearse { workers } => story::run(workers).await,
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
