//! Whoever is known stands in no public text, however the name is spelt, and ordinary words stay.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::domain::report::tests::{any_day, any_lists, compiled};
use crate::domain::report::{Lists, Section, Texts};
use crate::domain::text::TextEnum;

/// A text as it is published where these persons are known.
fn published(text: &str, persons: &Persons) -> String {
    let texts = Texts { written: [(Section::Work, text.to_owned())].into(), ..Texts::default() };
    let snapshot = compiled(Lists::default(), "2023-08-20".parse().unwrap(), texts);
    snapshot.public(Id::new(), persons.clone()).unwrap().texts.written[&Section::Work].clone()
}

fn known(names: &[&str]) -> Persons {
    Persons { names: names.iter().map(|name| (*name).to_owned()).collect(), ..Persons::default() }
}

/// The texts below a value, without the names of units and of what the service itself says.
fn texts(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone() + "\n",
        Value::Array(items) => items.iter().map(texts).collect(),
        Value::Object(members) => members.values().map(texts).collect(),
        _ => String::new(),
    }
}

/// What people put between the characters of a name, or leave out there.
fn separator() -> impl Strategy<Value = String> {
    let some = [
        "", " ", "\u{3000}", "\n", "\r\n", "\t", "\u{200b}", "\u{feff}", "\u{2060}", "\u{ad}", "\u{a0}", "·",
        "•", "・", "．", "‧", "･", ".", " · ",
    ];
    prop::sample::select(some.to_vec()).prop_map(str::to_owned)
}

/// A name with something between each two of its characters.
fn spelt(name: &'static str) -> impl Strategy<Value = String> {
    let length = name.chars().count();
    prop::collection::vec(separator(), length).prop_map(move |between| {
        let pieces = name.chars().zip(between).enumerate();
        pieces
            .map(|(at, (c, between))| if at + 1 < length { format!("{c}{between}") } else { c.to_string() })
            .collect()
    })
}

proptest! {
    #[test]
    fn a_name_is_masked_however_it_is_spelt(
        one in spelt("云朵"), other in spelt("阿依古丽买买提"), accented in spelt("José"),
    ) {
        let persons = known(&["云朵", "阿依古丽·买买提", "Jose\u{301}"]);
        let text = format!("经{one}同志报告，{other}与{accented}参加。");
        prop_assert_eq!(published(&text, &persons), "经某同志报告，某同志与某同志参加。");
    }

    #[test]
    fn the_public_edition_names_nobody_whom_its_lists_name(lists in any_lists(), as_of in any_day()) {
        let texts_of_report = Texts {
            written: Section::ALL.iter().map(|section| (*section, "艾祎同志、艾 喆和丁一堃参加。".to_owned())).collect(),
            addressee: Some("丁一堃".to_owned()),
            signer: Some("艾\u{3000}祎".to_owned()),
            ..Texts::default()
        };
        let full = compiled(lists, as_of, texts_of_report);
        let public = full.public(Id::new(), known(&["艾祎", "艾喆", "丁一堃"])).unwrap();
        let text = texts(&json!(public));
        for name in ["艾祎", "艾喆", "艾 喆", "丁一", "堃", "同志同志"] {
            prop_assert!(!text.contains(name), "{} in {}", name, text);
        }
        prop_assert_eq!(public.lists.escalations.len(), 0);
        prop_assert!(public.lists.leader_offices.iter().all(|row| row.place.is_none()));
    }

    #[test]
    fn any_text_is_masked_without_harm(text in any::<String>()) {
        let masked = published(&text, &known(&["云朵"]));
        prop_assert_eq!(published(&masked, &known(&["云朵"])), masked);
    }
}

