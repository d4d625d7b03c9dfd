//! The message on the wire, read back by another library.

use mailparse::{MailHeaderMap, ParsedMail};
use shared::domain::instant::Instant;
use shared::domain::notice::NoticeKind;
use xunjian_worker::mail::envelope::Envelope;
use xunjian_worker::mail::message::{self, Stamp};
use xunjian_worker::mail::render::{Rendered, Renderer};

use crate::notices;

fn envelope() -> Envelope {
    let sender = "区专项巡检工作领导小组办公室 <xunjian@district.example>".parse().unwrap();
    Envelope::new(&sender, "xugou@unit.example").unwrap()
}

fn date() -> Instant {
    serde_json::from_str("\"2023-08-07T00:05:09Z\"").unwrap()
}

fn build(rendered: Rendered) -> Vec<u8> {
    let envelope = envelope();
    let id = message::message_id("01890a5d-ac96-774b-bcce-b302099a8057", &envelope);
    message::build(rendered, &envelope, Stamp { message_id: &id, date: date() }).unwrap()
}

fn rendered(kind: NoticeKind) -> Rendered {
    let notices = notices::one_of_each();
    let (_, content) = notices.iter().find(|(name, _)| *name == kind).unwrap();
    Renderer::new().unwrap().render(content, "https://xunjian.example/self-checks/1").unwrap()
}

fn header(mail: &ParsedMail<'_>, name: &str) -> String {
    assert_eq!(mail.headers.get_all_values(name).len(), 1, "{name}");
    mail.headers.get_first_value(name).unwrap()
}

#[test]
fn the_headers_say_what_it_is_and_read_back_in_chinese() {
    let bytes = build(rendered(NoticeKind::CampaignOpened));
    let mail = mailparse::parse_mail(&bytes).unwrap();
    assert_eq!(header(&mail, "Message-ID"), "<01890a5d-ac96-774b-bcce-b302099a8057@district.example>");
    assert_eq!(header(&mail, "Date"), "Mon, 07 Aug 2023 00:05:09 +0000");
    assert_eq!(header(&mail, "From"), "区专项巡检工作领导小组办公室 <xunjian@district.example>");
    assert_eq!(header(&mail, "To"), "xugou@unit.example");
    assert_eq!(header(&mail, "Subject"), "关于开展2023年连云区党政机关办公用房专项巡检的通知");
    assert_eq!(header(&mail, "List-Id"), "Xunjian notices <xunjian-notices.district.example>");
    assert_eq!(header(&mail, "Auto-Submitted"), "auto-generated");
    assert_eq!(header(&mail, "MIME-Version"), "1.0");
}

#[test]
fn a_long_subject_reads_back_whole() {
    let subject = "整改事项逾期提醒".repeat(30);
    let bytes = build(Rendered { subject: subject.clone(), ..rendered(NoticeKind::RectificationOverdue) });
    assert_eq!(header(&mailparse::parse_mail(&bytes).unwrap(), "Subject"), subject);
}

#[test]
fn both_parts_read_back_as_they_were_rendered() {
    for (kind, _) in notices::one_of_each() {
        let expected = rendered(kind);
        let bytes = build(expected.clone());
        let whole = mailparse::parse_mail(&bytes).unwrap();
        let mail = if expected.calendar.is_some() { &whole.subparts[0] } else { &whole };
        assert_eq!(mail.ctype.mimetype, "multipart/alternative");
        let parts: Vec<(&str, &str, String)> = mail
            .subparts
            .iter()
            .map(|part| {
                let body = part.get_body().unwrap().replace("\r\n", "\n");
                (part.ctype.mimetype.as_str(), part.ctype.charset.as_str(), body)
            })
            .collect();
        // The plain part comes first: the last is the one that a mail program prefers.
        let expected = [("text/plain", "utf-8", expected.text), ("text/html", "utf-8", expected.html)];
        assert_eq!(parts, expected, "{kind}");
    }
}

#[test]
fn an_invitation_is_a_file_that_calendars_act_on() {
    for (kind, method) in [
        (NoticeKind::VisitPlanned, "REQUEST"),
        (NoticeKind::VisitChanged, "REQUEST"),
        (NoticeKind::VisitCancelled, "CANCEL"),
    ] {
        let bytes = build(rendered(kind));
        let mail = mailparse::parse_mail(&bytes).unwrap();
        assert_eq!(mail.ctype.mimetype, "multipart/mixed");
        let [_, file] = &mail.subparts[..] else { panic!("words and a file") };
        assert_eq!((file.ctype.mimetype.as_str(), file.ctype.charset.as_str()), ("text/calendar", "utf-8"));
        assert_eq!(file.ctype.params["method"], method);
        assert_eq!(file.get_content_disposition().params["filename"], "visit.ics");
        let text = file.get_body().unwrap().replace("\r\n ", "");
        for line in [
            format!("METHOD:{method}"),
            "UID:01890a5d-ac96-774b-bcce-b302099a8057".to_owned(),
            "SEQUENCE:1".to_owned(),
            "DTSTAMP:20230807T000509Z".to_owned(),
            "DTSTART:20230809T010000Z".to_owned(),
            "ORGANIZER:mailto:xunjian@district.example".to_owned(),
            "ATTENDEE;ROLE=REQ-PARTICIPANT:mailto:xugou@unit.example".to_owned(),
        ] {
            assert!(text.lines().any(|found| found == line), "{kind}: {line} in {text}");
        }
        assert!(!text.contains("LOCATION") && !text.contains("程立新"), "{text}");
    }
}

#[test]
fn the_wire_form_keeps_the_limits_of_mail() {
    let bytes = build(rendered(NoticeKind::RectificationOrdered));
    assert!(bytes.is_ascii());
    let text = String::from_utf8(bytes).unwrap();
    assert!(text.ends_with("\r\n"));
    assert_eq!(text.matches('\n').count(), text.matches("\r\n").count());
    assert!(text.lines().all(|line| line.len() <= 998));
    for word in text.split_whitespace().filter(|word| word.starts_with("=?")) {
        assert!(word.len() <= 75, "{word}");
    }
}

#[test]
fn the_same_mail_is_the_same_bytes() {
    for (kind, _) in notices::one_of_each() {
        assert_eq!(build(rendered(kind)), build(rendered(kind)), "{kind}");
    }
}
