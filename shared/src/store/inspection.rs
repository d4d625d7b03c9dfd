//! Inspection records: what is written on them. Their states, signatures and seals are in `form`.

use std::collections::HashMap;

use diesel::prelude::*;

use super::form::{self, FormRecord, Paper};
use super::schema::{findings, forms, inspection_items, inspections};
use super::{DbConnection, StoreResult, Write, attachment, finding};
use crate::domain::attachment::LinkedTo;
use crate::domain::date::Date;
use crate::domain::finding::FindingContent;
use crate::domain::focus_item::FocusItem;
use crate::domain::form::{FormKind, FormStatus};
use crate::domain::id::Id;
use crate::domain::inspection::{
    Inspection, InspectionContact, InspectionContent, InspectionItem, ItemContent, ItemResult,
};
use crate::domain::refusal::{Code, Refusal, Violations};
use crate::domain::visit::Visit;

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = inspections, primary_key(form_id), treat_none_as_null = true)]
struct Row {
    form_id: Id,
    inspected_on: Date,
    methods: String,
    principal: Option<String>,
    address: Option<String>,
    contact_name: Option<String>,
    contact_phone: Option<String>,
    note: Option<String>,
    replaces: Option<Id>,
}

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = inspection_items, treat_none_as_null = true)]
struct ItemRow {
    id: Id,
    form_id: Id,
    position: i32,
    focus_item: FocusItem,
    result: ItemResult,
    content: Option<String>,
    problem: Option<String>,
    handling_opinion: Option<String>,
    attachment_ids: String,
}

impl Row {
    fn of(form_id: Id, content: InspectionContent) -> StoreResult<Self> {
        let contact = content.contact.unwrap_or_default();
        Ok(Self {
            form_id,
            inspected_on: content.inspected_on,
            methods: serde_json::to_string(&content.methods)?,
            principal: content.principal,
            address: content.address,
            contact_name: contact.name,
            contact_phone: contact.phone,
            note: content.note,
            replaces: content.replaces,
        })
    }

    fn content(self, visit_id: Id) -> StoreResult<InspectionContent> {
        let contact = InspectionContact { name: self.contact_name, phone: self.contact_phone };
        Ok(InspectionContent {
            visit_id,
            inspected_on: self.inspected_on,
            methods: serde_json::from_str(&self.methods)?,
            principal: self.principal,
            address: self.address,
            contact: (contact != InspectionContact::default()).then_some(contact),
            note: self.note,
            replaces: self.replaces,
        })
    }
}

impl ItemRow {
    fn of(form_id: Id, position: i32, id: Id, content: ItemContent) -> StoreResult<Self> {
        Ok(Self {
            id,
            form_id,
            position,
            focus_item: content.focus_item,
            result: content.result,
            content: content.content,
            problem: content.problem,
            handling_opinion: content.handling_opinion,
            attachment_ids: serde_json::to_string(&content.attachment_ids)?,
        })
    }

    fn item(self) -> StoreResult<InspectionItem> {
        let content = ItemContent {
            focus_item: self.focus_item,
            result: self.result,
            content: self.content,
            problem: self.problem,
            handling_opinion: self.handling_opinion,
            attachment_ids: serde_json::from_str(&self.attachment_ids)?,
        };
        Ok(InspectionItem { id: self.id, content })
    }
}

impl Paper for Inspection {
    const KIND: FormKind = FormKind::Inspection;

    const PATH: &'static str = "inspections";

    fn read(conn: &mut DbConnection, form_ids: &[Id]) -> StoreResult<HashMap<Id, Self>> {
        let mut items: Vec<ItemRow> = inspection_items::table
            .filter(inspection_items::form_id.eq_any(form_ids))
            .order((inspection_items::form_id, inspection_items::position))
            .select(ItemRow::as_select())
            .load(conn)?;
        let rows: Vec<(Row, Id)> = inspections::table
            .inner_join(forms::table.on(forms::id.eq(inspections::form_id)))
            .filter(inspections::form_id.eq_any(form_ids))
            .select((Row::as_select(), forms::visit_id))
            .load(conn)?;
        rows.into_iter()
            .map(|(row, visit_id)| {
                let form_id = row.form_id;
                let own = items.extract_if(.., |item| item.form_id == form_id);
                let items = own.map(ItemRow::item).collect::<StoreResult<_>>()?;
                Ok((form_id, Self { content: row.content(visit_id)?, items }))
            })
            .collect()
    }

    fn check_complete(&self, violations: &mut Violations) {
        Self::check_complete(self, violations);
    }
}

/// Begins a record of a visit with its items, as a draft.
///
/// # Errors
/// [`Refusal::IdTaken`] for the record or an item; a record that it cannot replace; attachments that are not the
/// caller's.
pub fn create(
    tx: &mut Write<'_>,
    id: Id,
    visit: &Visit,
    content: InspectionContent,
    items: Vec<(Id, ItemContent)>,
) -> StoreResult<FormRecord<Inspection>> {
    let replaced = content.replaces;
    if let Some(replaced) = replaced {
        let in_place = inspections::table.filter(inspections::replaces.eq(replaced)).count();
        let in_place: i64 = in_place.get_result(tx.conn)?;
        form::check_replaced(tx.conn, FormKind::Inspection, replaced, visit.id, in_place)?;
    }
    let form = form::begin(tx, FormKind::Inspection, id, visit)?;
    diesel::insert_into(inspections::table).values(Row::of(id, content)?).execute(tx.conn)?;
    for (position, (item_id, item)) in (0..).zip(items) {
        let pointer = format!("/items/{position}/attachment_ids");
        let target = form::link_target(&form, false);
        insert_item(tx, &target, position, item_id, item, &pointer)?;
    }
    if let Some(replaced) = replaced {
        finding::move_to_record(tx, replaced, id)?;
    }
    form::begun(tx, form)
}

