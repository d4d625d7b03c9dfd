//! Schemas that follow from a record's content: what creates it, and what patches it.

use serde::Serialize;
use shared::domain::reason::Reason;
use utoipa::openapi::schema::{AdditionalProperties, ArrayItems, ObjectBuilder, SchemaType, Type};
use utoipa::openapi::{OneOfBuilder, RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

/// A merge patch (RFC 7396) of a record's content: every field optional, `null` clears.
#[derive(Serialize)]
pub struct Patch<T>(std::marker::PhantomData<T>);

impl<T: ToSchema> PartialSchema for Patch<T> {
    fn schema() -> RefOr<Schema> {
        let RefOr::T(Schema::Object(mut object)) = T::schema() else { return T::schema() };
        let required = std::mem::take(&mut object.required);
        for (name, property) in &mut object.properties {
            if !required.contains(name) {
                nullable(property);
            }
        }
        RefOr::T(Schema::Object(object))
    }
}

fn nullable(property: &mut RefOr<Schema>) {
    let null = || ObjectBuilder::new().schema_type(SchemaType::Type(Type::Null));
    match property {
        RefOr::T(Schema::Object(object)) => {
            match &mut object.schema_type {
                SchemaType::Type(kind) => {
                    object.schema_type = SchemaType::Array(vec![kind.clone(), Type::Null]);
                }
                SchemaType::Array(kinds) if !kinds.contains(&Type::Null) => kinds.push(Type::Null),
                _ => {}
            }
            // A map: null clears one of its entries, too.
            if let Some(AdditionalProperties::RefOr(entry)) = object.additional_properties.as_deref_mut() {
                nullable(entry);
            }
        }
        RefOr::T(Schema::Array(array)) => {
            if let (SchemaType::Type(kind), ArrayItems::RefOrSchema(_)) = (&array.schema_type, &array.items) {
                array.schema_type = SchemaType::Array(vec![kind.clone(), Type::Null]);
            }
        }
        RefOr::T(Schema::OneOf(_)) => {}
        other => {
            let inner = other.clone();
            *other = RefOr::T(OneOfBuilder::new().item(null()).item(inner).into());
        }
    }
}

impl<T: ToSchema> ToSchema for Patch<T> {
    fn name() -> std::borrow::Cow<'static, str> {
        format!("{}Patch", T::name().trim_end_matches("Content").trim_end_matches("Change")).into()
    }

    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        T::schemas(schemas);
    }
}

/// A merge patch that corrects a typing error, with its `reason`.
#[derive(Serialize)]
pub struct Correction<T>(std::marker::PhantomData<T>);

impl<T: ToSchema> PartialSchema for Correction<T> {
    fn schema() -> RefOr<Schema> {
        let RefOr::T(Schema::Object(mut object)) = Patch::<T>::schema() else { return T::schema() };
        let reason = ObjectBuilder::new()
            .schema_type(Type::String)
            .description(Some("Why it is corrected."))
            .min_length(Some(1))
            .max_length(Some(Reason::MAX))
            .examples(["录入时误将12写为21。"]);
        object.properties.insert("reason".to_owned(), reason.into());
        object.required.push("reason".to_owned());
        RefOr::T(Schema::Object(object))
    }
}

impl<T: ToSchema> ToSchema for Correction<T> {
    fn name() -> std::borrow::Cow<'static, str> {
        Patch::<T>::name()
    }

    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        T::schemas(schemas);
    }
}

/// The bytes of a file.
#[derive(ToSchema)]
#[schema(value_type = String, format = Binary)]
#[allow(dead_code, reason = "it documents bodies that are read and written as they come")]
pub struct FileBytes(String);

/// A record's content on creation, with the `id` that the client may choose.
#[derive(Serialize)]
pub struct New<T>(std::marker::PhantomData<T>);

impl<T: ToSchema> PartialSchema for New<T> {
    fn schema() -> RefOr<Schema> {
        let RefOr::T(Schema::Object(mut object)) = T::schema() else { return T::schema() };
        object.properties.insert("id".to_owned(), shared::domain::id::Id::schema());
        RefOr::T(Schema::Object(object))
    }
}

impl<T: ToSchema> ToSchema for New<T> {
    fn name() -> std::borrow::Cow<'static, str> {
        format!("New{}", T::name().trim_end_matches("Content")).into()
    }

    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        T::schemas(schemas);
    }
}
