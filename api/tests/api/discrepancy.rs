//! Where self-checks and visits differ.

use serde_json::{Value, json};

use crate::support::{Engine, Who, World};
use crate::{campaign, inspection, leader_office, on_both_engines, rule_setting, self_check, visit};

/// Calls every operation once, successfully.
pub async fn happy_path(world: &World) {
    let campaign = campaign::open(world, "有差异的巡检", &[world.unit]).await;
    inspection::signing(world, &campaign, world.unit).await;
    world.get(Who::Leader, &campaign.path("/discrepancies")).send().await.expect(200);
}

on_both_engines! {
    async fn r32_what_a_record_says_and_the_self_check_does_not_is_shown_to_those_who_judge(world: &World) {
        let campaign = campaign::open(world, "巡检", &[world.unit, world.other_unit]).await;
        let path = campaign.path("/discrepancies");
        let shown = || async { world.get(Who::Inspector, &path).send().await.expect(200).body["items"].clone() };
        let draft = inspection::draft(world, &campaign, world.unit).await;
        assert_eq!(shown().await, json!([]), "what the unit has not seen counts nowhere");
        inspection::act(world, Who::Inspector, &draft, "request-signatures", Value::Null).await.expect(200);
        let difference = json!({
            "unit_id": world.unit, "focus_item": "leasing", "kind": "answer", "inspection_id": draft.id(),
            "inspection_item_id": draft.body["items"][0]["id"],
        });
        assert_eq!(shown().await, json!([difference]), "nothing was handed in yet");
        self_check::submitted(world, &campaign, &[]).await;
        let answered = shown().await[0]["answered"].clone();
        assert_eq!(answered, "none");
        world.get(Who::Liaison, &path).send().await.refused(403, "role_missing");
        let of_another = format!("{path}?unit_id={}", world.other_unit);
        assert_eq!(world.get(Who::Leader, &of_another).send().await.expect(200).body["items"], json!([]));
        world.get(Who::Leader, &format!("{path}?limit=1")).send().await.refused(400, "invalid_query");
    }
}

on_both_engines! {
    async fn r32_areas_differ_beyond_what_is_set(world: &World) {
        let campaign = campaign::open(world, "巡检", &[world.unit]).await;
        visit::planned(world, &campaign, world.unit).await;
        let path = campaign.path("/discrepancies");
        let shown = || async { world.get(Who::Leader, &path).send().await.expect(200).body["items"].clone() };
        let mut body = leader_office::content(&campaign, world.unit, "周云台");
        body["declared_rooms"] = json!([leader_office::room(18.0)]);
        let made = world.post(Who::Liaison, "/v1/leader-offices").json(&body).send().await.expect(201);
        let measured = json!({"measured_rooms": [leader_office::room(18.5)]});
        let office = format!("/v1/leader-offices/{}", made.id());
        world.patch(Who::Inspector, &office).if_match(&made.etag()).json(&measured).send().await.expect(200);
        let undeclared = leader_office::measured(world, &campaign, world.unit, "沈致宁", 9.0).await;
        let area = json!({
            "unit_id": world.unit, "focus_item": "leader_offices", "kind": "area", "leader_office_id": made.id(),
            "declared": 18, "measured": 18.5,
        });
        let room = json!({
            "unit_id": world.unit, "focus_item": "leader_offices", "kind": "undeclared",
            "leader_office_id": undeclared.id(), "measured": 9,
        });
        assert_eq!(shown().await, json!([area, room]));
        rule_setting::set(world, "self_check_tolerance", json!(0.5), "2023-07-31").await.expect(201);
        assert_eq!(shown().await, json!([room]));
    }
}
