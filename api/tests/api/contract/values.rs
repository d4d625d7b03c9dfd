//! Values at the bounds of a schema and beyond them, in each place of a valid one.

use serde_json::{Value, json};
use shared::domain::id::Id;

use crate::support::document::resolved;

/// What is tried in the place of a valid value.
#[derive(Clone, Debug)]
pub struct Try {
    /// Where it differs.
    pub pointer: String,
    /// What stands there.
    pub part: Value,
    /// The whole value.
    pub value: Value,
}

impl Try {
    fn of(value: Value) -> Self {
        Self { pointer: String::new(), part: value.clone(), value }
    }

    /// How failures name it.
    pub fn told(&self) -> String {
        let text = self.part.to_string();
        match text.char_indices().nth(60) {
            Some((end, _)) => format!("{} = {}… of {} bytes", self.pointer, &text[..end], text.len()),
            None => format!("{} = {text}", self.pointer),
        }
    }

    /// Whether it is a number, or a day at either end of the calendar: somebody may calculate with it.
    pub fn is_far(&self) -> bool {
        self.part.is_number() || ["1900-", "2199-"].iter().any(|year| self.starts_with(year))
    }

    pub fn starts_with(&self, text: &str) -> bool {
        self.part.as_str().is_some_and(|part| part.starts_with(text))
    }

    /// The same in a place of something larger.
    fn within(self, place: &str, whole: impl FnOnce(Value) -> Value) -> Self {
        Self { pointer: format!("/{place}{}", self.pointer), value: whole(self.value), ..self }
    }

    /// The field of the whole value in which it differs.
    pub fn field(&self) -> Option<&str> {
        self.pointer.split('/').nth(1)
    }
}

/// All that is tried in the place of a valid value.
pub fn tries(schema: &Value, valid: &Value) -> Vec<Try> {
    let schema = resolved(schema);
    let (mut values, mut parts) = (vec![json!(null)], Vec::new());
    match kind(schema) {
        "string" => values.extend(texts(schema)),
        "integer" | "number" => values.extend(numbers(schema)),
        "boolean" => values.extend([json!(true), json!(false), json!("true")]),
        "array" => {
            let first = valid.get(0).cloned().unwrap_or_else(|| sample(&schema["items"]));
            values.extend(lengths(schema, &first));
            let of_items = tries(&schema["items"], &first).into_iter();
            parts = of_items.map(|one| one.within("0", |item| json!([item]))).collect();
        }
        "object" => {
            values.extend([json!({}), json!([])]);
            parts = fields(schema, valid);
        }
        _ => values.extend([json!(true), json!(7), json!("文"), json!({})]),
    }
    values.into_iter().map(Try::of).chain(parts).collect()
}

fn kind(schema: &Value) -> &str {
    let of_several = schema["type"].as_array().and_then(|kinds| kinds.iter().find(|kind| **kind != "null"));
    of_several.unwrap_or(&schema["type"]).as_str().unwrap_or_default()
}

/// A valid value, where nobody knows a better one.
fn sample(schema: &Value) -> Value {
    let schema = resolved(schema);
    if let Some(given) = ["/example", "/examples/0", "/enum/0"].iter().find_map(|at| schema.pointer(at)) {
        return given.clone();
    }
    match kind(schema) {
        "array" => json!([sample(&schema["items"])]),
        "object" => {
            let required = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
            required.map(|name| (name.to_owned(), sample(&schema["properties"][name]))).collect()
        }
        "integer" | "number" => json!(1),
        "boolean" => json!(true),
        _ if schema["format"] == "date" => json!("2023-08-15"),
        _ => json!("文字"),
    }
}

fn bound(schema: &Value, name: &str) -> Option<usize> {
    schema[name].as_u64().and_then(|bound| usize::try_from(bound).ok())
}

fn texts(schema: &Value) -> Vec<Value> {
    let (least, most) =
        (bound(schema, "minLength").unwrap_or(1), bound(schema, "maxLength").unwrap_or(20_000));
    let mut texts = vec![json!(7), json!("")];
    texts.extend(schema["enum"].as_array().into_iter().flatten().cloned());
    match schema["format"].as_str() {
        Some("uuid") => texts.extend(ids()),
        Some("date") => texts.extend(DATES.split(' ').map(Value::from)),
        Some("date-time") => texts.extend(INSTANTS.split(' ').map(Value::from)),
        Some("email") => texts.extend(addresses(most)),
        _ if schema["enum"].is_array() => texts.push(json!("no_such_word")),
        _ => {
            let long = [
                ("a", most),
                ("区", most),
                (LARGEST, most),
                ("区", most + 1),
                ("a", least.saturating_sub(1)),
            ];
            texts.extend(ODD_TEXTS.map(Value::from));
            texts.extend(long.map(|(character, times)| json!(character.repeat(times))));
        }
    }
    texts
}

/// A character that takes four bytes, and two units of UTF-16.
pub const LARGEST: &str = "\u{20bb7}";