#[test]
fn numbers_to_call_and_addresses_are_masked_as_people_write_them() {
    for (text, public) in [
        ("联系人电话13800138000。", "联系人电话某电话。"),
        ("电话：138 0013 8000，请联系", "电话：某电话，请联系"),
        ("手机138-0013-8000", "手机某电话"),
        ("手机１３８００１３８０００", "手机某电话"),
        ("手机1 3 8 0 0 1 3 8 0 0 0", "手机某电话"),
        ("手机138\u{200b}00138000", "手机某电话"),
        ("一三八〇〇一三八〇〇〇", "某电话"),
        ("+86 13800138000", "某电话"),
        ("+86-518-82310000", "某电话"),
        ("位于解放路甲8号的办公用房", "位于某地址的办公用房"),
        ("占用3栋2单元501", "占用某室"),
        ("位于解放路8-1号的办公用房", "位于某地址的办公用房"),
        ("占用区政府办公室801", "占用区政府办公室某室"),
        ("值班0518-82310000转8101", "值班某电话"),
        ("（0518）8231 0000", "某电话"),
        ("请拨打8231-0000反映", "请拨打某电话反映"),
        ("有关情况见82310000", "有关情况见某电话"),
        ("邮箱qian@example.cn、ＱＩＡＮ＠ｅｘａｍｐｌｅ．ｃｎ", "邮箱某邮箱、某邮箱"),
        ("证件320703198001011234", "证件某号码"),
        ("位于海棠中路18号3号楼305室的办公用房", "位于某地址的办公用房"),
        ("占用综合楼801室、B12室", "占用综合楼某室、某室"),
        ("占用301、302办公室", "占用某室"),
    ] {
        assert_eq!(published(text, &Persons::default()), public);
    }
}

#[test]
fn what_only_looks_like_it_stays() {
    for text in [
        "应报自查材料单位43家，已报41家，2023年8月6日前完成，整改率95.3%（41/43）。",
        "连区政办发〔2023〕56号、（2019）139号",
        "自20230731至20230806，2023-2024年度，2023—2024年",
        "建筑面积12345.67平方米，资金1234567元",
        "不动产权第0012345号，苏（2023）连云区不动产权第0012345号",
        "12人、20间、3层、6间办公用房，使用面积120平方米，320房屋",
        "墟沟街道办事处2023年第3号文件",
        "租用企业办公用房300平方米",
        "2栋1200平方米",
        "办公室300平方米，办公楼2015年建成",
    ] {
        assert_eq!(published(text, &Persons::default()), text);
    }
}

#[test]
fn a_post_of_one_person_is_masked_and_one_that_several_hold_stays() {
    let holding = |unit: &str, post: &str, person: &str| Holding {
        unit: unit.to_owned(),
        post: post.to_owned(),
        person: person.to_owned(),
    };
    let persons = Persons {
        holdings: [
            holding("区政府办公室", "区长", "云向东"),
            holding("区政府办公室", "副区长", "云向西"),
            holding("区政府办公室", "副区长", "云向南"),
        ]
        .into(),
        ..Persons::default()
    };
    for (text, public) in [
        ("区长办公室超标", "某职务办公室超标"),
        ("副区长办公室超标", "副区长办公室超标"),
        ("社区长期闲置", "社区长期闲置"),
        ("任区长期间", "任某职务期间"),
    ] {
        assert_eq!(published(text, &persons), public);
    }
}

#[test]
fn a_field_that_holds_more_than_a_name_is_read_for_the_name() {
    let mut persons =
        known(&["云朵（区财政局联络员）", "区财政局（海小满）", "明知秋、江晚晴 13900139000", "车喆同志"]);
    persons.bodies = ["区财政局".to_owned()].into();
    let text = "云朵、海小满、明知秋、江晚晴、车喆参加，区财政局联络员报告。";
    assert_eq!(published(text, &persons), "某同志、某同志、某同志、某同志、某同志参加，区财政局联络员报告。");
}

#[test]
fn a_name_is_told_from_the_post_it_is_written_with() {
    let persons = known(&["独孤信主任", "书记 澹台明", "宰父黑\u{3000}副局长", "阿依古丽•买买提"]);
    for (text, public) in [
        ("独孤信、澹台明、宰父黑、阿依古丽参加。", "某同志、某同志、某同志、某同志参加。"),
        ("主任、书记和副局长参加。", "主任、书记和副局长参加。"),
    ] {
        assert_eq!(published(text, &persons), public);
    }
    let persons =
        known(&["李小红 办公室", "郑一鸣 财政局联络员", "周九如-财政局", "吴十郎_财政局", "冯二虎｜商务局"]);
    let text = "李小红、郑一鸣、周九如、吴十郎、冯二虎参加，财政局办公室报告。";
    assert_eq!(published(text, &persons), "某同志、某同志、某同志、某同志、某同志参加，财政局办公室报告。");
    let mut shared = known(&["街道主任", "值班主任", "区财政局局长"]);
    shared.bodies = ["墟沟街道办事处".to_owned(), "区财政局".to_owned()].into();
    let text = "街道和区财政局的值班室";
    assert_eq!(published(text, &shared), text);
}

