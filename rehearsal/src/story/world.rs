//! The service that the story plays on: its processes, its people, its clock.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use chrono::{DateTime, FixedOffset, NaiveDate};
use serde_json::json;

use crate::Outcome;
use crate::accounts::{Accounts, new_password};
use crate::client::{Api, Session};
use crate::operations;
use crate::plan::{Person, Plan};
use crate::processes::{Environment, Process, Programs, run_to_end};
use crate::seed::{self, Seeded, Seeding};
use crate::settings::{Settings, free_address};

/// The first instant of the story, on the day of the notice.
const BEGIN: &str = "2023-07-31T08:30:00+08:00";

/// A running service with the plan in it.
pub struct World {
    programs: Programs,
    environment: Environment,
    api: Process,
    workers: Vec<Process>,
    worker_count: u8,
    client: Api,
    data: PathBuf,
    accounts: Accounts,
    sessions: BTreeMap<String, Session>,
    plan: Plan,
    seeded: Seeded,
    /// The civil clock was moved here last.
    moved_to: DateTime<FixedOffset>,
}

impl World {
    /// Starts the service on a simulated database, and loads the plan.
    ///
    /// # Errors
    /// A program that doesn't come up, a database that is not empty.
    pub async fn start(data: &Path, worker_count: u8) -> Outcome<Self> {
        let programs = Programs::beside_this()?;
        let mut settings = Settings::load()?;
        settings.data_dir = data.to_owned();
        settings.bind = free_address()?;
        let plan = Plan::load()?;
        let accounts = Accounts::new(&plan, &settings.admin_username);
        let mut environment = settings.environment(&accounts.get(&settings.admin_username)?.password);
        environment.push(("XUNJIAN_CLOCK_START", BEGIN.to_owned()));
        environment.push(("XUNJIAN_SCAN_SECONDS", "1".to_owned()));
        let client = Api::at(settings.base())?;
        let mut api =
            Process::start(&programs.api, &["serve"], &environment, &data.join("logs"), "xunjian-api")?;
        api.ready(&client).await?;
        let readiness = client.readiness().await?;
        let Seeding::Done(seeded) =
            seed::load(&client, &plan, &accounts, &settings.admin_username, false).await?
        else {
            return Err(
                "The database has data already: a rehearsal needs an empty one (DATABASE_URL).".into()
            );
        };
        if readiness.text("simulated_now").is_empty() {
            return Err(
                "The database was made before, with the real clock: a rehearsal needs an empty one.".into()
            );
        }
        let mut world = Self {
            programs,
            environment,
            api,
            workers: Vec::new(),
            worker_count,
            client,
            data: data.to_owned(),
            accounts,
            sessions: BTreeMap::new(),
            plan,
            seeded,
            moved_to: DateTime::parse_from_rfc3339(BEGIN)?,
        };
        world.keep_accounts()?;
        world.start_workers()?;
        Ok(world)
    }

    /// The folder of the rehearsal.
    pub fn data(&self) -> &Path {
        &self.data
    }

    /// The plan that is played.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// The path of the campaign.
    pub fn campaign(&self) -> String {
        format!("/v1/campaigns/{}", self.seeded.campaign)
    }

    /// The id of the campaign.
    pub fn campaign_id(&self) -> &str {
        &self.seeded.campaign
    }

    /// The id of a unit.
    pub fn unit(&self, key: &str) -> Outcome<&str> {
        Ok(self.seeded.units.get(key).ok_or_else(|| format!("no unit {key}"))?)
    }

    /// The session of an account. At their first login people choose a password of their own.
    pub async fn person(&mut self, username: &str) -> Outcome<Session> {
        if let Some(session) = self.sessions.get(username) {
            return Ok(session.clone());
        }
        let account = self.accounts.get(username)?.clone();
        let session = self.client.login(username, &account.password).await?;
        if account.one_time {
            let chosen = new_password();
            let change = json!({"current": account.password, "new": chosen});
            session.post("/v1/me/password", &change).await?;
            self.accounts.chosen(username, &chosen);
            self.keep_accounts()?;
        }
        self.sessions.insert(username.to_owned(), session.clone());
        Ok(session)
    }

