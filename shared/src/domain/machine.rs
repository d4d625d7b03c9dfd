//! State machines as tables: the only place that decides which verb leads where, and for whom.

use super::actor::{Actor, Role};
use super::campaign::Campaign;
use super::id::Id;
use super::refusal::Refusal;
use super::text::TextEnum;
use super::version::Expected;

/// One row of a machine: from these states this verb leads to that state, for these roles.
#[derive(Debug)]
pub struct Transition<S: 'static, V> {
    /// The states in which the verb is possible.
    pub from: &'static [S],
    /// The verb, spelt as in the path.
    pub verb: V,
    /// The state afterwards; `None` where it stays.
    pub to: Option<S>,
    /// Who may.
    pub roles: &'static [Role],
}

/// The states of a record, with its table of transitions.
pub trait Machine: TextEnum {
    /// The verbs of `POST …/{id}/<verb>`.
    type Verb: TextEnum;

    /// The whole machine.
    const TABLE: &'static [Transition<Self, Self::Verb>];

    /// The verbs by which the unit's work is judged: nobody does so for their own unit (回避).
    const JUDGING: &'static [Self::Verb] = &[];

    /// The verb by which the leading group's head lets those of the unit judge this record all the same.
    const LIFTING: Option<Self::Verb> = None;

    /// The verbs that whoever submitted the record never does.
    const NOT_BY_SUBMITTER: &'static [Self::Verb] = &[];

    /// The verbs that of all inspectors only those of the visit have.
    const OF_THE_VISIT: &'static [Self::Verb] = &[];

    /// The verbs that need a person: no service account signs, seals, acknowledges, decides, endorses or closes.
    const BY_PERSON: &'static [Self::Verb] = &[];

    /// Refuses a caller with none of the verb's roles, and a service account where the verb needs a person or the
    /// account only reads (403, before any look at the version).
    fn permit(actor: &Actor, verb: Self::Verb) -> Result<(), Refusal> {
        if !Self::TABLE.iter().any(|row| row.verb == verb && actor.has_any(row.roles)) {
            return Err(Refusal::RoleMissing);
        }
        if Self::BY_PERSON.contains(&verb) {
            actor.require_person()?;
        }
        actor.may_write()
    }

    /// The state after the verb, `None` where it is not possible now for this caller.
    fn after(self, actor: &Actor, verb: Self::Verb) -> Option<Self> {
        Self::permit(actor, verb).ok()?;
        Self::TABLE
            .iter()
            .find(|row| row.verb == verb && row.from.contains(&self) && actor.has_any(row.roles))
            .map(|row| row.to.unwrap_or(self))
    }

    /// The verbs that state and role allow, in the order of the table.
    fn verbs(self, actor: &Actor) -> Vec<Self::Verb> {
        let mut verbs = Vec::new();
        for row in Self::TABLE {
            let may = actor.has_any(row.roles) && Self::permit(actor, row.verb).is_ok();
            if row.from.contains(&self) && may && !verbs.contains(&row.verb) {
                verbs.push(row.verb);
            }
        }
        verbs
    }

    /// The refusal of a verb that is not possible now.
    fn refusal(self, verb: Self::Verb, allowed: &[Self::Verb]) -> Refusal {
        let allowed = allowed.iter().map(|verb| verb.as_str()).collect();
        Refusal::InvalidTransition { status: self.as_str(), verb: verb.as_str(), allowed }
    }
}

/// The state after a verb on a record of this state and version, or the first refusal in the order of
/// the contract: role (403), version (428, 412), state (409).
pub fn admit<S: Machine>(
    actor: &Actor,
    status: S,
    verb: S::Verb,
    expected: Expected,
    version: i64,
) -> Result<S, Refusal> {
    S::permit(actor, verb)?;
    expected.check(version)?;
    status.after(actor, verb).ok_or_else(|| status.refusal(verb, &status.verbs(actor)))
}

