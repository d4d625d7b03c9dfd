//! Campaigns.

mod content;
mod machine;
mod people;
mod phase;
mod scope;

use serde_json::{Value, json};
use shared::domain::id::Id;

use crate::support::{Reply, Who, World};

/// A campaign of a test.
pub struct Campaign<'a> {
    world: &'a World,
    pub id: String,
    /// A document of it.
    pub document: String,
}

impl Campaign<'_> {
    pub fn id(&self) -> Id {
        self.id.parse().expect("an id")
    }

    pub fn path(&self, rest: &str) -> String {
        format!("/v1/campaigns/{}{rest}", self.id)
    }

    /// The campaign as a caller sees it.
    pub async fn seen_by(&self, who: Who) -> Reply {
        self.world.get(who, &self.path("")).send().await
    }

    /// Its ETag now.
    pub async fn etag(&self) -> String {
        self.seen_by(Who::Coordinator).await.expect(200).etag()
    }

    /// A verb with the ETag of now and a reason.
    pub async fn act(&self, who: Who, verb: &str) -> Reply {
        let etag = self.etag().await;
        let post = self.world.post(who, &self.path(verb)).if_match(&etag);
        post.json(&json!({"reason": "经领导小组研究同意"})).send().await
    }

    /// A `PUT`, `PATCH` or `DELETE` with the ETag of now.
    pub async fn write(&self, method: &str, rest: &str, body: &Value) -> Reply {
        let etag = self.etag().await;
        let method = method.parse().expect("a method");
        self.world.request(Who::Coordinator, method, &self.path(rest)).if_match(&etag).json(body).send().await
    }
}

/// The plan of 2023.
pub fn plan(name: &str) -> Value {
    json!({
        "name": name, "document_number": "连区政办发〔2023〕56号",
        "phases": [
            {"kind": "self_check", "starts_on": "2023-07-31", "ends_on": "2023-08-06"},
            {"kind": "on_site", "starts_on": "2023-08-07", "ends_on": "2023-08-11"},
            {"kind": "summary", "starts_on": "2023-08-12", "ends_on": "2023-08-20"},
        ]
    })
}

/// A draft of the plan of 2023 with a document and these units.
pub async fn draft<'a>(world: &'a World, name: &str, units: &[Id]) -> Campaign<'a> {
    let made = world.post(Who::Coordinator, "/v1/campaigns").json(&plan(name)).send().await.expect(201);
    let mut campaign = Campaign { world, id: made.id().to_owned(), document: String::new() };
    let document =
        json!({"title": "关于印发专项巡检方案的通知", "document_number": "连区政办发〔2023〕56号"});
    let post = world.post(Who::Coordinator, &campaign.path("/documents")).json(&document);
    post.send().await.expect(201).id().clone_into(&mut campaign.document);
    let units: Vec<Value> = units.iter().map(|id| json!({"unit_id": id})).collect();
    campaign.write("PUT", "/units", &json!({"units": units})).await.expect(200);
    campaign
}

/// The same, opened.
pub async fn open<'a>(world: &'a World, name: &str, units: &[Id]) -> Campaign<'a> {
    let campaign = draft(world, name, units).await;
    campaign.act(Who::Coordinator, "/open").await.expect(200);
    campaign
}

/// The same with further settings.
pub async fn open_with<'a>(world: &'a World, name: &str, units: &[Id], settings: &Value) -> Campaign<'a> {
    let campaign = draft(world, name, units).await;
    campaign.write("PATCH", "", settings).await.expect(200);
    campaign.act(Who::Coordinator, "/open").await.expect(200);
    campaign
}

/// Makes a caller the head of the leading group.
pub async fn lead(campaign: &Campaign<'_>, who: Who) {
    let head = json!({"name": "江连城", "position": "head", "user_id": campaign.world.account(who)});
    campaign.write("PUT", "/leading-group", &json!({"members": [head]})).await.expect(200);
}

/// Calls every operation once, successfully.
pub async fn happy_path(world: &World) {
    let office = Who::Coordinator;
    world.get(office, "/v1/campaigns?count=true&status=open&name=巡检").send().await.expect(200);
    let campaign = draft(world, "专项巡检", &[world.unit]).await;
    campaign.write("PATCH", "", &json!({"mail_content": "full"})).await.expect(200);
    let phases = plan("")["phases"].clone();
    campaign.write("PUT", "/phases", &json!({"phases": phases})).await.expect(200);
    let phase = json!({"kind": "rectification", "starts_on": "2023-08-15", "ends_on": "2023-09-30"});
    world.post(office, &campaign.path("/phases")).json(&phase).send().await.expect(201);
    campaign.write("PATCH", "/phases/rectification", &json!({"ends_on": "2023-10-31"})).await.expect(200);
    campaign.write("DELETE", "/phases/rectification", &json!({})).await.expect(204);
    let items = json!({"focus_items": [{"item": "leasing", "title": "租用"}]});
    campaign.write("PUT", "/focus-items", &items).await.expect(200);
    let materials = json!({"materials": [{"key": "lease_approvals", "title": "租用审批文件"}]});
    campaign.write("PUT", "/materials", &materials).await.expect(200);
    let group =
        json!({"members": [{"name": "江连城", "position": "head", "user_id": world.account(Who::Leader)}]});
    campaign.write("PUT", "/leading-group", &group).await.expect(200);
    let teams = json!({"teams": [{"name": "第一组", "member_ids": [world.account(Who::Inspector)]}]});
    campaign.write("PUT", "/teams", &teams).await.expect(200);
    let document = json!({"title": "补充通知"});
    let document = world.post(office, &campaign.path("/documents")).json(&document).send().await.expect(201);
    campaign.write("DELETE", &format!("/documents/{}", document.id()), &json!({})).await.expect(204);
    let unit = format!("/units/{}", world.unit);
    campaign.write("PATCH", &unit, &json!({"self_check_due_on": "2023-08-09"})).await.expect(200);
    campaign.act(office, "/open").await.expect(200);
    let other = json!({"unit_id": world.other_unit, "reason": "补充纳入"});
    world.post(office, &campaign.path("/units")).json(&other).send().await.expect(201);
    let change = json!({"ends_on": "2023-08-10", "reason": "提前结束"});
    campaign.write("PATCH", "/phases/on_site", &change).await.expect(200);
    campaign.act(office, &format!("{unit}/remove")).await.expect(200);
    let lists = ["/focus-items", "/materials", "/documents", "/units", "/leading-group", "/teams"];
    for rest in ["", "/phases", "/phases/on_site"].into_iter().chain(lists) {
        world.get(office, &campaign.path(rest)).send().await.expect(200);
    }
    world.get(office, &campaign.path(&unit)).send().await.expect(200);
    world.get(office, &campaign.path(&format!("/documents/{}", campaign.document))).send().await.expect(200);
    campaign.act(office, "/close").await.expect(200);
    campaign.act(office, "/reopen").await.expect(200);
    let draft = draft(world, "不再举行的巡检", &[]).await;
    draft.write("DELETE", "", &json!({})).await.expect(204);
}
