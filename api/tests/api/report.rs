//! Reports, their files and figures, and the texts that people write for them.

use reqwest::Method;
use serde_json::{Value, json};
use shared::domain::actor::Actor;
use shared::domain::canonical::sha256;
use shared::domain::id::Id;
use shared::domain::report::{
    CampaignFacts, Edition, Header, Lists, ProblemRow, ReportFile, ReportFormat, SelfCheckRow, Snapshot,
    Texts, UnitRow,
};
use shared::domain::text::TextEnum;
use shared::domain::unit::UnitKind;
use shared::objects::Objects;
use shared::store::{StoreError, report};

use crate::on_both_engines;
use crate::support::{Engine, Reply, Who, World};
use crate::{campaign, finding};

/// Calls every operation once, successfully.
pub async fn happy_path(world: &World) {
    let campaign = campaign_of(world, "各项操作", world.unit).await;
    let made = request(world, campaign, "full").await;
    ready(world, &made).await;
    let path = format!("/v1/reports/{}", made.id());
    world
        .get(Who::Coordinator, &format!("/v1/reports?count=true&campaign_id={campaign}"))
        .send()
        .await
        .expect(200);
    world.get(Who::Coordinator, &path).send().await.expect(200);
    world.get(Who::Coordinator, &format!("{path}/files/html")).send().await.expect(200);
    world.get(Who::Coordinator, &format!("{path}/rows/problems.total")).send().await.expect(200);
    let later = request(world, campaign, "full").await;
    ready(world, &later).await;
    let differences = format!("/v1/reports/{}/differences?from={}", later.id(), made.id());
    world.get(Who::Coordinator, &differences).send().await.expect(200);
    endorse(world, Who::Leader, &path).await.expect(200);
    let other = request(world, campaign, "public").await;
    assert_eq!(other.body["full_number"], "2023-2");
    let cancel = format!("/v1/reports/{}/cancel", other.id());
    world.post(Who::Coordinator, &cancel).if_match(&other.etag()).send().await.expect(200);

    let path = format!("/v1/campaigns/{campaign}/report-texts");
    let texts = world.get(Who::Coordinator, &path).send().await.expect(200);
    let all = json!({"signer": "区专项巡检小组", "sections": {"work": "一、"}});
    let put = world.request(Who::Coordinator, Method::PUT, &path).if_match(&texts.etag()).json(&all);
    let put = put.send().await.expect(200);
    let change = json!({"sections": {"work": "二、"}});
    world.patch(Who::Coordinator, &path).if_match(&put.etag()).json(&change).send().await.expect(200);
}

/// An open campaign with one unit in scope.
async fn campaign_of(world: &World, name: &str, unit: Id) -> Id {
    campaign::open(world, name, &[unit]).await.id()
}

/// Asks for a report.
pub async fn request(world: &World, campaign: Id, edition: &str) -> Reply {
    let wanted = json!({"campaign_id": campaign, "edition": edition});
    world.post(Who::Coordinator, "/v1/reports").json(&wanted).send().await.expect(202)
}

/// A public edition that a leader has endorsed, and the full version that it answers to.
pub async fn endorsed(world: &World, campaign: Id) -> (Reply, Reply) {
    let full = request(world, campaign, "full").await;
    ready(world, &full).await;
    let public = request(world, campaign, "public").await;
    ready(world, &public).await;
    let public = endorse(world, Who::Leader, public.header("location")).await.expect(200);
    (public, full)
}

/// Endorses a report as it is now.
async fn endorse(world: &World, who: Who, path: &str) -> Reply {
    let seen = world.get(Who::Leader, path).send().await.expect(200);
    let opinion = json!({"opinion": "经领导小组会议审议通过，同意印发。"});
    world.post(who, &format!("{path}/endorse")).if_match(&seen.etag()).json(&opinion).send().await
}

