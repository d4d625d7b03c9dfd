//! Inspection records (Annex 2): filled in on the spot, signed by both sides, sealed. One unit refuses to sign, one
//! record is made without network, one is void and replaced, one unit objects afterwards.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use uuid::Uuid;

use super::self_checks::PHOTO;
use super::visits::Visits;
use super::world::World;
use crate::Outcome;
use crate::client::Session;

/// What the team found: unit, focus item, what is wrong, how it is handled.
const FOUND: [(&str, &str, &str, &str); 7] = [
    ("lianyun", "leasing", "租用权属已抵押房产作综合执法用房，自查时未报告。", "解除租赁关系，限期搬出。"),
    ("health", "technical_rooms", "实验用房三间擅自改作办公室。", "立即恢复实验用房用途。"),
    ("resort", "look_back", "培训中心整改后仍对外营业，整改不彻底。", "停止对外营业，完成移交。"),
    ("gaogongdao", "leader_offices", "街道主任办公室使用面积超出标准。", "调整办公室。"),
    ("culture", "leader_offices", "一名退休干部未腾退原办公室。", "限期腾退。"),
    ("media-center", "other", "门厅违规设置单位领导专用电梯标识。", "立即拆除。"),
    ("archives", "ownership", "老馆库房权属资料缺失，未登记至主管单位。", "补充资料，办理权属登记。"),
];

const ITEMS: [&str; 7] =
    ["look_back", "ownership", "technical_rooms", "leasing", "occupancy", "leader_offices", "other"];

/// Does not sign what the team wrote.
const REFUSES: &str = "resort";

/// Lies behind the mountain, where there is no network.
const OFFLINE: &str = "gaogongdao";

/// Its record has the wrong address.
const REPLACED: &str = "health";

/// Signs, and objects the day after.
const OBJECTS: &str = "culture";

/// The records made so far: their paths, by the unit's key.
#[derive(Default)]
pub struct Records(BTreeMap<String, String>);

impl Records {
    fn path(&self, unit: &str) -> Outcome<&str> {
        Ok(self.0.get(unit).ok_or_else(|| format!("no record of {unit}"))?)
    }
}

/// What happens on a day.
pub async fn live(world: &mut World, visits: &Visits, records: &mut Records, date: (u32, u32)) -> Outcome {
    for unit in visits.on(date) {
        let path = if unit == OFFLINE {
            offline(world, visits, &unit, date).await?
        } else {
            on_the_spot(world, visits, &unit, date, None).await?
        };
        find(world, &unit, &path).await?;
        records.0.insert(unit, path);
    }
    match date {
        (8, 8) => replace(world, visits, records).await?,
        (8, 10) => object(world, records.path(OBJECTS)?).await?,
        _ => {}
    }
    Ok(())
}

/// The record of a visit, as the form asks for it.
fn form(world: &World, visits: &Visits, unit: &str, date: (u32, u32)) -> Outcome<Value> {
    let about = world.plan().units.iter().find(|entry| entry.key == unit).ok_or("no such unit")?;
    let items: Vec<Value> = ITEMS
        .iter()
        .map(|item| {
            let mut entry = json!({"id": Uuid::now_v7().to_string(), "focus_item": item, "result": "none", "content": "查阅台账并现场核查。"});
            for (_, _, problem, opinion) in FOUND.iter().filter(|found| found.0 == unit && found.1 == *item) {
                entry["result"] = "found".into();
                entry["problem"] = (*problem).into();
                entry["handling_opinion"] = (*opinion).into();
            }
            entry
        })
        .collect();
    Ok(json!({
        "id": Uuid::now_v7().to_string(), "visit_id": visits.id(unit)?, "inspected_on": format!("2023-{:02}-{:02}", date.0, date.1),
        "methods": ["hear_report", "on_site_check", "interview", "review_ledgers", "measure"],
        "principal": about.principal, "address": about.address,
        "contact": {"name": about.contact, "phone": about.phone}, "items": items,
    }))
}

/// Filled in, signed by both sides (or refused) and sealed while the team is there.
async fn on_the_spot(
    world: &mut World,
    visits: &Visits,
    unit: &str,
    date: (u32, u32),
    replaces: Option<&str>,
) -> Outcome<String> {
    let inspector = world.inspector(unit).await?;
    let mut record = form(world, visits, unit, date)?;
    if let Some(replaced) = replaces {
        record["replaces"] = replaced.into();
    }
    let path = format!("/v1/inspections/{}", inspector.post("/v1/inspections", &record).await?.id());
    inspector.act(&path, "request-signatures", &Value::Null).await?;
    let name = world.inspector_name(unit)?;
    inspector.act(&path, "sign", &signed("inspector", &name, "专项巡检小组")).await?;
    if unit == REFUSES {
        let reason =
            json!({"reason": "对培训中心仍对外营业的认定有异议。", "name": record["contact"]["name"]});
        inspector.act(&path, "refuse-to-sign", &reason).await?;
    } else {
        let contact = record["contact"]["name"].as_str().unwrap_or_default().to_owned();
        world.liaison(unit).await?.act(&path, "sign", &signed("unit", &contact, "联络员")).await?;
    }
    seal(&inspector, &path, &Value::Null).await?;
    Ok(path)
}

