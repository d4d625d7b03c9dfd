//! Who is told of a visit, and what calendars read.

use serde_json::{Value, json};

use super::{act, planned};
use crate::support::{Engine, Reply, Who, World};
use crate::{campaign, on_both_engines};

/// The notices about a visit: kind, audience and address, sorted.
async fn told(world: &World, visit: &Reply) -> Vec<(String, String, String)> {
    let path = format!("/v1/notices?record_id={}", visit.id());
    let notices = world.get(Who::Coordinator, &path).send().await.expect(200);
    let text = |notice: &Value, field: &str| notice[field].as_str().unwrap_or_default().to_owned();
    let items = notices.body["items"].as_array().expect("items");
    let one = |notice| (text(notice, "kind"), text(notice, "audience"), text(notice, "address"));
    let mut told: Vec<_> = items.iter().map(one).collect();
    told.sort();
    told
}

fn expected(rows: &[(&str, &str, &str)]) -> Vec<(String, String, String)> {
    let owned = |(kind, audience, who): &(&str, &str, &str)| {
        ((*kind).to_owned(), (*audience).to_owned(), format!("{who}@example.org"))
    };
    rows.iter().map(owned).collect()
}

on_both_engines! {
    async fn the_unit_and_the_inspectors_are_told_and_who_is_not_on_it_any_more(world: &World) {
        let campaign = campaign::open(world, "巡检", &[world.unit]).await;
        let made = planned(world, &campaign, world.unit).await;
        let first = [("visit_planned", "inspectors", "inspector"), ("visit_planned", "unit", "liaison")];
        assert_eq!(told(world, &made).await, expected(&first));
        let path = format!("/v1/visits/{}", made.id());
        let note = json!({"note": "带测距仪"});
        let seen = world.patch(Who::Coordinator, &path).if_match(&made.etag()).json(&note).send().await.expect(200);
        assert_eq!(told(world, &made).await.len(), 2, "a note is told to nobody");
        let others = json!({"inspector_ids": [world.account(Who::OtherInspector)]});
        let seen = world.patch(Who::Coordinator, &path).if_match(&seen.etag()).json(&others).send().await.expect(200);
        let then = [
            ("visit_cancelled", "inspectors", "inspector"),
            ("visit_changed", "inspectors", "other-inspector"),
            ("visit_changed", "unit", "liaison"),
        ];
        assert_eq!(told(world, &made).await, expected(&[&then[..], &first[..]].concat()));
        act(world, Who::Coordinator, &seen, "cancel", json!({"reason": "防汛"})).await.expect(200);
        let told_of_end = told(world, &made).await;
        let ends = told_of_end.iter().filter(|(kind, ..)| kind == "visit_cancelled").count();
        assert_eq!((told_of_end.len(), ends), (7, 3));
        // The unit sees what it was told, and not what the inspectors were.
        let own = world.get(Who::Liaison, &format!("/v1/notices?record_id={}", made.id())).send().await.expect(200);
        assert_eq!(own.body["items"].as_array().map(Vec::len), Some(3));
    }
}

on_both_engines! {
    async fn the_calendar_keeps_the_uid_and_raises_the_sequence(world: &World) {
        let campaign = campaign::open(world, "巡检", &[world.unit]).await;
        let made = planned(world, &campaign, world.unit).await;
        let path = format!("/v1/visits/{}", made.id());
        let calendar = || async {
            let file = world.get(Who::Liaison, &format!("{path}/calendar.ics")).send().await.expect(200);
            assert_eq!(file.header("content-type"), "text/calendar; charset=utf-8");
            let text = file.body.as_str().expect("a text").replace("\r\n ", "");
            let line = |name: &str| text.lines().find(|line| line.starts_with(name)).unwrap_or_default().to_owned();
            [line("UID"), line("SEQUENCE"), line("DTSTART"), line("STATUS")]
        };
        let uid = format!("UID:{}", made.id());
        let first = [uid.as_str(), "SEQUENCE:0", "DTSTART:20230807T010000Z", "STATUS:CONFIRMED"];
        assert_eq!(calendar().await, first);
        let later = json!({"planned_at": "2023-08-08T06:30:00Z"});
        let seen = world.patch(Who::Coordinator, &path).if_match(&made.etag()).json(&later).send().await.expect(200);
        assert_eq!(calendar().await, [uid.as_str(), "SEQUENCE:1", "DTSTART:20230808T063000Z", "STATUS:CONFIRMED"]);
        act(world, Who::Coordinator, &seen, "cancel", json!({"reason": "防汛"})).await.expect(200);
        assert_eq!(calendar().await, [uid.as_str(), "SEQUENCE:2", "DTSTART:20230808T063000Z", "STATUS:CANCELLED"]);
    }
}
