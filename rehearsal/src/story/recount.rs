//! Every figure of the report counted again, from the lists of the api alone.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::world::World;
use crate::Outcome;
use crate::client::Session;

/// The records behind each figure, by its name in the report.
#[derive(Default)]
struct Figures(BTreeMap<String, BTreeSet<String>>);

/// A dimension by which figures are told apart, and where a record stands in it.
type Place<'a> = (&'static str, &'a str);

impl Figures {
    fn count(&mut self, figure: &str, id: &str, places: &[Place<'_>]) {
        self.0.entry(figure.to_owned()).or_default().insert(id.to_owned());
        for (dimension, value) in places {
            let part = format!("{figure}.{dimension}.{value}");
            self.0.entry(part).or_default().insert(id.to_owned());
        }
    }
}

/// Returns where a report and the lists differ.
///
/// # Errors
/// A call that was refused.
pub async fn check(world: &mut World, report: &Value) -> Outcome<Vec<String>> {
    let office = world.person("coordinator-1").await?;
    let campaign = world.campaign_id().to_owned();
    let lists = Lists::read(&office, &campaign).await?;
    let mut counted = Figures::default();
    lists.count_units(&mut counted);
    lists.count_leaders(&mut counted);
    lists.count_problems(&mut counted);
    let mut differences = compare_rows(&counted, &report["figures"]);
    let total = &report["statistics"]["total"];
    let (over_area, told) = (lists.over_area(), total["leaders"]["over_area"].as_f64().unwrap_or_default());
    if hundredths(over_area) != hundredths(told) {
        differences.push(format!("over_area: {over_area} counted, {told} told"));
    }
    differences.extend(wrong_rates("", &report["statistics"]));
    println!("\n{} figures of the report counted again from the lists", counted.0.len());
    Ok(differences)
}

fn compare_rows(counted: &Figures, told: &Value) -> Vec<String> {
    let none = BTreeSet::new();
    let told: BTreeMap<&str, &Value> =
        told.as_object().into_iter().flatten().map(|(name, figure)| (name.as_str(), figure)).collect();
    let names: BTreeSet<&str> = told.keys().copied().chain(counted.0.keys().map(String::as_str)).collect();
    let differs = |name: &&str| {
        let counted = counted.0.get(*name).unwrap_or(&none);
        let told = told.get(name).copied().unwrap_or(&Value::Null);
        let rows: BTreeSet<String> = texts(&told["rows"]).map(str::to_owned).collect();
        (told["value"] != counted.len() || rows != *counted)
            .then(|| format!("{name}: {counted:?} counted, {told} told"))
    };
    names.iter().filter_map(differs).collect()
}

/// The rates, wherever they stand, whose per cent is not their numerator by their denominator (R43).
fn wrong_rates(path: &str, value: &Value) -> Vec<String> {
    let number = |name: &str| value[name].as_f64();
    if let (Some(numerator), Some(denominator)) = (number("numerator"), number("denominator")) {
        let tenths = (denominator > 0.0).then(|| (numerator * 1000.0 / denominator).round());
        let told = number("percent").map(|percent| (percent * 10.0).round());
        return if tenths == told { Vec::new() } else { vec![format!("{path}: {value}")] };
    }
    let within = |(name, field): (String, &Value)| wrong_rates(&format!("{path}/{name}"), field);
    match value {
        Value::Object(fields) => {
            fields.iter().map(|(name, field)| (name.clone(), field)).flat_map(within).collect()
        }
        Value::Array(items) => {
            items.iter().enumerate().map(|(at, item)| (at.to_string(), item)).flat_map(within).collect()
        }
        _ => Vec::new(),
    }
}

fn hundredths(area: f64) -> i64 {
    (area * 100.0).round() as i64
}

fn text<'a>(record: &'a Value, name: &str) -> &'a str {
    record[name].as_str().unwrap_or_default()
}

fn texts(list: &Value) -> impl Iterator<Item = &str> {
    list.as_array().into_iter().flatten().filter_map(Value::as_str)
}

/// What the api lists of a campaign.
struct Lists {
    kinds: BTreeMap<String, String>,
    scope: Vec<Value>,
    self_checks: BTreeMap<String, Value>,
    visited: BTreeSet<String>,
    leader_offices: Vec<Value>,
    findings: Vec<Value>,
    /// The order in force of each finding that has one.
    orders: BTreeMap<String, Value>,
}

