//! The public edition: the same figures without names of persons.

use std::collections::BTreeSet;

use super::{Edition, Snapshot};

/// What stands for a name.
const MASK: &str = "某同志";

impl Snapshot {
    /// The public edition (公开版), without escalations. Names of persons are left out of the responsibility list and of the leader offices; in prose,
    /// each name that these lists hold or that `known_names` gives (principals, contacts, accounts) is
    /// masked. A name that no record holds cannot be recognized: the texts are read before publication.
    pub fn public(mut self, known_names: &BTreeSet<String>) -> Self {
        self.header.edition = Edition::Public;
        self.lists.escalations.clear();
        let mut names = known_names.clone();
        for row in &mut self.lists.responsibilities {
            names.extend(row.principal.take());
            names.extend(row.responsible_person.take());
        }
        for row in &mut self.lists.leader_offices {
            names.extend(row.person_name.take());
            // Remarks name who shares a room.
            row.note = None;
        }
        // A single character is no name, and would tear words apart.
        names.retain(|name| name.chars().count() > 1);
        // Longer names first: one may begin with another.
        let mut names: Vec<String> = names.into_iter().collect();
        names.sort_by_key(|name| std::cmp::Reverse(name.chars().count()));

        for text in self.prose() {
            for name in &names {
                if text.contains(name.as_str()) {
                    *text = text.replace(&format!("{name}同志"), MASK).replace(name.as_str(), MASK);
                }
            }
        }
        self
    }

    /// Every text that may name a person: what people wrote, and the sentences that cite it.
    fn prose(&mut self) -> impl Iterator<Item = &mut String> {
        let campaign = &mut self.campaign;
        let changes = campaign.phases.iter_mut().flat_map(|phase| &mut phase.changes);
        let problems = self.lists.problems.iter_mut();
        let orders = self.lists.rectifications.iter_mut();
        let texts = &mut self.texts;
        changes
            .map(|change| &mut change.reason)
            .chain(
                problems
                    .flat_map(|row| std::iter::once(&mut row.description).chain(&mut row.handling_opinion)),
            )
            .chain(orders.flat_map(|row| {
                std::iter::once(&mut row.requirement)
                    .chain(&mut row.goal)
                    .chain(row.measures.iter_mut().map(|measure| &mut measure.text))
            }))
            .chain(
                self.lists
                    .leader_offices
                    .iter_mut()
                    .flat_map(|row| row.post.iter_mut().chain(&mut row.place)),
            )
            .chain(&mut texts.addressee)
            .chain(&mut texts.signer)
            .chain(texts.written.values_mut())
            .chain(texts.generated.values_mut())
    }
}
