//! Attachments: papers and pictures that records refer to.

mod inspect;
mod receive;

use actix_web::http::header::DispositionType;
use actix_web::{HttpRequest, HttpResponse, get, post, web};
use bytes::Bytes;
use futures_util::stream;
use serde::Serialize;
use shared::domain::actor::Role;
use shared::domain::attachment::{Attachment, MediaType, clean_file_name};
use shared::domain::id::Id;
use shared::domain::instant::Instant;
use shared::domain::record::RecordKind;
use shared::domain::refusal::Refusal;
use shared::store::attachment::{self, OBJECTS, Stored};
use tokio::fs::File;
use tokio::io::AsyncReadExt;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use self::receive::{FileName, Received, Upload};
use crate::answer::{Answer, Representation};
use crate::download::Download;
use crate::error::{Problem, ProblemBody};
use crate::extract::caller::Caller;
use crate::schema::FileBytes;

/// How many bytes go to the storage at a time.
const PART: usize = 256 << 10;

pub fn register(config: &mut ServiceConfig<'_>) {
    config.service(upload_attachment).service(get_attachment).service(get_attachment_content);
}

/// A file: its uploader's own until a record has it, then readable exactly as that record.
#[derive(Serialize, ToSchema)]
#[schema(as = Attachment)]
struct AttachmentView {
    id: Id,
    /// 1, and 2 once it is linked; also the ETag.
    #[schema(example = 1)]
    version: i64,
    /// As it was uploaded, without a path.
    #[schema(example = "租赁合同.pdf")]
    file_name: String,
    /// What its bytes are, whatever its name says.
    media_type: MediaType,
    /// In bytes.
    #[schema(example = 48_213)]
    size: i64,
    /// Hash of its bytes, in hexadecimal.
    #[schema(example = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")]
    sha256: String,
    /// The account that uploaded it.
    uploader_id: Id,
    created_at: Instant,
    /// The kind of the record that it belongs to; absent until it is linked.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "self_check")]
    record_kind: Option<RecordKind>,
    /// The record that it belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    record_id: Option<Id>,
    /// The unit in whose scope the record is.
    #[serde(skip_serializing_if = "Option::is_none")]
    unit_id: Option<Id>,
    /// The campaign that the record belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    campaign_id: Option<Id>,
}

impl From<Attachment> for AttachmentView {
    fn from(attachment: Attachment) -> Self {
        let linked = attachment.linked_to;
        Self {
            id: attachment.id,
            version: 1 + i64::from(linked.is_some()),
            file_name: attachment.file_name,
            media_type: attachment.media_type,
            size: attachment.size,
            sha256: attachment.sha256,
            uploader_id: attachment.uploader_id,
            created_at: attachment.created_at,
            record_id: linked.as_ref().map(|linked| linked.record_id),
            unit_id: linked.as_ref().and_then(|linked| linked.unit_id),
            campaign_id: linked.as_ref().and_then(|linked| linked.campaign_id),
            record_kind: linked.map(|linked| linked.record_kind),
        }
    }
}

impl Representation for AttachmentView {
    const PATH: &'static str = "/v1/attachments";

    fn id(&self) -> Id {
        self.id
    }

    fn version(&self) -> i64 {
        self.version
    }
}

/// A form with one file.
#[derive(ToSchema)]
#[allow(dead_code, reason = "the fields are read one by one; the struct documents them")]
struct AttachmentForm {
    /// The file, with its name: JPEG, PNG, HEIC, PDF, DOCX or XLSX.
    #[schema(format = Binary, content_media_type = "application/octet-stream")]
    file: String,
}

/// Uploads a file, to be linked to a record within 7 days. The media type is told by the bytes; a picture
/// has at most 40 megapixels, a document at most 200 MiB, 100:1 and 1,000 entries unpacked.
#[utoipa::path(tag = "attachments", operation_id = "upload_attachment", params(FileName),
    request_body(content(
        (AttachmentForm = "multipart/form-data"), (FileBytes = "application/octet-stream"))),
    responses((status = 201, description = "The attachment.", body = AttachmentView)))]
