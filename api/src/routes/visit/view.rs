//! A visit as the api shows it.

use serde::Serialize;
use shared::domain::actor::Actor;
use shared::domain::campaign::Campaign;
use shared::domain::date::Date;
use shared::domain::id::Id;
use shared::domain::instant::Instant;
use shared::domain::phase::Timing;
use shared::domain::visit::{Visit, VisitStatus, VisitVerb};
use utoipa::ToSchema;

use crate::answer::Representation;

/// A visit of inspectors to a unit.
#[derive(Serialize, ToSchema)]
#[schema(as = Visit)]
pub struct VisitView {
    id: Id,
    /// Rises with each change; also the ETag.
    #[schema(example = 1)]
    version: i64,
    /// The campaign that it belongs to.
    campaign_id: Id,
    /// The unit that is visited.
    unit_id: Id,
    /// The unit that was to be visited before it went into another.
    #[serde(skip_serializing_if = "Option::is_none")]
    former_unit_id: Option<Id>,
    /// When it begins.
    #[schema(example = "2023-08-07T01:00:00Z")]
    planned_at: Instant,
    /// The same as a date in the campaign's time zone.
    #[schema(example = "2023-08-07")]
    planned_on: Date,
    /// The accounts of the inspectors who go there.
    inspector_ids: Vec<Id>,
    /// Which team they are.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "第一组")]
    team: Option<String>,
    /// What else is to be said of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "请联络员在一楼大厅等候。")]
    note: Option<String>,
    /// Its state.
    status: VisitStatus,
    /// How its day lies to the on-site phase; absent until it is done.
    #[serde(skip_serializing_if = "Option::is_none")]
    timing: Option<Timing>,
    /// When it was noted as done.
    #[serde(skip_serializing_if = "Option::is_none")]
    completed_at: Option<Instant>,
    /// Why it was called off.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "该单位当日有防汛任务。")]
    cancel_reason: Option<String>,
    created_at: Instant,
    /// What the caller may do with it now.
    allowed_actions: Vec<VisitVerb>,
}

impl VisitView {
    pub fn of(visit: Visit, campaign: &Campaign, actor: &Actor) -> Self {
        let allowed_actions = visit.subject(campaign, actor).allowed_actions(actor);
        let planned_on = visit.planned_on(campaign);
        let content = visit.content;
        Self {
            id: visit.id,
            version: visit.version,
            campaign_id: content.campaign_id,
            unit_id: content.unit_id,
            former_unit_id: visit.former_unit_id,
            planned_at: content.planned_at,
            planned_on,
            inspector_ids: content.inspector_ids,
            team: content.team,
            note: content.note,
            status: visit.status,
            timing: visit.timing,
            completed_at: visit.completed_at,
            cancel_reason: visit.cancel_reason,
            created_at: visit.created_at,
            allowed_actions,
        }
    }
}

impl Representation for VisitView {
    const PATH: &'static str = "/v1/visits";

    fn id(&self) -> Id {
        self.id
    }

    fn version(&self) -> i64 {
        self.version
    }
}
