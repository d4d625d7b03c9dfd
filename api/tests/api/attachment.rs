//! Attachments: what is taken in, and who gets it out.

use std::io::{Cursor, Write};

use serde_json::json;
use shared::domain::actor::{Actor, Grant, Role};
use shared::domain::attachment::LinkedTo;
use shared::domain::id::Id;
use shared::domain::record::RecordKind;
use shared::store::{StoreError, attachment};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::on_both_engines;
use crate::support::{Engine, Reply, Who, World};

pub const PDF: &str = "%PDF-1.4\n1 0 obj <<>> endobj\ntrailer <<>>\n%%EOF\n";
const OCTETS: &str = "application/octet-stream";
const DOCX: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";

/// Calls every operation once, successfully.
pub async fn happy_path(world: &World) {
    let made = upload(world, Who::Liaison, "happy.pdf", PDF).await.expect(201);
    let path = format!("/v1/attachments/{}", made.id());
    world.get(Who::Liaison, &path).send().await.expect(200);
    world.get(Who::Liaison, &format!("{path}/content")).send().await.expect(200);
}

/// Uploads a file as it is.
pub async fn upload(world: &World, who: Who, name: &str, bytes: impl Into<Vec<u8>>) -> Reply {
    let name = name.replace(' ', "%20");
    let path = format!("/v1/attachments?file_name={name}");
    world.post(who, &path).raw(OCTETS, bytes.into()).send().await
}

/// Uploads a PDF and links it to a unit.
pub async fn linked(world: &World, who: Who, unit_id: Option<Id>, campaign_id: Option<Id>) -> String {
    let made = upload(world, who, "台账.pdf", PDF).await.expect(201);
    let id: Id = made.id().parse().expect("an id");
    let target = LinkedTo { record_kind: RecordKind::Unit, record_id: Id::new(), unit_id, campaign_id };
    link(world, who, id, &target).expect("it is linked");
    id.to_string()
}

fn link(world: &World, who: Who, id: Id, target: &LinkedTo) -> Result<(), StoreError> {
    let grants = vec![Grant { role: Role::Liaison, unit_id: Some(world.unit) }];
    let actor = Actor::person(world.account(who), "test".to_owned(), grants);
    world.store.write(&actor, "test", |tx| attachment::link(tx, &[id], target, "/attachment_ids"))
}

fn archive(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in entries {
        zip.start_file(*name, SimpleFileOptions::default()).expect("an entry");
        zip.write_all(content).expect("its content");
    }
    zip.finish().expect("an archive").into_inner()
}

/// A PNG as far as its header says.
fn png(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
    bytes.extend(width.to_be_bytes());
    bytes.extend(height.to_be_bytes());
    bytes.extend([8, 2, 0, 0, 0, 0, 0, 0, 0]);
    bytes
}

fn form(file_name: &str, bytes: &str) -> String {
    format!(
        "--edge\r\nContent-Disposition: form-data; name=\"file\"; {file_name}\r\n\
         Content-Type: application/pdf\r\n\r\n{bytes}\r\n--edge--\r\n"
    )
}

async fn send_form(world: &World, body: String) -> Reply {
    world.post(Who::Liaison, "/v1/attachments").raw("multipart/form-data; boundary=edge", body).send().await
}

on_both_engines! {
    async fn a_file_comes_in_by_form_or_as_it_is_and_goes_out_unchanged(world: &World) {
        let made = send_form(world, form("filename=\"租赁 合同.pdf\"", PDF)).await.expect(201);
        assert_eq!(made.body["file_name"], "租赁 合同.pdf");
        assert_eq!(made.body["media_type"], "application/pdf");
        assert_eq!(made.body["size"], PDF.len());
        assert_eq!(made.body["uploader_id"], world.account(Who::Liaison).to_string());
        let extended = form("filename=\"x.pdf\"; filename*=UTF-8''%E5%8F%B0%E8%B4%A6.pdf", PDF);
        assert_eq!(send_form(world, extended).await.expect(201).body["file_name"], "台账.pdf");
        let other = upload(world, Who::Liaison, "a.pdf", PDF).await.expect(201);
        assert_eq!(other.body["sha256"], made.body["sha256"]);
        let path = made.header("location");
        let shown = world.get(Who::Liaison, path).send().await.expect(200);
        assert_eq!(shown.body, made.body);
        let content = world.get(Who::Liaison, &format!("{path}/content")).send().await.expect(200);
        assert_eq!(content.body, PDF);
        for (name, value) in [
            ("content-type", "application/pdf"),
            ("content-length", PDF.len().to_string().as_str()),
            ("x-content-type-options", "nosniff"),
            ("content-security-policy", "sandbox"),
            ("cache-control", "private, no-cache"),
            ("accept-ranges", "bytes"),
            ("etag", &format!("\"{}\"", made.body["sha256"].as_str().expect("a hash"))),
            (
                "content-disposition",
                "attachment; filename=\"_____.pdf\"; \
                 filename*=UTF-8''%E7%A7%9F%E8%B5%81%20%E5%90%88%E5%90%8C.pdf",
            ),
        ] {
            assert_eq!(content.header(name), value, "{name}");
        }
    }
}

