//! What the office and the leading group decide: approvals, extensions, deferrals, look-backs.

use serde_json::{Value, json};

use super::{act, draft, evidence, finding_status, ordered};
use crate::support::{Engine, Who, World};
use crate::{attachment, campaign, on_both_engines};

/// The setting by which a leader agrees to each order.
pub fn approved() -> Value {
    json!({"orders_need_approval": true})
}

pub fn deferral() -> Value {
    json!({
        "reason": "待大楼维修竣工", "approval": "领导小组2023年9月5日会议纪要", "review_on": "2023-12-31"
    })
}

on_both_engines! {
    async fn a_draft_that_is_changed_loses_its_approval(world: &World) {
        let campaign = campaign::open_with(world, "须审批的巡检", &[world.unit], &approved()).await;
        let made = draft(world, &campaign, world.unit, "immediate").await;
        let refused = act(world, Who::Coordinator, &made, "order", Value::Null).await;
        refused.refused(409, "invalid_transition");
        let opinion = || json!({"opinion": "同意下达"});
        act(world, Who::Leader, &made, "approve", json!({"opinion": " "})).await.violates(&["/opinion blank"]);
        let agreed = act(world, Who::Leader, &made, "approve", opinion()).await.expect(200);
        assert_eq!(agreed.body["approval"]["opinion"], "同意下达");
        assert_eq!((agreed.body["status"].as_str(), agreed.actions()), (Some("drafted"), vec![]));
        let path = format!("/v1/rectifications/{}", made.id());
        let patch = |etag: String, body: Value| {
            world.patch(Who::Coordinator, &path).if_match(&etag).json(&body).send()
        };
        let same = patch(agreed.etag(), json!({"mode": "immediate"})).await.expect(200);
        assert!(same.body.get("approval").is_some(), "nothing changed");
        let changed = patch(same.etag(), json!({"requirement": "立即腾退。"})).await.expect(200);
        assert_eq!(changed.body.get("approval"), None);
        let refused = act(world, Who::Coordinator, &changed, "order", Value::Null).await;
        refused.refused(409, "invalid_transition");
        let agreed = act(world, Who::Leader, &changed, "approve", opinion()).await.expect(200);
        act(world, Who::Coordinator, &agreed, "order", Value::Null).await.expect(200);
    }
}

on_both_engines! {
    async fn r40_what_is_deferred_is_counted_apart_and_never_overdue(world: &World) {
        let campaign = campaign::open(world, "巡检", &[world.unit]).await;
        let order = ordered(world, &campaign, world.unit, "immediate").await;
        let bare = json!({"reason": "待竣工", "review_on": "2023-07-30", "approval": ""});
        let refused = act(world, Who::Leader, &order, "defer", bare).await;
        refused.violates(&["/approval blank", "/review_on due_on_past"]);
        let minutes = attachment::upload(world, Who::Leader, "会议纪要.pdf", "%PDF-1.4\n%%EOF\n").await.expect(201);
        let mut body = deferral();
        body["attachment_ids"] = json!([minutes.id()]);
        let deferred = act(world, Who::Leader, &order, "defer", body).await.expect(200);
        assert_eq!(deferred.body["status"], "deferred");
        assert_eq!(deferred.body["deferral"]["review_on"], "2023-12-31");
        assert_eq!(finding_status(world, &deferred).await, "rectifying");
        // Readable as the order is.
        world.get(Who::Liaison, &format!("/v1/attachments/{}", minutes.id())).send().await.expect(200);
        world.advance("2023-09-30T01:00:00Z");
        let path = format!("/v1/rectifications/{}", order.id());
        let seen = world.get(Who::Liaison, &path).send().await.expect(200);
        assert_eq!((&seen.body["overdue"], &seen.body["overdue_days"]), (&json!(false), &json!(0)));
        let figures = world.get(Who::Leader, &campaign.path("/statistics")).send().await.expect(200);
        let problems = &figures.body["total"]["problems"];
        for (figure, value) in [("total", 1), ("deferred", 1), ("in_progress", 0), ("overdue", 0)] {
            assert_eq!(problems[figure], value, "{figure}");
        }
        let resume = |due_on: &str| act(world, Who::Coordinator, &seen, "resume", json!({"due_on": due_on}));
        resume("2023-09-29").await.violates(&["/due_on due_on_past"]);
        let resumed = resume("2023-10-31").await.expect(200);
        assert_eq!((resumed.body["status"].as_str(), &resumed.body["due_on"]), (Some("in_progress"), &json!("2023-10-31")));
        assert_eq!(resumed.body["first_due_on"], "2023-08-20");
    }
}

