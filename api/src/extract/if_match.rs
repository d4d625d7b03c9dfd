//! `If-Match`: the version that a change expects.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use shared::domain::version::Expected;

use utoipa::IntoParams;
use utoipa::openapi::Required;
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{ObjectBuilder, Type};

use super::body::text_header;
use crate::error::{Problem, ProblemCode};

/// The version that the caller saw, where they named one.
#[derive(Clone, Copy, Debug)]
pub struct IfMatch(pub Expected);

fn parse(value: &str) -> Option<i64> {
    let tag = value.trim();
    let tag = tag.strip_prefix("W/").unwrap_or(tag);
    let digits = tag.strip_prefix('"')?.strip_suffix('"')?;
    let plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    if plain { digits.parse().ok() } else { None }
}

impl IntoParams for IfMatch {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let schema = ObjectBuilder::new().schema_type(Type::String).examples(["\"1\""]);
        let parameter = ParameterBuilder::new()
            .name("If-Match")
            .parameter_in(ParameterIn::Header)
            .required(Required::True)
            .description(Some("The version that the caller saw: the record's ETag."))
            .schema(Some(schema))
            .build();
        vec![parameter]
    }
}

impl FromRequest for IfMatch {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(text_header(request.headers(), "If-Match").and_then(|value| match value {
            None => Ok(Self(Expected(None))),
            Some(value) => match parse(&value) {
                Some(version) => Ok(Self(Expected(Some(version)))),
                None => Err(Problem::naming(ProblemCode::InvalidHeader, "If-Match")),
            },
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weak_and_strong_tags_are_versions_and_nothing_else_is() {
        assert_eq!(parse("\"3\""), Some(3));
        assert_eq!(parse("W/\"3\""), Some(3));
        for text in ["*", "3", "\"\"", "\"-1\"", "\"3\", \"4\"", "\"99999999999999999999\""] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
