//! The states of a campaign, and who may lead it from one into the other.

use crate::domain::actor::{Actor, Role};
use crate::domain::machine::{Machine, Transition};
use crate::domain::refusal::Refusal;
use crate::text_enum;

text_enum! {
    /// The state of a campaign.
    pub enum CampaignStatus {
        /// Being prepared (起草); all of it can change.
        Draft = "draft",
        /// Under way (进行中).
        Open = "open",
        /// Ended (已结束): takes no change but `reopen`, reports and acknowledgements.
        Closed = "closed",
    }
}

text_enum! {
    /// What can be done with a campaign.
    pub enum CampaignVerb {
        /// Starts it: a self-check for each unit, and the opening notices (启动).
        Open = "open",
        /// Ends it (结束).
        Close = "close",
        /// Takes it up again, with a reason (重新启动).
        Reopen = "reopen",
    }
}

impl Machine for CampaignStatus {
    type Verb = CampaignVerb;

    const BY_PERSON: &'static [CampaignVerb] = &[CampaignVerb::Close];

    const TABLE: &'static [Transition<Self, CampaignVerb>] = &[
        Transition {
            from: &[Self::Draft],
            verb: CampaignVerb::Open,
            to: Some(Self::Open),
            roles: &[Role::Coordinator],
        },
        Transition {
            from: &[Self::Open],
            verb: CampaignVerb::Close,
            to: Some(Self::Closed),
            roles: &[Role::Coordinator, Role::Leader],
        },
        Transition {
            from: &[Self::Closed],
            verb: CampaignVerb::Reopen,
            to: Some(Self::Open),
            roles: &[Role::Coordinator],
        },
    ];
}

impl CampaignStatus {
    /// The verbs that 403 and 409 would not refuse this caller. `unsettled`: a rectification of the
    /// campaign is neither closed, deferred, withdrawn nor drafted; closing is then a leader's decision.
    pub fn allowed_actions(self, actor: &Actor, unsettled: bool) -> Vec<CampaignVerb> {
        let mut verbs = self.verbs(actor);
        if unsettled && !actor.has(Role::Leader) {
            verbs.retain(|verb| *verb != CampaignVerb::Close);
        }
        verbs
    }

    /// The state after the verb, or why it is not possible now (409).
    pub fn step(self, actor: &Actor, verb: CampaignVerb, unsettled: bool) -> Result<Self, Refusal> {
        let allowed = self.allowed_actions(actor, unsettled);
        let next = self.after(actor, verb).filter(|_| allowed.contains(&verb));
        next.ok_or_else(|| self.refusal(verb, &allowed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::machine::checks::{self, actor};

    #[test]
    fn the_machine_is_sound() {
        checks::assert_sound::<CampaignStatus>();
    }

    #[test]
    fn with_an_unsettled_rectification_only_a_leader_closes() {
        let (coordinator, leader) = (actor(&[Role::Coordinator], None), actor(&[Role::Leader], None));
        let open = CampaignStatus::Open;
        assert_eq!(open.step(&coordinator, CampaignVerb::Close, false), Ok(CampaignStatus::Closed));
        assert!(open.allowed_actions(&coordinator, true).is_empty());
        let refused = Refusal::InvalidTransition { status: "open", verb: "close", allowed: vec![] };
        assert_eq!(open.step(&coordinator, CampaignVerb::Close, true), Err(refused));
        assert_eq!(open.step(&leader, CampaignVerb::Close, true), Ok(CampaignStatus::Closed));
    }

    #[test]
    fn a_campaign_lives_through_its_states() {
        let coordinator = actor(&[Role::Coordinator], None);
        let mut status = CampaignStatus::Draft;
        for verb in [CampaignVerb::Open, CampaignVerb::Close, CampaignVerb::Reopen] {
            status = status.step(&coordinator, verb, false).unwrap();
        }
        assert_eq!(status, CampaignStatus::Open);
    }
}
