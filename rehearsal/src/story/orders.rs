//! Problems found, and what is ordered about them.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::self_checks::PHOTO;
use super::world::World;
use crate::Outcome;

/// A certificate, as evidence.
const CERTIFICATE: &[u8] = include_bytes!("../../plan/certificate.pdf");

/// Where the clue leads, which comes to nothing.
const CLUE: &str = "banqiao";

/// Where a leader's office is over its limit.
const MEASURED: &str = "gaogongdao";

/// The orders given so far: their paths, by the unit's key. No unit has two.
#[derive(Default)]
pub struct Orders(BTreeMap<String, String>);

/// What happens on a day.
pub async fn live(world: &mut World, orders: &mut Orders, date: (u32, u32)) -> Outcome {
    match date {
        // A clue that is not confirmed yet: it counts nowhere.
        (8, 7) => note_clue(world, CLUE, "门厅装修标准线索，待核实。").await?,
        (8, 9) => {
            order(world, orders, "lianyun", "immediate", "2023-08-18", "解除租赁关系，限期搬出。").await?;
            order(world, orders, "health", "immediate", "2023-08-11", "立即恢复实验用房用途。").await?;
        }
        (8, 10) => {
            merge(world, MEASURED).await?;
            order(world, orders, "sucheng", "planned", "2023-09-08", "办理权属变更登记。").await?;
            order(world, orders, "xugou", "planned", "2023-08-31", "补充履行租用审批手续。").await?;
        }
        (8, 11) => {
            order(world, orders, "resort", "planned", "2023-09-01", "停止对外营业，完成移交。").await?;
            close_at_once(world, "media-center", "当场拆除，现场核实，无需下达整改通知。").await?;
        }
        (8, 14) => {
            order(world, orders, "education", "immediate", "2023-08-18", "腾退被占用的办公用房。").await?;
            order(world, orders, "agriculture", "immediate", "2023-08-18", "核实腾退情况，报送佐证材料。")
                .await?;
            let measures = [("收集权属资料", "2023-08-20"), ("测绘", "2023-08-27"), ("公证", "2023-08-27")];
            plan(world, orders, "sucheng", "权属登记至区机关事务管理中心", &measures).await?;
            order(world, orders, MEASURED, "planned", "2023-09-08", "调整办公室，使用面积符合标准。").await?;
            order(world, orders, "culture", "immediate", "2023-08-25", "腾退退休干部办公室。").await?;
        }
        (8, 15) => {
            submit(world, orders, "agriculture", "协会已搬出，房间已收回统一调配。").await?;
            plan(world, orders, "resort", "停止营业并移交", &[("签订移交协议", "2023-08-31")]).await?;
        }
        (8, 16) => {
            let reason = json!({"reason": "经核实，装修未超标准，线索不实。"});
            let clue = of(world, CLUE, "draft").await?;
            world.office(CLUE).await?.act(&clue, "void", &reason).await?;
            order(world, orders, "archives", "planned", "2023-09-29", "补充权属资料，登记至主管单位。")
                .await?;
            submit(world, orders, "lianyun", "租赁合同已解除，人员已迁回本部。").await?;
            close(world, orders, "agriculture").await?;
        }
        (8, 17) => {
            close(world, orders, "lianyun").await?;
            let correction =
                json!({"due_on": "2023-08-25", "reason": "开学前搬迁力量不足，经研究同意延长至8月25日。"});
            by_office(world, orders, "education", "correct", &correction).await?;
        }
        (8, 21) => {
            let reason = json!({"reason": "经核查，该处用房审批手续齐全，原整改通知撤回。"});
            by_office(world, orders, "xugou", "withdraw", &reason).await?;
            progress(world, orders, "sucheng", "权属资料已收集齐全。", &[(0, "done")]).await?;
            plan(world, orders, MEASURED, "办公室面积符合标准", &[("隔断改造", "2023-09-05")]).await?;
        }
        (8, 22) => {
            let decision = json!({
                "reason": "原始档案散失，需经法定程序补办，短期内无法完成。",
                "approval": "领导小组2023年8月22日专题会议纪要，同意暂缓整改。", "review_on": "2023-12-29",
            });
            world.person("leader-1").await?.act(&path_of(orders, "archives")?, "defer", &decision).await?;
        }
        (8, 23) => {
            let handed_in = json!({"statement": "退休干部办公室已腾退交回。", "vacated_on": "2023-08-22"});
            world.liaison("culture").await?.act(&path_of(orders, "culture")?, "submit", &handed_in).await?;
        }
        (8, 24) => {
            submit(world, orders, "education", "三间办公用房已全部腾退。").await?;
            close(world, orders, "culture").await?;
        }
        (8, 25) => close(world, orders, "education").await?,
        (8, 28) => {
            progress(world, orders, "sucheng", "登记部门确认无需公证。", &[(2, "dropped")]).await?;
            let request = json!({"due_on": "2023-09-15", "reason": "隔断改造施工延误，申请延期一周。"});
            world
                .liaison(MEASURED)
                .await?
                .act(&path_of(orders, MEASURED)?, "request-extension", &request)
                .await?;
        }
        (8, 29) => {
            let decision = json!({"approve": true, "reason": "情况属实，同意延期。"});
            by_office(world, orders, MEASURED, "decide-extension", &decision).await?;
        }
        (8, 30) => submit(world, orders, "sucheng", "权属变更登记申请已受理。").await?,
        (8, 31) => {
            let reason = json!({"reason": "尚未取得不动产权证书，不予销号。", "due_on": "2023-09-20"});
            by_office(world, orders, "sucheng", "return", &reason).await?;
        }
        // In the dead week people work on; what they do is told when the workers are back.
        (9, 6) => {
            progress(world, orders, "resort", "移交协议已签订。", &[(0, "done")]).await?;
            order(world, orders, "new-town", "planned", "2023-09-28", "恢复档案库房用途。").await?;
        }
        (9, 12) => {
            let measures = [("落实周转用房", "2023-09-20"), ("搬迁并恢复库房", "2023-09-27")];
            plan(world, orders, "new-town", "恢复两间档案库房", &measures).await?;
        }
        (9, 13) => {
            progress(world, orders, "sucheng", "测绘已完成。", &[(1, "done")]).await?;
            progress(world, orders, MEASURED, "隔断改造已完成。", &[(0, "done")]).await?;
            let reason = json!({"reason": "“回头看”发现综合执法用房又迁回原处。", "due_on": "2023-09-28"});
            by_office(world, orders, "lianyun", "reopen", &reason).await?;
        }
        (9, 14) => {
            let room = json!({"kind": "office", "room_number": "301", "area": 17.6});
            let handed_in = json!({"statement": "改造后重新测量为17.60平方米。", "measured_rooms": [room]});
            world.liaison(MEASURED).await?.act(&path_of(orders, MEASURED)?, "submit", &handed_in).await?;
        }
        (9, 15) => {
            submit(world, orders, "sucheng", "已取得不动产权证书。").await?;
            close(world, orders, MEASURED).await?;
        }
        (9, 18) => close(world, orders, "sucheng").await?,
        (9, 20) => submit(world, orders, "resort", "已停止对外营业并完成移交。").await?,
        (9, 21) => close(world, orders, "resort").await?,
        _ => {}
    }
    Ok(())
}

