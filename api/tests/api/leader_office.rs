//! Leader offices.

use serde_json::{Value, json};
use shared::domain::id::Id;

use crate::campaign::{self, Campaign};
use crate::support::{Engine, Reply, Who, World};
use crate::{area_standard, finding, on_both_engines, rectification, rule_setting, visit};

pub fn content(campaign: &Campaign<'_>, unit: Id, name: &str) -> Value {
    json!({
        "campaign_id": campaign.id, "unit_id": unit, "person_name": name, "service_status": "in_service",
        "level": "141", "post": "主任"
    })
}

pub fn room(area: f64) -> Value {
    json!({"kind": "office", "room_number": "301", "area": area, "occupants": 1, "occupant_names": []})
}

async fn enter(world: &World, who: Who, body: &Value) -> Reply {
    world.post(who, "/v1/leader-offices").json(body).send().await
}

async fn change(world: &World, who: Who, seen: &Reply, body: Value) -> Reply {
    let path = format!("/v1/leader-offices/{}", seen.id());
    world.patch(who, &path).if_match(&seen.etag()).json(&body).send().await
}

/// A section chief whose room was measured.
pub async fn measured(world: &World, campaign: &Campaign<'_>, unit: Id, name: &str, area: f64) -> Reply {
    let mut body = content(campaign, unit, name);
    body["measured_rooms"] = json!([room(area)]);
    enter(world, Who::Coordinator, &body).await.expect(201)
}

/// Calls every operation once, successfully.
pub async fn happy_path(world: &World) {
    let campaign = campaign::open(world, "测量的巡检", &[world.unit]).await;
    visit::planned(world, &campaign, world.unit).await;
    let mut body = content(&campaign, world.unit, "周云台");
    body["declared_rooms"] = json!([room(18.0)]);
    let made = enter(world, Who::Liaison, &body).await.expect(201);
    let seen =
        change(world, Who::Inspector, &made, json!({"measured_rooms": [room(20.0)]})).await.expect(200);
    let path = format!("/v1/leader-offices/{}", seen.id());
    world.get(Who::Leader, &path).send().await.expect(200);
    world.get(Who::Leader, &format!("{path}/assessment")).send().await.expect(200);
    let list =
        format!("/v1/leader-offices?campaign_id={}&verdict=over&measured=true&count=true", campaign.id);
    assert_eq!(world.get(Who::Leader, &list).send().await.expect(200).body["total"], 1);
    let other = enter(world, Who::Coordinator, &content(&campaign, world.unit, "沈致宁")).await.expect(201);
    let path = format!("/v1/leader-offices/{}", other.id());
    world.delete(Who::Coordinator, &path).if_match(&other.etag()).send().await.expect(204);
}

