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

/// Has the report compiled, and saves its files as `<data>/reports/<number>.<format>`.
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
    let requested = office.post("/v1/reports", &json!({"campaign_id": world.campaign_id()})).await?;
    let path = format!("/v1/reports/{}", requested.id());
    for _ in 0..ASKED_AT_MOST {
        let report = office.get(&path).await?;
        match report.text("status") {
            "ready" => {
                let number = report.text("number").to_owned();
                let folder = world.data().join("reports");
                fs::create_dir_all(&folder)?;
                for file in report.body["files"].as_array().into_iter().flatten() {
                    let format = file["format"].as_str().unwrap_or_default();
                    let bytes = office.bytes(&format!("{path}/files/{format}")).await?;
                    fs::write(folder.join(format!("{number}.{format}")), bytes)?;
                }
                let document = serde_json::from_slice(&fs::read(folder.join(format!("{number}.json")))?)?;
                return Ok(Saved { html: folder.join(format!("{number}.html")), number, document });
            }
            "failed" | "cancelled" => {
                return Err(format!("the report was not compiled: {}", report.body).into());
            }
            _ => sleep(ASK_EVERY).await,
        }
    }
    Err(format!("the report is not ready: {}", office.get(&path).await?.body).into())
}
