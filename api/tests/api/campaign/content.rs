//! What a campaign says of itself, looks at, asks for and rests on.

use serde_json::{Value, json};

use super::{draft, open, plan};
use crate::on_both_engines;
use crate::support::{Engine, Who, World};

on_both_engines! {
    async fn a_new_campaign_looks_at_everything_and_asks_for_nothing(world: &World) {
        let made = world.post(Who::Coordinator, "/v1/campaigns").json(&plan("专项巡检")).send().await.expect(201);
        assert_eq!(made.header("location"), format!("/v1/campaigns/{}", made.id()));
        for (field, value) in plan("专项巡检").as_object().expect("fields") {
            assert_eq!(made.body[field], *value, "{field}");
        }
        assert_eq!(made.body["status"], "draft");
        assert_eq!(made.body["time_zone"], "Asia/Shanghai");
        assert_eq!(made.body["mail_content"], "link_only");
        assert_eq!(made.body["sending_hours"], json!({"from": "08:00:00", "until": "18:00:00"}));
        assert_eq!(made.body["overdue_self_checks"]["then_every_days"], 7);
        // The database of tests begins on the morning of the plan's first day.
        assert_eq!(made.body["today"], "2023-07-31");
        assert_eq!(made.body["current_phases"], json!(["self_check"]));
        let path = format!("/v1/campaigns/{}", made.id());
        let items = world.get(Who::Leader, &format!("{path}/focus-items")).send().await.expect(200);
        let expected = [
            ("look_back", "违规兴建楼堂馆所整改“回头看”"),
            ("ownership", "权属管理"),
            ("technical_rooms", "技术业务用房使用"),
            ("leasing", "租用"),
            ("occupancy", "党政机关办公用房使用"),
            ("leader_offices", "领导干部办公用房"),
            ("other", "其他情况"),
        ];
        let expected: Vec<Value> = expected.iter().map(|(item, title)| json!({"item": item, "title": title})).collect();
        assert_eq!(items.body, json!({"items": expected}));
        assert_eq!(items.etag(), made.etag());
        let materials = world.get(Who::Leader, &format!("{path}/materials")).send().await.expect(200);
        assert_eq!(materials.body, json!({"items": []}));
    }
}

on_both_engines! {
    async fn broken_rules_are_named(world: &World) {
        let mut campaign = plan(" ");
        campaign["document_number"] = "号".repeat(101).into();
        campaign["phases"][1]["ends_on"] = "2023-08-01".into();
        campaign["phases"][2]["starts_on"] = "2023-08-01".into();
        campaign["office"] = "".into();
        campaign["sending_hours"] = json!({"from": "18:00", "until": "08:00"});
        campaign["overdue_self_checks"] = json!({"stages": [{"workday": 0, "audience": ["unit"]}]});
        world.post(Who::Coordinator, "/v1/campaigns").json(&campaign).send().await.violates(&[
            "/name blank",
            "/document_number too_long",
            "/phases/1/ends_on ends_before_start",
            "/phases/2/starts_on out_of_order",
            "/office blank",
            "/overdue_self_checks/stages/0/workday out_of_range",
            "/sending_hours/until ends_before_start",
        ]);
        for (field, value, rule) in [
            ("time_zone", json!("Asia/Lianyungang"), "/time_zone unknown_time_zone"),
            ("mail_content", json!("everything"), "/mail_content wrong_type"),
            ("phases", json!([{"kind": "party"}]), "/phases/0/kind wrong_type"),
            ("status", json!("open"), "/status unknown_field"),
        ] {
            let mut campaign = plan("专项巡检");
            campaign[field] = value;
            world.post(Who::Coordinator, "/v1/campaigns").json(&campaign).send().await.violates(&[rule]);
        }
        draft(world, "专项巡检", &[]).await;
        let again = world.post(Who::Coordinator, "/v1/campaigns").json(&plan("专项巡检")).send().await;
        again.refused(409, "taken");
    }
}

