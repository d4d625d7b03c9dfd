//! Leader offices.

use actix_web::{delete, get, patch, post, web};
use serde::{Deserialize, Serialize};
use shared::domain::campaign::Campaign;
use shared::domain::date::Date;
use shared::domain::id::Id;
use shared::domain::instant::Instant;
use shared::domain::leader_office::{
    Assessment, ENTERING, LeaderOffice, LeaderOfficeContent, Standards, Verdict, permit_entering,
};
use shared::domain::room::{Areas, sharing_note};
use shared::store::leader_office::{self, Filter};
use shared::store::visit::OnVisit;
use shared::store::{StoreResult, Write, campaign};
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
        .service(create_leader_office)
        .service(list_leader_offices)
        .service(get_leader_office)
        .service(update_leader_office)
        .service(delete_leader_office)
        .service(get_assessment);
}

/// A person and the rooms for the person's use.
#[derive(Serialize, ToSchema)]
#[schema(as = LeaderOffice)]
struct LeaderOfficeView {
    id: Id,
    /// Rises with each change; also the ETag.
    #[schema(example = 1)]
    version: i64,
    #[serde(flatten)]
    content: LeaderOfficeContent,
    /// The unit whose it was before that unit went into another.
    #[serde(skip_serializing_if = "Option::is_none")]
    former_unit_id: Option<Id>,
    /// The measured areas by use, as the columns of Annex 3; absent while it is not measured.
    #[serde(skip_serializing_if = "Option::is_none")]
    areas: Option<Areas>,
    /// Who shares which room, for the form's remarks; absent where nobody does.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "301与李四、王五合用（共3人）")]
    sharing_note: Option<String>,
    /// How it is judged.
    assessment: Assessment,
    /// Whether it is sealed on a sheet: then it takes no change any more, and is judged as it was.
    sealed: bool,
    created_at: Instant,
}

impl LeaderOfficeView {
    fn of(office: LeaderOffice, standards: &Standards, today: Date) -> Self {
        let assessment = office.assessment(standards, today);
        let LeaderOffice { id, version, mut content, former_unit_id, standard_class, sealed, created_at } =
            office;
        content.standard_level = content.level_in(standard_class).map(str::to_owned);
        let measured = content.is_measured();
        let rooms = if measured { &content.measured_rooms } else { &content.declared_rooms };
        Self {
            id,
            version,
            former_unit_id,
            areas: measured.then(|| Areas::of(rooms)),
            sharing_note: sharing_note(rooms),
            content,
            assessment,
            sealed: sealed.is_some(),
            created_at,
        }
    }

    fn written(tx: &mut Write<'_>, office: LeaderOffice, today: Date) -> StoreResult<Self> {
        Ok(Self::of(office, &leader_office::standards(tx.conn)?, today))
    }
}

impl Representation for LeaderOfficeView {
    const PATH: &'static str = "/v1/leader-offices";

    fn id(&self) -> Id {
        self.id
    }

    fn version(&self) -> i64 {
        self.version
    }
}

type NewLeaderOffice = New<LeaderOfficeContent>;
type LeaderOfficePatch = Patch<LeaderOfficeContent>;

/// Whether the caller is an inspector of a visit to the unit of a leader office.
fn on_visit(tx: &mut Write<'_>, content: &LeaderOfficeContent) -> StoreResult<bool> {
    OnVisit::is(tx.conn, tx.actor, content.campaign_id, content.unit_id)
}

/// Enters a person and the rooms: as declared (liaison for the own unit, coordinator), as measured (an inspector of a
/// visit to the unit, coordinator; never in their own unit).
///
/// The campaign is open and the unit in its scope; a person stands there once.
#[utoipa::path(tag = "leader offices", operation_id = "create_leader_office", request_body = NewLeaderOffice,
    responses((status = 201, description = "The leader office.", body = LeaderOfficeView)))]
#[post("/leader-offices")]
async fn create_leader_office(caller: Caller, body: Body) -> Result<Answer, Problem> {
    caller
        .write(move |tx| {
            tx.require(ENTERING)?;
            let (id, content): (Id, LeaderOfficeContent) = body.read_new()?;
            let on_visit = on_visit(tx, &content)?;
            let campaign = campaign::hold_scope(tx, content.campaign_id, content.unit_id)?;
            permit_entering(tx.actor, content.unit_id, on_visit)?;
            let today = campaign.today(tx.now);
            let class = leader_office::class_of(tx.conn, content.unit_id)?;
            let content = content.dated(today);
            content.check_entered_by(tx.actor, on_visit, None)?;
            content.check(class, today)?;
            let office = leader_office::create(tx, id, content, class, today)?;
            Answer::created(&LeaderOfficeView::written(tx, office, today)?)
        })
        .await
}

/// Filters of leader offices.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
struct LeaderOfficeQuery {
    /// Of these campaigns.
    campaign_id: Vec<Id>,
    /// Of these units.
    unit_id: Vec<Id>,
    /// With one of these verdicts.
    verdict: Vec<Verdict>,
    /// Judged by one of these area standards: what a correction of the standard touches.
    area_standard_id: Vec<Id>,
    /// Whether it is to be measured.
    selected_for_measurement: Option<bool>,
    /// Whether it was measured.
    measured: Option<bool>,
}

