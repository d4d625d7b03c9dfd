//! Whatever the records are, a compiled snapshot agrees with itself; whatever is changed afterwards is found.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::domain::answer::AnswerResult;
use crate::domain::area::Area;
use crate::domain::canonical::{canonical_json, sha256};
use crate::domain::finding::FindingStatus;
use crate::domain::focus_item::FocusItem;
use crate::domain::id::Id;
use crate::domain::measure::Measure;
use crate::domain::phase::PhaseKind;
use crate::domain::text::TextEnum;

fn day(offset: u64) -> Date {
    Date::new(2023, 7, 31).unwrap() + chrono::Days::new(offset)
}

pub fn compiled(lists: Lists, as_of: Date, texts: Texts) -> Snapshot {
    let header = Header {
        number: "2023-1".to_owned(),
        edition: Edition::Full,
        full_report_id: None,
        compiled_at: serde_json::from_value(json!("2023-08-20T02:00:00Z")).unwrap(),
        program_version: "0.1.0".to_owned(),
        templates_sha256: sha256(b""),
        fonts_sha256: sha256(b""),
    };
    let campaign = CampaignFacts {
        campaign_id: Id::new(),
        name: "2023年连云区党政机关办公用房专项巡检".to_owned(),
        document_number: Some("连区政办发〔2023〕56号".to_owned()),
        basis: vec!["《连云港市党政机关办公用房管理办法》（连委办发〔2019〕139号）".to_owned()],
        scope: None,
        phases: vec![PhaseRow {
            kind: PhaseKind::SelfCheck,
            starts_on: day(0),
            ends_on: day(8),
            changes: vec![PhaseChange {
                decided_on: day(5),
                old_starts_on: day(0),
                old_ends_on: day(6),
                new_starts_on: day(0),
                new_ends_on: day(8),
                reason: "经丁一堃同志报告，受台风影响".to_owned(),
            }],
        }],
    };
    Snapshot::compile(header, campaign, lists, as_of, texts)
}

fn pick<T: TextEnum + std::fmt::Debug>() -> impl Strategy<Value = T> {
    prop::sample::select(T::ALL)
}

pub fn any_day() -> impl Strategy<Value = Date> {
    (0u64..60).prop_map(day)
}

prop_compose! {
    fn any_unit()(kind in pick(), selected_for_visit: bool, visited: bool) -> UnitRow {
        UnitRow { unit_id: Id::new(), name: "连岛街道办事处".to_owned(), kind, selected_for_visit, visited }
    }
}

prop_compose! {
    fn any_self_check()(
        status in pick(),
        due_on in prop::option::of(any_day()),
        first_submitted_on in prop::option::of(any_day()),
        submitted_late: bool,
        leasing in pick::<AnswerResult>(),
    ) -> SelfCheckRow {
        let answers = [(FocusItem::Leasing, leasing)].into();
        SelfCheckRow { unit_id: Id::new(), status, due_on, first_submitted_on, submitted_late, answers }
    }
}

prop_compose! {
    fn any_leader()(selected: bool, verdict in prop::option::of(pick()), excess in 0..=100_000_i32) -> LeaderOfficeRow {
        LeaderOfficeRow {
            leader_office_id: Id::new(),
            unit_id: Id::new(),
            person_name: Some("丁一堃".to_owned()),
            service_status: "在职".to_owned(),
            level: Some("乡科级正职".to_owned()),
            post: Some("主任".to_owned()),
            place: Some("301室".to_owned()),
            selected,
            measured_on: verdict.map(|_| day(7)),
            areas: None,
            verdict,
            counted: None,
            limit: None,
            excess: Some(Area::from_hundredths(excess).unwrap()),
            note: Some("301与艾祎合用（共2人）".to_owned()),
        }
    }
}

prop_compose! {
    fn any_problem()(focus_item in pick(), severity in pick(), source in pick(), status in pick(), found_on in any_day())
        -> ProblemRow {
        ProblemRow {
            finding_id: Id::new(),
            unit_id: Id::new(),
            focus_item,
            severity,
            source,
            status,
            found_on,
            description: "未经审批租用企业办公用房，经办人丁一堃。".to_owned(),
            handling_opinion: None,
        }
    }
}

