//! Self-checks.

mod answers;
mod judgement;
mod machine;
mod supplement;
mod timing;

use serde_json::{Value, json};
use shared::domain::id::Id;

use crate::attachment;
use crate::campaign::{self, Campaign};
use crate::support::{Reply, Who, World};

/// The self-check of a unit, as the office sees it.
pub async fn of(world: &World, campaign: &Campaign<'_>, unit: Id) -> Reply {
    let list = format!("/v1/self-checks?campaign_id={}&unit_id={unit}", campaign.id);
    let listed = world.get(Who::Coordinator, &list).send().await.expect(200);
    let id = listed.body["items"][0]["id"].as_str().expect("a self-check").to_owned();
    world.get(Who::Coordinator, &format!("/v1/self-checks/{id}")).send().await.expect(200)
}

/// Answers that can be handed in, with a problem at each of these items.
pub fn complete(problems: &[&str]) -> Value {
    let items =
        ["look_back", "ownership", "technical_rooms", "leasing", "occupancy", "leader_offices", "other"];
    let asked = items.iter().filter(|item| **item != "other" || problems.contains(item));
    let answers = asked.map(|item| {
        let answer = if problems.contains(item) {
            json!({"result": "found", "description": format!("存在问题：{item}")})
        } else {
            json!({"result": "none"})
        };
        ((*item).to_owned(), answer)
    });
    json!({"answers": Value::Object(answers.collect())})
}

/// A verb on what the caller saw.
pub async fn act(world: &World, who: Who, seen: &Reply, verb: &str, body: Value) -> Reply {
    let path = format!("/v1/self-checks/{}/{verb}", seen.id());
    let request = world.post(who, &path).if_match(&seen.etag());
    let takes_body = ["return", "excuse", "include", "allow-own-unit"].contains(&verb);
    if takes_body { request.json(&body).send().await } else { request.send().await }
}

/// A change of what the caller saw.
pub async fn fill_in(world: &World, who: Who, seen: &Reply, change: &Value) -> Reply {
    let path = format!("/v1/self-checks/{}", seen.id());
    world.patch(who, &path).if_match(&seen.etag()).json(change).send().await
}

/// A self-check that its liaison has handed in, with a problem at each of these items.
pub async fn submitted(world: &World, campaign: &Campaign<'_>, problems: &[&str]) -> Reply {
    let check = of(world, campaign, world.unit).await;
    let filled = fill_in(world, Who::Liaison, &check, &complete(problems)).await.expect(200);
    act(world, Who::Liaison, &filled, "submit", Value::Null).await.expect(200)
}

/// A self-check that the office has entered for a unit and accepted, with a supplement; both ids.
pub async fn supplemented(world: &World, campaign: &Campaign<'_>, unit: Id) -> (String, String) {
    let office = Who::Coordinator;
    let check = of(world, campaign, unit).await;
    let scan = attachment::upload(world, office, "自查表.pdf", attachment::PDF).await.expect(201);
    let mut all = complete(&[]);
    all["scan_attachment_ids"] = json!([scan.id()]);
    let check = fill_in(world, office, &check, &all).await.expect(200);
    let check = act(world, office, &check, "submit", Value::Null).await.expect(200);
    let check = act(world, office, &check, "accept", Value::Null).await.expect(200);
    let path = format!("/v1/self-checks/{}/supplements", check.id());
    let made = world.post(office, &path).json(&json!({"text": "补报租赁合同"})).send().await.expect(201);
    (check.id().to_owned(), made.id().to_owned())
}

/// The finding of an accepted self-check that reports a problem as corrected, and the paper that it gives.
pub async fn accepted_with_paper(world: &World, campaign: &Campaign<'_>) -> (Reply, String) {
    let paper = attachment::upload(world, Who::Liaison, "退租协议.pdf", attachment::PDF).await.expect(201);
    let mut answers = complete(&["leasing"]);
    answers["answers"]["leasing"]["corrected"] = json!(true);
    answers["answers"]["leasing"]["attachment_ids"] = json!([paper.id()]);
    let check = of(world, campaign, world.unit).await;
    let check = fill_in(world, Who::Liaison, &check, &answers).await.expect(200);
    let check = act(world, Who::Liaison, &check, "submit", Value::Null).await.expect(200);
    act(world, Who::Coordinator, &check, "accept", Value::Null).await.expect(200);
    let list = format!("/v1/findings?campaign_id={}&source=self_check", campaign.id);
    let listed = world.get(Who::Coordinator, &list).send().await.expect(200);
    let path = format!("/v1/findings/{}", listed.body["items"][0]["id"].as_str().expect("a finding"));
    (world.get(Who::Coordinator, &path).send().await.expect(200), paper.id().to_owned())
}

/// Calls every operation once, successfully.
pub async fn happy_path(world: &World) {
    let campaign = campaign::open(world, "自查的巡检", &[world.unit]).await;
    let check = submitted(world, &campaign, &["leasing"]).await;
    let none = Value::Null;
    let check = act(world, Who::Liaison, &check, "withdraw", none.clone()).await.expect(200);
    let check = act(world, Who::Liaison, &check, "submit", none.clone()).await.expect(200);
    let reason = json!({"reason": "租用情况未说明审批文号"});
    let check = act(world, Who::Coordinator, &check, "return", reason.clone()).await.expect(200);
    let check = act(world, Who::Liaison, &check, "submit", none.clone()).await.expect(200);
    let check = act(world, Who::Coordinator, &check, "accept", none).await.expect(200);
    let supplements = format!("/v1/self-checks/{}/supplements", check.id());
    let text = json!({"text": "补报租赁合同"});
    let made = world.post(Who::Liaison, &supplements).json(&text).send().await.expect(201);
    world.get(Who::Leader, &supplements).send().await.expect(200);
    world.get(Who::Leader, made.header("location")).send().await.expect(200);
    let list = format!("/v1/self-checks?campaign_id={}&status=accepted&overdue=true&count=true", campaign.id);
    world.get(Who::Leader, &list).send().await.expect(200);
    let check = of(world, &campaign, world.unit).await;
    let check = act(world, Who::Coordinator, &check, "excuse", reason.clone()).await.expect(200);
    act(world, Who::Coordinator, &check, "include", reason).await.expect(200);
}
