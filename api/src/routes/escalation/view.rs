//! An escalation as the api shows it.

use serde::Serialize;
use shared::domain::actor::Actor;
use shared::domain::campaign::Campaign;
use shared::domain::escalation::{Decision, EscalationKind, EscalationStatus, EscalationVerb};
use shared::domain::id::Id;
use shared::domain::instant::Instant;
use shared::store::escalation::Named;
use utoipa::ToSchema;

use crate::answer::Representation;

/// What the leading group tells those above it of a unit.
#[derive(Serialize, ToSchema)]
#[schema(as = Escalation)]
pub struct EscalationView {
    id: Id,
    /// Rises with each change; also the ETag.
    #[schema(example = 1)]
    version: i64,
    /// The campaign that it belongs to.
    campaign_id: Id,
    /// The unit that it is about.
    unit_id: Id,
    /// The unit's name.
    #[schema(example = "墟沟街道办事处")]
    unit_name: String,
    /// The unit that it was about before that unit went into this one.
    #[serde(skip_serializing_if = "Option::is_none")]
    former_unit_id: Option<Id>,
    /// That unit's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "原墟沟镇人民政府")]
    former_unit_name: Option<String>,
    /// To whom it goes.
    kind: EscalationKind,
    /// The addressee by name.
    #[schema(example = "区纪委监委")]
    addressee: String,
    /// Its state.
    status: EscalationStatus,
    /// What happened.
    #[schema(example = "该单位租用办公用房问题逾期30日未整改，经两次退回仍未提供佐证材料。")]
    facts: String,
    /// The findings that it rests on.
    finding_ids: Vec<Id>,
    /// The orders that it rests on.
    rectification_ids: Vec<Id>,
    /// Further papers.
    attachment_ids: Vec<Id>,
    /// The rule that it refers to.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "《党政机关办公用房管理办法》")]
    legal_basis: Option<String>,
    /// The name of who proposed it.
    #[schema(example = "郑连岛")]
    proposed_by: String,
    created_at: Instant,
    /// What the leading group decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    decision: Option<Decision>,
    /// Why it was withdrawn.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "该单位已整改到位。")]
    withdraw_reason: Option<String>,
    /// When it was handed to its addressee.
    #[serde(skip_serializing_if = "Option::is_none")]
    sent_at: Option<Instant>,
    /// What the addressee answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "已对该单位分管负责人进行约谈。")]
    answer: Option<String>,
    /// The papers of the answer.
    answer_attachment_ids: Vec<Id>,
    /// When it was answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    concluded_at: Option<Instant>,
    /// Whether the head of the leading group let those of the unit decide on it.
    own_unit_allowed: bool,
    /// What the caller may do with it now.
    allowed_actions: Vec<EscalationVerb>,
}

impl EscalationView {
    pub fn of(named: Named, campaign: &Campaign, actor: &Actor) -> Self {
        let Named { escalation, unit_name, former_unit_name } = named;
        let allowed_actions = escalation.subject(campaign).allowed_actions(actor);
        let addressee = escalation.addressee().to_owned();
        let content = escalation.content;
        Self {
            id: escalation.id,
            version: escalation.version,
            campaign_id: content.campaign_id,
            unit_id: content.unit_id,
            unit_name,
            former_unit_id: escalation.former_unit_id,
            former_unit_name,
            kind: content.kind,
            addressee,
            status: escalation.status,
            facts: content.facts,
            finding_ids: content.finding_ids,
            rectification_ids: content.rectification_ids,
            attachment_ids: content.attachment_ids,
            legal_basis: content.legal_basis,
            proposed_by: escalation.proposed_by,
            created_at: escalation.created_at,
            decision: escalation.decision,
            withdraw_reason: escalation.withdraw_reason,
            sent_at: escalation.sent_at,
            answer: escalation.answer,
            answer_attachment_ids: escalation.answer_attachment_ids,
            concluded_at: escalation.concluded_at,
            own_unit_allowed: escalation.own_unit_allowed,
            allowed_actions,
        }
    }
}

impl Representation for EscalationView {
    const PATH: &'static str = "/v1/escalations";

    fn id(&self) -> Id {
        self.id
    }

    fn version(&self) -> i64 {
        self.version
    }
}
