//! The official words of the closed lists: one catalogue for answers, mails and documents.

/// A word of a closed list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Word {
    /// The list's name.
    pub list: &'static str,
    /// The word as it stands in JSON.
    pub code: &'static str,
    /// The official Chinese term.
    pub zh: &'static str,
    /// English, for those who build front ends.
    pub en: &'static str,
}

const fn word(list: &'static str, code: &'static str, zh: &'static str, en: &'static str) -> Word {
    Word { list, code, zh, en }
}

/// Who signs a campaign's notices where the campaign names nobody else (落款).
pub const OFFICE: &str = "巡检工作领导小组办公室";

/// What the numbers of rectification orders begin with where the campaign says nothing else.
pub const ORDER_PREFIX: &str = "办公用房整改";

/// To whom an escalation goes where it names nobody else, by the plan of 2023 (五、巡检要求（三）).
pub const GOVERNMENT: &str = "地方党委、政府";
pub const DISCIPLINE: &str = "区纪委监委";

/// Every list, each in dropdown order.
pub const WORDS: &[Word] = &[
    word("role", "admin", "系统管理员", "administrator"),
    word("role", "coordinator", "领导小组办公室", "leading group's office"),
    word("role", "leader", "领导小组", "leading group"),
    word("role", "inspector", "专项巡检小组", "inspection team"),
    word("role", "liaison", "联络员", "unit's liaison"),
    word("role", "discipline", "区纪委监委", "discipline commission"),
    word("service_account_status", "active", "启用", "active"),
    word("service_account_status", "revoked", "注销", "revoked"),
    word("account_status", "active", "启用", "active"),
    word("account_status", "disabled", "停用", "disabled"),
    word("unit_status", "active", "正常", "active"),
    word("unit_status", "merged", "已并入", "merged"),
    word("unit_status", "dissolved", "已撤销", "dissolved"),
    word("standard_class", "central", "中央机关", "central"),
    word("standard_class", "provincial", "省级机关", "provincial"),
    word("standard_class", "municipal", "市级机关", "municipal"),
    word("standard_class", "county", "县级机关", "county"),
    word("standard_class", "township", "乡级机关", "township"),
    word("campaign_status", "draft", "起草", "draft"),
    word("campaign_status", "open", "进行中", "open"),
    word("campaign_status", "closed", "已结束", "closed"),
    word("mail_content", "link_only", "仅含事项和链接", "matter and link only"),
    word("mail_content", "full", "含具体内容", "full text"),
    word("group_position", "head", "组长", "head"),
    word("group_position", "deputy_head", "副组长", "deputy head"),
    word("group_position", "member", "成员", "member"),
    word("group_position", "office_director", "领导小组办公室主任", "director of the office"),
    word("warning_kind", "no_address", "没有可用的电子邮箱", "no address"),
    word("warning_kind", "no_limit", "面积标准未配置", "no area limit configured"),
    word("unit_kind", "subdistrict", "街道办事处", "sub-district office"),
    word("unit_kind", "township", "乡镇人民政府", "township government"),
    word("unit_kind", "functional_zone", "功能板块", "functional zone"),
    word("unit_kind", "department", "区委办局", "district department"),
    word("unit_kind", "direct_unit", "区直属单位", "unit directly under the district"),
    word("focus_item", "look_back", "违规兴建楼堂馆所整改“回头看”", "look-back on illegally built premises"),
    word("focus_item", "ownership", "权属管理", "title"),
    word("focus_item", "technical_rooms", "技术业务用房使用", "use of technical rooms"),
    word("focus_item", "leasing", "租用", "leasing"),
    word("focus_item", "occupancy", "党政机关办公用房使用", "use of Party and government offices"),
    word("focus_item", "leader_offices", "领导干部办公用房", "leaders' offices"),
    word("focus_item", "other", "其他情况", "other"),
    word("phase_kind", "self_check", "自查自纠", "self-check"),
    word("phase_kind", "on_site", "实地巡检", "on-site inspection"),
    word("phase_kind", "summary", "汇总反馈", "summary"),
    word("phase_kind", "rectification", "问题整改", "rectification"),
    word("self_check_status", "not_started", "未填报", "not started"),
    word("self_check_status", "draft", "填报中", "draft"),
    word("self_check_status", "submitted", "已提交", "submitted"),
    word("self_check_status", "returned", "退回", "returned"),
    word("self_check_status", "accepted", "审核通过", "accepted"),
    word("self_check_status", "excused", "免报", "excused"),
    word("answer_result", "none", "无此情况", "none"),
    word("answer_result", "found", "存在问题", "found"),
    word("answer_result", "not_applicable", "不适用", "not applicable"),
    word("visit_status", "planned", "待巡检", "planned"),
    word("visit_status", "done", "已巡检", "done"),
    word("visit_status", "cancelled", "已取消", "cancelled"),
    word("form_kind", "inspection", "专项巡检记录表", "inspection record"),
    word(
        "form_kind",
        "leader_office_sheet",
        "领导干部办公用房配备使用情况现场检查记录表",
        "leader-office sheet",
    ),
    word("form_status", "draft", "填写中", "draft"),
    word("form_status", "signing", "待签字", "waiting for signatures"),
    word("form_status", "sealed", "已签封", "sealed"),
    word("form_status", "void", "作废", "void"),
    word("side", "inspector", "巡检人员", "inspection team"),
    word("side", "unit", "被巡检单位参加人员", "inspected unit"),
    word("medium", "account", "账号签字", "by account"),
    word("medium", "image", "手写签字", "by hand on the device"),
    word("medium", "paper", "纸质签字", "on paper"),
    word("form_supplement_kind", "supplement", "补充记录", "supplement"),
    word("form_supplement_kind", "objection", "异议", "objection"),
    word("inspection_method", "hear_report", "听取汇报", "hearing the unit's report"),
    word("inspection_method", "on_site_check", "现场核查", "looking at the rooms"),
    word("inspection_method", "interview", "座谈了解", "talking with people"),
    word("inspection_method", "review_ledgers", "查阅台账资料", "reading the ledgers"),
    word("inspection_method", "measure", "现场测量", "measuring"),
    word("item_result", "none", "未发现问题", "no problem"),
    word("item_result", "found", "发现问题", "problem"),
    word("item_result", "not_checked", "未检查", "not looked at"),
    word("severity", "minor", "轻微", "minor"),
    word("severity", "general", "一般", "general"),
    word("severity", "serious", "严重", "serious"),
    word("finding_source", "self_check", "自查发现", "self-check"),
    word("finding_source", "inspection", "实地巡检发现", "inspection"),
    word("finding_source", "screening", "数据筛查", "screening"),
    word("finding_source", "carried_over", "以往遗留", "carried over"),
    word("finding_source", "other", "其他来源", "other"),
    word("finding_status", "draft", "待确认", "draft"),
    word("finding_status", "open", "待整改", "open"),
    word("finding_status", "rectifying", "整改中", "rectifying"),
    word("finding_status", "closed", "已整改", "closed"),
    word("finding_status", "merged", "合并", "merged"),
    word("finding_status", "void", "作废", "void"),
    word("mode", "immediate", "立行立改", "immediate"),
    word("mode", "planned", "按计划整改", "planned"),
    word("rectification_status", "drafted", "拟制", "drafted"),
    word("rectification_status", "ordered", "已下达", "ordered"),
    word("rectification_status", "in_progress", "整改中", "in progress"),
    word("rectification_status", "submitted", "待复核", "submitted"),
    word("rectification_status", "returned", "退回", "returned"),
    word("rectification_status", "closed", "销号", "closed"),
    word("rectification_status", "reopened", "重新整改", "reopened"),
    word("rectification_status", "deferred", "经批准暂缓整改", "deferred"),
    word("rectification_status", "withdrawn", "撤回", "withdrawn"),
    word("measure_status", "planned", "计划中", "planned"),
    word("measure_status", "done", "已完成", "done"),
    word("measure_status", "dropped", "取消", "dropped"),
    word("timing", "early", "提前", "early"),
    word("timing", "on_time", "按时", "on time"),
    word("timing", "late", "逾期", "late"),
    word("material_state", "have", "有", "have"),
    word("material_state", "none", "无", "none"),
    word("material_state", "not_applicable", "不适用", "not applicable"),
    word("misreporting", "none", "无", "none"),
    word("misreporting", "omission", "漏报", "omission"),
    word("misreporting", "concealment", "瞒报", "concealment"),
    word("misreporting", "falsification", "弄虚作假", "falsification"),
    word("escalation_kind", "government", "通报地方党委、政府", "told to Party committee and government"),
    word("escalation_kind", "discipline", "报区纪委监委问责", "reported to the discipline commission"),
    word("escalation_status", "proposed", "拟提请", "proposed"),
    word("escalation_status", "approved", "已批准", "approved"),
    word("escalation_status", "rejected", "未批准", "rejected"),
    word("escalation_status", "sent", "已报送", "sent"),
    word("escalation_status", "concluded", "已办结", "concluded"),
    word("escalation_status", "withdrawn", "撤回", "withdrawn"),
    word("room_kind", "office", "办公室", "office"),
    word("room_kind", "rest", "休息室", "rest room"),
    word("room_kind", "toilet", "卫生间", "toilet"),
    word("room_kind", "meeting", "会议室", "meeting room"),
    word("verdict", "within", "未超标", "within the limit"),
    word("verdict", "over", "超标", "over the limit"),
    word("verdict", "not_configured", "标准未配置", "no limit configured"),
    word("verdict", "not_applicable", "不适用", "not applicable"),
    word("assessment_basis", "measured", "实测", "as measured"),
    word("assessment_basis", "declared", "自报", "as declared"),
    word("assessment_code", "over_area", "超标", "over the limit"),
    word("assessment_code", "limit_not_configured", "标准未配置", "no limit configured"),
    word("assessment_code", "shared_rooms_divided", "合用分摊", "shared rooms divided"),
    word("setting", "shared_rooms_divided", "合用房间按人数分摊", "shared rooms are divided"),
    word("setting", "area_tolerance", "面积允许偏差", "tolerance of areas"),
    word(
        "setting",
        "self_check_tolerance",
        "自查与实测允许差异",
        "tolerance between self-check and measurement",
    ),
    word("notice_kind", "campaign_opened", "巡检启动通知", "campaign opened"),
    word("notice_kind", "schedule_changed", "时间安排调整通知", "schedule changed"),
    word("notice_kind", "self_check_overdue", "自查逾期提醒", "self-check overdue"),
    word("notice_kind", "self_check_returned", "自查退回通知", "self-check returned"),
    word("notice_kind", "self_check_accepted", "自查审核通过通知", "self-check accepted"),
    word("notice_kind", "visit_planned", "实地巡检通知", "visit planned"),
    word("notice_kind", "visit_changed", "实地巡检调整通知", "visit changed"),
    word("notice_kind", "visit_cancelled", "实地巡检取消通知", "visit cancelled"),
    word("notice_kind", "record_voided", "巡检记录作废通知", "record made void"),
    word("notice_kind", "rectification_ordered", "整改通知", "rectification ordered"),
    word("notice_kind", "rectification_overdue", "整改逾期提醒", "rectification overdue"),
    word("notice_kind", "rectification_returned", "整改退回通知", "rectification returned"),
    word("notice_kind", "rectification_reopened", "重新整改通知", "rectification taken up again"),
    word("notice_kind", "rectification_closed", "整改销号通知", "rectification closed"),
    word("notice_kind", "rectification_withdrawn", "整改撤回通知", "rectification withdrawn"),
    word("notice_kind", "extension_decided", "整改延期审批通知", "extension decided"),
    word("notice_kind", "deferral_decided", "暂缓整改决定通知", "deferral decided"),
    word("notice_kind", "account_invited", "账号开通通知", "account invited"),
    word("notice_kind", "password_reset", "密码重置通知", "password reset"),
    word("notice_kind", "contact_changed", "联系邮箱变更通知", "address changed"),
    word("notice_kind", "escalation_proposed", "提请审定通知", "escalation proposed"),
    word("notice_kind", "escalation_sent", "问责建议报送通知", "escalation sent"),
    word("audience", "unit", "单位", "unit"),
    word("audience", "unit_leader", "单位负责同志", "unit's leader"),
    word("audience", "coordinators", "领导小组办公室", "leading group's office"),
    word("audience", "person", "本人", "account's holder"),
    word("audience", "leaders", "领导小组", "leading group"),
    word("audience", "discipline", "区纪委监委", "discipline commission"),
    word("audience", "inspectors", "巡检人员", "inspectors of the visit"),
    word("notice_status", "pending", "待发送", "pending"),
    word("notice_status", "sending", "发送中", "sending"),
    word("notice_status", "sent", "已发送", "sent"),
    word("notice_status", "written", "已写入文件", "written to a file"),
    word("notice_status", "retrying", "待重发", "retrying"),
    word("notice_status", "failed", "发送失败", "failed"),
    word("notice_status", "undeliverable", "无法送达", "undeliverable"),
    word("notice_status", "cancelled", "已取消", "cancelled"),
    word("attempt_status", "sending", "发送中", "sending"),
    word("attempt_status", "done", "完成", "done"),
    word("attempt_status", "failed", "失败", "failed"),
    word("attempt_status", "unknown", "结果不明", "unknown"),
    word("delivery_channel", "phone", "电话", "telephone"),
    word("delivery_channel", "in_person", "当面", "in person"),
    word("delivery_channel", "paper", "纸质文件", "on paper"),
    word("delivery_channel", "message", "短信或即时消息", "message"),
    word("overtaken", "campaign_closed", "巡检已结束", "campaign closed"),
    word("overtaken", "settled", "事项已办结", "settled"),
    word("overtaken", "redated", "期限已调整", "another due date"),
    word("overtaken", "replaced", "已有新通知", "replaced by a later notice"),
    word("overtaken", "recipient_changed", "联系人已更换", "recipient changed"),
    word("day_kind", "working", "工作日", "working day"),
    word("day_kind", "holiday", "休息日", "day off"),
    word("report_status", "queued", "排队中", "queued"),
    word("report_status", "compiling", "编制中", "being compiled"),
    word("report_status", "ready", "已生成", "ready"),
    word("report_status", "failed", "生成失败", "failed"),
    word("report_status", "cancelled", "已取消", "cancelled"),
    word("report_stage", "reading", "读取数据", "reading the records"),
    word("report_stage", "checking", "核对数据", "checking the figures"),
    word("report_stage", "rendering", "排版", "rendering"),
    word("report_format", "json", "数据文件", "data"),
    word("report_format", "html", "网页", "web page"),
    word("report_format", "pdf", "版式文件", "PDF"),
    word("report_format", "docx", "文字文稿", "Word document"),
    word("report_format", "xlsx", "电子表格", "workbook"),
    word("figure_row_kind", "unit", "单位", "unit"),
    word("figure_row_kind", "leader_office", "领导干部办公用房", "leader office"),
    word("figure_row_kind", "finding", "问题", "problem"),
    word("figure_row_kind", "measure", "整改措施", "measure"),
    word("edition", "full", "全文版", "full"),
    word("edition", "team", "专项巡检小组版", "inspection team"),
    word("edition", "public", "公开版", "public"),
    word("report_section", "work", "巡检工作开展情况", "conduct of the inspection"),
    word("report_section", "premises", "办公用房基本情况", "office space"),
    word(
        "report_section",
        "look_back",
        "违规兴建楼堂馆所整改“回头看”",
        "look-back on illegally built premises",
    ),
    word("report_section", "ownership", "权属管理", "title"),
    word("report_section", "technical_rooms", "技术业务用房使用", "use of technical rooms"),
    word("report_section", "leasing", "租用", "leasing"),
    word("report_section", "occupancy", "党政机关办公用房使用", "use of Party and government offices"),
    word("report_section", "leader_offices", "领导干部办公用房", "leaders' offices"),
    word("report_section", "other", "其他情况", "other"),
    word("report_section", "problems", "发现的主要问题及整改情况", "problems and rectification"),
    word("report_section", "suggestions", "有关建议", "suggestions"),
];

