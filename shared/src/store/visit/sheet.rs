//! What a visit looks at: what the unit says of itself, and what was found there before.

use diesel::prelude::*;

use crate::domain::answer::{Answer, MaterialState};
use crate::domain::campaign::{CampaignFocusItem, CampaignMaterial};
use crate::domain::finding::{FindingStatus, Severity};
use crate::domain::focus_item::FocusItem;
use crate::domain::id::Id;
use crate::domain::self_check::SelfCheckStatus;
use crate::domain::visit::Visit;
use crate::store::campaign::WholeList;
use crate::store::schema::findings;
use crate::store::{Read, StoreResult, self_check};

/// What a visit looks at.
#[derive(Clone, Debug)]
pub struct Sheet {
    /// How far the unit's self-check is.
    pub self_check: SelfCheckStatus,
    pub focus_items: Vec<FocusEntry>,
    pub materials: Vec<MaterialEntry>,
}

/// A focus item of the campaign.
#[derive(Clone, Debug)]
pub struct FocusEntry {
    pub item: FocusItem,
    pub title: String,
    /// What the unit answered.
    pub answer: Option<Answer>,
    /// What was found there and is not put right, in whichever campaign.
    pub findings: Vec<OpenFinding>,
}

/// A finding that is not put right.
#[derive(Clone, Debug, Queryable)]
pub struct OpenFinding {
    pub id: Id,
    pub campaign_id: Id,
    pub status: FindingStatus,
    pub severity: Severity,
    pub description: String,
    pub focus_item: FocusItem,
}

/// A material that the campaign asks for.
#[derive(Clone, Debug)]
pub struct MaterialEntry {
    pub key: String,
    pub title: String,
    /// What the unit answered.
    pub state: Option<MaterialState>,
}

/// What a visit looks at, whoever asks: the visit was in the caller's scope.
pub fn sheet(read: &mut Read<'_>, visit: &Visit) -> StoreResult<Sheet> {
    let (campaign_id, unit_id) = (visit.content.campaign_id, visit.content.unit_id);
    let check = self_check::of_unit(read.conn, campaign_id, unit_id)?;
    let (status, answers) = check.map(|check| (check.status, check.answers)).unzip();
    let answers = answers.unwrap_or_default();
    let mut open: Vec<OpenFinding> = findings::table
        .filter(findings::unit_id.eq(unit_id))
        .filter(findings::status.eq_any([FindingStatus::Open, FindingStatus::Rectifying]))
        .order(findings::id)
        .select((
            findings::id,
            findings::campaign_id,
            findings::status,
            findings::severity,
            findings::description,
            findings::focus_item,
        ))
        .load(read.conn)?;
    let focus_items = CampaignFocusItem::of(read.conn, campaign_id)?
        .into_iter()
        .map(|entry| FocusEntry {
            item: entry.item,
            title: entry.title,
            answer: answers.answers.get(&entry.item).cloned(),
            findings: open.extract_if(.., |finding| finding.focus_item == entry.item).collect(),
        })
        .collect();
    let materials = CampaignMaterial::of(read.conn, campaign_id)?
        .into_iter()
        .map(|entry| MaterialEntry {
            state: answers.materials.get(&entry.key).map(|answer| answer.state),
            key: entry.key,
            title: entry.title,
        })
        .collect();
    Ok(Sheet { self_check: status.unwrap_or(SelfCheckStatus::NotStarted), focus_items, materials })
}