/// One record of a unit as a verb meets it: everything that 403 and 409 depend on.
#[derive(Clone, Debug)]
pub struct Subject<S: Machine> {
    /// The record's state.
    pub status: S,
    /// The unit whose record it is.
    pub unit_id: Id,
    /// The account that submitted it, where it is submitted.
    pub submitted_by: Option<Id>,
    /// Whether the caller is an inspector of the visit that it belongs to.
    pub of_the_visit: bool,
    /// Whether its campaign is closed and takes no changes.
    pub campaign_closed: bool,
    /// The account of the leading group's head.
    pub head_id: Option<Id>,
    /// Whether the head let those of the unit judge it.
    pub own_unit_allowed: bool,
    /// Of the verbs' roles in the table, the one that alone may on this record.
    pub reserved: Option<(S::Verb, Role)>,
    /// The verbs that something else of the record than its state rules out now (409).
    pub ruled_out: Vec<S::Verb>,
}

impl<S: Machine> Subject<S> {
    /// A record that nobody has submitted and of which only the state counts.
    pub fn of(status: S, unit_id: Id, campaign: &Campaign) -> Self {
        Self {
            status,
            unit_id,
            submitted_by: None,
            of_the_visit: false,
            campaign_closed: campaign.is_closed(),
            head_id: campaign.head_id,
            own_unit_allowed: false,
            reserved: None,
            ruled_out: Vec::new(),
        }
    }

    /// The caller as the record meets them for this verb: who is liaison of another unit, or inspector of
    /// another visit, is none here.
    fn seen(&self, actor: &Actor, verb: S::Verb) -> Actor {
        let mut actor = actor.towards(self.unit_id);
        if S::OF_THE_VISIT.contains(&verb) && !self.of_the_visit {
            actor.grants.retain(|grant| grant.role != Role::Inspector);
        }
        actor
    }

    /// Refuses what this caller may never do here (403, before any look at the version): a role
    /// that is missing for this unit, a judgement of the own unit, a decision on the own submission, what is
    /// the head's alone.
    pub fn permit(&self, actor: &Actor, verb: S::Verb) -> Result<(), Refusal> {
        S::permit(&self.seen(actor, verb), verb)?;
        if self.reserved.is_some_and(|(of, role)| of == verb && !actor.has(role)) {
            return Err(Refusal::RoleMissing);
        }
        if S::LIFTING == Some(verb) && (self.head_id.is_none() || self.head_id != actor.account_id) {
            return Err(Refusal::HeadRequired);
        }
        let own_unit = actor.belongs_to(self.unit_id) && !self.own_unit_allowed;
        if S::JUDGING.contains(&verb) && own_unit {
            return Err(Refusal::OwnUnit);
        }
        let own = self.submitted_by.is_some() && self.submitted_by == actor.account_id;
        if S::NOT_BY_SUBMITTER.contains(&verb) && own { Err(Refusal::OwnSubmission) } else { Ok(()) }
    }

    /// Whether something else than the state makes the verb impossible now: what is lifted is lifted once.
    fn rules_out(&self, verb: S::Verb) -> bool {
        self.ruled_out.contains(&verb) || (self.own_unit_allowed && S::LIFTING == Some(verb))
    }

    /// Refuses any change while the campaign is closed (409).
    pub fn writable(&self) -> Result<(), Refusal> {
        if self.campaign_closed { Err(Refusal::CampaignClosed) } else { Ok(()) }
    }

    /// The state after the verb, or why it is not possible now (409).
    pub fn step(&self, actor: &Actor, verb: S::Verb) -> Result<S, Refusal> {
        self.writable()?;
        let next = self.status.after(&self.seen(actor, verb), verb);
        let next = next.filter(|_| !self.rules_out(verb));
        next.ok_or_else(|| self.status.refusal(verb, &self.allowed_actions(actor)))
    }

