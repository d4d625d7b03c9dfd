//! What a unit fills in, and who else may.

use futures_util::join;
use serde_json::{Value, json};

use super::{act, complete, fill_in, of};
use crate::support::{Engine, Who, World};
use crate::{attachment, campaign, on_both_engines};

on_both_engines! {
    async fn answers_merge_by_focus_item_and_null_clears(world: &World) {
        let campaign = campaign::open(world, "巡检", &[world.unit]).await;
        let check = of(world, &campaign, world.unit).await;
        assert_eq!(check.body["status"], "not_started");
        assert_eq!((&check.body["answers"], &check.body["materials"]), (&json!({}), &json!({})));
        let problem = json!({"result": "found", "description": "权属未登记", "corrective_measure": "正在办理"});
        let change = json!({"answers": {"ownership": problem, "leasing": {"result": "none"}}});
        let check = fill_in(world, Who::Liaison, &check, &change).await.expect(200);
        assert_eq!(check.body["status"], "draft");
        let change = json!({"answers": {
            "ownership": {"corrected": true, "corrective_measure": null},
            "leasing": null,
            "occupancy": {"result": "not_applicable"},
        }});
        let check = fill_in(world, Who::Liaison, &check, &change).await.expect(200);
        let ownership = json!({
            "result": "found", "description": "权属未登记", "corrected": true, "attachment_ids": []
        });
        let occupancy = json!({"result": "not_applicable", "corrected": false, "attachment_ids": []});
        assert_eq!(check.body["answers"], json!({"ownership": ownership, "occupancy": occupancy}));
        let check = fill_in(world, Who::Liaison, &check, &json!({"answers": null})).await.expect(200);
        assert_eq!(check.body["answers"], json!({}));
    }
}

on_both_engines! {
    async fn what_the_campaign_does_not_ask_for_is_no_field(world: &World) {
        let campaign = campaign::draft(world, "租用专项巡检", &[world.unit]).await;
        let items = json!({"focus_items": [{"item": "leasing", "title": "租用"}]});
        campaign.write("PUT", "/focus-items", &items).await.expect(200);
        let materials = json!({"materials": [{"key": "lease_approvals", "title": "租用审批文件"}]});
        campaign.write("PUT", "/materials", &materials).await.expect(200);
        campaign.act(Who::Coordinator, "/open").await.expect(200);
        let check = of(world, &campaign, world.unit).await;
        for (change, rule) in [
            (json!({"answers": {"ownership": {"result": "none"}}}), "/answers/ownership unknown_field"),
            (json!({"materials": {"deeds": {"state": "have"}}}), "/materials/deeds unknown_field"),
            (json!({"answers": {"leasing": {"result": "perhaps"}}}), "/answers/leasing/result wrong_type"),
            (json!({"answers": {"leasing": {"description": "x"}}}), "/answers/leasing/result missing"),
            (json!({"answers": {"leasing": {"result": "none", "note": 1}}}), "/answers/leasing/note unknown_field"),
            (json!({"answers": {"leasing": {"result": "found", "description": " "}}}), "/answers/leasing/description blank"),
            (json!({"status": "accepted"}), "/status unknown_field"),
        ] {
            fill_in(world, Who::Liaison, &check, &change).await.violates(&[rule]);
        }
        // What is missing is named at once, and nothing that was not asked for.
        let change = json!({"answers": {"leasing": {"result": "found"}}});
        let check = fill_in(world, Who::Liaison, &check, &change).await.expect(200);
        let refused = act(world, Who::Liaison, &check, "submit", Value::Null).await;
        refused.violates(&["/answers/leasing/description missing", "/materials/lease_approvals unanswered"]);
        let change = json!({
            "answers": {"leasing": {"result": "none"}}, "materials": {"lease_approvals": {"state": "not_applicable"}}
        });
        let check = fill_in(world, Who::Liaison, &check, &change).await.expect(200);
        act(world, Who::Liaison, &check, "submit", Value::Null).await.expect(200);
    }
}

on_both_engines! {
    async fn r45_every_item_of_the_plan_is_answered_before_it_is_handed_in(world: &World) {
        let campaign = campaign::open(world, "巡检", &[world.unit]).await;
        let check = of(world, &campaign, world.unit).await;
        let mut answers = complete(&[]);
        answers["answers"]["leasing"] = Value::Null;
        let check = fill_in(world, Who::Liaison, &check, &answers).await.expect(200);
        act(world, Who::Liaison, &check, "submit", Value::Null).await.violates(&["/answers/leasing unanswered"]);
        let check = fill_in(world, Who::Liaison, &check, &complete(&[])).await.expect(200);
        act(world, Who::Liaison, &check, "submit", Value::Null).await.expect(200);
    }
}

