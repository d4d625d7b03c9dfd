//! Leader offices.

pub mod sheet;
mod succession;

use std::collections::HashMap;

use diesel::prelude::*;

pub(super) use succession::pass_on;

use super::audit::{self, Event};
use super::list::{any_of, load_page};
use super::schema::{findings, leader_offices, units};
use super::statistics::Scope;
use super::{Db, DbConnection, Read, StoreResult, Write, area_standard, campaign, dictionary, rule_setting};
use crate::domain::actor::Actor;
use crate::domain::campaign::Campaign;
use crate::domain::date::Date;
use crate::domain::finding::FindingContent;
use crate::domain::id::Id;
use crate::domain::instant::Instant;
use crate::domain::leader_office::{LeaderOffice, LeaderOfficeContent, Standards, Verdict};
use crate::domain::page::{Listed, Page};
use crate::domain::record::RecordKind;
use crate::domain::refusal::{Code, Refusal};
use crate::domain::unit::{StandardClass, UnitKind};

const KIND: RecordKind = RecordKind::LeaderOffice;

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = leader_offices, treat_none_as_null = true)]
struct Row {
    id: Id,
    version: i64,
    campaign_id: Id,
    unit_id: Id,
    person_name: String,
    person_key: String,
    service_status: String,
    level: Option<String>,
    rank_grade: Option<String>,
    standard_level: Option<String>,
    standard_level_reason: Option<String>,
    principal_chief: bool,
    post: Option<String>,
    department: Option<String>,
    formalities_on: Option<Date>,
    vacated_on: Option<Date>,
    second_office_approval: Option<String>,
    selected_for_measurement: bool,
    declared_rooms: String,
    measured_rooms: String,
    measured_on: Option<Date>,
    note: Option<String>,
    sealed_assessment: Option<String>,
    created_at: Instant,
    former_unit_id: Option<Id>,
}

impl Row {
    fn of(office: &LeaderOffice) -> StoreResult<Self> {
        let content = office.content.clone();
        Ok(Self {
            id: office.id,
            version: office.version,
            campaign_id: content.campaign_id,
            unit_id: content.unit_id,
            person_name: content.person_name,
            person_key: content.person_key,
            service_status: content.service_status,
            level: content.level,
            rank_grade: content.rank_grade,
            standard_level: content.standard_level,
            standard_level_reason: content.standard_level_reason,
            principal_chief: content.principal_chief,
            post: content.post,
            department: content.department,
            formalities_on: content.formalities_on,
            vacated_on: content.vacated_on,
            second_office_approval: content.second_office_approval,
            selected_for_measurement: content.selected_for_measurement,
            declared_rooms: serde_json::to_string(&content.declared_rooms)?,
            measured_rooms: serde_json::to_string(&content.measured_rooms)?,
            measured_on: content.measured_on,
            note: content.note,
            sealed_assessment: office.sealed.as_ref().map(serde_json::to_string).transpose()?,
            created_at: office.created_at,
            former_unit_id: office.former_unit_id,
        })
    }

    fn office(self, standard_class: StandardClass) -> StoreResult<LeaderOffice> {
        Ok(LeaderOffice {
            id: self.id,
            version: self.version,
            content: LeaderOfficeContent {
                campaign_id: self.campaign_id,
                unit_id: self.unit_id,
                person_name: self.person_name,
                person_key: self.person_key,
                service_status: self.service_status,
                level: self.level,
                rank_grade: self.rank_grade,
                standard_level: self.standard_level,
                standard_level_reason: self.standard_level_reason,
                principal_chief: self.principal_chief,
                post: self.post,
                department: self.department,
                formalities_on: self.formalities_on,
                vacated_on: self.vacated_on,
                second_office_approval: self.second_office_approval,
                selected_for_measurement: self.selected_for_measurement,
                declared_rooms: serde_json::from_str(&self.declared_rooms)?,
                measured_rooms: serde_json::from_str(&self.measured_rooms)?,
                measured_on: self.measured_on,
                note: self.note,
            },
            standard_class,
            sealed: self.sealed_assessment.as_deref().map(serde_json::from_str).transpose()?,
            created_at: self.created_at,
            former_unit_id: self.former_unit_id,
        })
    }
}

