//! What came of the story, printed and held against what it should be.

use std::collections::BTreeMap;
use std::fs;

use serde_json::{Value, json};

use super::reports::Saved;
use super::world::World;
use crate::Outcome;

/// How many notices of each kind the story leads to.
const NOTICES: [(&str, usize); 19] = [
    // All 44 units.
    ("campaign_opened", 44),
    // On 7 August three units and their leaders; on the 8th the same with two coordinators; then one unit, its leader
    // and the coordinators on 15, 22 and 29 August, and on 11 (for the 5th), 12 and 19 September.
    ("self_check_overdue", 6 + 8 + 6 * 4),
    ("self_check_returned", 1),
    ("self_check_accepted", 42),
    // One decision, told to all but the excused unit.
    ("schedule_changed", 43),
    // Every unit that takes part, one of them twice by mistake, one at another time; each to the unit and two inspectors.
    ("visit_planned", 44 * 3),
    ("visit_changed", 3),
    ("visit_cancelled", 3),
    // Who signed it: an inspector and the unit's liaison.
    ("record_voided", 2),
    // Eleven orders and one correction, each to the unit and its leader.
    ("rectification_ordered", 12 * 2),
    // One order through every stage: the unit on 14 August, its leader from the 16th, two coordinators from the 22nd,
    // then weekly on 29 August, on 11 (for the 5th), 12 and 19 September. Another, due on 1 September: the unit and its
    // leader on the 11th, the coordinators, who get both in one mail, from the 12th.
    ("rectification_overdue", 1 + 2 + 4 + 4 + 6 + 6 + 6),
    ("rectification_returned", 1),
    ("rectification_closed", 7),
    ("rectification_withdrawn", 1),
    ("rectification_reopened", 1),
    ("extension_decided", 1),
    ("deferral_decided", 1),
    // Two, to the one leader with an account.
    ("escalation_proposed", 2),
    // One to the commission; of the other the two coordinators are told, who carry it to its addressee.
    ("escalation_sent", 1 + 2),
];

/// Notices to the islands' township, where nobody has an address: opened, accepted, schedule changed, visit planned and
/// put off.
const UNDELIVERABLE: usize = 5;

/// The figures of the campaign on the story's last day.
fn expected_figures() -> Value {
    json!({
        "self_checks": {"due": 43, "submitted": 42, "late": 2, "missing": 1, "overdue": 1, "excused": 1},
        "visits": {"due": 43, "visited": 43},
        "leaders": {"due": 6, "measured": 6, "over": 1, "not_configured": 1},
        "problems": {"total": 12, "closed": 7, "in_progress": 4, "overdue": 1, "deferred": 1},
        "measures": {"total": 6, "done": 4},
    })
}

/// Prints figures and mails, and returns what differs from the story, from the report or from one another.
///
/// # Errors
/// A call that was refused.
pub async fn check(world: &mut World, report: &Saved) -> Outcome<Vec<String>> {
    let mut differences = Vec::new();
    let office = world.person("coordinator-1").await?;
    let as_of = report.document["statistics"]["as_of"].as_str().unwrap_or_default();
    let statistics = office.get(&format!("{}/statistics?as_of={as_of}", world.campaign())).await?.body;
    compare(&mut differences, "the report's statistics", &statistics, &report.document["statistics"]);
    println!("\nFigures on {as_of}");
    for (subject, figures) in expected_figures().as_object().into_iter().flatten() {
        for (name, expected) in figures.as_object().into_iter().flatten() {
            let found = &statistics["total"][subject][name];
            println!("  {:<24} {found}", format!("{subject}.{name}"));
            compare(&mut differences, &format!("{subject}.{name}"), expected, found);
            let traced = &report.document["figures"][format!("{subject}.{name}")];
            compare(&mut differences, &format!("the rows of {subject}.{name}"), found, &traced["value"]);
        }
    }
    check_notices(world, &mut differences).await?;
    Ok(differences)
}

fn compare(differences: &mut Vec<String>, what: &str, expected: &Value, found: &Value) {
    if !same(expected, found) {
        differences.push(format!("{what}: {expected} expected, {found} found"));
    }
}

/// Whether two documents say the same: 100 in the report's canonical form is 100.0 elsewhere.
fn same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Number(one), Value::Number(other)) => one.as_f64() == other.as_f64(),
        (Value::Array(one), Value::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| same(one, other))
        }
        (Value::Object(one), Value::Object(other)) => {
            let held = |(name, field)| other.get(name).is_some_and(|other| same(field, other));
            one.len() == other.len() && one.iter().all(held)
        }
        _ => one == other,
    }
}

async fn check_notices(world: &mut World, differences: &mut Vec<String>) -> Outcome {
    let notices = notices(world).await?;
    let in_state = |states: &[&str]| {
        let status =
            |notice: &&Value| notice["status"].as_str().is_some_and(|status| states.contains(&status));
        by_kind(notices.iter().filter(status))
    };
    let (all, gone, unreached) =
        (by_kind(&notices), in_state(&["written", "sent"]), in_state(&["undeliverable"]));
    println!("\nNotices by kind, and mails");
    for (kind, expected) in NOTICES {
        let count = |counted: &BTreeMap<String, usize>| counted.get(kind).copied().unwrap_or_default();
        println!("  {kind:<24} {:>3} {:>3}", count(&all), count(&gone));
        compare(differences, kind, &expected.into(), &count(&all).into());
    }
    let sum = |counted: &BTreeMap<String, usize>| counted.values().sum::<usize>();
    let total: usize = NOTICES.iter().map(|(_, count)| count).sum();
    compare(differences, "all notices", &total.into(), &sum(&all).into());
    compare(differences, "mails", &(total - UNDELIVERABLE).into(), &sum(&gone).into());
    compare(differences, "undeliverable notices", &UNDELIVERABLE.into(), &sum(&unreached).into());
    compare(differences, "files of mails", &sum(&in_state(&["written"])).into(), &count_files(world)?.into());
    Ok(())
}

/// The notices of the campaign by kind.
pub async fn count_notices(world: &mut World) -> Outcome<BTreeMap<String, usize>> {
    Ok(by_kind(&notices(world).await?))
}

async fn notices(world: &mut World) -> Outcome<Vec<Value>> {
    let office = world.person("coordinator-1").await?;
    Ok(office.list(&format!("/v1/notices?campaign_id={}", world.campaign_id())).await?)
}

fn by_kind<'a>(notices: impl IntoIterator<Item = &'a Value>) -> BTreeMap<String, usize> {
    let mut counted = BTreeMap::new();
    for notice in notices {
        *counted.entry(notice["kind"].as_str().unwrap_or_default().to_owned()).or_default() += 1;
    }
    counted
}

fn count_files(world: &World) -> Outcome<usize> {
    let folder = world.data().join("mail");
    if !folder.exists() {
        return Ok(0);
    }
    let mut count = 0;
    for entry in fs::read_dir(folder)? {
        count += usize::from(entry?.path().extension().is_some_and(|extension| extension == "eml"));
    }
    Ok(count)
}
