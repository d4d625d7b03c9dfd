//! Every verb in every state for every role; closed campaigns; two at once.

use serde_json::{Value, json};

use super::{act, sealed, signature, signing};
use crate::support::{Engine, Who, World};
use crate::{campaign, form, on_both_engines};

on_both_engines! {
    async fn each_verb_is_possible_in_its_states_for_its_roles_and_listed_exactly_then(world: &World) {
        let campaign = campaign::open(world, "巡检", &[world.unit]).await;
        let made = signing(world, &campaign, world.unit).await;
        let path = format!("/v1/inspections/{}", made.id());
        // No verb goes through: what takes content gets the wrong one, and what takes none lacks something.
        let item = format!("{path}/items/{}", made.body["items"][0]["id"].as_str().expect("an item"));
        let gone = world.delete(Who::Inspector, &item).if_match(&made.etag()).send().await.expect(204);
        let tried = form::Tried { record: &made, path: &path, etag: &gone.etag(), bare: &["request-signatures", "seal"] };
        form::each_verb_in_each_state_for_each_role(world, &tried).await;
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
