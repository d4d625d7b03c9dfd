//! Who reads what, over the whole document: every operation that reads, with every role, on every record. A word
//! shows up wherever the rights name it and nowhere else, whatever it is read through: a record, a list, the trail,
//! a notice, a file or a figure.

use std::collections::{BTreeMap, BTreeSet};

use reqwest::Method;
use serde_json::Value;
use shared::domain::id::Id;
use shared::domain::report::ReportFormat;
use shared::domain::text::TextEnum;

use super::planted::{Planted, Scope};
use crate::support::document::{Operation, operations};
use crate::support::{Engine, Who, World};
use crate::{campaign, on_both_engines, service_account};

/// Somebody who reads.
struct Reader {
    name: String,
    token: String,
    /// What they do, where they are no service account that is limited to units.
    who: Who,
    /// The units that a service account is limited to.
    limit: Option<Vec<Id>>,
}

impl Reader {
    fn may_read(&self, world: &World, scope: Scope) -> bool {
        let office = [Who::Coordinator, Who::OtherCoordinator, Who::Leader];
        let team = [Who::Inspector, Who::OtherInspector];
        let own = match (self.who, &self.limit) {
            (_, Some(units)) => units.clone(),
            (Who::Liaison, None) => vec![world.unit],
            (Who::OtherLiaison, None) => vec![world.other_unit],
            _ => Vec::new(),
        };
        let everywhere = self.limit.is_none();
        let office = everywhere && office.contains(&self.who);
        let district = office || everywhere && team.contains(&self.who);
        let commission = everywhere && self.who == Who::Discipline;
        match scope {
            Scope::Office => office,
            Scope::Commission => office || commission,
            Scope::Team => district,
            Scope::Campaign => district || !own.is_empty(),
            Scope::Unit(unit) => district || own.contains(&unit),
            Scope::EscalatedUnit(unit) => district || commission || own.contains(&unit),
            Scope::Alone(who) => everywhere && self.token == who.token(),
        }
    }
}

/// Everybody of the cast, and service accounts of each role, limited to units and not.
async fn readers(world: &World) -> Vec<Reader> {
    let mut readers: Vec<Reader> = Who::ACCOUNTS
        .iter()
        .map(|who| Reader { name: format!("{who:?}"), token: who.token(), who: *who, limit: None })
        .collect();
    let roles = [
        ("coordinator", Who::Coordinator),
        ("inspector", Who::Inspector),
        ("discipline", Who::Discipline),
        ("liaison", Who::Liaison),
    ];
    for (role, who) in roles {
        for units in [vec![], vec![world.unit], vec![world.other_unit]] {
            if role == "liaison" && units.is_empty() {
                continue;
            }
            let name = format!("{role}对接{units:?}");
            let made = service_account::make(world, &name, &[role], &units).await;
            let token = service_account::secret(&made);
            readers.push(Reader { name, token, who, limit: Some(units).filter(|units| !units.is_empty()) });
        }
    }
    readers
}

/// The paths of an operation on every record that there is: what the office finds, it finds them from.
struct Paths<'a> {
    world: &'a World,
    known: BTreeMap<String, Vec<String>>,
}

