//! How units end, and what becomes of what was open.

use diesel::prelude::*;
use serde_json::{Value, json};
use shared::domain::id::Id;
use shared::domain::unit::StandardClass;
use shared::store::schema::units;

use super::create;
use crate::campaign::{self, Campaign};
use crate::support::{Engine, Reply, Who, World};
use crate::{
    escalation, finding, leader_office, leader_office_sheet, on_both_engines, rectification, self_check,
    visit,
};

/// State, verb, then what it is for admin, coordinator, leader, inspector, liaison of another unit, discipline:
/// `+` done, `s` refused by the state (409), `r` by the role (403), `0` not seen (404).
const MACHINE: &[(&str, &str, &str)] = &[
    ("active", "merge", "r+rr00"),
    ("active", "dissolve", "r+rr00"),
    ("merged", "merge", "rsrr00"),
    ("merged", "dissolve", "rsrr00"),
    ("dissolved", "merge", "rsrr00"),
    ("dissolved", "dissolve", "rsrr00"),
];

fn ending(successor: Option<Id>) -> Value {
    let mut body = json!({"on": "2023-07-31", "reason": "机构改革"});
    if let Some(successor) = successor {
        body["successor_id"] = json!(successor);
    }
    body
}

async fn act(world: &World, who: Who, seen: &Reply, verb: &str, successor: Id) -> Reply {
    let body = ending((verb == "merge").then_some(successor));
    let post = world.post(who, &format!("/v1/units/{}/{verb}", seen.id())).if_match(&seen.etag());
    post.json(&body).send().await
}

/// Lets a unit go into another.
async fn merge(world: &World, unit: Id, successor: Id) -> Reply {
    let seen = world.get(Who::Coordinator, &format!("/v1/units/{unit}")).send().await.expect(200);
    act(world, Who::Coordinator, &seen, "merge", successor).await
}

/// Calls every operation once, successfully.
pub async fn happy_path(world: &World) {
    let (merged, successor, dissolved) =
        (create(world, "并入单位").await, create(world, "承接单位").await, create(world, "撤销单位").await);
    let id = |unit: &Reply| unit.id().parse().expect("an id");
    let campaign = campaign::open(world, "机构改革时的巡检", &[id(&merged)]).await;
    rectification::ordered(world, &campaign, id(&merged), "immediate").await;
    act(world, Who::Coordinator, &merged, "merge", id(&successor)).await.expect(200);
    act(world, Who::Coordinator, &dissolved, "dissolve", id(&successor)).await.expect(200);
}

on_both_engines! {
    async fn every_state_verb_and_role_is_as_listed(world: &World) {
        for (number, (state, verb, outcomes)) in MACHINE.iter().enumerate() {
            for (place, who) in Who::ROLES.into_iter().enumerate() {
                let mut unit = create(world, &format!("第{number}-{place}单位")).await;
                if *state != "active" {
                    let verb = if *state == "merged" { "merge" } else { "dissolve" };
                    unit = act(world, Who::Coordinator, &unit, verb, world.unit).await.expect(200);
                    assert_eq!(unit.body["status"], *state);
                }
                let outcome = outcomes.chars().nth(place).expect("an outcome");
                if outcome != '0' {
                    let seen = world.get(who, &format!("/v1/units/{}", unit.id())).send().await.expect(200);
                    let possible = if outcome == '+' { vec!["merge", "dissolve"] } else { vec![] };
                    assert_eq!(seen.actions(), possible, "{who:?} in {state}");
                }
                let reply = act(world, who, &unit, verb, world.unit).await;
                match outcome {
                    '+' => {
                        let ended = reply.expect(200);
                        assert_eq!(ended.body["ended_on"], "2023-07-31");
                        let successor = (*verb == "merge").then(|| json!(world.unit));
                        assert_eq!(ended.body.get("successor_id"), successor.as_ref());
                    }
                    's' => drop(reply.refused(409, "invalid_transition")),
                    'r' => drop(reply.refused(403, "role_missing")),
                    _ => drop(reply.refused(404, "not_found")),
                }
            }
        }
    }
}