on_both_engines! {
    async fn a_draft_changes_altogether_and_an_open_campaign_only_where_nobody_relies_on_it(world: &World) {
        let campaign = draft(world, "专项巡检", &[world.unit]).await;
        let settled = json!({
            "name": "第二轮专项巡检", "document_number": null, "time_zone": "UTC", "order_prefix": "连区办整改", "orders_need_approval": true,
            "phases": [plan("")["phases"][0], plan("")["phases"][1]]
        });
        let changed = campaign.write("PATCH", "", &settled).await.expect(200);
        assert_eq!(changed.body["name"], "第二轮专项巡检");
        assert_eq!(changed.body.get("document_number"), None);
        assert_eq!(changed.body["phases"].as_array().map(Vec::len), Some(2));
        let mut usual = plan("专项巡检");
        usual["time_zone"] = json!(null);
        usual["order_prefix"] = json!(null);
        usual["orders_need_approval"] = json!(null);
        let changed = campaign.write("PATCH", "", &usual).await.expect(200);
        assert_eq!(changed.body["time_zone"], "Asia/Shanghai");
        campaign.act(Who::Coordinator, "/open").await.expect(200);
        campaign.write("PATCH", "", &settled).await.violates(&[
            "/name frozen",
            "/document_number frozen",
            "/time_zone frozen",
            "/phases frozen",
            "/order_prefix frozen", "/orders_need_approval frozen",
        ]);
        let free = json!({
            "mail_content": "full", "office": "区政府办机关事务管理中心",
            "sending_hours": {"from": "09:00:00", "until": "17:00:00"},
            "overdue_rectifications": {"stages": [{"workday": 1, "audience": ["unit"]}], "then_every_days": 3}
        });
        let changed = campaign.write("PATCH", "", &free).await.expect(200);
        for (field, value) in free.as_object().expect("fields") {
            assert_eq!(changed.body[field], *value, "{field}");
        }
    }
}

on_both_engines! {
    async fn focus_items_and_materials_are_settled_when_it_is_opened(world: &World) {
        let campaign = draft(world, "专项巡检", &[world.unit]).await;
        let items = json!({"focus_items": [
            {"item": "leader_offices", "title": "领导干部办公用房"}, {"item": "leasing", "title": "租用"}
        ]});
        let put = campaign.write("PUT", "/focus-items", &items).await.expect(200);
        assert_eq!(put.body["items"], items["focus_items"], "in the order that was sent");
        let materials = json!({"materials": [{"key": "lease_approvals", "title": "租用审批文件"}]});
        let put = campaign.write("PUT", "/materials", &materials).await.expect(200);
        assert_eq!(put.body["items"], materials["materials"]);
        let twice = json!({"focus_items": [{"item": "leasing", "title": "租用"}, {"item": "leasing", "title": ""}]});
        campaign.write("PUT", "/focus-items", &twice).await.violates(&[
            "/focus_items/1/item duplicate",
            "/focus_items/1/title blank",
        ]);
        let odd = json!({"materials": [{"key": "Lease Approvals", "title": "租用审批文件"}]});
        campaign.write("PUT", "/materials", &odd).await.violates(&["/materials/0/key malformed"]);
        let opened = campaign.act(Who::Coordinator, "/open").await.expect(200);
        for (rest, body) in [("/focus-items", &items), ("/materials", &materials)] {
            let refused = campaign.write("PUT", rest, body).await.refused(409, "invalid_transition");
            assert_eq!(refused.body["allowed_actions"], json!(["close"]));
        }
        let seen = world.get(Who::Liaison, &campaign.path("/focus-items")).send().await.expect(200);
        assert_eq!(seen.body["items"], items["focus_items"]);
        assert_eq!(seen.etag(), opened.etag());
    }
}

