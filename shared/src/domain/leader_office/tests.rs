//! The rules R01 to R05 and R39 on made-up officials, and who enters what.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::domain::actor::Grant;
use crate::domain::area::Area;
use crate::domain::area_standard::AreaStandard;
use crate::domain::evidence::Evidence;
use crate::domain::machine::checks::actor;
use crate::domain::rule_setting::RuleSetting;

fn of<T: serde::de::DeserializeOwned>(value: Value) -> T {
    serde_json::from_value(value).unwrap()
}

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn today() -> Date {
    day("2023-08-07")
}

fn limit(class: &str, level: &str, limit: f64, from: &str, to: Option<&str>) -> AreaStandard {
    let content = json!({
        "standard_class": class, "standard_level": level, "limit": limit, "valid_from": from, "valid_to": to,
        "source": format!("{from}起的标准"),
    });
    AreaStandard {
        id: Id::new(),
        version: 1,
        content: of(content),
        created_at: of("2014-11-24T00:00:00Z".into()),
    }
}

fn setting(name: &str, value: Value, from: &str) -> RuleSetting {
    let content = json!({"setting": name, "value": value, "valid_from": from, "source": "一地做法"});
    RuleSetting {
        id: Id::new(),
        version: 1,
        content: of(content),
        created_at: of("2014-11-24T00:00:00Z".into()),
    }
}

/// The standard of 2014, divided rooms and no tolerance.
fn standards() -> Standards {
    let rows = [
        ("county_chief", 30.0),
        ("county_deputy", 24.0),
        ("section_level_chief", 18.0),
        ("section_level_deputy", 12.0),
        ("below_section_level", 9.0),
    ];
    Standards {
        limits: rows.map(|(level, area)| limit("county", level, area, "2014-11-24", None)).to_vec(),
        settings: vec![
            setting("shared_rooms_divided", json!(true), "2014-11-24"),
            setting("area_tolerance", json!(0), "2014-11-24"),
        ],
    }
}

fn content(changes: Value) -> LeaderOfficeContent {
    let mut content = json!({
        "campaign_id": Id::new(), "unit_id": Id::new(), "person_name": "周云台", "service_status": "in_service",
        "level": "141", "post": "主任",
    });
    let fields = content.as_object_mut().unwrap();
    fields.extend(changes.as_object().unwrap().clone());
    of(content)
}

fn measured(rooms: Value) -> LeaderOfficeContent {
    content(json!({"measured_rooms": rooms, "measured_on": "2023-08-07"}))
}

fn office(kind: &str, area: f64, occupants: u16) -> Value {
    json!({"kind": kind, "room_number": "301", "area": area, "occupants": occupants})
}

fn judged(content: &LeaderOfficeContent) -> Assessment {
    assess(content, StandardClass::County, &standards(), today())
}

fn metres(area: Option<Area>) -> String {
    area.unwrap().to_string()
}

#[test]
fn r01_the_limit_follows_class_level_and_the_day_of_measuring() {
    let at =
        |level: &str| judged(&content(json!({"level": level, "measured_rooms": [office("office", 8.0, 1)]})));
    let limits = ["131", "132", "141", "142", "150"].map(|level| metres(at(level).limit));
    assert_eq!(limits, ["30", "24", "18", "12", "9"]);
    let mut standards = standards();
    standards.limits[2].content.valid_to = Some(day("2023-08-31"));
    standards.limits.push(limit("county", "section_level_chief", 16.0, "2023-09-01", None));
    let on = |measured_on: &str| {
        let rooms = json!([office("office", 17.0, 1)]);
        let content = content(json!({"measured_rooms": rooms, "measured_on": measured_on}));
        // Judged by the limits of its day however much later somebody looks.
        let judged = assess(&content, StandardClass::County, &standards, day("2024-01-01"));
        (metres(judged.limit), judged.verdict, judged.standard.unwrap().source)
    };
    assert_eq!(on("2023-08-31"), ("18".to_owned(), Verdict::Within, "2014-11-24起的标准".to_owned()));
    assert_eq!(on("2023-09-01"), ("16".to_owned(), Verdict::Over, "2023-09-01起的标准".to_owned()));
}

#[test]
fn r02_without_a_limit_there_is_no_verdict() {
    let rooms = json!([office("office", 40.0, 1)]);
    let township = assess(&measured(rooms.clone()), StandardClass::Township, &standards(), today());
    assert_eq!((township.verdict, township.limit, township.excess), (Verdict::NotConfigured, None, None));
    assert_eq!(metres(township.counted), "40");
    assert_eq!(township.rules[0].code, AssessmentCode::LimitNotConfigured);
    let mut by_rank = measured(rooms);
    (by_rank.level, by_rank.rank_grade) = (None, Some("section_rank_1".to_owned()));
    assert_eq!(judged(&by_rank).verdict, Verdict::NotConfigured, "a rank leads to no row by itself");
    by_rank.standard_level = Some("section_level_chief".to_owned());
    assert_eq!(judged(&by_rank).verdict, Verdict::Over);
}

