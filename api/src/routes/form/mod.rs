//! What every kind of signed form can do. The operations themselves, with their paths, are each kind's own.

mod begin;
mod read;
mod supplement;
mod verb;
mod view;

use shared::domain::actor::Actor;
use shared::domain::form::{FormStatus, FormVerb};
use shared::domain::id::Id;
use shared::store::form::{self, FormRecord, Paper};
use shared::store::{StoreResult, Write};

use crate::answer::Representation;
use crate::extract::if_match::IfMatch;

pub use begin::{check_begins, visit_of_writer};
pub use read::{FormQuery, get_form, list_forms};
pub use supplement::{
    NewFormSupplement, SupplementView, create_supplement, get_supplement, list_supplements, sign_supplement,
};
pub use verb::{refuse_to_sign, request_signatures, seal, sign, verification, void};
pub use view::{SealView, VerificationView};

/// A kind of form as its operations show it.
pub trait Shown: Paper + Send + 'static {
    type View: Representation;

    /// The form as this caller sees it.
    fn view(record: FormRecord<Self>, actor: &Actor) -> Self::View;
}

/// A form on which the verb is possible now, and the state to which it leads.
fn admit<P: Shown>(
    tx: &mut Write<'_>,
    id: Id,
    if_match: IfMatch,
    verb: FormVerb,
) -> StoreResult<(FormRecord<P>, FormStatus)> {
    let record: FormRecord<P> = form::lock(tx, id)?;
    let subject = record.subject();
    subject.permit(tx.actor, verb)?;
    if_match.0.check(record.form.version)?;
    let status = subject.step(tx.actor, verb)?;
    Ok((record, status))
}