/// The office notes a clue, which is no problem before somebody confirms it.
async fn note_clue(world: &mut World, unit: &str, description: &str) -> Outcome {
    let office = world.office(unit).await?;
    let content = json!({
        "campaign_id": world.campaign_id(), "unit_id": world.unit(unit)?, "focus_item": "other", "source": "other",
        "severity": "minor", "description": description,
    });
    office.post("/v1/findings", &content).await?;
    Ok(())
}

/// The path of the one finding of a unit that is in a state.
async fn of(world: &mut World, unit: &str, status: &str) -> Outcome<String> {
    let office = world.office(unit).await?;
    let campaign = world.campaign_id();
    let query = format!("/v1/findings?campaign_id={campaign}&unit_id={}&status={status}", world.unit(unit)?);
    let found = office.list(&query).await?;
    let [finding] = &found[..] else {
        return Err(format!("{unit} has {} findings that are {status}", found.len()).into());
    };
    Ok(format!("/v1/findings/{}", finding["id"].as_str().unwrap_or_default()))
}

/// What the unit reported itself and the team measured as well is one problem.
async fn merge(world: &mut World, unit: &str) -> Outcome {
    let office = world.office(unit).await?;
    let query = format!("/v1/findings?campaign_id={}&unit_id={}", world.campaign_id(), world.unit(unit)?);
    let found = office.list(&query).await?;
    let from = |source: &str| {
        let id =
            found.iter().find(|finding| finding["source"] == source).map(|finding| finding["id"].clone());
        id.ok_or_else(|| format!("{unit} has no finding from {source}"))
    };
    let (reported, measured) = (from("self_check")?, from("inspection")?);
    let path = format!("/v1/findings/{}", reported.as_str().unwrap_or_default());
    let body = json!({"into": measured, "reason": "自查问题与实地核查问题为同一事项，合并处理。"});
    office.act(&path, "merge", &body).await?;
    Ok(())
}

