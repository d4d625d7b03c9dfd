//! Compiling a report: read, count and check, number, store the snapshot, render and store one file after another.
//!
//! The bytes are stored before the row that names them, under a key that holds their hash. Once a snapshot
//! stands, the version is settled: whoever goes on after a kill reads no records, and renders from that snapshot what
//! is not there yet.

use std::sync::Arc;

use bytes::Bytes;
use chrono::Datelike;
use documents::fonts::Fonts;
use shared::domain::canonical::sha256;
use shared::domain::id::Id;
use shared::domain::refusal::Refusal;
use shared::domain::report::{Material, Persons, Report, ReportFile, ReportFormat, ReportStage, Snapshot};
use shared::domain::text::TextEnum;
use shared::messages::report::{DAMAGED, inconsistent, too_large, unreadable, unwritable};
use shared::store::{StoreError, report};

use crate::report::missing::beginning;
use crate::report::process::RenderFailure;
use crate::report::{ReportError, compile, plain, publish};
use crate::worker::{Worker, WorkerError};

/// Compiles a report, or goes on with it. Nothing happens where it is over: ready, failed or cancelled.
///
/// # Errors
/// What may be gone with the next try. What is wrong with the records fails the report instead.
pub async fn compile_report(worker: &Worker, id: Id) -> Result<(), WorkerError> {
    let work = Compiling { worker, id };
    let Some(report) = worker.write(move |tx| report::start(tx, id)).await? else { return Ok(()) };
    let kept = report.files.iter().find(|file| file.format == ReportFormat::Json);
    let bytes = match kept {
        Some(file) => work.stored(file).await?,
        None => match work.settled(&report).await {
            Err(WorkerError::Store(StoreError::Unreadable(reason))) => {
                work.fail(unreadable(&reason)).await?;
                None
            }
            settled => settled?,
        },
    };
    let Some(bytes) = bytes else { return Ok(()) };
    if !work.advance(ReportStage::Rendering).await? {
        return Ok(());
    }
    if !work.look_for_missing(&report, &bytes).await? {
        return Ok(());
    }
    for &format in ReportFormat::ALL {
        // What stands already was rendered before a kill.
        let stands = report.files.iter().any(|file| file.format == format);
        if format != ReportFormat::Json && !stands && !work.render(format, &bytes).await? {
            return Ok(());
        }
    }
    worker.write(move |tx| report::finish(tx, id)).await
}

/// What a version is made from.
enum Source {
    /// The records, as they are now.
    Records(Box<Material>),
    /// The snapshot of the full version that a public edition answers to, and whom it may not name.
    Full { id: Id, bytes: Bytes, persons: Box<Persons> },
}

/// One report in work.
struct Compiling<'a> {
    worker: &'a Worker,
    id: Id,
}

