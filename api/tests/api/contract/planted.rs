//! Records that hold words of their own, and who may read each: what the walk of `scope.rs` looks for.

use serde_json::{Value, json};
use shared::domain::id::Id;

use crate::campaign::Campaign;
use crate::support::{Reply, Who, World};
use crate::{
    attachment, escalation, finding, inspection, leader_office, rectification, report, self_check, visit,
};

/// Whose business a word is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// The office's and the leading group's.
    Office,
    /// That, and the discipline commission's.
    Commission,
    /// That of whoever works for the whole district.
    Team,
    /// That, and this unit's.
    Unit(Id),
    /// That, and the discipline commission's, to which an escalation about it was sent.
    EscalatedUnit(Id),
    /// That of whoever sees the campaign.
    Campaign,
    /// This caller's alone.
    Alone(Who),
}

/// A word that stands nowhere else.
#[derive(Debug)]
pub struct Word {
    pub text: String,
    pub scope: Scope,
}

/// The words that were planted so far.
pub struct Planted<'a> {
    world: &'a World,
    pub words: Vec<Word>,
    /// The files that were uploaded: no list has them.
    pub attachments: Vec<String>,
}

impl<'a> Planted<'a> {
    /// Plants words in records of two units, in escalations about them, and in what belongs to these.
    pub async fn make(world: &'a World, campaign: &Campaign<'_>) -> Self {
        let mut planted = Self { world, words: Vec::new(), attachments: Vec::new() };
        for (unit, liaison) in [(world.unit, Who::Liaison), (world.other_unit, Who::OtherLiaison)] {
            planted.unit(campaign, unit, liaison).await;
            planted.proposal(campaign, unit).await;
        }
        planted.escalation_that_was_sent(campaign, world.unit).await;
        planted.reports(campaign).await;
        for who in [Who::Coordinator, Who::Leader, Who::Inspector, Who::Liaison, Who::Discipline] {
            planted.paper(who, "upload", Scope::Alone(who)).await;
        }
        planted
    }

    /// A new word; no part of another.
    pub fn word(&mut self, what: &str, scope: Scope) -> String {
        let text = format!("planted-{}-{what}", self.words.len());
        self.words.push(Word { text: text.clone(), scope });
        text
    }

    /// Notes a text that the service made, such as an id.
    fn note(&mut self, text: &str, scope: Scope) {
        self.words.push(Word { text: text.to_owned(), scope });
    }

    /// Uploads a file that is named after a word; its id.
    async fn paper(&mut self, who: Who, what: &str, scope: Scope) -> String {
        let name = format!("{}.pdf", self.word(what, scope));
        let made = attachment::upload(self.world, who, &name, attachment::PDF).await.expect(201);
        self.attachments.push(made.id().to_owned());
        made.id().to_owned()
    }

    async fn post(&self, path: &str, body: Value) -> Reply {
        self.world.post(Who::Coordinator, path).json(&body).send().await.expect(201)
    }

    async fn unit(&mut self, campaign: &Campaign<'_>, unit: Id, liaison: Who) {
        let world = self.world;
        let of_unit = Scope::Unit(unit);
        let mut answers = self_check::complete(&["leasing"]);
        answers["answers"]["leasing"]["description"] = json!(self.word("answer", of_unit));
        answers["answers"]["leasing"]["attachment_ids"] =
            json!([self.paper(liaison, "answer", of_unit).await]);
        let check = self_check::of(world, campaign, unit).await;
        let check = self_check::fill_in(world, liaison, &check, &answers).await.expect(200);
        let check = self_check::act(world, liaison, &check, "submit", Value::Null).await.expect(200);
        let reason = json!({"reason": self.word("return", of_unit)});
        self_check::act(world, Who::Coordinator, &check, "return", reason).await.expect(200);
        self.end_notices(check.id(), of_unit).await;

        let mut person = leader_office::content(campaign, unit, &self.word("person", of_unit));
        person["declared_rooms"] = json!([leader_office::room(18.0)]);
        self.post("/v1/leader-offices", person).await;

        let mut visit = visit::content(world, campaign, unit);
        visit["note"] = json!(self.word("visit", of_unit));
        let visit = self.post("/v1/visits", visit).await;
        let mut record = inspection::content(visit.id());
        record["note"] = json!(self.word("record", of_unit));
        let record = world.post(Who::Inspector, "/v1/inspections").json(&record).send().await.expect(201);
        inspection::act(world, Who::Inspector, &record, "request-signatures", Value::Null).await.expect(200);
        let mut record = inspection::content(visit.id());
        record["note"] = json!(self.word("draft-record", Scope::Team));
        world.post(Who::Inspector, "/v1/inspections").json(&record).send().await.expect(201);

        let mut draft = finding::content(campaign, unit);
        draft["description"] = json!(self.word("draft-finding", Scope::Team));
        self.post("/v1/findings", draft).await;
        self.order(campaign, unit, of_unit).await;
    }