/// The official Chinese term of a word, `None` where the list lacks it.
pub fn zh(list: &str, code: &str) -> Option<&'static str> {
    WORDS.iter().find(|word| word.list == list && word.code == code).map(|word| word.zh)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::text::TextEnum;
    use crate::domain::{
        account, actor, answer, campaign, escalation, finding, focus_item, form, inspection, leader_office,
        measure, notice, notice_content, phase, rectification, report, room, rule_setting, self_check,
        service_account, unit, visit, workday,
    };

    fn assert_complete<T: TextEnum>(list: &str) {
        let words: Vec<_> = WORDS.iter().filter(|word| word.list == list).map(|word| word.code).collect();
        let values: Vec<_> = T::ALL.iter().map(|value| value.as_str()).collect();
        assert_eq!(words, values, "{list}");
    }

    #[test]
    fn every_value_has_its_words_in_the_order_of_its_list() {
        assert_complete::<unit::UnitKind>("unit_kind");
        assert_complete::<focus_item::FocusItem>("focus_item");
        assert_complete::<phase::PhaseKind>("phase_kind");
        assert_complete::<self_check::SelfCheckStatus>("self_check_status");
        assert_complete::<answer::AnswerResult>("answer_result");
        assert_complete::<visit::VisitStatus>("visit_status");
        assert_complete::<form::FormKind>("form_kind");
        assert_complete::<form::FormStatus>("form_status");
        assert_complete::<form::Side>("side");
        assert_complete::<form::Medium>("medium");
        assert_complete::<form::FormSupplementKind>("form_supplement_kind");
        assert_complete::<inspection::InspectionMethod>("inspection_method");
        assert_complete::<inspection::ItemResult>("item_result");
        assert_complete::<finding::Severity>("severity");
        assert_complete::<finding::FindingSource>("finding_source");
        assert_complete::<finding::FindingStatus>("finding_status");
        assert_complete::<rectification::Mode>("mode");
        assert_complete::<rectification::RectificationStatus>("rectification_status");
        assert_complete::<measure::MeasureStatus>("measure_status");
        assert_complete::<actor::Role>("role");
        assert_complete::<account::AccountStatus>("account_status");
        assert_complete::<service_account::ServiceAccountStatus>("service_account_status");
        assert_complete::<unit::UnitStatus>("unit_status");
        assert_complete::<unit::StandardClass>("standard_class");
        assert_complete::<notice_content::MailContent>("mail_content");
        assert_complete::<campaign::GroupPosition>("group_position");
        assert_complete::<campaign::WarningKind>("warning_kind");
        assert_complete::<phase::Timing>("timing");
        assert_complete::<answer::MaterialState>("material_state");
        assert_complete::<finding::Misreporting>("misreporting");
        assert_complete::<escalation::EscalationKind>("escalation_kind");
        assert_complete::<escalation::EscalationStatus>("escalation_status");
        assert_complete::<room::RoomKind>("room_kind");
        assert_complete::<leader_office::Verdict>("verdict");
        assert_complete::<leader_office::Basis>("assessment_basis");
        assert_complete::<leader_office::AssessmentCode>("assessment_code");
        assert_complete::<rule_setting::Setting>("setting");
        assert_complete::<notice::NoticeKind>("notice_kind");
        assert_complete::<notice::Audience>("audience");
        assert_complete::<notice::NoticeStatus>("notice_status");
        assert_complete::<notice::AttemptStatus>("attempt_status");
        assert_complete::<notice::DeliveryChannel>("delivery_channel");
        assert_complete::<notice::Overtaken>("overtaken");
        assert_complete::<workday::DayKind>("day_kind");
        assert_complete::<report::ReportStatus>("report_status");
        assert_complete::<report::ReportStage>("report_stage");
        assert_complete::<report::ReportFormat>("report_format");
        assert_complete::<report::FigureRowKind>("figure_row_kind");
        assert_complete::<report::Edition>("edition");
        assert_complete::<report::Section>("report_section");
    }
}