/// Lists the leader offices in the caller's scope; a liaison sees those of the own units.
#[utoipa::path(tag = "leader offices", operation_id = "list_leader_offices", params(LeaderOfficeQuery, PageParams),
    responses((status = 200, description = "A page of leader offices.", body = ListBody<LeaderOfficeView>)))]
#[get("/leader-offices")]
async fn list_leader_offices(caller: Caller, list: List<LeaderOfficeQuery>) -> Result<Answer, Problem> {
    caller
        .read(move |read| {
            let query = &list.filter;
            let filter = Filter {
                campaign_ids: query.campaign_id.clone(),
                unit_ids: query.unit_id.clone(),
                verdicts: query.verdict.clone(),
                area_standard_ids: query.area_standard_id.clone(),
                selected_for_measurement: query.selected_for_measurement,
                measured: query.measured,
            };
            let standards = leader_office::standards(read.conn)?;
            let offices = leader_office::list(read, &standards, &filter, &list.page)?;
            let view = |(campaign, office): (Campaign, LeaderOffice)| {
                LeaderOfficeView::of(office, &standards, campaign.today(read.now))
            };
            Answer::list(offices.map(view), |id| list.cursor(id))
        })
        .await
}

/// Shows a leader office.
#[utoipa::path(tag = "leader offices", operation_id = "get_leader_office",
    params(("id" = Id, Path, description = "The leader office.")),
    responses((status = 200, description = "The leader office.", body = LeaderOfficeView)))]
#[get("/leader-offices/{id}")]
async fn get_leader_office(caller: Caller, id: web::Path<Id>) -> Result<Answer, Problem> {
    caller
        .read(move |read| {
            let (campaign, office) = leader_office::get(read, *id)?;
            let standards = leader_office::standards(read.conn)?;
            Answer::record(&LeaderOfficeView::of(office, &standards, campaign.today(read.now)))
        })
        .await
}

/// Changes a leader office: what was declared (liaison for the own unit, coordinator), what was measured and by which
/// row it is judged (an inspector of a visit to the unit, coordinator; never in their own unit).
///
/// Once it is measured, its unit leaves what it declared as it was. While a sheet on which it stands waits for signatures, a
/// change makes that a draft again, and what was signed is void. Once it is sealed on one, it only takes the day on which the
/// rooms were given back.
#[utoipa::path(tag = "leader offices", operation_id = "update_leader_office",
    params(("id" = Id, Path, description = "The leader office."), IfMatch),
    request_body(content((LeaderOfficePatch = "application/merge-patch+json"), (LeaderOfficePatch = "application/json"))),
    responses((status = 200, description = "The leader office.", body = LeaderOfficeView)))]
#[patch("/leader-offices/{id}")]
async fn update_leader_office(
    caller: Caller,
    id: web::Path<Id>,
    if_match: IfMatch,
    body: Body,
) -> Result<Answer, Problem> {
    caller
        .write(move |tx| {
            let (campaign, before) = leader_office::lock(tx, *id)?;
            let on_visit = on_visit(tx, &before.content)?;
            permit_entering(tx.actor, before.content.unit_id, on_visit)?;
            if_match.0.check(before.version)?;
            campaign.writable()?;
            let today = campaign.today(tx.now);
            let content: LeaderOfficeContent = body.patch(&before.content)?;
            let content = content.dated(today);
            before.check_sealed(&content)?;
            before.check_frozen(&content)?;
            content.check_entered_by(tx.actor, on_visit, Some(&before.content))?;
            content.check(before.standard_class, today)?;
            let office = leader_office::update(tx, &before, content, today)?;
            Answer::record(&LeaderOfficeView::written(tx, office, today)?)
        })
        .await
}

/// Deletes a leader office that was not measured and that nothing refers to (liaison for the own unit,
/// coordinator, an inspector of a visit to the unit).
#[utoipa::path(tag = "leader offices", operation_id = "delete_leader_office",
    params(("id" = Id, Path, description = "The leader office."), IfMatch),
    responses((status = 204, description = "It is gone.")))]
#[delete("/leader-offices/{id}")]
async fn delete_leader_office(
    caller: Caller,
    id: web::Path<Id>,
    if_match: IfMatch,
) -> Result<Answer, Problem> {
    caller
        .write(move |tx| {
            let (campaign, office) = leader_office::lock(tx, *id)?;
            let on_visit = on_visit(tx, &office.content)?;
            permit_entering(tx.actor, office.content.unit_id, on_visit)?;
            if_match.0.check(office.version)?;
            campaign.writable()?;
            leader_office::delete(tx, &office)?;
            Ok(Answer::empty())
        })
        .await
}

/// Shows how a leader office is judged: as measured, else as declared, by the limits and settings of the day.
#[utoipa::path(tag = "leader offices", operation_id = "get_leader_office_assessment",
    params(("id" = Id, Path, description = "The leader office.")),
    responses((status = 200, description = "The assessment; the ETag is the leader office's.", body = Assessment)))]
#[get("/leader-offices/{id}/assessment")]
async fn get_assessment(caller: Caller, id: web::Path<Id>) -> Result<Answer, Problem> {
    caller
        .read(move |read| {
            let (campaign, office) = leader_office::get(read, *id)?;
            let standards = leader_office::standards(read.conn)?;
            let today = campaign.today(read.now);
            let assessment = office.assessment(&standards, today);
            Ok(Answer::json(&assessment)?.with_version(office.version))
        })
        .await
}
