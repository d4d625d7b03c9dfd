//! Findings (发现的问题): what is wrong with a unit's office space.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::actor::{Actor, Role};
use super::campaign::Campaign;
use super::focus_item::FocusItem;
use super::id::Id;
use super::instant::Instant;
use super::machine::{Machine, Subject, Transition};
use super::rectification::RectificationStatus;
use super::refusal::{Code, Refusal, Violations};
use crate::text_enum;

text_enum! {
    /// The state of a finding.
    pub enum FindingStatus {
        /// Entered, and not yet confirmed (待确认).
        Draft = "draft",
        /// Confirmed; nothing ordered (待整改).
        Open = "open",
        /// Its order is under way or deferred (整改中).
        Rectifying = "rectifying",
        /// Put right and verified (已整改).
        Closed = "closed",
        /// Went into another finding (合并).
        Merged = "merged",
        /// Entered wrongly (作废).
        Void = "void",
    }
}

text_enum! {
    /// What can be done with a finding.
    pub enum FindingVerb {
        /// Makes a draft count (确认).
        Confirm = "confirm",
    }
}

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
}

/// Who enters, changes and confirms findings; inspectors for the units of their visits.
pub const FINDERS: &[Role] = &[Role::Coordinator, Role::Inspector];

/// Refuses who does not look for findings at a unit (403): who is neither a coordinator nor an inspector of a
/// visit to it. `of_the_visit`: whether the caller is on a visit to the unit in this campaign.
pub fn permit_finding(actor: &Actor, of_the_visit: bool) -> Result<(), Refusal> {
    let inspects = of_the_visit && actor.has(Role::Inspector);
    if inspects || actor.has(Role::Coordinator) { actor.may_write() } else { Err(Refusal::RoleMissing) }
}

impl Finding {
    /// Refuses who may not change or delete it (403): who does not look for findings there, and whoever belongs
    /// to the unit, since to say how grave it is means to judge (回避).
    pub fn permit_change(&self, actor: &Actor, of_the_visit: bool) -> Result<(), Refusal> {
        permit_finding(actor, of_the_visit)?;
        if actor.belongs_to(self.content.unit_id) { Err(Refusal::OwnUnit) } else { Ok(()) }
    }

    /// The finding as a verb of a caller meets it, who is on a visit to the unit or not.
    pub fn subject(&self, campaign: &Campaign, of_the_visit: bool) -> Subject<FindingStatus> {
        Subject { of_the_visit, ..Subject::of(self.status, self.content.unit_id, campaign) }
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

impl Machine for FindingStatus {
    type Verb = FindingVerb;

    const TABLE: &'static [Transition<Self, FindingVerb>] = &[Transition {
        from: &[Self::Draft],
        verb: FindingVerb::Confirm,
        to: Some(Self::Open),
        roles: FINDERS,
    }];

    const JUDGING: &'static [FindingVerb] = &[FindingVerb::Confirm];

    const OF_THE_VISIT: &'static [FindingVerb] = &[FindingVerb::Confirm];
}

impl FindingStatus {
    /// Whether its words may still change.
    pub fn is_editable(self) -> bool {
        matches!(self, Self::Draft | Self::Open)
    }

    /// Whether it counts as a problem in statistics and reports: drafts, merged and void ones do not.
    pub fn is_counted(self) -> bool {
        matches!(self, Self::Open | Self::Rectifying | Self::Closed)
    }

    /// Whether an order may be drafted and issued for it: it is confirmed, and no other order is active.
    pub fn can_be_ordered(self) -> bool {
        self == Self::Open
    }

    /// The finding's state when its order reaches a state. Drafts, merged and void findings stay.
    pub fn following(self, order: RectificationStatus) -> Self {
        match (self, order) {
            (Self::Draft | Self::Merged | Self::Void, _) | (_, RectificationStatus::Drafted) => self,
            (_, RectificationStatus::Closed) => Self::Closed,
            (_, RectificationStatus::Withdrawn) => Self::Open,
            (
                _,
                RectificationStatus::Ordered
                | RectificationStatus::InProgress
                | RectificationStatus::Submitted
                | RectificationStatus::Returned
                | RectificationStatus::Reopened
                | RectificationStatus::Deferred,
            ) => Self::Rectifying,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::machine::checks;
    use super::super::text::TextEnum;
    use super::*;

    #[test]
    fn the_machine_is_sound() {
        checks::assert_sound::<FindingStatus>();
    }

    #[test]
    fn a_finding_follows_its_order() {
        let path = [
            (RectificationStatus::Drafted, FindingStatus::Open),
            (RectificationStatus::Ordered, FindingStatus::Rectifying),
            (RectificationStatus::Submitted, FindingStatus::Rectifying),
            (RectificationStatus::Closed, FindingStatus::Closed),
            (RectificationStatus::Reopened, FindingStatus::Rectifying),
            (RectificationStatus::Deferred, FindingStatus::Rectifying),
            (RectificationStatus::Withdrawn, FindingStatus::Open),
        ];
        let mut finding = FindingStatus::Open;
        for (order, expected) in path {
            finding = finding.following(order);
            assert_eq!(finding, expected, "{order}");
        }
    }

    #[test]
    fn what_is_void_merged_or_unconfirmed_follows_no_order() {
        for status in [FindingStatus::Draft, FindingStatus::Merged, FindingStatus::Void] {
            for &order in RectificationStatus::ALL {
                assert_eq!(status.following(order), status, "{order}");
            }
        }
    }
}