/// What a worker would compile: one unit, late, with one problem.
fn snapshot(world: &World, campaign_id: Id, edition: Edition, number: String, problem: &str) -> Snapshot {
    let header = Header {
        number,
        edition,
        full_report_id: None,
        compiled_at: serde_json::from_value("2023-08-20T02:00:00Z".into()).expect("an instant"),
        program_version: "0.1.0".to_owned(),
        templates_sha256: sha256(b""),
        fonts_sha256: sha256(b""),
    };
    let campaign = CampaignFacts {
        campaign_id,
        name: "专项巡检".to_owned(),
        document_number: None,
        basis: Vec::new(),
        scope: None,
        phases: Vec::new(),
    };
    let unit = UnitRow {
        unit_id: world.unit,
        name: "墟沟街道办事处".to_owned(),
        kind: UnitKind::Subdistrict,
        selected_for_visit: true,
        visited: false,
    };
    let check: SelfCheckRow = serde_json::from_value(json!({
        "unit_id": world.unit, "status": "submitted", "due_on": "2023-08-06", "first_submitted_on": "2023-08-07",
        "submitted_late": true,
        "answers": {},
    }))
    .expect("a self-check");
    let problem: ProblemRow = serde_json::from_value(json!({
        "finding_id": Id::new(), "unit_id": world.unit, "focus_item": "leasing", "severity": "general",
        "source": "inspection", "status": "open", "found_on": "2023-08-08", "description": problem,
    }))
    .expect("a problem");
    let lists =
        Lists { units: vec![unit], self_checks: vec![check], problems: vec![problem], ..Lists::default() };
    let as_of = "2023-08-20".parse().expect("a date");
    Snapshot::compile(header, campaign, lists, as_of, Texts::default())
}

async fn store_file(world: &World, id: Id, format: ReportFormat, bytes: Vec<u8>) -> ReportFile {
    let object_key = format!("reports/{id}/{}.{format}", sha256(&bytes));
    let file = ReportFile {
        format,
        object_key,
        sha256: sha256(&bytes),
        size: i64::try_from(bytes.len()).expect("a size"),
    };
    let url = format!("file://{}/objects", world.folder.path().display());
    let objects = Objects::open(&url).expect("the storage opens");
    objects.put(&file.object_key, bytes).await.expect("the bytes are stored");
    file
}

/// Does what a worker does with a report that was asked for; its page is `<p>报告</p>`.
pub async fn ready(world: &World, made: &Reply) -> Snapshot {
    ready_with(world, made, "未经审批租用办公用房。").await
}

/// The same with this problem, which its page shows too.
pub async fn ready_with(world: &World, made: &Reply, problem: &str) -> Snapshot {
    let id: Id = made.id().parse().expect("an id");
    let worker = Actor::system("worker");
    let write = |step: &dyn Fn(&mut shared::store::Write<'_>) -> Result<Option<String>, StoreError>| {
        world.store.write(&worker, "test", |tx| step(tx)).expect("a step")
    };
    let number = write(&|tx| {
        report::start(tx, id)?;
        report::number(tx, id, 2023)
    });
    let edition = serde_json::from_value(made.body["edition"].clone()).expect("an edition");
    let campaign = made.body["campaign_id"].as_str().expect("a campaign").parse().expect("an id");
    let snapshot = snapshot(world, campaign, edition, number.expect("a number"), problem);
    let json = store_file(world, id, ReportFormat::Json, snapshot.canonical().expect("JSON")).await;
    let page =
        if problem.starts_with("planted") { format!("<p>{problem}</p>") } else { "<p>报告</p>".to_owned() };
    let html = store_file(world, id, ReportFormat::Html, page.into_bytes()).await;
    write(&|tx| {
        report::keep_snapshot(tx, id, snapshot.header.compiled_at, &json)?;
        report::keep_file(tx, id, &html)?;
        report::finish(tx, id)?;
        Ok(None)
    });
    snapshot
}

