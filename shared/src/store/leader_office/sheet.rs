//! Leader-office sheets: what is written on them. Their states, signatures and seals are in `form`.

use std::collections::HashMap;

use diesel::prelude::*;

use super::{by_ids, standards};
use crate::domain::date::Date;
use crate::domain::form::{Form, FormKind, FormStatus};
use crate::domain::id::Id;
use crate::domain::leader_office::{LeaderOffice, Sheet, SheetContent, SheetRow};
use crate::domain::refusal::{Code, Refusal, Violations};
use crate::domain::visit::Visit;
use crate::store::bulk::insert_rows;
use crate::store::form::{self, FormRecord, Paper};
use crate::store::schema::{forms, leader_office_sheet_rows, leader_office_sheets, leader_offices};
use crate::store::{DbConnection, StoreResult, Write, lock_row, share_row};

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = leader_office_sheets, primary_key(form_id), treat_none_as_null = true)]
struct Row {
    form_id: Id,
    measured_on: Date,
    phone: Option<String>,
    note: Option<String>,
    replaces: Option<Id>,
}

#[derive(Insertable)]
#[diesel(table_name = leader_office_sheet_rows, treat_none_as_default_value = false)]
struct OfficeRow {
    form_id: Id,
    position: i32,
    leader_office_id: Id,
    kept: Option<String>,
}

impl Paper for Sheet {
    const KIND: FormKind = FormKind::LeaderOfficeSheet;
    const PATH: &'static str = "leader-office-sheets";

    fn read(conn: &mut DbConnection, form_ids: &[Id]) -> StoreResult<HashMap<Id, Self>> {
        let heads: Vec<(Row, Id)> = leader_office_sheets::table
            .inner_join(forms::table.on(forms::id.eq(leader_office_sheets::form_id)))
            .filter(leader_office_sheets::form_id.eq_any(form_ids))
            .select((Row::as_select(), forms::visit_id))
            .load(conn)?;
        let named: Vec<(Id, Id, Option<String>)> = leader_office_sheet_rows::table
            .filter(leader_office_sheet_rows::form_id.eq_any(form_ids))
            .order((leader_office_sheet_rows::form_id, leader_office_sheet_rows::position))
            .select((
                leader_office_sheet_rows::form_id,
                leader_office_sheet_rows::leader_office_id,
                leader_office_sheet_rows::kept,
            ))
            .load(conn)?;
        let mut ids: Vec<Id> = named.iter().map(|(_, office, _)| *office).collect();
        ids.sort_unstable();
        ids.dedup();
        let offices: HashMap<Id, LeaderOffice> =
            by_ids(conn, &ids)?.into_iter().map(|office| (office.id, office)).collect();
        let standards = standards(conn)?;
        let sheet = |(head, visit_id): (Row, Id)| {
            let of_form = named.iter().filter(|(form_id, ..)| *form_id == head.form_id);
            let leader_office_ids: Vec<Id> = of_form.clone().map(|(_, office, _)| *office).collect();
            let row = |(_, id, kept): &(Id, Id, Option<String>)| match kept {
                Some(kept) => Ok(serde_json::from_str(kept)?),
                None => {
                    let office = offices.get(id).cloned().ok_or(Refusal::NotFound)?;
                    Ok(SheetRow::of(office, &standards, head.measured_on))
                }
            };
            let rows = of_form.map(row).collect::<StoreResult<_>>()?;
            let Row { form_id, measured_on, phone, note, replaces } = head;
            let content = SheetContent { visit_id, measured_on, phone, leader_office_ids, note, replaces };
            Ok((form_id, Self { content, rows }))
        };
        heads.into_iter().map(sheet).collect()
    }

    fn check_complete(&self, violations: &mut Violations) {
        Self::check_complete(self, violations);
    }

    /// The rows stay as they were judged, and take no change any more: neither a limit that is corrected later nor another
    /// class of the unit leads to another verdict.
    fn sealed(&self, tx: &mut Write<'_>, _: Id) -> StoreResult<()> {
        for row in &self.rows {
            diesel::update(leader_offices::table.find(row.leader_office_id))
                .set((
                    leader_offices::version.eq(leader_offices::version + 1),
                    leader_offices::sealed_assessment.eq(serde_json::to_string(&row.assessment)?),
                    leader_offices::standard_level.eq(&row.standard_level),
                    leader_offices::measured_on.eq(self.content.measured_on),
                ))
                .execute(tx.conn)?;
        }
        Ok(())
    }

    /// The sheet keeps its rows as they were sealed; the leader offices can be changed again, and stand on another.
    fn unsealed(&self, tx: &mut Write<'_>, form_id: Id) -> StoreResult<()> {
        for row in &self.rows {
            let of_form = leader_office_sheet_rows::table
                .filter(leader_office_sheet_rows::form_id.eq(form_id))
                .filter(leader_office_sheet_rows::leader_office_id.eq(row.leader_office_id));
            let kept = leader_office_sheet_rows::kept.eq(serde_json::to_string(row)?);
            diesel::update(of_form).set(kept).execute(tx.conn)?;
        }
        let rows = leader_offices::table.filter(leader_offices::id.eq_any(&self.content.leader_office_ids));
        diesel::update(rows)
            .set((
                leader_offices::version.eq(leader_offices::version + 1),
                leader_offices::sealed_assessment.eq(None::<String>),
            ))
            .execute(tx.conn)?;
        Ok(())
    }
}