on_both_engines! {
    async fn a_successor_exists_and_is_another_unit(world: &World) {
        let unit = create(world, "并入单位").await;
        let own = unit.id().parse().expect("an id");
        let ended = create(world, "撤销单位").await;
        let ended = act(world, Who::Coordinator, &ended, "dissolve", own).await.expect(200);
        for (successor, rule) in [
            (own, "/successor_id duplicate"),
            (Id::new(), "/successor_id reference_not_found"),
            (ended.id().parse().expect("an id"), "/successor_id unit_ended"),
        ] {
            act(world, Who::Coordinator, &unit, "merge", successor).await.violates(&[rule]);
        }
        let post = world.post(Who::Coordinator, &format!("/v1/units/{own}/merge")).if_match(&unit.etag());
        let body = json!({"successor_id": world.unit, "on": "2023-08-01", "reason": " "});
        post.json(&body).send().await.violates(&["/on out_of_range", "/reason blank"]);
    }
}

async fn in_scope(world: &World, campaign: &Campaign<'_>, unit: Id) -> Reply {
    world.get(Who::Coordinator, &campaign.path(&format!("/units/{unit}"))).send().await
}

on_both_engines! {
    async fn what_is_open_passes_to_the_successor_and_names_both(world: &World) {
        let (from, to) = (world.unit, world.other_unit);
        let campaign = campaign::open(world, "进行中的巡检", &[from]).await;
        let draft = campaign::draft(world, "起草中的巡检", &[from]).await;
        let closed = campaign::open(world, "已结束的巡检", &[from]).await;
        let kept = finding::confirmed(world, &closed, from).await;
        closed.act(Who::Coordinator, "/close").await.expect(200);
        // A finding whose first order was withdrawn and whose second one is under way.
        let first = rectification::ordered(world, &campaign, from, "immediate").await;
        rectification::act(world, Who::Coordinator, &first, "withdraw", json!({"reason": "重新下达"})).await.expect(200);
        let order = json!({"finding_id": first.body["finding_id"], "mode": "immediate", "requirement": "限期腾退。", "due_on": "2023-08-20"});
        let second = world.post(Who::Coordinator, "/v1/rectifications").json(&order).send().await.expect(201);
        let second = rectification::act(world, Who::Coordinator, &second, "order", Value::Null).await.expect(200);
        let paper = rectification::paper(world, Who::Liaison).await;
        let second = rectification::act(world, Who::Liaison, &second, "submit", paper.clone()).await.expect(200);
        let paper = format!("/v1/attachments/{}", paper["attachment_ids"][0].as_str().expect("one"));

        let merged = merge(world, from, to).await.expect(200);
        assert_eq!((merged.body["status"].clone(), merged.body["successor_id"].clone()), (json!("merged"), json!(to)));
        let finding = format!("/v1/findings/{}", first.body["finding_id"].as_str().expect("one"));
        for path in [finding, format!("/v1/rectifications/{}", first.id()), format!("/v1/rectifications/{}", second.id())] {
            let seen = world.get(Who::OtherLiaison, &path).send().await.expect(200);
            assert_eq!((seen.body["unit_id"].clone(), seen.body["former_unit_id"].clone()), (json!(to), json!(from)), "{path}");
            world.get(Who::Liaison, &path).send().await.refused(404, "not_found");
        }
        let seen = world.get(Who::Leader, &format!("/v1/rectifications/{}", second.id())).send().await.expect(200);
        assert_eq!(seen.body["status"], "submitted");
        let finding = world.get(Who::Leader, &format!("/v1/findings/{}", first.body["finding_id"].as_str().expect("one"))).send().await;
        assert_eq!(finding.expect(200).body["status"], "rectifying");
        world.get(Who::OtherLiaison, &paper).send().await.expect(200);
        world.get(Who::Liaison, &paper).send().await.refused(404, "not_found");

        let left = in_scope(world, &campaign, from).await.expect(200);
        assert_eq!(left.body["self_check_status"], "excused");
        let check = world.get(Who::Leader, &format!("/v1/self-checks/{}", left.body["self_check_id"].as_str().expect("one"))).send().await;
        assert_eq!(check.expect(200).body["excuse_reason"], "机构改革");
        assert_eq!(in_scope(world, &campaign, to).await.expect(200).body["self_check_status"], "not_started");
        in_scope(world, &draft, from).await.refused(404, "not_found");
        in_scope(world, &draft, to).await.expect(200);
        // What was closed keeps the unit of its day.
        let kept = world.get(Who::Leader, &format!("/v1/findings/{}", kept.id())).send().await.expect(200);
        assert_eq!((kept.body["unit_id"].clone(), kept.body.get("former_unit_id")), (json!(from), None));
        in_scope(world, &closed, to).await.refused(404, "not_found");
    }
}

