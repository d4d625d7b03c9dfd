//! A made-up campaign, to try templates and limits on.

use chrono::Days;
use shared::domain::finding::{FindingStatus, Severity};
use shared::domain::focus_item::FocusItem;
use shared::domain::id::Id;
use shared::domain::measure::MeasureStatus;
use shared::domain::rectification::RectificationStatus;
use shared::domain::report::{
    LeaderOfficeRow, Lists, Material, ProblemRow, RectificationRow, ResponsibilityRow, SelfCheckRow, Texts,
    UnitRow,
};
use shared::domain::text::TextEnum;
use shared::domain::unit::UnitKind;

/// A record of every kind, with all that can be left out.
const SAMPLE: &str = include_str!("../../templates/report/sample.json");

/// What is found in it, over and over.
const FOUND: [&str; 6] = [
    "未经审批租用企业办公用房，使用面积186.5㎡，年租金12万元",
    "综合楼土地使用权证登记在原单位名下，未变更登记至机关事务管理部门",
    "便民服务中心档案库房擅自改作办公室，使用面积48㎡",
    "办公楼三层由社会团体无偿使用，无使用协议，也未向机关事务管理部门备案",
    "领导干部办公用房使用面积21.4㎡，超出标准，整改后未重新测量",
    "2015年培训中心整改事项资料未归档，现场未能提供腾退移交手续",
];

/// The small campaign.
///
/// # Errors
/// It is not in the form of this program.
pub fn small() -> Result<Material, serde_json::Error> {
    serde_json::from_str(SAMPLE)
}

/// A campaign of so many units and problems, each with an order.
///
/// # Errors
/// As [`small`].
pub fn of_size(units: usize, problems: usize) -> Result<Material, serde_json::Error> {
    let sample = small()?;
    let Lists { self_checks, problems: found, leader_offices, rectifications, responsibilities, .. } =
        &sample.lists;
    let mut lists = Lists::default();
    for (at, (self_check, office)) in
        (0..units).zip(self_checks.iter().cycle().zip(leader_offices.iter().cycle()))
    {
        let unit_id = id(Kind::Unit, at);
        lists.units.push(UnitRow {
            unit_id,
            name: format!("第{}片区综合事务服务中心", at + 1),
            kind: UnitKind::ALL[at % UnitKind::ALL.len()],
            selected_for_visit: at % 3 == 0,
            visited: at % 6 == 0,
        });
        lists.self_checks.push(SelfCheckRow { unit_id, ..self_check.clone() });
        let leader_office_id = id(Kind::LeaderOffice, at);
        lists.leader_offices.push(LeaderOfficeRow { leader_office_id, unit_id, ..office.clone() });
    }
    let orders = rectifications.iter().cycle().zip(responsibilities.iter().cycle());
    for (at, (problem, (order, responsibility))) in (0..problems).zip(found.iter().cycle().zip(orders)) {
        let (finding_id, rectification_id) = (id(Kind::Problem, at), id(Kind::Order, at));
        let (is_closed, is_overdue) = (at % 4 != 0, at % 8 == 0);
        lists.problems.push(ProblemRow {
            finding_id,
            unit_id: id(Kind::Unit, at % units.max(1)),
            focus_item: FocusItem::ALL[at % FocusItem::ALL.len()],
            severity: Severity::ALL[(at % 10) / 4],
            status: if is_closed { FindingStatus::Closed } else { FindingStatus::Rectifying },
            description: format!("{}（现场核查第{}处）。", FOUND[at % FOUND.len()], at + 1),
            ..problem.clone()
        });
        let mut measures = order.measures.clone();
        for (number, measure) in measures.iter_mut().enumerate() {
            measure.id = id(Kind::Measure, at * order.measures.len() + number);
            measure.status = if is_closed { MeasureStatus::Done } else { MeasureStatus::Planned };
            measure.done_on = is_closed.then_some(measure.due_on);
        }
        lists.rectifications.push(RectificationRow {
            rectification_id,
            finding_id,
            number: format!("连区办房整〔2023〕{}号", at + 1),
            status: if is_closed { RectificationStatus::Closed } else { RectificationStatus::InProgress },
            closed_on: order.closed_on.filter(|_| is_closed),
            due_on: order.ordered_on + Days::new(if is_overdue { 3 } else { 30 }),
            measures,
            ..order.clone()
        });
        lists.responsibilities.push(ResponsibilityRow { rectification_id, ..responsibility.clone() });
    }
    let typical_cases = lists.problems.iter().take(3).map(|row| row.finding_id).collect();
    let texts = Texts { typical_cases, ..sample.texts.clone() };
    Ok(Material { lists, texts, ..sample })
}

/// What an id is of.
#[derive(Clone, Copy)]
enum Kind {
    Unit = 1,
    Problem,
    Order,
    Measure,
    LeaderOffice,
}

/// An id that is the same in every run.
fn id(kind: Kind, number: usize) -> Id {
    let text = format!("01890a5d-ac96-7{:03x}-8000-{number:012x}", kind as u8);
    text.parse().unwrap_or_else(|_| Id::new())
}
