//! Leader-office sheets. What all signed forms have in common is tested with the inspection records.

use diesel::prelude::*;
use serde_json::{Value, json};
use shared::domain::id::Id;
use shared::store::schema::leader_offices;

use crate::campaign::{self, Campaign};
use crate::inspection::signature;
use crate::support::{Engine, Reply, Who, World};
use crate::{attachment, form, leader_office, on_both_engines, visit};

/// A draft of the sheet of a visit of [`Who::Inspector`] to this unit, with these rows.
async fn draft(world: &World, campaign: &Campaign<'_>, unit: Id, rows: &[&Reply]) -> Reply {
    let visit = visit::planned(world, campaign, unit).await;
    let rows: Vec<&str> = rows.iter().map(|row| row.id()).collect();
    let sheet = json!({
        "visit_id": visit.id(), "measured_on": "2023-07-31", "phone": "0518-00008101", "leader_office_ids": rows
    });
    world.post(Who::Inspector, "/v1/leader-office-sheets").json(&sheet).send().await.expect(201)
}

async fn act(world: &World, who: Who, seen: &Reply, verb: &str, body: Value) -> Reply {
    let path = format!("/v1/leader-office-sheets/{}/{verb}", seen.id());
    let post = world.post(who, &path).if_match(&seen.etag());
    if body.is_null() { post.send().await } else { post.json(&body).send().await }
}

async fn now(world: &World, seen: &Reply) -> Reply {
    world.get(Who::Leader, &format!("/v1/leader-office-sheets/{}", seen.id())).send().await.expect(200)
}

async fn signing(world: &World, campaign: &Campaign<'_>, unit: Id, rows: &[&Reply]) -> Reply {
    let draft = draft(world, campaign, unit, rows).await;
    act(world, Who::Inspector, &draft, "request-signatures", Value::Null).await.expect(200)
}

fn no_stamp() -> Value {
    json!({"no_stamp_reason": "印章不在现场，事后补盖。"})
}

/// A sealed sheet with one row.
pub async fn sealed(world: &World, campaign: &Campaign<'_>, unit: Id) -> Reply {
    let row = leader_office::measured(world, campaign, unit, "吕嘉禾", 23.4).await;
    let seen = signing(world, campaign, unit, &[&row]).await;
    let seen = act(world, Who::Inspector, &seen, "sign", signature("inspector")).await.expect(200);
    let refused = json!({"reason": "负责人不在场"});
    let seen = act(world, Who::Inspector, &seen, "refuse-to-sign", refused).await.expect(200);
    act(world, Who::Inspector, &seen, "seal", no_stamp()).await.expect(200)
}

/// A sealed sheet with a supplement.
pub async fn supplemented(world: &World, campaign: &Campaign<'_>, unit: Id) -> Reply {
    let sealed = sealed(world, campaign, unit).await;
    let path = format!("/v1/leader-office-sheets/{}/supplements", sealed.id());
    let text = json!({"kind": "supplement", "text": "301室另有储物间一间。"});
    world.post(Who::Inspector, &path).json(&text).send().await.expect(201);
    now(world, &sealed).await
}

/// Calls every operation once, successfully.
pub async fn happy_path(world: &World) {
    let campaign = campaign::open(world, "有现场检查记录表的巡检", &[world.unit]).await;
    let row = leader_office::measured(world, &campaign, world.unit, "周云台", 17.0).await;
    let made = draft(world, &campaign, world.unit, &[&row]).await;
    let path = format!("/v1/leader-office-sheets/{}", made.id());
    let list = format!("/v1/leader-office-sheets?campaign_id={}&status=draft&count=true", campaign.id);
    world.get(Who::Leader, &list).send().await.expect(200);
    let other = leader_office::measured(world, &campaign, world.unit, "沈致宁", 12.0).await;
    let change = json!({"leader_office_ids": [other.id(), row.id()]});
    let seen =
        world.patch(Who::Inspector, &path).if_match(&made.etag()).json(&change).send().await.expect(200);
    let seen = act(world, Who::Inspector, &seen, "request-signatures", Value::Null).await.expect(200);
    let seen = act(world, Who::Inspector, &seen, "sign", signature("inspector")).await.expect(200);
    let seen = act(world, Who::Liaison, &seen, "sign", signature("unit")).await.expect(200);
    let refused = json!({"reason": "副职不同意"});
    let seen = act(world, Who::Liaison, &seen, "refuse-to-sign", refused).await.expect(200);
    let stamp = attachment::upload(world, Who::Inspector, "盖章.pdf", attachment::PDF).await.expect(201);
    let stamp = json!({"stamp_attachment_id": stamp.id()});
    act(world, Who::Inspector, &seen, "seal", stamp).await.expect(200);
    world.get(Who::Liaison, &path).send().await.expect(200);
    world.get(Who::Liaison, &format!("{path}/verification")).send().await.expect(200);
    let supplements = format!("{path}/supplements");
    let objection = json!({"kind": "objection", "text": "面积含公用走道。"});
    let added = world.post(Who::Liaison, &supplements).json(&objection).send().await.expect(201);
    let added_path = added.header("location").to_owned();
    world.get(Who::Liaison, &supplements).send().await.expect(200);
    world.get(Who::Liaison, &added_path).send().await.expect(200);
    let sign = world.post(Who::Liaison, &format!("{added_path}/sign")).if_match(&added.etag());
    sign.json(&signature("unit")).send().await.expect(200);
    let seen = now(world, &made).await;
    act(world, Who::Coordinator, &seen, "void", json!({"reason": "单位名称有误"})).await.expect(200);
}

