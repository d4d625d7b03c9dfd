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

/// Every list, each in dropdown order.
pub const WORDS: &[Word] = &[
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
];

/// The official Chinese term of a word, `None` where the list lacks it.
pub fn zh(list: &str, code: &str) -> Option<&'static str> {
    WORDS.iter().find(|word| word.list == list && word.code == code).map(|word| word.zh)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::text::TextEnum;
    use crate::domain::{answer, finding, focus_item, measure, phase, rectification, self_check, unit};

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
        assert_complete::<finding::Severity>("severity");
        assert_complete::<finding::FindingSource>("finding_source");
        assert_complete::<finding::FindingStatus>("finding_status");
        assert_complete::<rectification::Mode>("mode");
        assert_complete::<rectification::RectificationStatus>("rectification_status");
        assert_complete::<measure::MeasureStatus>("measure_status");
    }
}
