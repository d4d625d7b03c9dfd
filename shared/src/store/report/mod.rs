//! Reports.

mod compile;
mod material;
mod persons;
mod texts;

use diesel::prelude::*;
use serde_json::{Value, json};

pub use compile::{
    advance, fail, finish, keep_file, keep_snapshot, load, note_missing, note_plain, number, start,
    unfinished, unnamed,
};
pub use material::material;
pub use persons::persons;
pub use texts::{texts, write_texts};

use super::audit::{self, Event};
use super::schema::{report_files, reports};
use super::{Db, DbConnection, Read, StoreError, StoreResult, Write, campaign, job};
use crate::domain::actor::Actor;
use crate::domain::id::Id;
use crate::domain::instant::Instant;
use crate::domain::job::Job;
use crate::domain::page::{Listed, Page};
use crate::domain::record::RecordKind;
use crate::domain::refusal::{Code, Refusal};
use crate::domain::report::{
    Edition, Endorsement, Report, ReportContent, ReportFile, ReportFormat, ReportStage, ReportStatus,
};
use crate::store::list::{any_of, load_page};

const KIND: RecordKind = RecordKind::Report;

/// The first part of the keys under which the bytes are stored.
pub const OBJECTS: &str = "reports";

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = reports, treat_none_as_null = true)]
struct Row {
    id: Id,
    version: i64,
    campaign_id: Id,
    edition: Edition,
    status: ReportStatus,
    number: Option<String>,
    requested_by: Option<Id>,
    stage: Option<ReportStage>,
    failure_reason: Option<String>,
    compiled_at: Option<Instant>,
    ready_at: Option<Instant>,
    created_at: Instant,
    missing_characters: Option<String>,
    #[diesel(embed)]
    endorsement: EndorsementColumns,
    full_report_id: Option<Id>,
    full_number: Option<String>,
    plainly_printed: Option<String>,
}

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = reports, treat_none_as_null = true)]
struct EndorsementColumns {
    endorsed_by: Option<Id>,
    endorsed_by_name: Option<String>,
    endorsed_at: Option<Instant>,
    endorsement_opinion: Option<String>,
}

impl EndorsementColumns {
    fn of(endorsement: Option<&Endorsement>) -> Self {
        Self {
            endorsed_by: endorsement.map(|one| one.endorsed_by),
            endorsed_by_name: endorsement.map(|one| one.endorsed_by_name.clone()),
            endorsed_at: endorsement.map(|one| one.endorsed_at),
            endorsement_opinion: endorsement.map(|one| one.opinion.clone()),
        }
    }

    fn endorsement(self) -> Option<Endorsement> {
        Some(Endorsement {
            endorsed_by: self.endorsed_by?,
            endorsed_by_name: self.endorsed_by_name?,
            endorsed_at: self.endorsed_at?,
            opinion: self.endorsement_opinion?,
        })
    }
}

impl Row {
    fn of(report: &Report) -> StoreResult<Self> {
        Ok(Self {
            id: report.id,
            version: report.version,
            campaign_id: report.content.campaign_id,
            edition: report.content.edition,
            status: report.status,
            number: report.number.clone(),
            requested_by: report.requested_by,
            stage: report.stage,
            failure_reason: report.failure_reason.clone(),
            compiled_at: report.compiled_at,
            ready_at: report.ready_at,
            created_at: report.created_at,
            missing_characters: report.missing_characters.as_ref().map(serde_json::to_string).transpose()?,
            endorsement: EndorsementColumns::of(report.endorsement.as_ref()),
            full_report_id: report.content.full_report_id,
            full_number: report.full_number.clone(),
            plainly_printed: Some(&report.plainly_printed)
                .filter(|texts| !texts.is_empty())
                .map(serde_json::to_string)
                .transpose()?,
        })
    }

    fn report(self, files: Vec<ReportFile>) -> StoreResult<Report> {
        Ok(Report {
            id: self.id,
            version: self.version,
            content: ReportContent {
                campaign_id: self.campaign_id,
                edition: self.edition,
                full_report_id: self.full_report_id,
            },
            status: self.status,
            number: self.number,
            full_number: self.full_number,
            requested_by: self.requested_by,
            stage: self.stage,
            failure_reason: self.failure_reason,
            compiled_at: self.compiled_at,
            ready_at: self.ready_at,
            created_at: self.created_at,
            missing_characters: self.missing_characters.as_deref().map(serde_json::from_str).transpose()?,
            plainly_printed: self
                .plainly_printed
                .as_deref()
                .map(serde_json::from_str)
                .transpose()?
                .unwrap_or_default(),
            endorsement: self.endorsement.endorsement(),
            files,
        })
    }
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = report_files)]
struct FileRow {
    report_id: Id,
    format: ReportFormat,
    object_key: String,
    sha256: String,
    size: i64,
}