on_both_engines! {
    async fn escalations_pass_to_the_successor_until_they_are_answered(world: &World) {
        let (from, to) = (world.unit, world.other_unit);
        let campaign = campaign::open(world, "进行中的巡检", &[from]).await;
        let proposed = escalation::proposed(world, &campaign, from, "government").await;
        let sent = escalation::sent(world, &campaign, from, "discipline").await;
        let answered = escalation::sent(world, &campaign, from, "discipline").await;
        let answer = json!({"answer": "已约谈。"});
        escalation::act(world, Who::Discipline, &answered, "conclude", answer.clone()).await.expect(200);
        merge(world, from, to).await.expect(200);
        for (who, passed) in [(Who::Leader, &proposed), (Who::Discipline, &sent)] {
            let seen = world.get(who, &format!("/v1/escalations/{}", passed.id())).send().await.expect(200);
            assert_eq!((&seen.body["unit_id"], &seen.body["unit_name"]), (&json!(to), &json!("区财政局")));
            let former = (&seen.body["former_unit_id"], &seen.body["former_unit_name"]);
            assert_eq!(former, (&json!(from), &json!("墟沟街道办事处")));
            assert_eq!((&seen.body["facts"], &seen.body["status"]), (&passed.body["facts"], &passed.body["status"]));
            // Whoever saw it before the merger has not seen this.
            let verb = if who == Who::Leader { "approve" } else { "conclude" };
            let body = if who == Who::Leader { escalation::decision() } else { answer.clone() };
            escalation::act(world, who, passed, verb, body.clone()).await.refused(412, "stale");
            let done = escalation::act(world, who, &seen, verb, body).await.expect(200);
            assert_eq!(done.body["former_unit_name"], "墟沟街道办事处");
        }
        let kept = world.get(Who::Discipline, &format!("/v1/escalations/{}", answered.id())).send().await.expect(200);
        assert_eq!((&kept.body["unit_id"], kept.body.get("former_unit_id")), (&json!(from), None));
    }
}

on_both_engines! {
    async fn leader_offices_pass_to_the_successor_but_what_stands_on_a_sheet(world: &World) {
        let (from, to) = (world.unit, world.other_unit);
        let campaign = campaign::open(world, "进行中的巡检", &[from, to]).await;
        let passed = leader_office::measured(world, &campaign, from, "沈致宁", 12.0).await;
        let sheet = leader_office_sheet::sealed(world, &campaign, from).await;
        let twin = leader_office::measured(world, &campaign, from, "冯若谷", 12.0).await;
        leader_office::measured(world, &campaign, to, "冯若谷", 9.0).await;
        merge(world, from, to).await.expect(200);
        let seen = async |id: &str| {
            let seen = world.get(Who::Leader, &format!("/v1/leader-offices/{id}")).send().await.expect(200).body;
            (seen["unit_id"].clone(), seen.get("former_unit_id").cloned())
        };
        assert_eq!(seen(passed.id()).await, (json!(to), Some(json!(from))));
        let on_sheet = sheet.body["rows"][0]["leader_office_id"].as_str().expect("a row");
        assert_eq!(seen(on_sheet).await, (json!(from), None), "it stays as it was signed");
        assert_eq!(seen(twin.id()).await, (json!(from), None), "the person stands there already");
        let verified = world.get(Who::Leader, &format!("/v1/leader-office-sheets/{}/verification", sheet.id())).send().await;
        assert_eq!(verified.expect(200).body["valid"], true);
    }
}

