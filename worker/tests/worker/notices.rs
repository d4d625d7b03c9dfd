//! One notice of each kind, as the tests send it. Names of officials are made up.

use chrono::{Days, NaiveTime};
use shared::domain::actor::Role;
use shared::domain::date::Date;
use shared::domain::escalation::EscalationKind;
use shared::domain::focus_item::FocusItem;
use shared::domain::form::FormKind;
use shared::domain::notice::{Audience, NoticeKind};
use shared::domain::notice_content::{
    AccountRef, MailContent, Matter, NoticeContent, OrderRef, OverdueOrder, OverdueSelfCheck, VisitRef,
    VisitTime,
};
use shared::domain::phase::{Phase, PhaseKind};
use shared::domain::rectification::Mode;

/// A text that must never be taken for markup.
pub const HOSTILE: &str = "<script>alert(1)</script> & \"引号\" {{ 7 * 7 }} </td></table>";
/// As long as a unit's name gets.
pub const LONG_UNIT: &str =
    "连云港市连云区人民政府机关事务管理中心办公用房专项巡检工作领导小组办公室服务保障科";

pub fn day(month: u32, day: u32) -> Date {
    Date::new(2023, month, day).unwrap()
}

pub fn notice(audience: Audience, written_on: Date, matter: Matter) -> NoticeContent {
    NoticeContent {
        campaign_name: Some("2023年连云区党政机关办公用房专项巡检".to_owned()),
        document_number: Some("连区政办发〔2023〕56号".to_owned()),
        audience,
        units: vec!["墟沟街道办事处".to_owned()],
        office: "区专项巡检工作领导小组办公室".to_owned(),
        written_on,
        mail_content: MailContent::LinkOnly,
        matter,
    }
}

pub fn order() -> OrderRef {
    OrderRef {
        number: "连区巡整改〔2023〕3号".to_owned(),
        focus_item: FocusItem::LeaderOffices,
        description: "302室由程立新一人使用，实测26.40平方米，超出标准。".to_owned(),
    }
}

/// Orders that are overdue on 11 September, most overdue first.
pub fn overdue_orders(count: u32) -> Vec<OverdueOrder> {
    let order = |n: u32| OverdueOrder {
        unit: ["墟沟街道办事处", "前三岛乡人民政府", LONG_UNIT][n as usize % 3].to_owned(),
        order: OrderRef { number: format!("连区巡整改〔2023〕{n}号"), ..order() },
        due_on: day(9, 11) - Days::new((count + 1 - n).into()),
        overdue_days: (count + 1 - n).into(),
    };
    (1..=count).map(order).collect()
}

fn phase(kind: PhaseKind, starts_on: Date, ends_on: Date) -> Phase {
    Phase { kind, starts_on, ends_on }
}

/// A visit in the morning of 9 August.
pub fn visit() -> VisitRef {
    VisitRef {
        id: "01890a5d-ac96-774b-bcce-b302099a8057".parse().unwrap(),
        sequence: 1,
        starts_at: serde_json::from_str("\"2023-08-09T01:00:00Z\"").unwrap(),
        time: visit_time(9),
        team: Some("第一组".to_owned()),
        inspectors: vec!["程立新".to_owned()],
        address: Some("连云港市连云区墟沟街道".to_owned()),
    }
}

pub fn visit_time(on: u32) -> VisitTime {
    VisitTime { on: day(8, on), at: NaiveTime::from_hms_opt(9, 0, 0).unwrap() }
}

