//! Who sees an escalation, and what the discipline commission sees with it.

use diesel::{RunQueryDsl, sql_query};
use serde_json::{Value, json};

use super::{act, content, decision, proposed, sent};
use crate::support::{Engine, Reply, Who, World};
use crate::{attachment, campaign, finding, on_both_engines, rectification};

async fn sees(world: &World, who: Who, path: &str) -> bool {
    match world.get(who, path).send().await.status {
        200 => true,
        404 => false,
        other => panic!("{who:?} {path}: {other}"),
    }
}

/// The ids of a list as a caller sees it.
async fn listed(world: &World, who: Who, path: &str) -> Vec<String> {
    let seen = world.get(who, path).send().await.expect(200);
    let items = seen.body["items"].as_array().expect("items").iter();
    items.map(|item| item["id"].as_str().expect("an id").to_owned()).collect()
}

fn id<'a>(reply: &'a Reply, list: &str) -> &'a str {
    reply.body[list][0].as_str().expect("an id")
}

on_both_engines! {
    async fn whoever_sees_no_escalation_counts_no_notice_about_one(world: &World) {
        let campaign = campaign::open(world, "巡检", &[world.unit]).await;
        sent(world, &campaign, world.unit, "government").await;
        let untold = async |who| {
            let progress = world.get(who, &campaign.path("/progress")).send().await.expect(200);
            progress.body["items"][0]["notices_untold"].as_i64().expect("a number")
        };
        let before = [untold(Who::Coordinator).await, untold(Who::Inspector).await, untold(Who::Liaison).await];
        let failed = "UPDATE notices SET status = 'failed' WHERE record_kind = 'escalations'";
        let count = world.store.with(|conn| Ok(sql_query(failed).execute(conn)?)).expect("they failed");
        assert!(count > 0);
        let after = [untold(Who::Coordinator).await, untold(Who::Inspector).await, untold(Who::Liaison).await];
        assert!(after[0] > before[0]);
        assert_eq!(after[1..], before[1..]);
    }
}

on_both_engines! {
    async fn the_discipline_commission_sees_what_was_sent_to_it_and_what_it_rests_on(world: &World) {
        let campaign = campaign::open(world, "巡检", &[world.unit]).await;
        let other = finding::confirmed(world, &campaign, world.unit).await;
        let government = sent(world, &campaign, world.unit, "government").await;
        let made = proposed(world, &campaign, world.unit, "discipline").await;
        let order = format!("/v1/rectifications/{}", id(&made, "rectification_ids"));
        // The unit's evidence goes with its order.
        let seen = world.get(Who::Liaison, &order).send().await.expect(200);
        let paper = rectification::paper(world, Who::Liaison).await;
        rectification::act(world, Who::Liaison, &seen, "submit", paper.clone()).await.expect(200);
        let evidence = format!("/v1/attachments/{}", paper["attachment_ids"][0].as_str().expect("an id"));
        let paths = [
            format!("/v1/escalations/{}", made.id()), format!("/v1/findings/{}", id(&made, "finding_ids")),
            order.clone(), evidence.clone(), format!("{evidence}/content"),
        ];
        let who = Who::Discipline;
        for path in &paths {
            assert!(!sees(world, who, path).await, "{path} before it is sent");
        }
        let approved = act(world, Who::Leader, &made, "approve", decision()).await.expect(200);
        assert!(!sees(world, who, &paths[0]).await, "approved is not sent");
        let sent = act(world, Who::Coordinator, &approved, "send", Value::Null).await.expect(200);
        for path in &paths {
            assert!(sees(world, who, path).await, "{path} after it was sent");
        }
        // Exactly that, and nothing to change in it.
        assert_eq!(listed(world, who, "/v1/escalations").await, [made.id()]);
        assert_eq!(listed(world, who, "/v1/findings").await, [id(&made, "finding_ids")]);
        assert_eq!(listed(world, who, "/v1/rectifications").await, [id(&made, "rectification_ids")]);
        for foreign in [
            format!("/v1/escalations/{}", government.id()), format!("/v1/findings/{}", other.id()),
            format!("/v1/rectifications/{}", id(&government, "rectification_ids")), campaign.path(""),
        ] {
            assert!(!sees(world, who, &foreign).await, "{foreign}");
        }
        let order = world.get(who, &order).send().await.expect(200);
        assert_eq!(order.actions(), Vec::<&str>::new());
        rectification::act(world, who, &order, "close", json!({"opinion": "x"})).await.refused(403, "role_missing");
        let found = world.get(who, &paths[1]).send().await.expect(200);
        finding::act(world, who, &found, "void", json!({"reason": "x"})).await.refused(403, "role_missing");
        act(world, who, &sent, "conclude", json!({"answer": "已约谈。"})).await.expect(200);
        assert!(sees(world, who, &paths[0]).await, "concluded stays visible");
    }
}

on_both_engines! {
    async fn nobody_but_office_and_group_knows_of_a_proposal(world: &World) {
        let campaign = campaign::open(world, "巡检", &[world.unit]).await;
        let paper = attachment::upload(world, Who::Coordinator, "说明.pdf", attachment::PDF).await.expect(201);
        let mut body = content(&campaign, world.unit, "discipline");
        body["attachment_ids"] = json!([paper.id()]);
        let made = world.post(Who::Coordinator, "/v1/escalations").json(&body).send().await.expect(201);
        let record = format!("/v1/escalations/{}", made.id());
        let file = format!("/v1/attachments/{}", paper.id());
        for who in [Who::Coordinator, Who::OtherCoordinator, Who::Leader] {
            assert!(sees(world, who, &record).await && sees(world, who, &file).await, "{who:?}");
        }
        for who in [Who::Admin, Who::Inspector, Who::Liaison, Who::OtherLiaison, Who::Discipline] {
            assert!(!sees(world, who, &record).await && !sees(world, who, &file).await, "{who:?}");
            assert_eq!(listed(world, who, "/v1/escalations").await, Vec::<String>::new(), "{who:?}");
            for list in ["/v1/audit-events", "/v1/notices"] {
                let path = format!("{list}?record_id={}", made.id());
                assert_eq!(listed(world, who, &path).await, Vec::<String>::new(), "{who:?} {list}");
            }
        }
        let path = format!("/v1/units/{}/notices?kind=escalation_proposed", world.unit);
        assert_eq!(listed(world, Who::Liaison, &path).await, Vec::<String>::new());
        let trail = format!("/v1/audit-events?record_id={}", made.id());
        assert_eq!(listed(world, Who::Leader, &trail).await.len(), 1);
    }
}