/// What lists of reports are filtered by.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    pub campaign_ids: Vec<Id>,
    pub statuses: Vec<ReportStatus>,
    pub editions: Vec<Edition>,
}

/// Whether a caller may see a report: office and leading group all of them, an inspector those that are made for the
/// team, and whoever sees its campaign a public edition that is endorsed and answers to a full version. A macro, as those of
/// [`escalation::discipline`](super::escalation::discipline).
macro_rules! is_seen_report {
    ($actor:expr) => {{
        use diesel::prelude::*;
        use $crate::domain::report::Edition;
        use $crate::store::list::holds;
        use $crate::store::schema::{campaign_units, reports};
        let actor: &$crate::domain::actor::Actor = $actor;
        let of_team = holds(actor.sees_all_units()).and(reports::edition.eq(Edition::Team));
        let own = campaign_units::table
            .filter(campaign_units::unit_id.eq_any(actor.liaison_units()))
            .select(campaign_units::campaign_id);
        let of_campaign = holds(actor.sees_all_units()).or(reports::campaign_id.eq_any(own));
        let published = reports::edition
            .eq(Edition::Public)
            .and(reports::full_report_id.is_not_null())
            .and(reports::endorsed_at.is_not_null());
        holds(actor.sees_escalations()).or(of_team).or(published.and(of_campaign))
    }};
}

pub(in crate::store) use is_seen_report;

/// The reports that a caller may see.
fn visible_to(actor: &Actor) -> reports::BoxedQuery<'static, Db> {
    reports::table.filter(is_seen_report!(actor)).into_boxed()
}

fn find(conn: &mut DbConnection, actor: &Actor, id: Id) -> StoreResult<Report> {
    let row: Row = visible_to(actor).filter(reports::id.eq(id)).select(Row::as_select()).first(conn)?;
    row.report(files_of(conn, &[id])?.into_iter().map(|(_, file)| file).collect())
}

fn files_of(conn: &mut DbConnection, ids: &[Id]) -> StoreResult<Vec<(Id, ReportFile)>> {
    let rows = report_files::table.filter(report_files::report_id.eq_any(ids));
    let mut rows: Vec<FileRow> = rows.select(FileRow::as_select()).load(conn)?;
    rows.sort_by_key(|row| row.format);
    let file = |row: FileRow| ReportFile {
        format: row.format,
        object_key: row.object_key,
        sha256: row.sha256,
        size: row.size,
    };
    Ok(rows.into_iter().map(|row| (row.report_id, file(row))).collect())
}

/// One report in the caller's scope.
pub fn get(read: &mut Read<'_>, id: Id) -> StoreResult<Report> {
    find(read.conn, read.actor, id)
}

/// The version before a report, of the same campaign and edition, in the caller's scope.
pub fn before(read: &mut Read<'_>, report: &Report) -> StoreResult<Option<Report>> {
    let id: Option<Id> = visible_to(read.actor)
        .filter(reports::campaign_id.eq(report.content.campaign_id))
        .filter(reports::edition.eq(report.content.edition))
        .filter(reports::status.eq(ReportStatus::Ready))
        .filter(reports::id.lt(report.id))
        .order(reports::id.desc())
        .select(reports::id)
        .first(read.conn)
        .optional()?;
    id.map(|id| find(read.conn, read.actor, id)).transpose()
}

/// One report in the caller's scope, locked until the write ends.
pub fn lock(tx: &mut Write<'_>, id: Id) -> StoreResult<Report> {
    super::lock_row(tx.conn, "reports", id)?;
    find(tx.conn, tx.actor, id)
}

/// The reports in the caller's scope.
pub fn list(read: &mut Read<'_>, filter: &Filter, page: &Page) -> StoreResult<Listed<Report>> {
    let query = || {
        let mut query = visible_to(read.actor);
        any_of!(
            query,
            reports::campaign_id => filter.campaign_ids,
            reports::status => filter.statuses,
            reports::edition => filter.editions,
        );
        query
    };
    let (rows, total) = load_page!(read.conn, page, query, reports::id, Row);
    let ids: Vec<Id> = rows.iter().map(|row| row.id).collect();
    let mut files = files_of(read.conn, &ids)?;
    let reports = rows.into_iter().map(|row| {
        let own = files.extract_if(.., |(id, _)| *id == row.id).map(|(_, file)| file).collect();
        row.report(own)
    });
    let reports = reports.collect::<StoreResult<_>>()?;
    Ok(page.cut(reports, |report: &Report| report.id, total))
}

