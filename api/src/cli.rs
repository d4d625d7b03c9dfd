//! The command line of `xunjian-api`.

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use shared::config::Settings;
use shared::domain::instant::Instant;
use shared::store::clock::Advance;
use shared::store::migrate::{self, Schema};
use shared::store::{Store, clock};
use shared::telemetry;

use crate::{Server, admin, openapi};

/// The HTTP API of the inspection service. Its settings are described in config.default.toml.
///
/// Exit codes: 0 done, 1 it failed, 2 the command line or a setting is wrong.
#[derive(Parser)]
#[command(name = "xunjian-api", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Migrates the database, then answers requests until it is told to stop.
    Serve,
    /// Migrates the database.
    Migrate,
    /// Prints the OpenAPI document.
    Openapi,
    /// Makes an administrator and prints the initial password.
    CreateAdmin {
        /// The new account's name.
        #[arg(long)]
        username: String,
    },
    /// Checks the settings.
    CheckConfig,
    /// Shows or moves the civil clock of a simulated database.
    Clock {
        #[command(subcommand)]
        action: Option<ClockAction>,
    },
}

#[derive(Subcommand)]
enum ClockAction {
    /// Moves the clock forward.
    Advance {
        /// An RFC 3339 instant with any offset, such as 2023-08-07T09:00:00+08:00.
        #[arg(long, value_name = "INSTANT", value_parser = Instant::from_argument)]
        to: Instant,
    },
}

type Outcome = Result<(), Box<dyn std::error::Error>>;

/// Runs the program.
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    if let Command::Openapi = cli.command {
        return finish(print_openapi());
    }
    let settings = match Settings::load().and_then(|settings| telemetry::start(&settings).map(|()| settings))
    {
        Ok(settings) => settings,
        Err(error) => {
            eprintln!("{error}");
            return ExitCode::from(2);
        }
    };
    finish(match cli.command {
        Command::Serve => serve(&settings),
        Command::Migrate => migrate(&settings).map(drop),
        Command::Openapi => print_openapi(),
        Command::CreateAdmin { username } => create_admin(&settings, &username),
        Command::CheckConfig => {
            println!("the settings can be used");
            Ok(())
        }
        Command::Clock { action } => clock(&settings, action),
    })
}

fn finish(outcome: Outcome) -> ExitCode {
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn serve(settings: &Settings) -> Outcome {
    let store = migrate(settings)?;
    admin::make_first(&store, settings)?;
    actix_web::rt::System::new().block_on(async {
        let server = Server::start(settings.clone(), store)?;
        tracing::info!(address = %server.address(), "the api listens");
        server.run().await?;
        tracing::info!("the api has stopped");
        Ok(())
    })
}

fn migrate(settings: &Settings) -> Result<Store, Box<dyn std::error::Error>> {
    let store = Store::open(settings)?;
    migrate::run(&store, settings.clock_start)?;
    if migrate::schema(&store)? != Schema::Current {
        return Err("the database was migrated by a newer program".into());
    }
    if let Some(offset) = store.with(clock::offset)? {
        tracing::info!(civil = %(clock::system_now() + offset), "this is a simulated database");
    }
    Ok(store)
}

fn print_openapi() -> Outcome {
    println!("{}", openapi::document_json()?);
    Ok(())
}

fn create_admin(settings: &Settings, username: &str) -> Outcome {
    let password = admin::make(&migrate(settings)?, username)?;
    println!("{username}: initial password {password}");
    Ok(())
}

fn clock(settings: &Settings, action: Option<ClockAction>) -> Outcome {
    let store = Store::open(settings)?;
    if migrate::schema(&store)? != Schema::Current {
        return Err("the database has another schema: run `xunjian-api migrate`".into());
    }
    if let Some(ClockAction::Advance { to }) = action {
        match store.with(|conn| clock::advance(conn, to))? {
            Advance::Moved => {}
            Advance::Behind => return Err("the civil clock goes forward only".into()),
            Advance::NotSimulated => {
                return Err("this is no simulated database: its clock is the real one".into());
            }
        }
    }
    println!("{}", store.with(clock::civil_now)?);
    Ok(())
}
