//! State × verb × role, and what no role overcomes.

use diesel::prelude::*;
use serde_json::{Value, json};
use shared::domain::self_check::SelfCheckStatus;
use shared::domain::text::TextEnum;
use shared::store::{clock, schema::self_checks};

use super::{act, complete, fill_in, of, submitted};
use crate::support::{Engine, Who, World};
use crate::{attachment, campaign, on_both_engines};

type Row = (&'static str, &'static [&'static str], Option<&'static str>, &'static [Who]);

/// Verb, from where, to where (`None`: it stays), by whom; the leader is the head of the leading group.
const MACHINE: &[Row] = &[
    ("submit", &["draft", "returned"], Some("submitted"), &[Who::Liaison, Who::Coordinator]),
    ("withdraw", &["submitted"], Some("draft"), &[Who::Liaison]),
    ("return", &["submitted", "accepted"], Some("returned"), &[Who::Coordinator]),
    ("accept", &["submitted"], Some("accepted"), &[Who::Coordinator]),
    (
        "excuse",
        &["not_started", "draft", "submitted", "returned", "accepted"],
        Some("excused"),
        &[Who::Coordinator],
    ),
    ("include", &["excused"], Some("draft"), &[Who::Coordinator]),
    (
        "allow-own-unit",
        &["not_started", "draft", "submitted", "returned", "accepted", "excused"],
        None,
        &[Who::Leader],
    ),
];

/// Who sees the self-check at all.
const SEERS: [Who; 4] = [Who::Coordinator, Who::Leader, Who::Inspector, Who::Liaison];

fn put_back(world: &World, id: &str, scan: &str, status: SelfCheckStatus) {
    let answers = complete(&["leasing"]);
    let whole = json!({"answers": answers["answers"], "scan_attachment_ids": [scan]}).to_string();
    let put = world.store.with(|conn| {
        Ok(diesel::update(self_checks::table.find(id))
            .set((
                self_checks::status.eq(status),
                self_checks::version.eq(1),
                self_checks::own_unit_allowed.eq(false),
                self_checks::answers.eq(whole),
                self_checks::first_submitted_at.eq(Some(clock::system_now())),
            ))
            .execute(conn)?)
    });
    assert_eq!(put.expect("it is put back"), 1);
}

on_both_engines! {
    async fn each_verb_leads_where_the_table_says_and_for_nobody_else(world: &World) {
        let campaign = campaign::open(world, "巡检", &[world.unit]).await;
        campaign::lead(&campaign, Who::Leader).await;
        let check = of(world, &campaign, world.unit).await;
        let scan = attachment::upload(world, Who::Coordinator, "自查表.pdf", attachment::PDF).await.expect(201);
        let paper = json!({"scan_attachment_ids": [scan.id()]});
        fill_in(world, Who::Coordinator, &check, &paper).await.expect(200);
        let (id, scan) = (check.id().to_owned(), scan.id().to_owned());
        for &status in SelfCheckStatus::ALL {
            for who in [Who::Admin, Who::Coordinator, Who::Leader, Who::Inspector, Who::Liaison, Who::OtherLiaison, Who::Discipline] {
                put_back(world, &id, &scan, status);
                let seen = world.get(who, &format!("/v1/self-checks/{id}")).send().await;
                if !SEERS.contains(&who) {
                    seen.refused(404, "not_found");
                    continue;
                }
                let seen = seen.expect(200);
                let may: Vec<&str> = MACHINE.iter().filter(|(_, from, _, by)| from.contains(&status.as_str()) && by.contains(&who)).map(|row| row.0).collect();
                assert_eq!(seen.actions(), may, "{status} {who:?}");
                for (verb, from, to, by) in MACHINE {
                    put_back(world, &id, &scan, status);
                    let reply = act(world, who, &seen, verb, json!({"reason": "经研究同意"})).await;
                    let case = format!("{verb} from {status} by {who:?}: {}", reply.body);
                    if !by.contains(&who) {
                        assert_eq!(reply.body["code"], "role_missing", "{case}");
                    } else if from.contains(&status.as_str()) {
                        let to = to.unwrap_or(status.as_str());
                        assert_eq!((reply.status, reply.body["status"].as_str()), (200, Some(to)), "{case}");
                    } else {
                        assert_eq!(reply.body["code"], "invalid_transition", "{case}");
                        assert_eq!(reply.body["allowed_actions"], json!(may), "{case}");
                        assert_eq!(reply.body["current_status"], status.as_str(), "{case}");
                    }
                }
                put_back(world, &id, &scan, status);
                let reply = fill_in(world, who, &seen, &json!({})).await;
                let (edits, open) = ([Who::Liaison, Who::Coordinator].contains(&who), ["not_started", "draft", "returned"].contains(&status.as_str()));
                let expected = if !edits { 403 } else if open { 200 } else { 409 };
                assert_eq!(reply.status, expected, "{status} {who:?}");
            }
        }
    }
}

on_both_engines! {
    async fn a_closed_campaign_takes_nothing_more(world: &World) {
        let campaign = campaign::open(world, "巡检", &[world.unit]).await;
        campaign::lead(&campaign, Who::Leader).await;
        let check = submitted(world, &campaign, &[]).await;
        campaign.act(Who::Coordinator, "/close").await.expect(200);
        let seen = of(world, &campaign, world.unit).await;
        assert_eq!(seen.actions(), Vec::<&str>::new());
        for (verb, ..) in MACHINE {
            let who = match *verb {
                "withdraw" => Who::Liaison,
                "allow-own-unit" => Who::Leader,
                _ => Who::Coordinator,
            };
            act(world, who, &check, verb, json!({"reason": "经研究同意"})).await.refused(409, "campaign_closed");
        }
        fill_in(world, Who::Liaison, &check, &json!({})).await.refused(409, "campaign_closed");
        let path = format!("/v1/self-checks/{}/supplements", check.id());
        world.post(Who::Liaison, &path).json(&json!({"text": "补报"})).send().await.refused(409, "campaign_closed");
        campaign.act(Who::Coordinator, "/reopen").await.expect(200);
        act(world, Who::Coordinator, &check, "accept", Value::Null).await.expect(200);
    }
}

on_both_engines! {
    async fn a_verb_names_the_version_that_its_author_saw(world: &World) {
        let campaign = campaign::open(world, "巡检", &[world.unit]).await;
        let check = submitted(world, &campaign, &[]).await;
        let (one, other) = futures_util::join!(
            act(world, Who::Coordinator, &check, "accept", Value::Null),
            act(world, Who::Liaison, &check, "withdraw", Value::Null),
        );
        let mut statuses = [one.status, other.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 412]);
        let path = format!("/v1/self-checks/{}/accept", check.id());
        world.post(Who::Coordinator, &path).send().await.refused(428, "version_required");
    }
}
