//! What becomes of a finding other than an order: merged, void, closed at once, taken up again.

use serde_json::{Value, json};
use shared::domain::id::Id;

use super::{act, confirmed, content, draft};
use crate::support::{Engine, Reply, Who, World};
use crate::{attachment, campaign, leader_office, on_both_engines, rectification, self_check};

/// What shows that a problem was put right already, with a paper of this caller's.
pub async fn evidence(world: &World, who: Who) -> Value {
    let made = attachment::upload(world, who, "核查照片.pdf", "%PDF-1.4\n%%EOF\n").await.expect(201);
    json!({"opinion": "自查期间已腾退，同意销号。", "attachment_ids": [made.id()]})
}

async fn seen(world: &World, who: Who, finding: &Reply) -> Reply {
    world.get(who, &format!("/v1/findings/{}", finding.id())).send().await
}

on_both_engines! {
    async fn a_finding_is_merged_into_one_that_counts_of_its_unit(world: &World) {
        let campaign = campaign::open(world, "巡检", &[world.unit, world.other_unit]).await;
        let kept = confirmed(world, &campaign, world.unit).await;
        let twin = confirmed(world, &campaign, world.unit).await;
        let merge = |from: &Reply, into: &str| {
            let body = json!({"into": into, "reason": "重复"});
            let (from_id, etag) = (from.id().to_owned(), from.etag());
            async move {
                let path = format!("/v1/findings/{from_id}/merge");
                world.post(Who::Coordinator, &path).if_match(&etag).json(&body).send().await
            }
        };
        let foreign = confirmed(world, &campaign, world.other_unit).await;
        let unconfirmed = draft(world, &campaign, world.unit).await;
        for unfit in [foreign.id(), unconfirmed.id(), twin.id(), Id::new().as_str()] {
            merge(&twin, unfit).await.violates(&["/into reference_not_found"]);
        }
        let merged = merge(&twin, kept.id()).await.expect(200);
        assert_eq!((&merged.body["status"], &merged.body["merged_into"]), (&json!("merged"), &json!(kept.id())));
        assert_eq!(seen(world, Who::Liaison, &twin).await.expect(200).body["dismissal_reason"], "重复");
        // What the unit never saw it does not see now.
        merge(&unconfirmed, kept.id()).await.expect(200);
        seen(world, Who::Liaison, &unconfirmed).await.refused(404, "not_found");
        let figures = world.get(Who::Leader, &campaign.path("/statistics")).send().await.expect(200);
        assert_eq!(figures.body["total"]["problems"]["total"], 2);
    }
}

on_both_engines! {
    async fn what_is_void_takes_its_order_with_it(world: &World) {
        let campaign = campaign::open(world, "巡检", &[world.unit]).await;
        let order = rectification::ordered(world, &campaign, world.unit, "immediate").await;
        let path = format!("/v1/findings/{}", order.body["finding_id"].as_str().expect("a finding"));
        let finding = world.get(Who::Coordinator, &path).send().await.expect(200);
        act(world, Who::Coordinator, &finding, "void", json!({"reason": " "})).await.violates(&["/reason blank"]);
        let void = act(world, Who::Coordinator, &finding, "void", json!({"reason": "不属于违规租用"})).await.expect(200);
        assert_eq!((void.body["status"].as_str(), void.actions()), (Some("void"), vec![]));
        let path = format!("/v1/rectifications/{}", order.id());
        let withdrawn = world.get(Who::Liaison, &path).send().await.expect(200);
        assert_eq!(withdrawn.body["status"], "withdrawn");
        assert_eq!(withdrawn.body["withdraw_reason"], "不属于违规租用");
        let notices = format!("/v1/notices?campaign_id={}&kind=rectification_withdrawn", campaign.id);
        let told = world.get(Who::Coordinator, &notices).send().await.expect(200);
        assert_eq!(told.body["items"].as_array().map(Vec::len), Some(1));
        // What was only drafted is gone.
        let drafted = rectification::draft(world, &campaign, world.unit, "immediate").await;
        let path = format!("/v1/findings/{}", drafted.body["finding_id"].as_str().expect("a finding"));
        let finding = world.get(Who::Coordinator, &path).send().await.expect(200);
        act(world, Who::Coordinator, &finding, "void", json!({"reason": "误报"})).await.expect(200);
        let path = format!("/v1/rectifications/{}", drafted.id());
        world.get(Who::Coordinator, &path).send().await.refused(404, "not_found");
        let figures = world.get(Who::Leader, &campaign.path("/statistics")).send().await.expect(200);
        assert_eq!(figures.body["total"]["problems"]["total"], 0);
    }
}

