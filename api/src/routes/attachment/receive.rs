//! Receiving a file: into a temporary one, counted and hashed on the way, so that no upload fills the
//! memory.

use actix_multipart::{Field, Multipart};
use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::{HttpRequest, web};
use bytes::Bytes;
use futures_util::{Stream, StreamExt};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use shared::domain::refusal::{Code, Refusal};
use tokio::fs::File;
use tokio::io::AsyncWriteExt;
use utoipa::IntoParams;

use crate::error::{Problem, ProblemCode};
use crate::extract::parameter;
use shared::token::hex;

/// How much of a file that is too large is read and dropped, so that the caller sees the answer instead
/// of a broken connection.
const DRAINED: usize = 16 << 20;

/// A name for bytes that are sent as they are.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct FileName {
    /// The file's name, where the body is `application/octet-stream`; in a form it stands with the file.
    #[param(max_length = 1_000, example = "租赁合同.pdf")]
    file_name: Option<String>,
}

/// A file as it arrived.
#[derive(Debug)]
pub struct Received {
    pub file: File,
    /// As it was given: not to be trusted.
    pub name: String,
    pub size: usize,
    pub sha256: String,
}

/// An upload as it arrived, whether or not it is what the operation takes.
#[derive(Debug)]
pub struct Upload {
    file: Option<Received>,
    surplus: Option<Refusal>,
}

impl Upload {
    /// Receives the body: a form with one `file`, or the bytes themselves.
    ///
    /// # Errors
    /// A malformed query or body (400), too many bytes (413), another media type (415).
    pub async fn receive(request: &HttpRequest, payload: Payload, limit: usize) -> Result<Self, Problem> {
        let content_type = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let media_type = content_type.and_then(|text| text.split(';').next()).unwrap_or_default().trim();
        let FileName { file_name } = parameter::read(&parameter::pairs(request.query_string())?)?;
        match media_type.to_ascii_lowercase().as_str() {
            "multipart/form-data" => from_form(Multipart::new(request.headers(), payload), limit).await,
            "application/octet-stream" => {
                let name =
                    file_name.ok_or_else(|| Problem::naming(ProblemCode::InvalidQuery, "file_name"))?;
                Ok(Self { file: Some(spool(payload, name, limit).await?), surplus: None })
            }
            _ => Err(Problem::new(ProblemCode::UnsupportedMediaType)),
        }
    }

    /// The hash of the file, by which a repeated upload is known.
    pub fn sha256(&self) -> String {
        self.file.as_ref().map(|file| file.sha256.clone()).unwrap_or_default()
    }

    /// The one file.
    ///
    /// # Errors
    /// There is none, there are several, or the form has other fields.
    pub fn into_file(self) -> Result<Received, Refusal> {
        match self.surplus {
            Some(refusal) => Err(refusal),
            None => self.file.ok_or_else(|| Refusal::invalid("/file", Code::Missing)),
        }
    }
}

async fn from_form(mut form: Multipart, limit: usize) -> Result<Upload, Problem> {
    let mut upload = Upload { file: None, surplus: None };
    while let Some(field) = form.next().await {
        let field = field.map_err(|_| Problem::new(ProblemCode::MalformedBody))?;
        let name = field.name().unwrap_or_default().to_owned();
        let file_name = file_name(&field);
        let received = spool(field, file_name, limit).await?;
        if name != "file" {
            upload.surplus = Some(Refusal::invalid(format!("/{name}"), Code::UnknownField));
        } else if upload.file.replace(received).is_some() {
            upload.surplus = Some(Refusal::invalid("/file", Code::Duplicate));
        }
    }
    Ok(upload)
}

/// The name in a form: RFC 5987's where it is given, since the plain one may be anything.
fn file_name(field: &Field) -> String {
    let Some(disposition) = field.content_disposition() else { return String::new() };
    match disposition.get_filename_ext() {
        Some(extended) => String::from_utf8_lossy(&extended.value).into_owned(),
        None => disposition.get_filename().unwrap_or_default().to_owned(),
    }
}

async fn spool<E>(
    mut parts: impl Stream<Item = Result<Bytes, E>> + Unpin,
    name: String,
    limit: usize,
) -> Result<Received, Problem> {
    let file = web::block(tempfile::tempfile).await.map_err(Problem::internal)?;
    let mut file = File::from_std(file.map_err(Problem::internal)?);
    let mut hash = Sha256::new();
    let mut size = 0;
    while let Some(part) = parts.next().await {
        let part = part.map_err(|_| Problem::new(ProblemCode::MalformedBody))?;
        size += part.len();
        if size > limit.saturating_add(DRAINED) {
            break;
        }
        if size <= limit {
            hash.update(&part);
            file.write_all(&part).await.map_err(Problem::internal)?;
        }
    }
    if size > limit {
        return Err(Problem::naming(ProblemCode::BodyTooLarge, limit));
    }
    file.flush().await.map_err(Problem::internal)?;
    Ok(Received { file, name, size, sha256: hex(&hash.finalize()) })
}
