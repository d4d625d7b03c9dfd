//! How a person's rooms are judged: R01 to R05.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{LeaderOffice, LeaderOfficeContent};
use crate::domain::area::Area;
use crate::domain::area_standard::AreaStandard;
use crate::domain::date::Date;
use crate::domain::evidence::Evidence;
use crate::domain::id::Id;
use crate::domain::room::{Areas, share};
use crate::domain::rule_setting::{RuleSetting, Setting};
use crate::domain::unit::StandardClass;
use crate::text_enum;

text_enum! {
    /// Whether a person's rooms keep to the limit.
    pub enum Verdict {
        /// Not above the limit (未超标).
        Within = "within",
        /// Above it (超标).
        Over = "over",
        /// No limit is configured for the class and level on that day (标准未配置, R02).
        NotConfigured = "not_configured",
        /// There is no room to judge (不适用).
        NotApplicable = "not_applicable",
    }
}

text_enum! {
    /// Which rooms are judged.
    pub enum Basis {
        /// As they were measured on site (实测).
        Measured = "measured",
        /// As the unit declared them, while they are not measured (自报).
        Declared = "declared",
    }
}

text_enum! {
    /// What a rule says of a person's rooms.
    pub enum AssessmentCode {
        /// They exceed the limit (超标, R04).
        OverArea = "over_area",
        /// There is no limit to judge them by (标准未配置, R02).
        LimitNotConfigured = "limit_not_configured",
        /// Shared rooms count by the share (合用分摊, R05).
        SharedRoomsDivided = "shared_rooms_divided",
    }
}

/// A rule that has something to say.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AssessmentRule {
    /// Its number.
    #[schema(example = "R04")]
    pub rule: String,
    /// What it says.
    pub code: AssessmentCode,
    /// The same in official words.
    #[schema(example = "使用面积31㎡，标准18㎡，超出13㎡。")]
    pub message: String,
    /// What it rests on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "《党政机关办公用房建设标准》（发改投资〔2014〕2674号）")]
    pub legal_basis: Option<String>,
}

/// The limit that was used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StandardRef {
    /// The area standard.
    pub id: Id,
    /// The document that sets it.
    #[schema(example = "《党政机关办公用房建设标准》（发改投资〔2014〕2674号）")]
    pub source: String,
    /// Since when it holds.
    #[schema(example = "2014-11-24")]
    pub valid_from: Date,
}

/// The judgement of a person's rooms.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Assessment {
    /// Which rooms were judged; absent where there are none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub basis: Option<Basis>,
    /// The day whose limits and settings were used: that of measuring, else today.
    #[schema(example = "2023-08-07")]
    pub on: Date,
    /// The limit in square metres; absent where none is configured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<Area>,
    /// The area that counts for the person; absent where there are no rooms.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counted: Option<Area>,
    /// How much it exceeds the limit; absent where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub excess: Option<Area>,
    /// Whether it keeps to the limit.
    pub verdict: Verdict,
    /// What the rules say.
    pub rules: Vec<AssessmentRule>,
    /// The limit that was used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub standard: Option<StandardRef>,
}

/// The limits and settings of all times.
#[derive(Clone, Debug, Default)]
pub struct Standards {
    pub limits: Vec<AreaStandard>,
    pub settings: Vec<RuleSetting>,
}

impl Standards {
    /// The limit for a class and level on a day (R01).
    fn limit(&self, class: StandardClass, level: &str, on: Date) -> Option<&AreaStandard> {
        self.limits.iter().find(|standard| {
            let content = &standard.content;
            content.standard_class == class
                && content.standard_level == level
                && content.validity().contains(on)
        })
    }

    fn setting(&self, setting: Setting, on: Date) -> Option<&RuleSetting> {
        let of_the_day = |one: &&RuleSetting| one.content.validity().contains(on);
        self.settings.iter().filter(|one| one.content.setting == setting).find(of_the_day)
    }

    /// The decision by which the area of shared rooms is divided on a day, where it is (R05).
    fn division(&self, on: Date) -> Option<&RuleSetting> {
        self.setting(Setting::SharedRoomsDivided, on).filter(|one| one.content.value == true)
    }

