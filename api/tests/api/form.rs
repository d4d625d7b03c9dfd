//! What all signed forms have in common: every verb in every state for every role.

use diesel::prelude::*;
use serde_json::json;
use shared::domain::form::FormStatus;
use shared::domain::text::TextEnum;
use shared::store::schema::forms;

use crate::support::{Reply, Who, World};

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

/// A form on which no verb goes through: what takes content gets the wrong one, and what takes none lacks something.
pub struct Tried<'a> {
    pub record: &'a Reply,
    pub path: &'a str,
    pub etag: &'a str,
    /// The verbs that take no content.
    pub bare: &'a [&'a str],
}

/// Tries each verb in each state for each role, and holds what is listed against what is refused.
pub async fn each_verb_in_each_state_for_each_role(world: &World, tried: &Tried<'_>) {
    for &status in FormStatus::ALL {
        set_status(world, tried.record, status);
        for who in Who::ACCOUNTS {
            let listed = allowed(status.as_str(), who);
            let seen = world.get(who, tried.path).send().await;
            match listed {
                Some(listed) => assert_eq!(seen.expect(200).actions(), listed, "{status} {who:?}"),
                None => drop(seen.refused(404, "not_found")),
            }
            for verb in VERBS {
                let post = world.post(who, &format!("{}/{verb}", tried.path)).if_match(tried.etag);
                let reply = if tried.bare.contains(&verb) {
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