impl Compiling<'_> {
    /// Reads the records and settles the version: the bytes of its snapshot, or `None` where the report is over.
    async fn settled(&self, report: &Report) -> Result<Option<Bytes>, WorkerError> {
        let (worker, id) = (self.worker, self.id);
        let Some(source) = self.source(report).await? else { return Ok(None) };
        if !self.advance(ReportStage::Checking).await? {
            return Ok(None);
        }
        let (templates, fonts_dir) = (Arc::clone(&worker.templates), worker.rendering.fonts_dir.clone());
        let compiled = worker.compute(move || {
            let fonts = Fonts::find(fonts_dir.as_deref()).map_err(ReportError::from)?.sha256();
            Ok(match source {
                Source::Records(material) => compile(*material, &templates, &fonts)?,
                Source::Full { id, bytes, persons } => {
                    let full = serde_json::from_slice(&bytes).map_err(ReportError::from)?;
                    publish(full, id, *persons, &templates, &fonts)?
                }
            })
        });
        let mut snapshot = match compiled.await {
            Err(WorkerError::Report(ReportError::Inconsistent(found))) => {
                self.fail(inconsistent(&found)).await?;
                return Ok(None);
            }
            Err(WorkerError::Report(ReportError::Template(error))) => {
                self.fail(unwritable(&format!("{error:#}"))).await?;
                return Ok(None);
            }
            compiled => compiled?,
        };
        let year = snapshot.statistics.as_of.naive().year();
        let number = worker.write(move |tx| report::number(tx, id, year)).await?;
        let Some(number) = number else { return Ok(None) };
        snapshot.header.number = number;
        let bytes = Bytes::from(snapshot.canonical().map_err(ReportError::from)?);
        // What is kept is read by each process that renders it.
        if let Err(error) = serde_json::from_slice::<Snapshot>(&bytes) {
            self.fail(unreadable(&error.to_string())).await?;
            return Ok(None);
        }
        let file = self.put(ReportFormat::Json, bytes.clone()).await?;
        let (ours, compiled_at) = (file.clone(), snapshot.header.compiled_at);
        let kept = worker.write(move |tx| report::keep_snapshot(tx, id, compiled_at, &ours)).await?;
        match kept {
            Some(kept) if kept == file => Ok(Some(bytes)),
            // Another worker was faster: its version is the version.
            Some(kept) => self.stored(&kept).await,
            None => Ok(None),
        }
    }

    /// What a version is made from; `None` where the full version is damaged, which fails the report.
    async fn source(&self, report: &Report) -> Result<Option<Source>, WorkerError> {
        let content = report.content.clone();
        let Some(id) = content.full_report_id else {
            let material =
                self.worker.snapshot(move |conn, now| report::material(conn, &content, now)).await?;
            return Ok(Some(Source::Records(Box::new(material))));
        };
        let read = move |conn: &mut _, _| {
            let full = report::load(conn, id)?;
            let snapshot = full.file(ReportFormat::Json).cloned().ok_or(Refusal::NotFound)?;
            Ok((snapshot, report::persons(conn, content.campaign_id)?))
        };
        let (snapshot, persons) = self.worker.snapshot(read).await?;
        let bytes = self.stored(&snapshot).await?;
        Ok(bytes.map(|bytes| Source::Full { id, bytes, persons: Box::new(persons) }))
    }

    /// The snapshot that stands; `None` where its bytes are not those that were stored, which fails the
    /// report.
    async fn stored(&self, file: &ReportFile) -> Result<Option<Bytes>, WorkerError> {
        let bytes = self.worker.objects.get(&file.object_key).await?;
        if sha256(&bytes) != file.sha256 {
            self.fail(DAMAGED.to_owned()).await?;
            return Ok(None);
        }
        Ok(Some(bytes))
    }

    /// Notes what no font has; `false` where the report is over.
    async fn look_for_missing(&self, report: &Report, snapshot: &[u8]) -> Result<bool, WorkerError> {
        if report.missing_characters.is_some() {
            return Ok(true);
        }
        let missing = self.worker.rendering.missing(snapshot).await;
        let Some(missing) = self.within_limits(ReportFormat::Pdf, missing).await? else { return Ok(false) };
        let id = self.id;
        self.worker.write(move |tx| report::note_missing(tx, id, &missing)).await
    }

    /// Renders a file and stores it; `false` where the report is over.
    async fn render(&self, format: ReportFormat, snapshot: &[u8]) -> Result<bool, WorkerError> {
        let rendered = match self.worker.rendering.render(format, snapshot).await {
            Err(failure) if format == ReportFormat::Pdf && !matches!(failure, RenderFailure::Io(_)) => {
                self.render_plainly(snapshot, failure).await?
            }
            rendered => rendered,
        };
        let Some(bytes) = self.within_limits(format, rendered).await? else { return Ok(false) };
        let file = self.put(format, bytes.into()).await?;
        let id = self.id;
        self.worker.write(move |tx| report::keep_file(tx, id, &file)).await
    }

    /// Typesets a report with those texts in a plainer form that the typesetter cannot take, and notes them. What fails
    /// without them too has another cause: that is the failure.
    async fn render_plainly(
        &self,
        snapshot: &[u8],
        failure: RenderFailure,
    ) -> Result<Result<Vec<u8>, RenderFailure>, WorkerError> {
        let document = serde_json::from_slice(snapshot).map_err(ReportError::from)?;
        let all = plain::candidates(&document);
        let rendering = &self.worker.rendering;
        let Ok(all_plain) = rendering.render_plainly(&all, snapshot).await else { return Ok(Err(failure)) };
        let fits = async |texts: Vec<String>| match rendering.render_plainly(&texts, snapshot).await {
            Err(RenderFailure::Io(error)) => Err(RenderFailure::Io(error)),
            rendered => Ok(rendered.is_ok()),
        };
        let found = plain::troublesome(&all, fits).await?;
        let (texts, bytes) = match rendering.render_plainly(&found, snapshot).await {
            Ok(bytes) => (found, bytes),
            Err(_) => (all, all_plain),
        };
        tracing::error!(report = %self.id, %failure, texts = texts.len(), "the typesetter cannot take texts as they are");
        let (id, told) = (self.id, texts.iter().map(|text| beginning(text)).collect::<Vec<_>>());
        self.worker.write(move |tx| report::note_plain(tx, id, &told)).await?;
        Ok(Ok(bytes))
    }

    /// What a process made; `None` where it met its limits, which fails the report for good.
    async fn within_limits<T>(
        &self,
        format: ReportFormat,
        made: Result<T, RenderFailure>,
    ) -> Result<Option<T>, WorkerError> {
        match made {
            Err(failure @ (RenderFailure::TimedOut(_) | RenderFailure::OutOfMemory(_))) => {
                tracing::error!(report = %self.id, %format, error = %failure, "a report is too large for its limits");
                self.fail(too_large(format)).await?;
                Ok(None)
            }
            made => Ok(Some(made?)),
        }
    }

    async fn put(&self, format: ReportFormat, bytes: Bytes) -> Result<ReportFile, WorkerError> {
        let sha256 = sha256(&bytes);
        let size = i64::try_from(bytes.len()).unwrap_or(i64::MAX);
        let object_key = format!("{}/{}/{sha256}.{format}", report::OBJECTS, self.id);
        self.worker.objects.put(&object_key, bytes).await?;
        Ok(ReportFile { format, object_key, sha256, size })
    }

    async fn advance(&self, stage: ReportStage) -> Result<bool, WorkerError> {
        let id = self.id;
        self.worker.write(move |tx| report::advance(tx, id, stage)).await
    }

    async fn fail(&self, reason: String) -> Result<(), WorkerError> {
        let id = self.id;
        self.worker.write(move |tx| report::fail(tx, id, &reason)).await
    }
}