/// Begins a sheet of a visit.
///
/// # Errors
/// [`Refusal::IdTaken`]; [`Refusal::Taken`] where the visit has a sheet that is not void; rows that are no leader
/// offices of its unit, or sealed on another sheet.
pub fn create(
    tx: &mut Write<'_>,
    id: Id,
    visit: &Visit,
    content: SheetContent,
) -> StoreResult<FormRecord<Sheet>> {
    let of_visit = forms::table
        .filter(forms::visit_id.eq(visit.id))
        .filter(forms::kind.eq(FormKind::LeaderOfficeSheet))
        .filter(forms::status.ne(FormStatus::Void))
        .count();
    if of_visit.get_result::<i64>(tx.conn)? > 0 {
        return Err(Refusal::Taken("visit_id").into());
    }
    if let Some(replaced) = content.replaces {
        let in_place =
            leader_office_sheets::table.filter(leader_office_sheets::replaces.eq(replaced)).count();
        let in_place: i64 = in_place.get_result(tx.conn)?;
        form::check_replaced(tx.conn, FormKind::LeaderOfficeSheet, replaced, visit.id, in_place)?;
    }
    let form = form::begin(tx, FormKind::LeaderOfficeSheet, id, visit)?;
    check_rows(tx, &form, &content.leader_office_ids)?;
    insert_offices(tx, id, &content.leader_office_ids)?;
    let SheetContent { measured_on, phone, note, replaces, .. } = content;
    let row = Row { form_id: id, measured_on, phone, note, replaces };
    diesel::insert_into(leader_office_sheets::table).values(row).execute(tx.conn)?;
    form::begun(tx, form)
}

/// Changes the head of a sheet, and who stands on it.
///
/// # Errors
/// As [`create`] for the rows.
pub fn update(
    tx: &mut Write<'_>,
    before: &FormRecord<Sheet>,
    content: SheetContent,
) -> StoreResult<FormRecord<Sheet>> {
    let form_id = before.form.id;
    check_rows(tx, &before.form, &content.leader_office_ids)?;
    let old = leader_office_sheet_rows::table.filter(leader_office_sheet_rows::form_id.eq(form_id));
    diesel::delete(old).execute(tx.conn)?;
    insert_offices(tx, form_id, &content.leader_office_ids)?;
    let SheetContent { measured_on, phone, note, replaces, .. } = content;
    let row = Row { form_id, measured_on, phone, note, replaces };
    diesel::update(leader_office_sheets::table.find(form_id)).set(row).execute(tx.conn)?;
    form::rewritten(tx, "update", before)
}

fn check_rows(tx: &mut Write<'_>, form: &Form, ids: &[Id]) -> StoreResult<()> {
    let known: Vec<(Id, Option<String>)> = leader_offices::table
        .filter(leader_offices::id.eq_any(ids))
        .filter(leader_offices::campaign_id.eq(form.campaign_id))
        .filter(leader_offices::unit_id.eq(form.unit_id))
        .select((leader_offices::id, leader_offices::sealed_assessment))
        .load(tx.conn)?;
    let mut violations = Violations::default();
    for (index, id) in ids.iter().enumerate() {
        let pointer = format!("/leader_office_ids/{index}");
        match known.iter().find(|(known, _)| known == id) {
            Some((_, sealed)) => violations.require(sealed.is_none(), pointer, Code::Frozen),
            None => violations.require(false, pointer, Code::NotFound),
        }
    }
    Ok(violations.refuse()?)
}

fn insert_offices(tx: &mut Write<'_>, form_id: Id, ids: &[Id]) -> StoreResult<()> {
    let rows: Vec<OfficeRow> = (0..)
        .zip(ids)
        .map(|(position, id)| OfficeRow { form_id, position, leader_office_id: *id, kept: None })
        .collect();
    if !rows.is_empty() {
        insert_rows!(tx.conn, leader_office_sheet_rows::table, &rows)?;
    }
    Ok(())
}

/// Keeps the sheets on which an office stands as they are until the write ends: they come before their rows, as a
/// sheet that is sealed writes to its rows.
pub(super) fn lock_of(tx: &mut Write<'_>, office_id: Id) -> StoreResult<()> {
    let sheets: Vec<(Id, Id)> = leader_office_sheet_rows::table
        .inner_join(forms::table.on(forms::id.eq(leader_office_sheet_rows::form_id)))
        .filter(leader_office_sheet_rows::leader_office_id.eq(office_id))
        .order(forms::id)
        .select((forms::id, forms::visit_id))
        .load(tx.conn)?;
    sheets.into_iter().try_for_each(|(id, visit_id)| {
        share_row(tx.conn, "visits", visit_id)?;
        lock_row(tx.conn, "forms", id)
    })
}

/// Makes the sheet on which an office stands a draft again where it waits for signatures: what was signed is
/// void, since a row of it changed.
pub(super) fn row_changed(tx: &mut Write<'_>, office_id: Id) -> StoreResult<()> {
    let signing: Vec<Id> = leader_office_sheet_rows::table
        .inner_join(forms::table.on(forms::id.eq(leader_office_sheet_rows::form_id)))
        .filter(leader_office_sheet_rows::leader_office_id.eq(office_id))
        .filter(forms::status.eq(FormStatus::Signing))
        .select(forms::id)
        .load(tx.conn)?;
    for id in signing {
        let record: FormRecord<Sheet> = form::lock(tx, id)?;
        form::rewritten(tx, "change-row", &record)?;
    }
    Ok(())
}

/// Whether an office stands on any sheet, void ones included.
pub(super) fn holds(conn: &mut DbConnection, office_id: Id) -> StoreResult<bool> {
    let rows = leader_office_sheet_rows::table
        .filter(leader_office_sheet_rows::leader_office_id.eq(office_id))
        .count();
    Ok(rows.get_result::<i64>(conn)? > 0)
}
