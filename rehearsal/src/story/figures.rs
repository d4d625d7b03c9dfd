//! What came of the story, printed and held against what it should be.

use std::collections::BTreeMap;
use std::fs;

use serde_json::{Value, json};

use super::reports::Saved;
use super::world::World;
use crate::Outcome;

/// How many notices of each kind the story leads to.
const NOTICES: [(&str, usize); 13] = [
    // All 44 units.
    ("campaign_opened", 44),
    // On 7 August three units and their leaders; on the 8th the same with two coordinators; then one unit, its leader
    // and the coordinators on 15, 22 and 29 August, and on 11 (for the 5th), 12 and 19 September.
    ("self_check_overdue", 6 + 8 + 6 * 4),
    ("self_check_returned", 1),
    ("self_check_accepted", 42),
    // One decision, told to all but the excused unit.
    ("schedule_changed", 43),
    // Six visits, one change of time and one visit called off, each to the unit and two inspectors.
    ("visit_planned", 6 * 3),
    ("visit_changed", 3),
    ("visit_cancelled", 3),
    // Eight orders and one correction, each to the unit and its leader.
    ("rectification_ordered", 9 * 2),
    // One order through every stage: the unit on 14 August, its leader from the 16th, two coordinators from the 22nd,
    // then weekly on 29 August, on 11 (for the 5th), 12 and 19 September. Another, due on 1 September: the unit and its
    // leader on the 11th, the coordinators, who get both in one mail, from the 12th.
    ("rectification_overdue", 1 + 2 + 4 + 4 + 6 + 6 + 6),
    ("rectification_returned", 1),
    ("rectification_closed", 5),
    ("rectification_withdrawn", 1),
];

/// Notices to the islands' township, where nobody has an address: opened, accepted, schedule changed.
const UNDELIVERABLE: usize = 3;

/// The figures of the campaign on the story's last day.
fn expected_figures() -> Value {
    json!({
        "self_checks": {"due": 43, "submitted": 42, "late": 2, "missing": 1, "overdue": 1, "excused": 1},
        "visits": {"due": 43, "visited": 5},
        "problems": {"total": 9, "closed": 5, "in_progress": 4, "overdue": 1, "deferred": 0},
        "measures": {"total": 5, "done": 3},
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
    if expected != found {
        differences.push(format!("{what}: {expected} expected, {found} found"));
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