on_both_engines! {
    async fn what_a_file_is_is_told_by_its_bytes(world: &World) {
        let word = [("[Content_Types].xml", &b"<Types/>"[..]), ("word/document.xml", b"<w/>")];
        // Some programs write the parts in another order.
        let sheet = [("docProps/app.xml", &b"<p/>"[..]), ("xl/workbook.xml", b"<w/>"), ("[Content_Types].xml", b"<Types/>")];
        let macros = [word[0], word[1], ("word/vbaProject.bin", &b"x"[..])];
        let jpeg = b"\xff\xd8\xff\xe0\0\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0\xff\xc0\0\x11\x08\x01\0\x01\0\x03\x01\x22\0\x02\x11\x01\x03\x11\x01";
        for (name, bytes, media_type) in [
            ("a.exe", png(4000, 3000), Some("image/png")),
            ("a.txt", jpeg.to_vec(), Some("image/jpeg")),
            ("a.docx", archive(&word), Some(DOCX)),
            ("a.zip", archive(&sheet), Some("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")),
            ("a.docm", archive(&macros), None),
            ("a.docx", archive(&word[1..]), None),
            ("a.zip", archive(&[("a.txt", b"text")]), None),
            ("a.pdf", b"<html><script>alert(1)</script>".to_vec(), None),
            ("a.pdf", b"MZ\x90\0\x03".to_vec(), None),
            ("a.png", b"<svg xmlns=\"http://www.w3.org/2000/svg\"/>".to_vec(), None),
            ("a.jpg", b"GIF89a\x01\0\x01\0".to_vec(), None),
        ] {
            let reply = upload(world, Who::Liaison, name, bytes).await;
            match media_type {
                Some(media_type) => assert_eq!(reply.expect(201).body["media_type"], media_type, "{name}"),
                None => drop(reply.refused(415, "unsupported_media_type")),
            }
        }
    }
}

on_both_engines! {
    async fn empty_broken_and_excessive_files_are_refused(world: &World) {
        let parts = [("[Content_Types].xml", &b"<Types/>"[..]), ("word/document.xml", b"<w/>")];
        let zeros = vec![0; 64 << 20];
        let bomb = archive(&[parts[0], parts[1], ("word/media/a.bin", &zeros)]);
        assert!(bomb.len() < 1 << 20, "it is small as long as it is packed");
        let names: Vec<String> = (0..1_000).map(|number| format!("word/{number}")).collect();
        let mut many: Vec<(&str, &[u8])> = parts.to_vec();
        many.extend(names.iter().map(|name| (name.as_str(), &b""[..])));
        let whole = archive(&parts);
        for (bytes, rule) in [
            (Vec::new(), "/file blank"),
            (bomb, "/file too_large"),
            (archive(&many), "/file too_large"),
            (png(10_000, 4_001), "/file too_large"),
            (png(1, 1)[..18].to_vec(), "/file malformed"),
            (whole[..whole.len() - 30].to_vec(), "/file malformed"),
        ] {
            upload(world, Who::Liaison, "a", bytes).await.violates(&[rule]);
        }
        upload(world, Who::Liaison, "a.png", png(10_000, 4_000)).await.expect(201);
    }
}

on_both_engines! {
    async fn a_request_that_carries_no_file_names_its_fault(world: &World) {
        let form = |parts: &str| send_form(world, parts.to_owned());
        form("--edge--\r\n").await.violates(&["/file missing"]);
        let part = "--edge\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\nx\r\n";
        form(&format!("{part}--edge--\r\n")).await.violates(&["/note unknown_field"]);
        let file = "--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.pdf\"\r\n\r\n%PDF-1.4\r\n";
        form(&format!("{file}{file}--edge--\r\n")).await.violates(&["/file duplicate"]);
        form(&file[..40]).await.refused(400, "malformed_body");
        form("no form").await.refused(400, "malformed_body");
        let post = |path, media_type| world.post(Who::Liaison, path).raw(media_type, PDF).send();
        post("/v1/attachments", "multipart/form-data").await.refused(400, "malformed_body");
        post("/v1/attachments", OCTETS).await.refused(400, "invalid_query");
        post("/v1/attachments?name=a.pdf", OCTETS).await.refused(400, "invalid_query");
        post("/v1/attachments?file_name=a.pdf", "application/pdf").await.refused(415, "unsupported_media_type");
        post("/v1/attachments", "application/json").await.refused(415, "unsupported_media_type");
    }
}

