//! Records for the walks: for each collection one in the scope of [`Who::Liaison`] and one foreign to them.

use crate::report;
use crate::support::{Who, World};

/// The ids that stand in for the parameters of path templates.
pub struct Fixture {
    pairs: Vec<(&'static str, String, String)>,
}

impl Fixture {
    /// Makes the records.
    pub async fn make(world: &World) -> Self {
        let audit = |unit: String| async move {
            let path = format!("/v1/audit-events?unit_id={unit}&limit=1");
            let events = world.get(Who::Coordinator, &path).send().await.expect(200);
            events.body["items"][0]["id"].as_str().expect("an event").to_owned()
        };
        let (unit, other) = (world.unit.to_string(), world.other_unit.to_string());
        let campaign = report::campaign_of(world, "专项巡检", world.unit).await;
        let other_campaign = report::campaign_of(world, "另一专项巡检", world.other_unit).await;
        let report = |campaign| async move {
            let made = report::request(world, campaign, "public").await;
            report::ready(world, &made).await;
            made.id().to_owned()
        };
        let attachment = |who, unit| crate::attachment::linked(world, who, Some(unit), None);
        let pairs = vec![
            ("/v1/campaigns/{id}", campaign.to_string(), other_campaign.to_string()),
            ("/v1/reports/{id}", report(campaign).await, report(other_campaign).await),
            (
                "/v1/attachments/{id}",
                attachment(Who::Liaison, world.unit).await,
                attachment(Who::OtherLiaison, world.other_unit).await,
            ),
            ("/problems/{code}", "not_found".to_owned(), "not_found".to_owned()),
            ("/v1/units/{id}", unit.clone(), other.clone()),
            (
                "/v1/users/{id}",
                world.account(Who::Liaison).to_string(),
                world.account(Who::OtherLiaison).to_string(),
            ),
            ("/v1/audit-events/{id}", audit(unit).await, audit(other).await),
        ];
        Self { pairs }
    }

    /// The path of an operation on the record of one's own and on the foreign one; the same where the
    /// template has no parameter.
    pub fn paths(&self, template: &str) -> (String, String) {
        if !template.contains('{') {
            return (template.to_owned(), template.to_owned());
        }
        let pair = self
            .pairs
            .iter()
            .filter(|(start, ..)| template.starts_with(start))
            .max_by_key(|(start, ..)| start.len());
        let (start, own, foreign) =
            pair.unwrap_or_else(|| panic!("fixture.rs knows no record for {template}"));
        let filled = |id: &str| {
            let open = start.rfind('{').expect("a parameter");
            let path = template.replacen(start, &format!("{}{id}", &start[..open]), 1);
            // Words, of which any will do.
            path.replace("{format}", "html").replace("{figure}", "problems.total")
        };
        (filled(own), filled(foreign))
    }
}
