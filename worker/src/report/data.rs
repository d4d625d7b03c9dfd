//! What the templates of the report read.

use std::sync::Arc;

use minijinja::value::Serde;
use minijinja::{Value, context};
use serde::Serialize;
use shared::domain::report::{CampaignFacts, Edition, Header, Snapshot, Texts};
use shared::domain::statistics::Statistics;

use super::Version;
use super::lines::Lines;

/// What a report says beside its lists.
#[derive(Serialize)]
pub struct Front<'a> {
    header: &'a Header,
    campaign: &'a CampaignFacts,
    statistics: &'a Statistics,
    texts: &'a Texts,
}

impl<'a> Front<'a> {
    pub fn of(snapshot: &'a Snapshot) -> Self {
        let Snapshot { header, campaign, statistics, texts, .. } = snapshot;
        Self { header, campaign, statistics, texts }
    }
}

/// A list whose lines are made one at a time, while a template goes through them.
macro_rules! lazy {
    ($lines:expr, $list:ident) => {
        Value::make_object_iterable(Arc::clone($lines), |lines| {
            Box::new(lines.$list().map(|line| Value::from(Serde(line))))
        })
    };
}

/// What a version says, its annexes under `lines`.
pub fn data(version: &Version) -> Value {
    let lines = Arc::new(Lines::of(&version.snapshot));
    context! {
        sha256 => &version.sha256,
        public => version.snapshot.header.edition == Edition::Public,
        numerals => ["一", "二", "三", "四", "五", "六", "七"],
        lines => context! {
            problems => lazy!(&lines, problems),
            typical_cases => Value::from(Serde(lines.typical_cases().collect::<Vec<_>>())),
            orders => lazy!(&lines, orders),
            responsibilities => lazy!(&lines, responsibilities),
            self_checks => lazy!(&lines, self_checks),
            leader_offices => lazy!(&lines, leader_offices),
            escalations => lazy!(&lines, escalations),
        },
        ..Value::from(Serde(Front::of(&version.snapshot)))
    }
}
