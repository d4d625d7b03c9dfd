//! A campaign on a table, as the plan of 2023 could have gone: real units, made-up officials and findings.

use shared::domain::answer::AnswerResult;
use shared::domain::area::Area;
use shared::domain::date::Date;
use shared::domain::escalation::{EscalationKind, EscalationStatus};
use shared::domain::finding::{FindingSource, FindingStatus, Severity};
use shared::domain::focus_item::FocusItem;
use shared::domain::id::Id;
use shared::domain::leader_office::Verdict;
use shared::domain::measure::{Measure, MeasureStatus};
use shared::domain::phase::PhaseKind;
use shared::domain::rectification::{Mode, RectificationStatus};
use shared::domain::report::{
    CampaignFacts, Edition, EscalationRow, LeaderOfficeRow, Lists, Material, Persons, PhaseChange, PhaseRow,
    ProblemRow, RectificationRow, ResponsibilityRow, Section, SelfCheckRow, Texts, UnitRow,
};
use shared::domain::room::Areas;
use shared::domain::self_check::SelfCheckStatus;
use shared::domain::unit::UnitKind;
use xunjian_worker::report::templates::Templates;
use xunjian_worker::report::{Version, compile, publish, sample};

const UNITS: [(&str, UnitKind); 19] = [
    ("墟沟街道办事处", UnitKind::Subdistrict),
    ("连云街道办事处", UnitKind::Subdistrict),
    ("连岛街道办事处", UnitKind::Subdistrict),
    ("板桥街道办事处", UnitKind::Subdistrict),
    ("云山街道办事处", UnitKind::Subdistrict),
    ("海州湾街道办事处", UnitKind::Subdistrict),
    ("宿城街道办事处", UnitKind::Subdistrict),
    ("高公岛街道办事处", UnitKind::Subdistrict),
    ("徐圩街道办事处", UnitKind::Subdistrict),
    ("中云街道办事处", UnitKind::Subdistrict),
    ("猴嘴街道办事处", UnitKind::Subdistrict),
    ("朝阳街道办事处", UnitKind::Subdistrict),
    ("前三岛乡人民政府", UnitKind::Township),
    ("海滨旅游度假区管理委员会", UnitKind::FunctionalZone),
    ("区政府办公室", UnitKind::Department),
    ("区经发局", UnitKind::Department),
    ("区财政局", UnitKind::Department),
    ("区机关事务管理中心", UnitKind::DirectUnit),
    ("区融媒体中心", UnitKind::DirectUnit),
];

/// A finding: unit, item, severity, source, state, what was found, what is to be done.
type Found = (usize, FocusItem, Severity, FindingSource, FindingStatus, &'static str, &'static str);

const FOUND: [Found; 9] = [
    (
        0,
        FocusItem::Leasing,
        Severity::General,
        FindingSource::SelfCheck,
        FindingStatus::Rectifying,
        "2022年3月起未经审批租用企业办公用房6间，使用面积186.5㎡，年租金12万元。",
        "限期补办审批手续，未获批准的予以退租。",
    ),
    (
        0,
        FocusItem::Ownership,
        Severity::Minor,
        FindingSource::SelfCheck,
        FindingStatus::Closed,
        "综合楼土地使用权证登记在原墟沟镇名下，未变更登记至机关事务管理中心。",
        "办理权属变更登记。",
    ),
    (
        1,
        FocusItem::TechnicalRooms,
        Severity::General,
        FindingSource::Inspection,
        FindingStatus::Rectifying,
        "便民服务中心档案库房2间擅自改作办公室，使用面积48㎡。",
        "恢复原用途。",
    ),
    (
        2,
        FocusItem::Occupancy,
        Severity::General,
        FindingSource::Inspection,
        FindingStatus::Rectifying,
        "街道办公楼3层由旅游协会无偿使用，无使用协议。",
        "限期腾退或者按规定补签使用协议。",
    ),
    (
        6,
        FocusItem::LeaderOffices,
        Severity::Serious,
        FindingSource::Inspection,
        FindingStatus::Rectifying,
        "1名副科级领导干部办公用房使用面积21.4㎡，超出标准9.4㎡。",
        "以调换、合用方式整改到位，整改后重新测量。",
    ),
    (
        8,
        FocusItem::Leasing,
        Severity::Serious,
        FindingSource::Inspection,
        FindingStatus::Open,
        "租用的办公用房权属已抵押，抵押登记日期为2021年11月5日。",
        "研究退租方案。",
    ),
    (
        12,
        FocusItem::Ownership,
        Severity::General,
        FindingSource::SelfCheck,
        FindingStatus::Rectifying,
        "车牛山岛值守用房资料缺失，权属不清。",
        "查找建设资料，按规定备案。",
    ),
    (
        15,
        FocusItem::LookBack,
        Severity::Minor,
        FindingSource::SelfCheck,
        FindingStatus::Closed,
        "2015年培训中心整改事项资料未归档。",
        "补齐资料。",
    ),
    (
        18,
        FocusItem::Other,
        Severity::Minor,
        FindingSource::Inspection,
        FindingStatus::Closed,
        "办公用房管理台账未及时更新。",
        "立行立改。",
    ),
];

