//! Sealing, and whether what was sealed still stands.

use diesel::prelude::*;
use serde_json::{Value, json};
use shared::store::schema::{form_seals, form_signatures, inspection_items, inspections};

use super::{act, content, now, sealed, signature, signing};
use crate::support::{Engine, Reply, Who, World};
use crate::{campaign, on_both_engines};

async fn verification(world: &World, record: &Reply) -> Value {
    let path = format!("/v1/inspections/{}/verification", record.id());
    world.get(Who::Liaison, &path).send().await.expect(200).body
}

/// Changes something behind the service's back.
macro_rules! behind {
    ($world:expr, $update:expr) => {
        assert_eq!($world.store.with(|conn| Ok($update.execute(conn)?)).expect("it is changed"), 1)
    };
}

on_both_engines! {
    async fn r36_it_is_sealed_once_both_sides_have_signed_or_the_unit_has_refused(world: &World) {
        let campaign = campaign::open(world, "巡检", &[world.unit]).await;
        let seen = signing(world, &campaign, world.unit).await;
        let (team, unit) = ("/signatures/inspector signature_required", "/signatures/unit signature_required");
        act(world, Who::Inspector, &seen, "seal", Value::Null).await.violates(&[team, unit]);
        let seen = act(world, Who::Liaison, &seen, "sign", signature("unit")).await.expect(200);
        act(world, Who::Inspector, &seen, "seal", Value::Null).await.violates(&[team]);
        let seen = act(world, Who::Inspector, &seen, "sign", signature("inspector")).await.expect(200);
        let path = format!("/v1/inspections/{}", seen.id());
        world.get(Who::Liaison, &format!("{path}/verification")).send().await.refused(404, "not_found");
        let sealed = act(world, Who::Coordinator, &seen, "seal", Value::Null).await.expect(200);
        assert_eq!(sealed.actions(), ["void"]);
        let hash = sealed.body["seal"]["sha256"].clone();
        assert_eq!(verification(world, &sealed).await, json!({"valid": true, "sha256": hash}));
        let patch = world.patch(Who::Coordinator, &path).if_match(&sealed.etag()).json(&json!({"note": "x"}));
        patch.send().await.refused(409, "invalid_transition");
        let item = json!({"focus_item": "other", "result": "not_checked"});
        let post = world.post(Who::Coordinator, &format!("{path}/items")).json(&item);
        post.send().await.refused(409, "invalid_transition");
    }
}

on_both_engines! {
    async fn a_change_behind_the_services_back_is_named(world: &World) {
        let campaign = campaign::open(world, "巡检", &[world.unit]).await;
        let sealed = sealed(world, &campaign, world.unit).await;
        let item = inspection_items::table.filter(inspection_items::form_id.eq(sealed.id()));
        let problem = |text: &str| inspection_items::problem.eq(Some(text.to_owned()));
        let was = sealed.body["items"][0]["problem"].as_str().expect("a problem").to_owned();
        behind!(world, diesel::update(item).set(problem("没有问题。")));
        let differs = |pointer: &str| json!({"valid": false, "first_difference": pointer});
        assert_eq!(verification(world, &sealed).await, differs("/items/0/problem"));
        behind!(world, diesel::update(item).set(problem(&was)));
        assert_eq!(verification(world, &sealed).await["valid"], true);
        let head = inspections::table.filter(inspections::form_id.eq(sealed.id()));
        behind!(world, diesel::update(head).set(inspections::contact_phone.eq(Some("0518-1".to_owned()))));
        assert_eq!(verification(world, &sealed).await, differs("/contact/phone"));
        behind!(world, diesel::update(head).set(inspections::contact_phone.eq(Some("0518-00008101".to_owned()))));
        let marks = form_signatures::table.filter(form_signatures::form_id.eq(sealed.id()));
        behind!(world, diesel::update(marks).set(form_signatures::name.eq("别人")));
        assert_eq!(verification(world, &sealed).await, differs("/signatures/0/name"));
        behind!(world, diesel::update(marks).set(form_signatures::name.eq("郑望舒")));
        let kept = form_seals::table.filter(form_seals::form_id.eq(sealed.id()));
        behind!(world, diesel::update(kept).set(form_seals::sha256.eq("0".repeat(64))));
        assert_eq!(verification(world, &sealed).await, differs(""));
    }
}

on_both_engines! {
    async fn a_void_record_keeps_its_seal_and_another_stands_in_its_place(world: &World) {
        let campaign = campaign::open(world, "巡检", &[world.unit]).await;
        let sealed = sealed(world, &campaign, world.unit).await;
        act(world, Who::Inspector, &sealed, "void", json!({"reason": "有误"})).await.refused(409, "invalid_transition");
        let reason = json!({"reason": "单位名称有误"});
        let void = act(world, Who::Coordinator, &sealed, "void", reason).await.expect(200);
        assert_eq!((&void.body["status"], &void.body["void_reason"]), (&json!("void"), &json!("单位名称有误")));
        assert_eq!(verification(world, &void).await["valid"], true);
        let told = world.get(Who::Coordinator, &format!("/v1/notices?record_id={}", void.id())).send().await.expect(200);
        let mut whom: Vec<&str> = told.body["items"].as_array().expect("notices").iter()
            .filter(|notice| notice["kind"] == "record_voided").filter_map(|notice| notice["audience"].as_str()).collect();
        whom.sort_unstable();
        assert_eq!(whom, ["inspectors", "unit"]);
        let visit = void.body["visit_id"].as_str().expect("a visit");
        let post = |replaces: &str| {
            let mut body = content(visit);
            body["replaces"] = json!(replaces);
            world.post(Who::Inspector, "/v1/inspections").json(&body).send()
        };
        let other = signing(world, &campaign, world.unit).await;
        post(other.id()).await.violates(&["/replaces reference_not_found"]);
        let replacement = post(void.id()).await.expect(201);
        assert_eq!(replacement.body["replaces"], json!(void.id()));
        post(void.id()).await.violates(&["/replaces duplicate"]);
        assert_eq!(now(world, &void).await.actions(), Vec::<&str>::new());
    }
}
