//! Files on their way to the caller, whose bytes never change: whole, in parts where that is asked for, or
//! not at all where the caller has them.

use std::ops::RangeInclusive;

use actix_web::http::StatusCode;
use actix_web::http::header::{
    self, ByteRangeSpec, Charset, ContentDisposition, ContentRange, ContentRangeSpec, DispositionParam,
    DispositionType, ETag, EntityTag, ExtendedValue, Header, IfNoneMatch, IfRange, Range,
};
use actix_web::{HttpRequest, HttpResponse, ResponseError};
use shared::objects::Objects;

use crate::error::{Problem, ProblemCode};

/// Kept by the caller alone, and asked for each time: the right to read it may have ended.
const REVALIDATED: (header::HeaderName, &str) = (header::CACHE_CONTROL, "private, no-cache");

/// A stored file, and how it is handed out.
#[derive(Clone, Debug)]
pub struct Download {
    /// Where the bytes are.
    pub object_key: String,
    /// Their number.
    pub size: i64,
    /// SHA-256 of the bytes in hexadecimal, which is the ETag.
    pub sha256: String,
    pub media_type: String,
    /// The name under which it is saved.
    pub file_name: String,
    /// Whether a browser shows or saves it.
    pub disposition: DispositionType,
    /// What it may do in a browser.
    pub policy: &'static str,
}

impl Download {
    /// Answers with the bytes, or with what the caller's conditions make of them.
    ///
    /// # Errors
    /// The storage does not give the bytes.
    pub async fn serve(self, request: &HttpRequest, objects: &Objects) -> Result<HttpResponse, Problem> {
        let size = u64::try_from(self.size).map_err(Problem::internal)?;
        let tag = EntityTag::new_strong(self.sha256);
        if is_known(request, &tag) {
            return Ok(HttpResponse::NotModified()
                .insert_header(ETag(tag))
                .insert_header(REVALIDATED)
                .finish());
        }
        let range = match wanted(request, &tag, size) {
            Wanted::Whole => None,
            Wanted::Part(range) => Some(range),
            Wanted::Nothing => return Ok(unsatisfiable(size)),
        };
        let (first, last) = match &range {
            Some(range) => (*range.start(), *range.end()),
            None => (0, size.saturating_sub(1)),
        };
        let bytes = objects.stream(&self.object_key, first..last + 1).await.map_err(Problem::internal)?;
        let mut response = HttpResponse::Ok();
        if range.is_some() {
            let spec = ContentRangeSpec::Bytes { range: Some((first, last)), instance_length: Some(size) };
            response.status(StatusCode::PARTIAL_CONTENT).insert_header(ContentRange(spec));
        }
        Ok(response
            .content_type(self.media_type)
            .insert_header(ETag(tag))
            .insert_header((header::ACCEPT_RANGES, "bytes"))
            .insert_header(REVALIDATED)
            .insert_header((header::CONTENT_SECURITY_POLICY, self.policy))
            .insert_header(named(self.disposition, &self.file_name))
            .no_chunking(last - first + 1)
            .streaming(bytes))
    }
}

fn is_known(request: &HttpRequest, tag: &EntityTag) -> bool {
    match IfNoneMatch::parse(request) {
        Ok(IfNoneMatch::Any) => request.headers().contains_key(header::IF_NONE_MATCH),
        Ok(IfNoneMatch::Items(tags)) => tags.iter().any(|known| known.weak_eq(tag)),
        Err(_) => false,
    }
}

/// Which bytes are asked for.
enum Wanted {
    Whole,
    Part(RangeInclusive<u64>),
    /// None that there are.
    Nothing,
}

/// One range is served; several, or what is no range of bytes, are answered with the whole.
fn wanted(request: &HttpRequest, tag: &EntityTag, size: u64) -> Wanted {
    let current = match IfRange::parse(request) {
        Ok(IfRange::EntityTag(known)) => known.strong_eq(tag),
        Ok(IfRange::Date(_)) => false,
        Err(_) => !request.headers().contains_key(header::IF_RANGE),
    };
    let specs = match Range::parse(request) {
        Ok(Range::Bytes(specs)) if current => specs,
        _ => return Wanted::Whole,
    };
    match &specs[..] {
        [only] => match ByteRangeSpec::to_satisfiable_range(only, size) {
            Some((first, last)) => Wanted::Part(first..=last),
            None => Wanted::Nothing,
        },
        _ => Wanted::Whole,
    }
}

fn unsatisfiable(size: u64) -> HttpResponse {
    let mut response = Problem::new(ProblemCode::RangeNotSatisfiable).error_response();
    if let Ok(value) = header::HeaderValue::from_str(&format!("bytes */{size}")) {
        response.headers_mut().insert(header::CONTENT_RANGE, value);
    }
    response
}

/// The name twice: in ASCII for old programs (RFC 6266), in UTF-8 for the others (RFC 5987).
fn named(disposition: DispositionType, name: &str) -> ContentDisposition {
    let plain = |c: char| if c.is_ascii_graphic() && !matches!(c, '"' | '\\' | '%') { c } else { '_' };
    ContentDisposition {
        disposition,
        parameters: vec![
            DispositionParam::Filename(name.chars().map(plain).collect()),
            DispositionParam::FilenameExt(ExtendedValue {
                charset: Charset::Ext("UTF-8".to_owned()),
                language_tag: None,
                value: name.as_bytes().to_vec(),
            }),
        ],
    }
}
