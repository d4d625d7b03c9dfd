//! The sentences that the service makes from its figures, section by section.

use std::collections::{BTreeMap, BTreeSet};

use minijinja::value::Serde;
use minijinja::{Error, Value, context};
use serde::Serialize;
use shared::domain::answer::AnswerResult;
use shared::domain::focus_item::FocusItem;
use shared::domain::report::{Section, Snapshot};
use shared::domain::self_check::SelfCheckStatus;
use shared::domain::text::TextEnum;

use super::data::Front;
use super::templates::{SENTENCES, environment};

/// The built-in sentences of all sections.
pub const TEMPLATE: &str = include_str!("../../templates/report/sentences.jinja");

/// What the lists tell about one focus item beside the statistics.
#[derive(Default, Serialize)]
struct Item {
    /// Units whose self-check, handed in, answers the item.
    answered: usize,
    /// Of these, the units that report a problem.
    reported: usize,
    /// Units with a problem under the item.
    units: usize,
}

/// The sentences of every section, a line a paragraph; suggestions only where nobody wrote any.
///
/// # Errors
/// A template that does not fit the data.
pub fn write(snapshot: &Snapshot, template: &str) -> Result<BTreeMap<Section, String>, Error> {
    let environment = environment(snapshot)?;
    let template = environment.template_from_named_str(SENTENCES, template)?;
    let value = Value::from(Serde(Front::of(snapshot)));
    let units: BTreeSet<_> = snapshot.lists.problems.iter().map(|row| row.unit_id).collect();
    let mut sentences = BTreeMap::new();
    for &section in Section::ALL {
        if section == Section::Suggestions && snapshot.texts.written.contains_key(&section) {
            continue;
        }
        let item = FocusItem::from_word(section.as_str()).map(|item| count(snapshot, item));
        let text = template.render(context! {
            section => section.as_str(),
            item => Value::from(Serde(item.unwrap_or_default())),
            units => units.len(),
            ..value.clone()
        })?;
        let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
        sentences.insert(section, lines.join("\n"));
    }
    Ok(sentences)
}

fn count(snapshot: &Snapshot, item: FocusItem) -> Item {
    let handed_in = |status| matches!(status, SelfCheckStatus::Submitted | SelfCheckStatus::Accepted);
    let handed_in = snapshot.lists.self_checks.iter().filter(|row| handed_in(row.status));
    let answers: Vec<AnswerResult> = handed_in.filter_map(|row| row.answers.get(&item).copied()).collect();
    let problems = snapshot.lists.problems.iter().filter(|row| row.focus_item == item);
    Item {
        answered: answers.len(),
        reported: answers.iter().filter(|answer| **answer == AnswerResult::Found).count(),
        units: problems.map(|row| row.unit_id).collect::<BTreeSet<_>>().len(),
    }
}
