//! What a rectification leaves behind: notices, audit events, attachments.

use std::collections::BTreeMap;

use diesel::prelude::*;
use serde_json::{Value, json};
use shared::domain::notice::{Audience, NoticeKind, NoticeStatus};
use shared::domain::text::TextEnum;
use shared::store::schema::notices;

use super::decision::deferral;
use super::{act, draft, evidence, ordered, paper};
use crate::support::{Engine, Reply, Who, World};
use crate::{attachment, campaign, finding, on_both_engines};

/// The notices about a record, as `kind audience status`, counted.
fn told(world: &World, record: &Reply) -> BTreeMap<String, usize> {
    let rows: Vec<(NoticeKind, Audience, NoticeStatus)> = world
        .store
        .with(|conn| {
            let about = notices::table.filter(notices::record_id.eq(record.id()));
            Ok(about.select((notices::kind, notices::audience, notices::status)).load(conn)?)
        })
        .expect("the notices are read");
    let mut counted = BTreeMap::new();
    for (kind, audience, status) in rows {
        let name = format!("{} {} {}", kind.as_str(), audience.as_str(), status.as_str());
        *counted.entry(name).or_default() += 1;
    }
    counted
}

/// The audit events about a record that a caller sees, oldest first.
async fn events(world: &World, who: Who, record: &Reply) -> Vec<Value> {
    let path = format!("/v1/audit-events?record_id={}", record.id());
    let seen = world.get(who, &path).send().await.expect(200);
    seen.body["items"].as_array().expect("items").clone()
}

on_both_engines! {
    async fn a_unit_is_told_of_what_the_office_does_and_never_of_what_it_did_itself(world: &World) {
        let campaign = campaign::open(world, "巡检", &[world.unit]).await;
        let draft = draft(world, &campaign, world.unit, "immediate").await;
        assert_eq!(told(world, &draft), BTreeMap::new());
        let seen = act(world, Who::Coordinator, &draft, "order", Value::Null).await.expect(200);
        let body = json!({"due_on": "2023-08-25", "reason": "顺延"});
        let seen = act(world, Who::Coordinator, &seen, "correct", body).await.expect(200);
        let seen = act(world, Who::Liaison, &seen, "submit", evidence()).await.expect(200);
        let body = json!({"reason": "缺少照片", "due_on": "2023-08-28"});
        let seen = act(world, Who::Inspector, &seen, "return", body).await.expect(200);
        let seen = act(world, Who::Liaison, &seen, "submit", evidence()).await.expect(200);
        let closed = act(world, Who::Inspector, &seen, "close", json!({"opinion": "同意销号"})).await.expect(200);
        // Nobody has given an address of the unit's leader.
        let expected = [
            ("rectification_closed unit pending", 1),
            ("rectification_ordered unit pending", 2),
            ("rectification_ordered unit_leader undeliverable", 2),
            ("rectification_returned unit pending", 1),
        ];
        assert_eq!(told(world, &closed), BTreeMap::from(expected.map(|(name, count)| (name.to_owned(), count))));

        let order = ordered(world, &campaign, world.unit, "immediate").await;
        let ask = json!({"due_on": "2023-09-10", "reason": "档案搬迁"});
        let seen = act(world, Who::Liaison, &order, "request-extension", ask).await.expect(200);
        let body = json!({"approve": false, "reason": "理由不足"});
        let seen = act(world, Who::Coordinator, &seen, "decide-extension", body).await.expect(200);
        let seen = act(world, Who::Leader, &seen, "defer", deferral()).await.expect(200);
        let seen = act(world, Who::Coordinator, &seen, "resume", json!({"due_on": "2023-09-20"})).await.expect(200);
        let seen = act(world, Who::Liaison, &seen, "submit", evidence()).await.expect(200);
        let seen = act(world, Who::Inspector, &seen, "close", json!({"opinion": "同意销号"})).await.expect(200);
        let body = json!({"reason": "又被占用", "due_on": "2023-09-30"});
        let seen = act(world, Who::Inspector, &seen, "reopen", body).await.expect(200);
        act(world, Who::Coordinator, &seen, "withdraw", json!({"reason": "重复"})).await.expect(200);
        let expected = [
            ("deferral_decided unit pending", 2),
            ("extension_decided unit pending", 1),
            ("rectification_closed unit pending", 1),
            ("rectification_ordered unit pending", 1),
            ("rectification_ordered unit_leader undeliverable", 1),
            ("rectification_reopened unit pending", 1),
            ("rectification_withdrawn unit pending", 1),
        ];
        assert_eq!(told(world, &order), BTreeMap::from(expected.map(|(name, count)| (name.to_owned(), count))));
        // Each decision stands in the trail with its reason and what it changed.
        let seen = events(world, Who::Liaison, &order).await;
        let reason = |action: &str| {
            let event = seen.iter().find(|event| event["action"] == action);
            event.unwrap_or_else(|| panic!("no {action}"))["reason"].clone()
        };
        for (action, said) in [
            ("request-extension", "档案搬迁"), ("decide-extension", "理由不足"), ("defer", "待大楼维修竣工"),
            ("reopen", "又被占用"),
        ] {
            assert_eq!(reason(action), said, "{action}");
        }
        let deferred = seen.iter().find(|event| event["action"] == "defer").expect("an event");
        assert_eq!(deferred["after"]["deferral"]["approval"], "领导小组2023年9月5日会议纪要");
    }
}