/// The report that waits for a worker, where one of this content does: it says the same as another that is asked for now.
fn waiting(tx: &mut Write<'_>, content: &ReportContent) -> StoreResult<Option<Report>> {
    let waiting = visible_to(tx.actor)
        .filter(reports::campaign_id.eq(content.campaign_id))
        .filter(reports::edition.eq(content.edition))
        .filter(reports::status.eq(ReportStatus::Queued));
    let waiting = match content.full_report_id {
        Some(id) => waiting.filter(reports::full_report_id.eq(id)),
        None => waiting.filter(reports::full_report_id.is_null()),
    };
    let id: Option<Id> = waiting.order(reports::id).select(reports::id).first(tx.conn).optional()?;
    id.map(|id| find(tx.conn, tx.actor, id)).transpose()
}

/// The full version that a public edition is made from, with its number: the one that is named, or the newest that is
/// ready.
fn full_version(tx: &mut Write<'_>, content: &ReportContent) -> StoreResult<(Id, Option<String>)> {
    let mut ready = visible_to(tx.actor)
        .filter(reports::campaign_id.eq(content.campaign_id))
        .filter(reports::edition.eq(Edition::Full))
        .filter(reports::status.eq(ReportStatus::Ready));
    if let Some(id) = content.full_report_id {
        ready = ready.filter(reports::id.eq(id));
    }
    let newest =
        ready.order(reports::id.desc()).select((reports::id, reports::number)).first(tx.conn).optional()?;
    Ok(newest.ok_or_else(|| Refusal::invalid("/full_report_id", Code::FullReportRequired))?)
}

/// Asks for a report, also of a closed campaign; a worker compiles it. Unless an id is chosen, a report that waits and
/// would say the same is the answer.
///
/// # Errors
/// [`Refusal::IdTaken`]; a campaign that the caller does not see; [`Code::FullReportRequired`] where a public edition has
/// no full version to be made from.
pub fn request(tx: &mut Write<'_>, chosen: Option<Id>, mut content: ReportContent) -> StoreResult<Report> {
    // Nobody else asks until the write ends.
    super::lock_row(tx.conn, "campaigns", content.campaign_id)?;
    campaign::hold(tx, content.campaign_id).map_err(|error| match error {
        StoreError::Refused(Refusal::NotFound) => Refusal::invalid("/campaign_id", Code::NotFound).into(),
        error => error,
    })?;
    let mut full_number = None;
    if content.edition == Edition::Public {
        let (id, number) = full_version(tx, &content)?;
        (content.full_report_id, full_number) = (Some(id), number);
    }
    if chosen.is_none()
        && let Some(waiting) = waiting(tx, &content)?
    {
        return Ok(waiting);
    }
    let id = chosen.unwrap_or_default();
    if super::exists(tx.conn, "reports", id)? {
        return Err(Refusal::IdTaken.into());
    }
    let report = Report {
        id,
        version: 1,
        content,
        status: ReportStatus::Queued,
        number: None,
        full_number,
        requested_by: tx.actor.account_id,
        stage: None,
        failure_reason: None,
        compiled_at: None,
        ready_at: None,
        created_at: tx.now,
        missing_characters: None,
        plainly_printed: Vec::new(),
        endorsement: None,
        files: Vec::new(),
    };
    diesel::insert_into(reports::table).values(Row::of(&report)?).execute(tx.conn)?;
    record(tx, "create", None, &report)?;
    job::enqueue(tx, &Job::CompileReport { report_id: id }, None)?;
    Ok(report)
}

/// Leads a report into another state.
pub fn update(tx: &mut Write<'_>, action: &str, before: &Report, after: Report) -> StoreResult<Report> {
    let report = Report { version: before.version + 1, ..after };
    diesel::update(reports::table.find(report.id)).set(Row::of(&report)?).execute(tx.conn)?;
    record(tx, action, Some(before), &report)?;
    Ok(report)
}

fn record(tx: &mut Write<'_>, action: &str, before: Option<&Report>, after: &Report) -> StoreResult<()> {
    let event = Event {
        action,
        campaign_id: Some(after.content.campaign_id),
        reason: after.failure_reason.as_deref(),
        before: before.map(snapshot),
        after: Some(snapshot(after)),
        ..Event::about(KIND, after.id)
    };
    audit::record(tx, event)
}

fn snapshot(report: &Report) -> Value {
    let sha256 = |file: &ReportFile| json!({"format": file.format, "sha256": file.sha256});
    json!({
        "edition": report.content.edition,
        "status": report.status,
        "number": report.number,
        "full_report_id": report.content.full_report_id,
        "endorsement": report.endorsement.as_ref().map(|endorsement| &endorsement.opinion),
        "files": report.files.iter().map(sha256).collect::<Vec<_>>(),
    })
}
