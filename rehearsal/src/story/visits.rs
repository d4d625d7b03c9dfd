//! Visits: every unit is visited; one visit is put off by the weather, one that was planned twice is called off.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::self_checks::{EXCUSED, ISLANDS};
use super::world::World;
use crate::Outcome;

/// The days on which the teams are out.
const DAYS: [(u32, u32); 5] = [(8, 7), (8, 8), (8, 9), (8, 10), (8, 11)];

/// Who is visited on which of them; the others take turns.
const PINNED: [(&str, (u32, u32)); 8] = [
    ("lianyun", (8, 7)),
    ("health", (8, 7)),
    ("resort", (8, 7)),
    ("gov-office", (8, 8)),
    ("gaogongdao", (8, 9)),
    ("culture", (8, 9)),
    ("media-center", (8, 10)),
    ("archives", (8, 11)),
];

/// Gets there when the storm is over.
const PUT_OFF_TO: (u32, u32) = (8, 15);

/// Is planned for twice by mistake.
const TWICE: &str = "statistics";

/// The visits planned so far.
#[derive(Default)]
pub struct Visits {
    /// Day and path, by the unit's key.
    planned: BTreeMap<String, ((u32, u32), String)>,
    /// The path of the visit that was planned by mistake.
    twice: String,
}

impl Visits {
    /// The path of the visit to a unit.
    pub fn path(&self, unit: &str) -> Outcome<&str> {
        let (_, path) = self.planned.get(unit).ok_or_else(|| format!("no visit to {unit}"))?;
        Ok(path)
    }

    /// The id of the visit to a unit.
    pub fn id(&self, unit: &str) -> Outcome<&str> {
        Ok(self.path(unit)?.rsplit('/').next().unwrap_or_default())
    }

    /// Who is visited on a day.
    pub fn on(&self, date: (u32, u32)) -> Vec<String> {
        self.planned.iter().filter(|(_, (day, _))| *day == date).map(|(unit, _)| unit.clone()).collect()
    }
}

/// What is planned on a day.
pub async fn live(world: &mut World, visits: &mut Visits, date: (u32, u32)) -> Outcome {
    match date {
        (8, 4) => plan(world, visits).await?,
        (8, 6) => {
            let reason = json!({"reason": "重复安排，以另一次通知为准。"});
            world.office(TWICE).await?.act(&visits.twice, "cancel", &reason).await?;
        }
        (8, 9) => {
            let office = world.office(ISLANDS).await?;
            office.patch(visits.path(ISLANDS)?, &json!({"planned_at": morning_of(PUT_OFF_TO)})).await?;
            if let Some(entry) = visits.planned.get_mut(ISLANDS) {
                entry.0 = PUT_OFF_TO;
            }
            println!("8月9日 the visit to the islands is put off to 15 August");
        }
        _ => {}
    }
    Ok(())
}

/// The visits of a day are done.
pub async fn complete(world: &mut World, visits: &Visits, date: (u32, u32)) -> Outcome {
    let units = visits.on(date);
    for unit in &units {
        let inspector = world.inspector(unit).await?;
        inspector.act(visits.path(unit)?, "complete", &Value::Null).await?;
    }
    if !units.is_empty() {
        println!("{}月{}日 {} units visited", date.0, date.1, units.len());
    }
    Ok(())
}

/// The office sends the team to each unit that takes part, and to one of them twice.
async fn plan(world: &mut World, visits: &mut Visits) -> Outcome {
    let mut inspectors = Vec::new();
    for username in ["inspector-1", "inspector-2"] {
        inspectors.push(world.person(username).await?.get("/v1/me").await?.id());
    }
    let units: Vec<String> = world.plan().units.iter().map(|unit| unit.key.clone()).collect();
    for (place, unit) in units.into_iter().filter(|unit| unit != EXCUSED).enumerate() {
        let pinned = PINNED.iter().find(|(pinned, _)| *pinned == unit).map(|(_, day)| *day);
        let day = pinned.unwrap_or(DAYS[place % DAYS.len()]);
        let path = plan_one(world, &unit, day, &inspectors).await?;
        if unit == TWICE {
            visits.twice = plan_one(world, &unit, day, &inspectors).await?;
        }
        visits.planned.insert(unit, (day, path));
    }
    println!("8月4日 {} visits planned", visits.planned.len());
    Ok(())
}

async fn plan_one(world: &mut World, unit: &str, day: (u32, u32), inspectors: &[String]) -> Outcome<String> {
    let office = world.office(unit).await?;
    let visit = json!({
        "campaign_id": world.campaign_id(), "unit_id": world.unit(unit)?, "planned_at": morning_of(day),
        "inspector_ids": inspectors, "team": "专项巡检小组",
    });
    Ok(format!("/v1/visits/{}", office.post("/v1/visits", &visit).await?.id()))
}

/// 9:00 of a day in 2023.
fn morning_of((month, day): (u32, u32)) -> String {
    format!("2023-{month:02}-{day:02}T09:00:00+08:00")
}