impl Lists {
    async fn read(office: &Session, campaign: &str) -> Outcome<Self> {
        let by = |name: &'static str, records: Vec<Value>| -> BTreeMap<String, Value> {
            records.into_iter().map(|record| (text(&record, name).to_owned(), record)).collect()
        };
        let of_campaign = |noun: &str| format!("/v1/{noun}?campaign_id={campaign}");
        let units = office.list("/v1/units").await?;
        let kind = |unit: &Value| (text(unit, "id").to_owned(), text(unit, "kind").to_owned());
        let done = office.list(&format!("{}&status=done", of_campaign("visits"))).await?;
        let mut orders = office.list(&of_campaign("rectifications")).await?;
        orders.retain(|order| !["drafted", "withdrawn"].contains(&text(order, "status")));
        Ok(Self {
            kinds: units.iter().map(kind).collect(),
            scope: office.list(&format!("/v1/campaigns/{campaign}/units")).await?,
            self_checks: by("unit_id", office.list(&of_campaign("self-checks")).await?),
            visited: done.iter().map(|visit| text(visit, "unit_id").to_owned()).collect(),
            leader_offices: office.list(&of_campaign("leader-offices")).await?,
            findings: office.list(&of_campaign("findings")).await?,
            orders: by("finding_id", orders),
        })
    }

    fn kind(&self, record: &Value) -> Place<'_> {
        ("unit_kind", self.kinds.get(text(record, "unit_id")).map_or("", String::as_str))
    }

    fn count_units(&self, figures: &mut Figures) {
        for unit in &self.scope {
            let id = text(unit, "unit_id");
            let mut count = |figure: &str| figures.count(figure, id, &[self.kind(unit)]);
            let check = self.self_checks.get(id).unwrap_or(&Value::Null);
            if check["status"] == "excused" {
                count("self_checks.excused");
                continue;
            }
            count("self_checks.due");
            if ["submitted", "accepted"].contains(&text(check, "status")) {
                count("self_checks.submitted");
            } else {
                count("self_checks.missing");
            }
            if check["submitted_late"] == true {
                count("self_checks.late");
            }
            if check["overdue"] == true {
                count("self_checks.overdue");
            }
            if unit["selected_for_visit"] == true {
                count("visits.due");
                if self.visited.contains(id) {
                    count("visits.visited");
                }
            }
        }
    }

    fn count_leaders(&self, figures: &mut Figures) {
        for office in &self.leader_offices {
            let mut count = |figure: &str| figures.count(figure, text(office, "id"), &[self.kind(office)]);
            let measured = office["areas"].is_object();
            if measured || office["selected_for_measurement"] == true {
                count("leaders.due");
            }
            if measured {
                count("leaders.measured");
                match text(&office["assessment"], "verdict") {
                    "over" => count("leaders.over"),
                    "not_configured" => count("leaders.not_configured"),
                    _ => {}
                }
            }
        }
    }

    fn over_area(&self) -> f64 {
        let excess = |office: &Value| {
            let assessment = office["areas"].is_object().then(|| &office["assessment"])?;
            assessment["excess"].as_f64()
        };
        self.leader_offices.iter().filter_map(excess).sum()
    }

    fn count_problems(&self, figures: &mut Figures) {
        for finding in &self.findings {
            let status = text(finding, "status");
            if !["open", "rectifying", "closed"].contains(&status) {
                continue;
            }
            let order = self.orders.get(text(finding, "id")).unwrap_or(&Value::Null);
            let places = [
                self.kind(finding),
                ("focus_item", text(finding, "focus_item")),
                ("severity", text(finding, "severity")),
            ];
            let mut count = |figure: &str, id: &str| figures.count(figure, id, &places);
            let id = text(finding, "id");
            count("problems.total", id);
            match (status, text(order, "status")) {
                ("closed", _) => count("problems.closed", id),
                (_, "deferred") => count("problems.deferred", id),
                _ => count("problems.in_progress", id),
            }
            if order["overdue"] == true {
                count("problems.overdue", id);
            }
            for measure in order["measures"].as_array().into_iter().flatten() {
                let id = text(measure, "id");
                match text(measure, "status") {
                    "done" => {
                        count("measures.total", id);
                        count("measures.done", id);
                    }
                    "planned" => count("measures.total", id),
                    _ => {}
                }
            }
        }
    }
}
