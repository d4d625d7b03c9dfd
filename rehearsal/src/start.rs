//! `scripts/run`: the service for a newcomer.

use std::fs;
use std::time::Duration;

use tokio::time::sleep;

use crate::Outcome;
use crate::accounts::Accounts;
use crate::client::Api;
use crate::plan::Plan;
use crate::processes::{Process, Programs, told_to_stop};
use crate::seed::{self, Seeding};
use crate::settings::Settings;

/// Where the passwords are: the file exists when the plan is loaded.
const ACCOUNTS: &str = "accounts.csv";

/// The same while the plan is being loaded.
const ACCOUNTS_UNFINISHED: &str = "accounts.unfinished.csv";

/// Starts api and worker, loads the plan into an empty database, and runs until somebody says stop.
///
/// # Errors
/// A sentence about what is missing, in use, or has ended by itself.
pub async fn run() -> Outcome {
    let programs = Programs::beside_this()?;
    let settings = Settings::load()?;
    settings.check_address()?;
    let first_run = FirstRun::prepare(&settings)?;
    let password = match &first_run {
        Some(first_run) => first_run.accounts.get(&settings.admin_username)?.password.clone(),
        None => settings.admin_password.clone().unwrap_or_default(),
    };
    let environment = settings.environment(&password);
    let logs = settings.data_dir.join("logs");
    let mut api = Process::start(&programs.api, &["serve"], &environment, &logs, "xunjian-api")?;
    let client = Api::at(settings.base())?;
    tokio::select! {
        biased;
        told = told_to_stop() => return stop(told, vec![api]).await,
        ready = api.ready(&client) => ready?,
    }
    let mut worker = Process::start(&programs.worker, &["run"], &environment, &logs, "xunjian-worker")?;
    let outcome = tokio::select! {
        biased;
        told = told_to_stop() => told,
        failed = serve(&client, &settings, first_run, &mut api, &mut worker) => failed,
    };
    stop(outcome, vec![worker, api]).await
}

/// Ends what runs; the first thing that went wrong is what is told.
async fn stop(mut outcome: Outcome, processes: Vec<Process>) -> Outcome {
    for mut process in processes {
        // One that has ended by itself is what went wrong, and is told of already.
        if process.ended()?.is_none() {
            let stopped = process.stop().await;
            outcome = outcome.and(stopped);
        }
    }
    outcome
}

/// Loads the plan where it is to be loaded, tells where things are, and returns only when a program has ended.
async fn serve(
    client: &Api,
    settings: &Settings,
    first_run: Option<FirstRun>,
    api: &mut Process,
    worker: &mut Process,
) -> Outcome {
    if let Some(first_run) = first_run {
        first_run.load(client, settings).await?;
    }
    tell(settings);
    loop {
        for process in [&mut *api, &mut *worker] {
            if let Some(sentence) = process.ended()? {
                return Err(sentence.into());
            }
        }
        sleep(Duration::from_millis(200)).await;
    }
}

/// What the first run needs.
struct FirstRun {
    accounts: Accounts,
    /// A loading was begun before and cut short.
    resumed: bool,
}

impl FirstRun {
    /// `None` where the plan was loaded before.
    fn prepare(settings: &Settings) -> Outcome<Option<Self>> {
        let data = &settings.data_dir;
        fs::create_dir_all(data).map_err(|error| format!("{}: {error}", data.display()))?;
        if data.join(ACCOUNTS).exists() {
            return Ok(None);
        }
        let unfinished = data.join(ACCOUNTS_UNFINISHED);
        if let Some(accounts) = Accounts::read(&unfinished)? {
            return Ok(Some(Self { accounts, resumed: true }));
        }
        let mut accounts = Accounts::new(&Plan::load()?, &settings.admin_username);
        if let Some(password) = &settings.admin_password {
            accounts.chosen(&settings.admin_username, password);
        }
        accounts.write(&unfinished)?;
        Ok(Some(Self { accounts, resumed: false }))
    }

    async fn load(self, client: &Api, settings: &Settings) -> Outcome {
        let unfinished = settings.data_dir.join(ACCOUNTS_UNFINISHED);
        println!("The plan of 2023 is being loaded …");
        let Self { accounts, resumed } = self;
        match seed::load(client, &Plan::load()?, &accounts, &settings.admin_username, resumed).await? {
            Seeding::Done(_) => fs::rename(unfinished, settings.data_dir.join(ACCOUNTS))?,
            Seeding::NotEmpty => {
                fs::remove_file(unfinished)?;
                println!("The database has other data already: the plan was not loaded into it.");
            }
        }
        Ok(())
    }
}

fn tell(settings: &Settings) {
    let data = settings.data_dir.display();
    println!("The service runs.");
    println!("  API and its pages   {}/docs", settings.base());
    if settings.data_dir.join(ACCOUNTS).exists() {
        println!(
            "  accounts            {data}/{ACCOUNTS} (keep it safe; a one-time password must be changed first)"
        );
        println!("  the campaign        is a draft that tells nobody anything: a coordinator opens it by");
        println!("                      POST /v1/campaigns/{{id}}/open");
    }
    match mail_server() {
        Some(_) => println!("  mails               go to the mail server of XUNJIAN_SMTP_URL"),
        None => println!("  mails               {data}/mail/*.eml (XUNJIAN_SMTP_URL names a mail server)"),
    }
    println!("  reports             GET /v1/reports, files in {data}/objects");
    println!("  logs                {data}/logs");
    println!("Ctrl-C stops it.");
}

fn mail_server() -> Option<std::ffi::OsString> {
    let given = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
    given("XUNJIAN_SMTP_URL").or_else(|| given("XUNJIAN_SMTP_URL_FILE"))
}
