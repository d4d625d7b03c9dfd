//! What a worker process holds, and its way to the database.

use std::path::PathBuf;
use std::sync::Arc;

use shared::config::Settings;
use shared::domain::actor::Actor;
use shared::domain::id::Id;
use shared::domain::instant::Instant;
use shared::objects::{ObjectError, Objects};
use shared::store::{DbConnection, Store, StoreError, StoreResult, Write, clock};

use crate::mail::InvalidSmtpUrl;
use crate::mail::envelope::{InvalidAddress, Sender};
use crate::mail::render::Renderer;
use crate::mail::transport::Transport;
use crate::report::ReportError;
use crate::report::process::{RenderFailure, Rendering};
use crate::report::templates::{Templates, TemplatesError};

/// The name by which the worker stands in audit events.
pub(crate) const NAME: &str = "worker";

/// Why a worker cannot start, or stops.
#[derive(Debug, thiserror::Error)]
pub enum WorkerError {
    /// The setting of the mail server.
    #[error("setting XUNJIAN_SMTP_URL: {0}")]
    SmtpUrl(#[from] InvalidSmtpUrl),
    /// The setting of the sender.
    #[error("setting XUNJIAN_MAIL_FROM: {0}")]
    Sender(#[from] InvalidAddress),
    /// A template of the mails or the report.
    #[error("a template cannot be used: {0:#}")]
    Template(#[from] minijinja::Error),
    /// The storage of files.
    #[error(transparent)]
    Objects(#[from] ObjectError),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A template that the office put in the place of a built-in one.
    #[error("setting XUNJIAN_TEMPLATES_DIR: {0}")]
    Templates(#[from] TemplatesError),
    /// A report cannot be compiled or rendered.
    #[error(transparent)]
    Report(#[from] ReportError),
    /// A file of a report was not rendered.
    #[error(transparent)]
    Rendering(#[from] RenderFailure),
    /// A message cannot be put together.
    #[error("the message cannot be built: {0}")]
    Message(#[from] lettre::error::Error),
    /// The stored bytes are not those that were rendered.
    #[error("the stored mail {0} is not what was rendered")]
    Altered(String),
    /// A task of the runtime ended before its work did.
    #[error("the work was interrupted")]
    Interrupted,
}

/// A worker: any number of them work on one database.
pub struct Worker {
    store: Store,
    /// The civil instant that stands in for the clock's, for one tick of a simulated database.
    at: Option<Instant>,
    pub(crate) objects: Objects,
    pub(crate) transport: Transport,
    pub(crate) renderer: Renderer,
    pub(crate) sender: Sender,
    pub(crate) rendering: Rendering,
    pub(crate) templates: Arc<Templates>,
    link_pattern: String,
}

impl Worker {
    /// Opens what the settings name; `program` is this program itself, which renders reports.
    ///
    /// # Errors
    /// The first that cannot be used.
    pub fn open(
        settings: &Settings,
        store: Store,
        at: Option<Instant>,
        program: PathBuf,
    ) -> Result<Self, WorkerError> {
        let smtp_url = settings.smtp_url.as_ref().map(|url| url.expose());
        let own = || format!("{}/v1/{{kind}}/{{id}}", settings.public_url());
        let templates = Templates::read(settings.templates_dir.as_deref())?;
        // The built-in ones were tried by the tests.
        if settings.templates_dir.is_some() {
            templates.check()?;
        }
        Ok(Self {
            store,
            at,
            objects: Objects::open(&settings.storage_url)?,
            transport: Transport::new(smtp_url, &settings.data_dir.join("mail"))?,
            renderer: Renderer::new()?,
            sender: settings.mail_from.parse()?,
            rendering: Rendering::new(settings, program, templates.keep().map_err(TemplatesError::from)?),
            templates: Arc::new(templates),
            link_pattern: settings.frontend_url.clone().unwrap_or_else(own),
        })
    }

    /// Where people see a record.
    pub(crate) fn link(&self, kind: &str, id: Id) -> String {
        self.link_pattern.replace("{kind}", kind).replace("{id}", id.as_str())
    }

    /// Where the holder of an account sets a password. The token is no part of what a browser sends to the
    /// front end's server, so that no log has it.
    pub(crate) fn one_time_link(&self, account_id: Id, token: &str) -> String {
        format!("{}#{token}", self.link("one-time", account_id))
    }

    /// Uses a connection, with the civil instant.
    pub(crate) async fn with<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut DbConnection, Instant) -> StoreResult<T> + Send + 'static,
    ) -> Result<T, WorkerError> {
        let (store, at) = (self.store.clone(), self.at);
        let work = move || {
            store.with(|conn| {
                let now = at.map_or_else(|| clock::civil_now(conn), Ok)?;
                work(conn, now)
            })
        };
        Ok(tokio::task::spawn_blocking(work).await.map_err(|_| WorkerError::Interrupted)??)
    }

    /// Reads everything at one point in time, with the civil instant.
    pub(crate) async fn snapshot<T: Send + 'static>(
        &self,
        read: impl FnOnce(&mut DbConnection, Instant) -> StoreResult<T> + Send + 'static,
    ) -> Result<T, WorkerError> {
        let (store, at) = (self.store.clone(), self.at);
        self.compute(move || {
            Ok(store.snapshot(|conn| {
                let now = at.map_or_else(|| clock::civil_now(conn), Ok)?;
                read(conn, now)
            })?)
        })
        .await
    }

    /// Does what takes the processor long, off the async threads.
    pub(crate) async fn compute<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, WorkerError> + Send + 'static,
    ) -> Result<T, WorkerError> {
        tokio::task::spawn_blocking(work).await.map_err(|_| WorkerError::Interrupted)?
    }

    /// Changes something, all or nothing.
    pub(crate) async fn write<T: Send + 'static>(
        &self,
        mut change: impl FnMut(&mut Write<'_>) -> StoreResult<T> + Send + 'static,
    ) -> Result<T, WorkerError> {
        let (store, at) = (self.store.clone(), self.at);
        let work = move || {
            store.write(&Actor::system(NAME), NAME, |tx| {
                tx.now = at.unwrap_or(tx.now);
                change(tx)
            })
        };
        Ok(tokio::task::spawn_blocking(work).await.map_err(|_| WorkerError::Interrupted)??)
    }
}
