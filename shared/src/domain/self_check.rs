//! Self-checks (自查): one per unit and campaign. What they say is in `answer`.

use super::actor::Role;
use super::answer::Answers;
use super::campaign::Campaign;
use super::date::Date;
use super::id::Id;
use super::instant::Instant;
use super::machine::{Machine, Subject, Transition};
use super::phase::{Phase, PhaseKind, Timing};
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
        /// Lets those of the unit judge it (准予本单位人员办理).
        AllowOwnUnit = "allow-own-unit",
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
        Transition {
            from: &[
                Self::NotStarted,
                Self::Draft,
                Self::Submitted,
                Self::Returned,
                Self::Accepted,
                Self::Excused,
            ],
            verb: SelfCheckVerb::AllowOwnUnit,
            to: None,
            roles: &[Role::Leader],
        },
    ];

    const JUDGING: &'static [SelfCheckVerb] =
        &[SelfCheckVerb::Return, SelfCheckVerb::Accept, SelfCheckVerb::Excuse, SelfCheckVerb::Include];

    const LIFTING: Option<SelfCheckVerb> = Some(SelfCheckVerb::AllowOwnUnit);
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

/// A unit's self-check in a campaign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SelfCheck {
    pub id: Id,
    pub version: i64,
    pub campaign_id: Id,
    pub unit_id: Id,
    pub status: SelfCheckStatus,
    /// The unit's own last day, where it is not the phase's.
    pub own_due_on: Option<Date>,
    /// What the unit has filled in.
    pub answers: Answers,
    /// When it was first handed in, which is what lateness is judged by.
    pub first_submitted_at: Option<Instant>,
    /// How the first submission is marked (R37); no later change of a date touches it.
    pub timing: Option<Timing>,
    /// When it was last handed in.
    pub submitted_at: Option<Instant>,
    /// Who handed it in last.
    pub submitted_by: Option<Id>,
    /// When it was accepted; none once it is sent back.
    pub accepted_at: Option<Instant>,
    /// Why it was sent back, until it is handed in again.
    pub return_reason: Option<String>,
    /// Why the unit is excused, while it is.
    pub excuse_reason: Option<String>,
    /// Whether the head of the leading group let those of the unit judge it.
    pub own_unit_allowed: bool,
    pub created_at: Instant,
}

impl SelfCheck {
    /// The self-check of a unit that has entered nothing yet.
    pub fn new(campaign_id: Id, unit_id: Id, own_due_on: Option<Date>, now: Instant) -> Self {
        Self {
            id: Id::new(),
            version: 1,
            campaign_id,
            unit_id,
            status: SelfCheckStatus::NotStarted,
            own_due_on,
            answers: Answers::default(),
            first_submitted_at: None,
            timing: None,
            submitted_at: None,
            submitted_by: None,
            accepted_at: None,
            return_reason: None,
            excuse_reason: None,
            own_unit_allowed: false,
            created_at: now,
        }
    }

    /// As a verb meets it.
    pub fn subject(&self, campaign: &Campaign) -> Subject<SelfCheckStatus> {
        Subject {
            submitted_by: self.submitted_by,
            own_unit_allowed: self.own_unit_allowed,
            ..Subject::of(self.status, self.unit_id, campaign)
        }
    }

    /// The last day to hand it in.
    pub fn due_on(&self, campaign: &Campaign) -> Option<Date> {
        campaign.self_check_due_on(self.own_due_on)
    }

    /// Whether it is outstanding after its last day.
    pub fn is_overdue(&self, campaign: &Campaign, now: Instant) -> bool {
        is_overdue(self.status, self.due_on(campaign), campaign.today(now))
    }

    /// Whether it was late (迟报) when it was first handed in.
    pub fn is_late(&self) -> bool {
        self.timing == Some(Timing::Late)
    }

    /// The self-check as it is handed in; the first time decides how it is marked.
    pub fn submitted(self, campaign: &Campaign, by: Option<Id>, now: Instant) -> Self {
        let phase = campaign.phase(PhaseKind::SelfCheck);
        let mark = || timing(campaign.today(now), phase, self.due_on(campaign));
        Self {
            first_submitted_at: self.first_submitted_at.or(Some(now)),
            timing: Some(self.timing.unwrap_or_else(mark)),
            submitted_at: Some(now),
            submitted_by: by,
            return_reason: None,
            ..self
        }
    }
}

/// How a first submission is marked (R37): early before the first day of the phase, late after the unit's
/// last day.
fn timing(first_submitted_on: Date, phase: Option<&Phase>, due_on: Option<Date>) -> Timing {
    if is_late(first_submitted_on, due_on) {
        Timing::Late
    } else if phase.is_some_and(|phase| first_submitted_on < phase.starts_on) {
        Timing::Early
    } else {
        Timing::OnTime
    }
}

/// The last day for a unit's self-check: its own due date, else the end of the self-check phase.
pub fn due_on(own: Option<Date>, phase_ends_on: Option<Date>) -> Option<Date> {
    own.or(phase_ends_on)
}

/// Whether a self-check came late (迟报), judged by the civil date of its first submission.
pub fn is_late(first_submitted_on: Date, due_on: Option<Date>) -> bool {
    due_on.is_some_and(|due_on| first_submitted_on > due_on)
}

/// Whether a self-check is outstanding after its last day. Without a date it never is.
pub fn is_overdue(status: SelfCheckStatus, due_on: Option<Date>, today: Date) -> bool {
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
        let day = |d| Date::new(2023, 8, d).unwrap();
        let due = due_on(Some(day(9)), Some(day(6)));
        assert!(!is_late(day(9), due) && is_late(day(10), due));
        assert!(is_late(day(7), due_on(None, Some(day(6)))));
        assert!(!is_overdue(SelfCheckStatus::Draft, due, day(9)));
        assert!(is_overdue(SelfCheckStatus::Draft, due, day(10)));
        assert!(!is_overdue(SelfCheckStatus::Submitted, due, day(10)));
        assert!(!is_overdue(SelfCheckStatus::NotStarted, None, day(10)));
    }
    #[test]
    fn r37_a_first_submission_is_marked_by_the_phase_and_the_own_last_day() {
        let day = |d| Date::new(2023, 8, d).unwrap();
        let phase = Phase { kind: PhaseKind::SelfCheck, starts_on: day(2), ends_on: day(6) };
        let mark = |on, own| timing(day(on), Some(&phase), due_on(own, Some(phase.ends_on)));
        let marks = [1, 2, 6, 7].map(|on| mark(on, None));
        assert_eq!(marks, [Timing::Early, Timing::OnTime, Timing::OnTime, Timing::Late]);
        assert_eq!(mark(7, Some(day(9))), Timing::OnTime);
        assert_eq!(mark(5, Some(day(4))), Timing::Late);
        assert_eq!(timing(day(7), None, None), Timing::OnTime);
    }
}
