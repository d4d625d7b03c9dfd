//! The command line of `xunjian-worker`.

use std::env;
use std::io::{BufRead, Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use chrono::TimeDelta;
use clap::{Parser, Subcommand};
use documents::fonts::Fonts;
use documents::role::Role;
use shared::config::Settings;
use shared::domain::actor::Actor;
use shared::domain::id::Id;
use shared::domain::instant::Instant;
use shared::domain::report::ReportFormat;
use shared::domain::text::TextEnum;
use shared::store::migrate::{self, Schema};
use shared::store::{Store, StoreError, clock, job, operation, scan};
use shared::telemetry;
use tokio::runtime::Runtime;
use tokio::signal::unix::{SignalKind, signal};

use crate::mail::render::Renderer;
use crate::report::missing::missing;
use crate::report::templates::{Templates, write_built_in};
use crate::report::{self, Version, excerpt::Extent, pdf, process::limit_memory};
use crate::runner;
use crate::stop::{Stop, stop};
use crate::worker::{NAME, Worker};

/// The background worker of the inspection service: scans for what is overdue, sends notices, compiles
/// reports. Its settings are described in config.default.toml.
///
/// Exit codes: 0 done, 1 it failed, 2 the command line or a setting is wrong, 3 (status) no scan has come to
/// its end for a long time.
#[derive(Parser)]
#[command(name = "xunjian-worker", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Works until it is told to stop.
    Run,
    /// Scans once, then works off everything that is due.
    Tick {
        /// Works as at this instant (RFC 3339), in a simulated database; moves no clock.
        #[arg(long, value_name = "INSTANT", value_parser = Instant::from_argument)]
        at: Option<Instant>,
    },
    /// Shows the notices that a scan would write, and writes none.
    Preview {
        /// As at this instant (RFC 3339).
        #[arg(long, value_name = "INSTANT", value_parser = Instant::from_argument)]
        at: Option<Instant>,
    },
    /// Shows when the last scan was, what waits and what failed.
    Status,
    /// Removes a dead job that nobody waits for any more: `status` names it as set aside.
    Discard {
        /// The job's id.
        job: Id,
    },
    /// Shows which fonts serve the documents, and which Chinese characters they lack.
    Fonts,
    /// Checks the office's own templates, or writes the built-in ones to begin with.
    Templates {
        /// The folder to write them into; a file that is there already stays as it is.
        #[arg(long, value_name = "FOLDER")]
        write_to: Option<PathBuf>,
    },
    /// Writes the snapshot of a made-up report, to try templates and limits on: `sample | render --format docx`.
    Sample {
        /// Units in scope.
        #[arg(long, default_value_t = 60)]
        units: usize,
        /// Problems, each with an order.
        #[arg(long, default_value_t = 500)]
        problems: usize,
    },
    /// Shows which texts of a report have characters that no font has: reads its snapshot (its JSON file).
    MissingCharacters,
    /// Renders a report: reads its snapshot (its JSON file) and writes a file of another format.
    Render {
        /// The format to write.
        #[arg(long, value_parser = format)]
        format: ReportFormat,
        /// Prints long annexes whole (pdf). The other formats always hold every row.
        #[arg(long)]
        whole: bool,
        /// Prints texts in a plain form that the typesetter cannot take as they are (pdf): before the snapshot stands a line
        /// with them, as a JSON array.
        #[arg(long, conflicts_with = "whole")]
        plainly: bool,
    },
}

type Outcome = Result<ExitCode, Box<dyn std::error::Error>>;

/// A last scan that is older than so many intervals is news.
const SCANS_MISSED: i32 = 10;

/// How long a waiting worker rests before it looks at the schema again.
const REST: Duration = Duration::from_secs(1);

/// What blocks may outlast the work at its stop.
const LAST: Duration = Duration::from_millis(500);

/// Runs the program.
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    let settings = match Settings::load().and_then(|settings| telemetry::start(&settings).map(|()| settings))
    {
        Ok(settings) => settings,
        Err(error) => {
            eprintln!("{error}");
            return ExitCode::from(2);
        }
    };
    let outcome = match cli.command {
        Command::Run => in_runtime(work(&settings)),
        Command::Tick { at } => in_runtime(tick(&settings, at)),
        Command::Preview { at } => preview(&settings, at),
        Command::Status => status(&settings),
        Command::Discard { job } => discard(&settings, job),
        Command::Fonts => fonts(&settings),
        Command::Templates { write_to } => templates(&settings, write_to.as_deref()),
        Command::Sample { units, problems } => sample(&settings, units, problems),
        Command::MissingCharacters => missing_characters(&settings),
        Command::Render { format, whole, plainly } => render(&settings, format, whole, plainly),
    };
    outcome.unwrap_or_else(|error| {
        eprintln!("{error}");
        ExitCode::FAILURE
    })
}