const ODD_TEXTS: [&str; 5] =
    ["\u{3000}\n", "a\0b", "a\u{85}b", " 前\r\n\t后 ", "\u{301}\u{202e}\u{feff}\u{ffff}\u{10ffff}"];

const DATES: &str = "2023-08-15 2023-07-31 1900-01-01 2199-12-31 1899-12-31 2200-01-01 0000-01-01 2023-2-3 \
    +10000-01-01 2023-02-30 2023-08-15T00:00:00Z";

/// At either end of the calendar with several offsets, beyond it, and such as no calendar has.
const INSTANTS: &str = "2023-07-30T08:00:00.1234567+08:00 1900-01-01T00:00:00+00:00 1900-01-01T08:00:00+08:00 \
    1899-12-31T12:00:00-12:00 2199-12-31T23:59:59+00:00 2200-01-01T07:59:59+08:00 2199-12-31T11:59:59-12:00 \
    1900-01-01T00:00:00+08:00 2200-01-01T00:00:00Z 2199-12-31T23:59:59-12:00 0000-01-01T00:00:00+08:00 \
    2023-2-3T00:00:00Z +10000-01-01T00:00:00Z 2023-02-30T00:00:00Z 2023-08-15";

/// Addresses, the last but one as long as may be.
fn addresses(most: usize) -> Vec<Value> {
    let domain = format!("{0}.{0}.{0}.org", "b".repeat(60));
    let long = |length: usize| json!(format!("{}@{domain}", "a".repeat(length - domain.len() - 1)));
    let odd = ["a@b", "@", "用户@example.org", "a b@example.org", "a@example.org\r\nBcc: b@example.org"];
    odd.map(Value::from).into_iter().chain([long(most), long(most + 1)]).collect()
}

/// A new one in several spellings, and one of another version.
fn ids() -> Vec<Value> {
    let id = Id::new().to_string();
    let of_version_4 = "9b1deb4d-3b7d-4bad-9bdd-2b0d7b3dcb6d".to_owned();
    let spelt = [id.to_uppercase(), id.replace('-', ""), format!("{}\0", &id[1..]), id, of_version_4];
    spelt.map(Value::from).into()
}

fn numbers(schema: &Value) -> Vec<Value> {
    let whole = [json!(0), json!(i64::MAX), json!(1_u64 << 63), json!("1")].into_iter();
    let broken = [-0.0, 1.5, 0.01, 0.005, 1e308].map(Value::from);
    let bounds = [("minimum", -1), ("maximum", 1)].into_iter().filter_map(|(name, beyond)| {
        let bound = schema[name].as_i64()?;
        Some([json!(bound), json!(bound + beyond)])
    });
    whole.chain(broken).chain(bounds.flatten()).collect()
}

fn lengths(schema: &Value, first: &Value) -> Vec<Value> {
    let words = resolved(&schema["items"])["enum"].as_array();
    let filled = |length| match words {
        Some(words) => words.iter().cycle().take(length).cloned().collect(),
        None => Value::from(vec![first.clone(); length]),
    };
    let (least, most) = (bound(schema, "minItems"), bound(schema, "maxItems"));
    let lengths = [Some(0), Some(1), Some(2), least, most, most.map(|most| most + 1)];
    lengths.into_iter().flatten().map(filled).chain([json!({})]).collect()
}

fn fields(schema: &Value, valid: &Value) -> Vec<Try> {
    let with = |name: &str, value: Value| {
        let mut object = valid.clone();
        object[name] = value;
        object
    };
    let mut all = Vec::new();
    for (name, schema) in places(schema, valid) {
        let now = valid.get(name).cloned().unwrap_or_else(|| sample(schema));
        let present = Try { part: json!("left out or put in"), ..Try::of(now.clone()) };
        all.push(present.within(name, |now| match valid.get(name) {
            Some(_) => without(valid, name),
            None => with(name, now),
        }));
        if !ODD_NAMES.contains(&name) {
            let of_field = tries(schema, &now).into_iter();
            all.extend(of_field.map(|one| one.within(name, |value| with(name, value))));
        }
    }
    all
}

fn without(object: &Value, name: &str) -> Value {
    let others = object.as_object().into_iter().flatten().filter(|(field, _)| *field != name);
    others.map(|(field, value)| (field.clone(), value.clone())).collect()
}

const ODD_NAMES: [&str; 3] = ["no_such/field~", "no_such\0", "no_such\u{202e}"];

/// The names that an object may have, of a map's keys two, and some that it may not have.
fn places<'a>(schema: &'a Value, valid: &'a Value) -> Vec<(&'a str, &'a Value)> {
    let named = schema["properties"].as_object().into_iter().flatten();
    let named = named.map(|(name, schema)| (name.as_str(), schema));
    let any = &schema["additionalProperties"];
    let words = resolved(&schema["propertyNames"])["enum"].as_array().into_iter().flatten();
    let present = valid.as_object().into_iter().flatten().map(|(name, _)| name.as_str());
    let keys = present.chain(words.filter_map(Value::as_str)).take(if any.is_object() { 2 } else { 0 });
    named.chain(keys.chain(ODD_NAMES).map(|key| (key, any))).collect()
}
