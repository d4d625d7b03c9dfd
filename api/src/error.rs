//! Problems (RFC 9457): the one place that knows status codes.

use std::fmt;

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpResponse, ResponseError};
use serde::Serialize;
use shared::domain::refusal::{Refusal, Violation};
use shared::domain::text::TextEnum;
use shared::store::StoreError;
use shared::text_enum;
use utoipa::ToSchema;

use crate::catalogue::{self, Language};

text_enum! {
    /// The stable code of a problem; its page is `/problems/{code}`.
    pub enum ProblemCode {
        MalformedBody = "malformed_body",
        InvalidId = "invalid_id",
        InvalidQuery = "invalid_query",
        InvalidCursor = "invalid_cursor",
        CursorMismatch = "cursor_mismatch",
        InvalidHeader = "invalid_header",
        Unauthenticated = "unauthenticated",
        LoginFailed = "login_failed",
        LinkInvalid = "link_invalid",
        PasswordChangeRequired = "password_change_required",
        RoleMissing = "role_missing",
        OwnUnit = "own_unit",
        HeadRequired = "head_required",
        OwnSubmission = "own_submission",
        PersonRequired = "person_required",
        ReadOnly = "read_only",
        NotFound = "not_found",
        MethodNotAllowed = "method_not_allowed",
        InvalidTransition = "invalid_transition",
        CampaignClosed = "campaign_closed",
        CampaignNotOpen = "campaign_not_open",
        InUse = "in_use",
        /// The record is sealed on a signed form.
        Sealed = "sealed",
        IdTaken = "id_taken",
        Taken = "taken",
        RangeNotSatisfiable = "range_not_satisfiable",
        Stale = "stale",
        BodyTooLarge = "body_too_large",
        UnsupportedMediaType = "unsupported_media_type",
        InvalidContent = "invalid_content",
        IdempotencyKeyReused = "idempotency_key_reused",
        VersionRequired = "version_required",
        LoginDelayed = "login_delayed",
        Internal = "internal",
        Unavailable = "unavailable",
    }
}

impl ProblemCode {
    /// The HTTP status of a problem.
    pub fn status(self) -> StatusCode {
        match self {
            Self::MalformedBody
            | Self::InvalidId
            | Self::InvalidQuery
            | Self::InvalidCursor
            | Self::CursorMismatch
            | Self::InvalidHeader => StatusCode::BAD_REQUEST,
            Self::Unauthenticated | Self::LoginFailed | Self::LinkInvalid => StatusCode::UNAUTHORIZED,
            Self::PasswordChangeRequired
            | Self::RoleMissing
            | Self::OwnUnit
            | Self::HeadRequired
            | Self::OwnSubmission
            | Self::PersonRequired
            | Self::ReadOnly => StatusCode::FORBIDDEN,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::InvalidTransition
            | Self::CampaignClosed
            | Self::CampaignNotOpen
            | Self::InUse
            | Self::Sealed
            | Self::IdTaken
            | Self::Taken => StatusCode::CONFLICT,
            Self::RangeNotSatisfiable => StatusCode::RANGE_NOT_SATISFIABLE,
            Self::Stale => StatusCode::PRECONDITION_FAILED,
            Self::BodyTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::UnsupportedMediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::InvalidContent | Self::IdempotencyKeyReused => StatusCode::UNPROCESSABLE_ENTITY,
            Self::VersionRequired => StatusCode::PRECONDITION_REQUIRED,
            Self::LoginDelayed => StatusCode::TOO_MANY_REQUESTS,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
            Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        }
    }
}

/// Why a request was not done.
#[derive(Clone, Debug)]
pub struct Problem {
    pub code: ProblemCode,
    /// What the text names: a limit, a field, a reason.
    value: String,
    violations: Vec<Violation>,
    current_status: Option<&'static str>,
    allowed_actions: Option<Vec<&'static str>>,
    retry_after: Option<i64>,
}

impl Problem {
    pub fn new(code: ProblemCode) -> Self {
        Self::naming(code, "")
    }

    /// A problem whose text names something.
    pub fn naming(code: ProblemCode, value: impl fmt::Display) -> Self {
        Self {
            code,
            value: value.to_string(),
            violations: Vec::new(),
            current_status: None,
            allowed_actions: None,
            retry_after: None,
        }
    }

    /// A problem that may be gone after some seconds.
    pub fn retry(code: ProblemCode, seconds: i64) -> Self {
        Self { retry_after: Some(seconds.max(1)), ..Self::naming(code, seconds.max(1)) }
    }

    /// A failure of the service itself: logged whole, shown without its reason.
    pub fn internal(error: impl fmt::Display) -> Self {
        tracing::error!(%error, "a request failed");
        Self::new(ProblemCode::Internal)
    }

    /// The body in a language.
    pub fn body(&self, language: Language, request_id: &str) -> ProblemBody {
        let text = catalogue::problem(self.code.as_str());
        ProblemBody {
            r#type: format!("/problems/{}", self.code),
            title: text.map(|text| text.title.get(language).to_owned()).unwrap_or_default(),
            status: self.code.status().as_u16(),
            detail: text.map(|text| text.detail.fill(language, &self.value)).unwrap_or_default(),
            code: self.code,
            request_id: request_id.to_owned(),
            errors: self.violations.iter().map(|violation| violation_body(violation, language)).collect(),
            current_status: self.current_status.map(str::to_owned),
            allowed_actions: self
                .allowed_actions
                .as_ref()
                .map(|actions| actions.iter().map(|action| (*action).to_owned()).collect()),
        }
    }
}

