//! The units in the scope of a campaign.

use actix_web::{get, patch, post, put, web};
use serde::{Deserialize, Serialize};
use shared::domain::actor::Role;
use shared::domain::campaign::{Campaign, CampaignStatus, ScopeEntry, ScopeUnit, check_units};
use shared::domain::date::Date;
use shared::domain::id::Id;
use shared::domain::reason::Reason;
use shared::domain::refusal::{Code, Refusal, Violations};
use shared::domain::self_check::SelfCheckStatus;
use shared::domain::text::TextEnum;
use shared::store::campaign::{self, UnitFilter};
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;

use super::{DRAFT, NOT_CLOSED, OPEN, admit, admit_child};
use crate::answer::{Answer, List as ListBody};
use crate::error::Problem;
use crate::extract::body::Body;
use crate::extract::caller::Caller;
use crate::extract::if_match::IfMatch;
use crate::extract::list::{List, PageParams};
use crate::schema::Patch;

pub fn register(config: &mut ServiceConfig<'_>) {
    config
        .service(list_campaign_units)
        .service(put_campaign_units)
        .service(add_campaign_unit)
        .service(get_campaign_unit)
        .service(update_campaign_unit)
        .service(remove_campaign_unit);
}

/// A unit in the scope of a campaign.
#[derive(Serialize, ToSchema)]
#[schema(as = CampaignUnit)]
struct ScopeView {
    /// The unit.
    unit_id: Id,
    /// Whether it is visited.
    selected_for_visit: bool,
    /// Its own last day for the self-check, where it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    self_check_due_on: Option<Date>,
    /// The last day that holds: its own, else the phase's.
    #[serde(skip_serializing_if = "Option::is_none")]
    due_on: Option<Date>,
    /// Its self-check, once the campaign was opened.
    #[serde(skip_serializing_if = "Option::is_none")]
    self_check_id: Option<Id>,
    /// Where the self-check stands; `excused` where the unit was taken out again.
    #[serde(skip_serializing_if = "Option::is_none")]
    self_check_status: Option<SelfCheckStatus>,
}

impl ScopeView {
    fn of(campaign: &Campaign, entry: ScopeEntry) -> Self {
        let ScopeUnit { unit_id, selected_for_visit, self_check_due_on } = entry.unit;
        Self {
            unit_id,
            selected_for_visit,
            self_check_due_on,
            due_on: campaign.self_check_due_on(self_check_due_on),
            self_check_id: entry.self_check.map(|(id, _)| id),
            self_check_status: entry.self_check.map(|(_, status)| status),
        }
    }
}

/// Filters of units in scope.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
struct ScopeQuery {
    /// Is one of these units.
    unit_id: Vec<Id>,
    /// Is visited, or is not.
    selected_for_visit: Option<bool>,
}

/// Lists the units in the scope of a campaign; a liaison sees their own.
#[utoipa::path(tag = "campaigns", operation_id = "list_campaign_units",
    params(("id" = Id, Path, description = "The campaign."), ScopeQuery, PageParams),
    responses((status = 200, description = "A page of units.", body = ListBody<ScopeView>)))]
#[get("/campaigns/{id}/units")]
async fn list_campaign_units(
    caller: Caller,
    id: web::Path<Id>,
    list: List<ScopeQuery>,
) -> Result<Answer, Problem> {
    caller
        .read(move |read| {
            let campaign = campaign::get(read, *id)?;
            let ScopeQuery { unit_id, selected_for_visit } = &list.filter;
            let filter = UnitFilter { unit_ids: unit_id.clone(), selected_for_visit: *selected_for_visit };
            let units = campaign::list_units(read, campaign.id, &filter, &list.page)?;
            let units = units.map(|entry| ScopeView::of(&campaign, entry));
            Ok(Answer::list(units, |id| list.cursor(id))?.with_version(campaign.version))
        })
        .await
}

/// All units of a draft.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ScopeUnits {
    /// Each once, in any order.
    #[schema(max_items = 2_000)]
    units: Vec<ScopeUnit>,
}

