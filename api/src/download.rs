//! Files on their way to the caller.

use actix_web::http::header::{
    self, Charset, ContentDisposition, DispositionParam, DispositionType, ETag, EntityTag, ExtendedValue,
    Header, IfNoneMatch,
};
use actix_web::{HttpRequest, HttpResponse};
use shared::objects::Objects;

use crate::error::Problem;

/// Kept by the caller alone, and asked for each time: the right to read it may have ended.
const REVALIDATED: (header::HeaderName, &str) =
    (header::CACHE_CONTROL, "private, max-age=0, must-revalidate");

/// A file whose bytes never change.
pub struct Download {
    /// SHA-256 of the bytes in hexadecimal, which is the ETag.
    pub sha256: String,
    pub media_type: &'static str,
    /// The name under which it is saved.
    pub file_name: String,
    /// Whether a browser shows or saves it.
    pub disposition: DispositionType,
    /// What it may do in a browser, where it is shown there.
    pub policy: Option<&'static str>,
}

impl Download {
    /// 200 with the bytes of a key, or 304 where the caller has them.
    ///
    /// # Errors
    /// The storage does not give the bytes.
    pub async fn answer(
        self,
        request: &HttpRequest,
        objects: &Objects,
        key: &str,
    ) -> Result<HttpResponse, Problem> {
        let tag = EntityTag::new_strong(self.sha256);
        if is_known(request, &tag) {
            let mut response = HttpResponse::NotModified();
            return Ok(response.insert_header(ETag(tag)).insert_header(REVALIDATED).finish());
        }
        let bytes = objects.get(key).await.map_err(Problem::internal)?;
        let mut response = HttpResponse::Ok();
        response
            .insert_header(ETag(tag))
            .insert_header(REVALIDATED)
            .insert_header(content_disposition(self.disposition, self.file_name))
            .content_type(self.media_type);
        if let Some(policy) = self.policy {
            response.insert_header((header::CONTENT_SECURITY_POLICY, policy));
        }
        Ok(response.body(bytes))
    }
}

fn is_known(request: &HttpRequest, tag: &EntityTag) -> bool {
    match IfNoneMatch::parse(request) {
        Ok(IfNoneMatch::Any) => true,
        Ok(IfNoneMatch::Items(tags)) => tags.iter().any(|known| known.weak_eq(tag)),
        Err(_) => false,
    }
}

/// The disposition with the file's name in full (RFC 8187), and in ASCII for what is older.
fn content_disposition(disposition: DispositionType, file_name: String) -> ContentDisposition {
    let ascii =
        file_name.chars().map(|c| if c.is_ascii_alphanumeric() || "-.".contains(c) { c } else { '_' });
    let ascii = ascii.collect();
    let charset = Charset::Ext("UTF-8".to_owned());
    let full = ExtendedValue { charset, language_tag: None, value: file_name.into_bytes() };
    let parameters = vec![DispositionParam::Filename(ascii), DispositionParam::FilenameExt(full)];
    ContentDisposition { disposition, parameters }
}
