//! Self-checks: on time, late, returned and handed in again, excused, and never.

use serde_json::{Value, json};

use super::world::World;
use crate::Outcome;
use crate::client::Session;

/// Has three days more than the others, since a boat has to bring the papers.
pub const ISLANDS: &str = "qiansandao";

/// Hand in after the phase's last day.
const LATE: [&str; 2] = ["haizhouwan", "culture"];

/// Never hands in.
const NEVER: &str = "logistics-park";

/// Is freed from it.
pub const EXCUSED: &str = "party-school";

/// Gets it back, and hands it in again in time.
const RETURNED: &str = "banqiao";

/// Takes it back to correct a figure, and hands it in again.
const WITHDRAWN: &str = "justice";

/// What units found out themselves: unit, item, what it is, what is done about it, whether that is done.
const FOUND: [(&str, &str, &str, &str, bool); 6] = [
    (
        "xugou",
        "leasing",
        "租用沿街商业用房两间作社区服务用房，未履行审批手续。",
        "补充履行报批手续，到期后不再续租。",
        false,
    ),
    (
        "sucheng",
        "ownership",
        "原乡政府办公楼权属仍登记在原乡政府名下，未登记至主管单位。",
        "会同不动产登记部门办理变更登记。",
        false,
    ),
    ("education", "occupancy", "下属事业单位占用机关办公用房三间。", "限期搬出，恢复机关办公用途。", false),
    ("new-town", "technical_rooms", "档案库房两间擅自改作办公室。", "制定搬迁方案，恢复库房用途。", false),
    ("gaogongdao", "leader_offices", "班子成员一人办公室使用面积超出标准。", "调整办公室或分隔改造。", false),
    ("agriculture", "occupancy", "行业协会无偿使用机关办公用房一间。", "协会已搬出，房间已收回。", true),
];

/// A photograph, as evidence.
pub const PHOTO: &[u8] = include_bytes!("../../plan/photo.png");

/// The day on which a unit hands in.
fn hands_in_on(unit: &str, place: usize) -> Option<(u32, u32)> {
    match unit {
        NEVER | EXCUSED => None,
        ISLANDS => Some((8, 8)),
        RETURNED | WITHDRAWN => Some((8, 2)),
        _ if LATE.contains(&unit) => Some((8, 9)),
        _ => [(8, 1), (8, 2), (8, 3), (8, 4)].get(place % 4).copied(),
    }
}

/// What happens on a day.
pub async fn live(world: &mut World, date: (u32, u32)) -> Outcome {
    let units: Vec<String> = world.plan().units.iter().map(|unit| unit.key.clone()).collect();
    let mut handed_in = Vec::new();
    for (place, unit) in units.iter().enumerate() {
        if hands_in_on(unit, place) == Some(date) {
            fill_in(world, unit).await?;
            hand_in(world, unit).await?;
            handed_in.push(unit.as_str());
        }
    }
    match date {
        (8, 2) => {
            let reason = json!({"reason": "该单位办公用房由区委组织部统一管理，不单独填报。"});
            act(world, EXCUSED, true, "excuse", &reason).await?;
            act(world, WITHDRAWN, false, "withdraw", &Value::Null).await?;
            hand_in(world, WITHDRAWN).await?;
        }
        (8, 3) => {
            let reason = json!({"reason": "第三项租用情况未附合同，请补充后重新提交。"});
            act(world, RETURNED, true, "return", &reason).await?;
        }
        (8, 4) => {
            hand_in(world, RETURNED).await?;
            handed_in.push(RETURNED);
        }
        _ => {}
    }
    let accepted: Vec<&str> =
        handed_in.into_iter().filter(|unit| *unit != RETURNED || date == (8, 4)).collect();
    for unit in &accepted {
        act(world, unit, true, "accept", &Value::Null).await?;
    }
    if !accepted.is_empty() {
        println!("{}月{}日 {} self-checks accepted", date.0, date.1, accepted.len());
    }
    Ok(())
}

/// The path of a unit's self-check.
async fn path(world: &World, session: &Session, unit: &str) -> Outcome<String> {
    let query = format!("/v1/self-checks?campaign_id={}&unit_id={}", world.campaign_id(), world.unit(unit)?);
    let found = session.list(&query).await?;
    let id = found
        .first()
        .and_then(|check| check["id"].as_str())
        .ok_or_else(|| format!("no self-check of {unit}"))?;
    Ok(format!("/v1/self-checks/{id}"))
}

/// Does something with a unit's self-check: the office, or the unit's liaison.
async fn act(world: &mut World, unit: &str, by_office: bool, verb: &str, body: &Value) -> Outcome {
    let session = if by_office { world.office(unit).await? } else { world.liaison(unit).await? };
    let path = path(world, &session, unit).await?;
    session.act(&path, verb, body).await?;
    Ok(())
}

async fn hand_in(world: &mut World, unit: &str) -> Outcome {
    act(world, unit, false, "submit", &Value::Null).await
}

/// The unit answers item by item, and says which materials it has.
async fn fill_in(world: &mut World, unit: &str) -> Outcome {
    let liaison = world.liaison(unit).await?;
    let path = path(world, &liaison, unit).await?;
    let required = ["look_back", "ownership", "technical_rooms", "leasing", "occupancy", "leader_offices"];
    let mut answers = serde_json::Map::new();
    for item in required {
        answers.insert(item.to_owned(), json!({"result": "none"}));
    }
    for (_, item, description, measure, corrected) in FOUND.iter().filter(|found| found.0 == unit) {
        let mut answer = json!({
            "result": "found", "description": description, "corrective_measure": measure, "corrected": corrected,
        });
        if *corrected {
            answer["attachment_ids"] = json!([liaison.upload("photo.png", PHOTO).await?.id()]);
        }
        answers.insert((*item).to_owned(), answer);
    }
    let materials = json!({
        "title_deeds": {"state": "have"}, "floor_plans": {"state": "have"}, "lease_approvals": {"state": "not_applicable"},
    });
    liaison.patch(&path, &json!({"answers": answers, "materials": materials})).await?;
    Ok(())
}