/// Gives a draft these units and no others (coordinator).
#[utoipa::path(tag = "campaigns", operation_id = "put_campaign_units",
    params(("id" = Id, Path, description = "The campaign."), IfMatch), request_body = ScopeUnits,
    responses((status = 200, description = "The units.", body = ListBody<ScopeView>)))]
#[put("/campaigns/{id}/units")]
async fn put_campaign_units(
    caller: Caller,
    id: web::Path<Id>,
    if_match: IfMatch,
    body: Body,
) -> Result<Answer, Problem> {
    caller
        .write(move |tx| {
            let before = admit(tx, *id, Some(if_match), DRAFT, "put-units")?;
            let ScopeUnits { mut units } = body.read()?;
            check_units(&units)?;
            let campaign = campaign::put_units(tx, &before, &units)?;
            units.sort_by_key(|unit| unit.unit_id);
            let view = |unit| ScopeView::of(&campaign, ScopeEntry { unit, self_check: None });
            let units = ListBody::whole(units.into_iter().map(view).collect());
            Ok(Answer::json(&units)?.with_version(campaign.version))
        })
        .await
}

/// A unit that joins an open campaign.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ScopeAddition {
    /// The unit.
    unit_id: Id,
    /// Whether it is visited.
    #[serde(default = "selected")]
    selected_for_visit: bool,
    /// Its own last day for the self-check, today or later; else the phase's last day.
    #[serde(default)]
    self_check_due_on: Option<Date>,
    /// Why.
    #[schema(min_length = 1, max_length = 1_000, example = "新设单位，补充纳入巡检范围。")]
    reason: String,
}

fn selected() -> bool {
    true
}

/// Takes a unit into an open campaign, with a reason (coordinator): it gets its self-check and the
/// opening notice.
#[utoipa::path(tag = "campaigns", operation_id = "add_campaign_unit",
    params(("id" = Id, Path, description = "The campaign.")), request_body = ScopeAddition,
    responses((status = 201, description = "The unit in scope.", body = ScopeView)))]
#[post("/campaigns/{id}/units")]
async fn add_campaign_unit(caller: Caller, id: web::Path<Id>, body: Body) -> Result<Answer, Problem> {
    caller
        .write(move |tx| {
            let before = admit(tx, *id, None, OPEN, "add-unit")?;
            let ScopeAddition { unit_id, selected_for_visit, self_check_due_on, reason } = body.read()?;
            let today = before.today(tx.now);
            let mut violations = Violations::default();
            violations.text("/reason", &reason, Reason::MAX);
            let in_time = self_check_due_on.is_none_or(|due_on| due_on >= today);
            violations.require(in_time, "/self_check_due_on", Code::DueOnPast);
            violations.refuse()?;
            let unit = ScopeUnit { unit_id, selected_for_visit, self_check_due_on };
            let (campaign, entry) = campaign::add_unit(tx, &before, &unit, &reason)?;
            let location = format!("/v1/campaigns/{id}/units/{unit_id}");
            Answer::created_under(location, &ScopeView::of(&campaign, entry), campaign.version)
        })
        .await
}

/// Shows a unit in scope.
#[utoipa::path(tag = "campaigns", operation_id = "get_campaign_unit",
    params(("id" = Id, Path, description = "The campaign."), ("unit_id" = Id, Path, description = "The unit.")),
    responses((status = 200, description = "The unit in scope.", body = ScopeView)))]
#[get("/campaigns/{id}/units/{unit_id}")]
async fn get_campaign_unit(caller: Caller, path: web::Path<(Id, Id)>) -> Result<Answer, Problem> {
    let (id, unit_id) = path.into_inner();
    caller
        .read(move |read| {
            let campaign = campaign::get(read, id)?;
            let entry = campaign::unit(read.conn, read.actor, id, unit_id)?;
            Ok(Answer::json(&ScopeView::of(&campaign, entry))?.with_version(campaign.version))
        })
        .await
}

/// What can be changed of a unit in scope.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ScopeChange {
    /// Whether it is visited.
    selected_for_visit: bool,
    /// Its own last day for the self-check; settled once the campaign is open, when a self-check that is
    /// sent back gets another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    self_check_due_on: Option<Date>,
    /// Why; required once the campaign is open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 1_000, example = "抽查名单调整。")]
    reason: Option<String>,
}

