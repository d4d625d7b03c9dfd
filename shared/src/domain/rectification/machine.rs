//! The states of a rectification, who leads it where, and when it is overdue.

use chrono::NaiveDate;

use crate::domain::actor::Role;
use crate::domain::machine::{Machine, Transition};
use crate::domain::refusal::{Code, Violations};
use crate::text_enum;

text_enum! {
    /// The state of a rectification.
    pub enum RectificationStatus {
        /// Written, and not yet issued (拟制).
        Drafted = "drafted",
        /// Issued to the unit (已下达).
        Ordered = "ordered",
        /// The unit has planned or reported (整改中).
        InProgress = "in_progress",
        /// Handed in for verification (待复核).
        Submitted = "submitted",
        /// Sent back with a reason and a new due date (退回).
        Returned = "returned",
        /// Verified and struck off (销号).
        Closed = "closed",
        /// Taken up again after a look-back (重新整改).
        Reopened = "reopened",
        /// Put off with approval (经批准暂缓整改).
        Deferred = "deferred",
        /// Taken back by the office (撤回).
        Withdrawn = "withdrawn",
    }
}

text_enum! {
    /// What can be done with a rectification.
    pub enum RectificationVerb {
        /// Issues it (下达).
        Order = "order",
        /// Sets a goal and dated measures (制定计划).
        Plan = "plan",
        /// Reports what was done (报告进展).
        Progress = "progress",
        /// Hands it in for verification (提交).
        Submit = "submit",
        /// Sends it back (退回).
        Return = "return",
        /// Strikes it off (销号).
        Close = "close",
        /// Takes it back (撤回).
        Withdraw = "withdraw",
        /// Changes requirement, due date or responsible person, and re-issues it (更正).
        Correct = "correct",
    }
}

text_enum! {
    /// How a problem is put right.
    pub enum Mode {
        /// At once (立行立改).
        Immediate = "immediate",
        /// With a goal and a plan (明确目标、制定计划).
        Planned = "planned",
    }
}

impl RectificationStatus {
    /// The states in which the unit has something to do.
    const WITH_THE_UNIT: &'static [Self] = &[Self::Ordered, Self::InProgress, Self::Returned, Self::Reopened];

    /// Whether the unit has something to do.
    pub fn is_with_the_unit(self) -> bool {
        Self::WITH_THE_UNIT.contains(&self)
    }

    /// Whether it occupies its finding: at most one such exists per finding.
    pub fn is_active(self) -> bool {
        !matches!(self, Self::Closed | Self::Withdrawn)
    }

    /// Whether it was issued and not taken back: only then it counts in statistics and reports.
    pub fn is_in_force(self) -> bool {
        !matches!(self, Self::Drafted | Self::Withdrawn)
    }

    /// Whether closing the campaign needs a leader's decision because of it.
    pub fn is_unsettled(self) -> bool {
        self.is_with_the_unit() || self == Self::Submitted
    }
}

impl Machine for RectificationStatus {
    type Verb = RectificationVerb;

    const TABLE: &'static [Transition<Self, RectificationVerb>] = &[
        Transition {
            from: &[Self::Drafted],
            verb: RectificationVerb::Order,
            to: Some(Self::Ordered),
            roles: &[Role::Coordinator],
        },
        Transition {
            from: Self::WITH_THE_UNIT,
            verb: RectificationVerb::Plan,
            to: Some(Self::InProgress),
            roles: &[Role::Liaison],
        },
        Transition {
            from: Self::WITH_THE_UNIT,
            verb: RectificationVerb::Progress,
            to: Some(Self::InProgress),
            roles: &[Role::Liaison],
        },
        Transition {
            from: Self::WITH_THE_UNIT,
            verb: RectificationVerb::Submit,
            to: Some(Self::Submitted),
            roles: &[Role::Liaison, Role::Coordinator],
        },
        Transition {
            from: &[Self::Submitted],
            verb: RectificationVerb::Return,
            to: Some(Self::Returned),
            roles: &[Role::Inspector, Role::Coordinator],
        },
        Transition {
            from: &[Self::Submitted],
            verb: RectificationVerb::Close,
            to: Some(Self::Closed),
            roles: &[Role::Inspector, Role::Coordinator],
        },
        Transition {
            from: &[
                Self::Ordered,
                Self::InProgress,
                Self::Submitted,
                Self::Returned,
                Self::Reopened,
                Self::Deferred,
            ],
            verb: RectificationVerb::Withdraw,
            to: Some(Self::Withdrawn),
            roles: &[Role::Coordinator],
        },
        Transition {
            from: Self::WITH_THE_UNIT,
            verb: RectificationVerb::Correct,
            to: None,
            roles: &[Role::Coordinator],
        },
    ];

    const JUDGING: &'static [RectificationVerb] = &[
        RectificationVerb::Return,
        RectificationVerb::Close,
        RectificationVerb::Withdraw,
        RectificationVerb::Correct,
    ];

    const NOT_BY_SUBMITTER: &'static [RectificationVerb] = &[RectificationVerb::Close];
}

/// Notes a due date in the past. Today is still possible.
pub fn check_due_on(violations: &mut Violations, pointer: &str, due_on: NaiveDate, today: NaiveDate) {
    violations.require(due_on >= today, pointer, Code::DueOnPast);
}