on_both_engines! {
    async fn of_two_at_once_one_is_told_that_it_is_late(world: &World) {
        let campaign = campaign::open(world, "巡检", &[world.unit]).await;
        let check = of(world, &campaign, world.unit).await;
        let leasing = json!({"answers": {"leasing": {"result": "none"}}});
        let ownership = json!({"answers": {"ownership": {"result": "none"}}});
        let (one, other) = join!(
            fill_in(world, Who::Liaison, &check, &leasing),
            fill_in(world, Who::Coordinator, &check, &ownership),
        );
        let mut statuses = [one.status, other.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 412]);
        let check = of(world, &campaign, world.unit).await;
        assert_eq!(check.etag(), "\"2\"");
        assert_eq!(check.body["answers"].as_object().map(serde_json::Map::len), Some(1));
    }
}

on_both_engines! {
    async fn attachments_become_the_self_checks(world: &World) {
        let campaign = campaign::open(world, "巡检", &[world.unit, world.other_unit]).await;
        let check = of(world, &campaign, world.unit).await;
        let upload = |who| async move {
            attachment::upload(world, who, "台账.pdf", attachment::PDF).await.expect(201).id().to_owned()
        };
        let (own, scan, foreign) = (upload(Who::Liaison).await, upload(Who::Liaison).await, upload(Who::OtherLiaison).await);
        let unknown = shared::domain::id::Id::new().to_string();
        let change = |ids: &[&str]| json!({"answers": {"leasing": {"result": "none", "attachment_ids": ids}}, "scan_attachment_ids": [scan]});
        let reply = fill_in(world, Who::Liaison, &check, &change(&[&own, &foreign, &unknown])).await;
        reply.violates(&["/answers/leasing/attachment_ids/1 attachment_unknown", "/answers/leasing/attachment_ids/2 attachment_unknown"]);
        world.get(Who::Coordinator, &format!("/v1/attachments/{own}")).send().await.expect(404);
        let check = fill_in(world, Who::Liaison, &check, &change(&[&own])).await.expect(200);
        assert_eq!(check.body["answers"]["leasing"]["attachment_ids"], json!([own]));
        let shown = world.get(Who::Coordinator, &format!("/v1/attachments/{own}")).send().await.expect(200);
        assert_eq!(shown.body["record_id"], check.id());
        world.get(Who::Coordinator, &format!("/v1/attachments/{scan}")).send().await.expect(200);
        world.get(Who::OtherLiaison, &format!("/v1/attachments/{own}")).send().await.expect(404);
        // It has one record for good, in which others may move it about.
        let other = of(world, &campaign, world.other_unit).await;
        let stolen = json!({"answers": {"other": {"result": "none", "attachment_ids": [own]}}});
        fill_in(world, Who::Coordinator, &other, &stolen).await.violates(&["/answers/other/attachment_ids/0 attachment_unknown"]);
        fill_in(world, Who::Coordinator, &check, &stolen).await.expect(200);
    }
}

on_both_engines! {
    async fn whoever_enters_for_a_unit_is_named_beside_it(world: &World) {
        let campaign = campaign::open(world, "巡检", &[world.unit]).await;
        let check = of(world, &campaign, world.unit).await;
        let check = fill_in(world, Who::Liaison, &check, &complete(&[])).await.expect(200);
        act(world, Who::Coordinator, &check, "submit", Value::Null).await.violates(&["/scan_attachment_ids missing"]);
        let scan = attachment::upload(world, Who::Coordinator, "自查表.pdf", attachment::PDF).await.expect(201);
        let paper = json!({"scan_attachment_ids": [scan.id()]});
        let check = fill_in(world, Who::Coordinator, &check, &paper).await.expect(200);
        let check = act(world, Who::Coordinator, &check, "submit", Value::Null).await.expect(200);
        assert_eq!(check.body["submitted_by"], world.account(Who::Coordinator).to_string());
        let path = format!("/v1/audit-events?record_id={}", check.id());
        let events = world.get(Who::Liaison, &path).send().await.expect(200);
        let events = events.body["items"].as_array().expect("events");
        let named: Vec<_> = events.iter().map(|event| (event["action"].as_str(), event["after"].get("entered_for"))).collect();
        let unit = json!(world.unit);
        assert_eq!(named, [
            (Some("create"), None),
            (Some("update"), None),
            (Some("update"), Some(&unit)),
            (Some("submit"), Some(&unit)),
        ]);
        assert_eq!(events[3]["actor_id"], world.account(Who::Coordinator).to_string());
        assert_eq!(events[3]["unit_id"], unit);
    }
}
