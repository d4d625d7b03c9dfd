//! The records of a campaign as a report is compiled from them, by the same number of statements however
//! large the campaign is.

use std::collections::HashMap;

use chrono_tz::Tz;
use diesel::prelude::*;

use crate::domain::answer::{AnswerResult, Answers};
use crate::domain::campaign::{Campaign, CampaignDocument};
use crate::domain::date::Date;
use crate::domain::escalation::{EscalationKind, EscalationStatus};
use crate::domain::finding::{FindingSource, FindingStatus, Severity};
use crate::domain::focus_item::FocusItem;
use crate::domain::id::Id;
use crate::domain::instant::Instant;
use crate::domain::leader_office::LeaderOffice;
use crate::domain::measure::{Measure, MeasureStatus};
use crate::domain::rectification::{Mode, RectificationStatus};
use crate::domain::report::{
    CampaignFacts, Edition, EscalationRow, LeaderOfficeRow, Lists, Material, PhaseChange, PhaseRow,
    ProblemRow, RectificationRow, ReportContent, ResponsibilityRow, SelfCheckRow, UnitRow,
};
use crate::domain::room::{Areas, places, sharing_note};
use crate::domain::statistics::UnitFact;
use crate::domain::unit::UnitKind;
use crate::store::schema::{
    campaign_units, escalations, findings, rectification_measures, rectifications, self_checks, units,
};
use crate::store::statistics::{Scope, measured, unit_facts};
use crate::store::{DbConnection, StoreResult, campaign, dictionary, leader_office};

/// Everything that a report on a campaign says as it is now, to be read within one snapshot of the database.
pub fn material(conn: &mut DbConnection, content: &ReportContent, now: Instant) -> StoreResult<Material> {
    let campaign = campaign::load(conn, content.campaign_id)?;
    let zone = campaign.content.time_zone.0;
    let units = units(conn, campaign.id)?;
    let scope = unit_facts(conn, &campaign, &Scope::Campaign)?;
    let problems = problems(conn, &campaign)?;
    let orders = orders(conn, campaign.id)?;
    let offices = leader_office::of_campaign(conn, campaign.id, &Scope::Campaign)?;
    let as_of = now.date_in(zone);
    Ok(Material {
        edition: content.edition,
        compiled_at: now,
        as_of,
        campaign: campaign_facts(conn, &campaign)?,
        lists: Lists {
            units: unit_rows(&units, &scope),
            self_checks: self_check_rows(scope, &answers(conn, campaign.id)?),
            responsibilities: responsibilities(&orders, &problems, &units),
            rectifications: rectifications(orders, measures(conn, campaign.id)?, zone),
            escalations: match content.edition {
                Edition::Full => escalations(conn, campaign.id, zone)?,
                Edition::Team | Edition::Public => Vec::new(),
            },
            problems,
            leader_offices: leader_offices(conn, offices, as_of)?,
        },
        texts: super::texts(conn, campaign.id)?.into(),
    })
}

fn campaign_facts(conn: &mut DbConnection, campaign: &Campaign) -> StoreResult<CampaignFacts> {
    let decisions = campaign::decisions(conn, campaign.id)?;
    let changes = |kind| {
        let of_kind = decisions.iter().filter(move |decision| decision.after.kind == kind);
        of_kind.map(|decision| PhaseChange {
            decided_on: campaign.today(decision.decided_at),
            old_starts_on: decision.before.starts_on,
            old_ends_on: decision.before.ends_on,
            new_starts_on: decision.after.starts_on,
            new_ends_on: decision.after.ends_on,
            reason: decision.reason.clone(),
        })
    };
    let phases = campaign.content.phases.iter().map(|phase| PhaseRow {
        kind: phase.kind,
        starts_on: phase.starts_on,
        ends_on: phase.ends_on,
        changes: changes(phase.kind).collect(),
    });
    let documents = campaign::documents(conn, campaign.id)?.into_iter();
    // The document that orders the campaign is named beside those that it rests on.
    let own = &campaign.content.document_number;
    let basis = documents.filter(|document| own.is_none() || document.content.document_number != *own);
    Ok(CampaignFacts {
        campaign_id: campaign.id,
        name: campaign.content.name.clone(),
        document_number: campaign.content.document_number.clone(),
        basis: basis.map(cited).collect(),
        scope: None,
        phases: phases.collect(),
    })
}

/// A document as official texts cite it.
fn cited(document: CampaignDocument) -> String {
    let title = document.content.title;
    let title = if title.contains('《') { title } else { format!("《{title}》") };
    document.content.document_number.map_or(title.clone(), |number| format!("{title}（{number}）"))
}

/// What is said of a unit beside its part in the campaign.
#[derive(Queryable)]
struct Unit {
    id: Id,
    name: String,
    kind: UnitKind,
    principal: Option<String>,
}

