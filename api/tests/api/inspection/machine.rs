//! Every verb in every state for every role; closed campaigns; two at once.

use diesel::prelude::*;
use serde_json::{Value, json};
use shared::domain::form::FormStatus;
use shared::domain::text::TextEnum;
use shared::store::schema::forms;

use super::{act, sealed, signature, signing};
use crate::support::{Engine, Reply, Who, World};
use crate::{campaign, on_both_engines};

const VERBS: [&str; 5] = ["request-signatures", "sign", "refuse-to-sign", "seal", "void"];

type Verbs = &'static [&'static str];

/// What a coordinator, an inspector of the visit and the unit's liaison may do in a state, as the workflow says.
const TABLE: &[(&str, Verbs, Verbs, Verbs)] = &[
    ("draft", &["request-signatures", "void"], &["request-signatures", "void"], &[]),
    ("signing", &["seal", "void"], &["sign", "refuse-to-sign", "seal", "void"], &["sign", "refuse-to-sign"]),
    ("sealed", &["void"], &[], &[]),
    ("void", &[], &[], &[]),
];

/// What a caller may do in this state; `None` where they do not see it.
fn allowed(status: &str, who: Who) -> Option<Verbs> {
    let (_, coordinator, inspector, liaison) = TABLE.iter().find(|row| row.0 == status).expect("a row");
    match who {
        Who::Coordinator | Who::OtherCoordinator => Some(coordinator),
        Who::Inspector => Some(inspector),
        Who::Leader | Who::OtherInspector => Some(&[]),
        Who::Liaison => (status != "draft").then_some(*liaison),
        Who::Admin | Who::OtherLiaison | Who::Discipline | Who::Nobody => None,
    }
}

/// Whether a caller may do this in any state.
fn ever(verb: &str, who: Who) -> bool {
    TABLE.iter().any(|row| allowed(row.0, who).is_some_and(|verbs| verbs.contains(&verb)))
}

fn set_status(world: &World, record: &Reply, status: FormStatus) {
    let row = forms::table.find(record.id());
    let set = world.store.with(|conn| Ok(diesel::update(row).set(forms::status.eq(status)).execute(conn)?));
    assert_eq!(set.expect("the row is there"), 1);
}

on_both_engines! {
    async fn each_verb_is_possible_in_its_states_for_its_roles_and_listed_exactly_then(world: &World) {
        let campaign = campaign::open(world, "巡检", &[world.unit]).await;
        let made = signing(world, &campaign, world.unit).await;
        let path = format!("/v1/inspections/{}", made.id());
        // No verb goes through: what takes content gets the wrong one, and what takes none lacks something.
        let item = format!("{path}/items/{}", made.body["items"][0]["id"].as_str().expect("an item"));
        let gone = world.delete(Who::Inspector, &item).if_match(&made.etag()).send().await.expect(204);
        for &status in FormStatus::ALL {
            set_status(world, &made, status);
            for who in Who::ACCOUNTS {
                let listed = allowed(status.as_str(), who);
                let seen = world.get(who, &path).send().await;
                match listed {
                    Some(listed) => assert_eq!(seen.expect(200).actions(), listed, "{status} {who:?}"),
                    None => drop(seen.refused(404, "not_found")),
                }
                for verb in VERBS {
                    let post = world.post(who, &format!("{path}/{verb}")).if_match(&gone.etag());
                    let reply = if ["request-signatures", "seal"].contains(&verb) {
                        post.send().await
                    } else {
                        post.json(&json!({"no_such_field": 1})).send().await
                    };
                    match listed {
                        None => drop(reply.refused(404, "not_found")),
                        Some(listed) if listed.contains(&verb) => drop(reply.refused(422, "invalid_content")),
                        Some(listed) if ever(verb, who) => {
                            let reply = reply.refused(409, "invalid_transition");
                            assert_eq!(reply.body["current_status"], status.as_str());
                            assert_eq!(reply.body["allowed_actions"], json!(listed));
                        }
                        Some(_) => drop(reply.refused(403, "role_missing")),
                    }
                }
            }
        }
    }
}

on_both_engines! {
    async fn a_closed_campaign_takes_no_change(world: &World) {
        let campaign = campaign::open(world, "巡检", &[world.unit]).await;
        let seen = signing(world, &campaign, world.unit).await;
        let done = sealed(world, &campaign, world.unit).await;
        campaign.act(Who::Coordinator, "/close").await.expect(200);
        for (verb, body) in [
            ("request-signatures", Value::Null),
            ("sign", signature("inspector")),
            ("refuse-to-sign", json!({"reason": "x"})),
            ("seal", Value::Null),
            ("void", json!({"reason": "x"})),
        ] {
            act(world, Who::Inspector, &seen, verb, body).await.refused(409, "campaign_closed");
        }
        let path = format!("/v1/inspections/{}/supplements", done.id());
        let text = json!({"kind": "objection", "text": "异议"});
        world.post(Who::Liaison, &path).json(&text).send().await.refused(409, "campaign_closed");
        let read = world.get(Who::Liaison, &format!("/v1/inspections/{}", done.id())).send().await.expect(200);
        assert_eq!(read.actions(), Vec::<&str>::new());
    }
}

on_both_engines! {
    async fn of_two_signatures_at_once_one_is_told_to_read_again(world: &World) {
        let campaign = campaign::open(world, "巡检", &[world.unit]).await;
        let seen = signing(world, &campaign, world.unit).await;
        let team = act(world, Who::Inspector, &seen, "sign", signature("inspector"));
        let unit = act(world, Who::Liaison, &seen, "sign", signature("unit"));
        let (one, other) = futures_util::future::join(team, unit).await;
        let mut statuses = [one.status, other.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 412]);
    }
}