on_both_engines! {
    async fn a_report_is_accepted_and_waits_for_a_worker(world: &World) {
        let campaign = campaign_of(world, "专项巡检", world.unit).await;
        for who in [Who::Coordinator, Who::OtherCoordinator, Who::Leader] {
            let wanted = json!({"id": Id::new(), "campaign_id": campaign});
            let made = world.post(who, "/v1/reports").key(&format!("{who:?}")).json(&wanted).send().await.expect(202);
            assert_eq!(made.body["status"], "queued");
            assert_eq!(made.body["edition"], "full");
            assert_eq!(made.body["files"], json!([]));
            assert_eq!(made.body.get("number"), None);
            assert_eq!(made.header("location"), format!("/v1/reports/{}", made.id()));
            assert_eq!(made.header("etag"), "\"1\"");
            let again = world.post(who, "/v1/reports").key(&format!("{who:?}")).json(&wanted).send().await.expect(202);
            assert_eq!(again.body, made.body);
            let file = format!("/v1/reports/{}/files/html", made.id());
            world.get(who, &file).send().await.refused(404, "not_found");
        }
        let events = format!("/v1/audit-events?record_kind=report&campaign_id={campaign}&count=true");
        let events = world.get(Who::Coordinator, &events).send().await.expect(200);
        assert_eq!(events.body["total"], 3, "one a report, none for what was repeated");
        let list = world.get(Who::Coordinator, "/v1/reports?status=queued&edition=full").send().await.expect(200);
        assert_eq!(list.body["items"].as_array().map(Vec::len), Some(3));
        let list = world.get(Who::Coordinator, "/v1/reports?status=ready").send().await.expect(200);
        assert_eq!(list.body["items"], json!([]));
    }
}

on_both_engines! {
    async fn who_asks_for_what_waits_already_shares_it(world: &World) {
        let campaign = campaign_of(world, "专项巡检", world.unit).await;
        let first = request(world, campaign, "full").await;
        let wanted = json!({"campaign_id": campaign});
        let second = world.post(Who::Leader, "/v1/reports").json(&wanted).send().await.expect(202);
        assert_eq!(second.id(), first.id());
        assert_ne!(request(world, campaign, "team").await.id(), first.id());
        let own = json!({"id": Id::new(), "campaign_id": campaign});
        let own = world.post(Who::Leader, "/v1/reports").json(&own).send().await.expect(202);
        assert_ne!(own.id(), first.id());
        // A worker that has begun may have read the records already.
        for id in [first.id(), own.id()].map(|id| id.parse::<Id>().expect("an id")) {
            world.store.write(&Actor::system("worker"), "worker", |tx| report::start(tx, id)).expect("starts");
        }
        assert_ne!(request(world, campaign, "full").await.id(), first.id());
    }
}

on_both_engines! {
    async fn what_cannot_be_reported_on_is_named(world: &World) {
        let ask = |body: Value| world.post(Who::Coordinator, "/v1/reports").json(&body).send();
        ask(json!({"campaign_id": Id::new()})).await.violates(&["/campaign_id reference_not_found"]);
        let campaign = campaign_of(world, "专项巡检", world.unit).await;
        ask(json!({"campaign_id": campaign, "edition": "secret"})).await.violates(&["/edition wrong_type"]);
        let made = request(world, campaign, "full").await;
        ask(json!({"id": made.id(), "campaign_id": campaign})).await.refused(409, "id_taken");
    }
}

on_both_engines! {
    async fn a_closed_campaign_takes_reports_and_no_texts(world: &World) {
        let campaign = campaign::open(world, "专项巡检", &[world.unit]).await;
        campaign.act(Who::Coordinator, "/close").await.expect(200);
        request(world, campaign.id(), "full").await;
        let path = campaign.path("/report-texts");
        let texts = world.get(Who::Inspector, &path).send().await.expect(200);
        let change = world.patch(Who::Inspector, &path).if_match(&texts.etag()).json(&json!({"signer": "巡检小组"}));
        change.send().await.refused(409, "campaign_closed");
    }
}