fn in_runtime(work: impl Future<Output = Outcome>) -> Outcome {
    let runtime = Runtime::new()?;
    let outcome = runtime.block_on(work);
    runtime.shutdown_timeout(LAST);
    outcome
}

/// Asks to stop at SIGTERM or SIGINT.
fn stop_at_signal() -> std::io::Result<Stop> {
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    let (stopper, stop) = stop();
    tokio::spawn(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        tracing::info!("the worker stops");
        stopper.ask();
    });
    Ok(stop)
}

async fn work(settings: &Settings) -> Outcome {
    let mut stop = stop_at_signal()?;
    let store = Store::open(settings)?;
    let mut told = false;
    loop {
        match migrate::schema(&store) {
            Ok(Schema::Current) => break,
            Ok(Schema::Unknown) => return Err(NEWER.into()),
            Ok(Schema::Behind) if told => {}
            Ok(Schema::Behind) => tracing::info!("waiting for the api to migrate the database"),
            // Whoever migrates at this moment may stand in the way.
            Err(error) => tracing::warn!(%error, "the schema cannot be read yet"),
        }
        told = true;
        stop.rest(REST).await;
        if stop.is_asked() {
            return Ok(ExitCode::SUCCESS);
        }
    }
    log_simulated_clock(&store)?;
    let worker = Worker::open(settings, store, None, env::current_exe()?)?;
    tracing::info!("the worker runs");
    runner::run(&worker, settings, &stop).await;
    tracing::info!("the worker has stopped");
    Ok(ExitCode::SUCCESS)
}

const NEWER: &str = "the database was migrated by a newer program";

fn log_simulated_clock(store: &Store) -> Result<(), Box<dyn std::error::Error>> {
    if let Some(offset) = store.with(clock::offset)? {
        tracing::info!(civil = %(clock::system_now() + offset), "this is a simulated database");
    }
    Ok(())
}

/// A database whose schema this program knows.
fn open(settings: &Settings) -> Result<Store, Box<dyn std::error::Error>> {
    let store = Store::open(settings)?;
    match migrate::schema(&store)? {
        Schema::Current => Ok(store),
        Schema::Behind => Err("the database is not migrated yet: run `xunjian-api migrate`".into()),
        Schema::Unknown => Err(NEWER.into()),
    }
}

async fn tick(settings: &Settings, at: Option<Instant>) -> Outcome {
    let stop = stop_at_signal()?;
    let store = open(settings)?;
    log_simulated_clock(&store)?;
    if at.is_some() && store.with(clock::offset)?.is_none() {
        return Err("this is no simulated database: its clock is the real one".into());
    }
    runner::tick(&Worker::open(settings, store, at, env::current_exe()?)?, &stop).await?;
    Ok(ExitCode::SUCCESS)
}

fn preview(settings: &Settings, at: Option<Instant>) -> Outcome {
    let (store, renderer) = (open(settings)?, Renderer::new()?);
    let planned = store.with(|conn| {
        let now = at.map_or_else(|| clock::civil_now(conn), Ok)?;
        scan::plan(conn, now)
    })?;
    for notice in &planned.notices {
        let to = notice.recipient.address.as_ref().map_or("(no address)", |address| address.as_str());
        let subject = renderer.render(&notice.content, "")?.subject;
        println!("{}  {}  {to}  {subject}", notice.due_at, notice.content.matter.kind());
    }
    for (subject, id, reason) in &planned.unreadable {
        println!("{subject} {id} cannot be read: {reason}");
    }
    println!("{} notices", planned.notices.len());
    Ok(ExitCode::SUCCESS)
}

fn discard(settings: &Settings, id: Id) -> Outcome {
    open(settings)?.write(&Actor::system(NAME), NAME, |tx| job::discard(tx, id)).map_err(
        |error| match error {
            StoreError::Refused(_) => format!("no dead job has the id {id}"),
            error => error.to_string(),
        },
    )?;
    println!("the job {id} is removed");
    Ok(ExitCode::SUCCESS)
}

fn status(settings: &Settings) -> Outcome {
    let store = open(settings)?;
    let (now, civil_now) = (clock::system_now(), store.with(clock::civil_now)?);
    let state = store.with(|conn| operation::get(conn, civil_now))?;
    let age = |since: Instant, now: Instant| format!("{} s ago ({since})", (now - since).num_seconds());
    let last_scan = state.scan.done_at;
    println!("last scan: {}", last_scan.map_or_else(|| "never".to_owned(), |at| age(at, now)));
    let oldest = state.oldest_unsent_due_at;
    println!(
        "oldest unsent notice due: {}",
        oldest.map_or_else(|| "none".to_owned(), |at| age(at, civil_now))
    );
    if let Some(until) = state.mail_paused_until {
        println!("mail paused until: {until}");
    }
    if let Some(reason) = &state.mail_fault {
        println!("mail fault: {reason}");
    }
    for fault in &state.set_aside {
        println!("set aside: {} {}: {}", fault.subject, fault.id, fault.reason);
    }
    for (status, count) in &state.notices {
        println!("notices {status}: {count}");
    }
    let jobs = state.jobs;
    println!("jobs queued: {}, running: {}, dead: {}", jobs.queued, jobs.running, jobs.dead);
    let interval = TimeDelta::seconds(i64::try_from(settings.scan_seconds).unwrap_or(i64::MAX / 1000));
    let alive = last_scan.is_some_and(|at| now - at <= interval * SCANS_MISSED);
    Ok(if alive { ExitCode::SUCCESS } else { ExitCode::from(3) })
}

