//! What is added to an accepted self-check.

use serde_json::{Value, json};

use super::{act, submitted};
use crate::support::{Engine, Who, World};
use crate::{attachment, campaign, on_both_engines};

on_both_engines! {
    async fn an_accepted_self_check_takes_dated_supplements(world: &World) {
        let campaign = campaign::open(world, "巡检", &[world.unit]).await;
        let check = submitted(world, &campaign, &[]).await;
        let path = format!("/v1/self-checks/{}/supplements", check.id());
        let file = |who, body: Value| {
            let path = path.clone();
            async move { world.post(who, &path).json(&body).send().await }
        };
        file(Who::Liaison, json!({"text": "补报"})).await.refused(409, "invalid_transition");
        let check = act(world, Who::Coordinator, &check, "accept", Value::Null).await.expect(200);
        file(Who::Liaison, json!({"text": " "})).await.violates(&["/text blank"]);
        file(Who::Leader, json!({"text": "补报"})).await.refused(403, "role_missing");
        file(Who::OtherLiaison, json!({"text": "补报"})).await.refused(404, "not_found");
        let evidence = attachment::upload(world, Who::Liaison, "a.pdf", attachment::PDF).await.expect(201);
        let content = json!({"text": "补报租赁合同", "attachment_ids": [evidence.id()]});
        let made = file(Who::Liaison, content).await.expect(201);
        assert_eq!(made.etag(), "\"5\"", "the self-check's own version rises");
        assert_eq!(made.body["filed_by"], world.account(Who::Liaison).to_string());
        assert_ne!(made.body["created_at"], Value::Null);
        act(world, Who::Coordinator, &check, "return", json!({"reason": "x"})).await.refused(412, "stale");
        let shown = world.get(Who::Inspector, made.header("location")).send().await.expect(200);
        assert_eq!(shown.body, made.body);
        world.get(Who::Inspector, &format!("/v1/attachments/{}", evidence.id())).send().await.expect(200);
        let taken = json!({"id": made.id(), "text": "再报"});
        file(Who::Liaison, taken).await.refused(409, "id_taken");
        file(Who::Coordinator, json!({"text": "再报"})).await.expect(201);
        let all = world.get(Who::Liaison, &path).send().await.expect(200);
        let texts: Vec<_> = all.body["items"].as_array().expect("items").iter().map(|item| item["text"].as_str()).collect();
        assert_eq!(texts, [Some("补报租赁合同"), Some("再报")]);
    }
}
