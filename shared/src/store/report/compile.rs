//! What a worker writes while it compiles a report. Each step may be repeated: after a kill, or by a second
//! worker, what stands already is kept.

use diesel::prelude::*;

use super::{FileRow, KIND, Row, files_of, update};
use crate::domain::id::Id;
use crate::domain::instant::Instant;
use crate::domain::report::{
    Edition, MissingCharacters, Report, ReportFile, ReportFormat, ReportStage, ReportStatus,
};
use crate::store::schema::{report_files, reports};
use crate::store::{DbConnection, StoreResult, Write, counter};

/// One report, whoever asks: for what the service itself does with it.
pub fn load(conn: &mut DbConnection, id: Id) -> StoreResult<Report> {
    let row: Row = reports::table.find(id).select(Row::as_select()).first(conn)?;
    row.report(files_of(conn, &[id])?.into_iter().map(|(_, file)| file).collect())
}

/// The report while it is being compiled, locked; `None` where that is over, since it was cancelled or
/// another worker was faster.
fn compiling(tx: &mut Write<'_>, id: Id) -> StoreResult<Option<Report>> {
    crate::store::lock_row(tx.conn, "reports", id)?;
    Ok(Some(load(tx.conn, id)?).filter(|report| report.status == ReportStatus::Compiling))
}

/// Takes a report up, or up again after a worker that is gone; `None` where there is nothing to do.
pub fn start(tx: &mut Write<'_>, id: Id) -> StoreResult<Option<Report>> {
    crate::store::lock_row(tx.conn, "reports", id)?;
    let report = load(tx.conn, id)?;
    match report.status {
        ReportStatus::Compiling => Ok(Some(report)),
        ReportStatus::Queued => {
            let stage = Some(ReportStage::Reading);
            let after = Report { status: ReportStatus::Compiling, stage, ..report.clone() };
            update(tx, "compile", &report, after).map(Some)
        }
        ReportStatus::Ready | ReportStatus::Failed | ReportStatus::Cancelled => Ok(None),
    }
}

/// Notes how far the compiling is; `false` where it is over. This is no change of the report: its version
/// stays, so that a coordinator can cancel it meanwhile.
pub fn advance(tx: &mut Write<'_>, id: Id, stage: ReportStage) -> StoreResult<bool> {
    let compiling = reports::table.find(id).filter(reports::status.eq(ReportStatus::Compiling));
    let changed = diesel::update(compiling).set(reports::stage.eq(stage)).execute(tx.conn)?;
    Ok(changed == 1)
}

/// The report's number in its campaign, given once; `None` where the compiling is over. Those for the team are counted
/// apart, since full versions are numbered without gaps. A public edition takes none, and has that of the full version
/// that it answers to.
pub fn number(tx: &mut Write<'_>, id: Id, year: i32) -> StoreResult<Option<String>> {
    let Some(report) = compiling(tx, id)? else { return Ok(None) };
    if report.number.is_some() {
        return Ok(report.number);
    }
    let campaign_id = report.content.campaign_id;
    let number = match report.content.edition {
        Edition::Full => format!("{year}-{}", counter::next(tx, &format!("{KIND}:{campaign_id}"))?),
        Edition::Team => format!("{year}-组{}", counter::next(tx, &format!("{KIND}:{campaign_id}:team"))?),
        Edition::Public => return Ok(report.full_number),
    };
    let number = Some(number);
    let after = Report { number, ..report.clone() };
    Ok(update(tx, "number", &report, after)?.number)
}

/// Keeps a snapshot whose bytes are stored, and what was kept already where there is one: from then on the
/// version no longer changes. `None` where the compiling is over.
pub fn keep_snapshot(
    tx: &mut Write<'_>,
    id: Id,
    compiled_at: Instant,
    file: &ReportFile,
) -> StoreResult<Option<ReportFile>> {
    let Some(report) = compiling(tx, id)? else { return Ok(None) };
    if let Some(kept) = report.files.iter().find(|kept| kept.format == ReportFormat::Json) {
        return Ok(Some(kept.clone()));
    }
    insert_file(tx, id, file)?;
    let mut after = Report { compiled_at: Some(compiled_at), ..report.clone() };
    after.files.push(file.clone());
    update(tx, "snapshot", &report, after)?;
    Ok(Some(file.clone()))
}