on_both_engines! {
    async fn a_row_of_annex_3_is_declared_measured_and_judged(world: &World) {
        let campaign = campaign::open(world, "巡检", &[world.unit]).await;
        visit::planned(world, &campaign, world.unit).await;
        let mut body = content(&campaign, world.unit, "周云台");
        body["declared_rooms"] = json!([room(18.0)]);
        let made = enter(world, Who::Liaison, &body).await.expect(201);
        assert_eq!(made.body["standard_level"], "section_level_chief");
        assert_eq!(made.body.get("areas"), None);
        let judged = &made.body["assessment"];
        assert_eq!((&judged["basis"], &judged["verdict"], &judged["limit"]), (&json!("declared"), &json!("within"), &json!(18)));
        let rooms = json!([
            {"kind": "office", "address": "街道办事处2号楼", "room_number": "301", "area": 23.25, "occupants": 3,
             "occupant_names": ["沈致宁", "冯若谷"]},
            {"kind": "office", "room_number": "502", "area": 17.25},
            {"kind": "toilet", "room_number": "502", "area": 4},
            {"kind": "rest", "room_number": "502", "area": 2},
        ]);
        let seen = change(world, Who::Inspector, &made, json!({"measured_rooms": rooms})).await.expect(200);
        let areas = json!({"office": 40.5, "rest": 2, "toilet": 4, "meeting": 0, "total": 46.5});
        assert_eq!(seen.body["areas"], areas);
        assert_eq!(seen.body["measured_on"], "2023-07-31");
        assert_eq!(seen.body["sharing_note"], "301与沈致宁、冯若谷合用（共3人）");
        let judged = &seen.body["assessment"];
        assert_eq!((&judged["basis"], &judged["counted"], &judged["excess"]), (&json!("measured"), &json!(31), &json!(13)));
        assert_eq!((&judged["verdict"], &judged["on"]), (&json!("over"), &json!("2023-07-31")));
        let rules: Vec<_> = judged["rules"].as_array().expect("rules").iter().map(|rule| &rule["rule"]).collect();
        assert_eq!(rules, ["R05", "R04"]);
        assert_eq!(judged["standard"]["valid_from"], "2014-11-24");
        assert!(judged["standard"]["source"].as_str().expect("a source").contains("发改投资〔2014〕2674号"));
        let path = format!("/v1/leader-offices/{}", seen.id());
        let alone = world.get(Who::Liaison, &format!("{path}/assessment")).send().await.expect(200);
        assert_eq!((&alone.body, alone.etag()), (judged, seen.etag()));
        // The service divides no more from a later day on: what was measured before stays as it was judged.
        rule_setting::set(world, "shared_rooms_divided", json!(false), "2023-08-01").await.expect(201);
        world.advance("2023-08-02T01:00:00Z");
        let again = world.get(Who::Leader, &path).send().await.expect(200);
        assert_eq!(&again.body["assessment"], judged);
        let today = change(world, Who::Inspector, &again, json!({"measured_on": "2023-08-02"})).await.expect(200);
        assert_eq!(today.body["assessment"]["counted"], 46.5);
    }
}

on_both_engines! {
    async fn each_enters_their_part_and_a_unit_sees_its_own(world: &World) {
        let campaign = campaign::open(world, "巡检", &[world.unit, world.other_unit]).await;
        visit::planned(world, &campaign, world.unit).await;
        let mut body = content(&campaign, world.unit, "周云台");
        body["measured_rooms"] = json!([room(18.0)]);
        enter(world, Who::Liaison, &body).await.violates(&["/measured_rooms field_not_yours", "/measured_on field_not_yours"]);
        let own = enter(world, Who::Liaison, &content(&campaign, world.unit, "周云台")).await.expect(201);
        let foreign = content(&campaign, world.other_unit, "沈致宁");
        enter(world, Who::Liaison, &foreign).await.violates(&["/unit_id reference_not_found"]);
        let declared = json!({"declared_rooms": [room(18.0)]});
        change(world, Who::Inspector, &own, declared.clone()).await.violates(&["/declared_rooms field_not_yours"]);
        let own = change(world, Who::Liaison, &own, declared).await.expect(200);
        change(world, Who::OtherInspector, &own, json!({"measured_rooms": [room(18.0)]})).await.refused(403, "role_missing");
        enter(world, Who::OtherInspector, &content(&campaign, world.unit, "吕嘉禾")).await.refused(403, "role_missing");
        change(world, Who::Liaison, &own, json!({"selected_for_measurement": true})).await
            .violates(&["/selected_for_measurement field_not_yours"]);
        let path = format!("/v1/leader-offices/{}", own.id());
        world.get(Who::OtherLiaison, &path).send().await.refused(404, "not_found");
        change(world, Who::OtherLiaison, &own, json!({})).await.refused(404, "not_found");
        change(world, Who::Leader, &own, json!({})).await.refused(403, "role_missing");
        let own = change(world, Who::Inspector, &own, json!({"measured_rooms": [room(20.0)]})).await.expect(200);
        let hidden = json!({"declared_rooms": [room(20.0)], "level": "132"});
        change(world, Who::Liaison, &own, hidden).await.violates(&["/declared_rooms frozen", "/level frozen"]);
        let seen = world.get(Who::Liaison, &path).send().await.expect(200);
        assert_eq!(seen.body["measured_rooms"][0]["area"], 20);
        let list = world.get(Who::OtherLiaison, "/v1/leader-offices?count=true").send().await.expect(200);
        assert_eq!(list.body["total"], 0);
        let delete = world.delete(Who::Liaison, &path).if_match(&own.etag());
        delete.send().await.refused(409, "in_use");
    }
}

