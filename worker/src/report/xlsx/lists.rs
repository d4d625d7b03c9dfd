//! The lists of the workbook. What a figure counts is marked in a column of its own, so that every statistic is a formula
//! over these columns.

use std::collections::{HashMap, HashSet};

use rust_xlsxwriter::{Workbook, XlsxError};
use shared::domain::area::Area;
use shared::domain::id::Id;
use shared::domain::measure::MeasureStatus;
use shared::domain::rectification::overdue_days;
use shared::domain::report::{Edition, LeaderOfficeRow, ProblemRow, RectificationRow, Snapshot, UnitRow};
use shared::domain::text::TextEnum;
use shared::messages::words;

use super::sheet::{Cell, Looks, Sheet};

/// The sheets that statistics count.
pub struct Counted {
    pub units: Sheet,
    pub problems: Sheet,
    pub measures: Sheet,
    pub leaders: Sheet,
}

/// What the columns of several lists are.
const NO: (&str, f64) = ("序号", 6.0);
const UNIT: (&str, f64) = ("单位", 26.0);
const KIND: (&str, f64) = ("单位类别", 14.0);
const ITEM: (&str, f64) = ("巡检重点", 22.0);
const SEVERITY: (&str, f64) = ("程度", 8.0);

/// Titles of the columns that mark what a figure counts, with the figure.
pub const OF_UNITS: [(&str, &str); 8] = [
    ("应报", "self_checks.due"),
    ("已报", "self_checks.submitted"),
    ("迟报", "self_checks.late"),
    ("未报", "self_checks.missing"),
    ("逾期", "self_checks.overdue"),
    ("免报", "self_checks.excused"),
    ("应查", "visits.due"),
    ("已查", "visits.visited"),
];
pub const OF_PROBLEMS: [(&str, &str); 4] = [
    ("已整改", "problems.closed"),
    ("整改中", "problems.in_progress"),
    ("逾期", "problems.overdue"),
    ("暂缓", "problems.deferred"),
];
pub const OF_MEASURES: [(&str, &str); 1] = [("已完成", "measures.done")];
pub const OF_LEADERS: [(&str, &str); 4] = [
    ("应测", "leaders.due"),
    ("已测", "leaders.measured"),
    ("超标人数", "leaders.over"),
    ("标准未配置", "leaders.not_configured"),
];

/// A snapshot, looked up by its lists.
struct Book<'a> {
    snapshot: &'a Snapshot,
    units: HashMap<Id, &'a UnitRow>,
    problems: HashMap<Id, (usize, &'a ProblemRow)>,
    /// The records that each figure counts.
    figures: HashMap<&'a str, HashSet<Id>>,
}

/// Writes every list, the annexes in their order.
///
/// # Errors
/// A list that is longer than a sheet.
pub fn write(book: &mut Workbook, looks: &Looks, snapshot: &Snapshot) -> Result<Counted, XlsxError> {
    let lists = &snapshot.lists;
    let known = Book {
        snapshot,
        units: lists.units.iter().map(|row| (row.unit_id, row)).collect(),
        problems: (1..).zip(&lists.problems).map(|(no, row)| (row.finding_id, (no, row))).collect(),
        figures: snapshot
            .figures
            .iter()
            .map(|(name, figure)| (name.as_str(), figure.rows.iter().copied().collect()))
            .collect(),
    };
    let problems = known.problems(book, looks)?;
    known.orders(book, looks)?;
    let measures = known.measures(book, looks)?;
    known.responsibilities(book, looks)?;
    let units = known.units(book, looks)?;
    let leaders = known.leaders(book, looks)?;
    if !lists.escalations.is_empty() {
        known.escalations(book, looks)?;
    }
    Ok(Counted { units, problems, measures, leaders })
}

fn zh(list: &str, word: impl TextEnum) -> Cell {
    Cell::text(words::zh(list, word.as_str()).unwrap_or_default())
}

fn number(number: usize) -> Cell {
    // Counts are far below what a double holds exactly.
    Cell::Number(number as f64)
}

fn metres(area: Option<Area>) -> Cell {
    area.map_or(Cell::Nothing, |area| Cell::Number(f64::from(area.hundredths()) / 100.0))
}