on_both_engines! {
    async fn a_file_is_served_as_it_was_stored(world: &World) {
        let campaign = campaign_of(world, "2023年专项巡检", world.unit).await;
        let made = request(world, campaign, "full").await;
        let snapshot = ready(world, &made).await;
        let path = format!("/v1/reports/{}", made.id());
        let report = world.get(Who::Leader, &path).send().await.expect(200).body;
        assert_eq!(report["status"], "ready");
        assert_eq!(report["number"], "2023-1");
        // Reading, checking, and every file but the snapshot itself.
        let all = 2 + ReportFormat::ALL.len() - 1;
        assert_eq!(report["progress"], json!({"stage": "rendering", "done": all, "all": all}));
        assert_eq!(report["allowed_actions"], json!(["endorse"]));

        let bytes = snapshot.canonical().expect("JSON");
        let json = world.get(Who::Leader, &format!("{path}/files/json")).send().await.expect(200);
        assert_eq!(json.body, serde_json::from_slice::<Value>(&bytes).expect("JSON"));
        assert_eq!(json.header("etag"), format!("\"{}\"", sha256(&bytes)));
        assert_eq!(report["files"][0]["sha256"], sha256(&bytes));
        assert_eq!(report["files"][0]["size"], bytes.len());
        assert_eq!(json.header("content-type"), "application/json");
        let disposition = json.header("content-disposition");
        assert!(disposition.starts_with("attachment; filename=\"2023_"), "{disposition}");
        // 2023年专项巡检报告（2023-1，全文版）.json
        let name = "filename*=UTF-8''2023%E5%B9%B4%E4%B8%93%E9%A1%B9%E5%B7%A1%E6%A3%80%E6%8A%A5%E5%91%8A";
        assert!(disposition.contains(name), "{disposition}");

        let page = report["files"][1]["path"].as_str().expect("a path");
        let html = world.get(Who::Leader, page).send().await.expect(200);
        assert_eq!(html.body, "<p>报告</p>");
        assert_eq!(html.header("content-type"), "text/html; charset=utf-8");
        assert_eq!(html.header("x-content-type-options"), "nosniff");
        let policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";
        assert_eq!(html.header("content-security-policy"), policy);
        for known in [html.etag(), format!("W/{}", html.etag()), format!("\"x\", {}", html.etag()), "*".to_owned()] {
            let reply = world.get(Who::Leader, page).header("If-None-Match", &known).send().await.expect(304);
            assert_eq!(reply.body, "", "{known}");
        }
        let part = world.get(Who::Leader, page).header("Range", "bytes=3-8").send().await.expect(206);
        assert_eq!(part.body, "报告");
        world.get(Who::Leader, page).header("If-None-Match", &json.etag()).send().await.expect(200);
        for format in ["pdf", "HTML", "..", "%00"] {
            world.get(Who::Leader, &format!("{path}/files/{format}")).send().await.expect(404);
        }
    }
}

