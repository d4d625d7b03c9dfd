//! What is added to a sealed record.

use serde_json::{Value, json};

use super::{now, sealed, signature, signing};
use crate::support::{Engine, Reply, Who, World};
use crate::{campaign, on_both_engines};

async fn add(world: &World, who: Who, record: &Reply, kind: &str) -> Reply {
    let path = format!("/v1/inspections/{}/supplements", record.id());
    world.post(who, &path).json(&json!({"kind": kind, "text": "补充说明。"})).send().await
}

async fn sign(world: &World, who: Who, record: &Reply, number: &Value, side: &str) -> Reply {
    let etag = now(world, record).await.etag();
    let path = format!("/v1/inspections/{}/supplements/{number}/sign", record.id());
    world.post(who, &path).if_match(&etag).json(&signature(side)).send().await
}

on_both_engines! {
    async fn supplements_are_numbered_and_signed_by_both_sides_and_objections_by_the_unit(world: &World) {
        let campaign = campaign::open(world, "巡检", &[world.unit]).await;
        let waiting = signing(world, &campaign, world.unit).await;
        add(world, Who::Inspector, &waiting, "supplement").await.refused(409, "invalid_transition");
        let sealed = sealed(world, &campaign, world.unit).await;
        for (who, kind) in [
            (Who::Leader, "supplement"),
            (Who::OtherInspector, "objection"),
            (Who::Liaison, "supplement"),
            (Who::Coordinator, "objection"),
        ] {
            add(world, who, &sealed, kind).await.refused(403, "role_missing");
        }
        let first = add(world, Who::Inspector, &sealed, "supplement").await.expect(201);
        let second = add(world, Who::Liaison, &sealed, "objection").await.expect(201);
        assert_eq!((&first.body["number"], &second.body["number"]), (&json!(1), &json!(2)));
        assert_eq!(second.etag(), now(world, &sealed).await.etag());
        let (one, two) = (&first.body["number"], &second.body["number"]);
        sign(world, Who::Inspector, &sealed, one, "inspector").await.expect(200);
        sign(world, Who::Inspector, &sealed, one, "inspector").await.violates(&["/side duplicate"]);
        sign(world, Who::Inspector, &sealed, one, "unit").await.refused(403, "role_missing");
        sign(world, Who::Coordinator, &sealed, one, "inspector").await.refused(403, "role_missing");
        let signed = sign(world, Who::Liaison, &sealed, one, "unit").await.expect(200);
        assert_eq!(signed.body["signatures"].as_array().map(Vec::len), Some(2));
        sign(world, Who::Inspector, &sealed, two, "inspector").await.violates(&["/side out_of_range"]);
        sign(world, Who::Liaison, &sealed, two, "unit").await.expect(200);
        sign(world, Who::Liaison, &sealed, &json!(3), "unit").await.refused(404, "not_found");
        let verification = format!("/v1/inspections/{}/verification", sealed.id());
        assert_eq!(world.get(Who::Leader, &verification).send().await.expect(200).body["valid"], true);
        let path = format!("/v1/inspections/{}/supplements/1/sign", sealed.id());
        let stale = world.post(Who::Liaison, &path).if_match(&sealed.etag()).json(&signature("unit"));
        stale.send().await.refused(412, "stale");
    }
}
