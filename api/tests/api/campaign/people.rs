//! Who leads a campaign and who inspects.

use serde_json::{Value, json};
use shared::domain::id::Id;
use shared::store::campaign::load;

use super::{Campaign, draft, open};
use crate::on_both_engines;
use crate::support::{Engine, Who, World};

fn head(world: &World, campaign: &Campaign<'_>) -> Option<Id> {
    world.store.with(|conn| load(conn, campaign.id())).expect("the campaign").head_id
}

/// The leading group as annex 1 prints it: a head, somebody of another unit, and a director who is a member.
fn group(world: &World) -> Value {
    let office = world.account(Who::Coordinator);
    json!({"members": [
        {"name": "江连城", "post": "区政府办公室主任", "position": "head", "user_id": world.account(Who::Leader)},
        {"name": "陈海燕", "unit": "经发局", "post": "区经发局办公室主任", "position": "deputy_head"},
        {"name": "周云台", "position": "member", "user_id": office},
        {"name": "周云台", "position": "office_director", "user_id": office},
    ]})
}

on_both_engines! {
    async fn a_leading_group_is_put_whole_until_the_campaign_is_closed(world: &World) {
        let campaign = draft(world, "专项巡检", &[world.unit]).await;
        let empty = world.get(Who::Leader, &campaign.path("/leading-group")).send().await.expect(200);
        assert_eq!((empty.body["items"].clone(), head(world, &campaign)), (json!([]), None));
        let put = campaign.write("PUT", "/leading-group", &group(world)).await.expect(200);
        assert_eq!(put.body["items"], group(world)["members"], "in the order that was sent");
        assert_eq!(put.etag(), campaign.etag().await);
        assert_eq!(head(world, &campaign), Some(world.account(Who::Leader)));
        // Other changes of the campaign keep the head.
        campaign.act(Who::Coordinator, "/open").await.expect(200);
        assert_eq!(head(world, &campaign), Some(world.account(Who::Leader)));
        let seen = world.get(Who::Liaison, &campaign.path("/leading-group")).send().await.expect(200);
        assert_eq!(seen.body["items"], group(world)["members"]);
        world.get(Who::OtherLiaison, &campaign.path("/leading-group")).send().await.refused(404, "not_found");
        let other = json!({"members": [{"name": "程立新", "position": "head"}]});
        campaign.write("PUT", "/leading-group", &other).await.expect(200);
        assert_eq!(head(world, &campaign), None, "a head without an account");
        campaign.write("PUT", "/leading-group", &json!({"members": []})).await.expect(200);
    }
}

on_both_engines! {
    async fn teams_are_put_whole_and_name_inspectors(world: &World) {
        let campaign = open(world, "专项巡检", &[world.unit]).await;
        let inspector = world.account(Who::Inspector);
        let teams = json!({"teams": [
            {"name": "第一组", "head_id": inspector, "member_ids": [inspector]},
            {"name": "第二组", "member_ids": []},
        ]});
        let put = campaign.write("PUT", "/teams", &teams).await.expect(200);
        assert_eq!(put.body["items"], teams["teams"]);
        let seen = world.get(Who::Liaison, &campaign.path("/teams")).send().await.expect(200);
        assert_eq!((&seen.body["items"], seen.etag()), (&teams["teams"], campaign.etag().await));
        let wrong = json!({"teams": [
            {"name": "第一组", "head_id": world.account(Who::Leader), "member_ids": [inspector, world.account(Who::Liaison)]},
            {"name": "", "member_ids": [Id::new()]},
        ]});
        campaign.write("PUT", "/teams", &wrong).await.violates(&["/teams/1/name blank"]);
        let mut wrong = wrong;
        wrong["teams"][1]["name"] = "第二组".into();
        campaign.write("PUT", "/teams", &wrong).await.violates(&[
            "/teams/0/head_id reference_not_found",
            "/teams/0/member_ids/1 reference_not_found",
            "/teams/1/member_ids/0 reference_not_found",
        ]);
        let seen = world.get(Who::Leader, &campaign.path("/teams")).send().await.expect(200);
        assert_eq!(seen.body["items"], teams["teams"], "nothing changed");
    }
}

on_both_engines! {
    async fn a_leading_group_names_leaders_and_coordinators_whose_accounts_are_in_use(world: &World) {
        let campaign = draft(world, "专项巡检", &[]).await;
        let named = |who| json!({"name": "某某", "position": "member", "user_id": world.account(who)});
        let body = json!({"members": [
            {"name": "江连城", "position": "head", "user_id": world.account(Who::Leader)},
            named(Who::Coordinator), named(Who::Inspector), named(Who::Admin),
        ]});
        campaign.write("PUT", "/leading-group", &body).await.violates(&[
            "/members/2/user_id reference_not_found",
            "/members/3/user_id reference_not_found",
        ]);
        let path = format!("/v1/users/{}", world.account(Who::Leader));
        let leader = world.get(Who::Admin, &path).send().await.expect(200);
        let disable = world.post(Who::Admin, &format!("{path}/disable")).if_match(&leader.etag());
        disable.send().await.expect(200);
        let body = json!({"members": [body["members"][0]]});
        campaign.write("PUT", "/leading-group", &body).await.violates(&["/members/0/user_id reference_not_found"]);
        campaign.write("PUT", "/leading-group", &json!({"members": [{"name": "江连城", "position": "member"}]})).await
            .violates(&["/members missing"]);
    }
}

on_both_engines! {
    async fn of_two_lists_put_at_once_one_stands(world: &World) {
        let campaign = draft(world, "专项巡检", &[]).await;
        let etag = campaign.etag().await;
        let put = |rest: &str, body: Value| {
            let request = world.request(Who::Coordinator, reqwest::Method::PUT, &campaign.path(rest));
            request.if_match(&etag).json(&body).send()
        };
        let teams = json!({"teams": [{"name": "第一组", "member_ids": []}]});
        let (one, other) =
            futures_util::future::join(put("/leading-group", group(world)), put("/teams", teams)).await;
        let mut statuses = [one.status, other.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 412]);
    }
}
