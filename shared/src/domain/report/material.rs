//! What a report is compiled from.

use serde::Deserialize;

use super::{CampaignFacts, Edition, Lists, Texts};
use crate::domain::date::Date;
use crate::domain::instant::Instant;

/// What a report is compiled from: the records of a campaign as one transaction read them.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Material {
    /// For whom it is made; the public edition is made from a snapshot and not from the records.
    pub edition: Edition,
    /// When the records were read.
    pub compiled_at: Instant,
    /// The civil date of that instant in the campaign's time zone, on which overdue is judged.
    pub as_of: Date,
    /// What the campaign set out to do.
    pub campaign: CampaignFacts,
    /// The records.
    pub lists: Lists,
    /// What people wrote.
    pub texts: Texts,
}
