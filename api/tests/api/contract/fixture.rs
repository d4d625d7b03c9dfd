//! Records for the walks: for each collection one in the scope of [`Who::Liaison`] and one foreign to them.

use shared::domain::id::Id;

use crate::support::{Reply, Who, World};
use crate::{campaign, escalation, inspection, rectification, report, visit};

/// The ids that stand in for the parameters of path templates.
pub struct Fixture {
    pairs: Vec<Pair>,
}

/// A path up to a parameter, the record of one's own, and the foreign one.
type Pair = (&'static str, String, String);

impl Fixture {
    /// Makes the records.
    pub async fn make(world: &World) -> Self {
        let audit = |unit: String| async move {
            let path = format!("/v1/audit-events?unit_id={unit}&limit=1");
            let events = world.get(Who::Coordinator, &path).send().await.expect(200);
            events.body["items"][0]["id"].as_str().expect("an event").to_owned()
        };
        let (unit, other) = (world.unit.to_string(), world.other_unit.to_string());
        let own = campaign::open(world, "本单位在内的巡检", &[world.unit]).await;
        let foreign = campaign::open(world, "本单位不在内的巡检", &[world.other_unit]).await;
        for campaign in [&own, &foreign] {
            campaign::lead(campaign, Who::Leader).await;
        }
        let report = |campaign: Id| async move { report::endorsed(world, campaign).await.0.id().to_owned() };
        let (own_report, foreign_report) = (report(own.id()).await, report(foreign.id()).await);
        let notice = |campaign: Id| async move {
            let path = format!("/v1/notices?campaign_id={campaign}&limit=1");
            let notices = world.get(Who::Coordinator, &path).send().await.expect(200);
            notices.body["items"][0]["id"].as_str().expect("a notice").to_owned()
        };
        let (own_notice, foreign_notice) = (notice(own.id()).await, notice(foreign.id()).await);
        let (own_check, own_supplement) = crate::self_check::supplemented(world, &own, world.unit).await;
        let (foreign_check, foreign_supplement) =
            crate::self_check::supplemented(world, &foreign, world.other_unit).await;
        let attachment = |who, unit| crate::attachment::linked(world, who, Some(unit), None);
        let own_order = rectification::ordered(world, &own, world.unit, "immediate").await;
        let foreign_order = rectification::ordered(world, &foreign, world.other_unit, "immediate").await;
        let own_visit = visit::planned(world, &own, world.unit).await;
        let foreign_visit = visit::planned(world, &foreign, world.other_unit).await;
        let own_record = inspection::supplemented(world, &own, world.unit).await;
        let foreign_record = inspection::supplemented(world, &foreign, world.other_unit).await;
        let item = |record: &Reply| record.body["items"][0]["id"].as_str().expect("an item").to_owned();
        let finding = |order: &Reply| order.body["finding_id"].as_str().expect("a finding").to_owned();
        let service =
            crate::service_account::make(world, "巡检走查", &["inspector"], &[]).await.id().to_owned();
        let own_sheet = crate::leader_office_sheet::supplemented(world, &own, world.unit).await;
        let foreign_sheet = crate::leader_office_sheet::supplemented(world, &foreign, world.other_unit).await;
        let own_office = crate::leader_office::measured(world, &own, world.unit, "周云台", 23.4).await;
        let foreign_office =
            crate::leader_office::measured(world, &foreign, world.other_unit, "沈致宁", 12.0).await;
        let standard = crate::area_standard::of_section_chiefs(world).await.id().to_owned();
        let setting = crate::rule_setting::tolerance(world).await.id().to_owned();
        // The commission sees the one, and of the other nothing.
        let own_escalation = escalation::sent(world, &own, world.unit, "discipline").await;
        let foreign_escalation = escalation::sent(world, &foreign, world.other_unit, "government").await;
        let pairs = vec![
            ("/v1/escalations/{id}", own_escalation.id().to_owned(), foreign_escalation.id().to_owned()),
            ("/v1/findings/{id}", finding(&own_order), finding(&foreign_order)),
            ("/v1/rectifications/{id}", own_order.id().to_owned(), foreign_order.id().to_owned()),
            ("/v1/inspections/{id}", own_record.id().to_owned(), foreign_record.id().to_owned()),
            ("/v1/inspections/{id}/items/{item_id}", item(&own_record), item(&foreign_record)),
            ("/v1/inspections/{id}/supplements/{number}", "1".to_owned(), "1".to_owned()),
            ("/v1/visits/{id}", own_visit.id().to_owned(), foreign_visit.id().to_owned()),
            (
                "/v1/attachments/{id}",
                attachment(Who::Liaison, world.unit).await,
                attachment(Who::OtherLiaison, world.other_unit).await,
            ),
            ("/v1/self-checks/{id}", own_check, foreign_check),
            ("/v1/self-checks/{id}/supplements/{supplement_id}", own_supplement, foreign_supplement),
            ("/v1/leader-office-sheets/{id}", own_sheet.id().to_owned(), foreign_sheet.id().to_owned()),
            ("/v1/leader-office-sheets/{id}/supplements/{number}", "1".to_owned(), "1".to_owned()),
            ("/v1/leader-offices/{id}", own_office.id().to_owned(), foreign_office.id().to_owned()),
            ("/v1/area-standards/{id}", standard.clone(), standard),
            ("/v1/rule-settings/{id}", setting.clone(), setting),
            ("/problems/{code}", "not_found".to_owned(), "not_found".to_owned()),
            ("/v1/units/{id}", unit.clone(), other.clone()),
            (
                "/v1/users/{id}",
                world.account(Who::Liaison).to_string(),
                world.account(Who::OtherLiaison).to_string(),
            ),
            ("/v1/service-accounts/{id}", service.clone(), service),
            ("/v1/campaigns/{id}", own.id.clone(), foreign.id.clone()),
            ("/v1/campaigns/{id}/phases/{kind}", "self_check".to_owned(), "self_check".to_owned()),
            ("/v1/campaigns/{id}/units/{unit_id}", unit.clone(), other.clone()),
            ("/v1/campaigns/{id}/documents/{document_id}", own.document, foreign.document),
            ("/v1/reports/{id}", own_report, foreign_report),
            ("/v1/reports/{id}/files/{format}", "html".to_owned(), "html".to_owned()),
            ("/v1/reports/{id}/rows/{figure}", "problems.total".to_owned(), "problems.total".to_owned()),
            ("/v1/notices/{id}", own_notice, foreign_notice),
            ("/v1/workdays/{year}", "2023".to_owned(), "2023".to_owned()),
            ("/v1/audit-events/{id}", audit(unit).await, audit(other).await),
        ];
        Self { pairs }
    }

    /// The path of an operation on the record of one's own and on the foreign one; the same where the
    /// template has no parameter.
    pub fn paths(&self, template: &str) -> (String, String) {
        (self.filled(template, |(_, own, _)| own), self.filled(template, |(.., foreign)| foreign))
    }

    fn filled(&self, template: &str, record: impl Fn(&Pair) -> &String) -> String {
        let mut path = String::new();
        let mut rest = template;
        while let Some((text, parameter)) = rest.split_once('{') {
            let (_, after) = parameter.split_once('}').expect("a parameter ends");
            let start = &template[..template.len() - after.len()];
            let pair = self.pairs.iter().find(|(known, ..)| *known == start);
            let pair = pair.unwrap_or_else(|| panic!("fixture.rs knows no record for {start}"));
            path = path + text + record(pair);
            rest = after;
        }
        path + rest
    }
}
