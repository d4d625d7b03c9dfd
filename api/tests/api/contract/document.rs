//! The document itself: committed as served, complete, and without loose ends.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::support::document::{document, operations};

#[test]
fn the_committed_document_is_the_one_that_is_served() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../openapi/openapi-3.1.json");
    let committed = std::fs::read_to_string(path).expect("openapi/openapi-3.1.json is there");
    let served = xunjian_api::openapi::document_json().expect("the document can be written");
    assert!(
        committed.trim_end() == served.trim_end(),
        "the api has changed: run `xunjian-api openapi > openapi/openapi-3.1.json` and read the difference"
    );
}

#[test]
fn operations_have_unique_names_one_concept_and_a_description() {
    let mut names = BTreeSet::new();
    for operation in operations() {
        assert!(names.insert(&operation.id), "{} stands twice", operation.id);
        assert_ne!(operation.spec["summary"].as_str().unwrap_or_default(), "", "{}", operation.id);
        assert!(!operation.spec["tags"].as_array().expect("tags").is_empty(), "{}", operation.id);
    }
}

#[test]
fn every_schema_and_field_says_what_it_means() {
    let schemas = document()["components"]["schemas"].as_object().expect("schemas");
    for (name, schema) in schemas {
        let is_list = name.starts_with("List_");
        assert!(is_list || has_description(schema), "{name} has no description");
        let Some(properties) = schema["properties"].as_object() else { continue };
        for (field, property) in properties {
            let refers = property.get("$ref").or(property.get("oneOf")).is_some();
            let standard = ["id", "created_at"].contains(&field.as_str());
            assert!(refers || standard || has_description(property), "{name}.{field} has no description");
        }
    }
}

fn has_description(schema: &Value) -> bool {
    schema["description"].as_str().is_some_and(|text| !text.is_empty())
}

#[test]
fn every_reference_leads_somewhere() {
    fn walk(value: &Value, found: &mut Vec<String>) {
        match value {
            Value::Object(fields) => {
                if let Some(Value::String(reference)) = fields.get("$ref") {
                    found.push(reference.clone());
                }
                fields.values().for_each(|field| walk(field, found));
            }
            Value::Array(items) => items.iter().for_each(|item| walk(item, found)),
            _ => {}
        }
    }
    let mut references = Vec::new();
    walk(document(), &mut references);
    for reference in references {
        let pointer = reference.trim_start_matches('#');
        assert!(document().pointer(pointer).is_some(), "{reference} leads nowhere");
    }
}
