//! Who signs for whom, by what means, and what is refused.

use diesel::prelude::*;
use serde_json::{Value, json};
use shared::domain::id::Id;
use shared::store::schema::account_grants;

use super::{act, now, signature, signing};
use crate::support::{Engine, Who, World};
use crate::{attachment, campaign, on_both_engines};

fn by(medium: &str, side: &str, attachment: &str) -> Value {
    json!({"side": side, "name": "郑望舒", "post": "主任", "medium": medium, "attachment_id": attachment})
}

on_both_engines! {
    async fn each_side_signs_for_itself(world: &World) {
        let campaign = campaign::open(world, "巡检", &[world.unit]).await;
        let seen = signing(world, &campaign, world.unit).await;
        act(world, Who::Liaison, &seen, "sign", signature("inspector")).await.refused(403, "role_missing");
        act(world, Who::Inspector, &seen, "sign", signature("unit")).await.refused(403, "role_missing");
        act(world, Who::OtherInspector, &seen, "sign", signature("inspector")).await.refused(403, "role_missing");
        act(world, Who::Coordinator, &seen, "sign", signature("inspector")).await.refused(403, "role_missing");
        let seen = act(world, Who::Inspector, &seen, "sign", signature("inspector")).await.expect(200);
        assert_eq!(seen.body["signatures"][0]["account_id"], json!(world.account(Who::Inspector)));
        act(world, Who::Inspector, &seen, "sign", signature("inspector")).await.violates(&["/side duplicate"]);
        let hand = attachment::upload(world, Who::Inspector, "签名.pdf", attachment::PDF).await.expect(201);
        let seen = act(world, Who::Inspector, &seen, "sign", by("image", "unit", hand.id())).await.expect(200);
        assert_eq!(seen.body["signatures"][1].get("account_id"), None);
        world.get(Who::Liaison, &format!("/v1/attachments/{}", hand.id())).send().await.expect(200);
        let seen = act(world, Who::Liaison, &seen, "sign", signature("unit")).await.expect(200);
        assert_eq!(seen.body["signatures"].as_array().map(Vec::len), Some(3));
    }
}

on_both_engines! {
    async fn nobody_signs_or_seals_for_the_team_at_their_own_unit(world: &World) {
        let campaign = campaign::open(world, "巡检", &[world.unit]).await;
        let seen = signing(world, &campaign, world.unit).await;
        let grants = account_grants::table.filter(account_grants::account_id.eq(world.account(Who::Inspector)));
        let set = account_grants::unit_id.eq(Some(world.unit));
        world.store.with(|conn| Ok(diesel::update(grants).set(set).execute(conn)?)).expect("a grant");
        act(world, Who::Inspector, &seen, "sign", signature("inspector")).await.refused(403, "own_unit");
        act(world, Who::Inspector, &seen, "seal", Value::Null).await.refused(403, "own_unit");
        let path = format!("/v1/inspections/{}", seen.id());
        let patch = world.patch(Who::Inspector, &path).if_match(&seen.etag()).json(&json!({"note": "x"}));
        patch.send().await.refused(403, "own_unit");
        assert_eq!(world.get(Who::Inspector, &path).send().await.expect(200).actions(), ["sign", "refuse-to-sign"]);
    }
}

on_both_engines! {
    async fn a_signature_by_hand_has_its_picture(world: &World) {
        let campaign = campaign::open(world, "巡检", &[world.unit]).await;
        let seen = signing(world, &campaign, world.unit).await;
        let sign = |body: Value| act(world, Who::Inspector, &seen, "sign", body);
        let mut bare = signature("unit");
        bare["medium"] = json!("paper");
        bare["name"] = json!(" ");
        sign(bare).await.violates(&["/name blank", "/attachment_id missing"]);
        sign(by("image", "unit", Id::new().as_str())).await.violates(&["/attachment_id attachment_unknown"]);
        let mut picture = signature("inspector");
        picture["attachment_id"] = json!(Id::new());
        sign(picture).await.violates(&["/attachment_id unknown_field"]);
        let mut ahead = signature("inspector");
        ahead["signed_at"] = json!("2023-09-01T00:00:00Z");
        sign(ahead).await.violates(&["/signed_at out_of_range"]);
        let mut odd = signature("inspector");
        odd["side"] = json!("nobody");
        sign(odd).await.violates(&["/side wrong_type"]);
        act(world, Who::Inspector, &seen, "refuse-to-sign", json!({"reason": ""})).await.violates(&["/reason blank"]);
        assert_eq!(now(world, &seen).await.etag(), seen.etag());
    }
}