/// The units in scope and those of findings.
fn units(conn: &mut DbConnection, campaign_id: Id) -> StoreResult<Vec<Unit>> {
    let in_scope = campaign_units::table
        .filter(campaign_units::campaign_id.eq(campaign_id))
        .select(campaign_units::unit_id);
    let of_findings = findings::table.filter(findings::campaign_id.eq(campaign_id)).select(findings::unit_id);
    Ok(units::table
        .filter(units::id.eq_any(in_scope).or(units::id.eq_any(of_findings)))
        .select((units::id, units::name, units::kind, units::principal))
        .load(conn)?)
}

fn unit_rows(units: &[Unit], scope: &[UnitFact]) -> Vec<UnitRow> {
    let scope: HashMap<Id, &UnitFact> = scope.iter().map(|fact| (fact.unit_id, fact)).collect();
    let row = |unit: &Unit| UnitRow {
        unit_id: unit.id,
        name: unit.name.clone(),
        kind: unit.kind,
        selected_for_visit: scope.get(&unit.id).is_some_and(|fact| fact.selected_for_visit),
        visited: scope.get(&unit.id).is_some_and(|fact| fact.visited),
    };
    units.iter().map(row).collect()
}

fn answers(conn: &mut DbConnection, campaign_id: Id) -> StoreResult<HashMap<Id, Answers>> {
    let rows: Vec<(Id, String)> = self_checks::table
        .filter(self_checks::campaign_id.eq(campaign_id))
        .select((self_checks::unit_id, self_checks::answers))
        .load(conn)?;
    rows.into_iter().map(|(unit_id, answers)| Ok((unit_id, serde_json::from_str(&answers)?))).collect()
}

fn self_check_rows(scope: Vec<UnitFact>, answers: &HashMap<Id, Answers>) -> Vec<SelfCheckRow> {
    let results = |unit_id: Id| {
        let answers = answers.get(&unit_id).into_iter().flat_map(|answers| &answers.answers);
        answers
            .map(|(item, answer)| (*item, answer.result))
            .collect::<std::collections::BTreeMap<FocusItem, AnswerResult>>()
    };
    let row = |fact: UnitFact| SelfCheckRow {
        unit_id: fact.unit_id,
        status: fact.self_check,
        due_on: fact.self_check_due_on,
        first_submitted_on: fact.first_submitted_on,
        submitted_late: fact.submitted_late,
        answers: results(fact.unit_id),
    };
    scope.into_iter().map(row).collect()
}

/// Persons and their rooms, judged as the statistics judge them, in the words of the day.
fn leader_offices(
    conn: &mut DbConnection,
    offices: Vec<(UnitKind, LeaderOffice)>,
    as_of: Date,
) -> StoreResult<Vec<LeaderOfficeRow>> {
    let standards = leader_office::standards(conn)?;
    let words = dictionary::in_force(conn, as_of)?;
    let label = |list: &str, code: &str| {
        let word = words.iter().find(|word| word.list == list && word.code == code);
        word.map_or(code, |word| &word.label_zh).to_owned()
    };
    let row = |(_, office): (UnitKind, LeaderOffice)| {
        let measured = measured(&office, &standards);
        let (measured, judged) = (measured.as_ref().map(|(one, _)| *one), measured.map(|(_, judged)| judged));
        let judged = judged.as_ref();
        let content = office.content;
        let rooms = &content.measured_rooms;
        let notes = [sharing_note(rooms), content.note.clone()];
        let notes: Vec<String> = notes.into_iter().flatten().collect();
        LeaderOfficeRow {
            leader_office_id: office.id,
            unit_id: content.unit_id,
            person_name: Some(content.person_name.clone()),
            service_status: label("service_status", &content.service_status),
            level: content.level.as_deref().map(|level| label("level", level)),
            post: content.post.clone(),
            place: places(rooms),
            selected: content.selected_for_measurement,
            measured_on: content.measured_on,
            areas: content.is_measured().then(|| Areas::of(rooms)),
            verdict: measured.map(|measured| measured.verdict),
            counted: judged.and_then(|judged| judged.counted),
            limit: judged.and_then(|judged| judged.limit),
            excess: judged.and_then(|judged| judged.excess),
            note: Some(notes.join("；")).filter(|note| !note.is_empty()),
        }
    };
    Ok(offices.into_iter().map(row).collect())
}

#[derive(Queryable)]
struct Problem {
    id: Id,
    unit_id: Id,
    focus_item: FocusItem,
    severity: Severity,
    source: FindingSource,
    status: FindingStatus,
    created_at: Instant,
    description: String,
    handling_opinion: Option<String>,
}

fn problems(conn: &mut DbConnection, campaign: &Campaign) -> StoreResult<Vec<ProblemRow>> {
    let rows: Vec<Problem> = findings::table
        .filter(findings::campaign_id.eq(campaign.id))
        .select((
            findings::id,
            findings::unit_id,
            findings::focus_item,
            findings::severity,
            findings::source,
            findings::status,
            findings::created_at,
            findings::description,
            findings::handling_opinion,
        ))
        .load(conn)?;
    let row = |problem: Problem| ProblemRow {
        finding_id: problem.id,
        unit_id: problem.unit_id,
        focus_item: problem.focus_item,
        severity: problem.severity,
        source: problem.source,
        status: problem.status,
        found_on: campaign.today(problem.created_at),
        description: problem.description,
        handling_opinion: problem.handling_opinion,
    };
    Ok(rows.into_iter().map(row).collect())
}