/// What was put right on the spot is closed without an order.
async fn close_at_once(world: &mut World, unit: &str, opinion: &str) -> Outcome {
    let finding = of(world, unit, "open").await?;
    let inspector = world.inspector(unit).await?;
    let photo = inspector.upload("photo.png", PHOTO).await?;
    inspector.act(&finding, "close", &json!({"opinion": opinion, "attachment_ids": [photo.id()]})).await?;
    Ok(())
}

/// The office orders a unit to put its open problem right.
async fn order(
    world: &mut World,
    orders: &mut Orders,
    unit: &str,
    mode: &str,
    due_on: &str,
    requirement: &str,
) -> Outcome {
    let finding = of(world, unit, "open").await?;
    let office = world.office(unit).await?;
    let principal = world.plan().units.iter().find(|entry| entry.key == unit).map(|entry| &entry.principal);
    let content = json!({
        "finding_id": finding.trim_start_matches("/v1/findings/"), "mode": mode, "requirement": requirement, "due_on": due_on,
        "responsible_person": principal,
    });
    let path = format!("/v1/rectifications/{}", office.post("/v1/rectifications", &content).await?.id());
    let ordered = office.act(&path, "order", &Value::Null).await?;
    println!("order {} to {unit}, due on {due_on}", ordered.text("number"));
    orders.0.insert(unit.to_owned(), path);
    Ok(())
}

fn path_of(orders: &Orders, unit: &str) -> Outcome<String> {
    Ok(orders.0.get(unit).ok_or_else(|| format!("no order to {unit}"))?.clone())
}

async fn by_office(world: &mut World, orders: &Orders, unit: &str, verb: &str, body: &Value) -> Outcome {
    let office = world.office(unit).await?;
    office.act(&path_of(orders, unit)?, verb, body).await?;
    Ok(())
}

async fn close(world: &mut World, orders: &Orders, unit: &str) -> Outcome {
    by_office(world, orders, unit, "close", &json!({"opinion": "经现场核查，整改到位，同意销号。"})).await
}

async fn plan(
    world: &mut World,
    orders: &Orders,
    unit: &str,
    goal: &str,
    measures: &[(&str, &str)],
) -> Outcome {
    let liaison = world.liaison(unit).await?;
    let measures: Vec<Value> =
        measures.iter().map(|(text, due_on)| json!({"text": text, "due_on": due_on})).collect();
    liaison.act(&path_of(orders, unit)?, "plan", &json!({"goal": goal, "measures": measures})).await?;
    Ok(())
}

/// The unit reports how measures of its plan ended, by their places in the plan.
async fn progress(
    world: &mut World,
    orders: &Orders,
    unit: &str,
    text: &str,
    ended: &[(usize, &str)],
) -> Outcome {
    let liaison = world.liaison(unit).await?;
    let path = path_of(orders, unit)?;
    let order = liaison.get(&path).await?.body;
    let mut measures = serde_json::Map::new();
    for (place, status) in ended {
        let id = order["measures"][place]["id"]
            .as_str()
            .ok_or_else(|| format!("no measure {place} in {order}"))?;
        measures.insert(id.to_owned(), json!({"status": status}));
    }
    liaison.act(&path, "progress", &json!({"text": text, "measures": measures})).await?;
    Ok(())
}

/// The unit hands in, with evidence: a picture where something was cleared, else a paper.
async fn submit(world: &mut World, orders: &Orders, unit: &str, statement: &str) -> Outcome {
    let liaison = world.liaison(unit).await?;
    let evidence = if unit == "sucheng" {
        liaison.upload("certificate.pdf", CERTIFICATE).await?
    } else {
        liaison.upload("photo.png", PHOTO).await?
    };
    let handed_in = json!({"statement": statement, "attachment_ids": [evidence.id()]});
    liaison.act(&path_of(orders, unit)?, "submit", &handed_in).await?;
    Ok(())
}