prop_compose! {
    fn any_order()(
        mode in pick(),
        status in pick(),
        due_on in any_day(),
        measures in prop::collection::vec((pick(), any_day()), 0..4),
    ) -> RectificationRow {
        let measures = measures.into_iter().map(|(status, due_on)| Measure {
            id: Id::new(),
            text: "由丁一堃同志负责退租。".to_owned(),
            due_on,
            status,
            done_on: None,
        });
        RectificationRow {
            rectification_id: Id::new(),
            finding_id: Id::new(),
            number: "连区办整〔2023〕1号".to_owned(),
            mode,
            status,
            requirement: "限期退租。".to_owned(),
            ordered_on: day(10),
            first_due_on: due_on,
            due_on,
            submitted_on: None,
            submitted_late: false,
            closed_on: None,
            goal: None,
            measures: measures.collect(),
        }
    }
}

prop_compose! {
    fn any_escalation()(kind in pick(), status in pick(), sent_on in prop::option::of(any_day())) -> EscalationRow {
        EscalationRow {
            escalation_id: Id::new(),
            unit_id: Id::new(),
            kind,
            addressee: "区纪委监委".to_owned(),
            status,
            facts: "丁一堃负责的问题逾期30日未整改。".to_owned(),
            sent_on,
        }
    }
}

prop_compose! {
    pub fn any_lists()(
        units in prop::collection::vec((any_unit(), prop::option::of(any_self_check())), 1..8),
        leaders in prop::collection::vec((any_leader(), any::<prop::sample::Index>()), 0..8),
        problems in prop::collection::vec((any_problem(), any::<prop::sample::Index>(), prop::option::of(any_order())), 1..12),
        escalations in prop::collection::vec((any_escalation(), any::<prop::sample::Index>()), 0..4),
    ) -> Lists {
        let mut lists = Lists::default();
        for (unit, check) in units {
            lists.self_checks.extend(check.map(|check| SelfCheckRow { unit_id: unit.unit_id, ..check }));
            lists.units.push(unit);
        }
        for (leader, unit) in leaders {
            let unit_id = unit.get(&lists.units).unit_id;
            lists.leader_offices.push(LeaderOfficeRow { unit_id, ..leader });
        }
        for (problem, unit, order) in problems {
            let problem = ProblemRow { unit_id: unit.get(&lists.units).unit_id, ..problem };
            if let Some(order) = order {
                lists.responsibilities.push(ResponsibilityRow {
                    rectification_id: order.rectification_id,
                    principal: Some("丁一堃".to_owned()),
                    responsible_person: Some("丁一".to_owned()),
                });
                lists.rectifications.push(RectificationRow { finding_id: problem.finding_id, ..order });
            }
            lists.problems.push(problem);
        }
        for (escalation, unit) in escalations {
            let unit_id = unit.get(&lists.units).unit_id;
            lists.escalations.push(EscalationRow { unit_id, ..escalation });
        }
        lists
    }
}

/// JSON pointers to every number below a value.
fn numbers(pointer: &str, value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Number(_) => found.push(pointer.to_owned()),
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                numbers(&format!("{pointer}/{index}"), item, found);
            }
        }
        Value::Object(members) => {
            for (key, member) in members {
                numbers(&format!("{pointer}/{key}"), member, found);
            }
        }
        _ => {}
    }
}

