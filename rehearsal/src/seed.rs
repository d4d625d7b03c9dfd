//! Loads the plan into an empty database, by the public API.
//!
//! Everything is made under a key of its own, so that a loading that was cut short goes on where it stopped when it is
//! begun again with the same passwords.

use std::collections::BTreeMap;

use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::Outcome;
use crate::accounts::Accounts;
use crate::client::{Api, CallError, Session};
use crate::plan::{GroupMember, Person, Plan, Team, Unit};

/// What became of it.
#[derive(Debug)]
pub enum Seeding {
    Done(Seeded),
    /// The database has other data: nothing was touched.
    NotEmpty,
}

/// What was made.
#[derive(Clone, Debug)]
pub struct Seeded {
    pub campaign: String,
    /// Ids of the units by their keys.
    pub units: BTreeMap<String, String>,
}

/// Loads the plan. `resumed`: a loading with these accounts was begun before.
///
/// # Errors
/// A call that was refused.
pub async fn load(
    api: &Api,
    plan: &Plan,
    accounts: &Accounts,
    admin: &str,
    resumed: bool,
) -> Outcome<Seeding> {
    let password = &accounts.get(admin)?.password;
    let session = match api.login(admin, password).await {
        Err(CallError::Refused { status: StatusCode::UNAUTHORIZED, .. }) => return Ok(Seeding::NotEmpty),
        session => session?,
    };
    let me = format!("/v1/users/{}", session.get("/v1/me").await?.id());
    if !resumed && !session.list("/v1/units").await?.is_empty() {
        return Ok(Seeding::NotEmpty);
    }
    // The administrator acts for the leading group's office while its accounts still have passwords that work once.
    grant(&session, &me, &["admin", "coordinator"]).await?;
    let session = api.login(admin, password).await?;
    let mut units = BTreeMap::new();
    for unit in &plan.units {
        units.insert(unit.key.clone(), make_unit(&session, unit).await?);
    }
    let mut users = BTreeMap::new();
    for person in &plan.people {
        let password = &accounts.get(&person.username)?.password;
        users.insert(person.username.as_str(), make_account(&session, person, &units, password).await?);
    }
    let campaign = make_campaign(&session, plan, &units, &users).await?;
    grant(&session, &me, &["admin"]).await?;
    Ok(Seeding::Done(Seeded { campaign, units }))
}

async fn grant(session: &Session, account: &str, roles: &[&str]) -> Result<(), CallError> {
    let roles: Vec<Value> = roles.iter().map(|role| json!({"role": role})).collect();
    session.patch(account, &json!({"roles": roles})).await.map(drop)
}

async fn make_unit(session: &Session, unit: &Unit) -> Result<String, CallError> {
    let made = session.post_once("/v1/units", &format!("plan-unit-{}", unit.key), &unit.content()).await?;
    Ok(made.id())
}

async fn make_account(
    session: &Session,
    person: &Person,
    units: &BTreeMap<String, String>,
    password: &str,
) -> Result<String, CallError> {
    let mut content = json!({
        "username": person.username, "display_name": person.display_name, "password": password,
        "roles": [{"role": person.role, "unit_id": units.get(&person.unit)}],
    });
    if let Some(email) = person.email() {
        content["email"] = email.into();
    }
    let made = session.post_once("/v1/users", &format!("plan-account-{}", person.username), &content).await?;
    Ok(made.id())
}

async fn make_campaign(
    session: &Session,
    plan: &Plan,
    units: &BTreeMap<String, String>,
    users: &BTreeMap<&str, String>,
) -> Result<String, CallError> {
    let campaign = &plan.campaign;
    let content = json!({
        "name": campaign.name, "document_number": campaign.document_number, "time_zone": campaign.time_zone,
        "office": campaign.office, "order_prefix": campaign.order_prefix, "phases": campaign.phases,
    });
    let id = session.post_once("/v1/campaigns", "plan-campaign", &content).await?.id();
    let path = format!("/v1/campaigns/{id}");
    session.put(&path, "focus-items", &json!({"focus_items": campaign.focus_items})).await?;
    session.put(&path, "materials", &json!({"materials": campaign.materials})).await?;
    for (number, document) in campaign.documents.iter().enumerate() {
        let key = format!("plan-document-{number}");
        session.post_once(&format!("{path}/documents"), &key, document).await?;
    }
    let scope: Vec<Value> = units.values().map(|id| json!({"unit_id": id})).collect();
    session.put(&path, "units", &json!({"units": scope})).await?;
    let user = |name: &String| users.get(name.as_str());
    let member = |member: &GroupMember| {
        let mut entry = json!({"name": member.name, "position": member.position});
        for (field, text) in [("unit", &member.unit), ("post", &member.post)] {
            if let Some(text) = text {
                entry[field] = text.as_str().into();
            }
        }
        if let Some(id) = member.user.as_ref().and_then(user) {
            entry["user_id"] = id.as_str().into();
        }
        entry
    };
    let members: Vec<Value> = campaign.leading_group.iter().map(member).collect();
    session.put(&path, "leading-group", &json!({"members": members})).await?;
    let team = |team: &Team| {
        let ids: Vec<&String> = team.members.iter().filter_map(user).collect();
        json!({"name": team.name, "head_id": ids.first(), "member_ids": ids})
    };
    let teams: Vec<Value> = campaign.teams.iter().map(team).collect();
    session.put(&path, "teams", &json!({"teams": teams})).await?;
    Ok(id)
}