/// An order: problem, mode, state, requirement, first due date, due date, measures.
type Ordered = (
    usize,
    Mode,
    RectificationStatus,
    &'static str,
    &'static str,
    &'static str,
    &'static [(&'static str, MeasureStatus)],
);

const ORDERED: [Ordered; 6] = [
    (
        0,
        Mode::Planned,
        RectificationStatus::InProgress,
        "按规定补办租用审批手续；未获批准的，于时限内退租并搬回原办公楼。",
        "2023-09-10",
        "2023-09-10",
        &[
            ("向区机关事务管理中心报送租用申请", MeasureStatus::Done),
            ("腾空原办公楼二层，完成搬迁", MeasureStatus::Planned),
        ],
    ),
    (
        1,
        Mode::Planned,
        RectificationStatus::Closed,
        "办理土地使用权变更登记。",
        "2023-08-31",
        "2023-08-31",
        &[("向登记机构提交申请", MeasureStatus::Done), ("领取新证并归档", MeasureStatus::Done)],
    ),
    (
        2,
        Mode::Immediate,
        RectificationStatus::Returned,
        "恢复档案库房用途。",
        "2023-08-18",
        "2023-08-25",
        &[],
    ),
    (3, Mode::Planned, RectificationStatus::Ordered, "收回办公楼三层。", "2023-09-20", "2023-09-20", &[]),
    (
        4,
        Mode::Immediate,
        RectificationStatus::Submitted,
        "调整办公用房，整改后使用面积不超过12㎡。",
        "2023-08-25",
        "2023-08-25",
        &[],
    ),
    (
        6,
        Mode::Planned,
        RectificationStatus::Deferred,
        "查找资料并备案。",
        "2023-09-30",
        "2023-12-31",
        &[("向市档案馆查询建设资料", MeasureStatus::Planned)],
    ),
];

pub fn id(number: usize) -> Id {
    format!("01890a5d-ac96-774b-bcce-{number:012x}").parse().unwrap()
}

pub fn day(text: &str) -> Date {
    text.parse().unwrap()
}

/// The campaign on 28 August 2023.
pub fn material() -> Material {
    Material {
        edition: Edition::Full,
        compiled_at: serde_json::from_str("\"2023-08-28T01:30:00Z\"").unwrap(),
        as_of: day("2023-08-28"),
        campaign: campaign(),
        lists: lists(),
        texts: texts(),
    }
}

/// A campaign in which nothing happened and nothing was written.
pub fn empty_material() -> Material {
    let mut material = material();
    material.campaign.document_number = None;
    material.campaign.basis.clear();
    material.campaign.scope = None;
    material.campaign.phases.clear();
    material.lists = Lists::default();
    material.texts = Texts::default();
    material
}

fn campaign() -> CampaignFacts {
    let phase = |kind, starts_on, ends_on| PhaseRow {
        kind,
        starts_on: day(starts_on),
        ends_on: day(ends_on),
        changes: vec![],
    };
    let mut phases = vec![
        phase(PhaseKind::SelfCheck, "2023-07-31", "2023-08-06"),
        phase(PhaseKind::OnSite, "2023-08-07", "2023-08-13"),
        phase(PhaseKind::Summary, "2023-08-12", "2023-08-20"),
    ];
    phases[1].changes.push(PhaseChange {
        decided_on: day("2023-08-10"),
        old_starts_on: day("2023-08-07"),
        old_ends_on: day("2023-08-11"),
        new_starts_on: day("2023-08-07"),
        new_ends_on: day("2023-08-13"),
        reason: "受台风影响，前三岛乡停航。".to_owned(),
    });
    CampaignFacts {
        campaign_id: id(1),
        name: "2023年连云区党政机关办公用房专项巡检".to_owned(),
        document_number: Some("连区政办发〔2023〕56号".to_owned()),
        basis: vec![
            "《江苏省党政机关办公用房管理办法》（苏办发〔2018〕54号）".to_owned(),
            "《连云港市党政机关办公用房管理办法》（连委办发〔2019〕139号）".to_owned(),
        ],
        scope: Some("各街道办事处、前三岛乡人民政府，各功能板块，区各委办局，区各直属单位".to_owned()),
        phases,
    }
}

