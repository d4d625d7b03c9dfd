//! The states of an escalation, and who leads it where.

use crate::domain::actor::Role;
use crate::domain::machine::{Machine, Transition};
use crate::text_enum;

text_enum! {
    /// The state of an escalation.
    pub enum EscalationStatus {
        /// The office proposes it (拟提请).
        Proposed = "proposed",
        /// The leading group agreed to it (已批准).
        Approved = "approved",
        /// The leading group did not (未批准).
        Rejected = "rejected",
        /// It is with its addressee (已报送).
        Sent = "sent",
        /// The addressee answered (已办结).
        Concluded = "concluded",
        /// Taken back by the office (撤回).
        Withdrawn = "withdrawn",
    }
}

text_enum! {
    /// What can be done with an escalation.
    pub enum EscalationVerb {
        /// Agrees to it (批准).
        Approve = "approve",
        /// Does not agree to it (不予批准).
        Reject = "reject",
        /// Hands it to its addressee (报送).
        Send = "send",
        /// Takes it back (撤回).
        Withdraw = "withdraw",
        /// Records the addressee's answer (办结).
        Conclude = "conclude",
        /// Lets those of the unit decide on it (准予本单位人员办理).
        AllowOwnUnit = "allow-own-unit",
    }
}

impl EscalationStatus {
    /// The states in which it is with its addressee, or was.
    pub const WITH_THE_ADDRESSEE: &'static [Self] = &[Self::Sent, Self::Concluded];

    /// The states in which somebody has still to decide or to answer.
    pub const UNSETTLED: &'static [Self] = &[Self::Proposed, Self::Approved, Self::Sent];

    /// Whether reports tell of it: it was neither refused nor taken back.
    pub fn is_told(self) -> bool {
        !matches!(self, Self::Rejected | Self::Withdrawn)
    }
}

impl Machine for EscalationStatus {
    type Verb = EscalationVerb;

    const TABLE: &'static [Transition<Self, EscalationVerb>] = &[
        Transition {
            from: &[Self::Proposed],
            verb: EscalationVerb::Approve,
            to: Some(Self::Approved),
            roles: &[Role::Leader],
        },
        Transition {
            from: &[Self::Proposed],
            verb: EscalationVerb::Reject,
            to: Some(Self::Rejected),
            roles: &[Role::Leader],
        },
        Transition {
            from: &[Self::Approved],
            verb: EscalationVerb::Send,
            to: Some(Self::Sent),
            roles: &[Role::Coordinator],
        },
        Transition {
            from: &[Self::Proposed, Self::Approved],
            verb: EscalationVerb::Withdraw,
            to: Some(Self::Withdrawn),
            roles: &[Role::Coordinator],
        },
        Transition {
            from: &[Self::Sent],
            verb: EscalationVerb::Conclude,
            to: Some(Self::Concluded),
            roles: &[Role::Coordinator, Role::Discipline],
        },
        Transition {
            from: &[Self::Proposed, Self::Approved, Self::Sent],
            verb: EscalationVerb::AllowOwnUnit,
            to: None,
            roles: &[Role::Leader],
        },
    ];

    const JUDGING: &'static [EscalationVerb] = &[
        EscalationVerb::Approve,
        EscalationVerb::Reject,
        EscalationVerb::Send,
        EscalationVerb::Withdraw,
        EscalationVerb::Conclude,
    ];

    const BY_PERSON: &'static [EscalationVerb] =
        &[EscalationVerb::Approve, EscalationVerb::Reject, EscalationVerb::Send, EscalationVerb::Conclude];

    const LIFTING: Option<EscalationVerb> = Some(EscalationVerb::AllowOwnUnit);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::machine::checks;

    #[test]
    fn the_machine_is_sound() {
        checks::assert_sound::<EscalationStatus>();
    }
}
