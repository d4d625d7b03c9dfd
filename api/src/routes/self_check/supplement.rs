//! What a unit adds to its self-check after it was accepted (补报).

use actix_web::{get, post, web};
use serde::Serialize;
use shared::domain::id::Id;
use shared::domain::instant::Instant;
use shared::domain::self_check::SelfCheckStatus;
use shared::domain::supplement::{Supplement, SupplementContent};
use shared::store::self_check;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use super::{permit_unit, refused};
use crate::answer::{Answer, List as ListBody};
use crate::error::Problem;
use crate::extract::body::Body;
use crate::extract::caller::Caller;
use crate::schema::New;

pub fn register(config: &mut ServiceConfig<'_>) {
    config.service(list_supplements).service(create_supplement).service(get_supplement);
}

/// What a unit added to its self-check.
#[derive(Serialize, ToSchema)]
#[schema(as = Supplement)]
struct SupplementView {
    id: Id,
    /// What is added or put right.
    #[schema(example = "补报：二楼东侧两间办公用房租赁合同已于8月15日补签。")]
    text: String,
    /// Papers and pictures.
    attachment_ids: Vec<Id>,
    /// The account that filed it.
    #[serde(skip_serializing_if = "Option::is_none")]
    filed_by: Option<Id>,
    /// The account's name on that day.
    #[schema(example = "墟沟街道联络员")]
    filed_by_name: String,
    /// When it was filed.
    created_at: Instant,
}

impl From<Supplement> for SupplementView {
    fn from(supplement: Supplement) -> Self {
        Self {
            id: supplement.id,
            text: supplement.content.text,
            attachment_ids: supplement.content.attachment_ids,
            filed_by: supplement.filed_by,
            filed_by_name: supplement.filed_by_name,
            created_at: supplement.created_at,
        }
    }
}

type NewSupplement = New<SupplementContent>;

/// Shows the supplements of a self-check, in the order in which they were filed.
#[utoipa::path(tag = "self-checks", operation_id = "list_supplements",
    params(("id" = Id, Path, description = "The self-check.")),
    responses((status = 200, description = "The supplements.", body = ListBody<SupplementView>)))]
#[get("/self-checks/{id}/supplements")]
async fn list_supplements(caller: Caller, id: web::Path<Id>) -> Result<Answer, Problem> {
    caller
        .read(move |read| {
            let (_, check) = self_check::get(read, *id)?;
            let supplements = self_check::supplements(read.conn, check.id)?;
            let items = supplements.into_iter().map(SupplementView::from).collect();
            Ok(Answer::json(&ListBody::whole(items))?.with_version(check.version))
        })
        .await
}

/// Files a supplement to an accepted self-check (its liaison; a coordinator for a unit that works on
/// paper).
#[utoipa::path(tag = "self-checks", operation_id = "create_supplement",
    params(("id" = Id, Path, description = "The self-check.")), request_body = NewSupplement,
    responses((status = 201, description = "The supplement.", body = SupplementView)))]
#[post("/self-checks/{id}/supplements")]
async fn create_supplement(caller: Caller, id: web::Path<Id>, body: Body) -> Result<Answer, Problem> {
    caller
        .write(move |tx| {
            let (campaign, before) = self_check::lock(tx, *id)?;
            permit_unit(tx, &before)?;
            before.subject(&campaign).writable()?;
            if before.status != SelfCheckStatus::Accepted {
                return Err(refused(tx, &before, &campaign, "create-supplement").into());
            }
            let (supplement_id, content): (Id, SupplementContent) = body.read_new()?;
            content.check()?;
            let (check, supplement) = self_check::add_supplement(tx, &before, supplement_id, content)?;
            let location = format!("/v1/self-checks/{id}/supplements/{supplement_id}");
            Answer::created_under(location, &SupplementView::from(supplement), check.version)
        })
        .await
}

/// Shows a supplement.
#[utoipa::path(tag = "self-checks", operation_id = "get_supplement",
    params(("id" = Id, Path, description = "The self-check."), ("supplement_id" = Id, Path, description = "The supplement.")),
    responses((status = 200, description = "The supplement.", body = SupplementView)))]
#[get("/self-checks/{id}/supplements/{supplement_id}")]
async fn get_supplement(caller: Caller, path: web::Path<(Id, Id)>) -> Result<Answer, Problem> {
    let (id, supplement_id) = path.into_inner();
    caller
        .read(move |read| {
            let (_, check) = self_check::get(read, id)?;
            let supplement = self_check::supplement(read.conn, check.id, supplement_id)?;
            Ok(Answer::json(&SupplementView::from(supplement))?.with_version(check.version))
        })
        .await
}