fn lists() -> Lists {
    let units = UNITS.iter().enumerate().map(|(at, &(name, kind))| UnitRow {
        unit_id: id(100 + at),
        name: name.to_owned(),
        kind,
        selected_for_visit: at != 17,
        visited: at % 5 != 4,
    });
    let self_checks = (0..UNITS.len()).map(|at| {
        let (status, submitted) = match at {
            4 => (SelfCheckStatus::NotStarted, None),
            7 => (SelfCheckStatus::Returned, Some("2023-08-05")),
            11 => (SelfCheckStatus::Submitted, Some("2023-08-09")),
            17 => (SelfCheckStatus::Excused, None),
            _ => (SelfCheckStatus::Accepted, Some("2023-08-04")),
        };
        let answer = |item: FocusItem| {
            let found = FOUND
                .iter()
                .any(|found| found.0 == at && found.1 == item && found.3 == FindingSource::SelfCheck);
            (item, if found { AnswerResult::Found } else { AnswerResult::None })
        };
        SelfCheckRow {
            unit_id: id(100 + at),
            status,
            due_on: Some(day("2023-08-06")),
            first_submitted_on: submitted.map(day),
            submitted_late: submitted.is_some_and(|on| day(on) > day("2023-08-06")),
            answers: FocusItem::REQUIRED
                .iter()
                .filter(|_| submitted.is_some())
                .map(|item| answer(*item))
                .collect(),
        }
    });
    let problems = FOUND.iter().enumerate().map(|(at, found)| ProblemRow {
        finding_id: id(200 + at),
        unit_id: id(100 + found.0),
        focus_item: found.1,
        severity: found.2,
        source: found.3,
        status: found.4,
        found_on: day("2023-08-09"),
        description: found.5.to_owned(),
        handling_opinion: Some(found.6.to_owned()),
    });
    let rectifications = ORDERED.iter().enumerate().map(|(at, order)| RectificationRow {
        rectification_id: id(300 + at),
        finding_id: id(200 + order.0),
        number: format!("连区办房整〔2023〕{}号", at + 1),
        mode: order.1,
        status: order.2,
        requirement: order.3.to_owned(),
        ordered_on: day("2023-08-14"),
        first_due_on: day(order.4),
        due_on: day(order.5),
        submitted_on: None,
        submitted_late: order.2 == RectificationStatus::Returned,
        closed_on: (order.2 == RectificationStatus::Closed).then(|| day("2023-08-24")),
        goal: (!order.6.is_empty()).then(|| "问题整改到位，手续齐全。".to_owned()),
        measures: order
            .6
            .iter()
            .zip(0..)
            .map(|(&(text, status), index)| Measure {
                id: id(400 + 10 * at + index),
                text: text.to_owned(),
                due_on: day("2023-08-31"),
                status,
                done_on: (status == MeasureStatus::Done).then(|| day("2023-08-21")),
            })
            .collect(),
    });
    let names = [
        ("丁一堃", "艾文祎"),
        ("丁一堃", "艾文祎"),
        ("车喆", "卜小满"),
        ("段雨生", "段雨生"),
        ("海清扬", "戈远"),
        ("明知秋", "牧之"),
    ];
    let responsibilities = names.iter().enumerate().map(|(at, (principal, person))| ResponsibilityRow {
        rectification_id: id(300 + at),
        principal: Some((*principal).to_owned()),
        responsible_person: Some((*person).to_owned()),
    });
    Lists {
        leader_offices: leader_offices(),
        units: units.collect(),
        self_checks: self_checks.collect(),
        problems: problems.collect(),
        rectifications: rectifications.collect(),
        responsibilities: responsibilities.collect(),
        escalations: vec![EscalationRow {
            escalation_id: id(400),
            unit_id: id(101),
            kind: EscalationKind::Discipline,
            addressee: "区纪委监委".to_owned(),
            status: EscalationStatus::Sent,
            facts: "便民服务中心档案库房改作办公室，逾期未恢复原用途。".to_owned(),
            sent_on: Date::new(2023, 8, 26),
        }],
    }
}