/// What official documents are made of: the unified Chinese characters, and marks that the layout itself sets.
fn repertoire() -> String {
    ('\u{4e00}'..='\u{9fff}').chain("〇〔〕《》“”、。，：；？！（）—…℃㎡".chars()).collect()
}

fn fonts(settings: &Settings) -> Outcome {
    let fonts = Fonts::find(settings.fonts_dir.as_deref())?;
    let mut unserved = false;
    for &role in Role::ALL {
        println!("{} ({})", role.zh(), role.key());
        for face in fonts.serving(role) {
            let lacking = repertoire().chars().filter(|c| !face.has(*c)).count();
            println!("  {} ({}, {}): lacks {lacking}", face.family, face.name, face.path.display());
        }
        let missing = fonts.missing(role, &repertoire());
        let shown: String = missing.iter().take(20).collect();
        println!("  together: lack {} of {} characters {shown}", missing.len(), repertoire().chars().count());
        unserved |= fonts.serving(role).next().is_none();
    }
    if unserved {
        println!(
            "A role has no font: set XUNJIAN_FONTS_DIR, or install fonts (on Debian: fonts-noto-cjk, fonts-lxgw-wenkai)."
        );
        return Ok(ExitCode::FAILURE);
    }
    Ok(ExitCode::SUCCESS)
}

fn templates(settings: &Settings, write_to: Option<&Path>) -> Outcome {
    match (write_to, &settings.templates_dir) {
        (Some(folder), _) => {
            write_built_in(folder)?;
            println!("written into {}: set XUNJIAN_TEMPLATES_DIR to use them", folder.display());
        }
        (None, None) => println!("none: XUNJIAN_TEMPLATES_DIR is not set"),
        (None, Some(folder)) => {
            Templates::read(Some(folder))?.check()?;
            println!("the templates of {} can be used", folder.display());
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn sample(settings: &Settings, units: usize, problems: usize) -> Outcome {
    let templates = Templates::read(settings.templates_dir.as_deref())?;
    let fonts = Fonts::find(settings.fonts_dir.as_deref())?;
    let material = report::sample::of_size(units, problems)?;
    let snapshot = report::compile(material, &templates, &fonts.sha256())?;
    std::io::stdout().write_all(&snapshot.canonical()?)?;
    Ok(ExitCode::SUCCESS)
}

fn format(code: &str) -> Result<ReportFormat, String> {
    let known = || ReportFormat::ALL.iter().map(|format| format.as_str()).collect::<Vec<_>>().join(", ");
    ReportFormat::from_word(code).ok_or_else(|| format!("known are {}", known()))
}

/// The snapshot that is given to a process of its own, which keeps within limits.
fn given_version(settings: &Settings, plainly: bool) -> Result<Version, Box<dyn std::error::Error>> {
    limit_memory(settings.render_memory_mb)?;
    let mut stdin = std::io::stdin().lock();
    let mut texts = String::new();
    if plainly {
        stdin.read_line(&mut texts)?;
    }
    let mut bytes = Vec::new();
    stdin.read_to_end(&mut bytes)?;
    if plainly {
        return Ok(Version::read_plainly(&bytes, &serde_json::from_str(&texts)?)?);
    }
    Ok(Version::read(&bytes)?)
}

fn render(settings: &Settings, format: ReportFormat, whole: bool, plainly: bool) -> Outcome {
    let version = given_version(settings, plainly)?;
    let templates = Templates::read(settings.templates_dir.as_deref())?;
    let fonts_dir = settings.fonts_dir.as_deref();
    let bytes = match format {
        ReportFormat::Pdf if whole => pdf::render(version, &Fonts::find(fonts_dir)?, Extent::Whole)?,
        format => report::render(format, version, &templates, fonts_dir)?,
    };
    std::io::stdout().write_all(&bytes)?;
    Ok(ExitCode::SUCCESS)
}

fn missing_characters(settings: &Settings) -> Outcome {
    let version = given_version(settings, false)?;
    let missing = missing(&version.snapshot, &Fonts::find(settings.fonts_dir.as_deref())?)?;
    println!("{}", serde_json::to_string(&missing)?);
    Ok(ExitCode::SUCCESS)
}
