//! What can be written can be read again: values beyond their bounds are refused, those at them are kept.

use futures_util::future::join_all;
use reqwest::Method;
use serde_json::json;
use shared::domain::id::Id;

use crate::support::{Engine, Who, World};
use crate::{campaign, finding, leader_office, on_both_engines, rectification, visit};

on_both_engines! {
    async fn an_instant_that_could_not_be_read_again_is_refused_and_stops_nobody(world: &World) {
        let campaign = campaign::open(world, "时间有误的巡检", &[world.unit]).await;
        let post = |planned_at: &str| {
            let mut content = visit::content(world, &campaign, world.unit);
            content["planned_at"] = json!(planned_at);
            world.post(Who::Coordinator, "/v1/visits").json(&content).send()
        };
        for beyond in ["0000-01-01T00:00:00+08:00", "9999-12-31T23:59:59-12:00", "1899-12-31T23:59:59Z", "2200-01-01T00:00:00Z"] {
            post(beyond).await.violates(&["/planned_at out_of_range"]);
        }
        for odd in ["+10000-01-01T00:00:00Z", "2023-8-7T01:00:00Z", "2023-08-07"] {
            post(odd).await.violates(&["/planned_at wrong_type"]);
        }
        for bound in ["1900-01-01T00:00:00Z", "2199-12-31T23:59:59.999999Z"] {
            let made = post(bound).await.expect(201);
            assert_eq!(made.body["planned_at"], bound);
            let path = format!("/v1/visits/{}", made.id());
            assert_eq!(world.get(Who::Leader, &path).send().await.expect(200).body["planned_at"], bound);
            world.get(Who::Inspector, &format!("{path}/calendar.ics")).send().await.expect(200);
        }
        for list in ["/v1/visits", "/v1/notices", "/v1/audit-events"] {
            world.get(Who::Coordinator, list).send().await.expect(200);
        }
    }
}

on_both_engines! {
    async fn a_date_that_could_not_be_read_again_is_refused(world: &World) {
        let campaign = campaign::open(world, "日期有误的巡检", &[world.unit]).await;
        let confirmed = finding::confirmed(world, &campaign, world.unit).await;
        let post = |due_on: &str| {
            let content = json!({
                "finding_id": confirmed.id(), "mode": "immediate", "requirement": "清理腾退。", "due_on": due_on
            });
            world.post(Who::Coordinator, "/v1/rectifications").json(&content).send()
        };
        for beyond in ["+262142-12-31", "0000-01-01", "9999-12-31", "1899-12-31", "2200-01-01"] {
            post(beyond).await.violates(&["/due_on out_of_range"]);
        }
        for odd in ["2023-2-3", "2023-02-30", "20230803", "2023-08-03T00:00:00Z"] {
            post(odd).await.violates(&["/due_on wrong_type"]);
        }
        let made = post("2199-12-31").await.expect(201);
        let path = format!("/v1/rectifications/{}", made.id());
        assert_eq!(world.get(Who::Leader, &path).send().await.expect(200).body["due_on"], "2199-12-31");
        let days = format!("/v1/visits?from=0000-01-01&campaign_id={}", campaign.id);
        world.get(Who::Leader, &days).send().await.refused(400, "invalid_query");
    }
}

on_both_engines! {
    async fn parameters_are_taken_as_the_document_has_them(world: &World) {
        let long = "长".repeat(101);
        for query in [
            format!("/v1/units?name={long}"),
            "/v1/units?limit=3&limit=4".to_owned(),
            "/v1/units?count=true&count=true".to_owned(),
            "/v1/units?name=a&name=b".to_owned(),
            format!("/v1/audit-events?record_kind={}", "k".repeat(41)),
        ] {
            world.get(Who::Coordinator, &query).send().await.refused(400, "invalid_query");
        }
        world.get(Who::Coordinator, "/v1/units?status=active&status=merged").send().await.expect(200);
        let path = format!("/v1/attachments?file_name={}.pdf", "a".repeat(2_000));
        let upload = world.post(Who::Coordinator, &path).raw("application/octet-stream", "%PDF-1.7");
        upload.send().await.refused(400, "invalid_query");
    }
}

