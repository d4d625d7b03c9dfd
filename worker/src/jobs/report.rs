//! Compiling a report: read, count and check, number, store the snapshot, render it, store the files.
//!
//! The bytes are stored before the row that names them, under a key that holds their hash. Once a snapshot
//! stands, the version is settled: whoever goes on after a kill renders that snapshot and reads no records.

use std::path::Path;

use chrono::Datelike;
use documents::fonts::Fonts;
use shared::domain::canonical::sha256;
use shared::domain::id::Id;
use shared::domain::report::{Report, ReportFile, ReportFormat, ReportStage, Snapshot};
use shared::messages::report::{DAMAGED, inconsistent};
use shared::store::report;

use crate::report::{ReportError, compile, html, pdf};
use crate::worker::{Worker, WorkerError};

/// Compiles a report, or goes on with it. Nothing happens where it is over: ready, failed or cancelled.
///
/// # Errors
/// What may be gone with the next try. What is wrong with the records fails the report instead.
pub async fn compile_report(worker: &Worker, id: Id) -> Result<(), WorkerError> {
    let work = Compiling { worker, id };
    let Some(report) = worker.write(move |tx| report::start(tx, id)).await? else { return Ok(()) };
    let kept = report.files.iter().find(|file| file.format == ReportFormat::Json);
    let snapshot = match kept {
        Some(file) => work.stored(file).await?,
        None => work.settled(&report).await?,
    };
    let Some(snapshot) = snapshot else { return Ok(()) };
    if !work.advance(ReportStage::Rendering).await? {
        return Ok(());
    }
    let folder = worker.fonts_dir.clone();
    let rendered = worker.compute(move || Ok(render(&snapshot, folder.as_deref())?)).await?;
    if !work.advance(ReportStage::Storing).await? {
        return Ok(());
    }
    let mut files = Vec::new();
    for (format, bytes) in rendered {
        files.push(work.put(format, bytes).await?);
    }
    worker.write(move |tx| report::finish(tx, id, &files)).await
}

/// The files that people read, with the fonts that the machine has at this moment.
fn render(snapshot: &Snapshot, folder: Option<&Path>) -> Result<[(ReportFormat, Vec<u8>); 2], ReportError> {
    let page = html::render(snapshot)?;
    let fonts = Fonts::find(folder);
    let missing = String::from_iter(pdf::missing(snapshot, &fonts)?);
    if !missing.is_empty() {
        let report = &snapshot.header.number;
        tracing::warn!(report, missing, "no font has these characters: they are printed as empty boxes");
    }
    Ok([(ReportFormat::Html, page.into_bytes()), (ReportFormat::Pdf, pdf::render(snapshot, &fonts)?)])
}

/// One report in work.
struct Compiling<'a> {
    worker: &'a Worker,
    id: Id,
}

impl Compiling<'_> {
    /// Reads the records and settles the version; `None` where the report is over.
    async fn settled(&self, report: &Report) -> Result<Option<Snapshot>, WorkerError> {
        let (worker, id) = (self.worker, self.id);
        let content = report.content.clone();
        let material = worker.snapshot(move |conn, now| report::material(conn, &content, now)).await?;
        if !self.advance(ReportStage::Checking).await? {
            return Ok(None);
        }
        let mut snapshot = match worker.compute(move || Ok(compile(material)?)).await {
            Err(WorkerError::Report(ReportError::Inconsistent(found))) => {
                self.fail(inconsistent(&found)).await?;
                return Ok(None);
            }
            compiled => compiled?,
        };
        let year = snapshot.statistics.as_of.year();
        let number = worker.write(move |tx| report::number(tx, id, year)).await?;
        let Some(number) = number else { return Ok(None) };
        snapshot.header.number = number;
        let bytes = snapshot.canonical().map_err(ReportError::from)?;
        let file = self.put(ReportFormat::Json, bytes).await?;
        let (ours, compiled_at) = (file.clone(), snapshot.header.compiled_at);
        let kept = worker.write(move |tx| report::keep_snapshot(tx, id, compiled_at, &ours)).await?;
        match kept {
            Some(kept) if kept == file => Ok(Some(snapshot)),
            // Another worker was faster: its version is the version.
            Some(kept) => self.stored(&kept).await,
            None => Ok(None),
        }
    }

    /// The snapshot that stands; `None` where its bytes are not those that were stored, which fails the
    /// report.
    async fn stored(&self, file: &ReportFile) -> Result<Option<Snapshot>, WorkerError> {
        let bytes = self.worker.objects.get(&file.object_key).await?;
        if sha256(&bytes) != file.sha256 {
            self.fail(DAMAGED.to_owned()).await?;
            return Ok(None);
        }
        Ok(Some(serde_json::from_slice(&bytes).map_err(ReportError::from)?))
    }

    async fn put(&self, format: ReportFormat, bytes: Vec<u8>) -> Result<ReportFile, WorkerError> {
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
