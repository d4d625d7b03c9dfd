//! Answers of handlers.

use actix_web::body::BoxBody;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderName};
use actix_web::{HttpRequest, HttpResponse, Responder};
use serde::Serialize;
use shared::domain::id::Id;
use shared::domain::page::Listed;
use shared::store::{StoreError, StoreResult};
use utoipa::ToSchema;

/// A record as the api shows it.
pub trait Representation: Serialize {
    /// Where such records are, such as `/v1/units`.
    const PATH: &'static str;

    fn id(&self) -> Id;

    /// The version, which is its ETag.
    fn version(&self) -> i64;
}

/// What a handler answers: small, and kept for a repeated request as it is.
#[derive(Clone, Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: Vec<(HeaderName, String)>,
    pub body: String,
}

impl Answer {
    /// 201 with the new record and its place.
    pub fn created<R: Representation>(record: &R) -> StoreResult<Self> {
        Self::placed(record, StatusCode::CREATED)
    }

    /// 202 with the new record and its place, where a worker goes on with it.
    pub fn accepted<R: Representation>(record: &R) -> StoreResult<Self> {
        Self::placed(record, StatusCode::ACCEPTED)
    }

    fn placed<R: Representation>(record: &R, status: StatusCode) -> StoreResult<Self> {
        let location = format!("{}/{}", R::PATH, record.id());
        let mut answer = Self { status, ..Self::record(record)? };
        answer.headers.push((header::LOCATION, location));
        Ok(answer)
    }

    /// 200 with a record.
    pub fn record<R: Representation>(record: &R) -> StoreResult<Self> {
        Ok(Self::json(record)?.with_version(record.version()))
    }

    /// 201 with what now lives under another record, its place, and that record's version.
    pub fn created_under(location: String, body: &impl Serialize, version: i64) -> StoreResult<Self> {
        let mut answer = Self::json(body)?.with_version(version);
        answer.status = StatusCode::CREATED;
        answer.headers.push((header::LOCATION, location));
        Ok(answer)
    }

    /// The same answer with the version of the record that it is about, as its ETag.
    pub fn with_version(mut self, version: i64) -> Self {
        self.headers.push((header::ETAG, format!("\"{version}\"")));
        self
    }

    /// 200 with anything.
    pub fn json(body: &impl Serialize) -> StoreResult<Self> {
        let body = serde_json::to_string(body).map_err(StoreError::from)?;
        Ok(Self { status: StatusCode::OK, headers: Vec::new(), body })
    }

    /// 200 with a page of a list.
    pub fn list<R: Serialize>(listed: Listed<R>, cursor: impl FnOnce(Id) -> String) -> StoreResult<Self> {
        let next_cursor = listed.next.map(cursor);
        Self::json(&List { items: listed.items, next_cursor, total: listed.total })
    }

    /// 204.
    pub fn empty() -> Self {
        Self { status: StatusCode::NO_CONTENT, headers: Vec::new(), body: String::new() }
    }
}

impl Responder for Answer {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        let mut response = HttpResponse::build(self.status);
        for header in self.headers {
            response.insert_header(header);
        }
        if self.body.is_empty() {
            response.finish()
        } else {
            response.content_type("application/json").body(self.body)
        }
    }
}

/// A page of a list.
#[derive(Serialize, ToSchema)]
pub struct List<T> {
    /// The items, in the order of their ids.
    pub items: Vec<T>,
    /// Where the next page begins; absent on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
    /// How many items all pages have, where `count=true` asked for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total: Option<i64>,
}

impl<T> List<T> {
    /// A list that is so short by its nature that it has no pages.
    pub fn whole(items: Vec<T>) -> Self {
        Self { items, next_cursor: None, total: None }
    }
}
