//! Telephone numbers, addresses and rooms in prose, which no record needs to know: told by how they are written.

use regex::Regex;

use super::names::{ADDRESS, ROOM, counts};
use super::view::{View, is_invisible};
use super::{MaskError, Span};
use crate::domain::date::Date;

/// What stands for a number to call.
pub const TELEPHONE: &str = "某电话";

/// What stands for an e-mail address.
pub const EMAIL: &str = "某邮箱";

/// What stands for the number of a person's papers or account.
pub const NUMBER: &str = "某号码";

/// What may stand between the digits of a number to call.
const GAP: &str = r"[\s().·•・‧\-\u{2010}-\u{2015}\u{2212}]{0,3}";

/// A digit, also as it is read out.
const DIGIT: &str = "[0-9〇○零一二三四五六七八九幺]";

/// A number of a house, a floor or a room.
const NUMERAL: &str = "[0-9〇零一二三四五六七八九十百]{1,5}";

/// What stands before the name of a street: it is told, or is the name of a larger place.
const LEAD_IN: [&str; 13] = ["于", "在", "至", "到", "用", "址", "为", "的", "从", "市", "区", "县", "镇"];

/// Ways and words by which they are found: a group named `it` is what is masked, where there is one.
fn rules() -> [(String, &'static str, Accept); 11] {
    let email = r"[a-z0-9._%+-]+\s*(?:@|\(at\)|\[at\])\s*[a-z0-9-]+(?:\s*[.。]\s*[a-z0-9-]+)+";
    let papers = r"[1-9][0-9]{5}[\s-]?(?:19|20)[0-9]{2}[\s-]?[0-9]{4}[\s-]?[0-9]{3}[0-9x]|[0-9]{15,}";
    let mobile = format!("(?:[+]?(?:00)?86{GAP})?[1一幺]{GAP}[3-9三四五六七八九](?:{GAP}{DIGIT}){{9}}");
    let extension = r"(?:\s*(?:转|分机)\s*[0-9]{1,6})?";
    let fixed =
        format!("(?:(?:[+]?(?:00)?86{GAP})?[(]?0|[+](?:00)?86{GAP}[1-9])(?:{GAP}{DIGIT}){{9,11}}{extension}");
    let free = format!("[48]00(?:{GAP}[0-9]){{7}}");
    let local = format!(r"(?:[0-9]{{3,4}}[\s\-\u{{2010}}-\u{{2015}}]?[0-9]{{4}}){extension}");
    let announced = format!(
        r"(?:电话|手机|座机|传真|热线|致电|拨打|联系方式|微信|qq|tel|phone)(?:号码|号)?[\s为是:(.]{{0,4}}(?<it>[0-9](?:{GAP}[0-9]){{3,15}})"
    );
    let address = format!(
        r"(?<it>\p{{Han}}{{1,8}}?(?:路|街|大道|巷|弄|胡同)\s*[甲乙丙丁附]?{NUMERAL}(?:-{NUMERAL})?\s*号(?:院|楼)?(?:\s*[a-z]?{NUMERAL}(?:-{NUMERAL})?\s*(?:号楼|号院|幢|栋|座|单元|层|楼|室|房间))*)"
    );
    let number = r"(?:[a-z]?[0-9]{1,2}-[0-9]{2,4}|[a-z]?-?[0-9]{3,4}[a-z]?|[a-z][0-9]{2}|[一二三四五六七八九][〇零一二三四五六七八九]{2})";
    let room = format!(
        r"(?:[a-z]?{NUMERAL}\s*(?:号楼|号院|幢|栋|座|单元|楼|层)\s*)*{number}(?:\s*[、,和及至~/]\s*{number})*\s*号?\s*(?:室|房间|房|办公室|会议室|休息室|卫生间|接待室|值班室|档案室|库房)"
    );
    let flat = format!(r"(?:[a-z]?{NUMERAL}\s*(?:号楼|幢|栋|座|单元)\s*)+[a-z]?[0-9]{{3,4}}");
    let behind = r"(?:办公室|会议室|办公楼|综合楼|大楼|大厦)\s*(?<it>[a-z]?[0-9]{3,4})";
    [
        (email.to_owned(), EMAIL, whatever),
        (papers.to_owned(), NUMBER, is_whole_number),
        (mobile, TELEPHONE, is_called),
        (fixed, TELEPHONE, is_called),
        (free, TELEPHONE, is_called),
        (announced, TELEPHONE, is_no_year),
        (local, TELEPHONE, is_local),
        (address, ADDRESS, is_address),
        (room, ROOM, is_room),
        (flat, ROOM, is_flat),
        (behind.to_owned(), ROOM, is_flat),
    ]
}

/// Whether what was found is what it looks like: what stands before it, itself, and what stands behind.
type Accept = fn(&str, &str, &str) -> bool;

/// Finds them.
pub struct Contacts(Vec<(Regex, &'static str, Accept)>);

impl Contacts {
    /// Makes the rules ready.
    ///
    /// # Errors
    /// A rule that is none.
    pub fn new() -> Result<Self, MaskError> {
        let ready = |(rule, mask, accept): (String, _, _)| Ok((Regex::new(&rule)?, mask, accept));
        rules().into_iter().map(ready).collect::<Result<_, MaskError>>().map(Self)
    }

    /// Where a text holds any.
    pub fn spans(&self, text: &str) -> Vec<Span> {
        let view = View::of(text, is_invisible);
        let mut spans = Vec::new();
        for (rule, mask, accept) in &self.0 {
            let mut from = 0;
            while let Some(found) = rule.captures_at(&view.text, from) {
                let Some(part) = found.name("it").or_else(|| found.get(0)) else { break };
                let (before, after) = (&view.text[..part.start()], &view.text[part.end()..]);
                if accept(before, part.as_str(), after) {
                    let start =
                        if *mask == ADDRESS { part.start() + lead_in(part.as_str()) } else { part.start() };
                    spans.push(Span { range: view.original(&(start..part.end())), mask });
                    from = part.end();
                } else {
                    from = part.start() + part.as_str().chars().next().map_or(1, char::len_utf8);
                }
            }
        }
        spans
    }
}

fn whatever(_: &str, _: &str, _: &str) -> bool {
    true
}

/// It dates nothing: 举报电话2023年开通.
fn is_no_year(_: &str, _: &str, after: &str) -> bool {
    !after.starts_with('年')
}

/// It is no part of a longer number.
fn is_whole_number(before: &str, _: &str, after: &str) -> bool {
    let is_digit = |c: char| c.is_ascii_digit();
    !before.ends_with(is_digit) && !after.starts_with(is_digit)
}

/// The same, and of no paper.
fn is_called(before: &str, found: &str, after: &str) -> bool {
    is_whole_number(before, found, after) && !before.ends_with(['第', '.'])
}

/// Seven or eight digits are no day, no two years, no number of a paper, and count nothing.
fn is_local(before: &str, found: &str, after: &str) -> bool {
    let digits: String = found.chars().filter(char::is_ascii_digit).collect();
    let years = |years: &str| (1900..2200).contains(&years.parse().unwrap_or(0));
    let is_period = digits.len() == 8
        && digits.split_at_checked(4).is_some_and(|(one, other)| years(one) && years(other));
    let is_day = digits.len() == 8 && is_day(&digits);
    let is_fraction =
        after.strip_prefix('.').is_some_and(|after| after.starts_with(|c: char| c.is_ascii_digit()));
    is_called(before, found, after)
        && !is_fraction
        && !before.ends_with(['-', '/', ',', '〔', '['])
        && !before.ends_with(|c: char| c.is_ascii_alphabetic())
        && !is_period
        && !is_day
        && !after.trim_start().starts_with('号')
        && !counts(after)
}

/// Whether eight digits are a day, such as 20230731.
fn is_day(digits: &str) -> bool {
    let (Some(year), Some(month), Some(day)) = (digits.get(..4), digits.get(4..6), digits.get(6..)) else {
        return false;
    };
    format!("{year}-{month}-{day}").parse::<Date>().is_ok()
}

/// The length of the words before the name of a street.
fn lead_in(address: &str) -> usize {
    let ends = LEAD_IN.iter().filter_map(|word| {
        let road = address.find(['路', '街', '道', '巷', '弄', '同']).unwrap_or_default();
        address.get(..road)?.rfind(word).map(|at| at + word.len())
    });
    ends.max().unwrap_or_default()
}

/// 号 behind a street's number is a house and no document.
fn is_address(_: &str, _: &str, after: &str) -> bool {
    !["文", "令", "通知", "决定", "函"].iter().any(|word| after.starts_with(word))
}

/// A number behind that of a house, which counts nothing.
fn is_flat(before: &str, found: &str, after: &str) -> bool {
    is_whole_number(before, found, after) && !counts(after)
}

/// Rooms and no houses, and no part of a longer number.
fn is_room(before: &str, found: &str, after: &str) -> bool {
    let is_house = found.ends_with('房')
        && ["屋", "产", "源", "地", "租", "改"].iter().any(|word| after.starts_with(word));
    !is_house && !before.ends_with(|c: char| c.is_ascii_digit() || c == '.')
}
