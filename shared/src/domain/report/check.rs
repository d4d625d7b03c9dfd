//! The check that runs before a snapshot is stored: whatever it finds fails the report.

use std::collections::BTreeSet;

use super::{Edition, SCHEMA, Snapshot};
use crate::domain::id::Id;
use crate::domain::statistics::{Inconsistency, Statistics, differences, trace};

/// What does not agree within a snapshot: totals against their rows (R52), statistics and figures against
/// the lists that they are counted from, references against the records that they name, and the edition
/// against the names that it may hold. Empty where everything agrees.
///
/// # Errors
/// A snapshot that cannot be written as JSON.
pub fn check(snapshot: &Snapshot) -> Result<Vec<Inconsistency>, serde_json::Error> {
    let mut found = snapshot.statistics.inconsistencies();
    let facts = snapshot.lists.facts();
    let as_of = snapshot.statistics.as_of;
    found.extend(differences("statistics", &Statistics::compute(&facts, as_of), &snapshot.statistics)?);
    found.extend(differences("figures", &trace(&facts, as_of), &snapshot.figures)?);
    found.extend(references(snapshot));
    let (listed, counted) = (snapshot.lists.problems.len(), snapshot.statistics.total.problems.total);
    if u32::try_from(listed) != Ok(counted) {
        found.push(inconsistency("lists.problems", format!("{counted} problems"), listed));
    }
    let (listed, counted) = (snapshot.lists.leader_offices.len(), snapshot.statistics.total.leaders.due);
    if u32::try_from(listed) != Ok(counted) {
        found.push(inconsistency("lists.leader_offices", format!("{counted} persons"), listed));
    }
    if snapshot.schema != SCHEMA {
        found.push(inconsistency("schema", SCHEMA, snapshot.schema));
    }
    if snapshot.header.edition == Edition::Public {
        if snapshot.header.full_report_id.is_none() {
            found.push(inconsistency("header.full_report_id", "the full version", "none"));
        }
        for row in &snapshot.lists.escalations {
            found.push(inconsistency("lists.escalations", "none in this edition", row.escalation_id));
        }
        for row in &snapshot.lists.responsibilities {
            if row.principal.is_some() || row.responsible_person.is_some() {
                found.push(inconsistency("lists.responsibilities", "no names", row.rectification_id));
            }
        }
        for row in &snapshot.lists.leader_offices {
            if row.person_name.is_some() || row.place.is_some() || row.note.is_some() {
                found.push(inconsistency(
                    "lists.leader_offices",
                    "no names and no rooms",
                    row.leader_office_id,
                ));
            }
        }
    }
    Ok(found)
}

/// Records that stand twice, and references to what is not there.
fn references(snapshot: &Snapshot) -> Vec<Inconsistency> {
    let lists = &snapshot.lists;
    let mut found = Vec::new();
    let units = unique("lists.units", lists.units.iter().map(|row| row.unit_id), &mut found);
    let checked = unique("lists.self_checks", lists.self_checks.iter().map(|row| row.unit_id), &mut found);
    let problems = unique("lists.problems", lists.problems.iter().map(|row| row.finding_id), &mut found);
    let offices = lists.leader_offices.iter();
    unique("lists.leader_offices", offices.clone().map(|row| row.leader_office_id), &mut found);
    let officed = offices.map(|row| row.unit_id).collect();
    let orders = lists.rectifications.iter();
    // A problem has one order in force at most.
    let ordered = unique("lists.rectifications", orders.clone().map(|row| row.finding_id), &mut found);
    let orders = unique("lists.rectifications", orders.map(|row| row.rectification_id), &mut found);
    let measures = lists.rectifications.iter().flat_map(|row| &row.measures).map(|row| row.id);
    unique("lists.rectifications.measures", measures, &mut found);
    let answered = lists.responsibilities.iter().map(|row| row.rectification_id);
    let answered = unique("lists.responsibilities", answered, &mut found);
    unique("lists.escalations", lists.escalations.iter().map(|row| row.escalation_id), &mut found);
    let cases = unique("texts.typical_cases", snapshot.texts.typical_cases.iter().copied(), &mut found);

    let named = lists.problems.iter().map(|row| row.unit_id).collect();
    known("lists.self_checks", &checked, &units, &mut found);
    known("lists.problems", &named, &units, &mut found);
    known("lists.leader_offices", &officed, &units, &mut found);
    let escalated = lists.escalations.iter().map(|row| row.unit_id).collect();
    known("lists.escalations", &escalated, &units, &mut found);
    known("lists.rectifications", &ordered, &problems, &mut found);
    known("lists.responsibilities", &answered, &orders, &mut found);
    known("lists.rectifications", &orders, &answered, &mut found);
    known("texts.typical_cases", &cases, &problems, &mut found);
    found
}

/// The ids of a list, each of which may stand there once.
fn unique(place: &str, ids: impl Iterator<Item = Id>, found: &mut Vec<Inconsistency>) -> BTreeSet<Id> {
    let mut seen = BTreeSet::new();
    for id in ids {
        if !seen.insert(id) {
            found.push(inconsistency(place, "each record once", id));
        }
    }
    seen
}

fn known(place: &str, ids: &BTreeSet<Id>, records: &BTreeSet<Id>, found: &mut Vec<Inconsistency>) {
    for id in ids.difference(records) {
        found.push(inconsistency(place, "a record of this snapshot", id));
    }
}

fn inconsistency(place: &str, expected: impl ToString, stands: impl ToString) -> Inconsistency {
    Inconsistency { place: place.to_owned(), expected: expected.to_string(), found: stands.to_string() }
}