    /// An issued order for a finding, with notices that were called off; its id.
    async fn order(&mut self, campaign: &Campaign<'_>, unit: Id, scope: Scope) -> String {
        let world = self.world;
        let mut found = finding::content(campaign, unit);
        found["description"] = json!(self.word("finding", scope));
        let found = self.post("/v1/findings", found).await;
        let found = finding::act(world, Who::Coordinator, &found, "confirm", Value::Null).await.expect(200);
        let order = json!({
            "finding_id": found.id(), "mode": "immediate", "requirement": self.word("order", scope), "due_on": "2023-08-20",
        });
        let order = self.post("/v1/rectifications", order).await;
        let order =
            rectification::act(world, Who::Coordinator, &order, "order", Value::Null).await.expect(200);
        self.end_notices(order.id(), Scope::Unit(unit)).await;
        order.id().to_owned()
    }

    /// What nobody has decided on yet.
    async fn proposal(&mut self, campaign: &Campaign<'_>, unit: Id) {
        let mut proposal = escalation::content(campaign, unit, "government");
        proposal["facts"] = json!(self.word("proposal", Scope::Office));
        proposal["attachment_ids"] = json!([self.paper(Who::Coordinator, "proposal", Scope::Office).await]);
        let made = self.post("/v1/escalations", proposal).await;
        self.note(made.id(), Scope::Office);
        self.end_notices(made.id(), Scope::Office).await;
    }

    async fn escalation_that_was_sent(&mut self, campaign: &Campaign<'_>, unit: Id) {
        let world = self.world;
        let order = self.order(campaign, unit, Scope::EscalatedUnit(unit)).await;
        let mut proposal = escalation::content(campaign, unit, "discipline");
        proposal["facts"] = json!(self.word("escalation", Scope::Commission));
        proposal["rectification_ids"] = json!([order]);
        proposal["attachment_ids"] =
            json!([self.paper(Who::Coordinator, "escalation", Scope::Commission).await]);
        let made = self.post("/v1/escalations", proposal).await;
        self.note(made.id(), Scope::Commission);
        let mut decision = escalation::decision();
        decision["reason"] = json!(self.word("decision", Scope::Commission));
        let approved = escalation::act(world, Who::Leader, &made, "approve", decision).await.expect(200);
        escalation::act(world, Who::Coordinator, &approved, "send", Value::Null).await.expect(200);
        self.end_notices(made.id(), Scope::Office).await;
    }

    /// A version of each edition, and the public one again without an endorsement.
    async fn reports(&mut self, campaign: &Campaign<'_>) {
        let world = self.world;
        let endorsed = report::endorsed(world, campaign.id()).await.0;
        self.note(endorsed.id(), Scope::Campaign);
        for (edition, scope) in [("full", Scope::Office), ("team", Scope::Team), ("public", Scope::Office)] {
            let made = report::request(world, campaign.id(), edition).await;
            report::ready_with(world, &made, &self.word(edition, scope)).await;
            self.note(made.id(), scope);
        }
        let texts = json!({"signer": self.word("texts", Scope::Team)});
        campaign.write("PATCH", "/report-texts", &texts).await.expect(200);
    }

    /// Notes of each notice about a record how it was told otherwise, and calls it off.
    async fn end_notices(&mut self, record: &str, scope: Scope) {
        let world = self.world;
        let path = format!("/v1/notices?record_id={record}");
        let notices = world.get(Who::Coordinator, &path).send().await.expect(200);
        let notices = notices.body["items"].as_array().expect("items").clone();
        assert!(!notices.is_empty(), "nobody is told of {record}");
        for notice in notices {
            let path = format!("/v1/notices/{}", notice["id"].as_str().expect("an id"));
            let told = json!({
                "channel": "phone", "told_name": self.word("told", scope), "told_at": "2023-07-31T00:30:00Z",
                "note": self.word("told-note", scope),
            });
            let post = world.post(Who::Coordinator, &format!("{path}/record-delivery")).if_match("\"1\"");
            let told = post.json(&told).send().await.expect(200);
            let reason = json!({"reason": self.word("cancel", scope)});
            let post = world.post(Who::Coordinator, &format!("{path}/cancel")).if_match(&told.etag());
            post.json(&reason).send().await.expect(200);
        }
    }
}
