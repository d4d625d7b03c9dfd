//! Findings (发现的问题): what is wrong with a unit's office space.

mod act;
mod machine;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use act::{Close, Merge};
pub use machine::{FINDERS, FindingStatus, FindingVerb};

use super::actor::{Actor, Role};
use super::campaign::Campaign;
use super::focus_item::FocusItem;
use super::id::Id;
use super::instant::Instant;
use super::machine::Subject;
use super::refusal::{Code, Refusal, Violations};
use crate::text_enum;

text_enum! {
    /// Where a finding comes from.
    pub enum FindingSource {
        /// The unit's own answer (自查发现).
        SelfCheck = "self_check",
        /// A visit (实地巡检发现).
        Inspection = "inspection",
        /// A rule run over the ledger (数据筛查).
        Screening = "screening",
        /// An earlier campaign (以往遗留).
        CarriedOver = "carried_over",
        /// Anything else (其他来源).
        Other = "other",
    }
}

text_enum! {
    /// How grave a finding is; a person's judgement.
    pub enum Severity {
        /// 轻微.
        Minor = "minor",
        /// 一般.
        General = "general",
        /// 严重.
        Serious = "serious",
    }
}

text_enum! {
    /// Whether the unit had reported it rightly; a person's classification of a neutral difference (R32).
    pub enum Misreporting {
        /// 无.
        None = "none",
        /// Left out (漏报).
        Omission = "omission",
        /// Hidden (瞒报).
        Concealment = "concealment",
        /// Forged (弄虚作假).
        Falsification = "falsification",
    }
}

/// What a finding says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FindingContent {
    /// The campaign in which it was found.
    pub campaign_id: Id,
    /// The unit concerned.
    pub unit_id: Id,
    /// The focus item that it falls under.
    pub focus_item: FocusItem,
    /// Where it comes from.
    pub source: FindingSource,
    /// How grave it is.
    pub severity: Severity,
    /// The problem.
    #[schema(min_length = 1, max_length = 10_000, example = "租用某公司办公用房300平方米，未履行审批手续。")]
    pub description: String,
    /// How it is to be handled (处理意见).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 10_000, example = "限期补办审批手续或者腾退。")]
    pub handling_opinion: Option<String>,
    /// Whether the unit misreported, as a person judges.
    #[serde(default = "not_misreported")]
    pub misreporting: Misreporting,
    /// Whether the misreporting is serious (情况严重).
    #[serde(default)]
    pub misreporting_serious: bool,
    /// The leader office that it is about, of the same campaign and unit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub leader_office_id: Option<Id>,
    /// The inspection record on which it rests: one of the same campaign and unit that is not void.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inspection_id: Option<Id>,
    /// The item of that record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inspection_item_id: Option<Id>,
}

fn not_misreported() -> Misreporting {
    Misreporting::None
}

impl FindingContent {
    /// Checks all fields.
    ///
    /// # Errors
    /// All broken rules at once.
    pub fn check(&self) -> Result<(), Refusal> {
        let mut violations = Violations::default();
        violations.text("/description", &self.description, 10_000);
        violations.optional_text("/handling_opinion", self.handling_opinion.as_deref(), 10_000);
        let nothing_serious = self.misreporting == Misreporting::None && self.misreporting_serious;
        violations.require(!nothing_serious, "/misreporting_serious", Code::OutOfRange);
        let of_a_record = self.inspection_item_id.is_none() || self.inspection_id.is_some();
        violations.require(of_a_record, "/inspection_id", Code::Missing);
        violations.refuse()
    }
}

/// A finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    pub id: Id,
    pub version: i64,
    pub status: FindingStatus,
    pub content: FindingContent,
    /// The self-check whose answer it is.
    pub self_check_id: Option<Id>,
    /// The unit whose it was before that unit went into another.
    pub former_unit_id: Option<Id>,
    /// Who entered it; none where it arose from a self-check.
    pub created_by: Option<Id>,
    pub created_at: Instant,
    /// When it was confirmed: from then on its unit sees it, whatever becomes of it.
    pub confirmed_at: Option<Instant>,
    /// The finding that it went into.
    pub merged_into: Option<Id>,
    /// Why it was merged or made void.
    pub dismissal_reason: Option<String>,
    /// What the verifier wrote on closing it without an order, while it is closed so.
    pub close_opinion: Option<String>,
    pub closed_at: Option<Instant>,
    /// What was shown when it was closed without an order last.
    pub attachment_ids: Vec<Id>,
    /// Whether the head of the leading group let those of the unit judge it.
    pub own_unit_allowed: bool,
    /// Whether an order for it is drafted, and not yet issued.
    pub order_drafted: bool,
}