/// What lists of leader offices are filtered by.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    pub campaign_ids: Vec<Id>,
    pub unit_ids: Vec<Id>,
    pub verdicts: Vec<Verdict>,
    /// Judged by one of these area standards.
    pub area_standard_ids: Vec<Id>,
    pub selected_for_measurement: Option<bool>,
    pub measured: Option<bool>,
}

/// The leader offices that a caller may see: whoever works for the whole district all of them, a liaison those
/// of the own units.
fn visible_to(actor: &Actor) -> leader_offices::BoxedQuery<'static, Db> {
    let query = leader_offices::table.into_boxed();
    if actor.sees_all_units() {
        query
    } else {
        query.filter(leader_offices::unit_id.eq_any(actor.liaison_units()))
    }
}

/// Each office with the class of its unit.
fn with_classes(conn: &mut DbConnection, rows: Vec<Row>) -> StoreResult<Vec<LeaderOffice>> {
    let mut ids: Vec<Id> = rows.iter().map(|row| row.unit_id).collect();
    ids.sort_unstable();
    ids.dedup();
    let classes: Vec<(Id, StandardClass)> =
        units::table.filter(units::id.eq_any(ids)).select((units::id, units::standard_class)).load(conn)?;
    let classes: HashMap<Id, StandardClass> = classes.into_iter().collect();
    rows.into_iter()
        .map(|row| {
            let class = classes.get(&row.unit_id).copied().ok_or(Refusal::NotFound)?;
            row.office(class)
        })
        .collect()
}

fn find(conn: &mut DbConnection, actor: &Actor, id: Id) -> StoreResult<LeaderOffice> {
    let query = visible_to(actor).filter(leader_offices::id.eq(id));
    let row: Row = query.select(Row::as_select()).first(conn)?;
    with_classes(conn, vec![row])?.pop().ok_or_else(|| Refusal::NotFound.into())
}

/// One leader office in the caller's scope, and its campaign.
pub fn get(read: &mut Read<'_>, id: Id) -> StoreResult<(Campaign, LeaderOffice)> {
    let office = find(read.conn, read.actor, id)?;
    Ok((campaign::load(read.conn, office.content.campaign_id)?, office))
}

/// One leader office in the caller's scope, locked until the write ends, and its campaign, held as it is.
pub fn lock(tx: &mut Write<'_>, id: Id) -> StoreResult<(Campaign, LeaderOffice)> {
    let campaign_id = find(tx.conn, tx.actor, id)?.content.campaign_id;
    let campaign = campaign::hold(tx, campaign_id)?;
    sheet::lock_of(tx, id)?;
    super::lock_row(tx.conn, "leader_offices", id)?;
    Ok((campaign, find(tx.conn, tx.actor, id)?))
}

/// The leader offices of a campaign in a scope with the kind of their unit, whoever asks.
pub(super) fn of_campaign(
    conn: &mut DbConnection,
    campaign_id: Id,
    scope: &Scope,
) -> StoreResult<Vec<(UnitKind, LeaderOffice)>> {
    let mut query = leader_offices::table
        .inner_join(units::table.on(units::id.eq(leader_offices::unit_id)))
        .filter(leader_offices::campaign_id.eq(campaign_id))
        .order(leader_offices::id)
        .select((Row::as_select(), units::kind, units::standard_class))
        .into_boxed();
    if let Scope::Units(own) = scope {
        query = query.filter(leader_offices::unit_id.eq_any(own.clone()));
    }
    let rows: Vec<(Row, UnitKind, StandardClass)> = query.load(conn)?;
    rows.into_iter().map(|(row, kind, class)| Ok((kind, row.office(class)?))).collect()
}

