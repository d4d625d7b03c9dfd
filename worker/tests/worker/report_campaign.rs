//! A campaign in a database of its own, as the plan of 2023 could have gone: made-up officials and findings.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use diesel::prelude::*;
use serde_json::{Value, json};
use shared::config::Settings;
use shared::domain::actor::{Actor, Grant, Role};
use shared::domain::answer::Answers;
use shared::domain::campaign::{CampaignStatus, DocumentContent, ScopeUnit};
use shared::domain::date::Date;
use shared::domain::finding::{Finding, FindingStatus};
use shared::domain::id::Id;
use shared::domain::instant::Instant;
use shared::domain::measure::PlannedMeasure;
use shared::domain::phase::Phase;
use shared::domain::rectification::{Rectification, RectificationStatus};
use shared::domain::report::{Edition, Report, ReportContent, TextsContent};
use shared::domain::self_check::{SelfCheck, SelfCheckStatus};
use shared::objects::Objects;
use shared::store::schema::{campaigns, self_checks};
use shared::store::{
    Store, StoreResult, Write, campaign, clock, finding, leader_office, rectification, report, self_check,
    unit,
};

use xunjian_worker::worker::Worker;

use crate::database::{self, Engine};

/// A database with one open campaign, on 28 August 2023.
pub struct Office {
    pub store: Store,
    pub objects: Objects,
    pub worker: Worker,
    pub campaign: Id,
    /// The township, which has handed nothing in.
    pub township: Id,
    folder: tempfile::TempDir,
    url: String,
}

fn of<T: serde::de::DeserializeOwned>(value: Value) -> T {
    serde_json::from_value(value).unwrap()
}

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn instant(text: &str) -> Instant {
    of(text.into())
}

fn settings(url: &str, data: &str, more: &[(&str, &str)]) -> Settings {
    let own = [("DATABASE_URL", url), ("XUNJIAN_DATA_DIR", data), ("XUNJIAN_POOL_SIZE", "4")];
    database::settings(&[&own, more].concat())
}

fn coordinator() -> Actor {
    let grants = vec![Grant { role: Role::Coordinator, unit_id: None }];
    Actor { grants, ..Actor::system("区机关事务管理中心") }
}

impl Office {
    pub fn open(engine: Engine) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = database::fresh(engine, folder.path());
        let data = folder.path().display().to_string();
        let settings = settings(&url, &data, &[]);
        let store = Store::open(&settings).unwrap();
        let objects = Objects::open(&settings.storage_url).unwrap();
        let worker = Worker::open(&settings, store.clone(), None, crate::program()).unwrap();
        let campaign = Id::new();
        let mut office = Self { store, objects, worker, campaign, township: Id::new(), folder, url };
        office.township = office.write(|tx| conduct(tx, campaign));
        let end = instant("2023-08-28T01:30:00Z");
        office.store.with(|conn| clock::advance(conn, end)).unwrap();
        office
    }

    /// Another worker, with settings of its own.
    pub fn worker_with(&self, more: &[(&str, &str)]) -> Worker {
        let settings = settings(&self.url, &self.folder.path().display().to_string(), more);
        Worker::open(&settings, self.store.clone(), None, crate::program()).unwrap()
    }

    /// Another worker whose typesetter does not take a report with a text in its own form: the process ends, as by a
    /// fault of the typesetter.
    pub fn worker_that_cannot_typeset(&self, text: &str) -> Worker {
        let program = self.folder.path().join("typesetter");
        let (given, ours) = (self.folder.path().join("given"), crate::program());
        let script = format!(
            "#!/bin/sh\ncat > '{given}'\ncase \"$*\" in\n\
             *plainly*) head -n 1 '{given}' | grep -q '{text}' || exit 101 ;;\n\
             *pdf*) ! grep -q '{text}' '{given}' || exit 101 ;;\nesac\nexec '{ours}' \"$@\" < '{given}'\n",
            given = given.display(),
            ours = ours.display(),
        );
        fs::write(&program, script).unwrap();
        fs::set_permissions(&program, fs::Permissions::from_mode(0o700)).unwrap();
        let settings = settings(&self.url, &self.folder.path().display().to_string(), &[]);
        Worker::open(&settings, self.store.clone(), None, program).unwrap()
    }

    /// Removes the database.
    pub fn close(self) {
        drop((self.store, self.worker));
        database::remove(&self.url);
    }

    /// Changes something as the coordinator.
    pub fn write<T>(&self, change: impl FnMut(&mut Write<'_>) -> StoreResult<T>) -> T {
        self.store.write(&coordinator(), "test", change).unwrap()
    }

    /// Asks for a report.
    pub fn request(&self, edition: Edition) -> Id {
        let content = ReportContent { campaign_id: self.campaign, edition, full_report_id: None };
        self.write(|tx| Ok(report::request(tx, Some(Id::new()), content.clone())?.id))
    }

    pub fn report(&self, id: Id) -> Report {
        self.store.with(|conn| report::load(conn, id)).unwrap()
    }

    /// Records one more problem of the township.
    pub fn find_another(&self) -> Id {
        self.write(|tx| Ok(found(tx, self.campaign, self.township, "other", "minor", "台账更新不及时。")?.id))
    }

    /// Where the bytes of a key are.
    pub fn path(&self, key: &str) -> std::path::PathBuf {
        self.folder.path().join("objects").join(key)
    }
}

