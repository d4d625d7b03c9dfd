//! The neutral facts that may give rise to an escalation.

use serde_json::{Value, json};

use super::content;
use crate::support::{Engine, Who, World};
use crate::{campaign, finding, on_both_engines, rectification};

on_both_engines! {
    async fn r41_r42_the_service_shows_facts_and_proposes_nothing(world: &World) {
        let campaign = campaign::open(world, "巡检", &[world.unit, world.other_unit]).await;
        let path = campaign.path("/escalation-candidates");
        let candidates = || async {
            world.get(Who::Coordinator, &path).send().await.expect(200).body["items"].clone()
        };
        let open = finding::confirmed(world, &campaign, world.other_unit).await;
        let order = rectification::ordered(world, &campaign, world.unit, "immediate").await;
        assert_eq!(candidates().await, json!([]));
        // A person says that it is serious.
        let patch = |body: Value| {
            let path = format!("/v1/findings/{}", open.id());
            async move {
                let seen = world.get(Who::Coordinator, &path).send().await.expect(200);
                world.patch(Who::Coordinator, &path).if_match(&seen.etag()).json(&body).send().await.expect(200)
            }
        };
        patch(json!({"misreporting": "concealment"})).await;
        assert_eq!(candidates().await, json!([]));
        patch(json!({"misreporting_serious": true})).await;
        let seen = candidates().await;
        assert_eq!(seen[0]["unit_name"], "区财政局");
        assert_eq!(seen[0]["misreported"][0]["finding_id"], open.id());
        assert_eq!(seen[0]["misreported"][0]["misreporting"], "concealment");
        assert_eq!(seen[0]["orders"], json!([]));
        // Overdue, and so are its days.
        world.advance("2023-08-30T01:00:00Z");
        let seen = candidates().await;
        let of_unit = seen.as_array().expect("items").iter().find(|one| one["unit_id"] == json!(world.unit));
        let overdue = &of_unit.expect("the unit")["orders"][0];
        assert_eq!((&overdue["rectification_id"], &overdue["overdue_days"]), (&json!(order.id()), &json!(10)));
        let body = content(&campaign, world.unit, "government");
        let made = world.post(Who::Coordinator, "/v1/escalations").json(&body).send().await.expect(201);
        let seen = candidates().await;
        let of_unit = seen.as_array().expect("items").iter().find(|one| one["unit_id"] == json!(world.unit));
        assert_eq!(of_unit.expect("the unit")["escalation_ids"], json!([made.id()]));
    }
}
