//! Audit events, by the scope of their records.

use crate::on_both_engines;
use crate::support::{Engine, Who, World};

/// Calls every operation once, successfully.
pub async fn happy_path(world: &World) {
    let events =
        world.get(Who::Coordinator, "/v1/audit-events?record_kind=unit&count=true").send().await.expect(200);
    let id = events.body["items"][0]["id"].as_str().expect("an event").to_owned();
    world.get(Who::Coordinator, &format!("/v1/audit-events/{id}")).send().await.expect(200);
}

on_both_engines! {
    async fn a_liaison_sees_what_happened_to_the_own_unit_only(world: &World) {
        let events = world.get(Who::Liaison, "/v1/audit-events").send().await.expect(200);
        let units: Vec<&str> =
            events.body["items"].as_array().expect("items").iter().filter_map(|event| event["unit_id"].as_str()).collect();
        assert_eq!(units, [world.unit.to_string()]);
        let foreign = format!("/v1/audit-events?unit_id={}", world.other_unit);
        let none = world.get(Who::Liaison, &foreign).send().await.expect(200);
        assert_eq!(none.body["items"].as_array().map(Vec::len), Some(0));
    }
}