    /// The verbs that neither [`permit`](Self::permit) nor [`step`](Self::step) refuses this caller.
    pub fn allowed_actions(&self, actor: &Actor) -> Vec<S::Verb> {
        if self.campaign_closed {
            return Vec::new();
        }
        let mut verbs = self.status.verbs(&actor.towards(self.unit_id));
        let leads = |verb| self.status.after(&self.seen(actor, verb), verb).is_some();
        let possible = |verb| !self.rules_out(verb) && leads(verb);
        verbs.retain(|verb| possible(*verb) && self.permit(actor, *verb).is_ok());
        verbs
    }
}

#[cfg(test)]
pub(crate) mod checks {
    //! What every machine must hold, whatever its table says.

    use std::fmt::Debug;

    use super::super::actor::Grant;
    use super::super::text::TextEnum;
    use super::*;

    /// An account with these roles, each for the unit where one is given.
    pub(crate) fn actor(roles: &[Role], unit_id: Option<Id>) -> Actor {
        let grants = roles.iter().map(|&role| Grant { role, unit_id }).collect();
        Actor::person(Id::new(), "张三".to_owned(), grants)
    }

    /// A record of an open campaign of which only the state counts.
    pub(crate) fn subject<S: Machine>(status: S, unit_id: Id) -> Subject<S> {
        Subject {
            status,
            unit_id,
            submitted_by: None,
            of_the_visit: false,
            campaign_closed: false,
            head_id: None,
            own_unit_allowed: false,
            reserved: None,
            ruled_out: Vec::new(),
        }
    }

    /// Every set of roles, the empty one included.
    pub(crate) fn actors() -> impl Iterator<Item = Actor> {
        (0..1_u32 << Role::ALL.len()).map(|set| {
            let held = Role::ALL.iter().enumerate().filter(|(bit, _)| set & (1 << bit) != 0);
            actor(&held.map(|(_, role)| *role).collect::<Vec<_>>(), None)
        })
    }

