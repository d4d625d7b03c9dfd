//! Leaders' rooms: declared by their units, measured by the team. One of the four leadership teams, an office over its
//! limit, a retired official who still holds a room, a township without limits.

use serde_json::{Value, json};

use super::records::{seal, signed};
use super::visits::Visits;
use super::world::World;
use crate::Outcome;

/// A person and the rooms.
struct Leader {
    unit: &'static str,
    name: &'static str,
    service_status: &'static str,
    level: &'static str,
    post: &'static str,
    department: &'static str,
    room: &'static str,
    declared: f64,
    measured: f64,
    /// Who shares it.
    with: Option<&'static str>,
}

const LEADERS: [Leader; 6] = [
    Leader {
        unit: "gov-office",
        name: "云向东",
        service_status: "in_service",
        level: "131",
        post: "区长",
        department: "区政府",
        room: "801",
        declared: 29.5,
        measured: 29.5,
        with: None,
    },
    Leader {
        unit: "gov-office",
        name: "花见山",
        service_status: "in_service",
        level: "132",
        post: "副区长",
        department: "区政府",
        room: "803",
        declared: 23.8,
        measured: 23.8,
        with: None,
    },
    Leader {
        unit: "gov-office",
        name: "俞长河",
        service_status: "in_service",
        level: "132",
        post: "副区长",
        department: "区政府",
        room: "805",
        declared: 46.5,
        measured: 46.5,
        with: Some("任海棠"),
    },
    Leader {
        unit: "gaogongdao",
        name: "严星野",
        service_status: "in_service",
        level: "141",
        post: "街道办事处主任",
        department: "高公岛街道办事处",
        room: "301",
        declared: 18.0,
        measured: 24.6,
        with: None,
    },
    Leader {
        unit: "culture",
        name: "柳怀远",
        service_status: "retired",
        level: "142",
        post: "副局长",
        department: "文化和旅游局",
        room: "212",
        declared: 0.0,
        measured: 11.6,
        with: None,
    },
    Leader {
        unit: "qiansandao",
        name: "柏若谷",
        service_status: "in_service",
        level: "141",
        post: "乡长",
        department: "前三岛乡人民政府",
        room: "201",
        declared: 17.2,
        measured: 17.2,
        with: None,
    },
];

impl Leader {
    fn room(&self, area: f64) -> Value {
        let mut room = json!({"kind": "office", "room_number": self.room, "area": area});
        if let Some(name) = self.with {
            room["occupants"] = 2.into();
            room["occupant_names"] = json!([name]);
        }
        room
    }
}

/// What happens on a day.
pub async fn live(world: &mut World, visits: &Visits, date: (u32, u32)) -> Outcome {
    if date == (8, 4) {
        declare(world).await?;
    }
    let today = visits.on(date);
    for unit in ["gov-office", "gaogongdao", "culture", "qiansandao"] {
        if today.iter().any(|visited| visited == unit) {
            measure(world, visits, unit, date).await?;
        }
    }
    Ok(())
}

/// The units declare their leaders' rooms; of the retired one nothing is said.
async fn declare(world: &mut World) -> Outcome {
    for leader in LEADERS.iter().filter(|leader| leader.declared > 0.0) {
        let liaison = world.liaison(leader.unit).await?;
        let content = json!({
            "campaign_id": world.campaign_id(), "unit_id": world.unit(leader.unit)?, "person_name": leader.name,
            "service_status": leader.service_status, "level": leader.level, "post": leader.post,
            "department": leader.department, "declared_rooms": [leader.room(leader.declared)],
        });
        liaison.post("/v1/leader-offices", &content).await?;
    }
    Ok(())
}

/// The team measures, room by room: a row of Annex 3 for each person.
async fn measure(world: &mut World, visits: &Visits, unit: &str, date: (u32, u32)) -> Outcome {
    let inspector = world.inspector(unit).await?;
    let (campaign, unit_id) = (world.campaign_id().to_owned(), world.unit(unit)?.to_owned());
    let entered =
        inspector.list(&format!("/v1/leader-offices?campaign_id={campaign}&unit_id={unit_id}")).await?;
    let mut rows = Vec::new();
    for leader in LEADERS.iter().filter(|leader| leader.unit == unit) {
        let measured = json!([leader.room(leader.measured)]);
        let known = entered.iter().find(|entry| entry["person_name"] == leader.name);
        match known.and_then(|entry| entry["id"].as_str()) {
            Some(id) => {
                let change = json!({"measured_rooms": measured});
                let row = inspector.patch(&format!("/v1/leader-offices/{id}"), &change).await?;
                rows.push(Value::from(row.id()));
            }
            None => {
                let content = json!({
                    "campaign_id": campaign, "unit_id": unit_id, "person_name": leader.name,
                    "service_status": leader.service_status, "level": leader.level, "post": leader.post,
                    "department": leader.department, "measured_rooms": measured,
                });
                let row = inspector.post("/v1/leader-offices", &content).await?;
                rows.push(Value::from(row.id()));
            }
        }
    }
    println!("{}月{}日 {} leaders' rooms measured in {unit}", date.0, date.1, rows.len());
    sign(world, visits, unit, date, &rows).await
}

/// Both sides sign the sheet of Annex 3; no unit has its stamp at hand.
async fn sign(world: &mut World, visits: &Visits, unit: &str, date: (u32, u32), rows: &[Value]) -> Outcome {
    let inspector = world.inspector(unit).await?;
    let name = world.inspector_name(unit)?;
    let (contact, phone) = world
        .plan()
        .units
        .iter()
        .find(|entry| entry.key == unit)
        .map(|entry| (entry.contact.clone(), entry.phone.clone()))
        .ok_or("no such unit")?;
    let sheet = json!({
        "visit_id": visits.id(unit)?, "measured_on": format!("2023-{:02}-{:02}", date.0, date.1), "phone": phone,
        "leader_office_ids": rows,
    });
    let path = format!(
        "/v1/leader-office-sheets/{}",
        inspector.post("/v1/leader-office-sheets", &sheet).await?.id()
    );
    inspector.act(&path, "request-signatures", &Value::Null).await?;
    inspector.act(&path, "sign", &signed("inspector", &name, "专项巡检小组")).await?;
    world.liaison(unit).await?.act(&path, "sign", &signed("unit", &contact, "联络员")).await?;
    seal(&inspector, &path, &json!({"no_stamp_reason": "检查现场未携带单位公章。"})).await
}