on_both_engines! {
    async fn an_extension_is_asked_for_decided_and_lapses(world: &World) {
        let campaign = campaign::open(world, "巡检", &[world.unit]).await;
        let order = ordered(world, &campaign, world.unit, "immediate").await;
        let ask = |due_on: &str| json!({"due_on": due_on, "reason": "档案搬迁"});
        act(world, Who::Liaison, &order, "request-extension", ask("2023-08-20")).await.violates(&["/due_on not_later"]);
        let asked = act(world, Who::Liaison, &order, "request-extension", ask("2023-09-10")).await.expect(200);
        assert_eq!((&asked.body["extension_request"]["due_on"], &asked.body["due_on"]), (&json!("2023-09-10"), &json!("2023-08-20")));
        assert!(!asked.actions().contains(&"request-extension"), "{:?}", asked.actions());
        let decide = |approve: bool| json!({"approve": approve, "reason": "情况属实"});
        let granted = act(world, Who::Coordinator, &asked, "decide-extension", decide(true)).await.expect(200);
        assert_eq!((&granted.body["due_on"], &granted.body["first_due_on"]), (&json!("2023-09-10"), &json!("2023-08-20")));
        assert_eq!(granted.body.get("extension_request"), None);
        assert_eq!(granted.body["extensions"][0]["due_on_before"], "2023-08-20");
        // Every further one is a leader's.
        let asked = act(world, Who::Liaison, &granted, "request-extension", ask("2023-09-30")).await.expect(200);
        act(world, Who::Coordinator, &asked, "decide-extension", decide(true)).await.refused(403, "role_missing");
        let refused = act(world, Who::Leader, &asked, "decide-extension", decide(false)).await.expect(200);
        assert_eq!(refused.body["due_on"], "2023-09-10");
        assert_eq!(refused.body["extensions"].as_array().map(Vec::len), Some(2));
        // Handed in, there is nothing to extend.
        let asked = act(world, Who::Liaison, &refused, "request-extension", ask("2023-09-30")).await.expect(200);
        let done = act(world, Who::Liaison, &asked, "submit", evidence()).await.expect(200);
        assert_eq!(done.body.get("extension_request"), None);
    }
}

on_both_engines! {
    async fn a_day_that_passed_while_it_was_asked_for_is_not_granted(world: &World) {
        let campaign = campaign::open(world, "巡检", &[world.unit]).await;
        let order = ordered(world, &campaign, world.unit, "immediate").await;
        let ask = json!({"due_on": "2023-08-25", "reason": "档案搬迁"});
        let asked = act(world, Who::Liaison, &order, "request-extension", ask).await.expect(200);
        world.advance("2023-08-26T01:00:00Z");
        let decide = |approve: bool| {
            let body = json!({"approve": approve, "reason": "迟复"});
            act(world, Who::Coordinator, &asked, "decide-extension", body)
        };
        decide(true).await.violates(&["/approve due_on_past"]);
        decide(false).await.expect(200);
    }
}

on_both_engines! {
    async fn a_look_back_takes_up_again_what_was_closed(world: &World) {
        let campaign = campaign::open(world, "巡检", &[world.unit]).await;
        let order = ordered(world, &campaign, world.unit, "immediate").await;
        let done = act(world, Who::Liaison, &order, "submit", evidence()).await.expect(200);
        let closed = act(world, Who::Inspector, &done, "close", json!({"opinion": "同意销号"})).await.expect(200);
        let body = json!({"reason": "又被占用", "due_on": "2023-09-30"});
        let reopened = act(world, Who::Coordinator, &closed, "reopen", body).await.expect(200);
        assert_eq!((reopened.body["status"].as_str(), &reopened.body["times_reopened"]), (Some("reopened"), &json!(1)));
        assert_eq!((reopened.body.get("closed_at"), reopened.body.get("close_opinion")), (None, None));
        assert_eq!((&reopened.body["reopen_reason"], &reopened.body["due_on"]), (&json!("又被占用"), &json!("2023-09-30")));
        assert_eq!(finding_status(world, &reopened).await, "rectifying");
        let done = act(world, Who::Liaison, &reopened, "submit", evidence()).await.expect(200);
        let body = json!({"reason": "缺少照片", "due_on": "2023-10-10"});
        let returned = act(world, Who::Inspector, &done, "return", body).await.expect(200);
        assert_eq!(returned.body["times_returned"], 1);
        let done = act(world, Who::Liaison, &returned, "submit", evidence()).await.expect(200);
        let closed = act(world, Who::Inspector, &done, "close", json!({"opinion": "同意销号"})).await.expect(200);
        assert_eq!((closed.body.get("reopen_reason"), finding_status(world, &closed).await.as_str()), (None, "closed"));
    }
}