on_both_engines! {
    async fn r39_what_was_put_right_already_is_closed_with_evidence(world: &World) {
        let campaign = campaign::open(world, "巡检", &[world.unit]).await;
        let open = confirmed(world, &campaign, world.unit).await;
        let nothing = json!({"opinion": "同意销号", "attachment_ids": []});
        act(world, Who::Inspector, &open, "close", nothing).await.violates(&["/attachment_ids evidence_required"]);
        let foreign = evidence(world, Who::Coordinator).await;
        act(world, Who::Inspector, &open, "close", foreign).await.violates(&["/attachment_ids/0 attachment_unknown"]);
        let own = evidence(world, Who::Inspector).await;
        let closed = act(world, Who::Inspector, &open, "close", own.clone()).await.expect(200);
        assert_eq!((&closed.body["status"], &closed.body["attachment_ids"]), (&json!("closed"), &own["attachment_ids"]));
        // Readable as the finding is.
        let paper = format!("/v1/attachments/{}", own["attachment_ids"][0].as_str().expect("an id"));
        world.get(Who::Liaison, &paper).send().await.expect(200);
        world.get(Who::OtherLiaison, &paper).send().await.refused(404, "not_found");
        let figures = world.get(Who::Leader, &campaign.path("/statistics")).send().await.expect(200);
        assert_eq!(figures.body["total"]["problems"]["closed"], 1);
        let again = act(world, Who::Coordinator, &closed, "reopen", json!({"reason": "复查未腾退"})).await.expect(200);
        assert_eq!((again.body["status"].as_str(), again.body.get("closed_at")), (Some("open"), None));
        // Now it is ordered, and what its order closes only its order takes up again.
        let order = json!({
            "finding_id": open.id(), "mode": "immediate", "requirement": "限期腾退。", "due_on": "2023-08-20"
        });
        let order = world.post(Who::Coordinator, "/v1/rectifications").json(&order).send().await.expect(201);
        let order = rectification::act(world, Who::Coordinator, &order, "order", Value::Null).await.expect(200);
        let order = rectification::act(world, Who::Liaison, &order, "submit", rectification::evidence()).await.expect(200);
        rectification::act(world, Who::Inspector, &order, "close", json!({"opinion": "同意销号"})).await.expect(200);
        let closed = seen(world, Who::Coordinator, &open).await.expect(200);
        assert_eq!((closed.body["status"].as_str(), closed.actions()), (Some("closed"), vec![]));
    }
}

on_both_engines! {
    async fn r39_an_office_over_its_limit_is_given_back_or_measured_again_before_its_finding_is_closed(world: &World) {
        let campaign = campaign::open(world, "巡检", &[world.unit]).await;
        for (person, put_right) in [
            ("周云台", json!({"vacated_on": "2023-07-31"})),
            ("沈致宁", json!({"measured_rooms": [leader_office::room(18.0)]})),
        ] {
            let office = leader_office::measured(world, &campaign, world.unit, person, 23.4).await;
            let mut about = content(&campaign, world.unit);
            about["focus_item"] = json!("leader_offices");
            about["leader_office_id"] = json!(office.id());
            let found = world.post(Who::Coordinator, "/v1/findings").json(&about).send().await.expect(201);
            let found = act(world, Who::Coordinator, &found, "confirm", Value::Null).await.expect(200);
            let paper = evidence(world, Who::Coordinator).await;
            act(world, Who::Coordinator, &found, "close", paper.clone()).await.violates(&[" still_over"]);
            let path = format!("/v1/leader-offices/{}", office.id());
            let change = world.patch(Who::Coordinator, &path).if_match(&office.etag()).json(&put_right);
            change.send().await.expect(200);
            act(world, Who::Coordinator, &found, "close", paper).await.expect(200);
        }
    }
}

on_both_engines! {
    async fn the_papers_of_a_self_check_show_what_it_reported_as_corrected(world: &World) {
        let campaign = campaign::open(world, "巡检", &[world.unit]).await;
        let (found, paper) = self_check::accepted_with_paper(world, &campaign).await;
        let body = json!({"opinion": "自查期间已整改到位。", "attachment_ids": [paper]});
        let closed = act(world, Who::Inspector, &found, "close", body).await.expect(200);
        assert_eq!(closed.body["attachment_ids"], json!([paper]));
    }
}
