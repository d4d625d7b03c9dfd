//! Dictionaries.

use crate::on_both_engines;
use crate::support::{Engine, Who, World};

/// Calls every operation once, successfully.
pub async fn happy_path(world: &World) {
    world.get(Who::Liaison, "/v1/dictionaries").send().await.expect(200);
}

on_both_engines! {
    async fn lists_come_in_dropdown_order_with_both_languages_and_are_cached(world: &World) {
        let reply = world.get(Who::Liaison, "/v1/dictionaries").send().await.expect(200);
        let list = |name: &str| {
            let items = reply.body["items"].as_array().expect("items");
            items.iter().find(|list| list["name"] == name).unwrap_or_else(|| panic!("no list {name}")).clone()
        };
        let nature = list("nature");
        assert_eq!((nature["closed"].as_bool(), nature["words"][0]["zh"].as_str()), (Some(false), Some("党政机关")));
        let status = list("rectification_status");
        assert_eq!(status["closed"], true);
        assert_eq!(status["words"][5], serde_json::json!({"code": "closed", "zh": "销号", "en": "closed"}));
        let again = world.get(Who::Leader, "/v1/dictionaries").header("If-None-Match", &reply.etag()).send().await;
        again.expect(304);
    }
}