    /// The session of a unit's liaison.
    pub async fn liaison(&mut self, unit: &str) -> Outcome<Session> {
        self.person(&format!("{unit}-1")).await
    }

    /// The session of a coordinator who doesn't belong to this unit, since nobody judges their own.
    pub async fn office(&mut self, unit: &str) -> Outcome<Session> {
        let own =
            self.plan.people.iter().any(|person| person.username == "coordinator-1" && person.unit == unit);
        self.person(if own { "coordinator-2" } else { "coordinator-1" }).await
    }

    /// The session of an inspector who doesn't belong to this unit.
    pub async fn inspector(&mut self, unit: &str) -> Outcome<Session> {
        let username = self.inspector_of(unit)?.username.clone();
        self.person(&username).await
    }

    /// The name with which that inspector signs.
    pub fn inspector_name(&self, unit: &str) -> Outcome<String> {
        let name = &self.inspector_of(unit)?.display_name;
        Ok(name.split('（').next().unwrap_or(name).to_owned())
    }

    fn inspector_of(&self, unit: &str) -> Outcome<&Person> {
        let mut inspectors = self.plan.people.iter().filter(|person| person.role == "inspector");
        Ok(inspectors.find(|person| person.unit != unit).ok_or("nobody is left to inspect it")?)
    }

    fn keep_accounts(&self) -> Outcome {
        self.accounts.write(&self.data.join("accounts.csv"))
    }

    /// Moves the civil clock to 8:30 of a day.
    pub fn wake_on(&mut self, day: NaiveDate) -> Outcome {
        let morning = DateTime::parse_from_rfc3339(&format!("{day}T08:30:00+08:00"))?;
        if morning > self.moved_to {
            let arguments = ["clock", "advance", "--to", &morning.to_rfc3339()];
            run_to_end(&self.programs.api, &arguments, &self.environment)?;
            self.moved_to = morning;
        }
        Ok(())
    }

    /// Starts the workers.
    pub fn start_workers(&mut self) -> Outcome {
        let logs = self.data.join("logs");
        for number in 1..=self.worker_count {
            let name = format!("xunjian-worker-{number}");
            self.workers.push(Process::start(
                &self.programs.worker,
                &["run"],
                &self.environment,
                &logs,
                &name,
            )?);
        }
        Ok(())
    }

    /// Stops the workers.
    pub async fn stop_workers(&mut self) -> Outcome {
        for worker in self.workers.drain(..) {
            worker.stop().await?;
        }
        Ok(())
    }

    /// Stops everything.
    pub async fn stop(mut self) -> Outcome {
        self.stop_workers().await?;
        self.api.stop().await
    }

    /// Waits until the workers have seen this day and have nothing left to do.
    ///
    /// # Errors
    /// A program ended, or work is left after a long while.
    pub async fn scanned(&mut self) -> Outcome {
        let readiness = self.client.readiness().await?;
        self.wait(Some(DateTime::parse_from_rfc3339(readiness.text("simulated_now"))?)).await
    }

    /// Waits until the workers have nothing left to do.
    ///
    /// # Errors
    /// A program ended, or work is left after a long while.
    pub async fn settled(&mut self) -> Outcome {
        self.wait(None).await
    }

    /// Without workers there is nothing to wait for.
    async fn wait(&mut self, scanned_at: Option<DateTime<FixedOffset>>) -> Outcome {
        if self.workers.is_empty() {
            return Ok(());
        }
        let office = self.person("coordinator-1").await?;
        operations::settle(&office, scanned_at, std::iter::once(&mut self.api).chain(&mut self.workers)).await
    }
}