/// Lives through the campaign; the township.
fn conduct(tx: &mut Write<'_>, id: Id) -> StoreResult<Id> {
    let made = campaign::create(
        tx,
        id,
        of(json!({
            "name": "2023年连云区党政机关办公用房专项巡检",
            "document_number": "连区政办发〔2023〕56号",
            "phases": [
                {"kind": "self_check", "starts_on": "2023-07-31", "ends_on": "2023-08-06"},
                {"kind": "on_site", "starts_on": "2023-08-07", "ends_on": "2023-08-11"},
                {"kind": "summary", "starts_on": "2023-08-12", "ends_on": "2023-08-20"},
            ],
        })),
    )?;
    let mut unit = |name: &str, kind: &str, principal: &str| {
        let content = json!({"name": name, "kind": kind, "standard_class": "county", "principal": principal});
        Ok::<_, shared::store::StoreError>(unit::create(tx, Id::new(), of(content))?.id)
    };
    let units = [
        unit("墟沟街道办事处", "subdistrict", "周云台")?,
        unit("前三岛乡人民政府", "township", "车喆")?,
        unit("海滨旅游度假区管理委员会", "functional_zone", "段雨生")?,
        unit("区财政局", "department", "海清扬")?,
        unit("区融媒体中心", "direct_unit", "明知秋")?,
    ];
    let scope = units.map(|unit_id| ScopeUnit { unit_id, selected_for_visit: true, self_check_due_on: None });
    let made = campaign::put_units(tx, &made, &scope)?;
    let made = document(tx, &made, "江苏省党政机关办公用房管理办法", "苏办发〔2018〕54号")?;
    diesel::update(campaigns::table.find(id))
        .set(campaigns::status.eq(CampaignStatus::Open))
        .execute(tx.conn)?;
    let mut phases = made.content.phases.clone();
    let old = phases[1];
    phases[1] = Phase { ends_on: day("2023-08-13"), ..old };
    let made = campaign::load(tx.conn, made.id)?;
    campaign::decide_phase(tx, &made, phases.clone(), (old, phases[1]), "受台风影响，前三岛乡停航。")?;

    self_check::create_for_units(tx, id, &units.map(|unit_id| (unit_id, None)))?;
    let none = json!({"result": "none"});
    let leasing = json!({"result": "found", "description": "租用企业办公用房6间。"});
    let answers: Answers = of(json!({"answers": {"leasing": leasing, "ownership": none}, "materials": {}}));
    hand_in(tx, id, units[0], SelfCheckStatus::Accepted, Some("2023-08-04T02:00:00Z"), answers.clone())?;
    hand_in(tx, id, units[2], SelfCheckStatus::Submitted, Some("2023-08-09T02:00:00Z"), answers.clone())?;
    hand_in(tx, id, units[3], SelfCheckStatus::Returned, Some("2023-08-06T15:59:59Z"), answers)?;
    hand_in(tx, id, units[4], SelfCheckStatus::Excused, None, Answers::default())?;

    let leased =
        found(tx, id, units[0], "leasing", "general", "未经审批租用企业办公用房6间，经办人艾文祎。")?;
    let overdue = order(tx, &leased, "2023-08-21", "补办租用审批手续。")?;
    in_state(tx, overdue.id, RectificationStatus::InProgress, Some("整改到位，手续齐全。"))?;
    let title = found(tx, id, units[0], "ownership", "minor", "土地使用权证未变更登记。")?;
    let closed = order(tx, &title, "2023-08-31", "办理变更登记。")?;
    in_state(tx, closed.id, RectificationStatus::Submitted, None)?;
    in_state(tx, closed.id, RectificationStatus::Closed, None)?;
    let office = found(tx, id, units[3], "leader_offices", "serious", "1名副科级领导干部办公用房超标。")?;
    let withdrawn = order(tx, &office, "2023-09-10", "限期调整。")?;
    in_state(tx, withdrawn.id, RectificationStatus::Withdrawn, None)?;
    order(tx, &office, "2023-09-20", "以合用方式整改到位。")?;
    measured(tx, id, units[3], "海清扬", 21.4)?;
    measured(tx, id, units[1], "车喆", 17.0)?;
    let void = found(tx, id, units[2], "occupancy", "general", "误录。")?;
    to_status(tx, &void, FindingStatus::Void)?;
    found(tx, id, units[2], "technical_rooms", "general", "档案库房改作办公室。")?;

    let texts: TextsContent = of(json!({
        "addressee": "区党政机关办公用房专项巡检工作领导小组", "signer": "区党政机关办公用房专项巡检小组",
        "sections": {"work": "巡检小组采取现场核查的方式，逐一检查。", "leasing": "租用审批手续不全的问题较为集中。"},
        "typical_cases": [leased.id],
    }));
    let made = campaign::load(tx.conn, id)?;
    report::write_texts(tx, &made, &TextsContent::default(), &texts)?;
    Ok(units[1])
}

