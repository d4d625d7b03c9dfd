//! The neutral facts that may give rise to an escalation (R41, R42). Whether one is proposed, people decide.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::date::Date;
use crate::domain::finding::{Misreporting, Severity};
use crate::domain::focus_item::FocusItem;
use crate::domain::id::Id;
use crate::domain::rectification::{RectificationStatus, overdue_days};

/// What is known of one unit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = EscalationCandidate)]
pub struct Candidate {
    /// The unit.
    pub unit_id: Id,
    /// Its name.
    #[schema(example = "墟沟街道办事处")]
    pub unit_name: String,
    /// Findings whose misreporting a person classified as serious (R41: 信息漏报、瞒报、弄虚作假情况严重).
    pub misreported: Vec<MisreportedFinding>,
    /// Orders that are overdue, were taken up again, or were sent back more than once (R42: 责任不落实、整改不彻底、
    /// 效果不明显).
    pub orders: Vec<OrderOfConcern>,
    /// Escalations of this unit that were neither rejected nor withdrawn.
    pub escalation_ids: Vec<Id>,
}

/// A finding with serious misreporting.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct MisreportedFinding {
    /// The finding.
    pub finding_id: Id,
    /// The focus item that it falls under.
    pub focus_item: FocusItem,
    /// How grave it is.
    pub severity: Severity,
    /// As what the misreporting was classified.
    pub misreporting: Misreporting,
}

/// An order that is overdue, was taken up again, or was sent back more than once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct OrderOfConcern {
    /// The order.
    pub rectification_id: Id,
    /// The problem.
    pub finding_id: Id,
    /// Its number.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "连区办整改〔2023〕1号")]
    pub number: Option<String>,
    /// Its state.
    pub status: RectificationStatus,
    /// The last day in force.
    #[schema(example = "2023-09-10")]
    pub due_on: Date,
    /// Days past the due date; 0 where it is not overdue.
    #[schema(example = 30)]
    pub overdue_days: i64,
    /// How often it was sent back.
    #[schema(example = 2)]
    pub times_returned: i32,
    /// How often it was taken up again.
    #[schema(example = 0)]
    pub times_reopened: i32,
}

impl OrderOfConcern {
    /// The order with its days overdue, where it is one of concern.
    pub fn judged(self, today: Date) -> Option<Self> {
        let order = Self { overdue_days: overdue_days(self.status, Some(self.due_on), today), ..self };
        let concern = order.overdue_days > 0 || order.times_reopened > 0 || order.times_returned > 1;
        (concern && order.status.is_in_force()).then_some(order)
    }
}

impl Candidate {
    /// What is known of each unit of which anything is, in the order of their ids.
    pub fn all(
        names: &BTreeMap<Id, String>,
        misreported: Vec<(Id, MisreportedFinding)>,
        orders: Vec<(Id, OrderOfConcern)>,
        escalations: &[(Id, Id)],
    ) -> Vec<Self> {
        let mut all: BTreeMap<Id, Self> = BTreeMap::new();
        let of = |unit_id: Id| Self {
            unit_id,
            unit_name: names.get(&unit_id).cloned().unwrap_or_default(),
            misreported: Vec::new(),
            orders: Vec::new(),
            escalation_ids: escalations
                .iter()
                .filter(|(unit, _)| *unit == unit_id)
                .map(|(_, id)| *id)
                .collect(),
        };
        for (unit_id, finding) in misreported {
            all.entry(unit_id).or_insert_with(|| of(unit_id)).misreported.push(finding);
        }
        for (unit_id, order) in orders {
            all.entry(unit_id).or_insert_with(|| of(unit_id)).orders.push(order);
        }
        all.into_values().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(day: u32) -> Date {
        Date::new(2023, 9, day).unwrap()
    }

    fn order(status: RectificationStatus, due_on: Date) -> OrderOfConcern {
        OrderOfConcern {
            rectification_id: Id::new(),
            finding_id: Id::new(),
            number: None,
            status,
            due_on,
            overdue_days: 0,
            times_returned: 0,
            times_reopened: 0,
        }
    }

    #[test]
    fn r42_an_order_is_of_concern_when_overdue_taken_up_again_or_sent_back_twice() {
        let concern = |order: OrderOfConcern| order.judged(day(10)).is_some();
        let going = || order(RectificationStatus::InProgress, day(10));
        assert!(!concern(going()));
        assert_eq!(order(RectificationStatus::Ordered, day(7)).judged(day(10)).unwrap().overdue_days, 3);
        assert!(!concern(order(RectificationStatus::Deferred, day(7))), "deferred is not overdue");
        assert!(concern(OrderOfConcern { times_reopened: 1, ..going() }));
        assert!(!concern(OrderOfConcern { times_returned: 1, ..going() }));
        assert!(concern(OrderOfConcern { times_returned: 2, ..going() }));
        let withdrawn = order(RectificationStatus::Withdrawn, day(7));
        assert!(!concern(OrderOfConcern { times_reopened: 1, ..withdrawn }));
    }

    #[test]
    fn r41_a_unit_stands_once_with_all_that_is_known_of_it() {
        let (unit, other, escalation) = (Id::new(), Id::new(), Id::new());
        let names = BTreeMap::from([(unit, "甲".to_owned()), (other, "乙".to_owned())]);
        let finding = || MisreportedFinding {
            finding_id: Id::new(),
            focus_item: FocusItem::Leasing,
            severity: Severity::Serious,
            misreporting: Misreporting::Concealment,
        };
        let concern = order(RectificationStatus::Ordered, day(7));
        let all = Candidate::all(
            &names,
            vec![(unit, finding()), (unit, finding())],
            vec![(unit, concern.clone()), (other, concern)],
            &[(unit, escalation)],
        );
        let counted: Vec<_> = all
            .iter()
            .map(|one| {
                (one.unit_name.as_str(), one.misreported.len(), one.orders.len(), one.escalation_ids.len())
            })
            .collect();
        assert_eq!(counted, [("甲", 2, 1, 1), ("乙", 0, 1, 0)]);
    }
}
