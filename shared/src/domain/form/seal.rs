//! Sealing (签封): the bytes that a form is kept as, and whether the records still say the same.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::{Form, Marks};
use crate::domain::id::Id;
use crate::domain::instant::Instant;
use crate::domain::refusal::{Code, Violations};

/// The unit's stamp (单位盖章) under a form that asks for it: its scan, or why there is none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Stamp {
    /// The scan of the stamped form.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stamp_attachment_id: Option<Id>,
    /// Why there is no stamp.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 1_000, example = "单位印章不在现场，事后补盖。")]
    pub no_stamp_reason: Option<String>,
}

impl Stamp {
    /// Notes where neither or both are given.
    pub fn check(&self, violations: &mut Violations) {
        violations.optional_text("/no_stamp_reason", self.no_stamp_reason.as_deref(), 1_000);
        match (&self.stamp_attachment_id, &self.no_stamp_reason) {
            (None, None) => violations.require(false, "/stamp_attachment_id", Code::Missing),
            (Some(_), Some(_)) => violations.require(false, "/no_stamp_reason", Code::UnknownField),
            _ => {}
        }
    }
}

/// A sealed form as it is kept, whatever becomes of the records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seal {
    /// The canonical bytes (RFC 8785).
    pub content: String,
    /// Their hash in lower-case hexadecimal.
    pub sha256: String,
    /// The stamp, where the form asks for one.
    pub stamp: Option<Stamp>,
    pub sealed_at: Instant,
    pub sealed_by: Option<Id>,
    /// The account's name on that day.
    pub sealed_by_name: String,
}

/// What both sides sign: the form, and what is written on it (an object).
pub fn signed_content(form: &Form, mut paper: Value) -> Value {
    paper["id"] = json!(form.id);
    paper["kind"] = json!(form.kind);
    paper["campaign_id"] = json!(form.campaign_id);
    paper["visit_id"] = json!(form.visit_id);
    paper["unit_id"] = json!(form.unit_id);
    paper["unit_name"] = json!(form.unit_name);
    paper
}

/// What is sealed: what was signed, and what stands under it.
pub fn document(form: &Form, paper: Value, marks: &Marks, stamp: Option<&Stamp>) -> Value {
    let marks = marks.in_force();
    let mut document = signed_content(form, paper);
    document["signatures"] = json!(marks.signatures);
    document["refusals"] = json!(marks.refusals);
    if let Some(stamp) = stamp {
        document["stamp"] = json!(stamp);
    }
    document
}

/// Where two documents differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference(pub String);

/// The first field in which two documents differ, as a JSON pointer; `None` where they say the same. Fields are
/// gone through in the order of their names.
pub fn first_difference(one: &Value, other: &Value) -> Option<Difference> {
    match (one, other) {
        (Value::Object(one), Value::Object(other)) => {
            let mut names: Vec<&String> = one.keys().chain(other.keys()).collect();
            names.sort_unstable();
            names.dedup();
            names.into_iter().find_map(|name| match (one.get(name), other.get(name)) {
                (Some(one), Some(other)) => first_difference(one, other).map(|inner| inner.below(name)),
                _ => Some(Difference::here().below(name)),
            })
        }
        (Value::Array(one), Value::Array(other)) => {
            let shared = one.iter().zip(other).enumerate();
            let mut inner = shared.filter_map(|(index, (one, other))| {
                first_difference(one, other).map(|inner| inner.below(&index.to_string()))
            });
            let longer = || Difference::here().below(&one.len().min(other.len()).to_string());
            inner.next().or_else(|| (one.len() != other.len()).then(longer))
        }
        _ => (one != other).then(Difference::here),
    }
}

impl Difference {
    fn here() -> Self {
        Self(String::new())
    }

    fn below(self, name: &str) -> Self {
        Self(format!("/{}{}", name.replace('~', "~0").replace('/', "~1"), self.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::refusal::Refusal;

    fn difference(one: Value, other: Value) -> Option<String> {
        first_difference(&one, &other).map(|Difference(pointer)| pointer)
    }

    #[test]
    fn the_first_difference_is_a_pointer_to_the_field() {
        let record = json!({"items": [{"problem": "甲", "content": "乙"}], "address": "某路"});
        assert_eq!(difference(record.clone(), record.clone()), None);
        let mut other = record.clone();
        other["items"][0]["problem"] = json!("丙");
        assert_eq!(difference(record.clone(), other.clone()).as_deref(), Some("/items/0/problem"));
        other["address"] = json!("别处");
        assert_eq!(difference(record.clone(), other).as_deref(), Some("/address"));
        let mut shorter = record.clone();
        shorter["items"] = json!([]);
        assert_eq!(difference(record.clone(), shorter).as_deref(), Some("/items/0"));
        let mut more = record.clone();
        more["a/b"] = json!(1);
        assert_eq!(difference(record, more).as_deref(), Some("/a~1b"));
        assert_eq!(difference(json!(1), json!("1")).as_deref(), Some(""));
    }

    #[test]
    fn a_stamp_is_there_or_it_is_said_why_not() {
        let broken = |id: Option<Id>, reason: Option<&str>| {
            let stamp = Stamp { stamp_attachment_id: id, no_stamp_reason: reason.map(str::to_owned) };
            let mut violations = Violations::default();
            stamp.check(&mut violations);
            violations.refuse()
        };
        assert_eq!(broken(None, None), Err(Refusal::invalid("/stamp_attachment_id", Code::Missing)));
        assert_eq!(broken(Some(Id::new()), None), Ok(()));
        assert_eq!(broken(None, Some("印章不在现场")), Ok(()));
        let both = broken(Some(Id::new()), Some("印章不在现场"));
        assert_eq!(both, Err(Refusal::invalid("/no_stamp_reason", Code::UnknownField)));
    }
}
