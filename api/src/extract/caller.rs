//! The authenticated caller, through whom a handler reads and writes.

use std::future::{Ready, ready};
use std::sync::Arc;

use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::http::header::HeaderName;
use actix_web::{FromRequest, HttpMessage, HttpRequest, web};
use shared::domain::actor::Actor;
use shared::store::idempotency::{self, KeptAnswer};
use shared::store::session::Session;
use shared::store::{Read, Store, StoreError, StoreResult, Write};

use crate::answer::Answer;
use crate::error::{Problem, ProblemCode};
use crate::state::State;

/// The caller of one request.
#[derive(Clone)]
pub struct Caller {
    pub state: web::Data<State>,
    pub session: Arc<Session>,
    pub token_hash: String,
    pub request_id: String,
    pub repeat: Option<Repeat>,
}

/// A request that may be repeated.
#[derive(Clone, Debug)]
pub struct Repeat {
    pub key: String,
    /// Hash of what was asked; an upload's is empty until its bytes are known.
    pub fingerprint: String,
}

impl Caller {
    pub fn actor(&self) -> &Actor {
        &self.session.actor
    }

    /// Reads as this caller, off the async threads.
    pub async fn read<T, F>(self, read: F) -> Result<T, Problem>
    where
        T: Send + 'static,
        F: FnOnce(&mut Read<'_>) -> StoreResult<T> + Send + 'static,
    {
        let (store, session) = (self.state.store.clone(), self.session);
        let answer = web::block(move || store.read(&session.actor, read));
        Ok(answer.await.map_err(Problem::internal)??)
    }

    /// The answer that this very request got first, where it may be repeated; known by the fingerprint.
    pub async fn first_answer_to(&mut self, fingerprint: String) -> Result<Option<Answer>, Problem> {
        let account_id = self.actor().account_id;
        let Some((repeat, account_id)) = self.repeat.as_mut().zip(account_id) else { return Ok(None) };
        repeat.fingerprint = fingerprint;
        let (store, key) = (self.state.store.clone(), repeat.key.clone());
        let found = web::block(move || store.with(|conn| idempotency::find(conn, account_id, &key)));
        let kept = found.await.map_err(Problem::internal)??;
        kept.map(|kept| kept_answer(&kept, repeat)).transpose()
    }

    /// Changes something as this caller in one transaction, off the async threads. The answer is
    /// kept in the same transaction where the request may be repeated.
    pub async fn write<F>(self, change: F) -> Result<Answer, Problem>
    where
        F: FnMut(&mut Write<'_>) -> StoreResult<Answer> + Send + 'static,
    {
        let store = self.state.store.clone();
        web::block(move || self.write_now(&store, change)).await.map_err(Problem::internal)?
    }

    fn write_now<F>(&self, store: &Store, mut change: F) -> Result<Answer, Problem>
    where
        F: FnMut(&mut Write<'_>) -> StoreResult<Answer>,
    {
        let repeat = self.repeat.as_ref().zip(self.actor().account_id);
        let result = store.write(self.actor(), &self.request_id, |tx| {
            let answer = change(tx)?;
            // Whatever the operation asked for, who only reads has changed nothing.
            tx.actor.may_write()?;
            if let Some((repeat, account_id)) = repeat {
                idempotency::keep(tx, account_id, &repeat.key, &to_keep(&answer, repeat)?)?;
            }
            Ok(answer)
        });
        match (result, repeat) {
            (Ok(answer), _) => Ok(answer),
            // The same request may have got ahead meanwhile: then its answer is the answer.
            (Err(error), Some((repeat, account_id))) => {
                match store.with(|conn| idempotency::find(conn, account_id, &repeat.key))? {
                    Some(kept) => kept_answer(&kept, repeat),
                    None => Err(error.into()),
                }
            }
            (Err(error), None) => Err(error.into()),
        }
    }
}

fn to_keep(answer: &Answer, repeat: &Repeat) -> StoreResult<KeptAnswer> {
    let headers: std::collections::BTreeMap<&str, &str> =
        answer.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    Ok(KeptAnswer {
        fingerprint: repeat.fingerprint.clone(),
        status: i32::from(answer.status.as_u16()),
        headers: serde_json::to_string(&headers)?,
        body: answer.body.clone(),
    })
}

/// A kept answer, where this request is the one that got it.
fn kept_answer(kept: &KeptAnswer, repeat: &Repeat) -> Result<Answer, Problem> {
    if repeat.fingerprint != kept.fingerprint {
        return Err(Problem::new(ProblemCode::IdempotencyKeyReused));
    }
    let broken = |error: &dyn std::fmt::Display| Problem::internal(format!("a kept answer: {error}"));
    let headers: std::collections::BTreeMap<String, String> =
        serde_json::from_str(&kept.headers).map_err(|error| broken(&error))?;
    let headers = headers
        .into_iter()
        .map(|(name, value)| Ok((HeaderName::try_from(name).map_err(|error| broken(&error))?, value)))
        .collect::<Result<_, Problem>>()?;
    let status = u16::try_from(kept.status).ok().and_then(|status| StatusCode::from_u16(status).ok());
    Ok(Answer {
        status: status.ok_or_else(|| broken(&StoreError::Broken(kept.status.to_string())))?,
        headers,
        body: kept.body.clone(),
    })
}

impl FromRequest for Caller {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(
            request
                .extensions()
                .get::<Self>()
                .cloned()
                .ok_or_else(|| Problem::new(ProblemCode::Unauthenticated)),
        )
    }
}
