//! Lists of self-checks.

use std::collections::BTreeMap;

use diesel::dsl::not;
use diesel::prelude::*;

use super::{Row, visible_to};
use crate::domain::campaign::Campaign;
use crate::domain::id::Id;
use crate::domain::page::{Listed, Page};
use crate::domain::phase::PhaseKind;
use crate::domain::self_check::{SelfCheck, SelfCheckStatus};
use crate::domain::text::TextEnum;
use crate::store::schema::{campaign_phases, self_checks};
use crate::store::{Read, StoreResult, campaign};

/// What lists of self-checks are filtered by.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    pub campaign_ids: Vec<Id>,
    pub unit_ids: Vec<Id>,
    pub statuses: Vec<SelfCheckStatus>,
    /// Only those that are outstanding after their last day, each in its campaign's time zone.
    pub overdue: bool,
}

/// The self-checks in the caller's scope, each with its campaign.
pub fn list(read: &mut Read<'_>, filter: &Filter, page: &Page) -> StoreResult<Listed<(Campaign, SelfCheck)>> {
    let today = if filter.overdue { campaign::by_today(read.conn, read.now)? } else { BTreeMap::new() };
    let query = || {
        let mut query = visible_to(read.actor);
        if !filter.campaign_ids.is_empty() {
            query = query.filter(self_checks::campaign_id.eq_any(filter.campaign_ids.clone()));
        }
        if !filter.unit_ids.is_empty() {
            query = query.filter(self_checks::unit_id.eq_any(filter.unit_ids.clone()));
        }
        if !filter.statuses.is_empty() {
            query = query.filter(self_checks::status.eq_any(filter.statuses.clone()));
        }
        if filter.overdue {
            let outstanding = SelfCheckStatus::ALL.iter().copied().filter(|status| status.is_outstanding());
            query = query.filter(self_checks::status.eq_any(outstanding));
            for (date, campaigns) in &today {
                // In another campaign another day may have begun; each date rules its own campaigns.
                let ended = campaign_phases::table
                    .filter(campaign_phases::kind.eq(PhaseKind::SelfCheck))
                    .filter(campaign_phases::ends_on.lt(*date))
                    .select(campaign_phases::campaign_id);
                let its_own = self_checks::campaign_id.eq_any(campaigns.clone());
                let by_phase = self_checks::due_on.is_null().and(not(self_checks::campaign_id.eq_any(ended)));
                let by_own_date =
                    self_checks::due_on.is_not_null().and(self_checks::due_on.assume_not_null().ge(*date));
                query = query.filter(not(its_own.and(by_phase.or(by_own_date))));
            }
        }
        query
    };
    let total = page.count.then(|| query().count().get_result(read.conn)).transpose()?;
    let mut rows = query().order(self_checks::id).limit(page.rows()).select(Row::as_select());
    if let Some(after) = page.after {
        rows = rows.filter(self_checks::id.gt(after));
    }
    let rows: Vec<Row> = rows.load(read.conn)?;
    let checks = rows.into_iter().map(Row::self_check).collect::<StoreResult<Vec<_>>>()?;
    let checks = campaign::beside(read.conn, checks, |check| check.campaign_id)?;
    Ok(page.cut(checks, |(_, check)| check.id, total))
}