on_both_engines! {
    async fn a_person_stands_once_in_a_campaign_and_unit(world: &World) {
        let campaign = campaign::open(world, "巡检", &[world.unit, world.other_unit]).await;
        let body = content(&campaign, world.unit, "周云台");
        let first = enter(world, Who::Coordinator, &body).await.expect(201);
        enter(world, Who::Coordinator, &body).await.refused(409, "taken");
        let mut namesake = body.clone();
        namesake["person_key"] = json!("0023");
        let namesake = enter(world, Who::Coordinator, &namesake).await.expect(201);
        change(world, Who::Coordinator, &namesake, json!({"person_key": null})).await.refused(409, "taken");
        enter(world, Who::Coordinator, &content(&campaign, world.other_unit, "周云台")).await.expect(201);
        let moved = json!({"unit_id": world.other_unit});
        change(world, Who::Coordinator, &first, moved).await.violates(&["/unit_id frozen"]);
        let mut odd = content(&campaign, world.unit, "沈致宁");
        odd["service_status"] = json!("resting");
        odd["level"] = json!("999");
        odd["standard_level"] = json!("mayor");
        odd["standard_level_reason"] = json!("现任职务");
        let words = ["/service_status not_in_dictionary", "/level not_in_dictionary", "/standard_level not_in_dictionary"];
        enter(world, Who::Coordinator, &odd).await.violates(&words);
        let mut retired = content(&campaign, world.unit, "沈致宁");
        retired["service_status"] = json!("retired");
        retired["declared_rooms"] = json!([{"kind": "office", "area": 9.125}]);
        enter(world, Who::Coordinator, &retired).await.violates(&["/declared_rooms/0/area too_fine"]);
        retired["declared_rooms"] = json!([room(9.0)]);
        enter(world, Who::Coordinator, &retired).await.violates(&["/department missing"]);
        retired["department"] = json!("区发展和改革局");
        enter(world, Who::Coordinator, &retired).await.expect(201);
        campaign.act(Who::Coordinator, "/close").await.expect(200);
        change(world, Who::Coordinator, &first, json!({"note": "无"})).await.refused(409, "campaign_closed");
        enter(world, Who::Coordinator, &body).await.refused(409, "campaign_closed");
    }
}

on_both_engines! {
    async fn r02_a_township_is_judged_once_its_limit_is_entered(world: &World) {
        let township = json!({"name": "前三岛乡人民政府", "kind": "township", "standard_class": "township"});
        let township = world.post(Who::Coordinator, "/v1/units").json(&township).send().await.expect(201);
        let unit: Id = township.id().parse().expect("an id");
        let campaign = campaign::open(world, "巡检", &[unit, world.unit]).await;
        let warned = |body: &Value| {
            body["warnings"].as_array().expect("warnings").iter().any(|warning| warning["kind"] == "no_limit")
        };
        assert!(warned(&campaign.seen_by(Who::Coordinator).await.body));
        let office = measured(world, &campaign, unit, "沈致宁", 21.0).await;
        measured(world, &campaign, world.unit, "周云台", 17.0).await;
        let path = format!("/v1/leader-offices/{}", office.id());
        assert_eq!(office.body["standard_level"], "township_chief");
        assert_eq!(office.body["assessment"]["verdict"], "not_configured");
        assert_eq!(office.body["assessment"].get("limit"), None);
        let listed = |query: String| async move {
            let list = world.get(Who::Leader, &format!("/v1/leader-offices?count=true&{query}")).send().await.expect(200);
            let names = list.body["items"].as_array().expect("items").iter().map(|one| one["person_name"].clone()).collect();
            assert_eq!(list.body["total"], list.body["items"].as_array().map(Vec::len).expect("items"));
            Value::Array(names)
        };
        assert_eq!(listed("verdict=not_configured".to_owned()).await, json!(["沈致宁"]));
        assert_eq!(listed("verdict=over&verdict=within".to_owned()).await, json!(["周云台"]));
        let limit = area_standard::township("township_chief", 20.0, "2023-01-01");
        let limit = area_standard::enter(world, &limit).await.expect(201);
        assert!(!warned(&campaign.seen_by(Who::Coordinator).await.body));
        let judged = world.get(Who::Leader, &path).send().await.expect(200);
        let judged = &judged.body["assessment"];
        assert_eq!((&judged["verdict"], &judged["excess"]), (&json!("over"), &json!(1)));
        assert_eq!(listed(format!("area_standard_id={}", limit.id())).await, json!(["沈致宁"]));
    }
}

