//! Who calls: the session behind a bearer token, and the answer that a repeated
//! `Idempotency-Key` got first.

use std::sync::Arc;

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header;
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage, HttpResponse, Responder, web};
use sha2::{Digest, Sha256};
use shared::store::session::{self, Session};
use shared::store::{clock, service_account};
use shared::token;

use crate::answer::Answer;
use crate::error::{Problem, ProblemCode};
use crate::extract::body::{read_body, text_header};
use crate::extract::caller::{Caller, Repeat};
use crate::request::RequestId;
use crate::state::State;

/// The only operation that an initial password opens.
const PASSWORD_PATHS: [&str; 3] = ["/v1/me/password", "/v1/me", "/v1/logout"];

/// Whether a request body is a file, whose handler hashes it while it is stored.
fn is_upload(request: &ServiceRequest) -> bool {
    request.path() == "/v1/attachments"
}

/// The middleware of everything that needs a session.
pub async fn handle<B: MessageBody + 'static>(
    mut request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<actix_web::body::EitherBody<B>>, Error> {
    let caller = match authenticate(&mut request).await {
        Ok(Ok(caller)) => caller,
        Ok(Err(answer)) => {
            let response: HttpResponse = answer.respond_to(request.request());
            return Ok(request.into_response(response).map_into_right_body());
        }
        Err(problem) => return Ok(request.error_response(problem).map_into_right_body()),
    };
    request.extensions_mut().insert(caller);
    Ok(next.call(request).await?.map_into_left_body())
}

/// The caller, or the answer that this very request got first.
async fn authenticate(request: &mut ServiceRequest) -> Result<Result<Caller, Answer>, Problem> {
    let unauthenticated = || Problem::new(ProblemCode::Unauthenticated);
    let state =
        request.app_data::<web::Data<State>>().cloned().ok_or_else(|| Problem::internal("no state"))?;
    let token = bearer(request).ok_or_else(unauthenticated)?;
    let token_hash = token::hash(&token);
    let session = resume(&state, token_hash.clone()).await?.ok_or_else(unauthenticated)?;
    if session.password_initial && !PASSWORD_PATHS.contains(&request.path()) {
        return Err(Problem::new(ProblemCode::PasswordChangeRequired));
    }
    let request_id = request.extensions().get::<RequestId>().map(|id| id.0.clone()).unwrap_or_default();
    let mut caller = Caller { state, session: Arc::new(session), token_hash, request_id, repeat: None };
    if request.method() == Method::POST
        && let Some(key) = text_header(request.headers(), "Idempotency-Key")?
    {
        if key.is_empty() || key.len() > 200 {
            return Err(Problem::naming(ProblemCode::InvalidHeader, "Idempotency-Key"));
        }
        caller.repeat = Some(Repeat { key, fingerprint: String::new() });
        if !is_upload(request) {
            let fingerprint = fingerprint(request, &caller).await?;
            if let Some(answer) = caller.first_answer_to(fingerprint).await? {
                return Ok(Err(answer));
            }
        }
    }
    Ok(Ok(caller))
}

fn bearer(request: &ServiceRequest) -> Option<String> {
    let value = request.headers().get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim().to_owned())
}

async fn resume(state: &web::Data<State>, token_hash: String) -> Result<Option<Session>, Problem> {
    let store = state.store.clone();
    let found = web::block(move || {
        store.with(|conn| {
            let now = clock::system_now();
            if let Some(session) = session::resume(conn, &token_hash, now)? {
                return Ok(Some(session));
            }
            let service = service_account::resume(conn, &token_hash, now)?;
            Ok(service.map(Session::of_service))
        })
    });
    Ok(found.await.map_err(Problem::internal)??)
}

/// Hash of method, path, query and body. The body is put back for the handler.
async fn fingerprint(request: &mut ServiceRequest, caller: &Caller) -> Result<String, Problem> {
    let limit = caller.state.settings.json_limit;
    let body = read_body(request.headers().clone(), request.take_payload(), limit).await?;
    let mut hash = Sha256::new();
    for part in [request.method().as_str(), request.path(), request.query_string()] {
        hash.update(part.as_bytes());
        hash.update([0]);
    }
    hash.update(&body);
    request.set_payload(body.into());
    Ok(token::hex(&hash.finalize()))
}
