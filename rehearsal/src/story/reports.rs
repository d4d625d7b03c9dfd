//! The district report: its prose written, requested, waited for and saved.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::sleep;

use super::world::World;
use crate::Outcome;

/// How often a report is asked for, and how many times at most.
const ASK_EVERY: Duration = Duration::from_millis(200);
const ASKED_AT_MOST: u32 = 900;

/// A report that was saved.
pub struct Saved {
    pub number: String,
    pub html: PathBuf,
    pub document: Value,
}

/// Has the full report compiled, and saves its files as `<data>/reports/<number>.<format>`.
///
/// # Errors
/// It fails, or isn't ready after a long while.
pub async fn compile(world: &mut World) -> Outcome<Saved> {
    let office = world.person("coordinator-1").await?;
    let serious = format!("/v1/findings?campaign_id={}&severity=serious", world.campaign_id());
    let cases: Vec<Value> =
        office.list(&serious).await?.iter().map(|finding| finding["id"].clone()).collect();
    let texts = json!({
        "addressee": "区党政机关办公用房专项巡检工作领导小组",
        "signer": "区专项巡检小组",
        "sections": {
            "work": "领导小组办公室统筹协调，各乡街、各有关单位对照“1+5”重点开展自查，专项巡检小组对发现的问题现场核查。",
            "suggestions": "建议健全办公用房权属统一登记和调配使用机制，对逾期未整改单位跟踪督办。",
        },
        "typical_cases": cases,
    });
    office.patch(&format!("{}/report-texts", world.campaign()), &texts).await?;
    let (number, document) = save(world, "coordinator-1", "full").await?;
    let html = world.data().join("reports").join(format!("{number}.html"));
    Ok(Saved { html, number, document })
}

/// Has the other editions compiled: the inspectors' own, and a public one, which a leader endorses before units read it.
///
/// # Errors
/// As [`compile`]; or a unit reads the public edition too early, or not at all.
pub async fn publish(world: &mut World) -> Outcome {
    save(world, "inspector-1", "team").await?;
    save(world, "coordinator-1", "public").await?;
    let public = format!("/v1/reports?campaign_id={}&edition=public", world.campaign_id());
    let liaison = world.liaison("culture").await?;
    if !liaison.list(&public).await?.is_empty() {
        return Err("a unit reads a public edition that nobody endorsed".into());
    }
    let leader = world.person("leader-1").await?;
    let waiting = leader.list(&public).await?;
    let id = waiting.first().and_then(|report| report["id"].as_str()).unwrap_or_default();
    let opinion = json!({"opinion": "经领导小组会议审议通过，同意公开。"});
    leader.act(&format!("/v1/reports/{id}"), "endorse", &opinion).await?;
    if liaison.list(&public).await?.len() != 1 {
        return Err("a unit doesn't read the public edition that was endorsed".into());
    }
    Ok(())
}

/// Has an edition compiled and saves its files, which are named after its number, of a public edition after that of the
/// full version; the number, and what its JSON file says.
async fn save(world: &mut World, who: &str, edition: &str) -> Outcome<(String, Value)> {
    let person = world.person(who).await?;
    let wanted = json!({"campaign_id": world.campaign_id(), "edition": edition});
    let path = format!("/v1/reports/{}", person.post("/v1/reports", &wanted).await?.id());
    for _ in 0..ASKED_AT_MOST {
        let report = person.get(&path).await?;
        match report.text("status") {
            "ready" => {
                let number = match report.body["full_number"].as_str() {
                    Some(number) => format!("{number}-{edition}"),
                    None => report.text("number").to_owned(),
                };
                let folder = world.data().join("reports");
                fs::create_dir_all(&folder)?;
                for file in report.body["files"].as_array().into_iter().flatten() {
                    let format = file["format"].as_str().unwrap_or_default();
                    let bytes = person.bytes(&format!("{path}/files/{format}")).await?;
                    fs::write(folder.join(format!("{number}.{format}")), bytes)?;
                }
                let document = serde_json::from_slice(&fs::read(folder.join(format!("{number}.json")))?)?;
                return Ok((number, document));
            }
            "failed" | "cancelled" => {
                return Err(format!("the report was not compiled: {}", report.body).into());
            }
            _ => sleep(ASK_EVERY).await,
        }
    }
    Err(format!("the report is not ready: {}", person.get(&path).await?.body).into())
}