/// Unit, name, area of the office, limit, verdict.
type Measured<'a> = (usize, &'a str, Option<i32>, Option<i32>, Option<Verdict>);

fn leader_offices() -> Vec<LeaderOfficeRow> {
    let area = |hundredths| Area::from_hundredths(hundredths).unwrap();
    let rows = [
        (0, "丁一堃", Some(1_760), Some(1_800), Some(Verdict::Within)),
        (6, "海云", Some(2_140), Some(1_200), Some(Verdict::Over)),
        (12, "车喆", Some(2_100), None, Some(Verdict::NotConfigured)),
        (15, "海清扬", None, None, None),
    ];
    let row = |(at, (unit, name, total, limit, verdict)): (usize, Measured<'_>)| {
        let office = total.map(area);
        LeaderOfficeRow {
            leader_office_id: id(500 + at),
            unit_id: id(100 + unit),
            person_name: Some(name.to_owned()),
            service_status: "在职".to_owned(),
            level: Some("乡科级副职".to_owned()),
            post: Some("副主任".to_owned()),
            place: office.map(|_| "2号楼301".to_owned()),
            selected: true,
            measured_on: office.map(|_| day("2023-08-08")),
            areas: office.map(|office| Areas { office, total: office, ..Areas::default() }),
            verdict,
            counted: office,
            limit: limit.map(area),
            excess: total.zip(limit).map(|(total, limit)| area((total - limit).max(0))),
            note: (at == 1).then(|| "302与江晚晴合用（共2人）".to_owned()),
        }
    };
    rows.into_iter().enumerate().map(row).collect()
}

fn texts() -> Texts {
    Texts {
        addressee: Some("区党政机关办公用房专项巡检工作领导小组".to_owned()),
        document_number: Some("连区办房巡〔2023〕1号".to_owned()),
        signer: Some("区党政机关办公用房专项巡检小组".to_owned()),
        written: [
            (
                Section::Work,
                "巡检小组采取听取汇报、现场核查、座谈了解、查阅台账资料和现场测量的方式，对被巡检单位逐一检查。\n各单位普遍重视，由艾文祎同志等联络员负责资料准备。",
            ),
            (Section::Leasing, "租用方面的问题集中在历史上形成的租用关系，审批手续不全。"),
        ]
        .map(|(section, text)| (section, text.to_owned()))
        .into(),
        typical_cases: vec![id(200), id(204)],
        ..Texts::default()
    }
}

/// A name of more than forty characters, rare ones among them.
pub const LONG_NAME: &str =
    "连云区海州湾生态环境综合治理与海洋经济高质量发展协调推进工作领导小组办公室（堃喆祎昇翀）";

/// Ten thousand problems of one unit with that name.
pub fn crowded_material() -> Material {
    let mut material = sample::of_size(1, 10_000).unwrap();
    material.lists.units[0].name = LONG_NAME.to_owned();
    material
}

/// The built-in templates.
pub fn templates() -> Templates {
    Templates::read(None).unwrap()
}

/// The version that is compiled from records.
pub fn version(material: Material) -> Version {
    numbered(material, "2023-1")
}

/// The version with a number.
pub fn numbered(mut material: Material, number: &str) -> Version {
    let templates = templates();
    let edition = std::mem::replace(&mut material.edition, Edition::Full);
    let mut snapshot = compile(material, &templates, "").unwrap();
    if edition == Edition::Public {
        let persons = Persons { names: ["艾文祎".to_owned()].into(), ..Persons::default() };
        snapshot = publish(snapshot, Id::new(), persons, &templates, "").unwrap();
    }
    snapshot.header.number = number.to_owned();
    Version::of(snapshot).unwrap()
}

/// Fails unless the pieces stand in a text, each after the one before.
pub fn assert_in_order(text: &str, pieces: &[&str]) {
    let mut rest = text;
    for piece in pieces {
        rest = rest.split_once(piece).unwrap_or_else(|| panic!("{piece} is not in its place: {text}")).1;
    }
}
