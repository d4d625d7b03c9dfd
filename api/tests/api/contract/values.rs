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
        "string" => values.extend(texts(schema).into_iter().chain([json!(7)])),
        "integer" | "number" => values.extend(numbers(schema).into_iter().chain([json!("1")])),
        "boolean" => values.extend([json!(true), json!(false), json!("true")]),
        "array" => {
            let first = valid.get(0).cloned().unwrap_or_else(|| sample(&schema["items"]));
            values.extend(lengths(schema, &first).into_iter().chain([json!({})]));
            parts.extend(
                tries(&schema["items"], &first).into_iter().map(|one| one.within("0", |item| json!([item]))),
            );
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
    if let Some(given) = given(schema).or(schema.pointer("/enum/0")) {
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
        _ if schema["format"] == "date" => json!(DATES[0]),
        _ => json!("文字"),
    }
}

/// The example that the document gives.
fn given(schema: &Value) -> Option<&Value> {
    schema.get("example").or(schema.pointer("/examples/0"))
}

fn bound(schema: &Value, name: &str) -> Option<usize> {
    schema[name].as_u64().and_then(|bound| usize::try_from(bound).ok())
}

fn texts(schema: &Value) -> Vec<Value> {
    if let Some(words) = schema["enum"].as_array() {
        return words.iter().cloned().chain([json!("no_such_word"), json!("")]).collect();
    }
    let (least, most) =
        (bound(schema, "minLength").unwrap_or(1), bound(schema, "maxLength").unwrap_or(20_000));
    match schema["format"].as_str() {
        Some("uuid") => return ids(),
        Some("date") => return DATES.map(Value::from).into(),
        Some("date-time") => return INSTANTS.map(Value::from).into(),
        Some("email") => return ADDRESSES.map(Value::from).into_iter().chain(long_addresses(most)).collect(),
        _ => {}
    }
    let long = [("a", most), ("区", most), (LARGEST, most), ("区", most + 1), ("a", least - 1)];
    let long = long.into_iter().map(|(character, times)| json!(character.repeat(times)));
    ODD_TEXTS.map(Value::from).into_iter().chain(long).collect()
}

/// A character that takes four bytes, and two units of UTF-16.
pub const LARGEST: &str = "\u{20bb7}";

const ODD_TEXTS: [&str; 5] =
    ["\u{3000}\n", "a\0b", "a\u{85}b", " 前\r\n\t后 ", "\u{301}\u{202e}\u{feff}\u{ffff}\u{10ffff}"];

const DATES: [&str; 11] = [
    "2023-08-15",
    "2023-07-31",
    "1900-01-01",
    "2199-12-31",
    "1899-12-31",
    "2200-01-01",
    "0000-01-01",
    "2023-2-3",
    "+10000-01-01",
    "2023-02-30",
    "2023-08-15T00:00:00Z",
];

const INSTANTS: [&str; 15] = [
    "2023-07-30T08:00:00.1234567+08:00",
    "1900-01-01T00:00:00+00:00",
    "1900-01-01T08:00:00+08:00",
    "1899-12-31T12:00:00-12:00",
    "2199-12-31T23:59:59+00:00",
    "2200-01-01T07:59:59+08:00",
    "2199-12-31T11:59:59-12:00",
    "1900-01-01T00:00:00+08:00",
    "2200-01-01T00:00:00Z",
    "2199-12-31T23:59:59-12:00",
    "0000-01-01T00:00:00+08:00",
    "2023-2-3T00:00:00Z",
    "+10000-01-01T00:00:00Z",
    "2023-02-30T00:00:00Z",
    "2023-08-15",
];

const ADDRESSES: [&str; 6] =
    ["", "a@b", "@", "用户@example.org", "a b@example.org", "a@example.org\r\nBcc: b@example.org"];

/// An address as long as may be, and a longer one.
fn long_addresses(most: usize) -> [Value; 2] {
    [most, most + 1].map(|length| {
        let domain = format!("{0}.{0}.{0}.org", "b".repeat(60));
        json!(format!("{}@{domain}", "a".repeat(length - domain.len() - 1)))
    })
}

fn ids() -> Vec<Value> {
    let id = Id::new().to_string();
    let spelt = [
        id.to_uppercase(),
        format!("{{{id}}}"),
        id.replace('-', ""),
        format!("{}\0", &id[1..]),
        String::new(),
    ];
    let of_version_4 = json!("9b1deb4d-3b7d-4bad-9bdd-2b0d7b3dcb6d");
    spelt.into_iter().map(Value::from).chain([json!(Id::new()), of_version_4]).collect()
}

fn numbers(schema: &Value) -> Vec<Value> {
    let mut numbers = vec![
        json!(0),
        json!(-0.0),
        json!(1.5),
        json!(0.01),
        json!(0.005),
        json!(1e308),
        json!(i64::MAX),
        json!(1_u64 << 63),
    ];
    for (name, beyond) in [("minimum", -1), ("maximum", 1)] {
        if let Some(bound) = schema[name].as_i64() {
            numbers.extend([json!(bound), json!(bound + beyond)]);
        }
    }
    numbers
}

fn lengths(schema: &Value, first: &Value) -> Vec<Value> {
    let words = resolved(&schema["items"])["enum"].as_array();
    let filled = |length| match words {
        Some(words) => words.iter().cycle().take(length).cloned().collect(),
        None => Value::from(vec![first.clone(); length]),
    };
    let (least, most) = (bound(schema, "minItems"), bound(schema, "maxItems"));
    [Some(0), Some(1), Some(2), least, most, most.map(|most| most + 1)]
        .into_iter()
        .flatten()
        .map(filled)
        .collect()
}

fn fields(schema: &Value, valid: &Value) -> Vec<Try> {
    let with = |name: &str, value: Value| {
        let mut object = valid.clone();
        object[name] = value;
        object
    };
    let without = |name: &str| {
        let fields = valid.as_object().into_iter().flatten().filter(|(field, _)| *field != name);
        fields.map(|(field, value)| (field.clone(), value.clone())).collect::<Value>()
    };
    let mut all = Vec::new();
    for (name, schema) in places(schema, valid) {
        let now = match valid.get(&name) {
            Some(now) => {
                all.push(Try::of(json!("left out")).within(&name, |_| without(&name)));
                now.clone()
            }
            None => {
                all.push(Try::of(sample(schema)).within(&name, |value| with(&name, value)));
                sample(schema)
            }
        };
        if !ODD_NAMES.contains(&name.as_str()) {
            all.extend(
                tries(schema, &now).into_iter().map(|one| one.within(&name, |value| with(&name, value))),
            );
        }
    }
    all
}

const ODD_NAMES: [&str; 3] = ["no_such/field~", "no_such\0", "no_such\u{202e}"];

/// The names in an object, whether it has them or not, and some that it may not have.
fn places<'a>(schema: &'a Value, valid: &Value) -> Vec<(String, &'a Value)> {
    let named =
        schema["properties"].as_object().into_iter().flatten().map(|(name, schema)| (name.clone(), schema));
    let any = &schema["additionalProperties"];
    let words =
        resolved(&schema["propertyNames"])["enum"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let present = valid.as_object().into_iter().flatten().map(|(name, _)| name.as_str());
    let (known, odd) = if any.is_object() { (2, ODD_NAMES.len()) } else { (0, 1) };
    let keys = present.chain(words).take(known).chain(ODD_NAMES.into_iter().take(odd));
    named.chain(keys.map(|key| (key.to_owned(), any))).collect()
}
