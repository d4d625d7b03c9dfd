//! Draft, open, closed: who leads a campaign from one into the other, and what it takes then.

use serde_json::json;

use super::scope::told;
use super::{Campaign, draft, open};
use crate::support::{Engine, Who, World};
use crate::{on_both_engines, rectification};

/// State and verb, then what it is for admin, coordinator, leader, inspector, liaison, discipline: `+`
/// done, `s` refused by the state (409), `r` by the role (403), `0` not seen (404).
const MACHINE: &[(&str, &str, &str)] = &[
    ("draft", "open", "0+rr00"),
    ("draft", "close", "0ssr00"),
    ("draft", "reopen", "0srr00"),
    ("open", "open", "0srrr0"),
    ("open", "close", "0++rr0"),
    ("open", "reopen", "0srrr0"),
    ("closed", "open", "0srrr0"),
    ("closed", "close", "0ssrr0"),
    ("closed", "reopen", "0+rrr0"),
];

async fn in_state<'a>(world: &'a World, state: &str, name: &str) -> Campaign<'a> {
    if state == "draft" {
        return draft(world, name, &[world.unit]).await;
    }
    let campaign = open(world, name, &[world.unit]).await;
    if state == "closed" {
        campaign.act(Who::Coordinator, "/close").await.expect(200);
    }
    campaign
}

on_both_engines! {
    async fn every_state_verb_and_role_is_as_listed(world: &World) {
        for state in ["draft", "open", "closed"] {
            let campaign = in_state(world, state, &format!("{state}的巡检")).await;
            let rows = || MACHINE.iter().filter(|(from, ..)| *from == state);
            for (place, who) in Who::ROLES.into_iter().enumerate() {
                let outcome = |outcomes: &str| outcomes.chars().nth(place).expect("an outcome");
                let seen = campaign.seen_by(who).await;
                let possible: Vec<_> =
                    rows().filter(|(.., outcomes)| outcome(outcomes) == '+').map(|(_, verb, _)| *verb).collect();
                if rows().any(|(.., outcomes)| outcome(outcomes) != '0') {
                    assert_eq!(seen.expect(200).actions(), possible, "{who:?} in {state}");
                } else {
                    seen.refused(404, "not_found");
                }
                for (_, verb, outcomes) in rows() {
                    let fresh = format!("{state} {verb} {who:?}");
                    let path = format!("/{verb}");
                    let act = || campaign.act(who, &path);
                    match outcome(outcomes) {
                        '+' => {
                            let campaign = in_state(world, state, &fresh).await;
                            campaign.act(who, &path).await.expect(200);
                        }
                        's' => {
                            let refused = act().await.refused(409, "invalid_transition");
                            assert_eq!(refused.body["current_status"], state);
                            assert_eq!(refused.body["allowed_actions"], json!(possible));
                        }
                        'r' => drop(act().await.refused(403, "role_missing")),
                        _ => drop(act().await.refused(404, "not_found")),
                    }
                }
            }
        }
    }
}

on_both_engines! {
    async fn a_closed_campaign_takes_no_change_but_its_reopening(world: &World) {
        let campaign = in_state(world, "closed", "已结束的巡检").await;
        assert_ne!(campaign.seen_by(Who::Leader).await.body["closed_at"], json!(null));
        let document = format!("/documents/{}", campaign.document);
        let unit = format!("/units/{}", world.unit);
        for (method, rest) in [
            ("PATCH", ""),
            ("PUT", "/phases"),
            ("POST", "/phases"),
            ("PATCH", "/phases/summary"),
            ("DELETE", "/phases/summary"),
            ("PUT", "/focus-items"),
            ("PUT", "/materials"),
            ("PUT", "/leading-group"),
            ("PUT", "/teams"),
            ("POST", "/documents"),
            ("DELETE", document.as_str()),
            ("PUT", "/units"),
            ("POST", "/units"),
            ("PATCH", unit.as_str()),
            ("POST", format!("{unit}/remove").as_str()),
        ] {
            campaign.write(method, rest, &json!({})).await.refused(409, "campaign_closed");
        }
        campaign.write("DELETE", "", &json!({})).await.refused(409, "in_use");
        let reopened = campaign.act(Who::Coordinator, "/reopen").await.expect(200);
        assert_eq!(reopened.body["status"], "open");
        assert_eq!(reopened.body.get("closed_at"), None);
        campaign.write("PATCH", "", &json!({"mail_content": "full"})).await.expect(200);
    }
}