on_both_engines! {
    async fn each_edition_is_read_by_whom_it_is_made_for(world: &World) {
        let campaign = campaign_of(world, "专项巡检", world.unit).await;
        let full = request(world, campaign, "full").await;
        ready(world, &full).await;
        let team = request(world, campaign, "team").await;
        ready(world, &team).await;
        let later = request(world, campaign, "team").await;
        ready(world, &later).await;
        let public = request(world, campaign, "public").await;
        ready(world, &public).await;
        let seen = async |who, made: &Reply| {
            let mut statuses = Vec::new();
            for part in ["", "/files/json", "/files/html", "/rows/problems.total", "/differences"] {
                statuses.push(world.get(who, &format!("/v1/reports/{}{part}", made.id())).send().await.status);
            }
            statuses.dedup();
            assert_eq!(statuses.len(), 1, "{who:?} sees {statuses:?}");
            let list = world.get(who, "/v1/reports?limit=200").send().await.expect(200);
            let listed = list.body["items"].as_array().expect("items").iter().any(|item| item["id"] == made.id());
            let events = format!("/v1/audit-events?record_id={}", made.id());
            let events = world.get(who, &events).send().await.expect(200);
            let trailed = events.body["items"].as_array().is_some_and(|events| !events.is_empty());
            assert_eq!((listed, trailed), (statuses[0] == 200, statuses[0] == 200), "{who:?}");
            statuses[0] == 200
        };
        let office = [Who::Coordinator, Who::OtherCoordinator, Who::Leader];
        let team_and_office = [&office[..], &[Who::Inspector, Who::OtherInspector]].concat();
        let everybody = [&team_and_office[..], &[Who::Liaison]].concat();
        for who in Who::ACCOUNTS {
            assert_eq!(seen(who, &full).await, office.contains(&who), "{who:?} the full edition");
            assert_eq!(seen(who, &team).await, team_and_office.contains(&who), "{who:?} the team's");
            assert_eq!(seen(who, &public).await, office.contains(&who), "{who:?} a public one that nobody endorsed");
        }
        let compared = format!("/v1/reports/{}/differences?from=", later.id());
        world.get(Who::Inspector, &format!("{compared}{}", team.id())).send().await.expect(200);
        world.get(Who::Inspector, &format!("{compared}{}", full.id())).send().await.refused(400, "invalid_query");
        endorse(world, Who::Leader, public.header("location")).await.expect(200);
        for who in Who::ACCOUNTS {
            assert_eq!(seen(who, &public).await, everybody.contains(&who), "{who:?} the public edition");
        }
    }
}

on_both_engines! {
    async fn an_inspector_asks_for_the_edition_of_the_team_and_no_other(world: &World) {
        let campaign = campaign_of(world, "专项巡检", world.unit).await;
        let ask = |who, edition: &str| {
            let wanted = json!({"campaign_id": campaign, "edition": edition});
            async move { world.post(who, "/v1/reports").json(&wanted).send().await }
        };
        for edition in ["full", "public"] {
            ask(Who::Inspector, edition).await.refused(403, "role_missing");
        }
        let unsaid = json!({"campaign_id": campaign});
        world.post(Who::Inspector, "/v1/reports").json(&unsaid).send().await.refused(403, "role_missing");
        ask(Who::Inspector, "team").await.expect(202);
        ask(Who::Liaison, "team").await.refused(403, "role_missing");
    }
}

on_both_engines! {
    async fn editions_that_are_no_full_one_take_no_number_of_its_sequence(world: &World) {
        let campaign = campaign_of(world, "专项巡检", world.unit).await;
        let mut numbers = Vec::new();
        for edition in ["full", "team", "public", "team", "full", "public"] {
            let made = request(world, campaign, edition).await;
            ready(world, &made).await;
            let seen = world.get(Who::Leader, made.header("location")).send().await.expect(200);
            let text = |name: &str| seen.body[name].as_str().unwrap_or_default().to_owned();
            numbers.push((text("number"), text("full_number")));
        }
        let expected = [("2023-1", ""), ("2023-组1", ""), ("", "2023-1"), ("2023-组2", ""), ("2023-2", ""), ("", "2023-2")];
        assert_eq!(numbers, expected.map(|(number, full)| (number.to_owned(), full.to_owned())));
    }
}

