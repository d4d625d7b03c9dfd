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
use crate::store::list::{any_of, load_page};
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
        any_of!(
            query,
            self_checks::campaign_id => filter.campaign_ids,
            self_checks::unit_id => filter.unit_ids,
            self_checks::status => filter.statuses,
        );
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
    let (rows, total) = load_page!(read.conn, page, query, self_checks::id, Row);
    let checks = rows.into_iter().map(Row::self_check).collect::<StoreResult<Vec<_>>>()?;
    let checks = campaign::beside(read.conn, checks, |check| check.campaign_id)?;
    Ok(page.cut(checks, |(_, check)| check.id, total))
}
