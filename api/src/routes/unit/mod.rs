//! Units.

mod verb;

use actix_web::{get, patch, post, web};
use serde::{Deserialize, Serialize};
use shared::domain::actor::{Actor, Role};
use shared::domain::date::Date;
use shared::domain::email::EmailAddress;
use shared::domain::id::Id;
use shared::domain::instant::Instant;
use shared::domain::machine::Machine;
use shared::domain::unit::{
    Contact, StandardClass, Unit, UnitContent, UnitKind, UnitStatus, UnitVerb, uscc_is_plausible,
};
use shared::store::unit::{self, Filter};
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;

use crate::answer::{Answer, List as ListBody, Representation};
use crate::error::Problem;
use crate::extract::body::Body;
use crate::extract::caller::Caller;
use crate::extract::if_match::IfMatch;
use crate::extract::list::{List, PageParams};
use crate::schema::{New, Patch};

pub fn register(config: &mut ServiceConfig<'_>) {
    config
        .service(create_unit)
        .service(list_units)
        .service(get_unit)
        .service(update_unit)
        .configure(verb::register);
}

/// A unit. An admin sees no more of it than id, name and state.
#[derive(Serialize, ToSchema)]
#[schema(as = Unit)]
struct UnitView {
    id: Id,
    /// Rises with each change; also the ETag.
    #[schema(example = 1)]
    version: i64,
    /// Full official name.
    #[schema(example = "墟沟街道办事处")]
    name: String,
    /// Whether it still exists.
    status: UnitStatus,
    /// The unit that it went into.
    #[serde(skip_serializing_if = "Option::is_none")]
    successor_id: Option<Id>,
    /// Since when it is merged or dissolved.
    #[serde(skip_serializing_if = "Option::is_none")]
    ended_on: Option<Date>,
    /// What it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    kind: Option<UnitKind>,
    /// The class whose area limits apply.
    #[serde(skip_serializing_if = "Option::is_none")]
    standard_class: Option<StandardClass>,
    /// Its nature, a word of the dictionary `nature`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "organ")]
    nature: Option<String>,
    /// Division code (GB/T 2260).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "320703")]
    region_code: Option<String>,
    /// Unified social credit code.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "11320703014258248X")]
    uscc: Option<String>,
    /// `false` where the code's check digit or alphabet is wrong: a warning, since real codes exist that fail.
    #[serde(skip_serializing_if = "Option::is_none")]
    uscc_plausible: Option<bool>,
    /// The principal.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "周云台")]
    principal: Option<String>,
    /// Postal address.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "连云港市连云区墟沟街道")]
    address: Option<String>,
    /// Whom to ring up.
    #[serde(skip_serializing_if = "Option::is_none")]
    contact: Option<Contact>,
    /// Address of the unit's leader.
    #[serde(skip_serializing_if = "Option::is_none")]
    leader_email: Option<EmailAddress>,
    /// Mails to this unit never say more than number, date and link.
    #[serde(skip_serializing_if = "Option::is_none")]
    restricted: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    created_at: Option<Instant>,
    /// What the caller may do with it now.
    allowed_actions: Vec<UnitVerb>,
}

impl UnitView {
    fn of(unit: Unit, actor: &Actor) -> Self {
        let content = unit.content;
        let mut view = Self {
            id: unit.id,
            version: unit.version,
            name: content.name,
            status: unit.status,
            successor_id: unit.successor_id,
            ended_on: unit.ended_on,
            kind: None,
            standard_class: None,
            nature: None,
            region_code: None,
            uscc: None,
            uscc_plausible: None,
            principal: None,
            address: None,
            contact: None,
            leader_email: None,
            restricted: None,
            created_at: None,
            allowed_actions: unit.status.verbs(actor),
        };
        if actor.sees_unit(unit.id) {
            view.kind = Some(content.kind);
            view.standard_class = Some(content.standard_class);
            view.nature = content.nature;
            view.region_code = content.region_code;
            view.uscc_plausible = content.uscc.as_deref().map(uscc_is_plausible);
            view.uscc = content.uscc;
            view.principal = content.principal;
            view.address = content.address;
            view.contact = content.contact;
            view.leader_email = content.leader_email;
            view.restricted = Some(content.restricted);
            view.created_at = Some(unit.created_at);
        }
        view
    }
}

