//! What inspectors take along: the visit as a date for the calendar, and what to look at.

use actix_web::http::header;
use actix_web::{HttpResponse, Responder, get, web};
use serde::Serialize;
use shared::domain::actor::Role;
use shared::domain::answer::{AnswerResult, MaterialState};
use shared::domain::finding::{FindingStatus, Severity};
use shared::domain::focus_item::FocusItem;
use shared::domain::id::Id;
use shared::domain::refusal::Refusal;
use shared::domain::self_check::SelfCheckStatus;
use shared::domain::unit::UnitContent;
use shared::domain::visit::VisitStatus;
use shared::messages::calendar::CalendarEvent;
use shared::store::unit;
use shared::store::visit::{self, FocusEntry, OpenFinding};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::answer::Answer;
use crate::error::Problem;
use crate::extract::caller::Caller;

pub fn register(config: &mut ServiceConfig<'_>) {
    config.service(get_visit_calendar).service(get_visit_sheet);
}

/// A visit as a date for calendars (iCalendar, RFC 5545). The same visit keeps its UID, and each change raises
/// SEQUENCE.
#[utoipa::path(tag = "visits", operation_id = "get_visit_calendar",
    params(("id" = Id, Path, description = "The visit.")),
    responses((status = 200, description = "The date.", body = String, content_type = "text/calendar")))]
#[get("/visits/{id}/calendar.ics")]
async fn get_visit_calendar(caller: Caller, id: web::Path<Id>) -> Result<impl Responder, Problem> {
    let answer = caller
        .read(move |read| {
            let (campaign, visit) = visit::get(read, *id)?;
            let unit = unit::get(read, visit.content.unit_id)?;
            let event = CalendarEvent {
                id: visit.id,
                sequence: visit.sequence,
                starts_at: visit.content.planned_at,
                campaign: campaign.content.name,
                unit: unit.content.name,
                team: visit.content.team,
                address: unit.content.address,
                cancelled: visit.status == VisitStatus::Cancelled,
            };
            Ok(Answer { body: event.text(read.now, None), ..Answer::empty() }.with_version(visit.version))
        })
        .await?;
    let mut response = HttpResponse::Ok();
    for header in answer.headers {
        response.insert_header(header);
    }
    Ok(response
        .insert_header((header::CONTENT_TYPE, "text/calendar; charset=utf-8"))
        .insert_header((header::CONTENT_DISPOSITION, "attachment; filename=\"visit.ics\""))
        .body(answer.body))
}

/// What a visit looks at.
#[derive(Serialize, ToSchema)]
#[schema(as = VisitSheet)]
struct SheetView {
    /// The visit.
    visit_id: Id,
    /// The unit as it says of itself now.
    unit: SheetUnit,
    /// How far its self-check is.
    self_check_status: SelfCheckStatus,
    /// The campaign's focus items, in their order.
    focus_items: Vec<SheetItem>,
    /// The materials that the campaign asks for, in their order.
    materials: Vec<SheetMaterial>,
}

/// The unit that is visited.
#[derive(Serialize, ToSchema)]
#[schema(as = VisitSheetUnit)]
struct SheetUnit {
    id: Id,
    /// Its name.
    #[schema(example = "墟沟街道办事处")]
    name: String,
    /// Its principal.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "周云台")]
    principal: Option<String>,
    /// Where it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "连云港市连云区墟沟街道")]
    address: Option<String>,
    /// Whom to ring up.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "郑望舒")]
    contact_name: Option<String>,
    /// Under which number.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "0518-00008101")]
    contact_phone: Option<String>,
}

