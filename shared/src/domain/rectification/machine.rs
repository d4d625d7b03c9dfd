//! The states of a rectification, and who leads it where.

use crate::domain::actor::Role;
use crate::domain::machine::{Machine, Transition};
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
        /// Agrees to a draft before it is issued (审批).
        Approve = "approve",
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
        /// Takes it up again after a look-back (重新整改).
        Reopen = "reopen",
        /// Puts it off with approval (经批准暂缓整改).
        Defer = "defer",
        /// Ends the putting off (恢复整改).
        Resume = "resume",
        /// Asks for a later due date (申请延期).
        RequestExtension = "request-extension",
        /// Decides on that (审批延期).
        DecideExtension = "decide-extension",
        /// Lets those of the unit judge it (准予本单位人员办理).
        AllowOwnUnit = "allow-own-unit",
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
    pub const WITH_THE_UNIT: &'static [Self] =
        &[Self::Ordered, Self::InProgress, Self::Returned, Self::Reopened];

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

    const BY_PERSON: &'static [RectificationVerb] = &[
        RectificationVerb::Approve,
        RectificationVerb::Close,
        RectificationVerb::Defer,
        RectificationVerb::DecideExtension,
    ];

    const TABLE: &'static [Transition<Self, RectificationVerb>] = &[
        Transition {
            from: &[Self::Drafted],
            verb: RectificationVerb::Approve,
            to: None,
            roles: &[Role::Leader],
        },
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
        Transition {
            from: &[Self::Closed],
            verb: RectificationVerb::Reopen,
            to: Some(Self::Reopened),
            roles: &[Role::Inspector, Role::Coordinator],
        },
        Transition {
            from: &[Self::Ordered, Self::InProgress, Self::Returned, Self::Reopened, Self::Deferred],
            verb: RectificationVerb::Defer,
            to: Some(Self::Deferred),
            roles: &[Role::Leader],
        },
        Transition {
            from: &[Self::Deferred],
            verb: RectificationVerb::Resume,
            to: Some(Self::InProgress),
            roles: &[Role::Coordinator],
        },
        Transition {
            from: Self::WITH_THE_UNIT,
            verb: RectificationVerb::RequestExtension,
            to: None,
            roles: &[Role::Liaison],
        },
        Transition {
            from: Self::WITH_THE_UNIT,
            verb: RectificationVerb::DecideExtension,
            to: None,
            roles: &[Role::Coordinator, Role::Leader],
        },
        Transition {
            from: &[
                Self::Drafted,
                Self::Ordered,
                Self::InProgress,
                Self::Submitted,
                Self::Returned,
                Self::Closed,
                Self::Reopened,
                Self::Deferred,
            ],
            verb: RectificationVerb::AllowOwnUnit,
            to: None,
            roles: &[Role::Leader],
        },
    ];

    const JUDGING: &'static [RectificationVerb] = &[
        RectificationVerb::Approve,
        RectificationVerb::Return,
        RectificationVerb::Close,
        RectificationVerb::Withdraw,
        RectificationVerb::Correct,
        RectificationVerb::Reopen,
        RectificationVerb::Defer,
        RectificationVerb::Resume,
        RectificationVerb::DecideExtension,
    ];

    const LIFTING: Option<RectificationVerb> = Some(RectificationVerb::AllowOwnUnit);

    const NOT_BY_SUBMITTER: &'static [RectificationVerb] = &[RectificationVerb::Close];
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::actor::Role;
    use crate::domain::id::Id;
    use crate::domain::machine::Subject;
    use crate::domain::machine::checks::{self, actor, subject};
    use crate::domain::refusal::Refusal;
    use crate::domain::text::TextEnum;

    #[test]
    fn the_machine_is_sound() {
        checks::assert_sound::<RectificationStatus>();
    }

    #[test]
    fn an_order_lives_through_return_deferral_and_look_back_to_its_end() {
        let unit = Id::new();
        let (office, liaison) = (actor(&[Role::Coordinator], None), actor(&[Role::Liaison], Some(unit)));
        let leader = actor(&[Role::Leader], None);
        let path = [
            (&office, RectificationVerb::Order, RectificationStatus::Ordered),
            (&office, RectificationVerb::Correct, RectificationStatus::Ordered),
            (&leader, RectificationVerb::Defer, RectificationStatus::Deferred),
            (&leader, RectificationVerb::Defer, RectificationStatus::Deferred),
            (&office, RectificationVerb::Resume, RectificationStatus::InProgress),
            (&liaison, RectificationVerb::Plan, RectificationStatus::InProgress),
            (&liaison, RectificationVerb::Submit, RectificationStatus::Submitted),
            (&office, RectificationVerb::Return, RectificationStatus::Returned),
            (&office, RectificationVerb::Correct, RectificationStatus::Returned),
            (&liaison, RectificationVerb::Progress, RectificationStatus::InProgress),
            (&liaison, RectificationVerb::Submit, RectificationStatus::Submitted),
            (&office, RectificationVerb::Close, RectificationStatus::Closed),
            (&office, RectificationVerb::Reopen, RectificationStatus::Reopened),
            (&liaison, RectificationVerb::RequestExtension, RectificationStatus::Reopened),
            (&office, RectificationVerb::DecideExtension, RectificationStatus::Reopened),
            (&office, RectificationVerb::Withdraw, RectificationStatus::Withdrawn),
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
        let office = actor(&[Role::Coordinator, Role::Inspector, Role::Leader], Some(unit));
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
}
