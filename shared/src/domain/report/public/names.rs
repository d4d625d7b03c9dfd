//! Names, posts, rooms, addresses and telephone numbers that the records know, found in prose however they are spelt.

use std::ops::Range;

use aho_corasick::{AhoCorasick, MatchKind};

use super::contact::TELEPHONE;
use super::persons::{Persons, spelling};
use super::view::{View, separates_names};
use super::{MaskError, Span};

/// What stands for a name.
pub const PERSON: &str = "某同志";

/// What stands for a post that one person holds.
pub const POST: &str = "某职务";

/// What stands for an address.
pub const ADDRESS: &str = "某地址";

/// What stands for a room.
pub const ROOM: &str = "某室";

/// How a person is addressed behind the name.
const COMRADE: &str = "同志";

/// What stands behind a number that is none to call and none of a room.
const COUNTED: [&str; 44] = [
    "元", "万", "亿", "千", "百", "余", "多", "平", "m", "㎡", "米", "公里", "人", "名", "位", "个", "家",
    "户", "间", "套", "处", "件", "项", "条", "起", "次", "份", "页", "张", "台", "辆", "层", "栋", "幢",
    "座", "倍", "年", "月", "日", "天", "时", "分", "%", "号文",
];

/// Words that begin with the last character of a post such as 区长 (社区长期, 区长远期).
const AFTER_CHIEF: [&str; 10] = ["期", "远", "效", "久", "年", "廊", "度", "短", "城", "假"];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Name,
    Post,
    Address,
    Room,
    Phone,
    /// Stays, with whatever lies within it: a body's name, or a post that several hold.
    Kept,
}

/// Finds what the records know, in time that grows with the text alone.
pub struct Known {
    automaton: AhoCorasick,
    kinds: Vec<Kind>,
}

impl Known {
    /// Looks for these persons, their posts, rooms and numbers.
    ///
    /// # Errors
    /// More patterns than the automaton takes.
    pub fn of(persons: &Persons) -> Result<Self, MaskError> {
        let posts = persons.posts();
        let all = |texts: &mut dyn Iterator<Item = String>, kind| {
            texts.map(|text| (text, kind)).collect::<Vec<_>>()
        };
        let patterns = [
            all(&mut persons.spelt_names().into_iter(), Kind::Name),
            all(&mut posts.telling().into_iter().map(str::to_owned), Kind::Post),
            all(&mut posts.others().into_iter().map(str::to_owned), Kind::Kept),
            all(&mut persons.bodies.iter().map(|body| spelling(body)), Kind::Kept),
            all(&mut persons.addresses.iter().map(|address| spelling(address)), Kind::Address),
            all(&mut persons.spelt_rooms().into_iter(), Kind::Room),
            all(&mut persons.spelt_phones().into_iter(), Kind::Phone),
        ];
        let (texts, kinds): (Vec<String>, Vec<Kind>) = patterns
            .into_iter()
            .flatten()
            .filter(|(text, kind)| text.chars().count() > shortest(*kind))
            .unzip();
        let automaton = AhoCorasick::builder().match_kind(MatchKind::Standard).build(texts)?;
        Ok(Self { automaton, kinds })
    }

    /// Where a text holds any of it.
    pub fn spans(&self, text: &str) -> Vec<Span> {
        let view = View::of(text, separates_names);
        let mut found: Vec<(Range<usize>, Kind)> = Vec::new();
        for one in self.automaton.find_overlapping_iter(&view.text) {
            let Some(kind) = self.kinds.get(one.pattern().as_usize()).copied() else { continue };
            let (before, after) = (&view.text[..one.start()], &view.text[one.end()..]);
            let holds = match kind {
                Kind::Room | Kind::Phone => stands_alone(before, after),
                Kind::Post => !(view.text[one.range()].ends_with('长') && is_longer_word(after)),
                Kind::Name | Kind::Address | Kind::Kept => true,
            };
            if holds {
                found.push((one.range(), kind));
            }
        }
        let kept: Vec<Range<usize>> =
            found.iter().filter(|(_, kind)| *kind == Kind::Kept).map(|(range, _)| range.clone()).collect();
        let masked = found.into_iter().filter_map(|(range, kind)| {
            let mask = match kind {
                Kind::Name => PERSON,
                Kind::Post => POST,
                Kind::Address => ADDRESS,
                Kind::Room => ROOM,
                Kind::Phone => TELEPHONE,
                Kind::Kept => return None,
            };
            (!self.lies_within(&range, &kept)).then_some((range, mask))
        });
        masked
            .map(|(range, mask)| {
                let addressed = mask == PERSON && view.text[range.end..].starts_with(COMRADE);
                let end = range.end + if addressed { COMRADE.len() } else { 0 };
                Span { range: view.original(&(range.start..end)), mask }
            })
            .collect()
    }

    /// Whether a range lies within one of those that stay, which are in the order of their ends.
    fn lies_within(&self, range: &Range<usize>, kept: &[Range<usize>]) -> bool {
        let from = kept.partition_point(|one| one.end < range.end);
        let near =
            kept[from..].iter().take_while(|one| one.end < range.end + self.automaton.max_pattern_len());
        near.into_iter().any(|one| one.start <= range.start && one.len() > range.len())
    }
}

/// A pattern of this kind is longer than so many characters.
fn shortest(kind: Kind) -> usize {
    match kind {
        Kind::Name | Kind::Post | Kind::Kept => 1,
        Kind::Room => 2,
        Kind::Address | Kind::Phone => 3,
    }
}

/// Whether a number is one of its own, counts nothing, and is of no paper.
fn stands_alone(before: &str, after: &str) -> bool {
    !before.ends_with(|c: char| c.is_ascii_alphanumeric() || "〕])第".contains(c))
        && !after.starts_with(|c: char| c.is_ascii_alphanumeric())
        && !counts(after)
}

/// Whether what stands behind a number says that it counts or dates something.
pub(super) fn counts(after: &str) -> bool {
    COUNTED.iter().any(|word| after.trim_start().starts_with(word))
}

/// Whether the last character of a post begins another word: 社区长期 holds no 区长.
fn is_longer_word(after: &str) -> bool {
    AFTER_CHIEF.iter().any(|word| after.starts_with(word)) && !after.starts_with("期间")
}
