//! Self-checks (自查): one per unit and campaign. What they say is in `answer`.

use chrono::NaiveDate;

use super::actor::Role;
use super::machine::{Machine, Transition};
use crate::text_enum;

text_enum! {
    /// The state of a self-check.
    pub enum SelfCheckStatus {
        /// Nothing entered yet (未填报).
        NotStarted = "not_started",
        /// Being filled in (填报中).
        Draft = "draft",
        /// With the leading group's office (已提交).
        Submitted = "submitted",
        /// Sent back with a reason (退回).
        Returned = "returned",
        /// Accepted by the office (审核通过).
        Accepted = "accepted",
        /// The unit need not report and is out of the denominators (免报).
        Excused = "excused",
    }
}

text_enum! {
    /// What can be done with a self-check.
    pub enum SelfCheckVerb {
        /// Hands it in (提交).
        Submit = "submit",
        /// Takes it back before it is accepted (撤回).
        Withdraw = "withdraw",
        /// Sends it back with a reason (退回).
        Return = "return",
        /// Accepts it; its findings arise (审核通过).
        Accept = "accept",
        /// Frees the unit from reporting (免报).
        Excuse = "excuse",
        /// Ends the exemption (恢复填报).
        Include = "include",
    }
}

impl Machine for SelfCheckStatus {
    type Verb = SelfCheckVerb;

    const TABLE: &'static [Transition<Self, SelfCheckVerb>] = &[
        Transition {
            from: &[Self::Draft, Self::Returned],
            verb: SelfCheckVerb::Submit,
            to: Some(Self::Submitted),
            roles: &[Role::Liaison, Role::Coordinator],
        },
        Transition {
            from: &[Self::Submitted],
            verb: SelfCheckVerb::Withdraw,
            to: Some(Self::Draft),
            roles: &[Role::Liaison],
        },
        Transition {
            from: &[Self::Submitted, Self::Accepted],
            verb: SelfCheckVerb::Return,
            to: Some(Self::Returned),
            roles: &[Role::Coordinator],
        },
        Transition {
            from: &[Self::Submitted],
            verb: SelfCheckVerb::Accept,
            to: Some(Self::Accepted),
            roles: &[Role::Coordinator],
        },
        Transition {
            from: &[Self::NotStarted, Self::Draft, Self::Submitted, Self::Returned, Self::Accepted],
            verb: SelfCheckVerb::Excuse,
            to: Some(Self::Excused),
            roles: &[Role::Coordinator],
        },
        Transition {
            from: &[Self::Excused],
            verb: SelfCheckVerb::Include,
            to: Some(Self::Draft),
            roles: &[Role::Coordinator],
        },
    ];

    const JUDGING: &'static [SelfCheckVerb] =
        &[SelfCheckVerb::Return, SelfCheckVerb::Accept, SelfCheckVerb::Excuse, SelfCheckVerb::Include];
}

impl SelfCheckStatus {
    /// The state after an edit of the answers, `None` where they may not be edited now.
    pub fn edited(self) -> Option<Self> {
        match self {
            Self::NotStarted | Self::Draft => Some(Self::Draft),
            Self::Returned => Some(Self::Returned),
            Self::Submitted | Self::Accepted | Self::Excused => None,
        }
    }

    /// Whether the unit still has to hand it in.
    pub fn is_outstanding(self) -> bool {
        matches!(self, Self::NotStarted | Self::Draft | Self::Returned)
    }
}

/// The last day for a unit's self-check: its own due date, else the end of the self-check phase.
pub fn due_on(own: Option<NaiveDate>, phase_ends_on: Option<NaiveDate>) -> Option<NaiveDate> {
    own.or(phase_ends_on)
}

/// Whether a self-check came late (迟报), judged by the civil date of its first submission.
pub fn is_late(first_submitted_on: NaiveDate, due_on: Option<NaiveDate>) -> bool {
    due_on.is_some_and(|due_on| first_submitted_on > due_on)
}

/// Whether a self-check is outstanding after its last day. Without a date it never is.
pub fn is_overdue(status: SelfCheckStatus, due_on: Option<NaiveDate>, today: NaiveDate) -> bool {
    status.is_outstanding() && due_on.is_some_and(|due_on| today > due_on)
}

#[cfg(test)]
mod tests {
    use super::super::machine::checks;
    use super::*;

    #[test]
    fn the_machine_is_sound() {
        checks::assert_sound::<SelfCheckStatus>();
    }

    #[test]
    fn an_own_due_date_wins_and_the_last_day_is_on_time() {
        let day = |d| NaiveDate::from_ymd_opt(2023, 8, d).unwrap();
        let due = due_on(Some(day(9)), Some(day(6)));
        assert!(!is_late(day(9), due) && is_late(day(10), due));
        assert!(is_late(day(7), due_on(None, Some(day(6)))));
        assert!(!is_overdue(SelfCheckStatus::Draft, due, day(9)));
        assert!(is_overdue(SelfCheckStatus::Draft, due, day(10)));
        assert!(!is_overdue(SelfCheckStatus::Submitted, due, day(10)));
        assert!(!is_overdue(SelfCheckStatus::NotStarted, None, day(10)));
    }
}
