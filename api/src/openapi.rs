//! The OpenAPI document: what the handlers say of themselves, completed by what holds for all of
//! them, so that no handler can forget it.

use utoipa::OpenApi as _;
use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::path::{Operation, Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{ObjectBuilder, SchemaType, Type};
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{
    ContentBuilder, OpenApi, PathItem, Ref, RefOr, Required, Response, ResponseBuilder, Schema,
};
use utoipa_actix_web::AppExt;

use crate::error::ProblemBody;
use crate::routes;

#[derive(utoipa::OpenApi)]
#[openapi(
    info(
        title = "Xunjian: special inspection of Party and government office space",
        description = "专项巡检: units check themselves, inspectors visit, problems are put right, \
                       a report for the whole district goes to the leading group.",
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0")
    ),
    components(schemas(ProblemBody))
)]
struct Base;

const BEARER: &str = "bearer";

/// The document of the running program.
pub fn document() -> OpenApi {
    let (_, mut document) = actix_web::App::new()
        .into_utoipa_app()
        .openapi(Base::openapi())
        .configure(routes::all)
        .split_for_parts();
    let components = document.components.get_or_insert_default();
    components
        .security_schemes
        .insert(BEARER.to_owned(), SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer)).into());
    for (name, schema) in &mut components.schemas {
        // In a patch null clears; everywhere else what is absent is left out.
        if !name.ends_with("Patch")
            && let RefOr::T(Schema::Object(object)) = schema
        {
            object.properties.values_mut().for_each(never_null);
        }
    }
    for (path, item) in &mut document.paths.paths {
        for (method, operation) in operations(item) {
            complete(path, method, operation);
        }
    }
    document
}

/// The document as it is committed.
///
/// # Errors
/// It cannot be serialized.
pub fn document_json() -> serde_json::Result<String> {
    document().to_pretty_json()
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = (&'static str, &mut Operation)> {
    [
        ("GET", item.get.as_mut()),
        ("POST", item.post.as_mut()),
        ("PUT", item.put.as_mut()),
        ("PATCH", item.patch.as_mut()),
        ("DELETE", item.delete.as_mut()),
    ]
    .into_iter()
    .filter_map(|(method, operation)| Some((method, operation?)))
}

/// Adds to an operation what follows from its path, method, parameters and body.
fn complete(path: &str, method: &str, operation: &mut Operation) {
    let open = routes::OPEN_PATHS.contains(&path);
    let has_body = operation.request_body.is_some();
    let has_version = has_parameter(operation, "If-Match");
    let has_query = parameters(operation).any(|p| p.parameter_in == ParameterIn::Query);
    let has_id = path.contains('{');
    if !path.starts_with("/v1/") {
        return;
    }
    if !open {
        operation.security = Some(vec![SecurityRequirement::new(BEARER, Vec::<String>::new())]);
        if method == "POST" && !routes::WITH_SECRET.contains(&path) {
            operation.parameters.get_or_insert_default().push(idempotency_key().into());
        }
    }
    let statuses = [
        ("400", has_body || has_query || has_id || has_version || method == "POST"),
        ("401", true),
        ("403", !open),
        ("404", has_id),
        ("409", has_version || (method == "POST" && !open)),
        ("412", has_version),
        ("413", has_body),
        ("415", has_body),
        ("422", has_body || (method == "POST" && !open)),
        ("428", has_version),
        ("429", open),
        ("500", true),
        ("503", true),
    ];
    for (status, possible) in statuses {
        if possible {
            let response = || RefOr::T(problem(status));
            operation.responses.responses.entry(status.to_owned()).or_insert_with(response);
        }
    }
    for (status, response) in &mut operation.responses.responses {
        let RefOr::T(response) = response else { continue };
        let placed = status == "201" || status == "202";
        if placed {
            response.headers.insert("Location".to_owned(), text_header("The new record's address.").into());
        }
        if placed || (status == "200" && (has_version || has_id)) {
            response.headers.insert("ETag".to_owned(), text_header("The record's version.").into());
        }
    }
}

fn parameters(operation: &Operation) -> impl Iterator<Item = &Parameter> {
    operation.parameters.iter().flatten().filter_map(|parameter| match parameter {
        RefOr::T(parameter) => Some(parameter),
        RefOr::Ref(_) => None,
    })
}

fn has_parameter(operation: &Operation, name: &str) -> bool {
    parameters(operation).any(|parameter| parameter.name == name)
}

fn text_header(description: &str) -> utoipa::openapi::Header {
    HeaderBuilder::new()
        .schema(Some(ObjectBuilder::new().schema_type(Type::String)))
        .description(Some(description))
        .build()
}

fn idempotency_key() -> Parameter {
    let schema = ObjectBuilder::new().schema_type(Type::String).min_length(Some(1)).max_length(Some(200));
    ParameterBuilder::new()
        .name("Idempotency-Key")
        .parameter_in(ParameterIn::Header)
        .required(Required::False)
        .description(Some(
            "Makes the request safe to repeat for 7 days: the same request gets the first answer.",
        ))
        .schema(Some(schema))
        .build()
}

fn problem(status: &str) -> Response {
    let description = match status {
        "400" => "The request is malformed.",
        "401" => "There is no live session.",
        "403" => "The caller may not do this.",
        "404" => "The record does not exist, or not for this caller.",
        "409" => "The state of the record, or another record, does not allow this.",
        "412" => "The record was changed since the caller read it.",
        "413" => "The body is too large.",
        "415" => "The body has another media type.",
        "422" => "The content breaks rules, all of which are listed.",
        "428" => "If-Match is missing.",
        "429" => "Too many failed logins.",
        "503" => "The service is busy.",
        _ => "The service failed.",
    };
    ResponseBuilder::new()
        .description(description)
        .content(
            "application/problem+json",
            ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build(),
        )
        .build()
}

/// Takes `null` out of an optional property.
fn never_null(property: &mut RefOr<Schema>) {
    let is_null = |schema: &RefOr<Schema>| matches!(schema, RefOr::T(Schema::Object(object)) if object.schema_type == SchemaType::Type(Type::Null));
    let without_null = |kind: &mut SchemaType| {
        if let SchemaType::Array(kinds) = kind {
            kinds.retain(|kind| *kind != Type::Null);
            if let [only] = &kinds[..] {
                *kind = SchemaType::Type(only.clone());
            }
        }
    };
    match property {
        RefOr::T(Schema::OneOf(choices)) => {
            choices.items.retain(|choice| !is_null(choice));
            if let [only] = &choices.items[..] {
                *property = only.clone();
            }
        }
        RefOr::T(Schema::Object(object)) => without_null(&mut object.schema_type),
        RefOr::T(Schema::Array(array)) => without_null(&mut array.schema_type),
        _ => {}
    }
}
