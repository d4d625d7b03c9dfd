//! What is counted, and the rates that go with it.

use std::ops::AddAssign;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use utoipa::ToSchema;
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::{RefOr, Schema};

use crate::domain::area::TotalArea;

/// Counts of one subject, that add up and whose figures have names.
pub trait Counts: Copy + Default + AddAssign {
    /// The subject, first part of each figure's name.
    const SUBJECT: &'static str;

    /// Every figure with its name, in reading order. Rates are no figures: they follow from these.
    fn figures(&self) -> Vec<(&'static str, u32)>;
}

/// Defines the counts of one subject: adding, and the names of the figures.
macro_rules! counts {
    ($name:ident, $subject:literal, [$($count:ident),+], $rate:ident $(, $area:ident)?) => {
        impl AddAssign for $name {
            fn add_assign(&mut self, other: Self) {
                $(self.$count += other.$count;)+
                self.$rate += other.$rate;
                $(self.$area += other.$area;)?
            }
        }

        impl Counts for $name {
            const SUBJECT: &'static str = $subject;

            fn figures(&self) -> Vec<(&'static str, u32)> {
                vec![$((stringify!($count), self.$count)),+]
            }
        }
    };
}

/// Units and their self-checks. `due = submitted + missing`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SelfCheckCounts {
    /// Units that owe a self-check (应报): all in scope but the excused.
    pub due: u32,
    /// Of these, whose self-check lies with the office or is accepted (已报).
    pub submitted: u32,
    /// Of the submitted, those whose first submission came after the unit's due date (迟报).
    pub late: u32,
    /// Of those that owe one, still have to hand it in (未报): what was taken back or returned for
    /// correction counts here until it is submitted again.
    pub missing: u32,
    /// Of the missing, those whose due date has passed (逾期未报).
    pub overdue: u32,
    /// Units excused from the self-check (免报), outside every other count.
    pub excused: u32,
    /// 已报 ÷ 应报.
    pub submitted_rate: Rate,
}

counts!(SelfCheckCounts, "self_checks", [due, submitted, late, missing, overdue, excused], submitted_rate);

/// Units and their visits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct VisitCounts {
    /// Units selected for a visit (应查).
    pub due: u32,
    /// Of these, visited (已查). A visit to a unit that was not selected counts in neither.
    pub visited: u32,
    /// 已查 ÷ 应查.
    pub visited_rate: Rate,
}

counts!(VisitCounts, "visits", [due, visited], visited_rate);

/// Persons and the area of their rooms. `over` and `not_configured` are parts of `measured`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LeaderCounts {
    /// Persons selected for measurement, and those who were measured all the same (应测).
    pub due: u32,
    /// Of these, measured (已测).
    pub measured: u32,
    /// Of the measured, those whose area exceeds the limit (超标人数).
    pub over: u32,
    /// Of the measured, those for whom no limit is configured, so that there is no verdict (未配置标准, R02).
    pub not_configured: u32,
    /// By how many square metres those who exceed their limits do so together (超标面积). Its persons are those of
    /// `over`, so that it is no figure with rows of its own.
    pub over_area: TotalArea,
    /// 已测 ÷ 应测.
    pub measured_rate: Rate,
}

counts!(LeaderCounts, "leaders", [due, measured, over, not_configured], measured_rate, over_area);

/// Problems found. `total = closed + in_progress + deferred`; drafts, merged and void findings are out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ProblemCounts {
    /// All problems (总数).
    pub total: u32,
    /// Put right and verified (已整改).
    pub closed: u32,
    /// Being put right, ordered or not yet (整改中).
    pub in_progress: u32,
    /// Of those in progress, whose order waits for the unit past its due date (逾期).
    pub overdue: u32,
    /// Deferred with approval (暂缓).
    pub deferred: u32,
    /// 已整改 ÷ 总数 (R43).
    pub closed_rate: Rate,
}

counts!(ProblemCounts, "problems", [total, closed, in_progress, overdue, deferred], closed_rate);

/// Measures of the plans of counted problems; what was dropped is out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MeasureCounts {
    /// All measures (措施总数).
    pub total: u32,
    /// Done (已完成).
    pub done: u32,
    /// 已完成 ÷ 措施总数 (R43).
    pub done_rate: Rate,
}

counts!(MeasureCounts, "measures", [total, done], done_rate);

/// A rate with what it was made of (R43).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Rate {
    /// The part.
    pub numerator: u32,
    /// The whole.
    pub denominator: u32,
    /// Percent with one decimal, half up; absent where the whole is 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub percent: Option<Percent>,
}

impl Rate {
    /// The rate of a part in its whole.
    pub fn of(numerator: u32, denominator: u32) -> Self {
        Self { numerator, denominator, percent: Percent::of(numerator, denominator) }
    }
}

impl AddAssign for Rate {
    fn add_assign(&mut self, other: Self) {
        *self = Self::of(self.numerator + other.numerator, self.denominator + other.denominator);
    }
}

/// Percent with one decimal, kept as integer tenths; in JSON a number such as `52.9`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Percent(u64);

impl Percent {
    /// Rounded half up to one decimal; `None` of nothing.
    pub fn of(numerator: u32, denominator: u32) -> Option<Self> {
        let (part, whole) = (u64::from(numerator), u64::from(denominator));
        (2_000 * part + whole).checked_div(2 * whole).map(Self)
    }
}

impl std::fmt::Display for Percent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}%", self.0 / 10, self.0 % 10)
    }
}

impl Serialize for Percent {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // Exact for every count that a campaign can have: tenths stay far below 2^53.
        serializer.serialize_f64(self.0 as f64 / 10.0)
    }
}

impl<'de> Deserialize<'de> for Percent {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let percent = f64::deserialize(deserializer)?;
        if !(0.0..=1e12).contains(&percent) {
            return Err(serde::de::Error::custom("not a percentage"));
        }
        Ok(Self((percent * 10.0).round() as u64))
    }
}

impl utoipa::PartialSchema for Percent {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::Number)
            .minimum(Some(0))
            .description(Some("Percent with one decimal, rounded half up."))
            .examples([52.9])
            .into()
    }
}

impl ToSchema for Percent {}