on_both_engines! {
    async fn a_visit_has_one_sheet_whose_rows_are_measured_offices_of_its_unit(world: &World) {
        let campaign = campaign::open(world, "巡检", &[world.unit, world.other_unit]).await;
        let foreign = leader_office::measured(world, &campaign, world.other_unit, "冯若谷", 17.0).await;
        let visit = visit::planned(world, &campaign, world.unit).await;
        let post = |rows: Value| {
            let sheet = json!({"visit_id": visit.id(), "measured_on": "2023-07-31", "leader_office_ids": rows});
            world.post(Who::Inspector, "/v1/leader-office-sheets").json(&sheet).send()
        };
        post(json!([foreign.id()])).await.violates(&["/leader_office_ids/0 reference_not_found"]);
        let body = leader_office::content(&campaign, world.unit, "周云台");
        let row = world.post(Who::Coordinator, "/v1/leader-offices").json(&body).send().await.expect(201);
        let made = post(json!([row.id()])).await.expect(201);
        post(json!([])).await.refused(409, "taken");
        let incomplete = act(world, Who::Inspector, &made, "request-signatures", Value::Null).await;
        incomplete.violates(&["/phone missing", "/rows/0/rooms missing"]);
        world.get(Who::Liaison, made.header("location")).send().await.refused(404, "not_found");
        act(world, Who::Inspector, &made, "void", json!({"reason": "重填"})).await.expect(200);
        post(json!([])).await.expect(201);
    }
}

on_both_engines! {
    async fn a_change_of_a_row_voids_what_was_signed(world: &World) {
        let campaign = campaign::open(world, "巡检", &[world.unit]).await;
        let row = leader_office::measured(world, &campaign, world.unit, "周云台", 17.0).await;
        let seen = signing(world, &campaign, world.unit, &[&row]).await;
        let seen = act(world, Who::Inspector, &seen, "sign", signature("inspector")).await.expect(200);
        let path = format!("/v1/leader-offices/{}", row.id());
        let change = json!({"measured_rooms": [leader_office::room(19.0)]});
        world.patch(Who::Inspector, &path).if_match(&row.etag()).json(&change).send().await.expect(200);
        act(world, Who::Inspector, &seen, "seal", no_stamp()).await.refused(412, "stale");
        let again = now(world, &seen).await;
        assert_eq!((&again.body["status"], &again.body["rows"][0]["assessment"]["verdict"]), (&json!("draft"), &json!("over")));
        assert!(again.body["signatures"][0]["voided_at"].is_string());
    }
}

on_both_engines! {
    async fn sealing_freezes_the_rows_with_their_assessment_and_the_limit_used(world: &World) {
        let campaign = campaign::open(world, "巡检", &[world.unit]).await;
        let row = leader_office::measured(world, &campaign, world.unit, "周云台", 23.4).await;
        let seen = signing(world, &campaign, world.unit, &[&row]).await;
        let seen = act(world, Who::Inspector, &seen, "sign", signature("inspector")).await.expect(200);
        let seen = act(world, Who::Liaison, &seen, "sign", signature("unit")).await.expect(200);
        act(world, Who::Inspector, &seen, "seal", json!({})).await.violates(&["/stamp_attachment_id missing"]);
        let sealed = act(world, Who::Inspector, &seen, "seal", no_stamp()).await.expect(200);
        let judged = sealed.body["rows"][0]["assessment"].clone();
        assert_eq!((&judged["verdict"], &judged["limit"], &judged["excess"]), (&json!("over"), &json!(18), &json!(5.4)));
        let path = format!("/v1/leader-offices/{}", row.id());
        let office = world.get(Who::Coordinator, &path).send().await.expect(200);
        let change = json!({"measured_rooms": [leader_office::room(17.0)]});
        for who in [Who::Coordinator, Who::Inspector] {
            let patch = world.patch(who, &path).if_match(&office.etag()).json(&change);
            patch.send().await.refused(409, "sealed");
        }
        world.delete(Who::Coordinator, &path).if_match(&office.etag()).send().await.refused(409, "in_use");
        let vacated = json!({"vacated_on": "2023-07-31"});
        let patch = world.patch(Who::Inspector, &path).if_match(&office.etag()).json(&vacated);
        patch.send().await.expect(200);
        crate::area_standard::correct_section_chiefs(world, 24.0).await;
        let office = world.get(Who::Coordinator, &path).send().await.expect(200);
        assert_eq!(office.body["assessment"], judged, "the limit of its day");
        let verify = |seen: &Reply| {
            let path = format!("/v1/leader-office-sheets/{}/verification", seen.id());
            async move { world.get(Who::Liaison, &path).send().await.expect(200).body }
        };
        assert_eq!(verify(&sealed).await["valid"], true);
        let rename = |name: &'static str| {
            let row = leader_offices::table.find(row.id());
            let set = world.store.with(|conn| Ok(diesel::update(row).set(leader_offices::post.eq(name)).execute(conn)?));
            assert_eq!(set.expect("the row is there"), 1);
        };
        rename("副主任");
        assert_eq!(verify(&sealed).await, json!({"valid": false, "first_difference": "/rows/0/post"}));
        rename("主任");
        let reason = json!({"reason": "姓名有误"});
        let void = act(world, Who::Coordinator, &sealed, "void", reason).await.expect(200);
        let office = world.get(Who::Inspector, &path).send().await.expect(200);
        assert_eq!(office.body["sealed"], false);
        let patch = world.patch(Who::Inspector, &path).if_match(&office.etag()).json(&change);
        assert_eq!(patch.send().await.expect(200).body["assessment"]["verdict"], "within");
        assert_eq!(verify(&void).await["valid"], true, "what was sealed stays as it was");
        assert_eq!(now(world, &void).await.body["rows"][0]["assessment"], judged);
        let visit = void.body["visit_id"].clone();
        let again = json!({
            "visit_id": visit, "measured_on": "2023-07-31", "phone": "0518-00008101", "leader_office_ids": [row.id()],
            "replaces": void.id()
        });
        let again = world.post(Who::Inspector, "/v1/leader-office-sheets").json(&again).send().await.expect(201);
        assert_eq!(again.body["rows"][0]["assessment"]["verdict"], "within");
    }
}

