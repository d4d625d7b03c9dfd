//! Query parameters of operations that are no lists.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use serde::de::DeserializeOwned;
use utoipa::IntoParams;

use crate::error::Problem;
use crate::extract::parameter;

/// Parameters; what the document does not say of them is a problem, as in lists.
#[derive(Debug)]
pub struct Query<T>(pub T);

impl<T: DeserializeOwned + IntoParams> FromRequest for Query<T> {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let pairs = parameter::pairs(request.query_string());
        ready(pairs.and_then(|pairs| parameter::read(&pairs)).map(Self))
    }
}
