//! The compiled report: what it says, in which form, and that it says the same every time.

use std::sync::Arc;

use shared::domain::canonical::sha256;
use shared::domain::finding::FindingStatus;
use shared::domain::report::{Edition, Lists, Material, Section, Snapshot};
use shared::domain::statistics::Statistics;
use xunjian_worker::report::{Version, compile, html};

use crate::report_material::{
    self, assert_in_order, crowded_material, empty_material, id, material, templates,
};

/// The text of a page without markup, as a reader sees it.
fn text_of(html: &str) -> String {
    let body = html.split_once("<main>").unwrap().1;
    let mut text = String::new();
    for piece in body.split('<') {
        text.push_str(piece.split_once('>').map_or(piece, |(_, text)| text));
    }
    text
}

/// A version in all its forms.
struct Compiled {
    snapshot: Arc<Snapshot>,
    json: Vec<u8>,
    sha256: String,
    html: String,
}

fn compiled(material: Material) -> Compiled {
    numbered(material, "2023-1")
}

fn numbered(material: Material, number: &str) -> Compiled {
    let version = report_material::numbered(material, number);
    let html = html::render(&version).unwrap();
    let Version { snapshot, sha256 } = version;
    Compiled { json: snapshot.canonical().unwrap(), sha256, html, snapshot }
}

#[test]
fn the_same_records_give_the_same_bytes() {
    let first = compiled(material());
    let second = compiled(material());
    assert_eq!(first.html, second.html);
    assert_eq!(first.json, second.json);
    assert_eq!(first.sha256, sha256(&first.json));
}

#[test]
fn a_stored_snapshot_renders_to_the_page_of_its_day() {
    let compiled = compiled(material());
    let stored = Version::read(&compiled.json).unwrap();
    assert_eq!(html::render(&stored).unwrap(), compiled.html);
    assert!(compiled.html.contains(&compiled.sha256));
}

#[test]
fn the_chapters_stand_in_their_order() {
    let text = text_of(&compiled(material()).html);
    let headings = [
        "全区党政机关办公用房专项巡检报告",
        "区党政机关办公用房专项巡检工作领导小组：",
        "一、巡检工作开展情况",
        "二、办公用房基本情况",
        "三、“1+5”重点检查情况",
        "（一）违规兴建楼堂馆所整改“回头看”",
        "（七）其他情况",
        "四、发现的主要问题及整改情况",
        "五、有关建议",
        "附件：",
        "2023年8月28日",
        "附件1",
        "附件4",
        "附件5",
        "报告编号：2023-1",
    ];
    assert_in_order(&text, &headings);
}

#[test]
fn the_sentences_say_what_the_statistics_count() {
    let sentences = compiled(material()).snapshot.texts.generated.clone();
    let expected = [
        (
            Section::Work,
            "截至2023年8月28日，应报自查材料单位18家，已报16家（其中迟报1家），未报2家（其中逾期未报2家），免报1家，上报率88.9%（16/18）。",
        ),
        (
            Section::Work,
            "专项巡检分三个阶段进行：自查自纠（2023年7月31日至8月6日）、实地巡检（2023年8月7日至8月13日）、汇总反馈（2023年8月12日至8月20日）。",
        ),
        (
            Section::Work,
            "2023年8月10日，决定将实地巡检阶段由2023年8月7日至8月11日调整为2023年8月7日至8月13日，原因：受台风影响，前三岛乡停航。",
        ),
        (
            Section::Leasing,
            "在已报自查材料的单位中，16家对本项作出答复，其中1家反映存在问题。本项共发现问题2个，涉及单位2家；已整改0个，整改中2个，整改率0.0%（0/2）。",
        ),
        (Section::LeaderOffices, "本项共发现问题1个"),
        (
            Section::LeaderOffices,
            "应测量领导干部办公用房4人，已测量3人，测量率75.0%（3/4）。经测量，超标1人，超标面积共9.4平方米；1人所适用的面积标准尚未配置，未作认定。",
        ),
        (
            Section::Problems,
            "截至2023年8月28日，已整改3个，整改中5个（其中逾期1个），经批准暂缓整改1个，整改率33.3%（3/9）。各单位制定整改措施5项，已完成3项，完成率60.0%（3/5）。",
        ),
        (Section::Suggestions, "对逾期未完成整改的1个问题，"),
    ];
    for (section, sentence) in expected {
        assert!(sentences[&section].contains(sentence), "{section}: {}", sentences[&section]);
    }
}