impl Representation for UnitView {
    const PATH: &'static str = "/v1/units";

    fn id(&self) -> Id {
        self.id
    }

    fn version(&self) -> i64 {
        self.version
    }
}

type NewUnit = New<UnitContent>;
type UnitPatch = Patch<UnitContent>;

/// Makes a unit (coordinator).
#[utoipa::path(tag = "units", operation_id = "create_unit", request_body = NewUnit,
    responses((status = 201, description = "The unit.", body = UnitView)))]
#[post("/units")]
async fn create_unit(caller: Caller, body: Body) -> Result<Answer, Problem> {
    caller
        .write(move |tx| {
            tx.require(&[Role::Coordinator])?;
            let (id, content): (Id, UnitContent) = body.read_new()?;
            content.check()?;
            let unit = unit::create(tx, id, content)?;
            Answer::created(&UnitView::of(unit, tx.actor))
        })
        .await
}

/// Filters of units.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
struct UnitQuery {
    /// Is one of these.
    kind: Vec<UnitKind>,
    /// Is in one of these states.
    status: Vec<UnitStatus>,
    /// Has this in its name.
    #[param(max_length = 100)]
    name: Option<String>,
}

/// Lists the units in the caller's scope.
#[utoipa::path(tag = "units", operation_id = "list_units", params(UnitQuery, PageParams),
    responses((status = 200, description = "A page of units.", body = ListBody<UnitView>)))]
#[get("/units")]
async fn list_units(caller: Caller, list: List<UnitQuery>) -> Result<Answer, Problem> {
    caller
        .read(move |read| {
            let UnitQuery { kind, status, name } = &list.filter;
            let filter = Filter { kinds: kind.clone(), statuses: status.clone(), name: name.clone() };
            let units = unit::list(read, &filter, &list.page)?;
            Answer::list(units.map(|unit| UnitView::of(unit, read.actor)), |id| list.cursor(id))
        })
        .await
}

/// Shows a unit.
#[utoipa::path(tag = "units", operation_id = "get_unit", params(("id" = Id, Path, description = "The unit.")),
    responses((status = 200, description = "The unit.", body = UnitView)))]
#[get("/units/{id}")]
async fn get_unit(caller: Caller, id: web::Path<Id>) -> Result<Answer, Problem> {
    caller
        .read(move |read| {
            let unit = unit::get(read, *id)?;
            Answer::record(&UnitView::of(unit, read.actor))
        })
        .await
}

/// Changes a unit (coordinator; its liaison the contact and nothing else). Where an address of the unit
/// changes, the old one is told.
#[utoipa::path(tag = "units", operation_id = "update_unit",
    params(("id" = Id, Path, description = "The unit."), IfMatch),
    request_body(content((UnitPatch = "application/merge-patch+json"), (UnitPatch = "application/json"))),
    responses((status = 200, description = "The unit.", body = UnitView)))]
#[patch("/units/{id}")]
async fn update_unit(
    caller: Caller,
    id: web::Path<Id>,
    if_match: IfMatch,
    body: Body,
) -> Result<Answer, Problem> {
    caller
        .write(move |tx| {
            let before = unit::lock(tx, *id)?;
            let content = body.patch(&before.content);
            let is_contact = |content: &UnitContent| before.differs_only_in_contact(content);
            let own = tx.actor.is_liaison_of(before.id) && content.as_ref().map_or(true, is_contact);
            if own {
                tx.actor.may_write()?;
            } else {
                tx.require(&[Role::Coordinator])?;
            }
            if_match.0.check(before.version)?;
            let content = content?;
            content.check()?;
            let unit = unit::update(tx, &before, content)?;
            Answer::record(&UnitView::of(unit, tx.actor))
        })
        .await
}
