//! A text as it is searched: one spelling of each character, and where in the text it stands.

use std::ops::Range;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// A text in the form NFKC and in lower case, without the characters that a search passes over.
pub struct View {
    pub text: String,
    /// For each byte of the text, the range of the original that its character comes from.
    from: Vec<Range<usize>>,
}

impl View {
    /// Looks at a text, passing over some characters.
    pub fn of(original: &str, passed_over: fn(char) -> bool) -> Self {
        let mut view = Self { text: String::with_capacity(original.len()), from: Vec::new() };
        let mut characters = original.char_indices().peekable();
        while let Some((start, first)) = characters.next() {
            let mut end = start + first.len_utf8();
            while let Some((at, next)) = characters.next_if(|(_, next)| joins(*next)) {
                end = at + next.len_utf8();
            }
            let normal = original[start..end].nfkc().flat_map(char::to_lowercase);
            for c in normal.filter(|c| !passed_over(*c)) {
                view.text.push(c);
                view.from.resize(view.text.len(), start..end);
            }
        }
        view
    }

    /// Where a part of this view stands in the original.
    pub fn original(&self, part: &Range<usize>) -> Range<usize> {
        let of = |byte: usize| self.from.get(byte).cloned().unwrap_or_default();
        of(part.start).start..of(part.end.saturating_sub(1)).end
    }
}

/// Whether a character makes one with the character before it: an accent, or a later part of a Korean syllable.
fn joins(c: char) -> bool {
    is_combining_mark(c) || ('\u{1160}'..='\u{11ff}').contains(&c)
}

/// Whether a character is not seen in print and takes no room: joiners, marks of direction, variation selectors
/// (Unicode's `Default_Ignorable_Code_Point`) and control characters other than blanks.
pub fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}'
    ) || (c.is_control() && !c.is_whitespace())
}

/// Whether a character may stand between those of a name, or be left out there: blanks by which names are aligned,
/// line breaks, middle dots as they are typed, dashes, and what is not seen.
pub fn separates_names(c: char) -> bool {
    c.is_whitespace()
        || is_invisible(c)
        || is_combining_mark(c)
        || is_dash(c)
        || is_dot(c)
        || matches!(c, '\u{2800}' | '_' | '\'' | '\u{2018}' | '\u{2019}')
}

/// Whether a character is a dash of any length.
pub fn is_dash(c: char) -> bool {
    matches!(
        c,
        '-' | '\u{2010}'
            ..='\u{2015}' | '\u{2212}' | '\u{2e3a}' | '\u{2e3b}' | '\u{fe58}' | '\u{fe63}' | '\u{ff0d}'
    )
}

/// Whether a character is a dot as it is typed between the parts of a name (阿依古丽·买买提).
pub fn is_dot(c: char) -> bool {
    matches!(
        c,
        '.' | '\u{b7}'
            | '\u{2022}'
            | '\u{2024}'
            | '\u{2027}'
            | '\u{2219}'
            | '\u{22c5}'
            | '\u{25cf}'
            | '\u{25e6}'
            | '\u{2981}'
            | '\u{2e31}'
            | '\u{2e33}'
            | '\u{30fb}'
            | '\u{a78f}'
            | '\u{16eb}'
            | '\u{10101}'
            | '\u{ff0e}'
            | '\u{ff65}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_looks_the_same_however_it_is_spelt() {
        for spelling in [
            "阿依古丽买买提",
            "阿依古丽·买买提",
            "阿依古丽・买买提",
            "阿依古丽．买买提",
            "阿依古丽 ‧ 买买提",
            "阿\u{3000}依\n古\u{200b}丽\u{2060}买买\u{fe00}提",
        ] {
            assert_eq!(View::of(spelling, separates_names).text, "阿依古丽买买提", "{spelling}");
        }
        assert_eq!(View::of("Ａ\u{301}é", separates_names).text, View::of("áe\u{301}", separates_names).text);
    }

    #[test]
    fn a_part_is_found_again_in_the_original() {
        let original = "请王\u{3000}建\n国同志";
        let view = View::of(original, separates_names);
        let start = view.text.find("王建国").unwrap();
        assert_eq!(&original[view.original(&(start..start + "王建国".len()))], "王\u{3000}建\n国");
    }
}