/// Every kind, each to whom it is told first, with its day.
pub fn one_of_each() -> Vec<(NoticeKind, NoticeContent)> {
    let on_site = phase(PhaseKind::OnSite, day(8, 7), day(8, 11));
    let opened = Matter::CampaignOpened {
        phases: vec![
            phase(PhaseKind::SelfCheck, day(7, 31), day(8, 6)),
            on_site,
            phase(PhaseKind::Summary, day(8, 12), day(8, 20)),
        ],
        self_check_due_on: Some(day(8, 6)),
        documents: vec![
            "关于印发连云区党政机关办公用房专项巡检方案的通知".to_owned(),
            "附件2 连云区党政机关办公用房专项巡检记录表".to_owned(),
        ],
    };
    let changed = Matter::ScheduleChanged {
        before: on_site,
        after: phase(PhaseKind::OnSite, day(8, 9), day(8, 15)),
        reason: "受台风影响，实地巡检顺延。".to_owned(),
        own_due_on: None,
    };
    let self_check_returned = Matter::SelfCheckReturned {
        reason: "第五项未填写程立新办公室的使用面积。".to_owned(),
        due_on: Some(day(8, 10)),
    };
    let materials = vec!["租用审批文件".to_owned(), "办公用房平面图".to_owned()];
    let visit_planned = Matter::VisitPlanned { visit: visit(), materials: materials.clone() };
    let visit_changed = Matter::VisitChanged { visit: visit(), before: Some(visit_time(8)), materials };
    let visit_cancelled = Matter::VisitCancelled {
        visit: visit(),
        reason: Some("程立新同志当日参加防汛。".to_owned()),
    };
    let record_voided = Matter::RecordVoided {
        form: FormKind::Inspection,
        sealed_on: day(8, 9),
        reason: "程立新同志职务有误，另行制作。".to_owned(),
    };
    let ordered = Matter::RectificationOrdered {
        order: order(),
        requirement: "请将程立新的办公室调整到18平方米以内。".to_owned(),
        due_on: day(9, 10),
        mode: Mode::Planned,
        correction_reason: None,
    };
    let returned = Matter::RectificationReturned {
        order: order(),
        reason: "未附程立新办公室的复测记录。".to_owned(),
        due_on: day(9, 20),
    };
    let reopened = Matter::RectificationReopened {
        order: order(),
        reason: "回头看发现程立新办公室又占用302室，合计26.40平方米。".to_owned(),
        due_on: day(10, 20),
    };
    let extended = Matter::ExtensionDecided {
        order: order(),
        asked_for: day(9, 30),
        approved: true,
        reason: "程立新办公室涉及档案搬迁，情况属实，同意延期。".to_owned(),
        due_on: day(9, 30),
    };
    let deferred = Matter::DeferralDecided {
        order: order(),
        reason: "程立新所在办公楼整体维修，竣工后一并调整。".to_owned(),
        approval: "领导小组2023年9月5日会议纪要".to_owned(),
        review_on: day(12, 31),
        resumed_until: None,
    };
    let proposed = Matter::EscalationProposed {
        escalation: EscalationKind::Discipline,
        addressee: "区纪委监委".to_owned(),
        facts: "程立新办公室实测26.40平方米，经两次退回仍未调整。".to_owned(),
    };
    let escalated = Matter::EscalationSent {
        escalation: EscalationKind::Discipline,
        addressee: "区纪委监委".to_owned(),
        facts: "程立新办公室实测26.40平方米，经两次退回仍未调整。".to_owned(),
    };
    let closed = Matter::RectificationClosed {
        order: order(),
        closed_on: day(9, 21),
        opinion: "复测程立新办公室17.60平方米，同意销号。".to_owned(),
    };
    let withdrawn = Matter::RectificationWithdrawn {
        order: order(),
        reason: "程立新已于8月调离，办公室已收回。".to_owned(),
    };
    [
        (day(7, 31), opened),
        (day(8, 4), changed),
        (day(8, 7), Matter::SelfCheckOverdue { items: vec![overdue_self_check("墟沟街道办事处", 1)] }),
        (day(8, 8), self_check_returned),
        (day(8, 8), Matter::SelfCheckAccepted { submitted_on: day(8, 7), late: true, problems: 2 }),
        (day(8, 2), visit_planned),
        (day(8, 7), visit_changed),
        (day(8, 8), visit_cancelled),
        (day(8, 10), record_voided),
        (day(8, 14), ordered),
        (day(9, 11), Matter::RectificationOverdue { items: overdue_orders(1) }),
        (day(9, 12), returned),
        (day(10, 9), reopened),
        (day(9, 21), closed),
        (day(9, 5), withdrawn),
        (day(9, 8), extended),
        (day(9, 6), deferred),
        (day(9, 25), proposed),
        (day(9, 27), escalated),
    ]
    .map(|(written_on, matter)| {
        let audience = match matter.told_to() {
            [Audience::Leaders] => Audience::Leaders,
            [Audience::Discipline] => Audience::Discipline,
            _ => Audience::Unit,
        };
        (matter.kind(), notice(audience, written_on, matter))
    })
    .into_iter()
    .chain(outside_campaigns())
    .collect()
}

/// The kinds that belong to no campaign.
fn outside_campaigns() -> Vec<(NoticeKind, NoticeContent)> {
    let account = AccountRef {
        name: "墟沟街道联络员".to_owned(),
        username: "xugou-2".to_owned(),
        roles: vec![Role::Liaison, Role::Inspector],
        valid_hours: 72,
    };
    [
        (Audience::Person, Matter::AccountInvited(account.clone())),
        (Audience::Person, Matter::PasswordReset(account)),
        (Audience::Unit, Matter::ContactChanged),
    ]
    .map(|(audience, matter)| {
        let content = notice(audience, day(8, 1), matter);
        let content = NoticeContent { campaign_name: None, document_number: None, ..content };
        (content.matter.kind(), content)
    })
    .into()
}

pub fn overdue_self_check(unit: &str, overdue_days: i64) -> OverdueSelfCheck {
    OverdueSelfCheck { unit: unit.to_owned(), due_on: day(8, 6), overdue_days }
}