on_both_engines! {
    async fn documents_have_their_own_place_under_the_campaign_and_raise_its_version(world: &World) {
        let campaign = draft(world, "专项巡检", &[world.unit]).await;
        let before: i64 = campaign.seen_by(Who::Leader).await.body["version"].as_i64().expect("a version");
        let document = json!({"title": "领导小组成员名单"});
        let made = world.post(Who::Coordinator, &campaign.path("/documents")).json(&document).send().await.expect(201);
        assert_eq!(made.etag(), format!("\"{}\"", before + 1));
        assert_eq!(made.header("location"), campaign.path(&format!("/documents/{}", made.id())));
        let read = world.get(Who::Leader, made.header("location")).send().await.expect(200);
        assert_eq!(read.body, made.body);
        let list = world.get(Who::Leader, &campaign.path("/documents")).send().await.expect(200);
        let titles: Vec<_> = list.body["items"].as_array().expect("items").iter().map(|item| &item["title"]).collect();
        assert_eq!(titles, ["关于印发专项巡检方案的通知", "领导小组成员名单"]);
        let other = draft(world, "另一次巡检", &[]).await;
        let foreign = other.path(&format!("/documents/{}", made.id()));
        world.get(Who::Leader, &foreign).send().await.refused(404, "not_found");
        let post = || world.post(Who::Coordinator, &other.path("/documents"));
        let taken = json!({"id": made.id(), "title": "重复的标识"});
        post().json(&taken).send().await.refused(409, "id_taken");
        post().json(&json!({"title": ""})).send().await.violates(&["/title blank"]);
        let path = format!("/documents/{}", made.id());
        let removed = campaign.write("DELETE", &path, &json!({})).await.expect(204);
        assert_eq!(removed.etag(), campaign.etag().await);
        world.get(Who::Leader, made.header("location")).send().await.refused(404, "not_found");
    }
}

on_both_engines! {
    async fn lists_show_what_the_filter_asks_and_a_liaison_what_was_opened_with_their_unit(world: &World) {
        draft(world, "起草中的巡检", &[world.unit]).await;
        open(world, "本单位的巡检", &[world.unit]).await;
        open(world, "别单位的巡检", &[world.other_unit]).await;
        for (who, query, names) in [
            (Who::Leader, "", vec!["起草中的巡检", "本单位的巡检", "别单位的巡检"]),
            (Who::Leader, "?status=open", vec!["本单位的巡检", "别单位的巡检"]),
            (Who::Leader, "?name=起草", vec!["起草中的巡检"]),
            (Who::Liaison, "", vec!["本单位的巡检"]),
            (Who::OtherLiaison, "", vec!["别单位的巡检"]),
            (Who::Admin, "", vec![]),
            (Who::Discipline, "", vec![]),
        ] {
            let list = world.get(who, &format!("/v1/campaigns{query}")).send().await.expect(200);
            let seen: Vec<_> = list.body["items"].as_array().expect("items").iter().map(|item| &item["name"]).collect();
            assert_eq!(seen, names, "{who:?} {query}");
        }
    }
}

on_both_engines! {
    async fn a_documents_file_is_read_by_whoever_sees_the_campaign_until_the_document_is_taken_away(world: &World) {
        let campaign = draft(world, "专项巡检", &[world.unit]).await;
        let pdf = "%PDF-1.4\n1 0 obj <<>> endobj\ntrailer <<>>\n%%EOF\n";
        let file = crate::attachment::upload(world, Who::Coordinator, "通知.pdf", pdf).await.expect(201);
        let foreign = crate::attachment::upload(world, Who::Inspector, "别人的.pdf", pdf).await.expect(201);
        let post = || world.post(Who::Coordinator, &campaign.path("/documents"));
        let wrong = json!({"title": "通知", "attachment_id": foreign.id()});
        post().json(&wrong).send().await.violates(&["/attachment_id attachment_unknown"]);
        let document = json!({"title": "通知", "attachment_id": file.id()});
        let made = post().json(&document).send().await.expect(201);
        assert_eq!(made.body["attachment_id"], file.id());
        // It belongs to one document.
        post().json(&document).send().await.violates(&["/attachment_id attachment_unknown"]);
        let path = format!("/v1/attachments/{}", file.id());
        world.get(Who::Liaison, &path).send().await.refused(404, "not_found");
        campaign.act(Who::Coordinator, "/open").await.expect(200);
        world.get(Who::Liaison, &path).send().await.expect(200);
        world.get(Who::OtherLiaison, &path).send().await.refused(404, "not_found");
        campaign.write("DELETE", &format!("/documents/{}", made.id()), &json!({})).await.expect(204);
        world.get(Who::Liaison, &path).send().await.refused(404, "not_found");
        world.get(Who::Coordinator, &path).send().await.expect(200);
        // A draft that is deleted lets its files go as well.
        let other = draft(world, "撤销的巡检", &[]).await;
        let post = world.post(Who::Coordinator, &other.path("/documents"));
        post.json(&document).send().await.expect(201);
        other.write("DELETE", "", &json!({})).await.expect(204);
        world.get(Who::Coordinator, &path).send().await.expect(200);
        world.get(Who::Leader, &path).send().await.refused(404, "not_found");
    }
}
