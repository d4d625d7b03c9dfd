//! One spelling of a JSON document, so that equal documents have equal bytes and hashes.

use std::fmt::Write as _;

use serde_json::Value;
use sha2::{Digest, Sha256};

/// JSON in its canonical form (RFC 8785): UTF-8, the keys of every object in the order of their UTF-16 code units,
/// numbers as ECMAScript writes them, no white space. Two documents that say the same have the same bytes,
/// whatever order they were built in.
pub fn canonical_json(document: &Value) -> Vec<u8> {
    let mut text = String::new();
    write(document, &mut text);
    text.into_bytes()
}

fn write(value: &Value, text: &mut String) {
    match value {
        Value::Object(object) => {
            let mut members: Vec<_> = object.iter().collect();
            members.sort_by(|(one, _), (other, _)| one.encode_utf16().cmp(other.encode_utf16()));
            text.push('{');
            for (index, (key, member)) in members.into_iter().enumerate() {
                if index > 0 {
                    text.push(',');
                }
                // A key as JSON text, escaped like any other string.
                write(&Value::from(key.as_str()), text);
                text.push(':');
                write(member, text);
            }
            text.push('}');
        }
        Value::Array(items) => {
            text.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    text.push(',');
                }
                write(item, text);
            }
            text.push(']');
        }
        Value::Number(number) if number.is_f64() => {
            text.push_str(&fraction(number.as_f64().unwrap_or_default()));
        }
        scalar => text.push_str(&scalar.to_string()),
    }
}

/// A number with the fewest digits that tell it apart, as ECMAScript writes it: without a fraction where it has
/// none, by powers of ten where it is very large or very small.
fn fraction(number: f64) -> String {
    let size = number.abs();
    if size >= 1e21 {
        format!("{number:e}").replacen('e', "e+", 1)
    } else if size > 0.0 && size < 1e-6 {
        format!("{number:e}")
    } else if size == 0.0 {
        "0".to_owned()
    } else {
        number.to_string()
    }
}

/// SHA-256 of bytes in lower-case hexadecimal.
pub fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::with_capacity(64), |mut text, byte| {
        // Writing into a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn canonical(document: &Value) -> String {
        String::from_utf8(canonical_json(document)).unwrap()
    }

    #[test]
    fn numbers_are_written_as_ecmascript_writes_them() {
        // From RFC 8785, appendix B.
        for (number, text) in [
            (0.0, "0"),
            (-0.0, "0"),
            (5e-324, "5e-324"),
            (1.797_693_134_862_315_7e308, "1.7976931348623157e+308"),
            (9.999_999_999_999_997e22, "9.999999999999997e+22"),
            (1e21, "1e+21"),
            (999_999_999_999_999_900_000.0, "999999999999999900000"),
            (1e-7, "1e-7"),
            (0.000_001, "0.000001"),
            (333_333_333.333_333_3, "333333333.3333333"),
            (7.0, "7"),
            (23.25, "23.25"),
        ] {
            assert_eq!(canonical(&json!(number)), text);
        }
        assert_eq!(canonical(&json!(18)), "18");
    }

    #[test]
    fn keys_are_in_the_order_of_their_utf16_units() {
        // From RFC 8785, 3.2.3: in UTF-8 the emoji would come last.
        let document = json!({"\u{20ac}": 1, "\r": 2, "\u{fb33}": 3, "1": 4, "\u{1f600}": 5, "\u{80}": 6});
        assert_eq!(
            canonical(&document),
            "{\"\\r\":2,\"1\":4,\"\u{80}\":6,\"\u{20ac}\":1,\"\u{1f600}\":5,\"\u{fb33}\":3}"
        );
    }
}