/// A focus item, what the unit answered to it, and what is open there.
#[derive(Serialize, ToSchema)]
#[schema(as = VisitSheetItem)]
struct SheetItem {
    /// Which item.
    focus_item: FocusItem,
    /// What it is called here.
    #[schema(example = "权属管理")]
    title: String,
    /// What the unit answered; absent where it has not answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    result: Option<AnswerResult>,
    /// What it reports as the problem.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "租用沿街商业用房两间，未履行审批手续。")]
    description: Option<String>,
    /// What it does about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "补充履行报批手续。")]
    corrective_measure: Option<String>,
    /// Whether it says that this is done.
    corrected: bool,
    /// What was found there and is not put right, in whichever campaign.
    open_findings: Vec<SheetFinding>,
}

/// A finding that is not put right.
#[derive(Serialize, ToSchema)]
#[schema(as = VisitSheetFinding)]
struct SheetFinding {
    id: Id,
    /// The campaign in which it was found.
    campaign_id: Id,
    /// Its state.
    status: FindingStatus,
    /// How grave it is.
    severity: Severity,
    /// The problem.
    #[schema(example = "租用某公司办公用房300平方米，未履行审批手续。")]
    description: String,
}

/// A material, and whether the unit says that it has it.
#[derive(Serialize, ToSchema)]
#[schema(as = VisitSheetMaterial)]
struct SheetMaterial {
    /// Its key.
    #[schema(example = "lease_approvals")]
    key: String,
    /// What it is.
    #[schema(example = "租用审批文件")]
    title: String,
    /// What the unit answered; absent where it has not answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    state: Option<MaterialState>,
}

impl SheetUnit {
    fn of(id: Id, content: UnitContent) -> Self {
        let contact = content.contact;
        let (contact_name, contact_phone) = contact.map(|contact| (contact.name, contact.phone)).unzip();
        Self {
            id,
            name: content.name,
            principal: content.principal,
            address: content.address,
            contact_name: contact_name.flatten(),
            contact_phone: contact_phone.flatten(),
        }
    }
}

impl From<FocusEntry> for SheetItem {
    fn from(entry: FocusEntry) -> Self {
        let answer = entry.answer;
        Self {
            focus_item: entry.item,
            title: entry.title,
            result: answer.as_ref().map(|answer| answer.result),
            corrected: answer.as_ref().is_some_and(|answer| answer.corrected),
            description: answer.as_ref().and_then(|answer| answer.description.clone()),
            corrective_measure: answer.and_then(|answer| answer.corrective_measure),
            open_findings: entry.findings.into_iter().map(SheetFinding::from).collect(),
        }
    }
}

impl From<OpenFinding> for SheetFinding {
    fn from(finding: OpenFinding) -> Self {
        let OpenFinding { id, campaign_id, status, severity, description, .. } = finding;
        Self { id, campaign_id, status, severity, description }
    }
}

/// Shows what a visit looks at: each focus item with the unit's own answer and what is open there, and the
/// materials (coordinator, leader, inspector).
#[utoipa::path(tag = "visits", operation_id = "get_visit_sheet",
    params(("id" = Id, Path, description = "The visit.")),
    responses((status = 200, description = "What to look at.", body = SheetView)))]
#[get("/visits/{id}/sheet")]
async fn get_visit_sheet(caller: Caller, id: web::Path<Id>) -> Result<Answer, Problem> {
    caller
        .read(move |read| {
            let (_, visit) = visit::get(read, *id)?;
            if !read.actor.has_any(&[Role::Coordinator, Role::Leader, Role::Inspector]) {
                return Err(Refusal::RoleMissing.into());
            }
            let unit = unit::get(read, visit.content.unit_id)?;
            let sheet = visit::sheet(read, &visit)?;
            let material = |entry: visit::MaterialEntry| SheetMaterial {
                key: entry.key,
                title: entry.title,
                state: entry.state,
            };
            let view = SheetView {
                visit_id: visit.id,
                unit: SheetUnit::of(unit.id, unit.content),
                self_check_status: sheet.self_check,
                focus_items: sheet.focus_items.into_iter().map(SheetItem::from).collect(),
                materials: sheet.materials.into_iter().map(material).collect(),
            };
            Ok(Answer::json(&view)?.with_version(visit.version))
        })
        .await
}
