//! How much usable area one person's office may have (办公用房面积标准).

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::area::Area;
use super::date::Date;
use super::id::Id;
use super::instant::Instant;
use super::refusal::{Code, Refusal, Violations};
use super::unit::StandardClass;
use super::validity::Validity;

/// What a township's limit does not exceed without a reason: 县级副职 (R02).
const TOWNSHIP_CEILING: i32 = 2_400;

/// A row of the standard (《党政机关办公用房建设标准》, 发改投资〔2014〕2674号): the upper limit for one class of
/// units and one level, as it holds for some time (R01, R50).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AreaStandardContent {
    /// The class of units. The same level has another limit in another class.
    pub standard_class: StandardClass,
    /// The level, a word of the dictionary `standard_level`.
    #[schema(pattern = "^[a-z_]{1,40}$", example = "section_level_chief")]
    pub standard_level: String,
    /// The usable area that a person's rooms may have together, in square metres; more than 0.
    pub limit: Area,
    /// The first day on which it holds.
    #[schema(example = "2014-11-24")]
    pub valid_from: Date,
    /// The last day; left out while no end is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_to: Option<Date>,
    /// The document that sets it.
    #[schema(
        min_length = 1,
        max_length = 500,
        example = "《党政机关办公用房建设标准》（发改投资〔2014〕2674号）"
    )]
    pub source: String,
    /// A remark; required as the reason of a township's limit above 24 m².
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 1_000)]
    pub note: Option<String>,
}

impl AreaStandardContent {
    /// When it holds.
    pub fn validity(&self) -> Validity {
        Validity { from: self.valid_from, to: self.valid_to }
    }

    /// Whether it is a limit for the same class and level.
    pub fn concerns_the_same(&self, other: &Self) -> bool {
        self.standard_class == other.standard_class && self.standard_level == other.standard_level
    }

    /// Checks all fields; words of open lists and other validities are the store's to check.
    ///
    /// # Errors
    /// All broken rules at once; R02 for townships.
    pub fn check(&self) -> Result<(), Refusal> {
        let mut violations = Violations::default();
        violations.text("/standard_level", &self.standard_level, 40);
        violations.require(self.limit > Area::default(), "/limit", Code::OutOfRange);
        self.validity().check(&mut violations);
        violations.text("/source", &self.source, 500);
        violations.optional_text("/note", self.note.as_deref(), 1_000);
        let township = self.standard_class == StandardClass::Township;
        let explained = !township || self.limit.hundredths() <= TOWNSHIP_CEILING || self.note.is_some();
        violations.require(explained, "/note", Code::Missing);
        violations.refuse()
    }
}

/// An area standard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AreaStandard {
    pub id: Id,
    pub version: i64,
    pub content: AreaStandardContent,
    pub created_at: Instant,
}

/// The level by which a person is judged where nobody chose another: the row of the unit's class for the
/// person's level (GB/T 12407). None in other classes and without a level: a rank (职级) alone leads to no row,
/// since no national rule says to which.
pub fn usual_level(class: StandardClass, level: Option<&str>) -> Option<&'static str> {
    match (class, level?) {
        (StandardClass::County, "131") => Some("county_chief"),
        (StandardClass::County, "132") => Some("county_deputy"),
        (StandardClass::County, "141") => Some("section_level_chief"),
        (StandardClass::County, "142") => Some("section_level_deputy"),
        (StandardClass::County, _) => Some("below_section_level"),
        (StandardClass::Township, "141") => Some("township_chief"),
        (StandardClass::Township, "142") => Some("township_deputy"),
        (StandardClass::Township, _) => Some("below_township_level"),
        (StandardClass::Central | StandardClass::Provincial | StandardClass::Municipal, _) => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn township(limit: f64, note: Option<&str>) -> AreaStandardContent {
        serde_json::from_value(json!({
            "standard_class": "township", "standard_level": "township_chief", "limit": limit,
            "valid_from": "2023-01-01", "source": "省级文件", "note": note,
        }))
        .unwrap()
    }

    #[test]
    fn r02_a_townships_limit_above_that_of_a_county_deputy_needs_a_reason() {
        assert_eq!(township(24.0, None).check(), Ok(()));
        let missing = Err(Refusal::invalid("/note", Code::Missing));
        assert_eq!(township(24.01, None).check(), missing);
        assert_eq!(township(30.0, Some("海岛值守需要，经省级主管部门批准")).check(), Ok(()));
    }

    #[test]
    fn a_limit_is_more_than_nothing() {
        assert_eq!(township(0.0, None).check(), Err(Refusal::invalid("/limit", Code::OutOfRange)));
    }

    #[test]
    fn r01_the_level_leads_to_the_row_of_its_class_and_a_rank_to_none() {
        let usual = |level| usual_level(StandardClass::County, level);
        let rows = ["131", "132", "141", "142", "150", "199"].map(|level| usual(Some(level)));
        let expected = [
            "county_chief",
            "county_deputy",
            "section_level_chief",
            "section_level_deputy",
            "below_section_level",
            "below_section_level",
        ];
        assert_eq!(rows, expected.map(Some));
        assert_eq!(usual(None), None);
        assert_eq!(usual_level(StandardClass::Municipal, Some("131")), None);
        assert_eq!(usual_level(StandardClass::Township, Some("141")), Some("township_chief"));
    }
}