/// These leader offices, whoever asks.
fn by_ids(conn: &mut DbConnection, ids: &[Id]) -> StoreResult<Vec<LeaderOffice>> {
    let rows = leader_offices::table.filter(leader_offices::id.eq_any(ids)).select(Row::as_select());
    let rows = rows.load(conn)?;
    with_classes(conn, rows)
}

/// The limits and settings that offices are judged by.
pub fn standards(conn: &mut DbConnection) -> StoreResult<Standards> {
    Ok(Standards { limits: area_standard::all(conn)?, settings: rule_setting::all(conn)? })
}

/// The leader offices in the caller's scope. What follows from limits and days is filtered after the query.
pub fn list(
    read: &mut Read<'_>,
    standards: &Standards,
    filter: &Filter,
    page: &Page,
) -> StoreResult<Listed<(Campaign, LeaderOffice)>> {
    let derived = !filter.verdicts.is_empty() || !filter.area_standard_ids.is_empty();
    let query = || {
        let mut query = visible_to(read.actor);
        any_of!(
            query,
            leader_offices::campaign_id => filter.campaign_ids,
            leader_offices::unit_id => filter.unit_ids,
        );
        if let Some(selected) = filter.selected_for_measurement {
            query = query.filter(leader_offices::selected_for_measurement.eq(selected));
        }
        match filter.measured {
            Some(true) => query = query.filter(leader_offices::measured_on.is_not_null()),
            Some(false) => query = query.filter(leader_offices::measured_on.is_null()),
            None => {}
        }
        query
    };
    let (rows, mut total) = if derived {
        (query().order(leader_offices::id).select(Row::as_select()).load(read.conn)?, None)
    } else {
        load_page!(read.conn, page, query, leader_offices::id, Row)
    };
    let offices = with_classes(read.conn, rows)?;
    let mut all = campaign::beside(read.conn, offices, |office| office.content.campaign_id)?;
    if derived {
        all.retain(|(campaign, office)| {
            let today = campaign.today(read.now);
            let judged = office.assessment(standards, today);
            let by = judged.standard.is_some_and(|standard| filter.area_standard_ids.contains(&standard.id));
            (filter.verdicts.is_empty() || filter.verdicts.contains(&judged.verdict))
                && (filter.area_standard_ids.is_empty() || by)
        });
        total = page.count.then(|| i64::try_from(all.len()).unwrap_or(i64::MAX));
        all.retain(|(_, office)| page.after.is_none_or(|after| office.id > after));
    }
    Ok(page.cut(all, |(_, office)| office.id, total))
}

/// Enters a leader office.
///
/// # Errors
/// [`Refusal::IdTaken`]; [`Refusal::Taken`] where the person stands in this campaign and unit already; words
/// that no dictionary has.
pub fn create(
    tx: &mut Write<'_>,
    id: Id,
    content: LeaderOfficeContent,
    standard_class: StandardClass,
    today: Date,
) -> StoreResult<LeaderOffice> {
    check_words(tx.conn, &content, today)?;
    if super::exists(tx.conn, "leader_offices", id)? {
        return Err(Refusal::IdTaken.into());
    }
    let office = LeaderOffice {
        id,
        version: 1,
        content,
        former_unit_id: None,
        standard_class,
        sealed: None,
        created_at: tx.now,
    };
    let row = Row::of(&office)?;
    diesel::insert_into(leader_offices::table).values(row).execute(tx.conn)?;
    record(tx, "create", None, Some(&office), None)?;
    Ok(office)
}

