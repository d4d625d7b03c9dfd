//! The lists under a campaign that are read and written whole, in their order.

use serde::de::DeserializeOwned;
use shared::domain::id::Id;
use shared::store::campaign::{self, WholeList};

use super::admit;
use crate::answer::{Answer, List as ListBody};
use crate::error::Problem;
use crate::extract::body::Body;
use crate::extract::caller::Caller;
use crate::extract::if_match::IfMatch;

/// Shows the entries, with the campaign's version.
pub async fn show<T: WholeList>(caller: Caller, id: Id) -> Result<Answer, Problem> {
    caller
        .read(move |read| {
            let campaign = campaign::get(read, id)?;
            let entries = T::of(read.conn, campaign.id)?;
            Ok(Answer::json(&ListBody::whole(entries))?.with_version(campaign.version))
        })
        .await
}

/// Gives the campaign the entries of the body and no others.
pub async fn put<B, T>(
    caller: Caller,
    id: Id,
    if_match: IfMatch,
    body: Body,
    entries: fn(B) -> Vec<T>,
) -> Result<Answer, Problem>
where
    B: DeserializeOwned + 'static,
    T: WholeList + 'static,
{
    caller
        .write(move |tx| {
            let before = admit(tx, id, Some(if_match), T::STATES, T::CHANGE)?;
            let entries = entries(body.read()?);
            T::check(&entries)?;
            let version = campaign::put_whole(tx, &before, &entries)?;
            Ok(Answer::json(&ListBody::whole(entries))?.with_version(version))
        })
        .await
}
