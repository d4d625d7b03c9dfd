//! Settings of rules.

use diesel::prelude::*;

use super::audit::{self, Event};
use super::list::{any_of, load_page};
use super::schema::rule_settings;
use super::{Db, DbConnection, Read, StoreError, StoreResult, Write};
use crate::domain::actor::Actor;
use crate::domain::date::Date;
use crate::domain::id::Id;
use crate::domain::instant::Instant;
use crate::domain::page::{Listed, Page};
use crate::domain::record::RecordKind;
use crate::domain::refusal::{Refusal, Violations};
use crate::domain::rule_setting::{RuleSetting, RuleSettingContent, Setting};
use crate::domain::validity::overlap;

const KIND: RecordKind = RecordKind::RuleSetting;

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = rule_settings, treat_none_as_null = true)]
struct Row {
    id: Id,
    version: i64,
    setting: Setting,
    value: String,
    valid_from: Date,
    valid_to: Option<Date>,
    source: String,
    note: Option<String>,
    created_at: Instant,
}

impl Row {
    fn of(setting: &RuleSetting) -> Self {
        let content = setting.content.clone();
        Self {
            id: setting.id,
            version: setting.version,
            setting: content.setting,
            value: content.value.to_string(),
            valid_from: content.valid_from,
            valid_to: content.valid_to,
            source: content.source,
            note: content.note,
            created_at: setting.created_at,
        }
    }

    fn setting(self) -> StoreResult<RuleSetting> {
        Ok(RuleSetting {
            id: self.id,
            version: self.version,
            content: RuleSettingContent {
                setting: self.setting,
                value: serde_json::from_str(&self.value)?,
                valid_from: self.valid_from,
                valid_to: self.valid_to,
                source: self.source,
                note: self.note,
            },
            created_at: self.created_at,
        })
    }
}

/// What lists of settings are filtered by.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    pub settings: Vec<Setting>,
    /// Only those that hold on this day.
    pub on: Option<Date>,
}

/// The settings that a caller may see: all, for whoever sees anything of the inspection.
fn visible_to(actor: &Actor) -> rule_settings::BoxedQuery<'static, Db> {
    let query = rule_settings::table.into_boxed();
    if actor.sees_inspection() { query } else { query.filter(rule_settings::id.eq_any(Vec::<Id>::new())) }
}

fn find(conn: &mut DbConnection, actor: &Actor, id: Id) -> StoreResult<RuleSetting> {
    let query = visible_to(actor).filter(rule_settings::id.eq(id));
    let row: Row = query.select(Row::as_select()).first(conn)?;
    row.setting()
}

/// One setting in the caller's scope.
pub fn get(read: &mut Read<'_>, id: Id) -> StoreResult<RuleSetting> {
    find(read.conn, read.actor, id)
}

/// One setting in the caller's scope, while nobody else changes any until the write ends.
pub fn lock(tx: &mut Write<'_>, id: Id) -> StoreResult<RuleSetting> {
    super::lock_table(tx.conn, "rule_settings")?;
    find(tx.conn, tx.actor, id)
}

/// The settings in the caller's scope.
pub fn list(read: &mut Read<'_>, filter: &Filter, page: &Page) -> StoreResult<Listed<RuleSetting>> {
    let query = || {
        let mut query = visible_to(read.actor);
        any_of!(query, rule_settings::setting => filter.settings);
        if let Some(on) = filter.on {
            let goes_on = rule_settings::valid_to.is_null().or(rule_settings::valid_to.ge(on));
            query = query.filter(rule_settings::valid_from.le(on)).filter(goes_on);
        }
        query
    };
    let (rows, total) = load_page!(read.conn, page, query, rule_settings::id, Row);
    let settings = rows.into_iter().map(Row::setting).collect::<StoreResult<_>>()?;
    Ok(page.cut(settings, |setting: &RuleSetting| setting.id, total))
}

/// All settings of all times, whoever asks: what rules read.
pub fn all(conn: &mut DbConnection) -> StoreResult<Vec<RuleSetting>> {
    let rows: Vec<Row> = rule_settings::table.select(Row::as_select()).load(conn)?;
    rows.into_iter().map(Row::setting).collect()
}

/// Enters a new validity. An open-ended one of the same setting that began before ends on the day before the
/// new one begins.
///
/// # Errors
/// [`Refusal::IdTaken`]; another validity on the same days.
pub fn create(tx: &mut Write<'_>, id: Id, content: RuleSettingContent) -> StoreResult<RuleSetting> {
    super::lock_table(tx.conn, "rule_settings")?;
    if super::exists(tx.conn, "rule_settings", id)? {
        return Err(Refusal::IdTaken.into());
    }
    for before in all(tx.conn)?.into_iter().filter(|other| other.content.setting == content.setting) {
        if let Some(ended) = before.content.validity().ended_by(content.validity()) {
            let content = RuleSettingContent { valid_to: ended.to, ..before.content.clone() };
            change(tx, "end", &before, content, None)?;
        }
    }
    check_others(tx.conn, id, &content)?;
    let setting = RuleSetting { id, version: 1, content, created_at: tx.now };
    diesel::insert_into(rule_settings::table).values(Row::of(&setting)).execute(tx.conn)?;
    record(tx, "create", None, &setting, None)?;
    Ok(setting)
}

/// Corrects a typing error, with its reason.
///
/// # Errors
/// Another validity on the same days.
pub fn correct(
    tx: &mut Write<'_>,
    before: &RuleSetting,
    content: RuleSettingContent,
    reason: &str,
) -> StoreResult<RuleSetting> {
    check_others(tx.conn, before.id, &content)?;
    change(tx, "correct", before, content, Some(reason))
}

fn check_others(conn: &mut DbConnection, id: Id, content: &RuleSettingContent) -> StoreResult<()> {
    let all = all(conn)?;
    let others = all.iter().filter(|other| other.id != id && other.content.setting == content.setting);
    let mut violations = Violations::default();
    overlap(&mut violations, content.validity(), others.map(|other| other.content.validity()));
    Ok(violations.refuse()?)
}

fn change(
    tx: &mut Write<'_>,
    action: &str,
    before: &RuleSetting,
    content: RuleSettingContent,
    reason: Option<&str>,
) -> StoreResult<RuleSetting> {
    let setting = RuleSetting { version: before.version + 1, content, ..before.clone() };
    diesel::update(rule_settings::table.find(setting.id)).set(Row::of(&setting)).execute(tx.conn)?;
    record(tx, action, Some(before), &setting, reason)?;
    Ok(setting)
}

fn record(
    tx: &mut Write<'_>,
    action: &str,
    before: Option<&RuleSetting>,
    after: &RuleSetting,
    reason: Option<&str>,
) -> StoreResult<()> {
    let snapshot = |setting: &RuleSetting| serde_json::to_value(&setting.content);
    let event = Event {
        action,
        reason,
        before: before.map(snapshot).transpose()?,
        after: Some(snapshot(after).map_err(StoreError::from)?),
        ..Event::about(KIND, after.id)
    };
    audit::record(tx, event)
}