#[post("/attachments")]
async fn upload_attachment(
    mut caller: Caller,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<Answer, Problem> {
    // Before the body is read: who may not upload does not send 50 MiB to learn it.
    if !caller.actor().has_any(&[
        Role::Coordinator,
        Role::Leader,
        Role::Inspector,
        Role::Liaison,
        Role::Discipline,
    ]) {
        return Err(Refusal::RoleMissing.into());
    }
    caller.actor().may_write()?;
    let limit = caller.state.settings.attachment_limit;
    let upload = Upload::receive(&request, payload.into_inner(), limit).await?;
    if let Some(answer) = caller.first_answer_to(upload.sha256()).await? {
        return Ok(answer);
    }
    let Received { file, name, size, sha256 } = upload.into_file()?;
    let mut file = file.into_std().await;
    let inspected = web::block(move || {
        let media_type = inspect::inspect(&mut file)?;
        std::io::Seek::rewind(&mut file).map_err(Problem::internal)?;
        Ok::<_, Problem>((file, media_type))
    });
    let (file, media_type) = inspected.await.map_err(Problem::internal)??;
    let id = Id::new();
    let stored = Stored {
        id,
        file_name: clean_file_name(&name, media_type),
        media_type,
        size: i64::try_from(size).map_err(Problem::internal)?,
        sha256,
        object_key: format!("{OBJECTS}/{id}"),
    };
    // Bytes first, row after: what no row names is swept.
    let parts = stream::try_unfold(File::from_std(file), next_part);
    caller.state.objects.put_stream(&stored.object_key, parts).await.map_err(Problem::internal)?;
    caller.write(move |tx| Answer::created(&AttachmentView::from(attachment::create(tx, &stored)?))).await
}

async fn next_part(mut file: File) -> std::io::Result<Option<(Bytes, File)>> {
    let mut part = Vec::with_capacity(PART);
    let read = (&mut file).take(PART as u64).read_to_end(&mut part).await?;
    Ok((read > 0).then(|| (Bytes::from(part), file)))
}

/// Shows what is known of an attachment.
#[utoipa::path(tag = "attachments", operation_id = "get_attachment",
    params(("id" = Id, Path, description = "The attachment.")),
    responses((status = 200, description = "The attachment.", body = AttachmentView)))]
#[get("/attachments/{id}")]
async fn get_attachment(caller: Caller, id: web::Path<Id>) -> Result<Answer, Problem> {
    caller.read(move |read| Answer::record(&AttachmentView::from(attachment::get(read, *id)?))).await
}

/// Hands out the bytes of an attachment, to be saved; one range of them where it is asked for.
#[utoipa::path(tag = "attachments", operation_id = "get_attachment_content",
    params(
        ("id" = Id, Path, description = "The attachment."),
        ("Range" = Option<String>, Header, description = "One range of bytes, as `bytes=0-1023`."),
        ("If-None-Match" = Option<String>, Header, description = "The ETag of the bytes that the caller has.")),
    responses(
        (status = 200, description = "The bytes.", body = FileBytes, content_type = "application/octet-stream"),
        (status = 206, description = "The range of the bytes.", body = FileBytes, content_type = "application/octet-stream"),
        (status = 304, description = "The caller has these bytes."),
        (status = 416, description = "There are no such bytes.", body = ProblemBody, content_type = "application/problem+json")))]
#[get("/attachments/{id}/content")]
async fn get_attachment_content(
    caller: Caller,
    request: HttpRequest,
    id: web::Path<Id>,
) -> Result<HttpResponse, Problem> {
    let state = caller.state.clone();
    let attachment = caller.read(move |read| attachment::get(read, *id)).await?;
    let download = Download {
        object_key: attachment.object_key,
        size: attachment.size,
        sha256: attachment.sha256,
        media_type: attachment.media_type.to_string(),
        file_name: attachment.file_name,
        // What people upload is never shown in place.
        disposition: DispositionType::Attachment,
        policy: "sandbox",
    };
    download.serve(&request, &state.objects).await
}