on_both_engines! {
    async fn what_was_refused_tells_nobody_and_takes_no_number(world: &World) {
        let campaign = campaign::open(world, "巡检", &[world.unit]).await;
        let made = draft(world, &campaign, world.unit, "immediate").await;
        world.advance("2023-09-30T01:00:00Z");
        act(world, Who::Coordinator, &made, "order", Value::Null).await.violates(&["/due_on due_on_past"]);
        assert_eq!(told(world, &made), BTreeMap::new());
        let path = format!("/v1/rectifications/{}", made.id());
        let later = json!({"due_on": "2023-10-20"});
        let made = world.patch(Who::Coordinator, &path).if_match(&made.etag()).json(&later).send().await.expect(200);
        let order = act(world, Who::Coordinator, &made, "order", Value::Null).await.expect(200);
        assert_eq!(order.body["number"], "办公用房整改〔2023〕1号");
        assert_eq!(order.body["first_due_on"], "2023-10-20");
    }
}

on_both_engines! {
    async fn a_draft_is_nothing_that_its_unit_can_read_of(world: &World) {
        let campaign = campaign::open(world, "巡检", &[world.unit]).await;
        let entered = finding::draft(world, &campaign, world.unit).await;
        assert_eq!(events(world, Who::Liaison, &entered).await, Vec::<Value>::new());
        assert_eq!(events(world, Who::Inspector, &entered).await.len(), 1);
        let order = draft(world, &campaign, world.unit, "immediate").await;
        assert_eq!(events(world, Who::Liaison, &order).await, Vec::<Value>::new());
        let order = act(world, Who::Coordinator, &order, "order", Value::Null).await.expect(200);
        let seen = events(world, Who::Liaison, &order).await;
        let actions: Vec<&str> = seen.iter().filter_map(|event| event["action"].as_str()).collect();
        assert_eq!(actions, ["order"]);
        world.get(Who::OtherLiaison, &format!("/v1/rectifications/{}", order.id())).send().await.expect(404);
        assert_eq!(events(world, Who::OtherLiaison, &order).await, Vec::<Value>::new());
    }
}

on_both_engines! {
    async fn r39_what_the_office_enters_for_a_unit_has_its_paper_attached(world: &World) {
        let campaign = campaign::open(world, "巡检", &[world.unit]).await;
        let order = ordered(world, &campaign, world.unit, "immediate").await;
        let submit = |body: Value| act(world, Who::Coordinator, &order, "submit", body);
        submit(evidence()).await.violates(&["/attachment_ids evidence_required"]);
        let foreign = paper(world, Who::OtherCoordinator).await;
        submit(foreign.clone()).await.violates(&["/attachment_ids/0 attachment_unknown"]);
        let paper = paper(world, Who::Coordinator).await;
        let entered = submit(paper.clone()).await.expect(200);
        assert_eq!(entered.body["entered_for_unit"], true);
        assert_eq!(entered.body["evidence"]["attachment_ids"], paper["attachment_ids"]);
        // Readable exactly as the record that has it.
        let id = paper["attachment_ids"][0].as_str().expect("an id");
        let path = format!("/v1/attachments/{id}");
        world.get(Who::Liaison, &path).send().await.expect(200);
        world.get(Who::OtherLiaison, &path).send().await.refused(404, "not_found");
        // The event names both: who entered it, and for which unit.
        let seen = events(world, Who::Liaison, &order).await;
        let event = seen.iter().find(|event| event["action"] == "submit").expect("an event");
        assert_eq!(event["actor_id"], json!(world.account(Who::Coordinator)));
        assert_eq!(event["unit_id"], json!(world.unit));
        assert_eq!(event["after"]["entered_for_unit"], true);
        // Once it has a record, it is no evidence for another.
        let other = ordered(world, &campaign, world.unit, "immediate").await;
        let again = act(world, Who::Coordinator, &other, "submit", paper).await;
        again.violates(&["/attachment_ids/0 attachment_unknown"]);
    }
}

on_both_engines! {
    async fn a_correction_corrects_something_and_keeps_the_first_date(world: &World) {
        let campaign = campaign::open(world, "巡检", &[world.unit]).await;
        let order = ordered(world, &campaign, world.unit, "immediate").await;
        let correct = |body: Value| act(world, Who::Coordinator, &order, "correct", body);
        correct(json!({"reason": "无"})).await.violates(&["/requirement missing"]);
        correct(json!({"requirement": "限期腾退。"})).await.violates(&["/reason missing"]);
        correct(json!({"due_on": "2023-07-30", "reason": "提前"})).await.violates(&["/due_on due_on_past"]);
        let corrected = correct(json!({"due_on": "2023-09-25", "reason": "顺延"})).await.expect(200);
        assert_eq!((&corrected.body["due_on"], &corrected.body["first_due_on"]), (&json!("2023-09-25"), &json!("2023-08-20")));
        assert_eq!(corrected.body["status"], "ordered");
        let made = attachment::upload(world, Who::Liaison, "说明.pdf", "%PDF-1.4\n%%EOF\n").await.expect(201);
        let body = json!({"text": "已签协议", "attachment_ids": [made.id()]});
        let going = act(world, Who::Liaison, &corrected, "progress", body).await.expect(200);
        assert_eq!(going.body["progress"][0]["attachment_ids"], json!([made.id()]));
        world.get(Who::Inspector, &format!("/v1/attachments/{}", made.id())).send().await.expect(200);
    }
}
