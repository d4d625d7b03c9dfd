//! A client of the public API, as a third party would write one.

use std::time::Duration;

use reqwest::{Method, RequestBuilder, StatusCode};
use serde_json::{Value, json};
use tokio::time::sleep;

/// How often a request is repeated that the service puts off (429, 503).
const ATTEMPTS: u32 = 30;

/// Why a call did not do what it should.
#[derive(Debug, thiserror::Error)]
pub enum CallError {
    /// Nobody answered, or the answer broke off: what was asked for may have happened.
    #[error("{call}: {error}")]
    Transport { call: String, error: reqwest::Error },
    /// The service refused.
    #[error("{call} answered {status} {problem}")]
    Refused { call: String, status: StatusCode, problem: Value },
}

impl CallError {
    /// The code of the problem, empty where there is none.
    pub fn code(&self) -> &str {
        match self {
            Self::Refused { problem, .. } => problem["code"].as_str().unwrap_or_default(),
            Self::Transport { .. } => "",
        }
    }
}

type Called<T> = Result<T, CallError>;

/// An answer: its JSON and its ETag, each where there is one.
#[derive(Clone, Debug, Default)]
pub struct Record {
    pub body: Value,
    pub etag: String,
}

impl Record {
    /// A field of text, empty where it is none.
    pub fn text(&self, field: &str) -> &str {
        self.body[field].as_str().unwrap_or_default()
    }

    /// The record's id.
    pub fn id(&self) -> String {
        self.text("id").to_owned()
    }
}

/// The service at an address.
#[derive(Clone, Debug)]
pub struct Api {
    http: reqwest::Client,
    base: String,
}

impl Api {
    /// At this address, such as `http://127.0.0.1:8080`.
    ///
    /// # Errors
    /// The client cannot be made.
    pub fn at(base: String) -> Result<Self, reqwest::Error> {
        let http = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(60)).build()?;
        Ok(Self { http, base })
    }

    /// Whether it is there and ready.
    pub async fn is_ready(&self) -> bool {
        let asked = self.http.get(format!("{}/readyz", self.base)).send().await;
        asked.is_ok_and(|answer| answer.status().is_success())
    }

    /// What `/readyz` says.
    pub async fn readiness(&self) -> Called<Record> {
        call("GET /readyz", self.http.get(format!("{}/readyz", self.base))).await
    }

    /// Begins a session.
    pub async fn login(&self, username: &str, password: &str) -> Called<Session> {
        let body = json!({"username": username, "password": password});
        let request = self.http.post(format!("{}/v1/login", self.base)).json(&body);
        let begun = call("POST /v1/login", request).await?;
        Ok(Session { api: self.clone(), token: begun.text("token").to_owned() })
    }
}

/// A session of one account.
#[derive(Clone, Debug)]
pub struct Session {
    api: Api,
    token: String,
}

