//! JSON bodies. Whether a body is JSON is known at once (400); whether it has the right content only
//! after everything else that may be refused (422), so reading it is two steps.

use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::http::header::{self, HeaderMap};
use actix_web::{FromRequest, HttpRequest, web};
use bytes::{Bytes, BytesMut};
use futures_util::StreamExt;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use shared::domain::id::Id;
use shared::domain::reason::Reason;
use shared::domain::refusal::{Code, Refusal, Violation};
use shared::domain::text::TextEnum;

use super::json::Json;
use crate::error::{Problem, ProblemCode};
use crate::state::State;

/// How much of a body that is too large is read and dropped, so that the caller sees the answer
/// instead of a broken connection.
const DRAINED: usize = 64 << 20;

/// A body that is JSON.
#[derive(Clone, Debug)]
pub struct Body(Value);

impl Body {
    /// The content as what the operation takes.
    ///
    /// # Errors
    /// The first field that is missing, unknown or of the wrong type; any text with a NUL; any `null`: what is not
    /// said is left out, and only a patch clears something.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T, Refusal> {
        refuse_null(&self.0, true)?;
        typed(&self.0)
    }

    /// The content of a new record, with the id that the client chose or one made here.
    ///
    /// # Errors
    /// As [`Body::read`]; an `id` that is no UUID version 7.
    pub fn read_new<T: DeserializeOwned>(&self) -> Result<(Id, T), Refusal> {
        refuse_null(&self.0, true)?;
        let mut value = self.0.clone();
        let id = match value.as_object_mut().and_then(|fields| fields.remove("id")) {
            Some(given) => {
                let parsed = given.as_str().and_then(|text| text.parse().ok());
                parsed.ok_or_else(|| Refusal::invalid("/id", Code::Malformed))?
            }
            None => Id::new(),
        };
        Ok((id, typed(&value)?))
    }

    /// A text of the top level, where it is one.
    pub fn text(&self, name: &str) -> Option<String> {
        self.0.get(name)?.as_str().map(str::to_owned)
    }

    /// A record's content after this merge patch, and the `reason` beside it that a correction needs.
    ///
    /// # Errors
    /// As [`Body::read`]; a reason that is missing or says nothing.
    pub fn correction<T: Serialize + DeserializeOwned>(&self, current: &T) -> Result<(T, String), Refusal> {
        let mut patch = self.clone();
        let reason = patch.0.as_object_mut().and_then(|fields| fields.remove("reason"));
        let reason =
            Self(json!({"reason": reason.ok_or_else(|| Refusal::invalid("/reason", Code::Missing))?}));
        let reason: Reason = reason.read()?;
        reason.check()?;
        Ok((patch.patch(current)?, reason.reason))
    }

    /// A record's content after this merge patch (RFC 7396).
    ///
    /// # Errors
    /// As [`Body::read`], but for `null`, which clears a field; within a list it clears nothing.
    pub fn patch<T: Serialize + DeserializeOwned>(&self, current: &T) -> Result<T, Refusal> {
        let Ok(mut target) = serde_json::to_value(current) else {
            return Err(Refusal::invalid("", Code::WrongType));
        };
        if !self.0.is_object() {
            return Err(Refusal::invalid("", Code::WrongType));
        }
        refuse_null(&self.0, false)?;
        merge(&mut target, &self.0);
        typed(&target)
    }
}

fn merge(target: &mut Value, patch: &Value) {
    let Value::Object(changes) = patch else {
        *target = patch.clone();
        return;
    };
    if !target.is_object() {
        *target = Value::Object(serde_json::Map::new());
    }
    if let Value::Object(fields) = target {
        for (name, change) in changes {
            if change.is_null() {
                fields.remove(name);
            } else {
                merge(fields.entry(name.clone()).or_insert(Value::Null), change);
            }
        }
    }
}

fn refuse_null(value: &Value, everywhere: bool) -> Result<(), Refusal> {
    match null_in(value, everywhere) {
        Some(pointer) => Err(Refusal::invalid(pointer, Code::WrongType)),
        None => Ok(()),
    }
}

fn typed<T: DeserializeOwned>(value: &Value) -> Result<T, Refusal> {
    if let Some(pointer) = nul_in(value) {
        return Err(Refusal::invalid(pointer, Code::ControlCharacter));
    }
    serde_path_to_error::deserialize(Json(value)).map_err(|error| {
        let pointer = pointer_of(error.path());
        let message = error.inner().to_string();
        Refusal::Invalid(vec![violation_of(pointer, &message)])
    })
}

/// What serde says, as a violation of ours.
fn violation_of(pointer: String, message: &str) -> Violation {
    let named = || message.split('`').nth(1).unwrap_or_default().to_owned();
    if message.starts_with("missing field") {
        Violation::new(format!("{pointer}/{}", named()), Code::Missing)
    } else if message.starts_with("unknown field") {
        // The path already ends with the field that is unknown.
        let pointer = if pointer.ends_with(&format!("/{}", named())) {
            pointer
        } else {
            format!("{pointer}/{}", named())
        };
        Violation::new(pointer, Code::UnknownField)
    } else {
        // Parsed types of the domain fail with the word of a code.
        Violation::new(pointer, Code::from_word(message).unwrap_or(Code::WrongType))
    }
}

