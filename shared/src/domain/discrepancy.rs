//! Discrepancies (自查与实地核查的差异): where a unit's own account and what was found on site differ. Neutral facts
//! (R32, R33): whether something was left out, hidden or forged a person says, in the finding's `misreporting`.

use std::collections::{BTreeMap, HashMap};

use serde::Serialize;
use utoipa::ToSchema;

use super::answer::AnswerResult;
use super::area::Area;
use super::focus_item::FocusItem;
use super::id::Id;
use super::leader_office::LeaderOffice;
use super::room::Areas;

/// What a unit answered, by unit and focus item.
pub type AnswersByUnit = HashMap<Id, BTreeMap<FocusItem, AnswerResult>>;

/// A problem that stands on an inspection record which was put before its unit and is not void.
#[derive(Clone, Copy, Debug)]
pub struct ItemFact {
    pub unit_id: Id,
    pub focus_item: FocusItem,
    pub inspection_id: Id,
    pub inspection_item_id: Id,
}

/// One difference.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Discrepancy {
    /// The unit.
    pub unit_id: Id,
    /// Under which focus item it falls.
    pub focus_item: FocusItem,
    /// What differs.
    #[serde(flatten)]
    pub difference: Difference,
}

/// What differs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[schema(as = DiscrepancyDifference)]
pub enum Difference {
    /// The self-check names no problem under an item, and the visit found one.
    Answer {
        /// What the unit answered; absent where it answered nothing.
        #[serde(skip_serializing_if = "Option::is_none")]
        answered: Option<AnswerResult>,
        /// The record that says otherwise.
        inspection_id: Id,
        /// Its item.
        inspection_item_id: Id,
    },
    /// The rooms of a person are larger or smaller than the unit declared.
    Area {
        /// The person and the rooms.
        leader_office_id: Id,
        /// Their area as declared, in m².
        declared: Area,
        /// Their area as measured, in m².
        measured: Area,
    },
    /// Rooms of a person were measured of which the unit declared none.
    Undeclared {
        /// The person and the rooms.
        leader_office_id: Id,
        /// Their area as measured, in m².
        measured: Area,
    },
}

/// All differences, unit by unit. `tolerance` is how far two areas may differ without being different.
pub fn discrepancies(
    answers: &AnswersByUnit,
    found: &[ItemFact],
    offices: &[LeaderOffice],
    tolerance: Area,
) -> Vec<Discrepancy> {
    let of_items = found.iter().filter_map(|item| {
        let answered = answers.get(&item.unit_id).and_then(|answers| answers.get(&item.focus_item)).copied();
        let difference = Difference::Answer {
            answered,
            inspection_id: item.inspection_id,
            inspection_item_id: item.inspection_item_id,
        };
        let differs = answered != Some(AnswerResult::Found);
        differs.then_some(Discrepancy { unit_id: item.unit_id, focus_item: item.focus_item, difference })
    });
    let of_offices = offices.iter().filter_map(|office| {
        let difference = of_office(office, tolerance)?;
        let focus_item = FocusItem::LeaderOffices;
        Some(Discrepancy { unit_id: office.content.unit_id, focus_item, difference })
    });
    let mut all: Vec<Discrepancy> = of_items.chain(of_offices).collect();
    all.sort_by_key(|one| (one.unit_id, one.focus_item));
    all
}

fn of_office(office: &LeaderOffice, tolerance: Area) -> Option<Difference> {
    let content = &office.content;
    if !content.is_measured() {
        return None;
    }
    let measured = Areas::of(&content.measured_rooms).total;
    if content.declared_rooms.is_empty() {
        return Some(Difference::Undeclared { leader_office_id: office.id, measured });
    }
    let declared = Areas::of(&content.declared_rooms).total;
    let apart = (measured.hundredths() - declared.hundredths()).abs() > tolerance.hundredths();
    apart.then_some(Difference::Area { leader_office_id: office.id, declared, measured })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::domain::instant::Instant;
    use crate::domain::unit::StandardClass;

    fn instant() -> Instant {
        serde_json::from_value("2023-08-07T01:00:00Z".into()).unwrap()
    }

    fn office(unit_id: Id, declared: &[f64], measured: &[f64]) -> LeaderOffice {
        let rooms = |areas: &[f64]| -> Value {
            areas.iter().map(|area| json!({"kind": "office", "area": area})).collect()
        };
        let content = json!({
            "campaign_id": Id::new(), "unit_id": unit_id, "person_name": "周云台", "service_status": "in_service",
            "declared_rooms": rooms(declared), "measured_rooms": rooms(measured),
        });
        LeaderOffice {
            id: Id::new(),
            version: 1,
            content: serde_json::from_value(content).unwrap(),
            former_unit_id: None,
            standard_class: StandardClass::County,
            sealed: None,
            created_at: instant(),
        }
    }

    fn area(metres: f64) -> Area {
        Area::from_metres(metres).unwrap()
    }

    #[test]
    fn r32_a_problem_that_the_self_check_does_not_name_is_a_difference() {
        let (honest, other) = (Id::new(), Id::new());
        let fact = |unit_id, focus_item| ItemFact {
            unit_id,
            focus_item,
            inspection_id: Id::new(),
            inspection_item_id: Id::new(),
        };
        let answers: AnswersByUnit = [(
            honest,
            [(FocusItem::Leasing, AnswerResult::Found), (FocusItem::Other, AnswerResult::None)].into(),
        )]
        .into();
        let found = [
            fact(honest, FocusItem::Leasing),
            fact(honest, FocusItem::Other),
            fact(other, FocusItem::Leasing),
        ];
        let mut answered: Vec<(Id, Option<AnswerResult>)> = discrepancies(&answers, &found, &[], area(0.0))
            .into_iter()
            .map(|one| match one.difference {
                Difference::Answer { answered, .. } => (one.unit_id, answered),
                difference => panic!("{difference:?}"),
            })
            .collect();
        answered.sort_by_key(|(_, answered)| answered.is_none());
        assert_eq!(answered, [(honest, Some(AnswerResult::None)), (other, None)]);
    }

    #[test]
    fn r32_areas_differ_beyond_the_tolerance_to_either_side() {
        let unit = Id::new();
        let differing = |declared: &[f64], measured: &[f64], tolerance| {
            discrepancies(&AnswersByUnit::new(), &[], &[office(unit, declared, measured)], area(tolerance))
        };
        assert!(differing(&[18.0], &[], 0.0).is_empty());
        assert!(differing(&[12.0, 6.0], &[18.0], 0.0).is_empty());
        for measured in [18.5, 17.5] {
            assert!(differing(&[18.0], &[measured], 0.5).is_empty());
        }
        for measured in [18.51, 17.49] {
            let [one] = &differing(&[18.0], &[measured], 0.5)[..] else { panic!("one difference") };
            let expected = (area(18.0), area(measured));
            assert!(
                matches!(one.difference, Difference::Area { declared, measured, .. } if (declared, measured) == expected)
            );
        }
    }

    #[test]
    fn r33_rooms_that_were_not_declared_at_all_are_a_difference_of_their_own() {
        let all = discrepancies(&AnswersByUnit::new(), &[], &[office(Id::new(), &[], &[9.0])], area(100.0));
        assert_eq!(all[0].focus_item, FocusItem::LeaderOffices);
        assert!(
            matches!(all[0].difference, Difference::Undeclared { measured, .. } if measured == area(9.0))
        );
    }
}