#[test]
fn of_several_posts_in_one_field_each_is_a_post() {
    let holding = |post: &str, person: &str| Holding {
        unit: "区政府办公室".to_owned(),
        post: post.to_owned(),
        person: person.to_owned(),
    };
    let persons = Persons {
        holdings: [
            holding("党组书记、局长", "云向东"),
            holding("党组成员、副局长", "云向西"),
            holding("党组成员/副局长", "云向南"),
            holding("机关党委书记 二级调研员", "云向上"),
            holding("工作人员", "云向北"),
        ]
        .into(),
        ..Persons::default()
    };
    let text = "党组书记，局长、副局长和党组成员、二级调研员、工作人员";
    assert_eq!(published(text, &persons), "某职务，某职务、副局长和党组成员、某职务、工作人员");
}

#[test]
fn a_known_room_is_masked_and_a_number_that_counts_or_dates_something_stays() {
    let rooms = ["综合楼801室", "综合楼 ８０２", "行政中心A座B12"].map(str::to_owned);
    let persons = Persons { rooms: rooms.into(), ..Persons::default() };
    for (text, public) in [
        ("区政府办公室／801", "区政府办公室／某室"),
        ("现占用综合楼８０１室", "现占用某室"),
        ("原在802办公，后迁至B12", "原在某室办公，后迁至某室"),
    ] {
        assert_eq!(published(text, &persons), public);
    }
    let text = "801家、802平方米、801余个、〔2023〕801号、第802号、1801、802.5";
    assert_eq!(published(text, &persons), text);
}

#[test]
fn whatever_dot_a_long_name_is_written_with_its_parts_are_names() {
    for dot in ["·", "•", "・", "．", "‧", "･", ".", "⋅", "∙", "●", "ꞏ"] {
        let persons = known(&[&format!("阿依古丽{dot}买买提")]);
        assert_eq!(published("阿依古丽参加，买买提请假。", &persons), "某同志参加，某同志请假。", "{dot}");
    }
    for dash in ["-", "—", "－", "‐", "～", "_", "｜"] {
        let persons = known(&[&format!("周九如{dash}区财政局")]);
        assert_eq!(published("周九如参加。", &persons), "某同志参加。", "{dash}");
    }
}

#[test]
fn a_number_that_the_records_hold_is_masked_however_short_it_is() {
    let phones = ["668123", "8101、（内线）8102", "0518-8231 0000"].map(str::to_owned);
    let persons = Persons { phones: phones.into(), ..Persons::default() };
    let text = "短号668123，内线８１０１或81-02，值班051882310000";
    assert_eq!(published(text, &persons), "短号某电话，内线某电话或某电话，值班某电话");
    let text = "668123元、8101平方米、6681234567、8102.5";
    assert_eq!(published(text, &persons), text);
}

#[test]
fn what_stands_where_nobody_is_named_is_no_person() {
    let mut persons = known(&["负责人", "区财政局", "财政局", "同上", "云朵"]);
    persons.bodies = ["区财政局".to_owned()].into();
    persons.add_accounts(["巡检办", "系统管理员", "海小满"].map(str::to_owned));
    let text = "区财政局主要负责人、巡检办系统管理员、云朵和海小满参加，各财政局同上。";
    assert_eq!(
        published(text, &persons),
        "区财政局主要负责人、巡检办系统管理员、某同志和某同志参加，各财政局同上。"
    );
}

#[test]
fn a_body_keeps_its_name_and_an_account_of_that_name_is_no_person() {
    let mut persons = known(&["海滨"]);
    persons.bodies = ["海滨旅游度假区管理委员会".to_owned(), "区财政局".to_owned()].into();
    persons.addresses = ["连云区海棠大厦".to_owned()].into();
    persons.add_accounts(["财政局", "旅游度假区管理委员会", "云朵"].map(str::to_owned));
    assert_eq!(persons.names, ["海滨".to_owned(), "云朵".to_owned()].into());
    let text = "海滨旅游度假区管理委员会、区财政局在连云区 海棠大厦，海滨、云朵参加。";
    assert_eq!(published(text, &persons), "海滨旅游度假区管理委员会、区财政局在某地址，某同志、某同志参加。");
}
