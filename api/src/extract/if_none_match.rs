//! `If-None-Match: *`: a `PUT` of what must not be there yet.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use shared::domain::refusal::Refusal;
use shared::domain::version::Expected;
use utoipa::IntoParams;
use utoipa::openapi::Required;
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{ObjectBuilder, Type};

use super::body::text_header;
use crate::error::{Problem, ProblemCode};

/// Whether the caller expects that nothing is there.
#[derive(Clone, Copy, Debug)]
pub struct IfNoneMatch(bool);

impl IfNoneMatch {
    /// Refuses a change of another version than expected, and one of what is not there unless that is
    /// expected.
    pub fn check(self, expected: Expected, version: Option<i64>) -> Result<(), Refusal> {
        match (version, self.0) {
            (None, true) => Ok(()),
            (Some(_), true) => Err(Refusal::Stale),
            (Some(version), false) => expected.check(version),
            (None, false) if expected.0.is_some() => Err(Refusal::Stale),
            (None, false) => Err(Refusal::VersionRequired),
        }
    }
}

impl IntoParams for IfNoneMatch {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let schema = ObjectBuilder::new().schema_type(Type::String).enum_values(Some(["*"]));
        let parameter = ParameterBuilder::new()
            .name("If-None-Match")
            .parameter_in(ParameterIn::Header)
            .required(Required::False)
            .description(Some("`*`, in place of `If-Match`: nothing may be there yet."))
            .schema(Some(schema))
            .build();
        vec![parameter]
    }
}

impl FromRequest for IfNoneMatch {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(text_header(request.headers(), "If-None-Match").and_then(|value| match value.as_deref() {
            None => Ok(Self(false)),
            Some("*") => Ok(Self(true)),
            Some(_) => Err(Problem::naming(ProblemCode::InvalidHeader, "If-None-Match")),
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_there_needs_its_version_and_what_is_not_needs_a_star() {
        let check = |star, expected, version| IfNoneMatch(star).check(Expected(expected), version);
        assert_eq!(check(true, None, None), Ok(()));
        assert_eq!(check(false, Some(3), Some(3)), Ok(()));
        assert_eq!(check(true, None, Some(3)), Err(Refusal::Stale));
        assert_eq!(check(false, Some(2), Some(3)), Err(Refusal::Stale));
        assert_eq!(check(false, Some(3), None), Err(Refusal::Stale));
        assert_eq!(check(false, None, Some(3)), Err(Refusal::VersionRequired));
        assert_eq!(check(false, None, None), Err(Refusal::VersionRequired));
    }
}