#[test]
fn what_is_told_above_stands_among_the_suggestions_and_in_no_public_edition() {
    let full = text_of(&compiled(material()).html);
    let chapter = full.split_once("五、有关建议").unwrap().1.split_once("附件：").unwrap().0;
    for word in ["提请通报、问责事项", "连云街道办事处", "问责（区纪委监委）", "已报送", "2023年8月26日"]
    {
        assert!(chapter.contains(word), "{word}: {chapter}");
    }
    let public = compiled(Material { edition: Edition::Public, ..material() });
    assert!(!public.html.contains("问责事项") && !public.html.contains("区纪委监委"));
}

#[test]
fn suggestions_that_people_wrote_stand_alone() {
    let mut material = material();
    material.texts.written.insert(Section::Suggestions, "建议开展办公用房清查。".to_owned());
    let compiled = compiled(material);
    assert!(!compiled.snapshot.texts.generated.contains_key(&Section::Suggestions));
    let chapter = text_of(&compiled.html).split_once("五、有关建议").unwrap().1.to_owned();
    assert!(chapter.trim_start().starts_with("建议开展办公用房清查。"), "{chapter}");
}

/// The number of each cell that names its figure.
fn figures(html: &str) -> Vec<(&str, u32)> {
    let cells = html.split("data-figure=\"").skip(1);
    cells
        .map(|cell| {
            let (name, rest) = cell.split_once("\">").unwrap();
            (name, rest.split_once('<').unwrap().0.parse().unwrap())
        })
        .collect()
}

#[test]
fn r52_every_number_of_a_table_is_a_figure_of_the_snapshot() {
    let compiled = compiled(material());
    let figures = figures(&compiled.html);
    // Tables of eight figures on units and four on persons over five kinds and a total, and those on problems by item,
    // kind and severity.
    assert_eq!(figures.len(), 6 * (8 + 4) + (6 + 8 + 4) * 7);
    for (name, value) in figures {
        assert_eq!(compiled.snapshot.rows(name).map(|figure| figure.value), Some(value), "{name}");
    }
}

#[test]
fn a_campaign_without_findings_or_texts_is_still_a_report() {
    let compiled = compiled(empty_material());
    let text = text_of(&compiled.html);
    assert!(text.contains("专项巡检未发现问题。") && text.contains("本项未发现问题。"));
    assert!(!compiled.html.contains("<svg"), "a chart of nothing");
    assert_eq!(compiled.html.matches(">无</td>").count(), 5);
    for wrong in ["NaN", "undefined", "none", "（0/0）", "，，", "。。", "：。"] {
        assert!(!text.contains(wrong), "{wrong}");
    }
}

#[test]
fn the_public_edition_shows_no_names_and_the_same_figures() {
    let full = compiled(material());
    let public = compiled(Material { edition: Edition::Public, ..material() });
    for name in ["丁一堃", "艾文祎", "车喆", "卜小满", "牧之", "海云", "江晚晴"] {
        assert!(full.html.contains(name), "{name}");
        assert!(!public.html.contains(name), "{name}");
        assert!(!String::from_utf8_lossy(&public.json).contains(name), "{name}");
    }
    assert!(public.html.contains("（公开版）") && !public.html.contains("主要负责人"));
    assert_eq!(figures(&full.html), figures(&public.html));
}