on_both_engines! {
    async fn names_lose_their_path_and_odd_characters(world: &World) {
        for (given, kept) in [
            ("..%2F..%2Fetc%2Fpasswd", "passwd"),
            ("C:%5Cdata%5Ca.pdf", "a.pdf"),
            ("a%0D%0AX-Evil:%201.pdf", "aX-Evil: 1.pdf"),
            ("a%00.pdf", "a.pdf"),
            ("%E2%80%AEfdp.exe", "fdp.exe"),
            ("a%22b%25.pdf", "a\"b%.pdf"),
            ("", "file.pdf"),
        ] {
            let made = upload(world, Who::Liaison, given, PDF).await.expect(201);
            assert_eq!(made.body["file_name"], kept, "{given}");
            let path = format!("{}/content", made.header("location"));
            let content = world.get(Who::Liaison, &path).send().await.expect(200);
            let disposition = content.header("content-disposition");
            assert!(disposition.starts_with("attachment; filename=\"") && disposition.is_ascii(), "{disposition}");
            assert_eq!(disposition.matches('"').count(), 2, "{disposition}");
        }
        let long = format!("{}.pdf", "n".repeat(900));
        let made = upload(world, Who::Liaison, &long, PDF).await.expect(201);
        assert_eq!(made.body["file_name"].as_str().map(str::len), Some(200));
    }
}

#[actix_web::test]
async fn a_file_over_the_limit_is_refused_and_the_limit_is_a_setting() {
    let world = World::start_with(Engine::Sqlite, &[("XUNJIAN_ATTACHMENT_LIMIT", "2000")]).await;
    let padded = |size: usize| format!("{PDF}{}", " ".repeat(size - PDF.len()));
    upload(&world, Who::Liaison, "a.pdf", padded(2000)).await.expect(201);
    upload(&world, Who::Liaison, "a.pdf", padded(2001)).await.refused(413, "body_too_large");
    upload(&world, Who::Admin, "a.pdf", padded(2001)).await.refused(403, "role_missing");
    send_form(&world, form("filename=\"a.pdf\"", &padded(4 << 20))).await.refused(413, "body_too_large");
    world.stop().await;
}

on_both_engines! {
    async fn a_repeated_upload_gets_the_first_answer(world: &World) {
        let path = "/v1/attachments?file_name=a.pdf";
        let send = |body: String| world.post(Who::Liaison, path).key("upload-1").raw(OCTETS, body).send();
        let first = send(PDF.to_owned()).await.expect(201);
        let again = send(PDF.to_owned()).await.expect(201);
        assert_eq!(again.body, first.body);
        assert_eq!(again.header("location"), first.header("location"));
        // The file is what is compared, not how it is sent.
        let form = form("filename=\"a.pdf\"", PDF);
        let request = world.post(Who::Liaison, "/v1/attachments").key("upload-1");
        let third = request.raw("multipart/form-data; boundary=edge", form).send().await.expect(201);
        assert_eq!(third.body, first.body);
        send(format!("{PDF} ")).await.refused(422, "idempotency_key_reused");
        let (one, other) = futures_util::join!(
            world.post(Who::Liaison, path).key("upload-2").raw(OCTETS, PDF).send(),
            world.post(Who::Liaison, path).key("upload-2").raw(OCTETS, PDF).send(),
        );
        assert_eq!(one.expect(201).body, other.expect(201).body);
    }
}

