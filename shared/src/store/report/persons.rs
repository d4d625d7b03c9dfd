//! Whom the records of a campaign know: every column that holds a person, beside those that a report's lists have.
//! What is added to the records here is looked for in every public text.

use std::collections::HashMap;

use diesel::prelude::*;

use crate::domain::form::Side;
use crate::domain::id::Id;
use crate::domain::report::{Holding, Persons};
use crate::domain::room::places;
use crate::store::schema::{
    accounts, audit_events, campaign_leading_group, campaigns, form_refusals, form_signatures, forms,
    inspections, leader_office_sheets, notices, rectifications, units,
};
use crate::store::statistics::Scope;
use crate::store::{DbConnection, StoreResult, leader_office};

/// The persons of a campaign, by the same number of statements however large it is.
pub fn persons(conn: &mut DbConnection, campaign_id: Id) -> StoreResult<Persons> {
    let mut persons = Persons::default();
    bodies(conn, campaign_id, &mut persons)?;
    leading_group(conn, campaign_id, &mut persons)?;
    signatures(conn, campaign_id, &mut persons)?;
    offices(conn, campaign_id, &mut persons)?;
    others(conn, campaign_id, &mut persons)?;
    persons.add_accounts(acting(conn)?);
    Ok(persons)
}

/// Units with their principals, contacts and addresses, and the office.
fn bodies(conn: &mut DbConnection, campaign_id: Id, persons: &mut Persons) -> StoreResult<()> {
    type Row = (String, Option<String>, Option<String>, Option<String>, Option<String>);
    let rows: Vec<Row> = units::table
        .select((units::name, units::principal, units::contact_name, units::contact_phone, units::address))
        .load(conn)?;
    for (name, principal, contact, phone, address) in rows {
        persons.bodies.insert(name);
        persons.names.extend(principal.into_iter().chain(contact));
        persons.phones.extend(phone);
        persons.addresses.extend(address);
    }
    let office: String = campaigns::table.find(campaign_id).select(campaigns::office).first(conn)?;
    persons.bodies.insert(office);
    Ok(())
}

fn leading_group(conn: &mut DbConnection, campaign_id: Id, persons: &mut Persons) -> StoreResult<()> {
    let rows: Vec<(String, Option<String>, Option<String>)> = campaign_leading_group::table
        .filter(campaign_leading_group::campaign_id.eq(campaign_id))
        .select((campaign_leading_group::name, campaign_leading_group::unit, campaign_leading_group::post))
        .load(conn)?;
    for (person, unit, post) in rows {
        persons.names.insert(person.clone());
        persons.bodies.extend(unit.clone());
        let unit = unit.unwrap_or_default();
        persons.holdings.extend(post.map(|post| Holding { unit, post, person }));
    }
    Ok(())
}

/// Whose rooms are known, in which post and where, counted or not: a post is one person's only if no other holds it.
fn offices(conn: &mut DbConnection, campaign_id: Id, persons: &mut Persons) -> StoreResult<()> {
    let units: HashMap<Id, String> =
        units::table.select((units::id, units::name)).load(conn)?.into_iter().collect();
    for (_, office) in leader_office::of_campaign(conn, campaign_id, &Scope::Campaign)? {
        let content = office.content;
        persons.names.extend(content.names());
        let rooms = content.declared_rooms.iter().chain(&content.measured_rooms);
        persons.rooms.extend(rooms.filter_map(|room| places(std::slice::from_ref(room))));
        let unit = units.get(&content.unit_id).cloned().unwrap_or_default();
        let person = content.person_name;
        persons.holdings.extend(content.post.map(|post| Holding { unit, post, person }));
    }
    Ok(())
}

/// Who signed forms or refused to, and for the unit in which post.
fn signatures(conn: &mut DbConnection, campaign_id: Id, persons: &mut Persons) -> StoreResult<()> {
    let signed: Vec<(Side, String, String, String)> = form_signatures::table
        .inner_join(forms::table.on(forms::id.eq(form_signatures::form_id)))
        .filter(forms::campaign_id.eq(campaign_id))
        .select((form_signatures::side, form_signatures::name, form_signatures::post, forms::unit_name))
        .load(conn)?;
    for (side, person, post, unit) in signed {
        persons.names.insert(person.clone());
        if side == Side::Unit {
            persons.holdings.insert(Holding { unit, post, person });
        }
    }
    let refused: Vec<(Option<String>, Option<String>, String)> = form_refusals::table
        .inner_join(forms::table.on(forms::id.eq(form_refusals::form_id)))
        .filter(forms::campaign_id.eq(campaign_id))
        .select((form_refusals::name, form_refusals::post, forms::unit_name))
        .load(conn)?;
    for (person, post, unit) in refused {
        let Some(person) = person else { continue };
        persons.names.insert(person.clone());
        persons.holdings.extend(post.map(|post| Holding { unit, post, person }));
    }
    Ok(())
}