#[test]
fn r04_a_hundredth_above_the_limit_is_over_and_the_limit_is_not() {
    let of = |area: f64| judged(&measured(json!([office("office", area, 1)])));
    assert_eq!((of(18.0).verdict, metres(of(18.0).excess)), (Verdict::Within, "0".to_owned()));
    assert_eq!((of(18.01).verdict, metres(of(18.01).excess)), (Verdict::Over, "0.01".to_owned()));
    let rule = &of(23.4).rules[0];
    assert_eq!((&rule.rule[..], rule.code), ("R04", AssessmentCode::OverArea));
    assert_eq!(rule.message, "使用面积23.4㎡，标准18㎡，超出5.4㎡。");
    assert_eq!(rule.legal_basis.as_deref(), Some("2014-11-24起的标准"));
    let mut standards = standards();
    standards.settings[1] = setting("area_tolerance", json!(0.5), "2023-08-07");
    let tolerant = |area: f64| {
        let content = measured(json!([office("office", area, 1)]));
        assess(&content, StandardClass::County, &standards, today()).verdict
    };
    assert_eq!((tolerant(18.5), tolerant(18.51)), (Verdict::Within, Verdict::Over));
}

#[test]
fn r05_rooms_of_several_places_add_up_and_shared_ones_count_by_the_share_where_that_is_set() {
    let rooms = json!([office("office", 23.25, 3), office("office", 23.25, 1)]);
    let judged_now = judged(&measured(rooms.clone()));
    assert_eq!((metres(judged_now.counted), metres(judged_now.excess)), ("31".to_owned(), "13".to_owned()));
    let codes: Vec<_> = judged_now.rules.iter().map(|rule| rule.code).collect();
    assert_eq!(codes, [AssessmentCode::SharedRoomsDivided, AssessmentCode::OverArea]);
    assert_eq!(judged_now.rules[0].legal_basis.as_deref(), Some("一地做法"));
    let mut standards = standards();
    standards.settings[0].content.value = json!(false);
    let whole = assess(&measured(rooms), StandardClass::County, &standards, today());
    assert_eq!(metres(whole.counted), "46.5");
}

#[test]
fn what_is_not_measured_is_judged_as_declared_and_what_is_gone_not_at_all() {
    let declared = content(json!({"declared_rooms": [office("office", 20.0, 1)]}));
    assert_eq!((judged(&declared).basis, judged(&declared).verdict), (Some(Basis::Declared), Verdict::Over));
    let gone = LeaderOfficeContent { vacated_on: Some(day("2023-08-01")), ..declared };
    assert_eq!((judged(&gone).basis, judged(&gone).verdict), (None, Verdict::NotApplicable));
    let none = content(json!({}));
    assert_eq!((judged(&none).counted, judged(&none).verdict), (None, Verdict::NotApplicable));
}

proptest! {
    #[test]
    fn r04_the_excess_is_what_lies_above_the_limit(area in 1..=10_000_i32, level in prop::sample::select(vec!["131", "132", "141", "142", "150"])) {
        let area = Area::from_hundredths(area).unwrap();
        let content = content(json!({"level": level, "measured_rooms": [{"kind": "office", "area": area}]}));
        let judged = judged(&content);
        let (limit, excess) = (judged.limit.unwrap(), judged.excess.unwrap());
        prop_assert_eq!(excess.hundredths(), (area.hundredths() - limit.hundredths()).max(0));
        prop_assert_eq!(judged.verdict == Verdict::Over, area > limit);
    }
}

#[test]
fn r39_is_met_by_rooms_within_the_limit_or_given_back() {
    let of_content = |content| LeaderOffice {
        id: Id::new(),
        version: 1,
        content,
        former_unit_id: None,
        standard_class: StandardClass::County,
        sealed: None,
        created_at: of("2023-08-07T00:00:00Z".into()),
    };
    let over = of_content(measured(json!([office("office", 20.0, 1)])));
    let evidence = |changes: Value| {
        let mut evidence = json!({"statement": "已整改"});
        evidence.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
        of::<Evidence>(evidence)
    };
    let right = |office: &LeaderOffice, evidence: Option<&Evidence>| {
        is_put_right(office, evidence, &standards(), day("2023-09-10"))
    };
    assert!(!right(&over, None));
    assert!(!right(&over, Some(&evidence(json!({"attachment_ids": [Id::new()]})))));
    assert!(!right(&over, Some(&evidence(json!({"measured_rooms": [office("office", 18.01, 1)]})))));
    assert!(right(&over, Some(&evidence(json!({"measured_rooms": [office("office", 18.0, 1)]})))));
    let shared = json!({"kind": "office", "area": 20, "occupants": 2, "occupant_names": ["沈致宁"]});
    assert!(right(&over, Some(&evidence(json!({"measured_rooms": [shared]})))));
    assert!(right(&over, Some(&evidence(json!({"vacated_on": "2023-09-01"})))));
    let within = of_content(measured(json!([office("office", 18.0, 1)])));
    assert!(right(&within, None), "what is not about area asks for nothing");
    let mut township = over;
    township.standard_class = StandardClass::Township;
    assert!(right(&township, None), "no limit, no rule");
}