on_both_engines! {
    async fn parts_are_handed_out_and_known_bytes_are_not(world: &World) {
        let made = upload(world, Who::Liaison, "a.pdf", PDF).await.expect(201);
        let path = format!("{}/content", made.header("location"));
        let get = |name: &'static str, value: &str| world.get(Who::Liaison, &path).header(name, value).send();
        let size = PDF.len();
        for (range, first, last) in [
            ("bytes=0-3", 0, 3),
            ("bytes=5-", 5, size - 1),
            ("bytes=-6", size - 6, size - 1),
            ("bytes=40-99999", 40, size - 1),
        ] {
            let reply = get("Range", range).await.expect(206);
            assert_eq!(reply.body, PDF[first..=last], "{range}");
            assert_eq!(reply.header("content-range"), format!("bytes {first}-{last}/{size}"));
        }
        for range in ["bytes=0-1,3-4", "lines=1-2", "bytes=x", "bytes=4-2x"] {
            assert_eq!(get("Range", range).await.expect(200).body, PDF, "{range}");
        }
        for range in ["bytes=99999-", "bytes=-0"] {
            let reply = get("Range", range).await.refused(416, "range_not_satisfiable");
            assert_eq!(reply.header("content-range"), format!("bytes */{size}"));
        }
        let tag = format!("\"{}\"", made.body["sha256"].as_str().expect("a hash"));
        for known in [tag.as_str(), "*", &format!("\"x\", W/{tag}")] {
            let reply = get("If-None-Match", known).await.expect(304);
            assert_eq!((reply.header("etag"), &reply.body), (tag.as_str(), &json!("")));
        }
        get("If-None-Match", "\"x\"").await.expect(200);
        let since = |known: &str| world.get(Who::Liaison, &path).header("Range", "bytes=0-3").header("If-Range", known).send();
        since(&tag).await.expect(206);
        since("\"x\"").await.expect(200);
    }
}

on_both_engines! {
    async fn a_file_is_its_uploaders_until_a_record_has_it_and_then_the_records(world: &World) {
        let made = upload(world, Who::Liaison, "a.pdf", PDF).await.expect(201);
        let (path, id) = (made.header("location"), made.id().parse().expect("an id"));
        let seen_by = |who| async move {
            let meta = world.get(who, path).send().await.status;
            let content = world.get(who, &format!("{path}/content")).send().await.status;
            assert_eq!(meta, content, "{who:?}");
            meta == 200
        };
        for who in Who::ACCOUNTS {
            assert_eq!(seen_by(who).await, who == Who::Liaison, "{who:?}");
        }
        let record = |unit_id| LinkedTo { record_kind: RecordKind::Unit, record_id: Id::new(), unit_id: Some(unit_id), campaign_id: None };
        let target = record(world.other_unit);
        assert!(link(world, Who::OtherLiaison, id, &target).is_err(), "another's file");
        assert!(link(world, Who::Liaison, Id::new(), &target).is_err(), "no file");
        link(world, Who::Liaison, id, &target).expect("it is linked");
        link(world, Who::OtherLiaison, id, &target).expect("the record has it already");
        assert!(link(world, Who::Liaison, id, &record(world.unit)).is_err(), "once and for all");
        let inspectors = [Who::Inspector, Who::OtherInspector];
        let office = [Who::Coordinator, Who::OtherCoordinator, Who::Leader, Who::OtherLiaison];
        let see = [&office[..], &inspectors[..]].concat();
        for who in Who::ACCOUNTS {
            assert_eq!(seen_by(who).await, see.contains(&who), "{who:?}");
        }
        let shown = world.get(Who::OtherLiaison, path).send().await.expect(200);
        assert_eq!(shown.body["record_id"], target.record_id.to_string());
        assert_eq!(shown.header("etag"), "\"2\"");
    }
}

on_both_engines! {
    async fn what_was_never_linked_is_forgotten_and_its_bytes_are_named_by_no_row(world: &World) {
        use diesel::prelude::*;
        use shared::store::schema::attachments;

        let kept = linked(world, Who::Liaison, Some(world.unit), None).await;
        let waiting = upload(world, Who::Liaison, "a.pdf", PDF).await.expect(201);
        let forgotten = upload(world, Who::Liaison, "b.pdf", PDF).await.expect(201);
        let past = shared::store::clock::system_now() - chrono::TimeDelta::seconds(1);
        let aged = world.store.with(|conn| {
            let row = attachments::table.find(forgotten.id());
            Ok(diesel::update(row).set(attachments::expires_at.eq(Some(past))).execute(conn)?)
        });
        assert_eq!(aged.expect("it is aged"), 1);
        let actor = Actor::system("sweep");
        world.store.write(&actor, "test", attachment::forget_unlinked).expect("it is swept");
        for (id, status) in [(kept.as_str(), 200), (waiting.id(), 200), (forgotten.id(), 404)] {
            let who = if id == kept { Who::Coordinator } else { Who::Liaison };
            world.get(who, &format!("/v1/attachments/{id}")).send().await.expect(status);
        }
        let keys = [kept.as_str(), waiting.id(), forgotten.id()].map(|id| format!("attachments/{id}"));
        let unnamed = world.store.with(|conn| attachment::unnamed(conn, &keys)).expect("keys");
        assert_eq!(unnamed, [format!("attachments/{}", forgotten.id())]);
    }
}