    /// An area that is set for a day, 0 where nothing is: how far a limit may be exceeded (R04), or what was
    /// declared and what was measured differ (R32).
    pub fn tolerance(&self, setting: Setting, on: Date) -> Area {
        let area = self.setting(setting, on).map(|one| one.content.area());
        area.and_then(Result::ok).unwrap_or_default()
    }
}

/// Judges the rooms of a person in a unit of this class: as measured, else as declared (R01 to R05).
pub fn assess(
    office: &LeaderOfficeContent,
    class: StandardClass,
    standards: &Standards,
    today: Date,
) -> Assessment {
    let on = office.measured_on.unwrap_or(today);
    let nothing = Assessment {
        basis: None,
        on,
        limit: None,
        counted: None,
        excess: None,
        verdict: Verdict::NotApplicable,
        rules: Vec::new(),
        standard: None,
    };
    let (basis, rooms) = match (&office.measured_rooms[..], &office.declared_rooms[..]) {
        ([], []) => return nothing,
        ([], _) if office.vacated_on.is_some_and(|day| day <= on) => return nothing,
        ([], declared) => (Basis::Declared, declared),
        (measured, _) => (Basis::Measured, measured),
    };
    let mut rules = Vec::new();
    let shared = rooms.iter().any(|room| room.occupants > 1);
    let counted = match standards.division(on).filter(|_| shared) {
        Some(division) => {
            let counted = share(rooms);
            let total = Areas::of(rooms).total;
            let message = format!("实测面积合计{total}㎡，合用房间按人数分摊后计{counted}㎡。");
            let message =
                if basis == Basis::Measured { message } else { message.replace("实测", "自报") };
            rules.push(rule(
                "R05",
                AssessmentCode::SharedRoomsDivided,
                message,
                Some(&division.content.source),
            ));
            counted
        }
        None => Areas::of(rooms).total,
    };
    let judged = Assessment { basis: Some(basis), counted: Some(counted), ..nothing };
    let standard = office.level_in(class).and_then(|level| standards.limit(class, level, on));
    let Some(standard) = standard else {
        let message = "未配置面积标准，不作超标认定。".to_owned();
        rules.push(rule("R02", AssessmentCode::LimitNotConfigured, message, None));
        return Assessment { verdict: Verdict::NotConfigured, rules, ..judged };
    };
    let (limit, source) = (standard.content.limit, &standard.content.source);
    let excess = counted.beyond(limit);
    let over = excess > standards.tolerance(Setting::AreaTolerance, on);
    if over {
        let message = format!("使用面积{counted}㎡，标准{limit}㎡，超出{excess}㎡。");
        rules.push(rule("R04", AssessmentCode::OverArea, message, Some(source)));
    }
    let valid_from = standard.content.valid_from;
    Assessment {
        limit: Some(limit),
        excess: Some(excess),
        verdict: if over { Verdict::Over } else { Verdict::Within },
        rules,
        standard: Some(StandardRef { id: standard.id, source: source.clone(), valid_from }),
        ..judged
    }
}

fn rule(number: &str, code: AssessmentCode, message: String, basis: Option<&String>) -> AssessmentRule {
    AssessmentRule { rule: number.to_owned(), code, message, legal_basis: basis.cloned() }
}

/// Whether an office whose rooms exceed the limit is put right by what was handed in: the rooms measured again keep
/// to it, or were given back (R39). An office that does not exceed it needs nothing.
pub fn is_put_right(
    office: &LeaderOffice,
    evidence: Option<&Evidence>,
    standards: &Standards,
    today: Date,
) -> bool {
    let judge =
        |content: &LeaderOfficeContent| assess(content, office.standard_class, standards, today).verdict;
    if office.assessment(standards, today).verdict != Verdict::Over || office.content.vacated_on.is_some() {
        return true;
    }
    let Some(evidence) = evidence else { return false };
    let measured_rooms = evidence.measured_rooms.clone().unwrap_or_default();
    let again = LeaderOfficeContent { measured_rooms, measured_on: Some(today), ..office.content.clone() };
    evidence.vacated_on.is_some() || (again.is_measured() && judge(&again) != Verdict::Over)
}
