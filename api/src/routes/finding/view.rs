//! A finding as the api shows it.

use serde::Serialize;
use shared::domain::actor::Actor;
use shared::domain::campaign::Campaign;
use shared::domain::finding::{Finding, FindingSource, FindingStatus, FindingVerb, Misreporting, Severity};
use shared::domain::focus_item::FocusItem;
use shared::domain::id::Id;
use shared::domain::instant::Instant;
use utoipa::ToSchema;

use crate::answer::Representation;

/// A problem that was found.
#[derive(Serialize, ToSchema)]
#[schema(as = Finding)]
pub struct FindingView {
    id: Id,
    /// Rises with each change; also the ETag.
    #[schema(example = 1)]
    version: i64,
    /// The campaign in which it was found.
    campaign_id: Id,
    /// The unit concerned.
    unit_id: Id,
    /// The unit whose it was before that unit went into another.
    #[serde(skip_serializing_if = "Option::is_none")]
    former_unit_id: Option<Id>,
    /// The focus item that it falls under.
    focus_item: FocusItem,
    /// Where it comes from.
    source: FindingSource,
    /// How grave it is.
    severity: Severity,
    /// The problem.
    #[schema(example = "租用某公司办公用房300平方米，未履行审批手续。")]
    description: String,
    /// How it is to be handled.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "限期补办审批手续或者腾退。")]
    handling_opinion: Option<String>,
    /// Whether the unit misreported, as a person judged.
    misreporting: Misreporting,
    /// Whether the misreporting is serious.
    misreporting_serious: bool,
    /// The leader office that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    leader_office_id: Option<Id>,
    /// Its state; it follows its order.
    status: FindingStatus,
    /// The self-check whose answer it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    self_check_id: Option<Id>,
    /// The inspection record on which it rests.
    #[serde(skip_serializing_if = "Option::is_none")]
    inspection_id: Option<Id>,
    /// The item of that record.
    #[serde(skip_serializing_if = "Option::is_none")]
    inspection_item_id: Option<Id>,
    /// When it was confirmed.
    #[serde(skip_serializing_if = "Option::is_none")]
    confirmed_at: Option<Instant>,
    /// The finding that it was merged into.
    #[serde(skip_serializing_if = "Option::is_none")]
    merged_into: Option<Id>,
    /// Why it was merged or made void.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "与前一问题重复。")]
    dismissal_reason: Option<String>,
    /// What the verifier wrote, where it is closed without an order.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "经现场核查，自查期间已腾退，同意销号。")]
    close_opinion: Option<String>,
    /// When it was closed without an order.
    #[serde(skip_serializing_if = "Option::is_none")]
    closed_at: Option<Instant>,
    /// What was shown when it was last closed without an order.
    attachment_ids: Vec<Id>,
    /// Whether the head of the leading group let those of the unit judge it.
    own_unit_allowed: bool,
    created_at: Instant,
    /// What the caller may do with it now.
    allowed_actions: Vec<FindingVerb>,
}

impl FindingView {
    pub fn of(finding: Finding, campaign: &Campaign, actor: &Actor, of_the_visit: bool) -> Self {
        let allowed_actions = finding.subject(campaign, of_the_visit).allowed_actions(actor);
        let content = finding.content;
        Self {
            id: finding.id,
            version: finding.version,
            campaign_id: content.campaign_id,
            unit_id: content.unit_id,
            former_unit_id: finding.former_unit_id,
            focus_item: content.focus_item,
            source: content.source,
            severity: content.severity,
            description: content.description,
            handling_opinion: content.handling_opinion,
            misreporting: content.misreporting,
            misreporting_serious: content.misreporting_serious,
            leader_office_id: content.leader_office_id,
            status: finding.status,
            self_check_id: finding.self_check_id,
            inspection_id: content.inspection_id,
            inspection_item_id: content.inspection_item_id,
            confirmed_at: finding.confirmed_at,
            merged_into: finding.merged_into,
            dismissal_reason: finding.dismissal_reason,
            close_opinion: finding.close_opinion,
            closed_at: finding.closed_at,
            attachment_ids: finding.attachment_ids,
            own_unit_allowed: finding.own_unit_allowed,
            created_at: finding.created_at,
            allowed_actions,
        }
    }
}

impl Representation for FindingView {
    const PATH: &'static str = "/v1/findings";

    fn id(&self) -> Id {
        self.id
    }

    fn version(&self) -> i64 {
        self.version
    }
}
