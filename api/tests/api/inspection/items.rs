//! The items of a record: children with ids of their own and the record's version.

use serde_json::{Value, json};
use shared::domain::id::Id;

use super::{act, draft, now, signature, signing};
use crate::support::{Engine, Who, World};
use crate::{campaign, on_both_engines};

on_both_engines! {
    async fn items_are_added_changed_and_taken_out_one_by_one(world: &World) {
        let campaign = campaign::open(world, "巡检", &[world.unit]).await;
        let made = draft(world, &campaign, world.unit).await;
        let path = format!("/v1/inspections/{}/items", made.id());
        let id = Id::new();
        let item = json!({"id": id, "focus_item": "ownership", "result": "none", "content": "查阅权属证明。"});
        let added = world.post(Who::Inspector, &path).json(&item).send().await.expect(201);
        assert_eq!((added.id(), added.etag()), (id.as_str(), "\"2\"".to_owned()));
        world.post(Who::Inspector, &path).json(&item).send().await.refused(409, "id_taken");
        let one = format!("{path}/{id}");
        let stale = world.patch(Who::Inspector, &one).if_match(&made.etag()).json(&json!({"content": "甲"}));
        stale.send().await.refused(412, "stale");
        let patch = |body: Value| world.patch(Who::Inspector, &one).if_match(&added.etag()).json(&body).send();
        patch(json!({"content": " "})).await.violates(&["/content blank"]);
        let changed = patch(json!({"result": "found", "problem": "未登记", "content": null})).await.expect(200);
        assert_eq!((&changed.body["result"], changed.body.get("content")), (&json!("found"), None));
        let order: Vec<Value> = now(world, &made).await.body["items"].as_array().expect("items").iter()
            .map(|item| item["focus_item"].clone()).collect();
        assert_eq!(order, ["leasing", "ownership"]);
        world.delete(Who::OtherInspector, &one).if_match(&changed.etag()).send().await.refused(403, "role_missing");
        let gone = world.delete(Who::Inspector, &one).if_match(&changed.etag()).send().await.expect(204);
        assert_eq!(gone.etag(), "\"4\"");
        world.get(Who::Inspector, &one).send().await.refused(404, "not_found");
        let elsewhere = draft(world, &campaign, world.unit).await;
        let foreign = format!("{path}/{}", elsewhere.body["items"][0]["id"].as_str().expect("an item"));
        world.get(Who::Inspector, &foreign).send().await.refused(404, "not_found");
    }
}

on_both_engines! {
    async fn a_change_while_it_waits_for_signatures_voids_them(world: &World) {
        let campaign = campaign::open(world, "巡检", &[world.unit]).await;
        let item = |made: &crate::support::Reply| {
            format!("/v1/inspections/{}/items/{}", made.id(), made.body["items"][0]["id"].as_str().expect("an item"))
        };
        for change in ["head", "add", "change", "delete"] {
            let seen = signing(world, &campaign, world.unit).await;
            let seen = act(world, Who::Inspector, &seen, "sign", signature("inspector")).await.expect(200);
            let refused = json!({"reason": "负责人不在场"});
            let seen = act(world, Who::Inspector, &seen, "refuse-to-sign", refused).await.expect(200);
            let path = format!("/v1/inspections/{}", seen.id());
            match change {
                "head" => {
                    let patch = world.patch(Who::Inspector, &path).if_match(&seen.etag());
                    patch.json(&json!({"note": "更正"})).send().await.expect(200)
                }
                "add" => {
                    let item = json!({"focus_item": "other", "result": "not_checked"});
                    world.post(Who::Inspector, &format!("{path}/items")).json(&item).send().await.expect(201)
                }
                "change" => {
                    let patch = world.patch(Who::Inspector, &item(&seen)).if_match(&seen.etag());
                    patch.json(&json!({"problem": "另一问题"})).send().await.expect(200)
                }
                _ => world.delete(Who::Inspector, &item(&seen)).if_match(&seen.etag()).send().await.expect(204),
            };
            let after = now(world, &seen).await;
            assert_eq!(after.body["status"], "draft", "{change}");
            for kept in [&after.body["signatures"][0], &after.body["refusals"][0]] {
                assert!(kept["voided_at"].is_string(), "{change}: {kept}");
            }
            if change != "delete" {
                let again = act(world, Who::Inspector, &after, "request-signatures", Value::Null).await.expect(200);
                act(world, Who::Inspector, &again, "seal", Value::Null).await
                    .violates(&["/signatures/inspector signature_required", "/signatures/unit signature_required"]);
                let signed = act(world, Who::Inspector, &again, "sign", signature("inspector")).await.expect(200);
                let hashes = [0, 1].map(|one| signed.body["signatures"][one]["sha256"].clone());
                assert_ne!(hashes[0], hashes[1], "another content");
            }
        }
    }
}
