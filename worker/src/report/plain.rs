//! Texts that the typesetter cannot take, in a plainer form: none is known, but one of them must not cost a district its
//! report.

use std::collections::BTreeSet;

use serde_json::Value;

/// So many characters a plain text has at most.
const LONGEST: usize = 2_000;

/// What tells that a plain text goes on elsewhere.
const CUT: &str = "……（下略）";

/// What stands for a character that a plain text does not hold.
const OTHER: char = '□';

/// Marks that a plain text holds beside letters, digits and those of ASCII.
const MARKS: &str = "，。、；：？！“”‘’（）《》〈〉【】〔〕—…·％℃㎡￥";

/// A text in one line, of Chinese and ASCII characters alone, and not too long.
fn plain(text: &str) -> String {
    let is_plain = |c: char| {
        c.is_ascii_graphic()
            || c == ' '
            || c == OTHER
            || MARKS.contains(c)
            || ('\u{4e00}'..='\u{9fff}').contains(&c)
            || ('\u{ff10}'..='\u{ff19}').contains(&c)
    };
    let words: Vec<&str> = text.split_whitespace().collect();
    let line: String = words.join(" ").chars().map(|c| if is_plain(c) { c } else { OTHER }).collect();
    if line.chars().count() <= LONGEST {
        return line;
    }
    let kept = LONGEST - CUT.chars().count();
    line.chars().take(kept).chain(CUT.chars()).collect()
}

/// The texts of a document that have another, plainer form, each once.
pub fn candidates(document: &Value) -> Vec<String> {
    let mut texts = BTreeSet::new();
    super::missing::collect(document, &mut texts);
    texts.into_iter().filter(|text| plain(text) != **text).map(str::to_owned).collect()
}

/// Puts texts of a document into their plain form.
pub fn make_plain(document: &mut Value, texts: &BTreeSet<String>) {
    match document {
        Value::String(text) if texts.contains(text) => *text = plain(text),
        Value::Array(items) => items.iter_mut().for_each(|item| make_plain(item, texts)),
        Value::Object(fields) => fields.values_mut().for_each(|field| make_plain(field, texts)),
        Value::String(_) | Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Finds the texts that cannot be taken, where each of them alone spoils the whole: halves the suspects until each stands
/// alone, so that few tries are made. `fits` tries it with these texts in their plain form; all of them plain must fit.
///
/// # Errors
/// Those of a try.
pub async fn troublesome<E>(
    texts: &[String],
    mut fits: impl AsyncFnMut(Vec<String>) -> Result<bool, E>,
) -> Result<Vec<String>, E> {
    let mut found = Vec::new();
    let mut suspected = vec![(0, texts.len())];
    while let Some((start, end)) = suspected.pop() {
        let (Some(before), Some(after)) = (texts.get(..start), texts.get(end..)) else { continue };
        if start == end || fits([before, after].concat()).await? {
            continue;
        }
        if end - start == 1 {
            found.extend(texts.get(start).cloned());
        } else {
            let half = start.midpoint(end);
            suspected.extend([(half, end), (start, half)]);
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[tokio::test]
    async fn few_tries_find_a_few_texts_among_many() {
        let texts: Vec<String> = (0..1_000).map(|number| format!("{number:03}")).collect();
        let bad = ["000", "417", "418", "999"];
        let mut tries = 0;
        let found = troublesome(&texts, async |plain: Vec<String>| {
            tries += 1;
            Ok::<_, Infallible>(bad.iter().all(|text| plain.iter().any(|one| one == text)))
        });
        assert_eq!(found.await, Ok(bad.map(str::to_owned).to_vec()));
        assert!(tries < 80, "{tries}");
    }

    #[test]
    fn a_plain_text_has_one_line_and_known_characters() {
        for (text, expected) in [
            ("101\n102\r\n\n103", "101 102 103"),
            ("经查，该单位租用（A座）3.5%", "经查，该单位租用（A座）3.5%"),
            ("مe\u{301}👨\u{200d}👩", "□e□□□□"),
        ] {
            assert_eq!(plain(text), expected);
        }
    }

    #[test]
    fn only_the_texts_that_are_named_become_plain() {
        let mut document = json!({"a": ["一\n二", {"b": "三\n四"}], "c": 1});
        assert_eq!(candidates(&document), ["一\n二", "三\n四"]);
        make_plain(&mut document, &["三\n四".to_owned()].into());
        assert_eq!(document, json!({"a": ["一\n二", {"b": "三 四"}], "c": 1}));
    }

    proptest! {
        #[test]
        fn a_plain_text_is_plain_already(text in any::<String>(), times in 1_usize..400) {
            let once = plain(&text.repeat(times));
            prop_assert!(once.chars().count() <= LONGEST);
            prop_assert_eq!(plain(&once), once);
        }
    }
}
