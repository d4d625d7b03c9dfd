//! The application: routes, and what surrounds every one of them.

use actix_cors::Cors;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::http::{Method, header};
use actix_web::middleware::from_fn;
use actix_web::{App, HttpRequest, HttpResponse, ResponseError, web};
use utoipa_actix_web::AppExt;
use utoipa_swagger_ui::SwaggerUi;

use crate::error::{Problem, ProblemCode};
use crate::state::State;
use crate::{openapi, request, routes};

/// The application of one server thread.
pub fn app(
    state: web::Data<State>,
) -> App<
    impl ServiceFactory<
        ServiceRequest,
        Config = (),
        Response = ServiceResponse<impl MessageBody>,
        Error = actix_web::Error,
        InitError = (),
    >,
> {
    let document = openapi::document();
    let templates = web::Data::new(Templates::of(&document));
    let swagger = SwaggerUi::new("/docs/{_:.*}").url("/openapi.json", document);
    let cors = cors(&state.settings.cors_origins);
    App::new()
        .into_utoipa_app()
        .app_data(state)
        .app_data(templates)
        .app_data(
            web::PathConfig::default().error_handler(|_, _| Problem::new(ProblemCode::InvalidId).into()),
        )
        .configure(routes::all)
        .into_app()
        .service(web::redirect("/docs", "/docs/"))
        .service(swagger)
        .default_service(web::to(nothing_here))
        .wrap(from_fn(request::handle))
        .wrap(cors)
}

/// Who may call from a browser: the listed origins, without credentials.
fn cors(origins: &[String]) -> Cors {
    let cors = Cors::default()
        .allowed_methods([Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE])
        .allowed_headers([
            "Authorization",
            "Content-Type",
            "If-Match",
            "If-None-Match",
            "Idempotency-Key",
            "Accept-Language",
            "Range",
            "X-Request-Id",
            "traceparent",
        ])
        .expose_headers([
            "ETag",
            "Location",
            "Retry-After",
            "X-Request-Id",
            "Content-Disposition",
            "Content-Range",
            "WWW-Authenticate",
            "Deprecation",
            "Sunset",
        ])
        .block_on_origin_mismatch(false)
        .max_age(3600);
    origins.iter().fold(cors, |cors, origin| cors.allowed_origin(origin))
}

/// The documented paths with their methods, to tell a wrong method from a wrong path.
struct Templates(Vec<(Vec<String>, Vec<&'static str>)>);

impl Templates {
    fn of(document: &utoipa::openapi::OpenApi) -> Self {
        let methods = |item: &utoipa::openapi::PathItem| {
            [
                ("GET", item.get.is_some()),
                ("POST", item.post.is_some()),
                ("PUT", item.put.is_some()),
                ("PATCH", item.patch.is_some()),
                ("DELETE", item.delete.is_some()),
            ]
            .into_iter()
            .filter_map(|(method, taken)| taken.then_some(method))
            .collect()
        };
        let segments = |path: &String| path.split('/').map(str::to_owned).collect();
        Self(document.paths.paths.iter().map(|(path, item)| (segments(path), methods(item))).collect())
    }

    fn methods(&self, path: &str) -> Vec<&'static str> {
        let asked: Vec<&str> = path.split('/').collect();
        let fits = |template: &[String]| {
            template.len() == asked.len()
                && template.iter().zip(&asked).all(|(part, asked)| part == asked || part.starts_with('{'))
        };
        self.0
            .iter()
            .filter(|(template, _)| fits(template))
            .flat_map(|(_, methods)| methods.clone())
            .collect()
    }
}

async fn nothing_here(request: HttpRequest, templates: web::Data<Templates>) -> HttpResponse {
    let methods = templates.methods(request.path());
    if methods.is_empty() {
        return Problem::new(ProblemCode::NotFound).error_response();
    }
    let mut response = Problem::new(ProblemCode::MethodNotAllowed).error_response();
    if let Ok(allow) = header::HeaderValue::from_str(&methods.join(", ")) {
        response.headers_mut().insert(header::ALLOW, allow);
    }
    response
}
