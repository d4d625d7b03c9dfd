//! The lists that live under a campaign and are written whole, in their order.

use serde::Serialize;
use serde_json::to_value;

use super::Change;
use crate::domain::campaign::{Campaign, CampaignStatus};
use crate::domain::id::Id;
use crate::domain::refusal::Refusal;
use crate::store::{DbConnection, StoreResult, Write};

/// An entry of a list that lives under a campaign and is written whole, in its order.
pub trait WholeList: Serialize + Sized {
    /// What writing it is called in refusals and audit events.
    const CHANGE: &'static str;

    /// The states of the campaign in which it is written.
    const STATES: &'static [CampaignStatus];

    /// Checks what needs no database.
    ///
    /// # Errors
    /// All broken rules at once.
    fn check(entries: &[Self]) -> Result<(), Refusal>;

    /// The entries of a campaign, in their order.
    fn of(conn: &mut DbConnection, campaign_id: Id) -> StoreResult<Vec<Self>>;

    /// Gives a campaign these entries and no others.
    ///
    /// # Errors
    /// What the entries refer to and cannot.
    fn replace(tx: &mut Write<'_>, campaign_id: Id, entries: &[Self]) -> StoreResult<()>;
}

/// Gives a campaign these entries and no others, and answers its new version.
///
/// # Errors
/// What the entries refer to and cannot.
pub fn put_whole<T: WholeList>(tx: &mut Write<'_>, campaign: &Campaign, entries: &[T]) -> StoreResult<i64> {
    let before = T::of(tx.conn, campaign.id)?;
    T::replace(tx, campaign.id, entries)?;
    let change =
        Change { before: Some(to_value(before)?), after: Some(to_value(entries)?), ..Change::default() };
    Ok(super::child_written(tx, campaign, T::CHANGE, change)?.version)
}
