//! Visits: planned before the on-site phase, one put off by the weather, one called off.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::world::World;
use crate::Outcome;

/// Who is visited in the morning of which day.
const PLANNED: [(&str, (u32, u32)); 6] = [
    ("xugou", (8, 7)),
    ("lianyun", (8, 8)),
    ("health", (8, 9)),
    ("sucheng", (8, 10)),
    (PUT_OFF, (8, 11)),
    (CALLED_OFF, (8, 11)),
];

/// Is visited on 15 August instead, since the way there is under water.
const PUT_OFF: &str = "resort";

/// Is not visited after all.
const CALLED_OFF: &str = "banqiao";

/// Where a record is filled in, signed by both sides and sealed.
const RECORDED: &str = "xugou";

/// The visits planned so far: their paths, by the unit's key.
#[derive(Default)]
pub struct Visits(BTreeMap<&'static str, String>);

impl Visits {
    fn path(&self, unit: &str) -> Outcome<&str> {
        Ok(self.0.get(unit).ok_or_else(|| format!("no visit to {unit}"))?)
    }
}

/// What happens on a day.
pub async fn live(world: &mut World, visits: &mut Visits, date: (u32, u32)) -> Outcome {
    match date {
        (8, 4) => plan(world, visits).await?,
        (8, 10) => {
            let office = world.office(PUT_OFF).await?;
            let change = json!({"planned_at": morning_of((8, 15))});
            office.patch(visits.path(PUT_OFF)?, &change).await?;
            let office = world.office(CALLED_OFF).await?;
            let reason = json!({"reason": "该街道正在防汛，本次不再实地巡检。"});
            office.act(visits.path(CALLED_OFF)?, "cancel", &reason).await?;
        }
        (8, 15) => complete(world, visits, PUT_OFF).await?,
        _ => {}
    }
    for (unit, day) in PLANNED {
        if day == date && ![PUT_OFF, CALLED_OFF].contains(&unit) {
            complete(world, visits, unit).await?;
        }
        if day == date && unit == RECORDED {
            record(world, visits, unit).await?;
        }
    }
    Ok(())
}

/// The inspector fills in a record on the spot and signs it, the unit's liaison signs it, and it is sealed.
async fn record(world: &mut World, visits: &Visits, unit: &str) -> Outcome {
    let inspector = world.person("inspector-1").await?;
    let visit = visits.path(unit)?.rsplit('/').next().unwrap_or_default();
    let record = json!({
        "visit_id": visit, "inspected_on": "2023-08-07", "methods": ["hear_report", "on_site_check", "review_ledgers"],
        "principal": "周云台", "address": "连云港市连云区墟沟街道",
        "contact": {"name": "郑望舒", "phone": "0518-00008101"},
        "items": [{
            "focus_item": "leasing", "result": "found", "content": "查阅租用合同及审批材料。",
            "problem": "租用沿街商业用房两间，未履行审批手续。", "handling_opinion": "限期补办审批手续或者腾退。",
        }],
        "signatures": [signature("inspector", "韩知远", "专项巡检小组")],
    });
    let path = format!("/v1/inspections/{}", inspector.post("/v1/inspections", &record).await?.id());
    let liaison = world.liaison(unit).await?;
    liaison.act(&path, "sign", &signature("unit", "郑望舒", "办公室主任")).await?;
    inspector.act(&path, "seal", &Value::Null).await?;
    let verification = liaison.get(&format!("{path}/verification")).await?;
    if verification.body["valid"] != true {
        return Err(format!("The sealed record of {unit} does not verify: {}", verification.body).into());
    }
    println!("8月7日 a record is signed by both sides and sealed");
    Ok(())
}

fn signature(side: &str, name: &str, post: &str) -> Value {
    json!({"side": side, "name": name, "post": post, "medium": "account"})
}

/// The office sends both inspectors to each of the units.
async fn plan(world: &mut World, visits: &mut Visits) -> Outcome {
    let mut inspectors = Vec::new();
    for username in ["inspector-1", "inspector-2"] {
        inspectors.push(world.person(username).await?.get("/v1/me").await?.id());
    }
    for (unit, day) in PLANNED {
        let office = world.office(unit).await?;
        let visit = json!({
            "campaign_id": world.campaign_id(), "unit_id": world.unit(unit)?, "planned_at": morning_of(day),
            "inspector_ids": inspectors, "team": "第一组",
        });
        let made = office.post("/v1/visits", &visit).await?;
        visits.0.insert(unit, format!("/v1/visits/{}", made.id()));
    }
    println!("8月4日 {} visits planned", PLANNED.len());
    Ok(())
}

async fn complete(world: &mut World, visits: &Visits, unit: &str) -> Outcome {
    let inspector = world.person("inspector-1").await?;
    inspector.act(visits.path(unit)?, "complete", &Value::Null).await?;
    Ok(())
}

/// 9:00 of a day in 2023.
fn morning_of((month, day): (u32, u32)) -> String {
    format!("2023-{month:02}-{day:02}T09:00:00+08:00")
}
