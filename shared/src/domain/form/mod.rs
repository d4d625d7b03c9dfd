//! Signed forms: what inspection record (附件2) and leader-office sheet (附件3) have in common. Both belong to
//! one visit, are signed by both sides, and are sealed so that they never change again.

mod machine;
mod mark;
mod seal;
mod supplement;

pub use machine::{FormStatus, FormVerb, WRITERS};
pub use mark::{
    Marks, Medium, RefusalContent, Side, Signature, SignatureContent, SigningRefusal, permit_signature,
};
pub use seal::{Difference, Seal, Stamp, document, first_difference, signed_content};
pub use supplement::{FormSupplement, FormSupplementContent, FormSupplementKind};

use super::actor::{Actor, Role};
use super::campaign::Campaign;
use super::id::Id;
use super::instant::Instant;
use super::machine::Subject;
use super::record::RecordKind;
use super::refusal::Refusal;
use crate::text_enum;

text_enum! {
    /// Which form it is.
    pub enum FormKind {
        /// Annex 2, the inspection record (专项巡检记录表).
        Inspection = "inspection",
        /// Annex 3, the leader-office sheet (领导干部办公用房配备使用情况现场检查记录表).
        LeaderOfficeSheet = "leader_office_sheet",
    }
}

impl FormKind {
    /// The kind of such a record.
    pub fn record_kind(self) -> RecordKind {
        match self {
            Self::Inspection => RecordKind::Inspection,
            Self::LeaderOfficeSheet => RecordKind::LeaderOfficeSheet,
        }
    }
}

/// A form without what is written on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Form {
    pub id: Id,
    pub kind: FormKind,
    pub version: i64,
    pub status: FormStatus,
    /// The visit at which it is filled in.
    pub visit_id: Id,
    pub campaign_id: Id,
    pub unit_id: Id,
    /// The unit's name on the day on which it was begun.
    pub unit_name: String,
    /// When the unit was first asked to sign: before that it does not see the form.
    pub requested_at: Option<Instant>,
    /// Why it is void.
    pub void_reason: Option<String>,
    pub created_by: Option<Id>,
    pub created_at: Instant,
}

impl Form {
    /// Whether the unit sees it: a draft it does not, nor what was void before anybody asked it to sign.
    pub fn is_shown_to_the_unit(&self) -> bool {
        self.status != FormStatus::Draft && self.requested_at.is_some()
    }

    /// The form as a verb of a caller meets it, who is an inspector of its visit or not.
    pub fn subject(&self, campaign: &Campaign, of_the_visit: bool) -> Subject<FormStatus> {
        Subject { of_the_visit, ..Subject::of(self.status, self.unit_id, campaign) }
    }
}

/// Refuses who does not write forms of this visit (403): who is neither one of its inspectors nor a coordinator,
/// and whoever belongs to the unit, since what is written there judges it (回避).
pub fn permit_writing(actor: &Actor, unit_id: Id, of_the_visit: bool) -> Result<(), Refusal> {
    let inspects = of_the_visit && actor.has(Role::Inspector);
    if !inspects && !actor.has(Role::Coordinator) {
        Err(Refusal::RoleMissing)
    } else if actor.belongs_to(unit_id) {
        Err(Refusal::OwnUnit)
    } else {
        actor.may_write()
    }
}