/// Changes a leader office. What was signed of a sheet on which it stands is void.
///
/// # Errors
/// As [`create`].
pub fn update(
    tx: &mut Write<'_>,
    before: &LeaderOffice,
    content: LeaderOfficeContent,
    today: Date,
) -> StoreResult<LeaderOffice> {
    check_words(tx.conn, &content, today)?;
    let office = LeaderOffice { version: before.version + 1, content, ..before.clone() };
    let row = Row::of(&office)?;
    diesel::update(leader_offices::table.find(office.id)).set(row).execute(tx.conn)?;
    record(tx, "update", Some(before), Some(&office), None)?;
    sheet::row_changed(tx, office.id)?;
    Ok(office)
}

/// Deletes a leader office that was not measured and that nothing refers to.
///
/// # Errors
/// [`Refusal::InUse`] for anything else.
pub fn delete(tx: &mut Write<'_>, office: &LeaderOffice) -> StoreResult<()> {
    let referring = findings::table.filter(findings::leader_office_id.eq(office.id)).count();
    let referred = referring.get_result::<i64>(tx.conn)? > 0 || sheet::holds(tx.conn, office.id)?;
    if office.content.is_measured() || referred {
        return Err(Refusal::InUse.into());
    }
    diesel::delete(leader_offices::table.find(office.id)).execute(tx.conn)?;
    record(tx, "delete", Some(office), None, None)
}

/// The class of a unit.
pub fn class_of(conn: &mut DbConnection, unit_id: Id) -> StoreResult<StandardClass> {
    Ok(units::table.find(unit_id).select(units::standard_class).first(conn)?)
}

/// Checks what a finding refers to, where it did not do so before.
///
/// # Errors
/// [`Code::NotFound`] where there is no such leader office in the finding's campaign and unit.
pub fn check_referred(
    tx: &mut Write<'_>,
    content: &FindingContent,
    before: Option<&FindingContent>,
) -> StoreResult<()> {
    let known = before.and_then(|before| before.leader_office_id);
    let new = content.leader_office_id.filter(|id| Some(*id) != known);
    let Some(id) = new else { return Ok(()) };
    let found = hold(tx, id)?.map(|office| (office.content.unit_id, office.content.campaign_id));
    if found == Some((content.unit_id, content.campaign_id)) {
        Ok(())
    } else {
        Err(Refusal::invalid("/leader_office_id", Code::NotFound).into())
    }
}

/// A leader office, whoever asks, kept as it is until the write ends.
pub fn hold(tx: &mut Write<'_>, id: Id) -> StoreResult<Option<LeaderOffice>> {
    super::share_row(tx.conn, "leader_offices", id)?;
    let found = leader_offices::table.find(id).select(Row::as_select()).load(tx.conn)?;
    Ok(with_classes(tx.conn, found)?.pop())
}

fn check_words(conn: &mut DbConnection, content: &LeaderOfficeContent, on: Date) -> StoreResult<()> {
    let words = [
        ("service_status", "/service_status", Some(&content.service_status)),
        ("level", "/level", content.level.as_ref()),
        ("rank_grade", "/rank_grade", content.rank_grade.as_ref()),
        ("standard_level", "/standard_level", content.standard_level.as_ref()),
    ];
    let violations = dictionary::check_all(conn, on, &words)?;
    if violations.is_empty() { Ok(()) } else { Err(Refusal::Invalid(violations).into()) }
}

fn record(
    tx: &mut Write<'_>,
    action: &str,
    before: Option<&LeaderOffice>,
    after: Option<&LeaderOffice>,
    reason: Option<&str>,
) -> StoreResult<()> {
    let Some(office) = after.or(before) else { return Ok(()) };
    let snapshot = |office: &LeaderOffice| serde_json::to_value(&office.content);
    let event = Event {
        action,
        record_kind: KIND,
        record_id: office.id,
        unit_id: Some(office.content.unit_id),
        campaign_id: Some(office.content.campaign_id),
        reason,
        before: before.map(snapshot).transpose()?,
        after: after.map(snapshot).transpose()?,
    };
    audit::record(tx, event)
}
