//! Who is told that a sealed form is void: the unit, and the inspectors who signed it.

use super::{FormRecord, Paper, mark};
use crate::domain::notice_content::Matter;
use crate::store::notice::{Announcement, announce_to};
use crate::store::{StoreResult, Write};

/// A sealed form is void.
pub(super) fn voided<P: Paper>(tx: &mut Write<'_>, record: &FormRecord<P>, reason: &str) -> StoreResult<()> {
    let Some(seal) = &record.seal else { return Ok(()) };
    let matter = Matter::RecordVoided {
        form: record.form.kind,
        sealed_on: record.campaign.today(seal.sealed_at),
        reason: reason.to_owned(),
    };
    let audiences = matter.kind().told_to();
    let event = Announcement {
        campaign: &record.campaign,
        unit_id: record.form.unit_id,
        record: (P::PATH, record.form.id),
        matter,
    };
    announce_to(tx, &event, audiences, &mark::team_accounts(&record.marks))
}