/// Who else is named, and where: on records of inspections, as answering for orders, as told otherwise than by mail.
fn others(conn: &mut DbConnection, campaign_id: Id, persons: &mut Persons) -> StoreResult<()> {
    let of_campaign = forms::table.filter(forms::campaign_id.eq(campaign_id)).select(forms::id);
    type OnRecord = (Option<String>, Option<String>, Option<String>, Option<String>);
    let on_records: Vec<OnRecord> = inspections::table
        .filter(inspections::form_id.eq_any(of_campaign))
        .select((
            inspections::principal,
            inspections::contact_name,
            inspections::contact_phone,
            inspections::address,
        ))
        .load(conn)?;
    for (principal, contact, phone, address) in on_records {
        persons.names.extend(principal.into_iter().chain(contact));
        persons.phones.extend(phone);
        persons.addresses.extend(address);
    }
    let of_campaign = forms::table.filter(forms::campaign_id.eq(campaign_id)).select(forms::id);
    let on_sheets = leader_office_sheets::table.filter(leader_office_sheets::form_id.eq_any(of_campaign));
    persons.phones.extend(
        on_sheets.select(leader_office_sheets::phone).load::<Option<String>>(conn)?.into_iter().flatten(),
    );
    let orders = rectifications::table.filter(rectifications::campaign_id.eq(campaign_id));
    let answering = orders.select(rectifications::responsible_person).load::<Option<String>>(conn)?;
    let told = notices::table.select(notices::told_name).distinct().load::<Option<String>>(conn)?;
    persons.names.extend(answering.into_iter().chain(told).flatten());
    Ok(())
}

/// The names of accounts, and those that they had when they did something: whatever else keeps the name of an account was
/// written with an event.
fn acting(conn: &mut DbConnection) -> StoreResult<Vec<String>> {
    let mut names: Vec<String> = accounts::table.select(accounts::display_name).load(conn)?;
    let by_accounts = audit_events::table
        .filter(audit_events::actor_id.eq_any(accounts::table.select(accounts::id.nullable())));
    names.extend(by_accounts.select(audit_events::actor_name).distinct().load::<String>(conn)?);
    Ok(names)
}

#[cfg(test)]
mod tests {
    /// Columns of texts that hold no person's name though they are called a name, that a report has in its lists, or
    /// that hold the name of whoever did it, as the event does.
    const OTHERS: [&str; 21] = [
        "sealed_by_name",
        "created_by_name",
        "filed_by_name",
        "decided_by_name",
        "endorsed_by_name",
        "rectification_progress::author",
        "escalations::proposed_by",
        "username",
        "units::name",
        "counters::name",
        "campaigns::name",
        "campaign_teams::name",
        "schedules::name",
        "file_name",
        "unit_name",
        "service_accounts::name",
        "leader_offices::person_name",
        "leader_offices::person_key",
        "report_texts::signer",
        "notices::recipient",
        "notice_items::recipient",
    ];

    #[test]
    fn every_column_that_holds_a_person_is_read_for_the_public_edition() {
        let (schema, source) = (include_str!("../schema.rs"), include_str!("persons.rs"));
        let mut table = "";
        for line in schema.lines().map(str::trim) {
            if let Some((name, _)) = line.split_once(" (").filter(|_| line.ends_with('{')) {
                table = name;
            }
            let Some((column, _)) = line.split_once(" -> ").filter(|(_, kind)| kind.contains("Text")) else {
                continue;
            };
            let is_person =
                ["name", "principal", "person", "author", "proposed_by", "signer", "recipient", "phone"]
                    .iter()
                    .any(|word| column.contains(word));
            let path = format!("{table}::{column}");
            let is_other = OTHERS.iter().any(|other| path.ends_with(other));
            assert!(!is_person || is_other || source.contains(&path), "{path}: does it hold persons?");
        }
    }
}