/// Checks the record and the item on which a finding is to rest, where it did not do so before.
///
/// # Errors
/// [`Code::NotFound`] for a record that is void or of another campaign or unit, and for an item of another record.
pub fn check_referred(
    tx: &mut Write<'_>,
    content: &FindingContent,
    before: Option<&FindingContent>,
) -> StoreResult<()> {
    let named = (content.inspection_id, content.inspection_item_id);
    let known = before.map(|before| (before.inspection_id, before.inspection_item_id));
    let (Some(record), false) = (named.0, known == Some(named)) else { return Ok(()) };
    super::share_row(tx.conn, "forms", record)?;
    let valid: i64 = forms::table
        .filter(forms::id.eq(record))
        .filter(forms::kind.eq(FormKind::Inspection))
        .filter(forms::campaign_id.eq(content.campaign_id))
        .filter(forms::unit_id.eq(content.unit_id))
        .filter(forms::status.ne(FormStatus::Void))
        .count()
        .get_result(tx.conn)?;
    let mut violations = Violations::default();
    violations.require(valid > 0, "/inspection_id", Code::NotFound);
    if let Some(item) = named.1 {
        let of_record = inspection_items::table
            .filter(inspection_items::id.eq(item))
            .filter(inspection_items::form_id.eq(record));
        let found: i64 = of_record.count().get_result(tx.conn)?;
        violations.require(found > 0, "/inspection_item_id", Code::NotFound);
    }
    Ok(violations.refuse()?)
}

/// Changes the head of a record.
pub fn update(
    tx: &mut Write<'_>,
    before: &FormRecord<Inspection>,
    content: InspectionContent,
) -> StoreResult<FormRecord<Inspection>> {
    let row = Row::of(before.form.id, content)?;
    diesel::update(inspections::table.find(before.form.id)).set(row).execute(tx.conn)?;
    form::rewritten(tx, "update", before)
}

/// Adds an item to a record.
///
/// # Errors
/// [`Refusal::IdTaken`]; a record that is full; attachments that are not the caller's.
pub fn add_item(
    tx: &mut Write<'_>,
    before: &FormRecord<Inspection>,
    id: Id,
    content: ItemContent,
) -> StoreResult<FormRecord<Inspection>> {
    Inspection::check_room(before.paper.items.len() + 1)?;
    let last: Option<i32> = inspection_items::table
        .filter(inspection_items::form_id.eq(before.form.id))
        .select(diesel::dsl::max(inspection_items::position))
        .first(tx.conn)?;
    let position = last.map_or(0, |last| last + 1);
    insert_item(tx, &before.link_target(), position, id, content, "/attachment_ids")?;
    form::rewritten(tx, "add-item", before)
}

fn insert_item(
    tx: &mut Write<'_>,
    target: &LinkedTo,
    position: i32,
    id: Id,
    content: ItemContent,
    pointer: &str,
) -> StoreResult<()> {
    if super::exists(tx.conn, "inspection_items", id)? {
        return Err(Refusal::IdTaken.into());
    }
    attachment::link(tx, &content.attachment_ids, target, pointer)?;
    let row = ItemRow::of(target.record_id, position, id, content)?;
    diesel::insert_into(inspection_items::table).values(row).execute(tx.conn)?;
    Ok(())
}

/// Changes an item of a record.
///
/// # Errors
/// Attachments that are not the caller's.
pub fn update_item(
    tx: &mut Write<'_>,
    before: &FormRecord<Inspection>,
    id: Id,
    content: ItemContent,
) -> StoreResult<FormRecord<Inspection>> {
    attachment::link(tx, &content.attachment_ids, &before.link_target(), "/attachment_ids")?;
    let place = inspection_items::table.find(id).select(inspection_items::position);
    let position: i32 = place.first(tx.conn)?;
    let row = ItemRow::of(before.form.id, position, id, content)?;
    diesel::update(inspection_items::table.find(id)).set(row).execute(tx.conn)?;
    form::rewritten(tx, "update-item", before)
}

/// Takes an item out of a record.
///
/// # Errors
/// [`Refusal::InUse`] where a finding rests on it.
pub fn remove_item(
    tx: &mut Write<'_>,
    before: &FormRecord<Inspection>,
    id: Id,
) -> StoreResult<FormRecord<Inspection>> {
    let resting = findings::table.filter(findings::inspection_item_id.eq(id)).count();
    if resting.get_result::<i64>(tx.conn)? > 0 {
        return Err(Refusal::InUse.into());
    }
    diesel::delete(inspection_items::table.find(id)).execute(tx.conn)?;
    form::rewritten(tx, "delete-item", before)
}
