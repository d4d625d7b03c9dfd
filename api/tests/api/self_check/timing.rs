//! Early, on time, late, overdue: civil days in China, which begin at 16:00 UTC.

use serde_json::{Value, json};

use super::{act, of, submitted};
use crate::campaign::{self, Campaign};
use crate::on_both_engines;
use crate::support::{Engine, Reply, Who, World};

/// The plan of 2023, opened, with a last day of its own for a unit.
async fn with_own_date<'a>(
    world: &'a World,
    name: &str,
    unit: shared::domain::id::Id,
    day: &str,
) -> Campaign<'a> {
    let campaign = campaign::draft(world, name, &[world.unit, world.other_unit]).await;
    let own = json!({"self_check_due_on": day});
    campaign.write("PATCH", &format!("/units/{unit}"), &own).await.expect(200);
    campaign.act(Who::Coordinator, "/open").await.expect(200);
    campaign
}

fn mark(check: &Reply) -> (Option<&str>, Option<bool>) {
    (check.body["timing"].as_str(), check.body["submitted_late"].as_bool())
}

on_both_engines! {
    async fn r37_the_first_submission_is_marked_by_the_phase_and_the_own_last_day(world: &World) {
        let [on_last_day, after_it, shorter, longer] = ["甲", "乙", "丙", "丁"];
        let on_last_day = campaign::open(world, on_last_day, &[world.unit]).await;
        let after_it = campaign::open(world, after_it, &[world.unit]).await;
        let shorter = with_own_date(world, shorter, world.unit, "2023-08-05").await;
        let longer = with_own_date(world, longer, world.unit, "2023-08-09").await;
        let early = campaign::draft(world, "戊", &[world.unit]).await;
        let phases = json!({"phases": [
            {"kind": "self_check", "starts_on": "2023-08-07", "ends_on": "2023-08-09"},
            {"kind": "on_site", "starts_on": "2023-08-10", "ends_on": "2023-08-11"},
            {"kind": "summary", "starts_on": "2023-08-12", "ends_on": "2023-08-20"},
        ]});
        early.write("PUT", "/phases", &phases).await.expect(200);
        early.act(Who::Coordinator, "/open").await.expect(200);
        assert_eq!(mark(&of(world, &longer, world.unit).await), (None, Some(false)));
        world.advance("2023-08-06T15:59:00Z");
        assert_eq!(mark(&submitted(world, &on_last_day, &[]).await), (Some("on_time"), Some(false)));
        assert_eq!(mark(&submitted(world, &shorter, &[]).await), (Some("late"), Some(true)));
        assert_eq!(mark(&submitted(world, &early, &[]).await), (Some("early"), Some(false)));
        world.advance("2023-08-06T16:00:00Z");
        assert_eq!(mark(&submitted(world, &after_it, &[]).await), (Some("late"), Some(true)));
        assert_eq!(mark(&submitted(world, &longer, &[]).await), (Some("on_time"), Some(false)));
    }
}

on_both_engines! {
    async fn r37_the_mark_stays_whatever_dates_change_later(world: &World) {
        let campaign = campaign::open(world, "巡检", &[world.unit]).await;
        world.advance("2023-08-06T16:00:00Z");
        let check = submitted(world, &campaign, &[]).await;
        let first = check.body["first_submitted_at"].clone();
        let back = json!({"reason": "请补充", "due_on": "2023-08-09"});
        let check = act(world, Who::Coordinator, &check, "return", back).await.expect(200);
        assert_eq!((&check.body["due_on"], &check.body["overdue"]), (&json!("2023-08-09"), &json!(false)));
        let check = act(world, Who::Liaison, &check, "submit", Value::Null).await.expect(200);
        assert_eq!(mark(&check), (Some("late"), Some(true)));
        assert_eq!(check.body["first_submitted_at"], first);
        assert_ne!(check.body["submitted_at"], first);
    }
}

on_both_engines! {
    async fn overdue_is_what_is_outstanding_after_its_last_day(world: &World) {
        let campaign = with_own_date(world, "巡检", world.other_unit, "2023-08-09").await;
        let listed = |who, query: &'static str| {
            let path = format!("/v1/self-checks?campaign_id={}&count=true{query}", campaign.id);
            async move {
                let list = world.get(who, &path).send().await.expect(200);
                let items = list.body["items"].as_array().expect("items");
                assert_eq!(list.body["total"], items.len());
                items.iter().map(|item| item["unit_id"].clone()).collect::<Vec<_>>()
            }
        };
        let none = Vec::<Value>::new();
        let (unit, other) = (json!(world.unit), json!(world.other_unit));
        let both = listed(Who::Leader, "").await;
        assert!(both.len() == 2 && both.contains(&unit) && both.contains(&other));
        assert_eq!(listed(Who::OtherLiaison, "").await, std::slice::from_ref(&other));
        assert_eq!(listed(Who::Discipline, "").await, none);
        world.advance("2023-08-06T15:59:00Z");
        assert_eq!(listed(Who::Leader, "&overdue=true").await, none);
        world.advance("2023-08-06T16:00:00Z");
        assert_eq!(listed(Who::Leader, "&overdue=true").await, std::slice::from_ref(&unit));
        assert_eq!(listed(Who::OtherLiaison, "&overdue=true").await, none);
        assert_eq!(of(world, &campaign, world.unit).await.body["overdue"], true);
        let check = submitted(world, &campaign, &[]).await;
        assert_eq!(check.body["overdue"], false);
        assert_eq!(listed(Who::Leader, "&overdue=true").await, none);
        let back = json!({"reason": "请补充"});
        let check = act(world, Who::Coordinator, &check, "return", back).await.expect(200);
        assert_eq!((&check.body["overdue"], &check.body["due_on"]), (&json!(true), &json!("2023-08-06")));
        assert_eq!(listed(Who::Leader, "&overdue=true&status=returned").await, [unit]);
        world.advance("2023-08-09T16:00:00Z");
        assert_eq!(listed(Who::OtherLiaison, "&overdue=true").await, [other]);
    }
}
