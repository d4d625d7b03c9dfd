//! Notices, as those see them who have to prove that a unit was told.

use diesel::{RunQueryDsl, sql_query};
use serde_json::{Value, json};

use crate::on_both_engines;
use crate::support::{Engine, Reply, Who, World};
use crate::{campaign, unit};

/// Calls every operation once, successfully.
pub async fn happy_path(world: &World) {
    let (notice, silent) = told_and_untold(world, "通知各项操作").await;
    let path = |id: &str, verb: &str| format!("/v1/notices/{id}/{verb}");
    world.get(Who::Coordinator, "/v1/notices?count=true&kind=campaign_opened").send().await.expect(200);
    let units = format!("/v1/units/{}/notices?count=true", world.unit);
    world.get(Who::Coordinator, &units).send().await.expect(200);
    world.get(Who::Coordinator, "/v1/notices/preview").send().await.expect(200);
    let read = world.get(Who::Coordinator, &format!("/v1/notices/{}", id(&silent))).send().await.expect(200);
    let told = json!({"channel": "phone", "told_name": "周云台", "told_at": "2023-07-31T00:30:00Z"});
    let recorded = world.post(Who::Coordinator, &path(read.id(), "record-delivery")).if_match(&read.etag());
    let recorded = recorded.json(&told).send().await.expect(200);
    let resent = world.post(Who::Coordinator, &path(read.id(), "resend")).if_match(&recorded.etag());
    resent.send().await.expect(200);
    let cancel = world.post(Who::Coordinator, &path(id(&notice), "cancel")).if_match("\"1\"");
    cancel.json(&json!({"reason": "已当面告知"})).send().await.expect(200);
}

/// The notices of a campaign that was opened with the liaison's unit and one that has nobody's address.
async fn told_and_untold(world: &World, name: &str) -> (Value, Value) {
    let silent = unit::create(world, &format!("{name}街道办事处")).await;
    let silent = silent.id().parse().expect("an id");
    let campaign = campaign::open(world, name, &[world.unit, silent]).await;
    let notices = list(world, Who::Coordinator, &format!("/v1/notices?campaign_id={}", campaign.id())).await;
    let of = |unit: shared::domain::id::Id| {
        let is_it = |notice: &&Value| notice["unit_id"] == unit.to_string();
        notices.iter().find(is_it).expect("a notice of the unit").clone()
    };
    (of(world.unit), of(silent))
}

async fn list(world: &World, who: Who, path: &str) -> Vec<Value> {
    let reply = world.get(who, path).send().await.expect(200);
    reply.body["items"].as_array().expect("items").clone()
}

fn id(notice: &Value) -> &str {
    notice["id"].as_str().expect("an id")
}

async fn act(world: &World, who: Who, notice: &Value, verb: &str, body: Value) -> Reply {
    let path = format!("/v1/notices/{}/{verb}", id(notice));
    let etag = format!("\"{}\"", notice["version"]);
    world.post(who, &path).if_match(&etag).json(&body).send().await
}

on_both_engines! {
    async fn opening_a_campaign_tells_each_unit_or_says_that_nobody_has_an_address(world: &World) {
        let (told, untold) = told_and_untold(world, "启动").await;
        assert_eq!(told["status"], "pending");
        assert_eq!(told["address"], "liaison@example.org");
        assert_eq!(told["account_id"], world.account(Who::Liaison).to_string());
        assert_eq!(told["allowed_actions"], json!(["cancel", "record-delivery"]));
        assert_eq!(untold["status"], "undeliverable");
        assert_eq!(untold["address"], Value::Null);
        assert_eq!(untold["allowed_actions"], json!(["resend", "cancel", "record-delivery"]));
    }
}

on_both_engines! {
    async fn a_notice_that_cannot_be_read_is_shown_with_what_is_wrong_among_the_others(world: &World) {
        let (damaged, other) = told_and_untold(world, "损坏").await;
        let path = format!("/v1/notices/{}", id(&damaged));
        for column in ["told_channel", "overtaken_by", "content", "address", "record_id", "audience", "status", "kind"] {
            let change = format!("UPDATE notices SET {column} = 'newer' WHERE id = '{}'", id(&damaged));
            world.store.with(|conn| Ok(sql_query(change).execute(conn)?)).expect("it is damaged");
            let shown = world.get(Who::Coordinator, &path).send().await.expect(200);
            let fault = shown.body["fault"].as_str().expect("a fault");
            assert!(fault.contains(": "), "{column}: {fault}");
            assert_eq!(list(world, Who::Coordinator, "/v1/notices").await, [shown.body.clone(), other.clone()]);
            world.get(Who::Coordinator, "/v1/operations").send().await.expect(200);
        }
        let shown = world.get(Who::Coordinator, &path).send().await.expect(200);
        assert_eq!((&shown.body["kind"], &shown.body["status"]), (&Value::Null, &json!("failed")));
        let again = act(world, Who::Coordinator, &shown.body, "resend", json!({})).await.expect(200);
        assert_eq!(again.body["status"], "pending");
    }
}

