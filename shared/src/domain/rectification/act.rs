//! What follows from a verb: pure, so that each rule can be read and tested without a database.

use super::Rectification;
use crate::domain::actor::Actor;
use crate::domain::date::Date;
use crate::domain::finding::Finding;
use crate::domain::instant::Instant;
use crate::domain::notice_content::{Matter, OrderRef};
use crate::domain::refusal::Refusal;

/// What a caller says with a verb.
pub trait Act {
    /// What follows from it for an order that the machine has led to its next state.
    ///
    /// # Errors
    /// All broken rules at once (422).
    fn act(self, order: Rectification, scene: &Scene<'_>) -> Result<Done, Refusal>;
}

/// Who acts, when, and on which problem.
#[derive(Clone, Copy, Debug)]
pub struct Scene<'a> {
    /// The problem that the order is for.
    pub finding: &'a Finding,
    pub actor: &'a Actor,
    pub now: Instant,
    /// The civil date of now in the campaign's time zone.
    pub today: Date,
}

/// What a verb did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Done {
    pub after: Rectification,
    /// What the audit event keeps.
    pub reason: Option<String>,
    /// What the unit is told.
    pub matter: Option<Matter>,
}

impl Done {
    /// A change of which the unit is not told: it did it, or does not see it.
    pub fn quietly(after: Rectification) -> Self {
        Self { after, reason: None, matter: None }
    }

    /// A change of which the unit is told.
    pub fn told(after: Rectification, matter: Matter) -> Self {
        Self { after, reason: None, matter: Some(matter) }
    }

    /// The same with the reason that was asked for.
    pub fn because(self, reason: String) -> Self {
        Self { reason: Some(reason), ..self }
    }
}

impl Scene<'_> {
    /// How a notice names the order.
    pub fn reference(&self, order: &Rectification) -> OrderRef {
        OrderRef {
            number: order.number.clone().unwrap_or_default(),
            focus_item: self.finding.content.focus_item,
            description: self.finding.content.description.clone(),
        }
    }
}