on_both_engines! {
    async fn of_two_measurements_at_once_one_succeeds(world: &World) {
        let campaign = campaign::open(world, "巡检", &[world.unit]).await;
        visit::planned(world, &campaign, world.unit).await;
        let office = enter(world, Who::Coordinator, &content(&campaign, world.unit, "周云台")).await.expect(201);
        let measure = |who, area| change(world, who, &office, json!({"measured_rooms": [room(area)]}));
        let (one, other) =
            futures_util::future::join(measure(Who::Coordinator, 17.0), measure(Who::Inspector, 18.0)).await;
        let mut statuses = [one.status, other.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 412]);
    }
}

on_both_engines! {
    async fn r39_what_exceeds_the_limit_is_closed_once_it_was_measured_again_or_given_back(world: &World) {
        let campaign = campaign::open(world, "巡检", &[world.unit, world.other_unit]).await;
        let office = measured(world, &campaign, world.unit, "周云台", 23.4).await;
        let mut about = finding::content(&campaign, world.unit);
        about["focus_item"] = json!("leader_offices");
        about["leader_office_id"] = json!(office.id());
        let mut elsewhere = about.clone();
        elsewhere["unit_id"] = json!(world.other_unit);
        let post = |body: Value| world.post(Who::Coordinator, "/v1/findings").json(&body).send();
        post(elsewhere).await.violates(&["/leader_office_id reference_not_found"]);
        let draft = post(about).await.expect(201);
        let confirm = world.post(Who::Coordinator, &format!("/v1/findings/{}/confirm", draft.id()));
        let found = confirm.if_match(&draft.etag()).send().await.expect(200);
        assert_eq!(found.body["leader_office_id"], office.id());
        let list = format!("/v1/findings?leader_office_id={}&count=true", office.id());
        assert_eq!(world.get(Who::Liaison, &list).send().await.expect(200).body["total"], 1);
        let order = json!({
            "finding_id": found.id(), "mode": "immediate", "requirement": "调整用房", "due_on": "2023-08-20"
        });
        let order = world.post(Who::Coordinator, "/v1/rectifications").json(&order).send().await.expect(201);
        let act = |who, seen: &Reply, verb: &'static str, body: Value| {
            let (path, etag) = (format!("/v1/rectifications/{}/{verb}", seen.id()), seen.etag());
            async move {
                let post = world.post(who, &path).if_match(&etag);
                if body.is_null() { post.send().await } else { post.json(&body).send().await }
            }
        };
        let order = act(Who::Coordinator, &order, "order", Value::Null).await.expect(200);
        let paper = rectification::paper(world, Who::Liaison).await;
        act(Who::Liaison, &order, "submit", paper).await.violates(&["/measured_rooms evidence_required"]);
        let again = |area: f64| json!({"statement": "已调整", "measured_rooms": [room(area)]});
        let done = act(Who::Liaison, &order, "submit", again(18.01)).await.expect(200);
        let opinion = json!({"opinion": "同意销号"});
        act(Who::Inspector, &done, "close", opinion.clone()).await.violates(&[" still_over"]);
        let body = json!({"reason": "仍超标", "due_on": "2023-08-25"});
        let back = act(Who::Inspector, &done, "return", body).await.expect(200);
        let done = act(Who::Liaison, &back, "submit", again(18.0)).await.expect(200);
        act(Who::Inspector, &done, "close", opinion).await.expect(200);
    }
}
