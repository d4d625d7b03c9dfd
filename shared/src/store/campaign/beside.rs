//! Campaigns beside the records that belong to them.

use std::collections::{BTreeMap, HashMap};

use diesel::prelude::*;

use super::{Campaign, Id, Row, all_with_phases};
use crate::domain::date::Date;
use crate::domain::instant::Instant;
use crate::domain::refusal::Refusal;
use crate::domain::time_zone::TimeZone;
use crate::store::schema::campaigns;
use crate::store::{DbConnection, StoreResult};

/// Each record with its campaign, whoever asks: the records were in the caller's scope.
pub(in crate::store) fn beside<T>(
    conn: &mut DbConnection,
    records: Vec<T>,
    campaign_of: impl Fn(&T) -> Id,
) -> StoreResult<Vec<(Campaign, T)>> {
    let mut ids: Vec<Id> = records.iter().map(&campaign_of).collect();
    ids.sort_unstable();
    ids.dedup();
    let rows: Vec<Row> =
        campaigns::table.filter(campaigns::id.eq_any(&ids)).select(Row::as_select()).load(conn)?;
    let all = all_with_phases(conn, rows)?;
    let all: HashMap<Id, Campaign> = all.into_iter().map(|campaign| (campaign.id, campaign)).collect();
    records
        .into_iter()
        .map(|record| {
            let campaign = all.get(&campaign_of(&record)).cloned().ok_or(Refusal::NotFound)?;
            Ok((campaign, record))
        })
        .collect()
}

/// The campaigns by the civil date that they have now, each in its own time zone.
pub(in crate::store) fn by_today(
    conn: &mut DbConnection,
    now: Instant,
) -> StoreResult<BTreeMap<Date, Vec<Id>>> {
    let zones: Vec<(Id, TimeZone)> =
        campaigns::table.select((campaigns::id, campaigns::time_zone)).load(conn)?;
    let mut dates: BTreeMap<Date, Vec<Id>> = BTreeMap::new();
    for (id, zone) in zones {
        dates.entry(now.date_in(zone.0)).or_default().push(id);
    }
    Ok(dates)
}
