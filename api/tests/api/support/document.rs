//! The OpenAPI document, as tests walk it.

use std::sync::OnceLock;

use serde_json::Value;

/// One operation.
#[derive(Clone, Debug)]
pub struct Operation {
    pub id: String,
    pub method: String,
    /// The path template.
    pub path: String,
    /// The operation as the document describes it.
    pub spec: Value,
}

impl Operation {
    pub fn needs_session(&self) -> bool {
        self.spec.get("security").is_some()
    }

    pub fn has_parameter(&self, name: &str) -> bool {
        self.parameters().any(|parameter| parameter["name"] == name)
    }

    pub fn has_json_body(&self) -> bool {
        self.content().is_some()
    }

    pub fn declares(&self, status: u16) -> bool {
        self.spec["responses"].get(status.to_string()).is_some()
    }

    /// The schema of its JSON body.
    pub fn content(&self) -> Option<&Value> {
        self.spec.pointer("/requestBody/content/application~1json/schema")
    }

    pub fn parameters(&self) -> impl Iterator<Item = &Value> {
        self.spec["parameters"].as_array().into_iter().flatten()
    }

    fn serves(&self, method: &str, path: &str) -> bool {
        let parts = || self.path.split('/').zip(path.split('/'));
        self.method == method
            && self.path.matches('/').count() == path.matches('/').count()
            && parts().all(|(part, asked)| part == asked || part.starts_with('{'))
    }
}

/// The document that the server serves.
pub fn document() -> &'static Value {
    static DOCUMENT: OnceLock<Value> = OnceLock::new();
    DOCUMENT.get_or_init(|| {
        let text = xunjian_api::openapi::document_json().expect("the document can be written");
        serde_json::from_str(&text).expect("the document is JSON")
    })
}

/// All operations, in the order of paths and methods.
pub fn operations() -> &'static [Operation] {
    static OPERATIONS: OnceLock<Vec<Operation>> = OnceLock::new();
    OPERATIONS.get_or_init(|| {
        let paths = document()["paths"].as_object().expect("paths");
        let items = paths.iter().flat_map(|(path, item)| {
            item.as_object().into_iter().flatten().map(move |(method, spec)| Operation {
                id: spec["operationId"].as_str().expect("an operationId").to_owned(),
                method: method.to_uppercase(),
                path: path.clone(),
                spec: spec.clone(),
            })
        });
        items.collect()
    })
}

/// The operation that serves a request; a literal path wins over a template.
pub fn operation_of(method: &str, path: &str) -> Option<&'static Operation> {
    let path = path.split('?').next().unwrap_or_default();
    let serving = operations().iter().filter(|operation| operation.serves(method, path));
    serving.min_by_key(|operation| operation.path.matches('{').count())
}

/// A schema without its references, and without the `null` that it may take as well.
pub fn resolved(schema: &Value) -> &Value {
    let other = schema["oneOf"].as_array().into_iter().flatten().find(|one| one["type"] != "null");
    match (schema["$ref"].as_str(), other) {
        (Some(reference), _) => {
            let schema = document().pointer(reference.trim_start_matches('#'));
            resolved(schema.expect("a reference leads somewhere"))
        }
        (None, Some(other)) => resolved(other),
        (None, None) => schema,
    }
}