/// Notes which texts have characters that no font has; `false` where the compiling is over. As [`advance`], this is no
/// change of the report.
pub fn note_missing(tx: &mut Write<'_>, id: Id, missing: &[MissingCharacters]) -> StoreResult<bool> {
    let compiling = reports::table.find(id).filter(reports::status.eq(ReportStatus::Compiling));
    let noted = reports::missing_characters.eq(serde_json::to_string(missing)?);
    Ok(diesel::update(compiling).set(noted).execute(tx.conn)? == 1)
}

/// Notes the beginnings of texts that the typesetter could not take as they are; `false` where the compiling is over. As
/// [`advance`], this is no change of the report.
pub fn note_plain(tx: &mut Write<'_>, id: Id, beginnings: &[String]) -> StoreResult<bool> {
    let compiling = reports::table.find(id).filter(reports::status.eq(ReportStatus::Compiling));
    let noted = reports::plainly_printed.eq(serde_json::to_string(beginnings)?);
    Ok(diesel::update(compiling).set(noted).execute(tx.conn)? == 1)
}

/// Keeps a file that was rendered from the snapshot and whose bytes are stored, where there is none of its format yet;
/// `false` where the compiling is over. As [`advance`], this is no change of the report.
pub fn keep_file(tx: &mut Write<'_>, id: Id, file: &ReportFile) -> StoreResult<bool> {
    let Some(report) = compiling(tx, id)? else { return Ok(false) };
    if report.files.iter().all(|kept| kept.format != file.format) {
        insert_file(tx, id, file)?;
    }
    Ok(true)
}

/// Makes a report ready whose files all stand. Nothing happens where the compiling is over.
pub fn finish(tx: &mut Write<'_>, id: Id) -> StoreResult<()> {
    let Some(report) = compiling(tx, id)? else { return Ok(()) };
    let stage = Some(ReportStage::Rendering);
    let after = Report { status: ReportStatus::Ready, stage, ready_at: Some(tx.now), ..report.clone() };
    update(tx, "finish", &report, after)?;
    Ok(())
}

/// Gives a report up for a reason. Nothing happens where the compiling is over.
pub fn fail(tx: &mut Write<'_>, id: Id, reason: &str) -> StoreResult<()> {
    crate::store::lock_row(tx.conn, "reports", id)?;
    let report = load(tx.conn, id)?;
    if !matches!(report.status, ReportStatus::Queued | ReportStatus::Compiling) {
        return Ok(());
    }
    let failure_reason = Some(reason.to_owned());
    let after = Report { status: ReportStatus::Failed, failure_reason, ..report.clone() };
    update(tx, "fail", &report, after)?;
    Ok(())
}

/// The reports that wait to be compiled or are being compiled, but these.
pub fn unfinished(conn: &mut DbConnection, but: &[Id]) -> StoreResult<Vec<Id>> {
    let unfinished = [ReportStatus::Queued, ReportStatus::Compiling];
    Ok(reports::table
        .filter(reports::status.eq_any(unfinished))
        .filter(reports::id.ne_all(but))
        .order(reports::id)
        .select(reports::id)
        .load(conn)?)
}

fn insert_file(tx: &mut Write<'_>, report_id: Id, file: &ReportFile) -> StoreResult<()> {
    let row = FileRow {
        report_id,
        format: file.format,
        object_key: file.object_key.clone(),
        sha256: file.sha256.clone(),
        size: file.size,
    };
    diesel::insert_into(report_files::table).values(row).execute(tx.conn)?;
    Ok(())
}

/// Those of the keys in storage that no file of a report has.
pub fn unnamed(conn: &mut DbConnection, keys: &[String]) -> StoreResult<Vec<String>> {
    crate::store::bulk::unnamed(keys, |some| {
        let named = report_files::table.filter(report_files::object_key.eq_any(some));
        Ok(named.select(report_files::object_key).load(conn)?)
    })
}
