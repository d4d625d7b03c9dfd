//! The figures of a campaign to be read out on the telephone.

use minijinja::value::Serde;
use minijinja::{Error, Value, context};

use super::template::environment;
use crate::domain::statistics::Statistics;

/// Ten short lines of Chinese, each ending in a line break.
///
/// # Errors
/// A template that does not fit the data.
pub fn text(campaign_name: &str, statistics: &Statistics) -> Result<String, Error> {
    let template = include_str!("statistics.txt.jinja");
    let statistics = Value::from(Serde(statistics));
    let text = environment()?.render_str(template, context! { campaign_name, statistics })?;
    Ok(format!("{}\n", text.trim_end()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::area::Area;
    use crate::domain::finding::{FindingStatus, Severity};
    use crate::domain::focus_item::FocusItem;
    use crate::domain::id::Id;
    use crate::domain::leader_office::Verdict;
    use crate::domain::measure::MeasureStatus;
    use crate::domain::rectification::RectificationStatus;
    use crate::domain::self_check::SelfCheckStatus;
    use crate::domain::statistics::{
        Facts, FindingFact, LeaderFact, MeasureFact, Measured, OrderFact, UnitFact,
    };
    use crate::domain::unit::UnitKind;

    fn text_of(facts: &Facts) -> String {
        let as_of = "2023-08-20".parse().unwrap();
        text("2023年连云区党政机关办公用房专项巡检", &Statistics::compute(facts, as_of)).unwrap()
    }

    fn finding(focus_item: FocusItem, status: FindingStatus, order: Option<OrderFact>) -> FindingFact {
        FindingFact {
            finding_id: Id::new(),
            unit_kind: UnitKind::Department,
            focus_item,
            severity: Severity::General,
            status,
            order,
        }
    }

    fn leader(measured: Option<(Verdict, i32)>) -> LeaderFact {
        let measured = measured
            .map(|(verdict, excess)| Measured { verdict, excess: Area::from_hundredths(excess).unwrap() });
        LeaderFact { leader_office_id: Id::new(), unit_kind: UnitKind::Department, selected: true, measured }
    }

    #[test]
    fn ten_lines_tell_the_state_of_the_campaign() {
        let unit = |status: SelfCheckStatus, on: Option<&str>| UnitFact {
            unit_id: Id::new(),
            unit_kind: UnitKind::Subdistrict,
            self_check: status,
            self_check_due_on: Some("2023-08-06".parse().unwrap()),
            first_submitted_on: on.map(|on| on.parse().unwrap()),
            submitted_late: on == Some("2023-08-08"),
            selected_for_visit: true,
            visited: on.is_some(),
        };
        let overdue = OrderFact {
            status: RectificationStatus::InProgress,
            due_on: "2023-08-19".parse().unwrap(),
            measures: [MeasureStatus::Done, MeasureStatus::Planned, MeasureStatus::Planned]
                .map(|status| MeasureFact { measure_id: Id::new(), status })
                .to_vec(),
        };
        let facts = Facts {
            units: vec![
                unit(SelfCheckStatus::Accepted, Some("2023-08-05")),
                unit(SelfCheckStatus::Submitted, Some("2023-08-08")),
                unit(SelfCheckStatus::NotStarted, None),
                unit(SelfCheckStatus::Excused, None),
            ],
            findings: vec![
                finding(FocusItem::Leasing, FindingStatus::Closed, None),
                finding(FocusItem::Leasing, FindingStatus::Open, None),
                finding(FocusItem::Ownership, FindingStatus::Rectifying, Some(overdue)),
            ],
            leaders: vec![
                leader(Some((Verdict::Over, 940))),
                leader(Some((Verdict::NotConfigured, 0))),
                leader(None),
            ],
        };
        let expected = "\
2023年连云区党政机关办公用房专项巡检，截至2023年8月20日，巡检单位共4家。
自查应报3家，已报2家，其中迟报1家。
未报1家，其中逾期未报1家；免报1家。
自查上报率为66.7%（3家中的2家）。
实地巡检应查4家，已查2家；领导干部办公用房应测3人，已测2人，超标1人、超标面积9.4平方米，未配置标准1人。
发现问题共3个，其中权属管理1个、租用2个。
已整改1个，整改中2个，暂缓整改0个。
整改中的问题，逾期1个。
问题整改率为33.3%（3个中的1个）。
整改措施共3项，已完成1项，完成率为33.3%。
";
        assert_eq!(text_of(&facts), expected);
    }

    #[test]
    fn an_empty_campaign_still_has_ten_lines_and_no_rate() {
        let text = text_of(&Facts::default());
        assert_eq!(text.lines().count(), 10, "{text}");
        assert!(!text.contains('%'), "{text}");
    }
}
