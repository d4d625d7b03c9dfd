//! What is handed on: a unit that hid a problem to the local Party committee and government, one that does not put right
//! what was ordered to the discipline commission. The service shows the facts; people propose and decide.

use serde_json::{Value, json};

use super::world::World;
use crate::Outcome;

/// Said that it rents nothing.
const HID: &str = "lianyun";

/// Has not put right what was ordered.
const IDLE: &str = "health";

/// Goes into another unit while an order is open, and into which.
const MERGED: (&str, &str) = ("new-town", "dev-zone");

/// What happens on a day.
pub async fn live(world: &mut World, date: (u32, u32)) -> Outcome {
    match date {
        (8, 8) => classify(world).await?,
        (8, 17) => {
            let facts = "自查时填报无租用情况，实地巡检发现租用权属已抵押房产，属隐瞒不报。";
            propose(world, HID, "government", facts).await?;
        }
        (8, 18) => decide(world, HID, "领导小组2023年8月18日会议纪要").await?,
        (8, 21) => send(world, HID).await?,
        (9, 1) => {
            let answer = json!({"answer": "区委、区政府已责成该街道作出书面检查，并通报全区。"});
            world.office(HID).await?.act(&of(world, HID).await?, "conclude", &answer).await?;
        }
        (9, 12) => {
            let facts = "整改通知逾期一个月，经多次提醒仍未提交整改结果，责任不落实。";
            propose(world, IDLE, "discipline", facts).await?;
        }
        (9, 13) => decide(world, IDLE, "领导小组2023年9月13日会议纪要").await?,
        (9, 14) => send(world, IDLE).await?,
        (9, 19) => merge_units(world).await?,
        (9, 20) => conclude(world).await?,
        _ => {}
    }
    Ok(())
}

/// A person classifies what differs between self-check and visit.
async fn classify(world: &mut World) -> Outcome {
    let office = world.office(HID).await?;
    let differences = office.list_whole(&format!("{}/discrepancies", world.campaign())).await?;
    let hidden = differences.iter().find(|one| {
        one["kind"] == "answer"
            && one["unit_id"] == *world.unit(HID).unwrap_or_default()
            && one["answered"] == "none"
    });
    let record = hidden.ok_or("the difference between self-check and record is not shown")?;
    let query = format!(
        "/v1/findings?campaign_id={}&inspection_id={}",
        world.campaign_id(),
        record["inspection_id"].as_str().unwrap_or_default()
    );
    let finding = office.list(&query).await?.swap_remove(0);
    let change = json!({"misreporting": "concealment", "misreporting_serious": true});
    office.patch(&format!("/v1/findings/{}", finding["id"].as_str().unwrap_or_default()), &change).await?;
    println!("8月8日 a difference between self-check and visit is classified as concealment");
    Ok(())
}

async fn propose(world: &mut World, unit: &str, kind: &str, facts: &str) -> Outcome {
    let office = world.office(unit).await?;
    let candidates = office.list_whole(&format!("{}/escalation-candidates", world.campaign())).await?;
    let unit_id = world.unit(unit)?;
    let candidate =
        candidates.iter().find(|one| one["unit_id"] == unit_id).ok_or("the facts are not shown")?;
    let ids = |list: &str, id: &str| -> Vec<Value> {
        candidate[list].as_array().into_iter().flatten().map(|one| one[id].clone()).collect()
    };
    let content = json!({
        "campaign_id": world.campaign_id(), "unit_id": unit_id, "kind": kind, "facts": facts,
        "finding_ids": ids("misreported", "finding_id"), "rectification_ids": ids("orders", "rectification_id"),
    });
    office.post("/v1/escalations", &content).await?;
    Ok(())
}

/// The path of the escalation of a unit.
async fn of(world: &mut World, unit: &str) -> Outcome<String> {
    let office = world.office(unit).await?;
    let query = format!("/v1/escalations?campaign_id={}&unit_id={}", world.campaign_id(), world.unit(unit)?);
    let [one] = &office.list(&query).await?[..] else {
        return Err(format!("{unit} has not one escalation").into());
    };
    Ok(format!("/v1/escalations/{}", one["id"].as_str().unwrap_or_default()))
}

async fn decide(world: &mut World, unit: &str, approval: &str) -> Outcome {
    let path = of(world, unit).await?;
    let decision = json!({"reason": "事实清楚，同意上报。", "approval": approval});
    world.person("leader-1").await?.act(&path, "approve", &decision).await?;
    Ok(())
}

async fn send(world: &mut World, unit: &str) -> Outcome {
    let path = of(world, unit).await?;
    world.office(unit).await?.act(&path, "send", &Value::Null).await?;
    println!("an escalation about {unit} is sent");
    Ok(())
}

/// The discipline commission sees what was sent to it, with what it rests on, and answers.
async fn conclude(world: &mut World) -> Outcome {
    let discipline = world.person("discipline-1").await?;
    let seen = discipline.list("/v1/escalations").await?;
    let [one] = &seen[..] else {
        return Err(format!("the commission sees {} escalations", seen.len()).into());
    };
    let orders = discipline.list("/v1/rectifications").await?;
    if orders.len() != 1 || orders[0]["unit_id"] != one["unit_id"] {
        return Err(format!("the commission sees {} orders", orders.len()).into());
    }
    let path = format!("/v1/escalations/{}", one["id"].as_str().unwrap_or_default());
    let answer = json!({"answer": "已对该单位分管负责人进行提醒谈话，责令限期整改。"});
    discipline.act(&path, "conclude", &answer).await?;
    println!("9月20日 the discipline commission has answered");
    Ok(())
}

/// A reform ends a unit: what is open there passes to its successor.
async fn merge_units(world: &mut World) -> Outcome {
    let (unit, successor) = MERGED;
    let office = world.office(unit).await?;
    let path = format!("/v1/units/{}", world.unit(unit)?);
    let body = json!({
        "successor_id": world.unit(successor)?, "on": "2023-09-19", "reason": "机构改革，职责划入连云经济开发区。",
    });
    office.act(&path, "merge", &body).await?;
    let passed =
        format!("/v1/rectifications?campaign_id={}&unit_id={}", world.campaign_id(), world.unit(successor)?);
    let liaison = world.liaison(successor).await?;
    if liaison.list(&passed).await?.len() != 1 {
        return Err(format!("the order to {unit} has not passed to {successor}").into());
    }
    println!("9月19日 {unit} goes into {successor}, with its open order");
    Ok(())
}