/// How many days a rectification is overdue (R38): 0 where it is not, since it is with the office,
/// settled or deferred, or has no date.
pub fn overdue_days(status: RectificationStatus, due_on: Option<NaiveDate>, today: NaiveDate) -> i64 {
    match due_on {
        Some(due_on) if status.is_with_the_unit() => (today - due_on).num_days().max(0),
        _ => 0,
    }
}

/// Whether it was handed in after its due date: a fact of that day, kept whatever comes after.
pub fn submitted_late(submitted_on: NaiveDate, due_on: NaiveDate) -> bool {
    submitted_on > due_on
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::actor::Role;
    use crate::domain::id::Id;
    use crate::domain::machine::Subject;
    use crate::domain::machine::checks::{self, actor};
    use crate::domain::refusal::Refusal;
    use crate::domain::text::TextEnum;

    fn subject(status: RectificationStatus, unit_id: Id) -> Subject<RectificationStatus> {
        Subject { status, unit_id, submitted_by: None, campaign_closed: false }
    }

    fn day(day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2023, 9, day).unwrap()
    }

    #[test]
    fn the_machine_is_sound() {
        checks::assert_sound::<RectificationStatus>();
    }

    #[test]
    fn an_order_lives_through_return_and_correction_to_its_end() {
        let unit = Id::new();
        let (office, liaison) = (actor(&[Role::Coordinator], None), actor(&[Role::Liaison], Some(unit)));
        let path = [
            (&office, RectificationVerb::Order, RectificationStatus::Ordered),
            (&office, RectificationVerb::Correct, RectificationStatus::Ordered),
            (&liaison, RectificationVerb::Plan, RectificationStatus::InProgress),
            (&liaison, RectificationVerb::Submit, RectificationStatus::Submitted),
            (&office, RectificationVerb::Return, RectificationStatus::Returned),
            (&office, RectificationVerb::Correct, RectificationStatus::Returned),
            (&liaison, RectificationVerb::Progress, RectificationStatus::InProgress),
            (&liaison, RectificationVerb::Submit, RectificationStatus::Submitted),
            (&office, RectificationVerb::Close, RectificationStatus::Closed),
        ];
        let mut status = RectificationStatus::Drafted;
        for (who, verb, expected) in path {
            assert_eq!(subject(status, unit).permit(who, verb), Ok(()), "{verb}");
            status = subject(status, unit).step(who, verb).unwrap();
            assert_eq!(status, expected, "{verb}");
        }
        assert!(subject(status, unit).allowed_actions(&office).is_empty());
    }

    #[test]
    fn who_submitted_returns_but_never_closes() {
        let office = actor(&[Role::Coordinator], None);
        let own =
            Subject { submitted_by: office.account_id, ..subject(RectificationStatus::Submitted, Id::new()) };
        assert_eq!(own.permit(&office, RectificationVerb::Close), Err(Refusal::OwnSubmission));
        let allowed = [RectificationVerb::Return, RectificationVerb::Withdraw];
        assert_eq!(own.allowed_actions(&office), allowed);
    }

    #[test]
    fn nobody_verifies_withdraws_or_re_dates_their_own_units_order() {
        let unit = Id::new();
        let office = actor(&[Role::Coordinator, Role::Inspector], Some(unit));
        for &verb in RectificationStatus::JUDGING {
            let subject = subject(RectificationStatus::Submitted, unit);
            assert_eq!(subject.permit(&office, verb), Err(Refusal::OwnUnit), "{verb}");
        }
        assert!(subject(RectificationStatus::Submitted, unit).allowed_actions(&office).is_empty());
    }

    #[test]
    fn what_is_allowed_is_exactly_what_is_not_refused() {
        let unit = Id::new();
        for mut caller in checks::actors() {
            for grant in &mut caller.grants {
                grant.unit_id = (grant.role == Role::Liaison).then_some(unit);
            }
            for &status in RectificationStatus::ALL {
                for submitted_by in [None, caller.account_id] {
                    let subject = Subject { submitted_by, ..subject(status, unit) };
                    let allowed = subject.allowed_actions(&caller);
                    for &verb in RectificationVerb::ALL {
                        let refused = subject
                            .permit(&caller, verb)
                            .and_then(|()| subject.step(&caller, verb).map(drop));
                        assert_eq!(allowed.contains(&verb), refused.is_ok(), "{status} {verb} {refused:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn r38_overdue_counts_days_after_the_due_date_while_it_is_with_the_unit() {
        let days = |status, today| overdue_days(status, Some(day(10)), today);
        assert_eq!(days(RectificationStatus::Ordered, day(10)), 0);
        assert_eq!(days(RectificationStatus::Returned, day(13)), 3);
        for status in
            [RectificationStatus::Submitted, RectificationStatus::Deferred, RectificationStatus::Closed]
        {
            assert_eq!(days(status, day(13)), 0, "{status}");
        }
        assert_eq!(overdue_days(RectificationStatus::Ordered, None, day(13)), 0);
        assert!(!submitted_late(day(10), day(10)) && submitted_late(day(11), day(10)));
    }

    #[test]
    fn a_due_date_is_today_or_later() {
        for (due_on, sound) in [(day(9), false), (day(10), true), (day(11), true)] {
            let mut violations = Violations::default();
            check_due_on(&mut violations, "/due_on", due_on, day(10));
            assert_eq!(violations.refuse().is_ok(), sound, "{due_on}");
        }
    }
}
