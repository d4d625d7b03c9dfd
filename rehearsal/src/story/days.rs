//! The story's calendar.

use chrono::{Datelike, NaiveDate};
use reqwest::Method;
use serde_json::{Value, json};

use super::figures::count_notices;
use super::orders::{self, Orders};
use super::records::{self, Records};
use super::visits::{self, Visits};
use super::world::World;
use super::{escalations, leaders, reports, self_checks};
use crate::Outcome;

/// The first day without a worker, a Monday, and the Monday on which the workers are back.
const DEAD_FROM: (u32, u32) = (9, 4);
const ALIVE_AGAIN: (u32, u32) = (9, 11);

/// What the scan tells on the morning after the dead week, one mail to each recipient:
/// the self-check that never came, to its unit, the unit's leader and two coordinators; the order that is overdue
/// since August to the same; the order that became overdue in the dead week to its unit and the unit's leader.
const AFTER_THE_DEAD_WEEK: [(&str, usize); 2] = [("rectification_overdue", 6), ("self_check_overdue", 4)];

/// Lives through all of it.
pub async fn live(world: &mut World) -> Outcome {
    let day = |month, day| NaiveDate::from_ymd_opt(2023, month, day).ok_or("no such day");
    let last = day(9, 22)?;
    let (mut orders, mut visits, mut records) = (Orders::default(), Visits::default(), Records::default());
    for today in day(7, 31)?.iter_days().take_while(|today| *today <= last) {
        let date = (today.month(), today.day());
        if date == DEAD_FROM {
            world.stop_workers().await?;
        }
        world.wake_on(today)?;
        if date == ALIVE_AGAIN {
            come_back(world).await?;
        }
        world.scanned().await?;
        match date {
            (7, 31) => open(world).await?,
            (8, 10) => extend(world).await?,
            (8, 18) => drop(reports::compile(world).await?),
            _ => {}
        }
        self_checks::live(world, date).await?;
        visits::live(world, &mut visits, date).await?;
        leaders::live(world, &visits, date).await?;
        records::live(world, &visits, &mut records, date).await?;
        visits::complete(world, &visits, date).await?;
        orders::live(world, &mut orders, date).await?;
        escalations::live(world, date).await?;
        world.settled().await?;
    }
    Ok(())
}

/// The coordinator gives the islands three days more, and opens the campaign.
async fn open(world: &mut World) -> Outcome {
    let office = world.person("coordinator-1").await?;
    let mut scope = Vec::new();
    for unit in &world.plan().units {
        let mut entry = json!({"unit_id": world.unit(&unit.key)?});
        if unit.key == self_checks::ISLANDS {
            entry["self_check_due_on"] = "2023-08-09".into();
        }
        scope.push(entry);
    }
    office.put(&world.campaign(), "units", &json!({"units": scope})).await?;
    office.act(&world.campaign(), "open", &Value::Null).await?;
    println!("7月31日 campaign opened in {} units", scope.len());
    Ok(())
}

/// The on-site phase gets four days more by a recorded decision.
async fn extend(world: &mut World) -> Outcome {
    let office = world.person("coordinator-1").await?;
    let campaign = world.campaign();
    let change = json!({
        "starts_on": "2023-08-07", "ends_on": "2023-08-15",
        "reason": "受强降雨影响，海岛片区实地巡检顺延，实地巡检阶段延长至8月15日。",
    });
    office.write(Method::PATCH, &campaign, &format!("{campaign}/phases/on_site"), &change).await?;
    println!("8月10日 the on-site phase is extended to 15 August");
    Ok(())
}

/// The workers start after a week without one: what was missed is told once.
async fn come_back(world: &mut World) -> Outcome {
    let before = count_notices(world).await?;
    world.start_workers()?;
    world.scanned().await?;
    let after = count_notices(world).await?;
    let told: Vec<(&str, usize)> = after
        .iter()
        .map(|(kind, count)| (kind.as_str(), count - before.get(kind).copied().unwrap_or_default()))
        .filter(|(_, count)| *count > 0)
        .collect();
    if told != AFTER_THE_DEAD_WEEK {
        return Err(format!(
            "After the dead week {AFTER_THE_DEAD_WEEK:?} were to be told, and were {told:?}."
        )
        .into());
    }
    println!("9月11日 the workers are back after a dead week: one mail to each recipient and of each kind");
    Ok(())
}