on_both_engines! {
    async fn a_public_edition_answers_to_a_full_version_that_is_ready(world: &World) {
        let campaign = campaign_of(world, "专项巡检", world.unit).await;
        let other = campaign_of(world, "另一次巡检", world.unit).await;
        let ask = |body: Value| world.post(Who::Coordinator, "/v1/reports").json(&body).send();
        let none = ["/full_report_id full_report_required"];
        ask(json!({"campaign_id": campaign, "edition": "public"})).await.violates(&none);
        let first = request(world, campaign, "full").await;
        ask(json!({"campaign_id": campaign, "edition": "public"})).await.violates(&none);
        ready(world, &first).await;
        let team = request(world, campaign, "team").await;
        ready(world, &team).await;
        let second = request(world, campaign, "full").await;
        ready(world, &second).await;
        let waiting = request(world, campaign, "full").await;
        for named in [team.id(), waiting.id(), &Id::new().to_string()] {
            ask(json!({"campaign_id": campaign, "edition": "public", "full_report_id": named})).await.violates(&none);
        }
        ask(json!({"campaign_id": other, "edition": "public", "full_report_id": first.id()})).await.violates(&none);
        let odd = json!({"campaign_id": campaign, "edition": "team", "full_report_id": first.id()});
        ask(odd).await.violates(&["/full_report_id unknown_field"]);
        let newest = ask(json!({"campaign_id": campaign, "edition": "public"})).await.expect(202);
        assert_eq!((&newest.body["full_report_id"], &newest.body["full_number"]), (&json!(second.id()), &json!("2023-2")));
        let named = json!({"campaign_id": campaign, "edition": "public", "full_report_id": first.id()});
        let named = ask(named).await.expect(202);
        assert_eq!((&named.body["full_report_id"], &named.body["full_number"]), (&json!(first.id()), &json!("2023-1")));
        assert_ne!(named.id(), newest.id(), "it answers to another version");
        let again = ask(json!({"campaign_id": campaign, "edition": "public"})).await.expect(202);
        assert_eq!(again.id(), newest.id());
    }
}

on_both_engines! {
    async fn a_report_can_be_called_off_until_it_is_ready(world: &World) {
        let campaign = campaign_of(world, "专项巡检", world.unit).await;
        let made = request(world, campaign, "team").await;
        assert_eq!(made.actions(), ["cancel"]);
        let cancel = format!("/v1/reports/{}/cancel", made.id());
        world.post(Who::Inspector, &cancel).if_match("\"2\"").send().await.refused(412, "stale");
        let done = world.post(Who::Inspector, &cancel).if_match(&made.etag()).send().await.expect(200);
        assert_eq!(done.body["status"], "cancelled");
        assert_eq!(done.actions(), [""; 0]);
        let again = world.post(Who::Inspector, &cancel).if_match(&done.etag()).send().await;
        again.refused(409, "invalid_transition");
        let id: Id = made.id().parse().expect("an id");
        let started = world.store.write(&Actor::system("worker"), "test", |tx| report::start(tx, id));
        assert_eq!(started.expect("a read"), None, "no worker takes it up");

        let other = request(world, campaign, "team").await;
        ready(world, &other).await;
        let other = world.get(Who::Inspector, other.header("location")).send().await.expect(200);
        let cancel = format!("/v1/reports/{}/cancel", other.id());
        let late = world.post(Who::Inspector, &cancel).if_match(&other.etag()).send().await;
        late.refused(409, "invalid_transition");
    }
}

on_both_engines! {
    async fn a_figure_leads_to_the_records_of_its_day_and_to_those_of_today(world: &World) {
        let campaign = campaign::open(world, "专项巡检", &[world.unit]).await;
        let made = request(world, campaign.id(), "team").await;
        let snapshot = ready(world, &made).await;
        let rows = |figure: &str| {
            world.get(Who::Inspector, &format!("/v1/reports/{}/rows/{figure}", made.id())).send()
        };
        let problem = &snapshot.lists.problems[0];
        let found = finding::confirmed(world, &campaign, world.unit).await;
        let expected = json!({
            "figure": "problems.total.focus_item.leasing", "value": 1, "kind": "finding",
            "rows": [{"id": problem.finding_id, "unit_id": world.unit, "unit_name": "墟沟街道办事处",
                      "text": "未经审批租用办公用房。"}],
            "live": {"as_of": "2023-07-31", "value": 1, "rows": [found.id()]},
        });
        assert_eq!(rows("problems.total.focus_item.leasing").await.expect(200).body, expected);
        let late = rows("self_checks.late").await.expect(200).body;
        assert_eq!(late["rows"], json!([{"id": world.unit, "unit_id": world.unit, "unit_name": "墟沟街道办事处"}]));
        assert_eq!(late["kind"], "unit");
        assert_eq!(late["live"]["value"], 0);
        let none = rows("measures.done").await.expect(200).body;
        assert_eq!((&none["value"], &none["kind"], &none["rows"]), (&json!(0), &json!("measure"), &json!([])));
        for figure in ["problems", "problems.unheard_of", "%00", "self_checks.late.unit_kind"] {
            rows(figure).await.refused(404, "not_found");
        }
    }
}

