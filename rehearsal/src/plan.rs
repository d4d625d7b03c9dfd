//! The plan of 2023 as data.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::Outcome;

/// The plan: what is inspected, in whom, and who works in it.
#[derive(Clone, Debug)]
pub struct Plan {
    pub campaign: Campaign,
    pub units: Vec<Unit>,
    pub people: Vec<Person>,
}

/// The campaign as the notice orders it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Campaign {
    pub name: String,
    pub document_number: String,
    pub time_zone: String,
    /// Who signs its notices.
    pub office: String,
    pub order_prefix: String,
    pub phases: Value,
    pub focus_items: Value,
    pub materials: Value,
    pub documents: Vec<Value>,
    pub leading_group: Vec<GroupMember>,
    pub teams: Vec<Team>,
}

/// A person of the leading group.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GroupMember {
    pub name: String,
    pub unit: Option<String>,
    pub post: Option<String>,
    pub position: String,
    /// The username of their account, where they have one.
    pub user: Option<String>,
}

/// An inspection team.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Team {
    pub name: String,
    /// The usernames of its members; the first leads it.
    pub members: Vec<String>,
}

/// A unit, with the person who answers for it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Unit {
    /// Short name in the story, and first part of its liaison's username.
    pub key: String,
    pub name: String,
    pub kind: String,
    pub standard_class: String,
    pub nature: String,
    pub principal: String,
    pub contact: String,
    pub phone: String,
    pub address: String,
    /// It says no more by mail than number, date and link.
    #[serde(default)]
    pub restricted: bool,
    /// Nobody there has an address.
    #[serde(default)]
    pub no_mail: bool,
}

/// Somebody who works in the inspection.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Person {
    pub username: String,
    pub display_name: String,
    pub role: String,
    /// The key of the unit where they belong.
    pub unit: String,
    /// Whether mails reach them.
    #[serde(skip, default = "yes")]
    pub has_mail: bool,
}

fn yes() -> bool {
    true
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Units {
    units: Vec<Unit>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct People {
    people: Vec<Person>,
}

impl Plan {
    /// Reads the plan that is built in.
    ///
    /// # Errors
    /// Its files are malformed.
    pub fn load() -> Outcome<Self> {
        let Units { units } = toml::from_str(include_str!("../plan/units.toml"))?;
        let People { mut people } = toml::from_str(include_str!("../plan/people.toml"))?;
        people.extend(units.iter().map(Unit::liaison));
        Ok(Self { campaign: toml::from_str(include_str!("../plan/campaign.toml"))?, units, people })
    }
}

impl Unit {
    /// The unit as the api takes it.
    pub fn content(&self) -> Value {
        let mut contact = json!({"name": self.contact, "phone": self.phone});
        let mut content = json!({
            "name": self.name, "kind": self.kind, "standard_class": self.standard_class, "nature": self.nature,
            "region_code": "320703", "principal": self.principal, "address": self.address,
            "restricted": self.restricted,
        });
        if !self.no_mail {
            contact["email"] = address(&self.key).into();
            content["leader_email"] = address(&format!("{}-leader", self.key)).into();
        }
        content["contact"] = contact;
        content
    }

    fn liaison(&self) -> Person {
        Person {
            username: format!("{}-1", self.key),
            display_name: format!("{}联络员", self.name),
            role: "liaison".to_owned(),
            unit: self.key.clone(),
            has_mail: !self.no_mail,
        }
    }
}

impl Person {
    /// Where mails to them go.
    pub fn email(&self) -> Option<String> {
        self.has_mail.then(|| address(&self.username))
    }
}

fn address(name: &str) -> String {
    format!("{name}@units.example.org")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_plan_has_units_of_all_five_kinds_and_everybody_belongs_to_one() {
        let plan = Plan::load().unwrap();
        let kinds: BTreeSet<&str> = plan.units.iter().map(|unit| unit.kind.as_str()).collect();
        assert_eq!(
            Vec::from_iter(kinds),
            ["department", "direct_unit", "functional_zone", "subdistrict", "township"]
        );
        assert_eq!(plan.units.iter().filter(|unit| unit.kind == "subdistrict").count(), 12);
        let keys: BTreeSet<&str> = plan.units.iter().map(|unit| unit.key.as_str()).collect();
        assert_eq!(keys.len(), plan.units.len());
        assert!(plan.people.iter().all(|person| keys.contains(person.unit.as_str())));
        let usernames: BTreeSet<&str> = plan.people.iter().map(|person| person.username.as_str()).collect();
        assert_eq!(usernames.len(), plan.people.len());
    }

    #[test]
    fn the_phases_are_the_notices() {
        let expected = json!([
            {"kind": "self_check", "starts_on": "2023-07-31", "ends_on": "2023-08-06"},
            {"kind": "on_site", "starts_on": "2023-08-07", "ends_on": "2023-08-11"},
            {"kind": "summary", "starts_on": "2023-08-12", "ends_on": "2023-08-20"},
        ]);
        assert_eq!(Plan::load().unwrap().campaign.phases, expected);
    }
}