on_both_engines! {
    async fn a_liaison_reads_what_the_own_unit_was_told_and_nothing_else(world: &World) {
        let (told, untold) = told_and_untold(world, "启动").await;
        let seen = list(world, Who::Liaison, "/v1/notices").await;
        assert_eq!(seen.iter().map(id).collect::<Vec<_>>(), [id(&told)]);
        assert_eq!(seen[0]["allowed_actions"], json!([]));
        let own = list(world, Who::Liaison, &format!("/v1/units/{}/notices", world.unit)).await;
        assert_eq!(own, seen);
        let foreign = format!("/v1/notices/{}", id(&untold));
        world.get(Who::Liaison, &foreign).send().await.refused(404, "not_found");
        act(world, Who::Liaison, &told, "cancel", json!({})).await.refused(403, "role_missing");
    }
}

on_both_engines! {
    async fn how_a_unit_was_told_instead_is_recorded_and_audited(world: &World) {
        let (_, untold) = told_and_untold(world, "启动").await;
        let later = json!({"channel": "phone", "told_name": " ", "told_at": "2033-01-01T00:00:00Z"});
        let reply = act(world, Who::Coordinator, &untold, "record-delivery", later).await;
        reply.violates(&["/told_name blank", "/told_at out_of_range"]);
        let told = json!({"channel": "paper", "told_name": "周云台", "told_at": "2023-07-31T00:30:00Z"});
        let reply = act(world, Who::Coordinator, &untold, "record-delivery", told.clone()).await.expect(200);
        assert_eq!((&reply.body["status"], &reply.body["told_otherwise"]), (&json!("undeliverable"), &told));
        let events = list(world, Who::Coordinator, &format!("/v1/audit-events?record_id={}", id(&untold))).await;
        assert_eq!(events[0]["action"], "record-delivery");
        let lost = act(world, Who::OtherCoordinator, &untold, "cancel", json!({"reason": "晚了"})).await;
        lost.refused(412, "stale");
    }
}

on_both_engines! {
    async fn a_notice_is_called_off_with_a_reason_and_only_before_it_went(world: &World) {
        let (told, untold) = told_and_untold(world, "启动").await;
        act(world, Who::Coordinator, &told, "resend", json!({})).await.refused(409, "invalid_transition");
        act(world, Who::Coordinator, &told, "cancel", json!({"reason": ""})).await.violates(&["/reason blank"]);
        let cancelled = act(world, Who::Coordinator, &told, "cancel", json!({"reason": "已当面告知"})).await;
        assert_eq!(cancelled.expect(200).body["cancel_reason"], "已当面告知");
        let resent = act(world, Who::Coordinator, &untold, "resend", json!({})).await.expect(200);
        assert_eq!(resent.body["status"], "pending");
    }
}

on_both_engines! {
    async fn a_closed_campaign_keeps_its_ledger_as_it_is(world: &World) {
        let (told, _) = told_and_untold(world, "结束").await;
        let campaign = told["campaign_id"].as_str().expect("an id");
        let read = world.get(Who::Coordinator, &format!("/v1/campaigns/{campaign}")).send().await.expect(200);
        let close = world.post(Who::Coordinator, &format!("/v1/campaigns/{campaign}/close")).if_match(&read.etag());
        close.json(&json!({})).send().await.expect(200);
        let path = format!("/v1/notices?campaign_id={campaign}");
        for notice in list(world, Who::Coordinator, &path).await {
            assert_eq!(notice["allowed_actions"], json!([]));
        }
        let told = act(world, Who::Coordinator, &told, "cancel", json!({"reason": "已当面告知"})).await;
        told.refused(409, "campaign_closed");
    }
}

on_both_engines! {
    async fn of_a_cancellation_and_a_record_of_delivery_at_once_one_counts(world: &World) {
        let (_, untold) = told_and_untold(world, "启动").await;
        let told = json!({"channel": "paper", "told_name": "周云台", "told_at": "2023-07-31T00:30:00Z"});
        let cancel = act(world, Who::Coordinator, &untold, "cancel", json!({"reason": "已当面告知"}));
        let record = act(world, Who::OtherCoordinator, &untold, "record-delivery", told);
        let (one, other) = futures_util::future::join(cancel, record).await;
        let mut statuses = [one.status, other.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 412]);
    }
}