fn violation_body(violation: &Violation, language: Language) -> ViolationBody {
    let code = violation.code.as_str();
    let value = violation.value.as_deref().unwrap_or_default();
    ViolationBody {
        pointer: violation.pointer.clone(),
        code: code.to_owned(),
        message: catalogue::violation(code).map(|text| text.fill(language, value)).unwrap_or_default(),
    }
}

/// A problem as `application/problem+json` (RFC 9457).
#[derive(Serialize, ToSchema)]
#[schema(as = Problem)]
pub struct ProblemBody {
    /// Address of a page about this kind of problem.
    #[schema(example = "/problems/not_found")]
    r#type: String,
    /// A few words, in the language of `Accept-Language` (zh-CN or en).
    #[schema(example = "未找到")]
    title: String,
    /// The HTTP status.
    #[schema(example = 404)]
    status: u16,
    /// What happened and what to do, in the same language.
    #[schema(example = "记录不存在，或不在您的权限范围内。")]
    detail: String,
    /// Stable code for programs.
    code: ProblemCode,
    /// Names this request in the service's log.
    #[schema(example = "01890a5dac96774bbcceb302099a8057")]
    request_id: String,
    /// The rules that the content breaks (status 422).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<ViolationBody>,
    /// The state of the record (code `invalid_transition`).
    #[serde(skip_serializing_if = "Option::is_none")]
    current_status: Option<String>,
    /// What this caller may do with the record now (code `invalid_transition`).
    #[serde(skip_serializing_if = "Option::is_none")]
    allowed_actions: Option<Vec<String>>,
}

/// One broken rule.
#[derive(Serialize, ToSchema)]
#[schema(as = Violation)]
pub struct ViolationBody {
    /// JSON pointer to the value in the request.
    #[schema(example = "/name")]
    pointer: String,
    /// Stable code for programs.
    #[schema(example = "missing")]
    code: String,
    /// The rule, in the language of `Accept-Language`.
    #[schema(example = "缺少必填项。")]
    message: String,
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Refused(refusal) => refusal.into(),
            StoreError::Unavailable(reason) => {
                tracing::warn!(%reason, "the database is not available");
                Self::retry(ProblemCode::Unavailable, 2)
            }
            StoreError::Unclassified(reason) => {
                tracing::error!(%reason, "the database refused a statement");
                Self::retry(ProblemCode::Unavailable, 2)
            }
            StoreError::Uncertain(reason) => {
                tracing::error!(%reason, "it is not known whether a change was made");
                Self::retry(ProblemCode::Unavailable, 2)
            }
            StoreError::Duplicate(unique) => unique.refusal().into(),
            error @ (StoreError::Unreadable(_) | StoreError::Broken(_)) => Self::internal(error),
        }
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::NotFound => Self::new(ProblemCode::NotFound),
            Refusal::RoleMissing => Self::new(ProblemCode::RoleMissing),
            Refusal::OwnUnit => Self::new(ProblemCode::OwnUnit),
            Refusal::HeadRequired => Self::new(ProblemCode::HeadRequired),
            Refusal::OwnSubmission => Self::new(ProblemCode::OwnSubmission),
            Refusal::PersonRequired => Self::new(ProblemCode::PersonRequired),
            Refusal::ReadOnly => Self::new(ProblemCode::ReadOnly),
            Refusal::LinkInvalid => Self::new(ProblemCode::LinkInvalid),
            Refusal::VersionRequired => Self::new(ProblemCode::VersionRequired),
            Refusal::Stale => Self::new(ProblemCode::Stale),
            Refusal::InvalidTransition { status, verb, allowed } => Self {
                current_status: Some(status),
                allowed_actions: Some(allowed),
                ..Self::naming(ProblemCode::InvalidTransition, format!("{status} → {verb}"))
            },
            Refusal::CampaignClosed => Self::new(ProblemCode::CampaignClosed),
            Refusal::CampaignNotOpen => Self::new(ProblemCode::CampaignNotOpen),
            Refusal::InUse => Self::new(ProblemCode::InUse),
            Refusal::Sealed => Self::new(ProblemCode::Sealed),
            Refusal::IdTaken => Self::new(ProblemCode::IdTaken),
            Refusal::Taken(field) => Self::naming(ProblemCode::Taken, field),
            Refusal::Invalid(violations) => Self { violations, ..Self::new(ProblemCode::InvalidContent) },
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.code)
    }
}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        self.code.status()
    }

    /// The body is written by [`crate::request`], which knows language and request id.
    fn error_response(&self) -> HttpResponse {
        let mut response = HttpResponse::build(self.status_code());
        if let Some(seconds) = self.retry_after {
            response.insert_header((header::RETRY_AFTER, seconds));
        }
        if self.status_code() == StatusCode::UNAUTHORIZED {
            response.insert_header((header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer")));
        }
        let mut response = response.finish();
        response.extensions_mut().insert(self.clone());
        response
    }
}
