//! The public edition: the same figures, and nobody who could be recognized.

mod contact;
mod names;
mod persons;
#[cfg(test)]
mod tests;
mod view;

use std::collections::HashMap;
use std::ops::Range;

use contact::Contacts;
use names::Known;
pub use persons::{Holding, Persons};

use super::{Edition, Snapshot};
use crate::domain::id::Id;

/// Why a public edition could not be made.
#[derive(Debug, thiserror::Error)]
pub enum MaskError {
    /// There are more names than can be looked for.
    #[error("the names cannot be looked for: {0}")]
    Names(#[from] aho_corasick::BuildError),
    /// A rule is not well formed.
    #[error("the numbers cannot be looked for: {0}")]
    Rules(#[from] regex::Error),
}

/// A part of a text, and what stands in its place.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Span {
    range: Range<usize>,
    mask: &'static str,
}

impl Snapshot {
    /// The public edition (公开版) of a full version (R59): without escalations, persons, rooms, and posts that one person
    /// of a unit holds. In prose, whom `persons` or the lists know is masked in every spelling, and so are telephone
    /// numbers, addresses and rooms as they are usually written. A name that no record holds cannot be recognized: the
    /// texts are read before they are endorsed.
    ///
    /// # Errors
    /// More names than can be looked for.
    pub fn public(mut self, full_report_id: Id, mut persons: Persons) -> Result<Self, MaskError> {
        persons.add(&self);
        let known = Known::of(&persons)?;
        let contacts = Contacts::new()?;
        self.header.edition = Edition::Public;
        self.header.full_report_id = Some(full_report_id);
        self.lists.escalations.clear();
        self.leave_out(&persons);
        for text in self.prose() {
            let mut spans = known.spans(text);
            spans.extend(contacts.spans(text));
            mask(text, spans);
        }
        Ok(self)
    }

    /// Leaves out what stands in fields of its own.
    fn leave_out(&mut self, persons: &Persons) {
        for row in &mut self.lists.responsibilities {
            row.principal = None;
            row.responsible_person = None;
        }
        let posts = persons.posts();
        let units: HashMap<Id, &str> =
            self.lists.units.iter().map(|row| (row.unit_id, row.name.as_str())).collect();
        for row in &mut self.lists.leader_offices {
            row.person_name = None;
            row.place = None;
            // Remarks name who shares a room.
            row.note = None;
            let unit = units.get(&row.unit_id).copied().unwrap_or_default();
            row.post = row.post.take().filter(|post| !posts.tells(unit, post));
        }
    }

    /// Every text that people wrote, and the sentences that cite it.
    fn prose(&mut self) -> impl Iterator<Item = &mut String> {
        let campaign = &mut self.campaign;
        let changes = campaign.phases.iter_mut().flat_map(|phase| &mut phase.changes);
        let told =
            [&mut campaign.name].into_iter().chain(&mut campaign.scope).chain(&mut campaign.document_number);
        let problems = self.lists.problems.iter_mut();
        let orders = self.lists.rectifications.iter_mut();
        let offices = self.lists.leader_offices.iter_mut();
        let texts = &mut self.texts;
        told.chain(&mut campaign.basis)
            .chain(changes.map(|change| &mut change.reason))
            .chain(
                problems
                    .flat_map(|row| std::iter::once(&mut row.description).chain(&mut row.handling_opinion)),
            )
            .chain(orders.flat_map(|row| {
                [&mut row.requirement, &mut row.number]
                    .into_iter()
                    .chain(&mut row.goal)
                    .chain(row.measures.iter_mut().map(|measure| &mut measure.text))
            }))
            .chain(
                offices.flat_map(|row| {
                    row.post.iter_mut().chain(&mut row.level).chain([&mut row.service_status])
                }),
            )
            .chain(&mut texts.addressee)
            .chain(&mut texts.document_number)
            .chain(&mut texts.signer)
            .chain(texts.written.values_mut())
            .chain(texts.generated.values_mut())
    }
}

/// Puts the masks into a text. Of parts that overlap, the first one's mask stands for all.
fn mask(text: &mut String, mut spans: Vec<Span>) {
    if spans.is_empty() {
        return;
    }
    spans.sort_by_key(|span| (span.range.start, std::cmp::Reverse(span.range.end)));
    let mut masked = String::with_capacity(text.len());
    let mut done = 0;
    for Span { range, mask } in spans {
        if range.start >= done {
            masked.push_str(text.get(done..range.start).unwrap_or_default());
            masked.push_str(mask);
        }
        done = done.max(range.end);
    }
    masked.push_str(text.get(done..).unwrap_or_default());
    *text = masked;
}