fn pointer_of(path: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;
    path.iter()
        .map(|segment| match segment {
            Segment::Seq { index } => format!("/{index}"),
            Segment::Map { key } => format!("/{}", escaped(key)),
            Segment::Enum { .. } | Segment::Unknown => String::new(),
        })
        .collect()
}

/// Where a text holds a NUL, which PostgreSQL cannot keep.
fn nul_in(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => text.contains('\0').then(String::new),
        Value::Array(items) => {
            items.iter().enumerate().find_map(|(index, item)| Some(format!("/{index}{}", nul_in(item)?)))
        }
        Value::Object(fields) => fields.iter().find_map(|(name, field)| {
            let inner = if name.contains('\0') { String::new() } else { nul_in(field)? };
            Some(format!("/{}{inner}", name.replace('\0', "")))
        }),
        _ => None,
    }
}

/// Where a `null` stands, or else where one stands within a list.
fn null_in(value: &Value, everywhere: bool) -> Option<String> {
    match value {
        Value::Null => everywhere.then(String::new),
        Value::Array(items) => items
            .iter()
            .enumerate()
            .find_map(|(index, item)| Some(format!("/{index}{}", null_in(item, true)?))),
        Value::Object(fields) => fields
            .iter()
            .find_map(|(name, field)| Some(format!("/{}{}", escaped(name), null_in(field, everywhere)?))),
        _ => None,
    }
}

/// A name as a part of a JSON pointer (RFC 6901).
fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

/// A header that is text.
pub fn text_header(headers: &HeaderMap, name: &str) -> Result<Option<String>, Problem> {
    headers
        .get(name)
        .map(|value| value.to_str().map(str::to_owned))
        .transpose()
        .map_err(|_| Problem::naming(ProblemCode::InvalidHeader, name))
}

/// The bytes of a body within a limit.
pub async fn read_body(headers: HeaderMap, mut payload: Payload, limit: usize) -> Result<Bytes, Problem> {
    let declared =
        headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
    let mut bytes = BytesMut::with_capacity(declared.unwrap_or(0).min(limit));
    let mut seen = 0;
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|_| Problem::new(ProblemCode::MalformedBody))?;
        seen += chunk.len();
        if seen > DRAINED {
            break;
        }
        if seen <= limit {
            bytes.extend_from_slice(&chunk);
        }
    }
    if seen > limit {
        return Err(Problem::naming(ProblemCode::BodyTooLarge, limit));
    }
    Ok(bytes.freeze())
}

fn is_json(request: &HttpRequest) -> bool {
    let content_type = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let media_type =
        content_type.and_then(|text| text.split(';').next()).map(|text| text.trim().to_ascii_lowercase());
    match media_type.as_deref() {
        Some("application/json") => true,
        Some("application/merge-patch+json") => request.method() == actix_web::http::Method::PATCH,
        _ => false,
    }
}

/// A body that may be left out altogether, where all its fields may: then it is `{}`.
#[derive(Clone, Debug)]
pub struct OptionalBody(pub Body);

impl FromRequest for OptionalBody {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        if request.headers().contains_key(header::CONTENT_TYPE) {
            let body = Body::from_request(request, payload);
            return Box::pin(async move { body.await.map(Self) });
        }
        let (headers, payload) = (request.headers().clone(), payload.take());
        Box::pin(async move {
            match read_body(headers, payload, 0).await {
                Ok(_) => Ok(Self(Body(Value::Object(serde_json::Map::new())))),
                // Bytes without a media type are no JSON.
                Err(_) => Err(Problem::new(ProblemCode::UnsupportedMediaType)),
            }
        })
    }
}

impl FromRequest for Body {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move {
            let state = request.app_data::<web::Data<State>>();
            let limit = state.map_or(0, |state| state.settings.json_limit);
            let bytes = read_body(request.headers().clone(), payload, limit).await?;
            if !is_json(&request) {
                return Err(Problem::new(ProblemCode::UnsupportedMediaType));
            }
            serde_json::from_slice(&bytes).map(Self).map_err(|_| Problem::new(ProblemCode::MalformedBody))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_merge_patch_leaves_clears_and_replaces() {
        // The example of RFC 7396, appendix A.
        let mut target = json!({"a": "b", "c": {"d": "e", "f": "g"}});
        merge(&mut target, &json!({"a": "z", "c": {"f": null}}));
        assert_eq!(target, json!({"a": "z", "c": {"d": "e"}}));
        let mut target = json!({"a": [{"b": "c"}]});
        merge(&mut target, &json!({"a": [1]}));
        assert_eq!(target, json!({"a": [1]}));
        let mut target = json!({"e": null});
        merge(&mut target, &json!({"a": {"bb": {"ccc": null}}}));
        assert_eq!(target, json!({"e": null, "a": {"bb": {}}}));
    }

    #[test]
    fn a_nul_is_found_wherever_it_hides() {
        let value = json!({"name": "ok", "list": [{"text": "a\u{0}b"}]});
        assert_eq!(nul_in(&value), Some("/list/0/text".to_owned()));
        assert_eq!(nul_in(&json!({"a\u{0}": 1})), Some("/a".to_owned()));
    }
}