on_both_engines! {
    async fn reopening_needs_a_reason_which_stands_in_the_audit_event(world: &World) {
        let campaign = in_state(world, "closed", "重新启动的巡检").await;
        campaign.write("POST", "/reopen", &json!({})).await.violates(&["/reason missing"]);
        campaign.write("POST", "/reopen", &json!({"reason": " "})).await.violates(&["/reason blank"]);
        campaign.act(Who::Coordinator, "/reopen").await.expect(200);
        let path = format!("/v1/audit-events?record_id={}&limit=200", campaign.id);
        let events = world.get(Who::Leader, &path).send().await.expect(200);
        let events = events.body["items"].as_array().expect("events").clone();
        let last = events.last().expect("an event");
        assert_eq!(last["action"], "reopen");
        assert_eq!(last["reason"], "经领导小组研究同意");
        assert_eq!(last["before"]["status"], "closed");
        assert_eq!(last["after"]["status"], "open");
    }
}

on_both_engines! {
    async fn a_campaign_is_closed_without_a_body_where_nothing_is_unsettled(world: &World) {
        let campaign = in_state(world, "open", "按期结束的巡检").await;
        let etag = campaign.etag().await;
        let close = || world.post(Who::Coordinator, &campaign.path("/close")).if_match(&etag);
        close().raw("application/json", "{").send().await.refused(400, "malformed_body");
        close().json(&json!({"why": "x"})).send().await.violates(&["/why unknown_field"]);
        close().send().await.expect(200);
    }
}

on_both_engines! {
    async fn of_two_openings_at_once_one_succeeds_and_each_unit_has_one_self_check(world: &World) {
        let campaign = draft(world, "同时启动的巡检", &[world.unit, world.other_unit]).await;
        let etag = campaign.etag().await;
        let path = campaign.path("/open");
        let open = || world.post(Who::Coordinator, &path).if_match(&etag).send();
        let (one, other) = futures_util::future::join(open(), open()).await;
        let mut statuses = [one.status, other.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 412]);
        assert_eq!(told(world, "campaign_opened"), 2);
    }
}

on_both_engines! {
    async fn a_draft_that_was_never_opened_can_be_deleted(world: &World) {
        let campaign = draft(world, "撤销的巡检", &[world.unit]).await;
        let path = campaign.path("");
        world.delete(Who::Coordinator, &path).send().await.refused(428, "version_required");
        world.delete(Who::Coordinator, &path).if_match("\"1\"").send().await.refused(412, "stale");
        campaign.write("DELETE", "", &json!({})).await.expect(204);
        campaign.seen_by(Who::Coordinator).await.refused(404, "not_found");
        // Its name is free again.
        draft(world, "撤销的巡检", &[]).await;
        let opened = open(world, "举行的巡检", &[world.unit]).await;
        opened.write("DELETE", "", &json!({})).await.refused(409, "in_use");
    }
}

on_both_engines! {
    async fn with_an_unsettled_rectification_a_leader_closes_and_says_why(world: &World) {
        let campaign = in_state(world, "open", "尚有整改的巡检").await;
        let other = in_state(world, "open", "没有整改的巡检").await;
        rectification::ordered(world, &campaign, world.unit, "immediate").await;
        assert_eq!(campaign.seen_by(Who::Coordinator).await.actions(), [""; 0]);
        assert_eq!(campaign.seen_by(Who::Leader).await.actions(), ["close"]);
        let list = world.get(Who::Coordinator, "/v1/campaigns").send().await.expect(200);
        let actions: Vec<_> =
            list.body["items"].as_array().expect("items").iter().map(|item| item["allowed_actions"].clone()).collect();
        assert_eq!(actions, [json!([]), json!(["close"])]);
        let refused = campaign.act(Who::Coordinator, "/close").await.refused(409, "invalid_transition");
        assert_eq!(refused.body["allowed_actions"], json!([]));
        let etag = campaign.etag().await;
        let close = || world.post(Who::Leader, &campaign.path("/close")).if_match(&etag);
        close().send().await.violates(&["/reason missing"]);
        close().json(&json!({"reason": "余下问题转入日常监管"})).send().await.expect(200);
        other.act(Who::Coordinator, "/close").await.expect(200);
    }
}