#[derive(Queryable)]
struct Order {
    id: Id,
    finding_id: Id,
    number: Option<String>,
    mode: Mode,
    status: RectificationStatus,
    requirement: String,
    ordered_at: Option<Instant>,
    created_at: Instant,
    first_due_on: Date,
    due_on: Date,
    submitted_at: Option<Instant>,
    submitted_late: bool,
    closed_at: Option<Instant>,
    goal: Option<String>,
    responsible_person: Option<String>,
}

/// The order in force of each finding: the latest, as the statistics count it.
fn orders(conn: &mut DbConnection, campaign_id: Id) -> StoreResult<Vec<Order>> {
    let rows: Vec<Order> = rectifications::table
        .filter(rectifications::campaign_id.eq(campaign_id))
        .order(rectifications::id)
        .select((
            rectifications::id,
            rectifications::finding_id,
            rectifications::number,
            rectifications::mode,
            rectifications::status,
            rectifications::requirement,
            rectifications::ordered_at,
            rectifications::created_at,
            rectifications::first_due_on,
            rectifications::due_on,
            rectifications::submitted_at,
            rectifications::submitted_late,
            rectifications::closed_at,
            rectifications::goal,
            rectifications::responsible_person,
        ))
        .load(conn)?;
    let in_force = rows.into_iter().filter(|order| order.status.is_in_force());
    let latest: HashMap<Id, Order> = in_force.map(|order| (order.finding_id, order)).collect();
    Ok(latest.into_values().collect())
}

fn measures(conn: &mut DbConnection, campaign_id: Id) -> StoreResult<HashMap<Id, Vec<Measure>>> {
    type Row = (Id, Id, String, Date, MeasureStatus, Option<Date>);
    let rows: Vec<Row> = rectification_measures::table
        .inner_join(rectifications::table.on(rectifications::id.eq(rectification_measures::rectification_id)))
        .filter(rectifications::campaign_id.eq(campaign_id))
        .order((rectification_measures::position, rectification_measures::id))
        .select((
            rectification_measures::rectification_id,
            rectification_measures::id,
            rectification_measures::text,
            rectification_measures::due_on,
            rectification_measures::status,
            rectification_measures::done_on,
        ))
        .load(conn)?;
    let mut measures: HashMap<Id, Vec<Measure>> = HashMap::new();
    for (order, id, text, due_on, status, done_on) in rows {
        measures.entry(order).or_default().push(Measure { id, text, due_on, status, done_on });
    }
    Ok(measures)
}

fn rectifications(
    orders: Vec<Order>,
    mut measures: HashMap<Id, Vec<Measure>>,
    zone: Tz,
) -> Vec<RectificationRow> {
    let row = |order: Order| RectificationRow {
        rectification_id: order.id,
        finding_id: order.finding_id,
        number: order.number.unwrap_or_default(),
        mode: order.mode,
        status: order.status,
        requirement: order.requirement,
        ordered_on: order.ordered_at.unwrap_or(order.created_at).date_in(zone),
        first_due_on: order.first_due_on,
        due_on: order.due_on,
        submitted_on: order.submitted_at.map(|at| at.date_in(zone)),
        submitted_late: order.submitted_late,
        closed_on: order.closed_at.map(|at| at.date_in(zone)),
        goal: order.goal,
        measures: measures.remove(&order.id).unwrap_or_default(),
    };
    orders.into_iter().map(row).collect()
}

fn responsibilities(orders: &[Order], problems: &[ProblemRow], units: &[Unit]) -> Vec<ResponsibilityRow> {
    let unit: HashMap<Id, Id> =
        problems.iter().map(|problem| (problem.finding_id, problem.unit_id)).collect();
    let principal: HashMap<Id, &Unit> = units.iter().map(|unit| (unit.id, unit)).collect();
    let row = |order: &Order| ResponsibilityRow {
        rectification_id: order.id,
        principal: unit
            .get(&order.finding_id)
            .and_then(|unit| principal.get(unit))
            .and_then(|unit| unit.principal.clone()),
        responsible_person: order.responsible_person.clone(),
    };
    orders.iter().map(row).collect()
}

fn escalations(conn: &mut DbConnection, campaign_id: Id, zone: Tz) -> StoreResult<Vec<EscalationRow>> {
    type Row = (Id, Id, EscalationKind, String, EscalationStatus, String, Option<Instant>);
    let rows: Vec<Row> = escalations::table
        .filter(escalations::campaign_id.eq(campaign_id))
        .select((
            escalations::id,
            escalations::unit_id,
            escalations::kind,
            escalations::addressee,
            escalations::status,
            escalations::facts,
            escalations::sent_at,
        ))
        .load(conn)?;
    let row = |(escalation_id, unit_id, kind, addressee, status, facts, sent_at): Row| {
        let sent_on = sent_at.map(|at| at.date_in(zone));
        EscalationRow { escalation_id, unit_id, kind, addressee, status, facts, sent_on }
    };
    Ok(rows.into_iter().map(row).collect())
}