proptest! {
    #[test]
    fn r52_what_is_compiled_agrees_with_itself(lists in any_lists(), as_of in any_day()) {
        let snapshot = compiled(lists, as_of, Texts::default());
        prop_assert_eq!(check(&snapshot).unwrap(), vec![]);
        let public = snapshot.public(Id::new(), Persons::default()).unwrap();
        prop_assert_eq!(check(&public).unwrap(), vec![]);
    }

    #[test]
    fn r52_any_number_that_is_changed_is_found(
        lists in any_lists(), as_of in any_day(), which in any::<prop::sample::Index>(),
    ) {
        let mut document = serde_json::to_value(compiled(lists, as_of, Texts::default())).unwrap();
        let mut places = Vec::new();
        numbers("/statistics", &document["statistics"], &mut places);
        numbers("/figures", &document["figures"], &mut places);
        let place: &String = which.get(&places);
        let number = document.pointer_mut(place).unwrap();
        *number = number.as_u64().map_or_else(|| json!(number.as_f64().unwrap() + 1.0), |count| json!(count + 1));
        let tampered: Snapshot = serde_json::from_value(document).unwrap();
        prop_assert!(!check(&tampered).unwrap().is_empty(), "{}", place);
    }

    #[test]
    fn r52_a_record_that_goes_missing_is_found(mut lists in any_lists(), as_of in any_day()) {
        lists.problems[0].status = FindingStatus::Open;
        let snapshot = compiled(lists, as_of, Texts::default());
        let mut unit_lost = snapshot.clone();
        let unit = snapshot.lists.problems[0].unit_id;
        unit_lost.lists.units.retain(|row| row.unit_id != unit);
        prop_assert!(!check(&unit_lost).unwrap().is_empty());
        let mut problem_lost = snapshot;
        problem_lost.lists.problems.remove(0);
        prop_assert!(!check(&problem_lost).unwrap().is_empty());
    }

    #[test]
    fn r52_each_list_is_as_long_as_its_total(lists in any_lists(), as_of in any_day()) {
        let snapshot = compiled(lists, as_of, Texts::default());
        prop_assert_eq!(snapshot.lists.problems.len(), snapshot.statistics.total.problems.total as usize);
        prop_assert_eq!(snapshot.lists.leader_offices.len(), snapshot.statistics.total.leaders.due as usize);
        for order in &snapshot.lists.rectifications {
            prop_assert!(order.status.is_in_force());
        }
        for escalation in &snapshot.lists.escalations {
            prop_assert!(escalation.status.is_told());
        }
    }

    #[test]
    fn what_does_not_count_changes_no_figure(lists in any_lists(), as_of in any_day()) {
        let all = Statistics::compute(&lists.facts(), as_of);
        prop_assert_eq!(compiled(lists, as_of, Texts::default()).statistics, all);
    }

    #[test]
    fn the_same_records_in_any_order_have_the_same_bytes(lists in any_lists(), as_of in any_day()) {
        let snapshot = compiled(lists.clone(), as_of, Texts::default());
        let mut reversed = lists;
        reversed.units.reverse();
        reversed.self_checks.reverse();
        reversed.problems.reverse();
        reversed.leader_offices.reverse();
        reversed.rectifications.reverse();
        reversed.responsibilities.reverse();
        reversed.escalations.reverse();
        let again = Snapshot::compile(
            snapshot.header.clone(), snapshot.campaign.clone(), reversed, as_of, Texts::default(),
        );
        prop_assert_eq!(snapshot.canonical().unwrap(), again.canonical().unwrap());
    }

    #[test]
    fn a_snapshot_survives_json(lists in any_lists(), as_of in any_day()) {
        let snapshot = compiled(lists, as_of, Texts::default());
        let bytes = snapshot.canonical().unwrap();
        prop_assert_eq!(&bytes, &canonical_json(&serde_json::to_value(&snapshot).unwrap()));
        let read: Snapshot = serde_json::from_slice(&bytes).unwrap();
        prop_assert_eq!(read.canonical().unwrap(), bytes);
        prop_assert_eq!(read, snapshot);
    }
}

