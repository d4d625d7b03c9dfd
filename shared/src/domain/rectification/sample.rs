//! An issued order of 1 September, due on the 10th, as unit tests look at it on the 5th.

use std::sync::LazyLock;

use serde_json::json;

use super::{Rectification, RectificationStatus, Scene};
use crate::domain::actor::Actor;
use crate::domain::campaign::{Campaign, CampaignStatus};
use crate::domain::date::Date;
use crate::domain::finding::{Finding, FindingStatus};
use crate::domain::id::Id;
use crate::domain::instant::Instant;

pub(crate) fn day(day: u32) -> Date {
    Date::new(2023, 9, day).unwrap()
}

fn at(instant: &str) -> Instant {
    serde_json::from_value(instant.into()).unwrap()
}

pub(crate) fn finding() -> Finding {
    let content = json!({
        "campaign_id": Id::new(), "unit_id": Id::new(), "focus_item": "leasing", "source": "other",
        "severity": "general", "description": "未经审批租用办公用房。"
    });
    let content = serde_json::from_value(content).unwrap();
    Finding::entered(Id::new(), FindingStatus::Open, content, at("2023-09-01T00:00:00Z"))
}

pub(crate) fn campaign() -> Campaign {
    Campaign {
        id: Id::new(),
        version: 1,
        status: CampaignStatus::Open,
        content: serde_json::from_value(json!({"name": "巡检"})).unwrap(),
        head_id: None,
        opened_at: None,
        closed_at: None,
        created_at: at("2023-07-31T00:00:00Z"),
    }
}

pub(crate) fn rectification() -> Rectification {
    let finding = finding();
    let content = json!({
        "finding_id": finding.id, "mode": "immediate", "requirement": "限期腾退。", "due_on": day(10)
    });
    let content = serde_json::from_value(content).unwrap();
    Rectification {
        status: RectificationStatus::Ordered,
        number: Some("连区办整改〔2023〕1号".to_owned()),
        ..Rectification::drafted(Id::new(), &finding, content, at("2023-09-01T00:00:00Z"))
    }
}

pub(crate) fn scene(finding: &Finding) -> Scene<'_> {
    static ACTOR: LazyLock<Actor> = LazyLock::new(|| Actor::system("郑连岛"));
    Scene { finding, actor: &ACTOR, now: at("2023-09-05T02:00:00Z"), today: day(5) }
}
