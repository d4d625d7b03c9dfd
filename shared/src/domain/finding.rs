//! Findings (发现的问题): what is wrong with a unit's office space.

use super::actor::Role;
use super::machine::{Machine, Transition};
use super::rectification::RectificationStatus;
use crate::text_enum;

text_enum! {
    /// The state of a finding.
    pub enum FindingStatus {
        /// Entered, and not yet confirmed (待确认).
        Draft = "draft",
        /// Confirmed; nothing ordered (待整改).
        Open = "open",
        /// Its order is under way or deferred (整改中).
        Rectifying = "rectifying",
        /// Put right and verified (已整改).
        Closed = "closed",
        /// Went into another finding (合并).
        Merged = "merged",
        /// Entered wrongly (作废).
        Void = "void",
    }
}

text_enum! {
    /// What can be done with a finding.
    pub enum FindingVerb {
        /// Makes a draft count (确认).
        Confirm = "confirm",
    }
}

text_enum! {
    /// Where a finding comes from.
    pub enum FindingSource {
        /// The unit's own answer (自查发现).
        SelfCheck = "self_check",
        /// A visit (实地巡检发现).
        Inspection = "inspection",
        /// A rule run over the ledger (数据筛查).
        Screening = "screening",
        /// An earlier campaign (以往遗留).
        CarriedOver = "carried_over",
        /// Anything else (其他来源).
        Other = "other",
    }
}

text_enum! {
    /// How grave a finding is; a person's judgement.
    pub enum Severity {
        /// 轻微.
        Minor = "minor",
        /// 一般.
        General = "general",
        /// 严重.
        Serious = "serious",
    }
}

text_enum! {
    /// Whether the unit had reported it rightly; a person's classification of a neutral difference (R32).
    pub enum Misreporting {
        /// 无.
        None = "none",
        /// Left out (漏报).
        Omission = "omission",
        /// Hidden (瞒报).
        Concealment = "concealment",
        /// Forged (弄虚作假).
        Falsification = "falsification",
    }
}

impl Machine for FindingStatus {
    type Verb = FindingVerb;

    const TABLE: &'static [Transition<Self, FindingVerb>] = &[Transition {
        from: &[Self::Draft],
        verb: FindingVerb::Confirm,
        to: Some(Self::Open),
        roles: &[Role::Coordinator, Role::Inspector],
    }];
}

impl FindingStatus {
    /// Whether it counts as a problem in statistics and reports: drafts, merged and void ones do not.
    pub fn is_counted(self) -> bool {
        matches!(self, Self::Open | Self::Rectifying | Self::Closed)
    }

    /// Whether an order may be drafted for it: it is not settled, and no order of its own is active.
    pub fn takes_a_draft_order(self) -> bool {
        matches!(self, Self::Draft | Self::Open)
    }

    /// Whether its order may be issued: it is confirmed, and no other order is active.
    pub fn can_be_ordered(self) -> bool {
        self == Self::Open
    }

    /// The finding's state when its order reaches a state. Drafts, merged and void findings stay.
    pub fn following(self, order: RectificationStatus) -> Self {
        match (self, order) {
            (Self::Draft | Self::Merged | Self::Void, _) | (_, RectificationStatus::Drafted) => self,
            (_, RectificationStatus::Closed) => Self::Closed,
            (_, RectificationStatus::Withdrawn) => Self::Open,
            (
                _,
                RectificationStatus::Ordered
                | RectificationStatus::InProgress
                | RectificationStatus::Submitted
                | RectificationStatus::Returned
                | RectificationStatus::Reopened
                | RectificationStatus::Deferred,
            ) => Self::Rectifying,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::machine::checks;
    use super::super::text::TextEnum;
    use super::*;

    #[test]
    fn the_machine_is_sound() {
        checks::assert_sound::<FindingStatus>();
    }

    #[test]
    fn a_finding_follows_its_order() {
        let path = [
            (RectificationStatus::Drafted, FindingStatus::Open),
            (RectificationStatus::Ordered, FindingStatus::Rectifying),
            (RectificationStatus::Submitted, FindingStatus::Rectifying),
            (RectificationStatus::Closed, FindingStatus::Closed),
            (RectificationStatus::Reopened, FindingStatus::Rectifying),
            (RectificationStatus::Deferred, FindingStatus::Rectifying),
            (RectificationStatus::Withdrawn, FindingStatus::Open),
        ];
        let mut finding = FindingStatus::Open;
        for (order, expected) in path {
            finding = finding.following(order);
            assert_eq!(finding, expected, "{order}");
        }
    }

    #[test]
    fn what_is_void_merged_or_unconfirmed_follows_no_order() {
        for status in [FindingStatus::Draft, FindingStatus::Merged, FindingStatus::Void] {
            for &order in RectificationStatus::ALL {
                assert_eq!(status.following(order), status, "{order}");
            }
        }
    }
}
