//! Parameters of lists: filters of the concept, and the page.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};
use shared::domain::id::Id;
use shared::domain::page::Page;
use utoipa::IntoParams;

use crate::error::{Problem, ProblemCode};
use crate::extract::parameter;

const DEFAULT_LIMIT: i64 = 50;
const MAX_LIMIT: i64 = 200;
const LONGEST_CURSOR: usize = 200;

/// The parameters that every list has.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct PageParams {
    /// Items of a page.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<i64>,
    /// Where the page begins: `next_cursor` of the page before, with the same filters.
    #[param(max_length = 200)]
    cursor: Option<String>,
    /// Whether to count the items of all pages.
    #[param(default = false)]
    count: Option<bool>,
}

/// Filters and page of a list. An unknown parameter is a problem: a filter that is silently ignored
/// would show what was not asked for.
#[derive(Debug)]
pub struct List<F> {
    pub filter: F,
    pub page: Page,
    filter_hash: String,
}

impl<F> List<F> {
    /// The cursor that begins behind an item, bound to these filters.
    pub fn cursor(&self, after: Id) -> String {
        URL_SAFE_NO_PAD.encode(format!("{}{after}", self.filter_hash))
    }
}

impl<F: DeserializeOwned + IntoParams> List<F> {
    fn parse(query: &str) -> Result<Self, Problem> {
        let is_of_page = |(name, _): &(String, String)| ["limit", "count", "cursor"].contains(&name.as_str());
        let (of_page, mut filters): (Vec<_>, Vec<_>) =
            parameter::pairs(query)?.into_iter().partition(is_of_page);
        if of_page
            .iter()
            .any(|(name, value)| name == "cursor" && (value.len() > LONGEST_CURSOR || value.contains('\0')))
        {
            return Err(Problem::new(ProblemCode::InvalidCursor));
        }
        let PageParams { limit, cursor, count } = parameter::read(&of_page)?;
        let limit = limit.unwrap_or(DEFAULT_LIMIT);
        if !(1..=MAX_LIMIT).contains(&limit) {
            return Err(parameter::invalid("limit"));
        }
        let mut page = Page { limit, after: None, count: count.unwrap_or_default() };
        // No database keeps a NUL.
        if let Some((name, _)) = filters.iter().find(|(_, value)| value.contains('\0')) {
            return Err(parameter::invalid(name));
        }
        filters.sort();
        let filter = parameter::read(&filters)?;
        let text = serde_html_form::to_string(&filters).map_err(|_| parameter::invalid("?"))?;
        let filter_hash = URL_SAFE_NO_PAD.encode(&Sha256::digest(text.as_bytes())[..6]);
        page.after = cursor.map(|cursor| open_cursor(&cursor, &filter_hash)).transpose()?;
        Ok(Self { filter, page, filter_hash })
    }
}

fn open_cursor(cursor: &str, filter_hash: &str) -> Result<Id, Problem> {
    let invalid = || Problem::new(ProblemCode::InvalidCursor);
    let bytes = URL_SAFE_NO_PAD.decode(cursor).map_err(|_| invalid())?;
    let text = String::from_utf8(bytes).map_err(|_| invalid())?;
    let (bound, after) = text.split_at_checked(filter_hash.len()).ok_or_else(invalid)?;
    let after = after.parse().map_err(|_| invalid())?;
    if bound == filter_hash { Ok(after) } else { Err(Problem::new(ProblemCode::CursorMismatch)) }
}

impl<F: DeserializeOwned + IntoParams> FromRequest for List<F> {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Self::parse(request.query_string()))
    }
}
