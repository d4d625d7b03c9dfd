//! Dictionaries: the words of all lists with their labels, for dropdowns.

use actix_web::http::StatusCode;
use actix_web::http::header;
use actix_web::{HttpRequest, get};
use serde::Serialize;
use sha2::{Digest, Sha256};
use shared::domain::time_zone::TimeZone;
use shared::messages::words::WORDS;
use shared::store::dictionary::{self, Entry};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::answer::Answer;
use crate::error::Problem;
use crate::extract::caller::Caller;
use shared::token::hex;

pub fn register(config: &mut ServiceConfig<'_>) {
    config.service(list_dictionaries);
}

/// All lists.
#[derive(Serialize, ToSchema)]
struct Dictionaries {
    /// One a list.
    items: Vec<Dictionary>,
}

/// The words of one list.
#[derive(Serialize, ToSchema)]
struct Dictionary {
    /// The list's name.
    #[schema(example = "nature")]
    name: String,
    /// Whether the list is part of the contract and changes only with a release; an open list
    /// changes by date.
    closed: bool,
    /// In dropdown order.
    words: Vec<DictionaryWord>,
}

/// A word with its labels.
#[derive(Serialize, ToSchema)]
struct DictionaryWord {
    /// As it stands in JSON.
    #[schema(example = "organ")]
    code: String,
    /// The official Chinese term.
    #[schema(example = "党政机关")]
    zh: String,
    /// English.
    #[schema(example = "Party or government organ")]
    en: String,
}

impl Dictionaries {
    fn of(open: Vec<Entry>) -> Self {
        let mut all = Self { items: Vec::new() };
        for word in WORDS {
            all.add(word.list, true, word.code, word.zh, word.en);
        }
        for entry in &open {
            all.add(&entry.list, false, &entry.code, &entry.label_zh, &entry.label_en);
        }
        all
    }

    fn add(&mut self, list: &str, closed: bool, code: &str, zh: &str, en: &str) {
        let word = DictionaryWord { code: code.to_owned(), zh: zh.to_owned(), en: en.to_owned() };
        match self.items.iter_mut().find(|dictionary| dictionary.name == list) {
            Some(dictionary) => dictionary.words.push(word),
            None => self.items.push(Dictionary { name: list.to_owned(), closed, words: vec![word] }),
        }
    }
}

/// Shows the words of all lists in force today, with labels in Chinese and English.
#[utoipa::path(tag = "dictionaries", operation_id = "list_dictionaries",
    params(("If-None-Match" = Option<String>, Header, description = "The ETag of the lists that the caller has.")),
    responses((status = 200, description = "The lists; the same for everybody, so that they may be cached.", body = Dictionaries),
              (status = 304, description = "They are as the caller has them.")))]
#[get("/dictionaries")]
async fn list_dictionaries(caller: Caller, request: HttpRequest) -> Result<Answer, Problem> {
    let known =
        request.headers().get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok()?.parse().ok());
    caller
        .read(move |read| {
            let today = read.now.date_in(TimeZone::default().0);
            let open = dictionary::in_force(read.conn, today)?;
            let mut answer = Answer::json(&Dictionaries::of(open))?;
            let etag = format!("\"{}\"", &hex(&Sha256::digest(&answer.body))[..16]);
            if known.as_ref() == Some(&etag) {
                answer = Answer { status: StatusCode::NOT_MODIFIED, ..Answer::empty() };
            }
            answer.headers.push((header::CACHE_CONTROL, "private, max-age=0, must-revalidate".to_owned()));
            answer.headers.push((header::ETAG, etag));
            Ok(answer)
        })
        .await
}
