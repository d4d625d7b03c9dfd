//! The states of a finding, who leads it where, and how it follows its order.

use crate::domain::actor::Role;
use crate::domain::machine::{Machine, Transition};
use crate::domain::rectification::RectificationStatus;
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
        /// Lets another finding say it (合并).
        Merge = "merge",
        /// Takes it out, since it is none (作废).
        Void = "void",
        /// Strikes it off without an order, since the unit has put it right already (销号).
        Close = "close",
        /// Takes it up again (重新整改).
        Reopen = "reopen",
        /// Lets those of the unit judge it (准予本单位人员办理).
        AllowOwnUnit = "allow-own-unit",
    }
}

/// Who enters, changes, confirms and verifies findings; inspectors enter, change and confirm for the units of their visits.
pub const FINDERS: &[Role] = &[Role::Coordinator, Role::Inspector];

impl Machine for FindingStatus {
    type Verb = FindingVerb;

    const TABLE: &'static [Transition<Self, FindingVerb>] = &[
        Transition { from: &[Self::Draft], verb: FindingVerb::Confirm, to: Some(Self::Open), roles: FINDERS },
        Transition {
            from: &[Self::Draft, Self::Open],
            verb: FindingVerb::Merge,
            to: Some(Self::Merged),
            roles: &[Role::Coordinator],
        },
        Transition {
            from: &[Self::Draft, Self::Open, Self::Rectifying],
            verb: FindingVerb::Void,
            to: Some(Self::Void),
            roles: &[Role::Coordinator],
        },
        Transition { from: &[Self::Open], verb: FindingVerb::Close, to: Some(Self::Closed), roles: FINDERS },
        Transition { from: &[Self::Closed], verb: FindingVerb::Reopen, to: Some(Self::Open), roles: FINDERS },
        Transition {
            from: &[Self::Draft, Self::Open, Self::Rectifying, Self::Closed],
            verb: FindingVerb::AllowOwnUnit,
            to: None,
            roles: &[Role::Leader],
        },
    ];

    const JUDGING: &'static [FindingVerb] = &[
        FindingVerb::Confirm,
        FindingVerb::Merge,
        FindingVerb::Void,
        FindingVerb::Close,
        FindingVerb::Reopen,
    ];

    const OF_THE_VISIT: &'static [FindingVerb] = &[FindingVerb::Confirm];

    const BY_PERSON: &'static [FindingVerb] = &[FindingVerb::Close];

    const LIFTING: Option<FindingVerb> = Some(FindingVerb::AllowOwnUnit);
}

impl FindingStatus {
    /// Whether its words may still change.
    pub fn is_editable(self) -> bool {
        matches!(self, Self::Draft | Self::Open)
    }

    /// Whether it counts as a problem in statistics and reports: drafts, merged and void ones do not.
    pub fn is_counted(self) -> bool {
        matches!(self, Self::Open | Self::Rectifying | Self::Closed)
    }

    /// Whether an order may be drafted and issued for it: it is confirmed, and no other order is active.
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
    use super::*;
    use crate::domain::machine::checks;
    use crate::domain::text::TextEnum;

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