/// Puts a text into every free text of the material.
pub fn filled_with(text: &str) -> Material {
    let mut material = material();
    let all = || text.to_owned();
    material.campaign.name = all();
    material.campaign.document_number = Some(all());
    material.campaign.basis = vec![all()];
    material.campaign.scope = Some(all());
    for phase in &mut material.campaign.phases {
        phase.changes.iter_mut().for_each(|change| change.reason = all());
    }
    let Lists { units, problems, leader_offices, rectifications, responsibilities, escalations, .. } =
        &mut material.lists;
    for row in leader_offices {
        (row.person_name, row.level, row.post, row.place) =
            (Some(all()), Some(all()), Some(all()), Some(all()));
        (row.service_status, row.note) = (all(), Some(all()));
    }
    escalations.iter_mut().for_each(|row| (row.addressee, row.facts) = (all(), all()));
    units.iter_mut().for_each(|row| row.name = all());
    for row in problems {
        (row.description, row.handling_opinion) = (all(), Some(all()));
    }
    for row in rectifications {
        (row.number, row.requirement, row.goal) = (all(), all(), Some(all()));
        row.measures.iter_mut().for_each(|measure| measure.text = all());
    }
    for row in responsibilities {
        (row.principal, row.responsible_person) = (Some(all()), Some(all()));
    }
    material.texts.addressee = Some(all());
    material.texts.document_number = Some(all());
    material.texts.signer = Some(all());
    use shared::domain::text::TextEnum;
    material.texts.written = Section::ALL.iter().map(|&section| (section, all())).collect();
    material
}

#[test]
fn markup_in_any_text_is_text() {
    let hostile = "<script>alert('x')</script>\"&{{ 7*7 }}{% raw %}]]>--><!--</style>";
    let Compiled { html, sha256, snapshot, .. } = numbered(filled_with(hostile), hostile);
    // Digests hold any two digits.
    let html = html.replace(&sha256, "").replace(&snapshot.header.templates_sha256, "");
    for wrong in ["<script", "alert('x')", "-->", "49", "\"&{{", "</style>\"", "&{{ 7"] {
        assert!(!html.contains(wrong), "{wrong}");
    }
    assert!(html.contains("&lt;script&gt;alert("));
    assert_eq!(html.matches("</style>").count(), 1);
    assert_eq!(html.matches("<main>").count(), 1);
}

#[test]
fn rare_characters_and_forty_character_names_stay_whole() {
    let name = "连云区海州湾生态环境综合治理与海洋经济高质量发展协调推进工作领导小组办公室（堃喆祎）";
    assert!(name.chars().count() >= 40);
    let html = numbered(filled_with(name), name).html;
    assert!(html.contains(name));
}

#[test]
fn ten_thousand_problems_of_one_unit_stand_whole() {
    let html = compiled(crowded_material()).html;
    assert!(html.contains("（现场核查第<span class=\"n\">10000处</span>）。"));
    assert_eq!(html.matches("<tr id=\"finding-").count(), 10_000);
}

#[test]
fn numbers_stay_in_one_line_with_what_they_count() {
    let html = compiled(material()).html;
    for kept in ["2023年", "8月", "28日", "56号", "18家", "33.3%", "186.5"] {
        assert!(html.contains(&format!("<span class=\"n\">{kept}</span>")), "{kept}");
    }
    assert!(!text_of(&html).contains("08月"), "a date with a leading zero");
}

#[test]
fn the_page_fetches_nothing() {
    let html = compiled(material()).html;
    for wrong in ["http://", "https://", "url(", "src=", "@import", "<script", "<link"] {
        assert!(!html.contains(wrong), "{wrong}");
    }
}

#[test]
fn r52_records_that_contradict_each_other_fail_the_report() {
    let mut material = material();
    let twin = material.lists.problems[0].clone();
    material.lists.problems.push(twin);
    let error = compile(material, &templates(), "").err().unwrap().to_string();
    assert!(error.contains("lists.problems: expected each record once"), "{error}");
}

#[test]
fn the_report_counts_as_the_statistics_of_the_same_records() {
    let mut material = material();
    material.lists.problems[5].status = FindingStatus::Void;
    let expected = Statistics::compute(&material.lists.facts(), material.as_of);
    let snapshot = compiled(material).snapshot;
    assert_eq!(snapshot.statistics, expected);
    assert!(!snapshot.rows("problems.total").unwrap().rows.contains(&id(205)));
}
