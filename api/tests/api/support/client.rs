//! A client that holds every answer against the document: a status that an operation does not declare,
//! or a problem that is no problem document, fails the test that met it.

use reqwest::Method;
use reqwest::header::HeaderMap;
use serde_json::Value;
use shared::domain::text::TextEnum;
use xunjian_api::error::ProblemCode;

use super::document::operation_of;
use super::{Who, World};

/// An answer.
#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    pub headers: HeaderMap,
    /// The body as JSON; a text where it is none.
    pub body: Value,
}

impl Reply {
    /// The answer, which must have this status.
    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.body);
        self
    }

    /// A refusal with this status and code.
    #[track_caller]
    pub fn refused(self, status: u16, code: &str) -> Self {
        let reply = self.expect(status);
        assert_eq!(reply.body["code"], code, "{}", reply.body);
        reply
    }

    /// A 422 answer whose rules are exactly these, as `pointer code`.
    #[track_caller]
    pub fn violates(self, rules: &[&str]) -> Self {
        let reply = self.refused(422, "invalid_content");
        let errors = reply.body["errors"].as_array().expect("errors");
        let text = |error: &Value| {
            format!("{} {}", error["pointer"].as_str().unwrap_or("?"), error["code"].as_str().unwrap_or("?"))
        };
        assert_eq!(errors.iter().map(text).collect::<Vec<_>>(), rules);
        reply
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().expect("a header of text"))
    }

    pub fn id(&self) -> &str {
        self.body["id"].as_str().expect("an id")
    }

    /// The ETag, to send as `If-Match`.
    pub fn etag(&self) -> String {
        self.header("etag").to_owned()
    }

    pub fn actions(&self) -> Vec<&str> {
        self.body["allowed_actions"].as_array().expect("actions").iter().filter_map(Value::as_str).collect()
    }
}

/// A request on its way.
pub struct Request<'a> {
    world: &'a World,
    method: Method,
    path: String,
    builder: reqwest::RequestBuilder,
}

impl Request<'_> {
    pub fn json(mut self, body: &Value) -> Self {
        self.builder = self.builder.json(body);
        self
    }

    /// A body as it is, under a media type.
    pub fn raw(mut self, media_type: &str, body: impl Into<reqwest::Body>) -> Self {
        self.builder = self.builder.header("Content-Type", media_type).body(body);
        self
    }

    pub fn if_match(self, etag: &str) -> Self {
        self.header("If-Match", etag)
    }

    pub fn key(self, key: &str) -> Self {
        self.header("Idempotency-Key", key)
    }

    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.builder = self.builder.header(name, value);
        self
    }

    pub async fn send(self) -> Reply {
        let before = self.world.statements();
        let response = self.builder.send().await.expect("the server answers");
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let bytes = response.bytes().await.expect("the answer arrives").to_vec();
        let statements = self.world.statements() - before;
        let text = || Value::String(String::from_utf8_lossy(&bytes).into_owned());
        let body = serde_json::from_slice(&bytes).unwrap_or_else(|_| text());
        let reply = Reply { status, headers, body };
        check_against_document(self.method.as_str(), &self.path, &reply);
        if status < 300
            && let Some(operation) = operation_of(self.method.as_str(), &self.path)
        {
            self.world.note_statements(&operation.id, statements);
        }
        reply
    }
}

fn check_against_document(method: &str, path: &str, reply: &Reply) {
    let called = format!("{method} {path} answered {}: {}", reply.status, reply.body);
    assert_ne!(reply.header("x-request-id"), "", "{called}");
    if let Some(operation) = operation_of(method, path) {
        assert!(operation.declares(reply.status), "undeclared status: {called}");
    }
    if reply.status >= 400 {
        assert_eq!(reply.header("content-type"), "application/problem+json", "{called}");
        let code = reply.body["code"].as_str().and_then(ProblemCode::from_word);
        let code = code.unwrap_or_else(|| panic!("unknown code: {called}"));
        assert_eq!(code.status().as_u16(), reply.status, "{called}");
        assert_ne!(reply.body["title"], "", "{called}");
        assert_ne!(reply.body["detail"], "", "{called}");
        assert_eq!(reply.body["request_id"], reply.header("x-request-id"), "{called}");
    }
}

impl World {
    pub fn request(&self, who: Who, method: Method, path: &str) -> Request<'_> {
        let mut builder = self.http.request(method.clone(), format!("{}{path}", self.base));
        if who != Who::Nobody {
            builder = builder.bearer_auth(who.token());
        }
        Request { world: self, method, path: path.to_owned(), builder }
    }

    pub fn get(&self, who: Who, path: &str) -> Request<'_> {
        self.request(who, Method::GET, path)
    }

    pub fn post(&self, who: Who, path: &str) -> Request<'_> {
        self.request(who, Method::POST, path)
    }

    pub fn patch(&self, who: Who, path: &str) -> Request<'_> {
        self.request(who, Method::PATCH, path)
    }

    pub fn delete(&self, who: Who, path: &str) -> Request<'_> {
        self.request(who, Method::DELETE, path)
    }
}
