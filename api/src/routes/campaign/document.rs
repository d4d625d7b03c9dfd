//! The documents on which a campaign rests.

use actix_web::{delete, get, post, web};
use serde::Serialize;
use shared::domain::campaign::{CampaignDocument, DocumentContent};
use shared::domain::id::Id;
use shared::store::campaign;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use super::{NOT_CLOSED, admit, admit_child};
use crate::answer::{Answer, List as ListBody};
use crate::error::Problem;
use crate::extract::body::Body;
use crate::extract::caller::Caller;
use crate::extract::if_match::IfMatch;
use crate::schema::New;

pub fn register(config: &mut ServiceConfig<'_>) {
    config.service(list_documents).service(create_document).service(get_document).service(delete_document);
}

/// A document of a campaign.
#[derive(Serialize, ToSchema)]
#[schema(as = Document)]
struct DocumentView {
    id: Id,
    /// Its title.
    #[schema(example = "关于印发连云区党政机关办公用房专项巡检方案的通知")]
    title: String,
    /// Its number.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "连区政办发〔2023〕56号")]
    document_number: Option<String>,
    /// The document itself, an attachment.
    #[serde(skip_serializing_if = "Option::is_none")]
    attachment_id: Option<Id>,
}

impl DocumentView {
    fn of(document: CampaignDocument) -> Self {
        let DocumentContent { title, document_number, attachment_id } = document.content;
        Self { id: document.id, title, document_number, attachment_id }
    }
}

type NewDocument = New<DocumentContent>;

/// Shows the documents of a campaign, in their order.
#[utoipa::path(tag = "campaigns", operation_id = "list_documents",
    params(("id" = Id, Path, description = "The campaign.")),
    responses((status = 200, description = "The documents.", body = ListBody<DocumentView>)))]
#[get("/campaigns/{id}/documents")]
async fn list_documents(caller: Caller, id: web::Path<Id>) -> Result<Answer, Problem> {
    caller
        .read(move |read| {
            let campaign = campaign::get(read, *id)?;
            let documents = campaign::documents(read.conn, campaign.id)?;
            let items = documents.into_iter().map(DocumentView::of).collect();
            Ok(Answer::json(&ListBody::whole(items))?.with_version(campaign.version))
        })
        .await
}

/// Adds a document (coordinator), until the campaign is closed.
#[utoipa::path(tag = "campaigns", operation_id = "create_document",
    params(("id" = Id, Path, description = "The campaign.")), request_body = NewDocument,
    responses((status = 201, description = "The document.", body = DocumentView)))]
#[post("/campaigns/{id}/documents")]
async fn create_document(caller: Caller, id: web::Path<Id>, body: Body) -> Result<Answer, Problem> {
    caller
        .write(move |tx| {
            let before = admit(tx, *id, None, NOT_CLOSED, "create-document")?;
            let (document_id, content): (Id, DocumentContent) = body.read_new()?;
            content.check()?;
            let (campaign, document) = campaign::add_document(tx, &before, document_id, content)?;
            let location = format!("/v1/campaigns/{id}/documents/{document_id}");
            Answer::created_under(location, &DocumentView::of(document), campaign.version)
        })
        .await
}

/// Shows a document.
#[utoipa::path(tag = "campaigns", operation_id = "get_document",
    params(("id" = Id, Path, description = "The campaign."), ("document_id" = Id, Path, description = "The document.")),
    responses((status = 200, description = "The document.", body = DocumentView)))]
#[get("/campaigns/{id}/documents/{document_id}")]
async fn get_document(caller: Caller, path: web::Path<(Id, Id)>) -> Result<Answer, Problem> {
    let (id, document_id) = path.into_inner();
    caller
        .read(move |read| {
            let campaign = campaign::get(read, id)?;
            let document = campaign::document(read.conn, campaign.id, document_id)?;
            Ok(Answer::json(&DocumentView::of(document))?.with_version(campaign.version))
        })
        .await
}

/// Takes a document away (coordinator), until the campaign is closed.
#[utoipa::path(tag = "campaigns", operation_id = "delete_document",
    params(("id" = Id, Path, description = "The campaign."), ("document_id" = Id, Path, description = "The document."), IfMatch),
    responses((status = 204, description = "It is gone; the ETag is the campaign's new version.")))]
#[delete("/campaigns/{id}/documents/{document_id}")]
async fn delete_document(
    caller: Caller,
    path: web::Path<(Id, Id)>,
    if_match: IfMatch,
) -> Result<Answer, Problem> {
    let (id, document_id) = path.into_inner();
    caller
        .write(move |tx| {
            let (before, document) =
                admit_child(tx, id, Some(if_match), NOT_CLOSED, "delete-document", |tx, before| {
                    campaign::document(tx.conn, before.id, document_id)
                })?;
            let campaign = campaign::remove_document(tx, &before, &document)?;
            Ok(Answer::empty().with_version(campaign.version))
        })
        .await
}