on_both_engines! {
    async fn measured_rooms_keep_the_limits_of_their_class_when_their_unit_goes(world: &World) {
        let (from, to) = (world.unit, world.other_unit);
        let campaign = campaign::open(world, "进行中的巡检", &[from, to]).await;
        let measured = leader_office::measured(world, &campaign, from, "沈致宁", 12.0).await;
        let body = leader_office::content(&campaign, from, "周云台");
        let declared = world.post(Who::Coordinator, "/v1/leader-offices").json(&body).send().await.expect(201);
        let township = (units::standard_class.eq(StandardClass::Township),);
        let row = units::table.find(to);
        world.store.with(|conn| Ok(diesel::update(row).set(township).execute(conn)?)).expect("the unit is there");
        merge(world, from, to).await.expect(200);
        for (office, unit) in [(&measured, from), (&declared, to)] {
            let seen = world.get(Who::Leader, &format!("/v1/leader-offices/{}", office.id())).send().await.expect(200);
            assert_eq!(seen.body["unit_id"], json!(unit));
        }
    }
}

on_both_engines! {
    async fn a_unit_that_has_ended_takes_no_new_work(world: &World) {
        let campaign = campaign::open(world, "进行中的巡检", &[world.unit]).await;
        let draft = campaign::draft(world, "起草中的巡检", &[]).await;
        let found = finding::confirmed(world, &campaign, world.unit).await;
        let seen = world.get(Who::Coordinator, &format!("/v1/units/{}", world.unit)).send().await.expect(200);
        act(world, Who::Coordinator, &seen, "dissolve", world.other_unit).await.expect(200);
        assert_eq!(in_scope(world, &campaign, world.unit).await.expect(200).body["self_check_status"], "excused");
        let finding = json!({
            "campaign_id": campaign.id, "unit_id": world.unit, "focus_item": "leasing", "source": "other",
            "severity": "general", "description": "未经审批租用办公用房。",
        });
        world.post(Who::Coordinator, "/v1/findings").json(&finding).send().await.violates(&["/unit_id unit_ended"]);
        let order = json!({"finding_id": found.id(), "mode": "immediate", "requirement": "限期腾退。", "due_on": "2023-08-20"});
        world.post(Who::Coordinator, "/v1/rectifications").json(&order).send().await.violates(&["/finding_id unit_ended"]);
        let units = json!({"units": [{"unit_id": world.unit}]});
        draft.write("PUT", "/units", &units).await.violates(&["/units/0/unit_id reference_not_found"]);
        let back = json!({"unit_id": world.unit, "reason": "恢复纳入"});
        let post = world.post(Who::Coordinator, &campaign.path("/units")).json(&back);
        post.send().await.violates(&["/unit_id reference_not_found"]);
        let liaison = json!({
            "username": "nobody", "display_name": "联络员", "email": "nobody@example.org",
            "roles": [{"role": "liaison", "unit_id": world.unit}]
        });
        let invite = world.post(Who::Coordinator, "/v1/users/invite").json(&liaison);
        invite.send().await.violates(&["/roles/0/unit_id unit_ended"]);
        // What its liaison already holds can be kept while something else is changed.
        let path = format!("/v1/users/{}", world.account(Who::Liaison));
        let seen = world.get(Who::Admin, &path).send().await.expect(200);
        let roles = json!({"roles": [{"role": "liaison", "unit_id": world.unit}, {"role": "inspector"}]});
        world.patch(Who::Admin, &path).if_match(&seen.etag()).json(&roles).send().await.expect(200);
    }
}