/// Made without network: one call brings it all, with the pictures of both signatures.
async fn offline(world: &mut World, visits: &Visits, unit: &str, date: (u32, u32)) -> Outcome<String> {
    let inspector = world.inspector(unit).await?;
    let mut record = form(world, visits, unit, date)?;
    let name = world.inspector_name(unit)?;
    let contact = record["contact"]["name"].clone();
    let (own, theirs) = (picture(&inspector).await?, picture(&inspector).await?);
    record["signatures"] = json!([
        {"side": "inspector", "name": name, "post": "专项巡检小组", "medium": "image", "attachment_id": own,
         "signed_at": "2023-08-09T08:20:00+08:00"},
        {"side": "unit", "name": contact, "post": "联络员", "medium": "image", "attachment_id": theirs,
         "signed_at": "2023-08-09T08:25:00+08:00"},
    ]);
    let path = format!("/v1/inspections/{}", inspector.post("/v1/inspections", &record).await?.id());
    seal(&inspector, &path, &Value::Null).await?;
    println!("8月9日 a record made without network came in, in one call");
    Ok(path)
}

async fn picture(session: &Session) -> Outcome<String> {
    Ok(session.upload("signature.png", PHOTO).await?.id())
}

pub(super) fn signed(side: &str, name: &str, post: &str) -> Value {
    json!({"side": side, "name": name, "post": post, "medium": "account"})
}

/// Seals a form, under a stamp where it asks for one, and holds it against what was sealed.
pub(super) async fn seal(inspector: &Session, path: &str, stamp: &Value) -> Outcome {
    inspector.act(path, "seal", stamp).await?;
    let verification = inspector.get(&format!("{path}/verification")).await?.body;
    if verification["valid"] == true {
        return Ok(());
    }
    Err(format!("A sealed form does not verify: {verification}").into())
}

/// The inspector enters what stands on the record as findings, and confirms them.
async fn find(world: &mut World, unit: &str, path: &str) -> Outcome {
    let inspector = world.inspector(unit).await?;
    let record = inspector.get(path).await?;
    for (_, item, problem, opinion) in FOUND.iter().filter(|found| found.0 == unit) {
        let items = record.body["items"].as_array().into_iter().flatten();
        let id = items.filter(|entry| entry["focus_item"] == *item).map(|entry| entry["id"].clone()).next();
        let severity = if ["lianyun", "resort"].contains(&unit) { "serious" } else { "general" };
        let mut content = json!({
            "campaign_id": world.campaign_id(), "unit_id": world.unit(unit)?, "focus_item": item, "source": "inspection",
            "severity": severity, "description": problem, "handling_opinion": opinion,
            "inspection_id": record.id(), "inspection_item_id": id,
        });
        if *item == "leader_offices" {
            let query = format!(
                "/v1/leader-offices?campaign_id={}&unit_id={}",
                world.campaign_id(),
                world.unit(unit)?
            );
            content["leader_office_id"] = inspector.list(&query).await?[0]["id"].clone();
        }
        let made = inspector.post("/v1/findings", &content).await?;
        inspector.act(&format!("/v1/findings/{}", made.id()), "confirm", &Value::Null).await?;
    }
    Ok(())
}

/// The office makes a sealed record void, and the team fills in another in its place.
async fn replace(world: &mut World, visits: &Visits, records: &mut Records) -> Outcome {
    let old = records.path(REPLACED)?.to_owned();
    let office = world.office(REPLACED).await?;
    office.act(&old, "void", &json!({"reason": "巡检记录中检查地点填写有误，重新填写。"})).await?;
    let replaced = old.rsplit('/').next().unwrap_or_default().to_owned();
    let path = on_the_spot(world, visits, REPLACED, (8, 7), Some(&replaced)).await?;
    records.0.insert(REPLACED.to_owned(), path);
    println!("8月8日 a sealed record is void, and another stands in its place");
    Ok(())
}

/// The unit objects to what it signed.
async fn object(world: &mut World, path: &str) -> Outcome {
    let liaison = world.liaison(OBJECTS).await?;
    let text = json!({"kind": "objection", "text": "该同志退休手续于八月初办结，腾退尚在一个月期限内。"});
    let filed = liaison.post(&format!("{path}/supplements"), &text).await?;
    let number = filed.body["number"].as_i64().ok_or("a supplement without a number")?;
    let contact = signed("unit", "章泊舟", "联络员");
    liaison
        .write(reqwest::Method::POST, path, &format!("{path}/supplements/{number}/sign"), &contact)
        .await?;
    println!("8月10日 a unit objects to its record");
    Ok(())
}
