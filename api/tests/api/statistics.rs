//! Statistics and progress.

use serde_json::{Value, json};

use crate::support::{Engine, Who, World};
use crate::{campaign, leader_office, on_both_engines, rectification};

/// Calls every operation once, successfully.
pub async fn happy_path(world: &World) {
    let campaign = campaign::open(world, "统计的巡检", &[world.unit, world.other_unit]).await;
    world.get(Who::Leader, &campaign.path("/statistics?as_of=2023-08-10")).send().await.expect(200);
    world.get(Who::Leader, &campaign.path("/statistics.txt")).send().await.expect(200);
    world.get(Who::Leader, &campaign.path("/progress")).send().await.expect(200);
}

on_both_engines! {
    async fn r43_figures_count_what_counts_and_a_liaison_sees_the_own_ones(world: &World) {
        let campaign = campaign::open(world, "巡检", &[world.unit, world.other_unit]).await;
        let closed = rectification::ordered(world, &campaign, world.unit, "immediate").await;
        let done = rectification::act(world, Who::Liaison, &closed, "submit", rectification::evidence()).await;
        let opinion = json!({"opinion": "同意销号"});
        rectification::act(world, Who::Inspector, &done.expect(200), "close", opinion).await.expect(200);
        rectification::ordered(world, &campaign, world.other_unit, "immediate").await;
        rectification::draft(world, &campaign, world.unit, "immediate").await;
        let problems = |figures: &Value| {
            let of = |name: &str| figures["total"]["problems"][name].as_i64();
            (of("total"), of("closed"), of("in_progress"), of("overdue"), of("deferred"))
        };
        let path = campaign.path("/statistics?as_of=2023-08-20");
        let all = world.get(Who::Leader, &path).send().await.expect(200);
        assert_eq!(problems(&all.body), (Some(3), Some(1), Some(2), Some(0), Some(0)));
        // The order is due on the 20th; the day after it is overdue.
        let later = world.get(Who::Leader, &campaign.path("/statistics?as_of=2023-08-21")).send().await.expect(200);
        assert_eq!(problems(&later.body), (Some(3), Some(1), Some(2), Some(1), Some(0)));
        let rate = &later.body["total"]["problems"]["closed_rate"];
        assert_eq!((&rate["numerator"], &rate["denominator"]), (&json!(1), &json!(3)));
        assert_eq!(rate["percent"], json!(33.3));
        let checks = &later.body["total"]["self_checks"];
        assert_eq!((&checks["due"], &checks["missing"], &checks["overdue"]), (&json!(2), &json!(2), &json!(2)));
        let own = world.get(Who::Liaison, &path).send().await.expect(200);
        assert_eq!(problems(&own.body), (Some(2), Some(1), Some(1), Some(0), Some(0)));
        let text = world.get(Who::Leader, &campaign.path("/statistics.txt")).send().await.expect(200);
        assert_eq!(text.body.as_str().expect("a text").lines().count(), 10);
        let query = campaign.path("/statistics?as_of=yesterday");
        world.get(Who::Leader, &query).send().await.refused(400, "invalid_query");
        world.get(Who::Leader, &campaign.path("/statistics?asof=2023-08-20")).send().await.refused(400, "invalid_query");
    }
}

on_both_engines! {
    async fn r04_leaders_count_by_their_measured_rooms(world: &World) {
        let campaign = campaign::open(world, "巡检", &[world.unit, world.other_unit]).await;
        leader_office::measured(world, &campaign, world.unit, "周云台", 23.4).await;
        leader_office::measured(world, &campaign, world.unit, "沈致宁", 18.0).await;
        leader_office::measured(world, &campaign, world.other_unit, "冯若谷", 20.25).await;
        let mut waiting = leader_office::content(&campaign, world.unit, "卫文澜");
        waiting["selected_for_measurement"] = json!(true);
        waiting["declared_rooms"] = json!([leader_office::room(40.0)]);
        world.post(Who::Coordinator, "/v1/leader-offices").json(&waiting).send().await.expect(201);
        let all = world.get(Who::Leader, &campaign.path("/statistics")).send().await.expect(200);
        let expected = json!({
            "due": 4, "measured": 3, "over": 2, "not_configured": 0, "over_area": 7.65,
            "measured_rate": {"numerator": 3, "denominator": 4, "percent": 75.0}
        });
        assert_eq!(all.body["total"]["leaders"], expected);
        let own = world.get(Who::Liaison, &campaign.path("/statistics")).send().await.expect(200);
        assert_eq!(own.body["total"]["leaders"]["over_area"], json!(5.4));
        let text = world.get(Who::Leader, &campaign.path("/statistics.txt")).send().await.expect(200);
        let text = text.body.as_str().expect("a text").to_owned();
        assert!(text.contains("应测4人，已测3人，超标2人、超标面积7.65平方米。"), "{text}");
    }
}

on_both_engines! {
    async fn progress_tells_how_far_each_unit_is(world: &World) {
        let campaign = campaign::open(world, "巡检", &[world.unit, world.other_unit]).await;
        rectification::ordered(world, &campaign, world.unit, "immediate").await;
        world.advance("2023-08-21T01:00:00Z");
        let progress = world.get(Who::Coordinator, &campaign.path("/progress")).send().await.expect(200);
        let items = progress.body["items"].as_array().expect("items");
        let own = items.iter().find(|item| item["unit_id"] == json!(world.unit)).expect("the unit");
        assert_eq!(items.len(), 2);
        assert_eq!(own["unit_name"], "墟沟街道办事处");
        assert_eq!((&own["self_check_status"], &own["self_check_overdue"]), (&json!("not_started"), &json!(true)));
        assert_eq!((&own["findings_open"], &own["rectifications_open"]), (&json!(1), &json!(1)));
        assert_eq!(own["rectifications_overdue"], 1);
        let seen = world.get(Who::Liaison, &campaign.path("/progress")).send().await.expect(200);
        assert_eq!(seen.body["items"].as_array().map(Vec::len), Some(1));
    }
}