fn document(
    tx: &mut Write<'_>,
    campaign: &shared::domain::campaign::Campaign,
    title: &str,
    number: &str,
) -> StoreResult<shared::domain::campaign::Campaign> {
    let content = DocumentContent {
        title: title.to_owned(),
        document_number: Some(number.to_owned()),
        attachment_id: None,
    };
    Ok(campaign::add_document(tx, campaign, Id::new(), content)?.0)
}

fn hand_in(
    tx: &mut Write<'_>,
    campaign: Id,
    unit: Id,
    status: SelfCheckStatus,
    at: Option<&str>,
    answers: Answers,
) -> StoreResult<()> {
    let id: Id = self_checks::table
        .filter(self_checks::campaign_id.eq(campaign))
        .filter(self_checks::unit_id.eq(unit))
        .select(self_checks::id)
        .first(tx.conn)?;
    let (campaign, before) = self_check::lock(tx, id)?;
    let handed_in = match at {
        Some(at) => before.clone().submitted(&campaign, None, instant(at)),
        None => before.clone(),
    };
    let after = SelfCheck { status, answers, ..handed_in };
    self_check::update(tx, "test", &before, after, None)?;
    Ok(())
}

fn found(
    tx: &mut Write<'_>,
    campaign: Id,
    unit: Id,
    item: &str,
    severity: &str,
    description: &str,
) -> StoreResult<Finding> {
    let content = json!({
        "campaign_id": campaign, "unit_id": unit, "focus_item": item, "source": "inspection",
        "severity": severity, "description": description,
    });
    let draft = finding::create(tx, Id::new(), of(content))?;
    to_status(tx, &draft, FindingStatus::Open)
}

/// A section chief whose room was measured.
fn measured(tx: &mut Write<'_>, campaign: Id, unit: Id, name: &str, area: f64) -> StoreResult<()> {
    let room = json!({"kind": "office", "room_number": "301", "area": area, "occupants": 2, "occupant_names": ["江晚晴"]});
    let own = json!({"kind": "office", "room_number": "402", "area": area});
    let content = json!({
        "campaign_id": campaign, "unit_id": unit, "person_name": name, "service_status": "in_service",
        "level": "141", "post": "主任", "measured_rooms": [room, own], "measured_on": "2023-08-08",
    });
    let (class, today) = (leader_office::class_of(tx.conn, unit)?, day("2023-08-28"));
    leader_office::create(tx, Id::new(), of(content), class, today)?;
    Ok(())
}

fn to_status(tx: &mut Write<'_>, finding: &Finding, status: FindingStatus) -> StoreResult<Finding> {
    finding::update(tx, "test", finding, Finding { status, ..finding.clone() }, None)
}

fn order(
    tx: &mut Write<'_>,
    finding: &Finding,
    due_on: &str,
    requirement: &str,
) -> StoreResult<Rectification> {
    let content = json!({
        "finding_id": finding.id, "mode": "planned", "requirement": requirement, "due_on": due_on,
        "responsible_person": "卜小满",
    });
    let (campaign, finding) = finding::lock(tx, finding.id)?;
    let draft = rectification::create(tx, Id::new(), &finding, of(content))?;
    let number = Some(rectification::next_number(tx, &campaign)?);
    let locked = rectification::lock(tx, draft.id)?;
    let after =
        Rectification { status: RectificationStatus::Ordered, number, ordered_at: Some(tx.now), ..draft };
    rectification::update(tx, "test", &locked, after, None)
}

/// Leads an order into a state; with a goal it gets two measures, of which one is done.
fn in_state(tx: &mut Write<'_>, id: Id, status: RectificationStatus, goal: Option<&str>) -> StoreResult<()> {
    let locked = rectification::lock(tx, id)?;
    let mut after = Rectification { status, goal: goal.map(str::to_owned), ..locked.rectification.clone() };
    if goal.is_some() {
        let planned = ["报送租用申请", "完成搬迁"]
            .map(|text| PlannedMeasure { text: text.to_owned(), due_on: day("2023-08-20") });
        let measures = rectification::replace_measures(tx, &locked.rectification, &planned)?;
        let done = json!({measures[0].id.as_str(): {"status": "done", "done_on": "2023-08-18"}});
        after.measures = measures;
        after.measures = rectification::change_measures(tx, &after, &of(done), day("2023-08-18"))?;
    }
    rectification::update(tx, "test", &locked, after, None)?;
    Ok(())
}