impl Session {
    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.api.http.request(method, format!("{}{path}", self.api.base)).bearer_auth(&self.token)
    }

    /// Reads one record.
    pub async fn get(&self, path: &str) -> Called<Record> {
        call(&format!("GET {path}"), self.request(Method::GET, path)).await
    }

    /// Reads what is no JSON.
    pub async fn bytes(&self, path: &str) -> Called<Vec<u8>> {
        let what = format!("GET {path}");
        let answer = answer(&what, self.request(Method::GET, path)).await?;
        let bytes = answer.bytes().await.map_err(|error| CallError::Transport { call: what, error })?;
        Ok(bytes.to_vec())
    }

    /// Reads a list to its end. The path has a query or none.
    pub async fn list(&self, path: &str) -> Called<Vec<Value>> {
        let joint = if path.contains('?') { '&' } else { '?' };
        let first = format!("{path}{joint}limit=200");
        let mut found = Vec::new();
        let mut next = first.clone();
        loop {
            let page = self.get(&next).await?.body;
            found.extend(page["items"].as_array().cloned().unwrap_or_default());
            let Some(cursor) = page["next_cursor"].as_str() else { return Ok(found) };
            next = format!("{first}&cursor={cursor}");
        }
    }

    /// Reads a list that has no pages.
    pub async fn list_whole(&self, path: &str) -> Called<Vec<Value>> {
        Ok(self.get(path).await?.body["items"].as_array().cloned().unwrap_or_default())
    }

    /// Makes a record, or does what `path` says.
    pub async fn post(&self, path: &str, body: &Value) -> Called<Record> {
        self.post_once(path, &new_key(), body).await
    }

    /// The same under a key of the caller's: however often it is repeated, it happens once.
    pub async fn post_once(&self, path: &str, key: &str, body: &Value) -> Called<Record> {
        let request = self.request(Method::POST, path).header("Idempotency-Key", key).json(body);
        call(&format!("POST {path}"), request).await
    }

    /// Changes a record by a merge patch, as it is now.
    pub async fn patch(&self, path: &str, change: &Value) -> Called<Record> {
        self.write(Method::PATCH, path, path, change).await
    }

    /// Replaces all children of a record at once, such as the units of a campaign.
    pub async fn put(&self, owner: &str, children: &str, body: &Value) -> Called<Record> {
        self.write(Method::PUT, owner, &format!("{owner}/{children}"), body).await
    }

    /// Adds a child to a record, or changes one.
    pub async fn write(&self, method: Method, owner: &str, path: &str, body: &Value) -> Called<Record> {
        let owner = self.get(owner).await?;
        let what = format!("{method} {path}");
        call(&what, self.request(method, path).header("If-Match", owner.etag).json(body)).await
    }

    /// Does something with a record, as it is now: `act("/v1/self-checks/…", "accept", …)`.
    pub async fn act(&self, record: &str, verb: &str, body: &Value) -> Called<Record> {
        let now = self.get(record).await?;
        self.act_once(record, verb, &now.etag, &new_key(), body).await
    }

    /// The same with a version and under a key of the caller's.
    pub async fn act_once(
        &self,
        record: &str,
        verb: &str,
        etag: &str,
        key: &str,
        body: &Value,
    ) -> Called<Record> {
        let path = format!("{record}/{verb}");
        let request =
            self.request(Method::POST, &path).header("If-Match", etag).header("Idempotency-Key", key);
        let request = if body.is_null() { request } else { request.json(body) };
        call(&format!("POST {path}"), request).await
    }

    /// Uploads a file; its name is plain ASCII.
    pub async fn upload(&self, file_name: &str, bytes: &'static [u8]) -> Called<Record> {
        let path = format!("/v1/attachments?file_name={file_name}");
        let request =
            self.request(Method::POST, &path).header("Content-Type", "application/octet-stream").body(bytes);
        call(&format!("POST {path}"), request).await
    }
}

/// A key that nobody used before.
fn new_key() -> String {
    format!("{:032x}", rand::random::<u128>())
}

/// The answer to a request, read as JSON.
async fn call(what: &str, request: RequestBuilder) -> Called<Record> {
    let answer = answer(what, request).await?;
    let etag =
        answer.headers().get("ETag").and_then(|etag| etag.to_str().ok()).unwrap_or_default().to_owned();
    let transport = |error| CallError::Transport { call: what.to_owned(), error };
    let bytes = answer.bytes().await.map_err(transport)?;
    Ok(Record { body: serde_json::from_slice(&bytes).unwrap_or(Value::Null), etag })
}

/// The answer to a request that went well. What the service puts off is asked again when it says so.
async fn answer(what: &str, request: RequestBuilder) -> Called<reqwest::Response> {
    let transport = |error| CallError::Transport { call: what.to_owned(), error };
    let mut attempt = 1;
    loop {
        let Some(again) = request.try_clone() else { return request.send().await.map_err(transport) };
        let answer = again.send().await.map_err(transport)?;
        let status = answer.status();
        if status.is_success() {
            return Ok(answer);
        }
        let wait =
            answer.headers().get("Retry-After").and_then(|after| after.to_str().ok()?.parse::<u64>().ok());
        if let Some(seconds) = wait.filter(|_| attempt < ATTEMPTS) {
            attempt += 1;
            sleep(Duration::from_secs(seconds.min(10))).await;
            continue;
        }
        let bytes = answer.bytes().await.map_err(transport)?;
        let text = || Value::String(String::from_utf8_lossy(&bytes).into_owned());
        let problem = serde_json::from_slice(&bytes).unwrap_or_else(|_| text());
        return Err(CallError::Refused { call: what.to_owned(), status, problem });
    }
}