fn broken(content: &LeaderOfficeContent) -> Vec<String> {
    match content.check(StandardClass::County, today()) {
        Err(Refusal::Invalid(list)) => {
            list.into_iter().map(|v| format!("{} {}", v.pointer, v.code)).collect()
        }
        _ => Vec::new(),
    }
}

#[test]
fn r10_who_has_left_and_holds_rooms_is_entered_with_the_post_of_before() {
    let retired = content(json!({"service_status": "retired", "post": null}));
    assert_eq!(broken(&retired), ["/department missing", "/post missing"]);
    assert_eq!(broken(&LeaderOfficeContent { vacated_on: Some(day("2023-07-01")), ..retired }), [""; 0]);
}

#[test]
fn another_row_than_the_usual_has_its_reason() {
    let usual = content(json!({"standard_level": "section_level_chief"}));
    assert_eq!(broken(&usual), [""; 0]);
    let other = content(json!({"standard_level": "county_deputy"}));
    assert_eq!(broken(&other), ["/standard_level_reason missing"]);
    let reason = Some("现任职务为副县级".to_owned());
    assert_eq!(broken(&LeaderOfficeContent { standard_level_reason: reason, ..other }), [""; 0]);
}

#[test]
fn a_day_of_measuring_has_rooms_and_is_past() {
    let early = content(json!({"measured_on": "2023-08-07"}));
    assert_eq!(broken(&early), ["/measured_rooms missing"]);
    let late = content(json!({"measured_rooms": [office("office", 9.0, 1)], "measured_on": "2023-08-08"}));
    assert_eq!(broken(&late), ["/measured_on out_of_range"]);
    let undated = content(json!({"measured_rooms": [office("office", 9.0, 1)]}));
    assert_eq!(undated.dated(today()).measured_on, Some(today()));
}

#[test]
fn each_enters_their_part() {
    let before = content(json!({"declared_rooms": [office("office", 18.0, 1)]}));
    let unit = before.unit_id;
    let declared = LeaderOfficeContent { declared_rooms: Vec::new(), ..before.clone() };
    let measured = LeaderOfficeContent {
        measured_rooms: before.declared_rooms.clone(),
        selected_for_measurement: true,
        standard_level: Some("county_deputy".to_owned()),
        ..before.clone()
    };
    let faults = |who: &Actor, after: &LeaderOfficeContent, before: &LeaderOfficeContent| match after
        .check_entered_by(who, true, Some(before))
    {
        Err(Refusal::Invalid(list)) => {
            list.into_iter().map(|v| format!("{} {}", v.pointer, v.code)).collect()
        }
        _ => Vec::new(),
    };
    let (office, team) = (actor(&[Role::Coordinator], None), actor(&[Role::Inspector], None));
    let liaison = actor(&[Role::Liaison], Some(unit));
    for who in [&office, &liaison] {
        assert_eq!(faults(who, &declared, &before), [""; 0]);
    }
    assert_eq!(faults(&team, &declared, &before), ["/declared_rooms field_not_yours"]);
    for who in [&office, &team] {
        assert_eq!(faults(who, &measured, &before), [""; 0]);
    }
    let not_theirs = ["/measured_rooms", "/selected_for_measurement", "/standard_level"]
        .map(|p| format!("{p} field_not_yours"));
    assert_eq!(faults(&liaison, &measured, &before), not_theirs);
    assert!(
        measured.check_entered_by(&team, false, Some(&before)).is_err(),
        "they are on no visit to the unit"
    );
    let mut insider = office.clone();
    insider.grants.push(Grant { role: Role::Leader, unit_id: Some(unit) });
    assert_eq!(faults(&insider, &measured, &before), not_theirs, "nobody measures their own");
    let raised =
        LeaderOfficeContent { level: Some("132".to_owned()), declared_rooms: Vec::new(), ..measured.clone() };
    assert_eq!(faults(&liaison, &raised, &measured), ["/declared_rooms frozen", "/level frozen"]);
    assert_eq!(
        faults(&team, &LeaderOfficeContent { level: Some("132".to_owned()), ..measured.clone() }, &measured),
        [""; 0]
    );
}
