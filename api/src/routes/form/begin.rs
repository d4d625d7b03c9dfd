//! Beginning a signed form at a visit.

use shared::domain::campaign::Campaign;
use shared::domain::form::permit_writing;
use shared::domain::id::Id;
use shared::domain::refusal::{Code, Refusal};
use shared::domain::text::TextEnum;
use shared::domain::visit::{Visit, VisitStatus};
use shared::store::{StoreError, StoreResult, Write, visit};

/// The visit at which a form is begun, locked, where the caller writes its forms; and its campaign.
pub fn visit_of_writer(tx: &mut Write<'_>, visit_id: Id) -> StoreResult<(Campaign, Visit)> {
    let (campaign, visit) = visit::lock(tx, visit_id).map_err(|error| match error {
        StoreError::Refused(Refusal::NotFound) => Refusal::invalid("/visit_id", Code::NotFound).into(),
        error => error,
    })?;
    permit_writing(tx.actor, visit.content.unit_id, visit.is_of(tx.actor))?;
    Ok((campaign, visit))
}

/// Refuses to begin a form in a closed campaign, and at a visit that was called off (409).
pub fn check_begins(campaign: &Campaign, visit: &Visit) -> Result<(), Refusal> {
    campaign.writable()?;
    if visit.status == VisitStatus::Cancelled {
        let (status, verb) = (visit.status.as_str(), "create");
        return Err(Refusal::InvalidTransition { status, verb, allowed: Vec::new() });
    }
    Ok(())
}