on_both_engines! {
    async fn a_create_says_nothing_by_null(world: &World) {
        let null = json!({"name": "区机关事务管理中心", "kind": "department", "standard_class": "county", "address": null});
        world.post(Who::Coordinator, "/v1/units").json(&null).send().await.violates(&["/address wrong_type"]);
    }
}

on_both_engines! {
    async fn a_list_stands_for_no_object_and_a_null_in_a_list_for_nothing(world: &World) {
        let campaign = campaign::open(world, "巡检", &[world.unit]).await;
        let texts = campaign.path("/report-texts");
        let seen = world.get(Who::Coordinator, &texts).send().await.expect(200);
        let put = world.request(Who::Coordinator, Method::PUT, &texts).if_match(&seen.etag());
        put.json(&json!([])).send().await.violates(&[" wrong_type"]);
        let contact = json!({
            "name": "海州湾街道办事处", "kind": "subdistrict", "standard_class": "county", "contact": ["陈海燕", "0518-80000000", "a@example.org"]
        });
        world.post(Who::Coordinator, "/v1/units").json(&contact).send().await.violates(&["/contact wrong_type"]);
        let office = leader_office::measured(world, &campaign, world.unit, "周云台", 17.0).await;
        let path = format!("/v1/leader-offices/{}", office.id());
        let rooms = json!({"measured_rooms": [{"kind": "office", "area": 17, "room_number": null}]});
        let patch = world.patch(Who::Coordinator, &path).if_match(&office.etag()).json(&rooms);
        patch.send().await.violates(&["/measured_rooms/0/room_number wrong_type"]);
    }
}

on_both_engines! {
    async fn what_asks_for_an_entry_takes_no_empty_list(world: &World) {
        let campaign = campaign::open(world, "巡检", &[world.unit]).await;
        let order = rectification::ordered(world, &campaign, world.unit, "immediate").await;
        let mut evidence = rectification::evidence();
        evidence["measured_rooms"] = json!([]);
        let submit = rectification::act(world, Who::Liaison, &order, "submit", evidence).await;
        submit.violates(&["/measured_rooms missing"]);
    }
}

on_both_engines! {
    async fn whoever_may_not_upload_hears_it_before_the_body(world: &World) {
        // A body that would be refused as such: the right is looked at first.
        let upload = world.post(Who::Admin, "/v1/attachments").raw("text/plain", "nothing");
        upload.send().await.refused(403, "role_missing");
    }
}

on_both_engines! {
    async fn of_many_creates_with_one_id_one_succeeds_and_the_others_hear_it_is_taken(world: &World) {
        let id = Id::new();
        let create = |n: usize| {
            let unit = json!({
                "id": id, "name": format!("第{n}街道办事处"), "kind": "subdistrict", "standard_class": "county"
            });
            async move { world.post(Who::Coordinator, "/v1/units").json(&unit).send().await }
        };
        let replies = join_all((0..16).map(create)).await;
        assert_eq!(replies.iter().filter(|reply| reply.status == 201).count(), 1);
        for reply in replies.into_iter().filter(|reply| reply.status != 201) {
            reply.refused(409, "id_taken");
        }
        let create = |_| {
            let unit = json!({"name": "同名街道办事处", "kind": "subdistrict", "standard_class": "county"});
            async move { world.post(Who::Coordinator, "/v1/units").json(&unit).send().await }
        };
        let replies = join_all((0..16).map(create)).await;
        assert_eq!(replies.iter().filter(|reply| reply.status == 201).count(), 1);
        for reply in replies.into_iter().filter(|reply| reply.status != 201) {
            reply.refused(409, "taken");
        }
    }
}
