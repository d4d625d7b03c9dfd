//! Every verb in every state for every role; what nobody may do to their own; two at once.

use diesel::prelude::*;
use serde_json::{Value, json};
use shared::domain::text::TextEnum;
use shared::domain::visit::VisitStatus;
use shared::store::schema::{account_grants, visits};

use super::{act, planned};
use crate::support::{Engine, Reply, Who, World};
use crate::{campaign, on_both_engines};

const VERBS: [&str; 3] = ["complete", "cancel", "reopen"];

type Verbs = &'static [&'static str];

/// What a coordinator and an inspector of the visit may do in a state, as the workflow says.
const TABLE: &[(&str, Verbs, Verbs)] = &[
    ("planned", &["complete", "cancel"], &["complete"]),
    ("done", &["reopen"], &[]),
    ("cancelled", &[], &[]),
];

/// What a caller may do in this state; `None` where they do not see it.
fn allowed(status: &str, who: Who) -> Option<Verbs> {
    let (_, coordinator, inspector) = TABLE.iter().find(|row| row.0 == status).expect("a row");
    match who {
        Who::Coordinator | Who::OtherCoordinator => Some(coordinator),
        Who::Inspector => Some(inspector),
        Who::Leader | Who::OtherInspector | Who::Liaison => Some(&[]),
        Who::Admin | Who::OtherLiaison | Who::Discipline | Who::Nobody => None,
    }
}

/// Whether a caller may do this in any state.
fn ever(verb: &str, who: Who) -> bool {
    TABLE.iter().any(|row| allowed(row.0, who).is_some_and(|verbs| verbs.contains(&verb)))
}

fn set_status(world: &World, visit: &Reply, status: VisitStatus) {
    let row = visits::table.find(visit.id());
    let set =
        world.store.with(|conn| Ok(diesel::update(row).set(visits::status.eq(status)).execute(conn)?));
    assert_eq!(set.expect("the row is there"), 1);
}

on_both_engines! {
    async fn each_verb_is_possible_in_its_states_for_its_roles_and_listed_exactly_then(world: &World) {
        let campaign = campaign::open(world, "巡检", &[world.unit]).await;
        let made = planned(world, &campaign, world.unit).await;
        let path = format!("/v1/visits/{}", made.id());
        for &status in VisitStatus::ALL {
            for who in Who::ACCOUNTS {
                set_status(world, &made, status);
                let listed = allowed(status.as_str(), who);
                let seen = world.get(who, &path).send().await;
                match listed {
                    Some(listed) => assert_eq!(seen.expect(200).actions(), listed, "{status} {who:?}"),
                    None => drop(seen.refused(404, "not_found")),
                }
                for verb in VERBS {
                    set_status(world, &made, status);
                    let now = world.get(Who::Leader, &path).send().await.expect(200);
                    // Nothing but `complete`, which takes no content, goes through.
                    let body = if verb == "complete" { Value::Null } else { json!({"no_such_field": 1}) };
                    let reply = act(world, who, &now, verb, body).await;
                    match listed {
                        None => drop(reply.refused(404, "not_found")),
                        Some(listed) if listed.contains(&"complete") && verb == "complete" => {
                            assert_eq!(reply.expect(200).body["status"], "done");
                        }
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
    async fn nobody_decides_on_a_visit_to_their_own_unit(world: &World) {
        let campaign = campaign::open(world, "巡检", &[world.unit]).await;
        let made = planned(world, &campaign, world.unit).await;
        for who in [Who::Inspector, Who::Coordinator] {
            let grants = account_grants::table.filter(account_grants::account_id.eq(world.account(who)));
            let set = account_grants::unit_id.eq(Some(world.unit));
            world.store.with(|conn| Ok(diesel::update(grants).set(set).execute(conn)?)).expect("a grant");
            let seen = world.get(who, &format!("/v1/visits/{}", made.id())).send().await.expect(200);
            assert_eq!(seen.actions(), Vec::<&str>::new(), "{who:?}");
            act(world, who, &made, "complete", Value::Null).await.refused(403, "own_unit");
        }
        act(world, Who::Coordinator, &made, "cancel", json!({})).await.refused(403, "own_unit");
        act(world, Who::OtherCoordinator, &made, "complete", Value::Null).await.expect(200);
    }
}

on_both_engines! {
    async fn of_two_changes_at_once_one_counts(world: &World) {
        let campaign = campaign::open(world, "巡检", &[world.unit]).await;
        let made = planned(world, &campaign, world.unit).await;
        let complete = act(world, Who::Inspector, &made, "complete", Value::Null);
        let cancel = act(world, Who::Coordinator, &made, "cancel", json!({"reason": "防汛"}));
        let (one, other) = futures_util::future::join(complete, cancel).await;
        let mut statuses = [one.status, other.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 412]);
    }
}