on_both_engines! {
    async fn each_verb_is_possible_in_its_states_for_its_roles_and_listed_exactly_then(world: &World) {
        let campaign = campaign::open(world, "巡检", &[world.unit]).await;
        let row = leader_office::measured(world, &campaign, world.unit, "周云台", 17.0).await;
        let made = signing(world, &campaign, world.unit, &[&row]).await;
        let path = format!("/v1/leader-office-sheets/{}", made.id());
        let patch = world.patch(Who::Inspector, &path).if_match(&made.etag());
        let empty = patch.json(&json!({"leader_office_ids": []})).send().await.expect(200);
        let tried = form::Tried { record: &made, path: &path, etag: &empty.etag(), bare: &["request-signatures"] };
        form::each_verb_in_each_state_for_each_role(world, &tried).await;
    }
}

on_both_engines! {
    async fn of_two_seals_at_once_one_is_told_to_read_again(world: &World) {
        let campaign = campaign::open(world, "巡检", &[world.unit]).await;
        let row = leader_office::measured(world, &campaign, world.unit, "周云台", 17.0).await;
        let seen = signing(world, &campaign, world.unit, &[&row]).await;
        let seen = act(world, Who::Inspector, &seen, "sign", signature("inspector")).await.expect(200);
        let seen = act(world, Who::Liaison, &seen, "sign", signature("unit")).await.expect(200);
        let seal = |who| act(world, who, &seen, "seal", no_stamp());
        let (one, other) = futures_util::future::join(seal(Who::Inspector), seal(Who::Coordinator)).await;
        let mut statuses = [one.status, other.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 412]);
    }
}

on_both_engines! {
    async fn what_was_signed_by_another_limit_is_signed_anew(world: &World) {
        let campaign = campaign::open(world, "巡检", &[world.unit]).await;
        let row = leader_office::measured(world, &campaign, world.unit, "周云台", 23.4).await;
        let seen = signing(world, &campaign, world.unit, &[&row]).await;
        let seen = act(world, Who::Inspector, &seen, "sign", signature("inspector")).await.expect(200);
        crate::area_standard::correct_section_chiefs(world, 24.0).await;
        let seen = act(world, Who::Liaison, &seen, "sign", signature("unit")).await.expect(200);
        act(world, Who::Inspector, &seen, "seal", no_stamp()).await.violates(&["/signatures/0 signed_otherwise"]);
        let path = format!("/v1/leader-office-sheets/{}", seen.id());
        let patch = world.patch(Who::Inspector, &path).if_match(&seen.etag()).json(&json!({"note": "标准已更正"}));
        let seen = patch.send().await.expect(200);
        assert_eq!(seen.body["status"], "draft");
        let seen = act(world, Who::Inspector, &seen, "request-signatures", Value::Null).await.expect(200);
        let seen = act(world, Who::Inspector, &seen, "sign", signature("inspector")).await.expect(200);
        let seen = act(world, Who::Liaison, &seen, "sign", signature("unit")).await.expect(200);
        let sealed = act(world, Who::Inspector, &seen, "seal", no_stamp()).await.expect(200);
        assert_eq!(sealed.body["rows"][0]["assessment"]["verdict"], "within");
    }
}
