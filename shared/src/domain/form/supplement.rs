//! What is added to a sealed form: supplements (补充记录), and the unit's objections (异议).

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::{Form, Side, Signature, permit_writing};
use crate::domain::actor::{Actor, Role};
use crate::domain::id::Id;
use crate::domain::instant::Instant;
use crate::domain::refusal::{Refusal, Violations};
use crate::domain::text::TextEnum;
use crate::text_enum;

text_enum! {
    /// What is added.
    pub enum FormSupplementKind {
        /// Something that the record lacks, signed like the record (补充记录).
        Supplement = "supplement",
        /// What the unit sees otherwise, signed by the unit alone (异议).
        Objection = "objection",
    }
}

impl FormSupplementKind {
    /// Who signs it.
    pub fn sides(self) -> &'static [Side] {
        match self {
            Self::Supplement => Side::ALL,
            Self::Objection => &[Side::Unit],
        }
    }

    /// Refuses who does not add such (403): supplements are of those who write forms; objections of the unit's
    /// liaison, or of an inspector of the visit who takes in what the unit says.
    pub fn permit(self, actor: &Actor, unit_id: Id, of_the_visit: bool) -> Result<(), Refusal> {
        match self {
            Self::Supplement => permit_writing(actor, unit_id, of_the_visit),
            Self::Objection => {
                let inspects = of_the_visit && actor.has(Role::Inspector);
                let may = inspects || actor.is_liaison_of(unit_id);
                if may { actor.may_write() } else { Err(Refusal::RoleMissing) }
            }
        }
    }
}

/// What is added to a sealed form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FormSupplementContent {
    /// What it is.
    pub kind: FormSupplementKind,
    /// What it says.
    #[schema(min_length = 1, max_length = 10_000, example = "补充：地下一层另有两间库房，未改变用途。")]
    pub text: String,
}

/// Something added to a sealed form; its words never change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormSupplement {
    pub id: Id,
    /// Counts from 1 within the form.
    pub number: i32,
    pub content: FormSupplementContent,
    pub signatures: Vec<Signature>,
    pub created_by: Option<Id>,
    /// The account's name on that day.
    pub created_by_name: String,
    pub created_at: Instant,
}

impl FormSupplementContent {
    /// Checks all fields.
    ///
    /// # Errors
    /// All broken rules at once.
    pub fn check(&self) -> Result<(), Refusal> {
        let mut violations = Violations::default();
        violations.text("/text", &self.text, 10_000);
        violations.refuse()
    }
}

impl FormSupplement {
    /// What is signed: what it adds, and to which form.
    pub fn signed_content(&self, form: &Form) -> Value {
        json!({
            "form_id": form.id, "number": self.number, "kind": self.content.kind, "text": self.content.text,
        })
    }
}