impl ScopeChange {
    fn check(&self, campaign: &Campaign, before: &ScopeUnit) -> Result<(), Refusal> {
        let is_draft = campaign.status == CampaignStatus::Draft;
        let mut violations = Violations::default();
        violations.optional_text("/reason", self.reason.as_deref(), Reason::MAX);
        violations.require(is_draft || self.reason.is_some(), "/reason", Code::Missing);
        let kept = self.self_check_due_on == before.self_check_due_on;
        violations.require(is_draft || kept, "/self_check_due_on", Code::Frozen);
        violations.refuse()
    }
}

type ScopePatch = Patch<ScopeChange>;

/// Changes whether a unit is visited, in a draft also its own last day (coordinator).
#[utoipa::path(tag = "campaigns", operation_id = "update_campaign_unit",
    params(("id" = Id, Path, description = "The campaign."), ("unit_id" = Id, Path, description = "The unit."), IfMatch),
    request_body(content((ScopePatch = "application/merge-patch+json"), (ScopePatch = "application/json"))),
    responses((status = 200, description = "The unit in scope.", body = ScopeView)))]
#[patch("/campaigns/{id}/units/{unit_id}")]
async fn update_campaign_unit(
    caller: Caller,
    path: web::Path<(Id, Id)>,
    if_match: IfMatch,
    body: Body,
) -> Result<Answer, Problem> {
    let (id, unit_id) = path.into_inner();
    caller
        .write(move |tx| {
            let (before, entry) =
                admit_child(tx, id, Some(if_match), NOT_CLOSED, "update-unit", |tx, before| {
                    campaign::unit(tx.conn, tx.actor, before.id, unit_id)
                })?;
            let unit = entry.unit;
            let ScopeUnit { selected_for_visit, self_check_due_on, .. } = unit;
            let change: ScopeChange =
                body.patch(&ScopeChange { selected_for_visit, self_check_due_on, reason: None })?;
            change.check(&before, &unit)?;
            let ScopeChange { selected_for_visit, self_check_due_on, reason } = change;
            let after = ScopeUnit { unit_id, selected_for_visit, self_check_due_on };
            let (campaign, entry) = campaign::update_unit(tx, &before, (&unit, &after), reason.as_deref())?;
            Ok(Answer::json(&ScopeView::of(&campaign, entry))?.with_version(campaign.version))
        })
        .await
}

/// Takes a unit out of an open campaign, with a reason (coordinator): its self-check is excused and it is
/// not visited.
#[utoipa::path(tag = "campaigns", operation_id = "remove_campaign_unit",
    params(("id" = Id, Path, description = "The campaign."), ("unit_id" = Id, Path, description = "The unit."), IfMatch),
    request_body = Reason,
    responses((status = 200, description = "The unit, excused.", body = ScopeView)))]
#[post("/campaigns/{id}/units/{unit_id}/remove")]
async fn remove_campaign_unit(
    caller: Caller,
    path: web::Path<(Id, Id)>,
    if_match: IfMatch,
    body: Body,
) -> Result<Answer, Problem> {
    let (id, unit_id) = path.into_inner();
    caller
        .write(move |tx| {
            let (before, entry) = admit_child(tx, id, Some(if_match), OPEN, "remove-unit", |tx, before| {
                let entry = campaign::unit(tx.conn, tx.actor, before.id, unit_id)?;
                // Nobody excuses their own unit (回避).
                if tx.actor.has(Role::Coordinator) && tx.actor.belongs_to(unit_id) {
                    return Err(Refusal::OwnUnit.into());
                }
                Ok(entry)
            })?;
            if !entry.takes_part() {
                let status = SelfCheckStatus::Excused.as_str();
                return Err(
                    Refusal::InvalidTransition { status, verb: "remove-unit", allowed: vec![] }.into()
                );
            }
            let reason: Reason = body.read()?;
            reason.check()?;
            let (campaign, entry) = campaign::remove_unit(tx, &before, &entry.unit, &reason.reason)?;
            Ok(Answer::json(&ScopeView::of(&campaign, entry))?.with_version(campaign.version))
        })
        .await
}