/// Refuses who does not look for findings at a unit (403): who is neither a coordinator nor an inspector of a
/// visit to it. `of_the_visit`: whether the caller is on a visit to the unit in this campaign.
pub fn permit_finding(actor: &Actor, of_the_visit: bool) -> Result<(), Refusal> {
    let inspects = of_the_visit && actor.has(Role::Inspector);
    if inspects || actor.has(Role::Coordinator) { actor.may_write() } else { Err(Refusal::RoleMissing) }
}

impl Finding {
    /// A finding as it is entered.
    pub fn entered(id: Id, status: FindingStatus, content: FindingContent, now: Instant) -> Self {
        Self {
            id,
            version: 1,
            status,
            content,
            self_check_id: None,
            former_unit_id: None,
            created_by: None,
            created_at: now,
            confirmed_at: (status != FindingStatus::Draft).then_some(now),
            merged_into: None,
            dismissal_reason: None,
            close_opinion: None,
            closed_at: None,
            attachment_ids: Vec::new(),
            own_unit_allowed: false,
            order_drafted: false,
        }
    }

    /// Whether it is closed without an order.
    pub fn is_closed_directly(&self) -> bool {
        self.closed_at.is_some()
    }

    /// Refuses who may not change or delete it (403): who does not look for findings, and whoever belongs
    /// to the unit, since to say how grave it is means to judge (回避), unless the head allowed it.
    pub fn permit_change(&self, actor: &Actor, of_the_visit: bool) -> Result<(), Refusal> {
        permit_finding(actor, of_the_visit)?;
        let own_unit = actor.belongs_to(self.content.unit_id) && !self.own_unit_allowed;
        if own_unit { Err(Refusal::OwnUnit) } else { Ok(()) }
    }

    /// The finding as a verb of a caller meets it, who is on a visit to the unit or not: while an order is drafted, what it is for stays; what its order
    /// closed, its order takes up again.
    pub fn subject(&self, campaign: &Campaign, of_the_visit: bool) -> Subject<FindingStatus> {
        let mut ruled_out = Vec::new();
        if self.order_drafted {
            ruled_out.extend([FindingVerb::Merge, FindingVerb::Close]);
        }
        if !self.is_closed_directly() {
            ruled_out.push(FindingVerb::Reopen);
        }
        let own_unit_allowed = self.own_unit_allowed;
        Subject {
            of_the_visit,
            ruled_out,
            own_unit_allowed,
            ..Subject::of(self.status, self.content.unit_id, campaign)
        }
    }

    /// Refuses a change of what is settled: campaign and unit always; once it is confirmed all but how
    /// grave it is, how it is handled and whether the unit misreported.
    ///
    /// # Errors
    /// Each field that is settled and would change.
    pub fn check_frozen(&self, content: &FindingContent) -> Result<(), Refusal> {
        let before = &self.content;
        let draft = self.status == FindingStatus::Draft;
        let kept = [
            ("/campaign_id", before.campaign_id == content.campaign_id),
            ("/unit_id", before.unit_id == content.unit_id),
            ("/focus_item", draft || before.focus_item == content.focus_item),
            ("/source", draft || before.source == content.source),
            ("/description", draft || before.description == content.description),
            ("/leader_office_id", draft || before.leader_office_id == content.leader_office_id),
            ("/inspection_id", draft || before.inspection_id == content.inspection_id),
            ("/inspection_item_id", draft || before.inspection_item_id == content.inspection_item_id),
        ];
        let mut violations = Violations::default();
        for (pointer, kept) in kept {
            violations.require(kept, pointer, Code::Frozen);
        }
        violations.refuse()
    }
}