on_both_engines! {
    async fn a_self_check_that_was_handed_in_stays_and_its_problems_are_the_last_successors(world: &World) {
        let campaign = campaign::open(world, "进行中的巡检", &[world.unit]).await;
        let check = self_check::submitted(world, &campaign, &["leasing"]).await;
        merge(world, world.unit, world.other_unit).await.expect(200);
        let last = create(world, "最后的承接单位").await;
        merge(world, world.other_unit, last.id().parse().expect("an id")).await.expect(200);
        self_check::act(world, Who::Coordinator, &check, "accept", Value::Null).await.expect(200);
        let list = format!("/v1/findings?campaign_id={}", campaign.id);
        let findings = world.get(Who::Leader, &list).send().await.expect(200);
        let finding = &findings.body["items"][0];
        assert_eq!((finding["unit_id"].as_str(), finding["former_unit_id"].clone()), (Some(last.id()), json!(world.unit)));
    }
}

on_both_engines! {
    async fn of_two_that_go_into_each_other_at_once_one_ends(world: &World) {
        let (one, other) = futures_util::future::join(
            merge(world, world.unit, world.other_unit),
            merge(world, world.other_unit, world.unit),
        )
        .await;
        let mut statuses = [one.status, other.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 422]);
        let unit = create(world, "同时并入的单位").await;
        let end = |successor| act(world, Who::Coordinator, &unit, "merge", successor);
        let survivor = if one.status == 200 { world.other_unit } else { world.unit };
        let (one, other) = futures_util::future::join(end(survivor), end(survivor)).await;
        let mut statuses = [one.status, other.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 412]);
    }
}

on_both_engines! {
    async fn planned_visits_go_to_the_successor_or_are_called_off(world: &World) {
        let campaign = campaign::open(world, "进行中的巡检", &[world.unit, world.other_unit]).await;
        let planned = visit::planned(world, &campaign, world.unit).await;
        let done = visit::planned(world, &campaign, world.unit).await;
        let done = visit::act(world, Who::Inspector, &done, "complete", Value::Null).await.expect(200);
        merge(world, world.unit, world.other_unit).await.expect(200);
        let path = format!("/v1/visits/{}", planned.id());
        let seen = world.get(Who::OtherLiaison, &path).send().await.expect(200);
        assert_eq!(
            (seen.body["status"].as_str(), seen.body["former_unit_id"].clone()),
            (Some("planned"), json!(world.unit))
        );
        let kept = world.get(Who::Leader, &format!("/v1/visits/{}", done.id())).send().await.expect(200);
        assert_eq!((kept.body["unit_id"].clone(), kept.body.get("former_unit_id")), (json!(world.unit), None));
        let list = format!("/v1/notices?kind=visit_changed&record_id={}", planned.id());
        let told = world.get(Who::OtherLiaison, &list).send().await.expect(200);
        assert_eq!(told.body["items"].as_array().map(Vec::len), Some(1));
        let seen = world.get(Who::Coordinator, &format!("/v1/units/{}", world.other_unit)).send().await.expect(200);
        act(world, Who::Coordinator, &seen, "dissolve", world.unit).await.expect(200);
        let seen = world.get(Who::Leader, &path).send().await.expect(200);
        assert_eq!((seen.body["status"].as_str(), seen.body["cancel_reason"].as_str()), (Some("cancelled"), Some("机构改革")));
        let content = visit::content(world, &campaign, world.unit);
        world.post(Who::Coordinator, "/v1/visits").json(&content).send().await.violates(&["/unit_id unit_ended"]);
    }
}