impl Paths<'_> {
    async fn of(&mut self, operation: &Operation) -> Vec<String> {
        let mut paths = vec![String::new()];
        let mut rest = operation.path.as_str();
        while let Some((text, after)) = rest.split_once('{') {
            let (parameter, after) = after.split_once('}').expect("a parameter ends");
            let mut longer = Vec::new();
            for path in paths {
                let prefix = format!("{path}{text}");
                for value in self.values(&prefix, parameter).await {
                    longer.push(format!("{prefix}{value}"));
                }
            }
            (paths, rest) = (longer, after);
        }
        paths.into_iter().map(|path| path + rest).collect()
    }

    /// What stands for a parameter after a path.
    async fn values(&mut self, prefix: &str, parameter: &str) -> Vec<String> {
        let fixed = |values: &[&str]| values.iter().map(|value| (*value).to_owned()).collect();
        match parameter {
            "format" => ReportFormat::ALL.iter().map(ToString::to_string).collect(),
            "figure" => fixed(&["problems.total", "units.due", "leaders.due", "measures.total"]),
            "kind" => fixed(&["self_check"]),
            "number" => fixed(&["1"]),
            "year" => fixed(&["2023"]),
            "code" => fixed(&["not_found"]),
            "unit_id" => vec![self.world.unit.to_string(), self.world.other_unit.to_string()],
            _ => {
                if !self.known.contains_key(prefix) {
                    let ids = self.ids(prefix).await;
                    self.known.insert(prefix.to_owned(), ids);
                }
                self.known[prefix].clone()
            }
        }
    }

    /// The ids of a collection, or of the items of a record.
    async fn ids(&self, prefix: &str) -> Vec<String> {
        let list = prefix.trim_end_matches('/');
        let who = if list.ends_with("accounts") { Who::Admin } else { Who::Coordinator };
        let items = match list.strip_suffix("/items") {
            Some(record) => {
                let record = self.world.get(Who::Coordinator, record).send().await.expect(200);
                record.body["items"].clone()
            }
            None => Value::from(read_all(self.world, &who.token(), list).await.1),
        };
        let ids = items.as_array().expect("items").iter().filter_map(|item| item["id"].as_str());
        ids.map(str::to_owned).collect()
    }
}

async fn get(world: &World, token: &str, path: &str) -> crate::support::Reply {
    let request = world.request(Who::Nobody, Method::GET, path);
    request.header("Authorization", &format!("Bearer {token}")).send().await
}

/// All pages of a list, or the one answer that there is, as text, and the items.
async fn read_all(world: &World, token: &str, path: &str) -> (String, Vec<Value>) {
    let (mut text, mut items) = (String::new(), Vec::new());
    let mut next = path.to_owned();
    loop {
        let reply = get(world, token, &next).await;
        text.push_str(&reply.body.to_string());
        if reply.status == 200 {
            items.extend(reply.body["items"].as_array().cloned().unwrap_or_default());
        }
        let Some(cursor) = reply.body["next_cursor"].as_str() else { return (text, items) };
        next = format!("{path}?cursor={cursor}");
    }
}

/// Walks the document and compares what each reader finds with what the rights name.
pub async fn walk(world: &World, planted: &Planted<'_>) {
    let known = [("/v1/attachments/".to_owned(), planted.attachments.clone())].into();
    let mut paths = Paths { world, known };
    let mut all = Vec::new();
    for operation in operations().iter().filter(|operation| operation.method == "GET") {
        all.extend(paths.of(operation).await);
    }
    let mut wrong = Vec::new();
    for reader in readers(world).await {
        let mut found = BTreeSet::new();
        for path in &all {
            let (text, _) = read_all(world, &reader.token, path).await;
            for (at, word) in planted.words.iter().enumerate().filter(|(_, word)| text.contains(&word.text)) {
                // A path that names an id says nothing by repeating it.
                if path.contains(&word.text) && text.contains("\"status\":404") {
                    continue;
                }
                if !reader.may_read(world, word.scope) {
                    wrong.push(format!("{} reads {} at {path}", reader.name, word.text));
                }
                found.insert(at);
            }
        }
        for (at, word) in planted.words.iter().enumerate() {
            if reader.may_read(world, word.scope) && !found.contains(&at) {
                wrong.push(format!("{} finds {} nowhere", reader.name, word.text));
            }
        }
    }
    assert!(wrong.is_empty(), "{} times:\n{}", wrong.len(), wrong.join("\n"));
}

on_both_engines! {
    async fn a_word_is_read_by_whom_the_rights_name_and_by_nobody_else(world: &World) {
        let campaign = campaign::open(world, "走查", &[world.unit, world.other_unit]).await;
        let planted = Planted::make(world, &campaign).await;
        walk(world, &planted).await;
    }
}