    /// For every state, verb and set of roles: the verb is listed exactly where it is permitted and
    /// leads somewhere, and no second row leads elsewhere; every verb is possible for somebody.
    pub(crate) fn assert_sound<M: Machine + Debug>()
    where
        M::Verb: Debug,
    {
        for verb in M::Verb::ALL {
            assert!(M::TABLE.iter().any(|row| row.verb == *verb), "{verb:?} is in no row");
            for status in M::ALL {
                let rows = M::TABLE.iter().filter(|row| row.verb == *verb && row.from.contains(status));
                assert!(rows.count() <= 1, "{verb:?} from {status:?} is in two rows");
            }
        }
        for actor in actors() {
            for &status in M::ALL {
                let listed = status.verbs(&actor);
                for &verb in M::Verb::ALL {
                    let possible = M::permit(&actor, verb).is_ok() && status.after(&actor, verb).is_some();
                    assert_eq!(listed.contains(&verb), possible, "{status:?} {verb:?} {:?}", actor.grants);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::actor::Service;
    use super::super::self_check::{SelfCheckStatus, SelfCheckVerb};
    use super::super::text::TextEnum;
    use super::checks::{self, actor};
    use super::*;

    fn submitted(unit_id: Id) -> Subject<SelfCheckStatus> {
        checks::subject(SelfCheckStatus::Submitted, unit_id)
    }

    #[test]
    fn a_liaison_of_another_unit_has_no_role_here_even_where_the_record_is_visible() {
        let (own, foreign) = (Id::new(), Id::new());
        let mut caller = actor(&[Role::Liaison], Some(foreign));
        caller.grants.extend(actor(&[Role::Inspector], None).grants);
        let subject = submitted(own);
        assert_eq!(subject.permit(&caller, SelfCheckVerb::Withdraw), Err(Refusal::RoleMissing));
        assert!(subject.allowed_actions(&caller).is_empty());
        assert_eq!(submitted(foreign).allowed_actions(&caller), [SelfCheckVerb::Withdraw]);
    }

    #[test]
    fn nobody_judges_their_own_unit() {
        let unit = Id::new();
        let caller = actor(&[Role::Coordinator], Some(unit));
        assert_eq!(submitted(unit).permit(&caller, SelfCheckVerb::Accept), Err(Refusal::OwnUnit));
        assert_eq!(submitted(Id::new()).permit(&caller, SelfCheckVerb::Accept), Ok(()));
    }

    #[test]
    fn a_program_closes_nothing_and_one_that_only_reads_does_nothing() {
        use super::super::rectification::{RectificationStatus, RectificationVerb};
        let mut program = actor(&[Role::Coordinator], None);
        program.service = Some(Service { read_only: false, unit_ids: None });
        let subject = checks::subject(RectificationStatus::Submitted, Id::new());
        let refused = subject.permit(&program, RectificationVerb::Close);
        assert_eq!(refused, Err(Refusal::PersonRequired));
        let allowed = subject.allowed_actions(&program);
        assert!(!allowed.contains(&RectificationVerb::Close) && allowed.contains(&RectificationVerb::Return));
        program.service = Some(Service { read_only: true, unit_ids: None });
        assert!(subject.allowed_actions(&program).is_empty());
        assert_eq!(subject.permit(&program, RectificationVerb::Return), Err(Refusal::ReadOnly));
    }

    #[test]
    fn only_the_head_lets_those_of_the_unit_judge_and_only_once() {
        let unit = Id::new();
        let (office, head) = (actor(&[Role::Coordinator], Some(unit)), actor(&[Role::Leader], None));
        let verb = SelfCheckVerb::AllowOwnUnit;
        let subject = Subject { head_id: head.account_id, ..submitted(unit) };
        assert_eq!(subject.permit(&actor(&[Role::Leader], None), verb), Err(Refusal::HeadRequired));
        assert_eq!(submitted(unit).permit(&head, verb), Err(Refusal::HeadRequired), "nobody is the head");
        assert_eq!(subject.permit(&office, verb), Err(Refusal::RoleMissing));
        assert_eq!(subject.allowed_actions(&head), [verb]);
        let lifted = Subject { own_unit_allowed: true, ..subject };
        assert_eq!(lifted.allowed_actions(&head), []);
        assert!(lifted.step(&head, verb).is_err());
        assert_eq!(lifted.permit(&office, SelfCheckVerb::Accept), Ok(()));
    }

    #[test]
    fn a_closed_campaign_allows_nothing() {
        let subject = Subject { campaign_closed: true, ..submitted(Id::new()) };
        let caller = actor(Role::ALL, None);
        assert!(subject.allowed_actions(&caller).is_empty());
        assert_eq!(subject.step(&caller, SelfCheckVerb::Accept), Err(Refusal::CampaignClosed));
    }

    #[test]
    fn what_the_record_rules_out_or_reserves_is_neither_possible_nor_listed() {
        let subject = Subject {
            ruled_out: vec![SelfCheckVerb::Accept],
            reserved: Some((SelfCheckVerb::Return, Role::Leader)),
            ..submitted(Id::new())
        };
        let caller = actor(&[Role::Coordinator], None);
        assert_eq!(subject.allowed_actions(&caller), [SelfCheckVerb::Excuse]);
        assert_eq!(subject.permit(&caller, SelfCheckVerb::Accept), Ok(()));
        let allowed = vec!["excuse"];
        let refusal = Refusal::InvalidTransition { status: "submitted", verb: "accept", allowed };
        assert_eq!(subject.step(&caller, SelfCheckVerb::Accept), Err(refusal));
        assert_eq!(subject.permit(&caller, SelfCheckVerb::Return), Err(Refusal::RoleMissing));
    }

    #[test]
    fn a_refused_transition_names_state_verb_and_what_is_allowed() {
        let caller = actor(&[Role::Coordinator], None);
        let refusal = submitted(Id::new()).step(&caller, SelfCheckVerb::Submit);
        let allowed = vec!["return", "accept", "excuse"];
        assert_eq!(refusal, Err(Refusal::InvalidTransition { status: "submitted", verb: "submit", allowed }));
    }
}