impl Book<'_> {
    fn name(&self, unit_id: Id) -> Cell {
        Cell::text(self.units.get(&unit_id).map_or("", |unit| unit.name.as_str()))
    }

    fn kind(&self, unit_id: Id) -> Cell {
        self.units.get(&unit_id).map_or(Cell::Nothing, |unit| zh("unit_kind", unit.kind))
    }

    fn flags(&self, id: Id, figures: &[(&str, &str)]) -> Vec<Cell> {
        let holds = |figure: &str| self.figures.get(figure).is_some_and(|rows| rows.contains(&id));
        figures.iter().map(|(_, figure)| Cell::flag(holds(figure))).collect()
    }

    fn is_public(&self) -> bool {
        self.snapshot.header.edition == Edition::Public
    }

    fn problems(&self, book: &mut Workbook, looks: &Looks) -> Result<Sheet, XlsxError> {
        let mut columns = vec![NO, UNIT, KIND, ITEM, SEVERITY, ("来源", 12.0), ("发现日期", 16.0)];
        columns.extend([("问题", 50.0), ("处理意见", 30.0)]);
        columns.extend(flag_columns(&OF_PROBLEMS));
        let row = |(no, row): (usize, &ProblemRow)| {
            let mut cells = vec![
                number(no),
                self.name(row.unit_id),
                self.kind(row.unit_id),
                zh("focus_item", row.focus_item),
                zh("severity", row.severity),
                zh("finding_source", row.source),
                Cell::Date(row.found_on),
                Cell::text(row.description.as_str()),
                Cell::optional(row.handling_opinion.as_ref()),
            ];
            cells.extend(self.flags(row.finding_id, &OF_PROBLEMS));
            cells
        };
        let rows = (1..).zip(&self.snapshot.lists.problems).map(row);
        Sheet::write(book, looks, "问题清单", &columns, rows)
    }

    /// The number of an order's problem, and what is known of it.
    fn problem(&self, order: &RectificationRow) -> Option<(usize, &ProblemRow)> {
        self.problems.get(&order.finding_id).map(|(no, row)| (*no, *row))
    }

    fn orders(&self, book: &mut Workbook, looks: &Looks) -> Result<Sheet, XlsxError> {
        let columns = [
            NO,
            ("整改通知书", 24.0),
            ("下达日期", 16.0),
            UNIT,
            ("问题序号", 9.0),
            ("整改要求", 36.0),
            ("目标", 30.0),
            ("方式", 10.0),
            ("首次时限", 16.0),
            ("整改时限", 16.0),
            ("整改状态", 14.0),
            ("销号日期", 16.0),
            ("逾期天数", 9.0),
            ("曾逾期提交", 9.0),
        ];
        let as_of = self.snapshot.statistics.as_of;
        let row = |(no, row): (usize, &RectificationRow)| {
            let problem = self.problem(row);
            let overdue = overdue_days(row.status, Some(row.due_on), as_of);
            vec![
                number(no),
                Cell::text(row.number.as_str()),
                Cell::Date(row.ordered_on),
                problem.map_or(Cell::Nothing, |(_, problem)| self.name(problem.unit_id)),
                problem.map_or(Cell::Nothing, |(no, _)| number(no)),
                Cell::text(row.requirement.as_str()),
                Cell::optional(row.goal.as_ref()),
                zh("mode", row.mode),
                Cell::Date(row.first_due_on),
                Cell::Date(row.due_on),
                zh("rectification_status", row.status),
                Cell::date(row.closed_on),
                if overdue > 0 {
                    number(usize::try_from(overdue).unwrap_or_default())
                } else {
                    Cell::Nothing
                },
                Cell::flag(row.submitted_late),
            ]
        };
        let rows = (1..).zip(&self.snapshot.lists.rectifications).map(row);
        Sheet::write(book, looks, "整改清单", &columns, rows)
    }

    fn measures(&self, book: &mut Workbook, looks: &Looks) -> Result<Sheet, XlsxError> {
        let mut columns = vec![NO, UNIT, KIND, ITEM, SEVERITY, ("问题序号", 9.0), ("整改措施", 50.0)];
        columns.extend([("时限", 16.0), ("完成日期", 16.0)]);
        columns.extend(flag_columns(&OF_MEASURES));
        let of_orders = self.snapshot.lists.rectifications.iter();
        let kept = of_orders.filter_map(|order| Some((self.problem(order)?, order))).flat_map(
            |((no, problem), order)| {
                let kept = order.measures.iter().filter(|measure| measure.status != MeasureStatus::Dropped);
                kept.map(move |measure| (no, problem, measure))
            },
        );
        let rows = (1..).zip(kept).map(|(no, (problem_no, problem, measure))| {
            let mut cells = vec![
                number(no),
                self.name(problem.unit_id),
                self.kind(problem.unit_id),
                zh("focus_item", problem.focus_item),
                zh("severity", problem.severity),
                number(problem_no),
                Cell::text(measure.text.as_str()),
                Cell::Date(measure.due_on),
                Cell::date(measure.done_on),
            ];
            cells.extend(self.flags(measure.id, &OF_MEASURES));
            cells
        });
        Sheet::write(book, looks, "整改措施", &columns, rows)
    }

    fn responsibilities(&self, book: &mut Workbook, looks: &Looks) -> Result<Sheet, XlsxError> {
        let mut columns = vec![NO, ("责任单位", 26.0)];
        if !self.is_public() {
            columns.extend([("主要负责人", 12.0), ("整改责任人", 12.0)]);
        }
        columns.extend([("问题序号", 9.0), ITEM, ("整改要求", 40.0), ("整改时限", 16.0)]);
        let orders: HashMap<Id, &RectificationRow> =
            self.snapshot.lists.rectifications.iter().map(|row| (row.rectification_id, row)).collect();
        let known = self.snapshot.lists.responsibilities.iter().filter_map(|row| {
            let order = orders.get(&row.rectification_id)?;
            Some((row, *order, self.problem(order)?))
        });
        let rows = (1..).zip(known).map(|(no, (row, order, (problem_no, problem)))| {
            let mut cells = vec![number(no), self.name(problem.unit_id)];
            if !self.is_public() {
                let persons = [row.principal.as_ref(), row.responsible_person.as_ref()];
                cells.extend(persons.map(Cell::optional));
            }
            cells.extend([
                number(problem_no),
                zh("focus_item", problem.focus_item),
                Cell::text(order.requirement.as_str()),
                Cell::Date(order.due_on),
            ]);
            cells
        });
        Sheet::write(book, looks, "责任清单", &columns, rows)
    }

    fn units(&self, book: &mut Workbook, looks: &Looks) -> Result<Sheet, XlsxError> {
        let mut columns =
            vec![NO, UNIT, KIND, ("报送时限", 16.0), ("首次报送日期", 16.0), ("自查状态", 12.0)];
        columns.extend(flag_columns(&OF_UNITS));
        let rows = (1..).zip(&self.snapshot.lists.self_checks).map(|(no, row)| {
            let mut cells = vec![
                number(no),
                self.name(row.unit_id),
                self.kind(row.unit_id),
                Cell::date(row.due_on),
                Cell::date(row.first_submitted_on),
                zh("self_check_status", row.status),
            ];
            cells.extend(self.flags(row.unit_id, &OF_UNITS));
            cells
        });
        Sheet::write(book, looks, "各单位自查情况", &columns, rows)
    }

    fn leaders(&self, book: &mut Workbook, looks: &Looks) -> Result<Sheet, XlsxError> {
        let mut columns = vec![NO, UNIT, KIND];
        if !self.is_public() {
            columns.push(("姓名", 10.0));
        }
        columns.extend([("在职情况", 10.0), ("级别", 14.0), ("职务", 20.0), ("地址及房号", 22.0)]);
        let areas = ["办公室", "休息室", "卫生间", "会议室", "合计", "分摊后", "标准", "超标面积"];
        columns.extend(areas.map(|title| (title, 9.0)));
        columns.push(("认定", 12.0));
        columns.extend(flag_columns(&OF_LEADERS));
        if !self.is_public() {
            columns.push(("备注", 30.0));
        }
        let row = |(no, row): (usize, &LeaderOfficeRow)| {
            let mut cells = vec![number(no), self.name(row.unit_id), self.kind(row.unit_id)];
            if !self.is_public() {
                cells.push(Cell::optional(row.person_name.as_ref()));
            }
            cells.push(Cell::text(row.service_status.as_str()));
            cells.extend([row.level.as_ref(), row.post.as_ref(), row.place.as_ref()].map(Cell::optional));
            let areas = row.areas.as_ref();
            let by_use = [
                areas.map(|areas| areas.office),
                areas.map(|areas| areas.rest),
                areas.map(|areas| areas.toilet),
                areas.map(|areas| areas.meeting),
                areas.map(|areas| areas.total),
            ];
            cells.extend(by_use.map(metres));
            cells.extend([row.counted, row.limit, row.excess].map(metres));
            cells.push(row.verdict.map_or(Cell::Nothing, |verdict| zh("verdict", verdict)));
            cells.extend(self.flags(row.leader_office_id, &OF_LEADERS));
            if !self.is_public() {
                cells.push(Cell::optional(row.note.as_ref()));
            }
            cells
        };
        let rows = (1..).zip(&self.snapshot.lists.leader_offices).map(row);
        Sheet::write(book, looks, "领导干部办公用房", &columns, rows)
    }

    fn escalations(&self, book: &mut Workbook, looks: &Looks) -> Result<Sheet, XlsxError> {
        let columns = [
            NO,
            UNIT,
            ("提请事项", 12.0),
            ("提请对象", 20.0),
            ("事实", 50.0),
            ("进展", 12.0),
            ("发出日期", 16.0),
        ];
        let rows = (1..).zip(&self.snapshot.lists.escalations).map(|(no, row)| {
            vec![
                number(no),
                self.name(row.unit_id),
                zh("escalation_kind", row.kind),
                Cell::text(row.addressee.as_str()),
                Cell::text(row.facts.as_str()),
                zh("escalation_status", row.status),
                Cell::date(row.sent_on),
            ]
        });
        Sheet::write(book, looks, "通报问责事项", &columns, rows)
    }
}

fn flag_columns(figures: &[(&'static str, &str)]) -> Vec<(&'static str, f64)> {
    figures.iter().map(|(title, _)| (*title, 9.0)).collect()
}