#[test]
fn canonical_json_has_sorted_keys_and_no_white_space() {
    let document = json!({"b": [1, {"丁": null, "a": "line\n\"end\""}], "a": 52.9, "A": true});
    let text = String::from_utf8(canonical_json(&document)).unwrap();
    assert_eq!(text, r#"{"A":true,"a":52.9,"b":[1,{"a":"line\n\"end\"","丁":null}]}"#);
    assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), document);
    assert_eq!(sha256(b"abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

#[test]
fn each_figure_leads_to_its_records() {
    let unit = UnitRow {
        unit_id: Id::new(),
        name: "前三岛乡人民政府".to_owned(),
        kind: crate::domain::unit::UnitKind::Township,
        selected_for_visit: true,
        visited: true,
    };
    let id = unit.unit_id;
    let check = SelfCheckRow {
        unit_id: id,
        status: crate::domain::self_check::SelfCheckStatus::Submitted,
        due_on: Some(day(6)),
        first_submitted_on: Some(day(7)),
        submitted_late: true,
        answers: [].into(),
    };
    let lists = Lists { units: vec![unit], self_checks: vec![check], ..Lists::default() };
    let snapshot = compiled(lists, day(20), Texts::default());
    assert_eq!(snapshot.rows("self_checks.late").unwrap().rows, [id]);
    assert_eq!(snapshot.rows("self_checks.late.unit_kind.township").unwrap().value, 1);
    assert_eq!(snapshot.rows("problems.total.focus_item.leasing").unwrap().rows, []);
    assert_eq!(snapshot.rows("problems.unheard_of"), None);
}

#[test]
fn what_the_snapshot_lacks_or_may_not_hold_fails_the_check() {
    let places = |snapshot: &Snapshot| {
        check(snapshot).unwrap().into_iter().map(|found| found.place).collect::<Vec<_>>()
    };
    let texts = Texts { typical_cases: vec![Id::new()], ..Texts::default() };
    let sound = compiled(Lists::default(), day(20), texts.clone());
    assert_eq!(places(&sound), Vec::<String>::new(), "a case that counts no more");
    assert_eq!(places(&Snapshot { texts, ..sound.clone() }), ["texts.typical_cases"]);
    assert_eq!(places(&Snapshot { schema: SCHEMA + 1, ..sound.clone() }), ["schema"]);
    let mut public = sound.public(Id::new(), Persons::default()).unwrap();
    let row = ResponsibilityRow {
        rectification_id: Id::new(),
        principal: Some("丁一堃".to_owned()),
        responsible_person: None,
    };
    public.lists.responsibilities.push(row);
    // No such order, and a name where none may stand.
    assert_eq!(places(&public), ["lists.responsibilities", "lists.responsibilities"]);
}

#[test]
fn between_two_versions_a_problem_comes_goes_or_moves_and_figures_follow() {
    let problem = |status: &str| -> ProblemRow {
        serde_json::from_value(json!({
            "finding_id": Id::new(), "unit_id": Id::new(), "focus_item": "leasing", "severity": "general",
            "source": "inspection", "status": status, "found_on": "2023-08-08", "description": "未经审批租用办公用房。",
        }))
        .unwrap()
    };
    let version = |problems: &[&ProblemRow]| {
        let problems: Vec<ProblemRow> = problems.iter().map(|row| (*row).clone()).collect();
        let unit = |row: &ProblemRow| UnitRow {
            unit_id: row.unit_id,
            name: "墟沟街道办事处".to_owned(),
            kind: crate::domain::unit::UnitKind::Subdistrict,
            selected_for_visit: true,
            visited: false,
        };
        let units = problems.iter().map(unit).collect();
        compiled(Lists { units, problems, ..Lists::default() }, day(20), Texts::default())
    };
    let (gone, open, new) = (problem("open"), problem("open"), problem("open"));
    let closed = ProblemRow { status: FindingStatus::Closed, ..open.clone() };
    let found = differences(Some(&version(&[&gone, &open])), &version(&[&closed, &new]));
    let ids = |changes: &[FindingChange]| changes.iter().map(|change| change.finding_id).collect::<Vec<_>>();
    assert_eq!((ids(&found.came), ids(&found.went)), (vec![new.finding_id], vec![gone.finding_id]));
    let [moved] = found.moved.as_slice() else { panic!("{found:?}") };
    let (before, after) = (FindingStatus::Open, FindingStatus::Closed);
    assert_eq!((moved.finding.finding_id, moved.before, moved.after), (open.finding_id, before, after));
    let figure = |name: &str| found.figures.iter().find(|change| change.figure == name);
    assert_eq!(figure("problems.total"), None, "what stays is no difference");
    assert_eq!(figure("problems.closed").map(|change| (change.before, change.after)), Some((0, 1)));
}
