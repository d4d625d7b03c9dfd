//! The words of the mails.

use shared::domain::focus_item::FocusItem;
use shared::domain::notice::{Audience, NoticeKind};
use shared::domain::notice_content::{MailContent, Matter, NoticeContent, OrderRef};
use shared::domain::phase::{Phase, PhaseKind};
use shared::domain::rectification::Mode;
use shared::domain::text::TextEnum;
use xunjian_worker::mail::render::{Rendered, Renderer};

use crate::golden;
use crate::notices::{self, HOSTILE, LONG_UNIT, day, notice};

const LINK: &str = "https://xunjian.example/r?a=1&b=2";

fn render(content: &NoticeContent) -> Rendered {
    Renderer::new().unwrap().render(content, LINK).unwrap()
}

/// The text that a reader sees: tags taken out, escapes undone, spacing dropped.
fn visible(html: &str) -> String {
    let body = html.split_once("<h1").unwrap().1;
    let mut text = String::new();
    for piece in body.split('<').skip(1) {
        text.push_str(piece.split_once('>').unwrap().1);
    }
    for (escape, character) in
        [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#x27;", "'"), ("&#x2f;", "/"), ("&amp;", "&")]
    {
        text = text.replace(escape, character);
    }
    text.split_whitespace().collect()
}

#[test]
fn each_kind_reads_as_it_was_approved() {
    for (kind, content) in notices::one_of_each() {
        let rendered = render(&content);
        golden::compare(&format!("mail/{kind}.txt"), &format!("{}\n\n{}", rendered.subject, rendered.text));
        golden::compare(&format!("mail/{kind}.html"), &rendered.html);
    }
}

#[test]
fn both_formats_say_the_same_facts() {
    for (kind, content) in notices::one_of_each() {
        let rendered = render(&content);
        let html = visible(&rendered.html);
        for line in rendered.text.lines().filter(|line| line.starts_with('　')) {
            let paragraph: String = line.split_whitespace().collect();
            assert!(html.contains(&paragraph), "{kind}: {paragraph}");
        }
        assert!(rendered.text.contains(LINK), "{kind}");
        assert!(html.contains(LINK), "{kind}");
        assert!(rendered.text.contains("本邮件由系统自动发送，请勿直接回复。"), "{kind}");
        assert!(html.contains("本邮件由系统自动发送，请勿直接回复。"), "{kind}");
    }
}

#[test]
fn by_default_no_name_and_no_area_leaves_the_network() {
    for (kind, content) in notices::one_of_each() {
        let Rendered { subject, text, html, .. } = render(&content);
        for part in [subject, text, html] {
            assert!(!part.contains("程立新") && !part.contains("平方米"), "{kind}: {part}");
        }
    }
}

#[test]
fn full_mails_carry_the_texts_alike_in_both_formats() {
    for (kind, mut content) in notices::one_of_each() {
        content.mail_content = MailContent::Full;
        let rendered = render(&content);
        let others =
            [NoticeKind::SelfCheckReturned, NoticeKind::ExtensionDecided, NoticeKind::DeferralDecided];
        let about = |what| kind.as_str().starts_with(what);
        let free_text = ["rectification", "visit", "record", "escalation"].into_iter().any(about)
            || others.contains(&kind);
        assert_eq!(rendered.text.contains("程立新"), free_text, "{kind}");
        assert_eq!(rendered.html.contains("程立新"), free_text, "{kind}");
    }
}

#[test]
fn a_content_kept_as_json_reads_back_as_it_was() {
    for (kind, content) in notices::one_of_each() {
        let json = serde_json::to_value(&content).unwrap();
        assert_eq!(json["matter"]["kind"], kind.as_str());
        assert_eq!(serde_json::from_value::<NoticeContent>(json).unwrap(), content);
    }
}

#[test]
fn markup_in_names_and_reasons_is_only_text() {
    for (kind, mut content) in notices::one_of_each() {
        content.campaign_name = Some(HOSTILE.to_owned());
        content.office = HOSTILE.to_owned();
        content.units = vec![HOSTILE.to_owned()];
        content.mail_content = MailContent::Full;
        let hostile = || HOSTILE.to_owned();
        match &mut content.matter {
            Matter::ScheduleChanged { reason, .. }
            | Matter::SelfCheckReturned { reason, .. }
            | Matter::RectificationReturned { reason, .. }
            | Matter::RectificationReopened { reason, .. }
            | Matter::ExtensionDecided { reason, .. }
            | Matter::DeferralDecided { reason, .. }
            | Matter::RectificationWithdrawn { reason, .. } => *reason = hostile(),
            Matter::RectificationOrdered { order, requirement, .. } => {
                *order = OrderRef { number: hostile(), description: hostile(), ..order.clone() };
                *requirement = hostile();
            }
            Matter::EscalationProposed { facts, .. } | Matter::EscalationSent { facts, .. } => {
                *facts = hostile()
            }
            Matter::RectificationClosed { opinion, .. } => *opinion = hostile(),
            Matter::VisitPlanned { visit, materials } | Matter::VisitChanged { visit, materials, .. } => {
                (visit.team, *materials) = (Some(hostile()), vec![hostile()]);
            }
            Matter::VisitCancelled { reason, .. } => *reason = Some(hostile()),
            Matter::RecordVoided { reason, .. } => *reason = hostile(),
            Matter::CampaignOpened { documents, .. } => *documents = vec![hostile()],
            Matter::SelfCheckOverdue { items } => items[0].unit = hostile(),
            Matter::RectificationOverdue { items } => items[0].order.description = hostile(),
            Matter::AccountInvited(account) | Matter::PasswordReset(account) => account.name = hostile(),
            Matter::SelfCheckAccepted { .. } | Matter::ContactChanged => {}
        }
        let rendered = render(&content);
        assert!(!rendered.html.contains("<script") && !rendered.html.contains("49"), "{kind}");
        assert!(!rendered.html.contains("&amp;lt;") && !rendered.html.contains("&amp;amp;"), "{kind}");
        assert!(rendered.text.contains(HOSTILE), "{kind}");
        let compact: String = HOSTILE.split_whitespace().collect();
        assert!(visible(&rendered.html).contains(&compact), "{kind}: {}", visible(&rendered.html));
    }
}

#[test]
fn a_link_that_is_markup_stays_inside_its_attribute() {
    let (_, content) = notices::one_of_each().remove(0);
    let hostile = "https://x.example/\"><script>";
    let rendered = Renderer::new().unwrap().render(&content, hostile).unwrap();
    assert!(!rendered.html.contains("<script>"));
}

#[test]
fn a_subject_is_one_line() {
    let (_, mut content) = notices::one_of_each().remove(0);
    content.campaign_name = Some("一次\r\nBcc: x@example.com\n巡检".to_owned());
    assert_eq!(render(&content).subject, "关于开展一次 Bcc: x@example.com 巡检的通知");
}

#[test]
fn the_recipient_is_addressed_as_what_they_are() {
    let items = vec![notices::overdue_self_check("墟沟街道办事处", 3)];
    for (audience, salutation, sentence) in [
        (Audience::Unit, "墟沟街道办事处：", "请抓紧完成自查并通过系统报送。"),
        (Audience::UnitLeader, "墟沟街道办事处负责同志：", "请督促本单位抓紧完成自查并通过系统报送。"),
        (Audience::Coordinators, "领导小组办公室各位同志：", "请督促抓紧报送。"),
    ] {
        let text =
            render(&notice(audience, day(8, 9), Matter::SelfCheckOverdue { items: items.clone() })).text;
        assert!(text.starts_with(salutation), "{text}");
        assert!(text.contains(sentence), "{text}");
    }
}

#[test]
fn inspectors_are_told_where_to_go_and_who_is_not_on_a_visit_any_more_that_it_is_taken_over() {
    let planned = Matter::VisitPlanned { visit: notices::visit(), materials: vec![] };
    let text = render(&notice(Audience::Inspectors, day(8, 2), planned)).text;
    assert!(text.starts_with("专项巡检小组各位同志："), "{text}");
    assert!(text.contains("请于2023年8月9日（星期三）9:00到墟沟街道办事处开展实地巡检。"), "{text}");
    let gone = Matter::VisitCancelled { visit: notices::visit(), reason: None };
    let text = render(&notice(Audience::Inspectors, day(8, 2), gone)).text;
    assert!(text.contains("已由其他同志承担"), "{text}");
}

#[test]
fn a_mail_about_several_units_names_each() {
    let items = notices::overdue_orders(50);
    for audience in [Audience::Unit, Audience::UnitLeader, Audience::Coordinators] {
        let mut content = notice(audience, day(9, 11), Matter::RectificationOverdue { items: items.clone() });
        content.units =
            vec!["墟沟街道办事处".to_owned(), "前三岛乡人民政府".to_owned(), LONG_UNIT.to_owned()];
        let rendered = render(&content);
        for item in &items {
            let line = rendered.text.lines().find(|line| line.contains(&item.order.number)).unwrap();
            assert!(line.contains(&item.unit), "{line}");
        }
        let of_long_unit = items.iter().filter(|item| item.unit == LONG_UNIT).count();
        assert_eq!(rendered.html.matches(LONG_UNIT).count(), of_long_unit, "{audience}");
    }
}

#[test]
fn a_correction_says_that_it_replaces_the_first_order() {
    let matter = Matter::RectificationOrdered {
        order: notices::order(),
        requirement: "x".to_owned(),
        due_on: day(9, 12),
        mode: Mode::Immediate,
        correction_reason: Some("原期限有误".to_owned()),
    };
    let rendered = render(&notice(Audience::Unit, day(8, 15), matter));
    assert_eq!(rendered.subject, "关于更正整改要求的通知（连区巡整改〔2023〕3号）");
    assert!(rendered.text.contains("请以本通知为准"), "{}", rendered.text);
    assert!(rendered.text.contains("立行立改"), "{}", rendered.text);
}

#[test]
fn a_decision_says_what_holds_from_now_on() {
    let refused = Matter::ExtensionDecided {
        order: notices::order(),
        asked_for: day(9, 30),
        approved: false,
        reason: "理由不充分".to_owned(),
        due_on: day(9, 10),
    };
    let text = render(&notice(Audience::Unit, day(9, 8), refused)).text;
    assert!(text.contains("未获批准，整改期限不变") && text.contains("2023年9月10日"), "{text}");
    let resumed = Matter::DeferralDecided {
        order: notices::order(),
        reason: "整体维修".to_owned(),
        approval: "会议纪要".to_owned(),
        review_on: day(12, 31),
        resumed_until: Some(day(11, 30)),
    };
    let rendered = render(&notice(Audience::Unit, day(11, 1), resumed));
    assert_eq!(rendered.subject, "关于恢复整改有关问题的通知（连区巡整改〔2023〕3号）");
    assert!(rendered.text.contains("请于2023年11月30日"), "{}", rendered.text);
}

#[test]
fn every_phase_and_every_item_has_its_term() {
    for kind in PhaseKind::ALL {
        let phase = Phase { kind: *kind, starts_on: day(8, 7), ends_on: day(8, 11) };
        let matter = Matter::ScheduleChanged {
            before: phase,
            after: phase,
            reason: "调整".to_owned(),
            own_due_on: None,
        };
        render(&notice(Audience::Unit, day(8, 7), matter));
    }
    for focus_item in FocusItem::ALL {
        let order = OrderRef { focus_item: *focus_item, ..notices::order() };
        let matter = Matter::RectificationWithdrawn { order, reason: "x".to_owned() };
        render(&notice(Audience::Unit, day(8, 7), matter));
    }
}
