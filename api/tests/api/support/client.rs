//! A client that holds every answer against the document: a status that an operation does not declare,
//! or a problem that is no problem document, fails the test that met it.

use futures_util::future::LocalBoxFuture;
use reqwest::Method;
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderName};
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
    pub world: &'a World,
    pub path: String,
    http: reqwest::Request,
}

/// What stands between a test and the server, where something does: it sends what it is given, or something else first.
pub trait Tap {
    fn send<'a>(&'a self, request: Request<'a>) -> LocalBoxFuture<'a, Reply>;
}

impl<'a> Request<'a> {
    pub fn json(self, body: &Value) -> Self {
        self.raw("application/json", body.to_string())
    }

    /// A body as it is, under a media type.
    pub fn raw(self, media_type: &str, body: impl Into<reqwest::Body>) -> Self {
        let mut request = self.header("Content-Type", media_type);
        *request.http.body_mut() = Some(body.into());
        request
    }

    pub fn if_match(self, etag: &str) -> Self {
        self.header("If-Match", etag)
    }

    pub fn key(self, key: &str) -> Self {
        self.header("Idempotency-Key", key)
    }

    pub fn header(mut self, name: &str, value: &str) -> Self {
        let name: HeaderName = name.parse().expect("a header's name");
        self.http.headers_mut().insert(name, value.parse().expect("a header's value"));
        self
    }

    pub fn method(&self) -> &str {
        self.http.method().as_str()
    }

    /// The body, where it is JSON.
    pub fn content(&self) -> Option<Value> {
        serde_json::from_slice(self.http.body()?.as_bytes()?).ok()
    }

    /// The same request once more.
    pub fn again(&self) -> Self {
        let http = self.http.try_clone().expect("no body is a stream");
        Self { world: self.world, path: self.path.clone(), http }
    }

    /// The same caller, who reads.
    pub fn get(&self, path: &str) -> Self {
        let mut request = self.world.get(Who::Nobody, path);
        if let Some(caller) = self.http.headers().get(AUTHORIZATION) {
            request.http.headers_mut().insert(AUTHORIZATION, caller.clone());
        }
        request
    }

    pub async fn send(self) -> Reply {
        match self.world.tap.get() {
            Some(tap) => tap.send(self).await,
            None => self.pass().await,
        }
    }

    /// Sends it past whatever stands between.
    pub async fn pass(self) -> Reply {
        let method = self.http.method().clone();
        let before = self.world.statements();
        let response = self.world.http.execute(self.http).await.expect("the server answers");
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let bytes = response.bytes().await.expect("the answer arrives").to_vec();
        let statements = self.world.statements() - before;
        let text = || Value::String(String::from_utf8_lossy(&bytes).into_owned());
        let body = serde_json::from_slice(&bytes).unwrap_or_else(|_| text());
        let reply = Reply { status, headers, body };
        check_against_document(method.as_str(), &self.path, &reply);
        if status < 300
            && let Some(operation) = operation_of(method.as_str(), &self.path)
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
        let url = format!("{}{path}", self.base).parse().expect("a URL");
        let request =
            Request { world: self, path: path.to_owned(), http: reqwest::Request::new(method, url) };
        if who == Who::Nobody {
            return request;
        }
        request.header("Authorization", &format!("Bearer {}", who.token()))
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
