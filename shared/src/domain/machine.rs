//! State machines as tables: the only place that decides which verb leads where, and for whom.

use super::actor::{Actor, Role};
use super::refusal::Refusal;
use super::text::TextEnum;

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

    /// Refuses a caller with none of the verb's roles (403, before any look at the version).
    fn permit(actor: &Actor, verb: Self::Verb) -> Result<(), Refusal> {
        let may = Self::TABLE.iter().any(|row| row.verb == verb && actor.has_any(row.roles));
        if may { Ok(()) } else { Err(Refusal::RoleMissing) }
    }

    /// The state after the verb, `None` where it is not possible now for this caller.
    fn after(self, actor: &Actor, verb: Self::Verb) -> Option<Self> {
        Self::TABLE
            .iter()
            .find(|row| row.verb == verb && row.from.contains(&self) && actor.has_any(row.roles))
            .map(|row| row.to.unwrap_or(self))
    }

    /// The verbs that state and role allow, in the order of the table.
    fn verbs(self, actor: &Actor) -> Vec<Self::Verb> {
        let mut verbs = Vec::new();
        for row in Self::TABLE {
            if row.from.contains(&self) && actor.has_any(row.roles) && !verbs.contains(&row.verb) {
                verbs.push(row.verb);
            }
        }
        verbs
    }
}