on_both_engines! {
    async fn texts_are_written_section_by_section(world: &World) {
        let campaign = campaign_of(world, "专项巡检", world.unit).await;
        let path = format!("/v1/campaigns/{campaign}/report-texts");
        let empty = world.get(Who::Leader, &path).send().await.expect(200);
        let version = empty.body["version"].as_i64().expect("a version");
        let expected =
            json!({"campaign_id": campaign, "version": version, "sections": {}, "typical_cases": []});
        assert_eq!(empty.body, expected);
        let change = |who, etag: String, body: Value| {
            let path = path.clone();
            async move { world.patch(who, &path).if_match(&etag).json(&body).send().await }
        };
        let first = json!({"addressee": "领导小组", "sections": {"work": "第一段。\n第二段。", "leasing": "租用情况。"}});
        let first = change(Who::Inspector, empty.etag(), first).await.expect(200);
        assert_eq!(first.header("etag"), format!("\"{}\"", version + 1));
        let campaign_now = world.get(Who::Leader, &format!("/v1/campaigns/{campaign}")).send().await.expect(200);
        assert_eq!(campaign_now.etag(), first.etag(), "what lives under a campaign has its version");
        // Of two who read the same version one is first.
        let stale = change(Who::Coordinator, empty.etag(), json!({"sections": {"leasing": "另一说法。"}})).await;
        stale.refused(412, "stale");
        let second = json!({"addressee": null, "sections": {"leasing": null, "suggestions": "建议。"}});
        let second = change(Who::Coordinator, first.etag(), second).await.expect(200);
        assert_eq!(second.body["sections"], json!({"work": "第一段。\n第二段。", "suggestions": "建议。"}));
        assert_eq!(second.body.get("addressee"), None);

        let broken = json!({"signer": " ", "sections": {"work": "\u{7}"}});
        let broken = change(Who::Coordinator, second.etag(), broken).await;
        broken.violates(&["/signer blank", "/sections/work control_character"]);
        let case = change(Who::Coordinator, second.etag(), json!({"typical_cases": [Id::new()]})).await;
        case.violates(&["/typical_cases/0 reference_not_found"]);
        let unknown = change(Who::Coordinator, second.etag(), json!({"sections": {"chapter_9": "…"}})).await;
        assert_eq!(unknown.status, 422);
        let put = world.request(Who::Inspector, Method::PUT, &path).if_match(&second.etag());
        let put = put.json(&json!({"signer": "巡检小组"})).send().await.expect(200);
        assert_eq!(put.body["sections"], json!({}), "what is replaced is gone");
        let events = format!("/v1/audit-events?record_kind=report_texts&record_id={campaign}&count=true");
        let events = world.get(Who::Coordinator, &events).send().await.expect(200);
        assert_eq!(events.body["total"], 3);
    }
}

on_both_engines! {
    async fn of_two_who_call_a_report_off_at_once_one_does(world: &World) {
        let campaign = campaign_of(world, "巡检", world.unit).await;
        let made = request(world, campaign, "full").await;
        let path = format!("/v1/reports/{}/cancel", made.id());
        let cancel = |who| world.post(who, &path).if_match(&made.etag()).send();
        let (one, other) =
            futures_util::future::join(cancel(Who::Coordinator), cancel(Who::OtherCoordinator)).await;
        let mut statuses = [one.status, other.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 412]);
    }
}

