//! Audit events.

use actix_web::{get, web};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use shared::domain::id::Id;
use shared::domain::instant::Instant;
use shared::domain::record::RecordKind;
use shared::store::audit::{self, AuditEvent, Filter};
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;

use crate::answer::{Answer, List as ListBody};
use crate::error::Problem;
use crate::extract::caller::Caller;
use crate::extract::list::{List, PageParams};

pub fn register(config: &mut ServiceConfig<'_>) {
    config.service(list_audit_events).service(get_audit_event);
}

/// Who did what to a record, when, why, and what it changed.
#[derive(Serialize, ToSchema)]
#[schema(as = AuditEvent)]
struct AuditEventView {
    id: Id,
    /// When, by the civil clock.
    at: Instant,
    /// The account; absent where the service itself acted.
    #[serde(skip_serializing_if = "Option::is_none")]
    actor_id: Option<Id>,
    /// The name of the account on that day.
    #[schema(example = "区政府办机关事务管理中心")]
    actor_name: String,
    /// Names the request in the log.
    #[schema(example = "01890a5dac96774bbcceb302099a8057")]
    request_id: String,
    /// `create`, `update`, `delete`, or the action's verb.
    #[schema(example = "update")]
    action: String,
    /// The kind of the record.
    record_kind: RecordKind,
    /// The record.
    record_id: Id,
    /// The unit in whose scope the record is.
    #[serde(skip_serializing_if = "Option::is_none")]
    unit_id: Option<Id>,
    /// The campaign that it belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    campaign_id: Option<Id>,
    /// Why, where a reason was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "因台风顺延")]
    reason: Option<String>,
    /// The record before; absent on creation.
    #[serde(skip_serializing_if = "Option::is_none")]
    before: Option<Value>,
    /// The record afterwards; absent on deletion.
    #[serde(skip_serializing_if = "Option::is_none")]
    after: Option<Value>,
}

impl From<AuditEvent> for AuditEventView {
    fn from(event: AuditEvent) -> Self {
        Self {
            id: event.id,
            at: event.at,
            actor_id: event.actor_id,
            actor_name: event.actor_name,
            request_id: event.request_id,
            action: event.action,
            record_kind: event.record_kind,
            record_id: event.record_id,
            unit_id: event.unit_id,
            campaign_id: event.campaign_id,
            reason: event.reason,
            before: event.before,
            after: event.after,
        }
    }
}

/// Filters of audit events.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
struct AuditQuery {
    /// Of this kind of record.
    record_kind: Option<RecordKind>,
    /// Of these records.
    record_id: Vec<Id>,
    /// In the scope of these units.
    unit_id: Vec<Id>,
    /// Of these campaigns.
    campaign_id: Vec<Id>,
    /// By these accounts.
    actor_id: Vec<Id>,
}

/// Lists what happened to the records in the caller's scope: an event is as hidden as the record that it is about.
#[utoipa::path(tag = "audit events", operation_id = "list_audit_events", params(AuditQuery, PageParams),
    responses((status = 200, description = "A page of events.", body = ListBody<AuditEventView>)))]
#[get("/audit-events")]
async fn list_audit_events(caller: Caller, list: List<AuditQuery>) -> Result<Answer, Problem> {
    caller
        .read(move |read| {
            let query = &list.filter;
            let filter = Filter {
                record_kind: query.record_kind,
                record_ids: query.record_id.clone(),
                unit_ids: query.unit_id.clone(),
                campaign_ids: query.campaign_id.clone(),
                actor_ids: query.actor_id.clone(),
            };
            let events = audit::list(read, &filter, &list.page)?;
            Answer::list(events.map(AuditEventView::from), |id| list.cursor(id))
        })
        .await
}

/// Shows one event.
#[utoipa::path(tag = "audit events", operation_id = "get_audit_event", params(("id" = Id, Path, description = "The event.")),
    responses((status = 200, description = "The event.", body = AuditEventView)))]
#[get("/audit-events/{id}")]
async fn get_audit_event(caller: Caller, id: web::Path<Id>) -> Result<Answer, Problem> {
    caller.read(move |read| Answer::json(&AuditEventView::from(audit::get(read, *id)?))).await
}
