//! Query parameters of operations that are no lists.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use serde::de::DeserializeOwned;

use crate::error::{Problem, ProblemCode};
use crate::extract::list::parameter_of;

/// Parameters; an unknown one is a problem, as in lists.
#[derive(Debug)]
pub struct Query<T>(pub T);

impl<T: DeserializeOwned> FromRequest for Query<T> {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let parsed = serde_html_form::from_str(request.query_string());
        ready(
            parsed.map(Self).map_err(|error| {
                Problem::naming(ProblemCode::InvalidQuery, parameter_of(&error.to_string()))
            }),
        )
    }
}