on_both_engines! {
    async fn a_leader_endorses_a_report_that_is_ready_once(world: &World) {
        let campaign = campaign_of(world, "巡检", world.unit).await;
        let full = request(world, campaign, "full").await;
        ready(world, &full).await;
        let made = request(world, campaign, "public").await;
        let path = format!("/v1/reports/{}", made.id());
        endorse(world, Who::Leader, &path).await.refused(409, "invalid_transition");
        ready(world, &made).await;
        endorse(world, Who::Coordinator, &path).await.refused(403, "role_missing");
        let seen = world.get(Who::Leader, &path).send().await.expect(200);
        assert_eq!(seen.actions(), ["endorse"]);
        assert_eq!(world.get(Who::Coordinator, &path).send().await.expect(200).actions(), Vec::<&str>::new());
        let blank = world.post(Who::Leader, &format!("{path}/endorse")).if_match(&seen.etag());
        blank.json(&json!({"opinion": " "})).send().await.violates(&["/opinion blank"]);
        let (one, other) =
            futures_util::future::join(endorse(world, Who::Leader, &path), endorse(world, Who::Leader, &path)).await;
        let mut statuses = [one.status, other.status];
        statuses.sort_unstable();
        assert!(statuses == [200, 412] || statuses == [200, 409], "{statuses:?}");
        let endorsed = world.get(Who::Liaison, &path).send().await.expect(200);
        assert_eq!(endorsed.body["endorsement"]["endorsed_by"], json!(world.account(Who::Leader)));
        assert_eq!(endorsed.body["files"], seen.body["files"], "the version stays as it was");
        let again = world.get(Who::Leader, &path).send().await.expect(200);
        assert_eq!(again.actions(), Vec::<&str>::new());
        endorse(world, Who::Leader, &path).await.refused(409, "invalid_transition");
        let events = format!("/v1/audit-events?record_kind=report&record_id={}", made.id());
        let events = world.get(Who::Coordinator, &events).send().await.expect(200);
        let actions: Vec<&str> =
            events.body["items"].as_array().expect("items").iter().filter_map(|event| event["action"].as_str()).collect();
        assert_eq!(actions.iter().filter(|action| **action == "endorse").count(), 1);
    }
}

on_both_engines! {
    async fn two_versions_are_compared_where_they_are_of_one_report(world: &World) {
        let campaign = campaign_of(world, "巡检", world.unit).await;
        let version = async |edition| {
            let made = request(world, campaign, edition).await;
            (made.id().to_owned(), ready(world, &made).await)
        };
        let ((first, before_it), (second, after)) = (version("full").await, version("full").await);
        let (public, _) = version("public").await;
        let compared = async |who, from: &str| {
            let path = format!("/v1/reports/{second}/differences?from={from}");
            world.get(who, &path).send().await
        };
        let found = compared(Who::Leader, &first).await.expect(200).body;
        let problem = |snapshot: &Snapshot| {
            let row = &snapshot.lists.problems[0];
            json!([{"finding_id": row.finding_id, "unit_id": row.unit_id, "description": row.description}])
        };
        let expected = json!({
            "from": "2023-1", "to": "2023-2", "came": problem(&after), "went": problem(&before_it), "moved": [], "figures": [],
        });
        assert_eq!(found, expected);
        let before = world.get(Who::Leader, &format!("/v1/reports/{second}/differences")).send().await.expect(200);
        assert_eq!(before.body, found, "by default the version before");
        let whole = world.get(Who::Leader, &format!("/v1/reports/{first}/differences")).send().await.expect(200).body;
        assert_eq!((whole.get("from"), &whole["came"]), (None, &problem(&before_it)), "the first has none before it");
        for other in [public, Id::new().to_string()] {
            compared(Who::Leader, &other).await.refused(400, "invalid_query");
        }
        compared(Who::Liaison, &first).await.refused(404, "not_found");
    }
}
