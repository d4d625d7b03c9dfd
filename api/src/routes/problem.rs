//! Pages about problems, at the address that their `type` names.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, Responder, get, web};
use minijinja::{Environment, context};
use shared::domain::text::TextEnum;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::catalogue::{self, Language};
use crate::error::{Problem, ProblemCode};

pub fn register(config: &mut ServiceConfig<'_>) {
    config.service(get_problem);
}

/// What a problem's code means.
#[utoipa::path(tag = "service", operation_id = "get_problem_page",
    params(("code" = ProblemCode, Path, description = "The problem's code.")),
    responses((status = 200, description = "A page for people.", body = String, content_type = "text/html"),
              (status = 404, description = "There is no such problem.", body = crate::error::ProblemBody,
               content_type = "application/problem+json")))]
#[get("/problems/{code}")]
async fn get_problem(request: HttpRequest, code: web::Path<String>) -> Result<impl Responder, Problem> {
    let unknown = || Problem::new(ProblemCode::NotFound);
    let code = ProblemCode::from_word(&code).ok_or_else(unknown)?;
    let text = catalogue::problem(code.as_str()).ok_or_else(unknown)?;
    let language = Language::of(&request);
    let page = Environment::new()
        .render_named_str(
            "problem.html",
            include_str!("../../templates/problem.html"),
            context! {
                lang => language.tag(),
                code => code.as_str(),
                status => code.status().as_u16(),
                title => text.title.get(language),
                detail => text.detail.fill(language, "…"),
            },
        )
        .map_err(Problem::internal)?;
    Ok(HttpResponse::Ok()
        .content_type("text/html; charset=utf-8")
        .insert_header((header::CONTENT_LANGUAGE, language.tag()))
        .insert_header((header::CONTENT_SECURITY_POLICY, "default-src 'none'; style-src 'unsafe-inline'"))
        .body(page))
}
