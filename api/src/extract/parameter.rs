//! Query parameters, held against what the document says of them: known, not repeated but where it is a list, and
//! within their length.

use serde::de::DeserializeOwned;
use utoipa::IntoParams;
use utoipa::openapi::path::Parameter;
use utoipa::openapi::schema::ArrayItems;
use utoipa::openapi::{RefOr, Schema};

use crate::error::{Problem, ProblemCode};

/// A problem with a parameter.
pub fn invalid(name: &str) -> Problem {
    Problem::naming(ProblemCode::InvalidQuery, name)
}

/// The parameters of a query string in their order.
///
/// # Errors
/// What is no query string.
pub fn pairs(query: &str) -> Result<Vec<(String, String)>, Problem> {
    serde_html_form::from_str(query).map_err(|_| invalid("?"))
}

/// The parameters as what the operation takes.
///
/// # Errors
/// The first that the operation does not have, that stands twice where it takes one, or that is longer than it may be.
pub fn read<T: DeserializeOwned + IntoParams>(pairs: &[(String, String)]) -> Result<T, Problem> {
    if !pairs.is_empty() {
        let documented = T::into_params(|| None);
        for (index, (name, value)) in pairs.iter().enumerate() {
            let Some(parameter) = documented.iter().find(|parameter| parameter.name == *name) else {
                return Err(invalid(name));
            };
            let (is_list, max_length) = limits(parameter);
            let stands_before = pairs.iter().take(index).any(|(other, _)| other == name);
            let is_too_long = max_length.is_some_and(|most| value.chars().count() > most);
            if is_too_long || stands_before && !is_list {
                return Err(invalid(name));
            }
        }
    }
    let text = serde_html_form::to_string(pairs).map_err(|_| invalid("?"))?;
    serde_html_form::from_str(&text).map_err(|error| invalid(&parameter_of(&error.to_string())))
}

/// Whether a parameter may be repeated, and how many characters a value may have.
fn limits(parameter: &Parameter) -> (bool, Option<usize>) {
    let length = |schema: &RefOr<Schema>| match schema {
        RefOr::T(Schema::Object(object)) => object.max_length,
        _ => None,
    };
    match &parameter.schema {
        Some(RefOr::T(Schema::Array(array))) => match &array.items {
            ArrayItems::RefOrSchema(items) => (true, length(items)),
            ArrayItems::False => (true, None),
        },
        Some(schema) => (false, length(schema)),
        None => (false, None),
    }
}

/// What an error of the query's parser names: the parameter where it does, else what it says.
fn parameter_of(message: &str) -> String {
    message.split('`').nth(1).unwrap_or(message).chars().take(100).collect()
}
