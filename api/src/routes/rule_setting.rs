//! Settings of rules.

use actix_web::{get, patch, post, web};
use serde::{Deserialize, Serialize};
use shared::domain::actor::Role;
use shared::domain::date::Date;
use shared::domain::id::Id;
use shared::domain::instant::Instant;
use shared::domain::rule_setting::{RuleSetting, RuleSettingContent, Setting};
use shared::store::rule_setting::{self, Filter};
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;

use crate::answer::{Answer, List as ListBody, Representation};
use crate::error::Problem;
use crate::extract::body::Body;
use crate::extract::caller::Caller;
use crate::extract::if_match::IfMatch;
use crate::extract::list::{List, PageParams};
use crate::schema::{Correction, New};

pub fn register(config: &mut ServiceConfig<'_>) {
    config
        .service(create_rule_setting)
        .service(list_rule_settings)
        .service(get_rule_setting)
        .service(correct_rule_setting);
}

/// What is set for a rule, and when it holds.
#[derive(Serialize, ToSchema)]
#[schema(as = RuleSetting)]
struct RuleSettingView {
    id: Id,
    /// Rises with each change; also the ETag.
    #[schema(example = 1)]
    version: i64,
    #[serde(flatten)]
    content: RuleSettingContent,
    created_at: Instant,
}

impl From<RuleSetting> for RuleSettingView {
    fn from(setting: RuleSetting) -> Self {
        let RuleSetting { id, version, content, created_at } = setting;
        Self { id, version, content, created_at }
    }
}

impl Representation for RuleSettingView {
    const PATH: &'static str = "/v1/rule-settings";

    fn id(&self) -> Id {
        self.id
    }

    fn version(&self) -> i64 {
        self.version
    }
}

type NewRuleSetting = New<RuleSettingContent>;
type RuleSettingPatch = Correction<RuleSettingContent>;

/// Sets something anew (coordinator). What was set before without an end ends on the day before.
#[utoipa::path(tag = "rule settings", operation_id = "create_rule_setting", request_body = NewRuleSetting,
    responses((status = 201, description = "The setting.", body = RuleSettingView)))]
#[post("/rule-settings")]
async fn create_rule_setting(caller: Caller, body: Body) -> Result<Answer, Problem> {
    caller
        .write(move |tx| {
            tx.require(&[Role::Coordinator])?;
            let (id, content): (Id, RuleSettingContent) = body.read_new()?;
            content.check()?;
            Answer::created(&RuleSettingView::from(rule_setting::create(tx, id, content)?))
        })
        .await
}

/// Filters of settings.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
struct RuleSettingQuery {
    /// One of these.
    setting: Vec<Setting>,
    /// Only those that hold on this day.
    on: Option<Date>,
}

/// Lists settings of all times.
#[utoipa::path(tag = "rule settings", operation_id = "list_rule_settings", params(RuleSettingQuery, PageParams),
    responses((status = 200, description = "A page of settings.", body = ListBody<RuleSettingView>)))]
#[get("/rule-settings")]
async fn list_rule_settings(caller: Caller, list: List<RuleSettingQuery>) -> Result<Answer, Problem> {
    caller
        .read(move |read| {
            let filter = Filter { settings: list.filter.setting.clone(), on: list.filter.on };
            let settings = rule_setting::list(read, &filter, &list.page)?;
            Answer::list(settings.map(RuleSettingView::from), |id| list.cursor(id))
        })
        .await
}

/// Shows a setting.
#[utoipa::path(tag = "rule settings", operation_id = "get_rule_setting",
    params(("id" = Id, Path, description = "The setting.")),
    responses((status = 200, description = "The setting.", body = RuleSettingView)))]
#[get("/rule-settings/{id}")]
async fn get_rule_setting(caller: Caller, id: web::Path<Id>) -> Result<Answer, Problem> {
    caller.read(move |read| Answer::record(&RuleSettingView::from(rule_setting::get(read, *id)?))).await
}

/// Corrects a typing error, with its reason (coordinator). What is decided otherwise is set anew instead.
#[utoipa::path(tag = "rule settings", operation_id = "correct_rule_setting",
    params(("id" = Id, Path, description = "The setting."), IfMatch),
    request_body(content((RuleSettingPatch = "application/merge-patch+json"), (RuleSettingPatch = "application/json"))),
    responses((status = 200, description = "The setting.", body = RuleSettingView)))]
#[patch("/rule-settings/{id}")]
async fn correct_rule_setting(
    caller: Caller,
    id: web::Path<Id>,
    if_match: IfMatch,
    body: Body,
) -> Result<Answer, Problem> {
    caller
        .write(move |tx| {
            let before = rule_setting::lock(tx, *id)?;
            tx.require(&[Role::Coordinator])?;
            if_match.0.check(before.version)?;
            let (content, reason) = body.correction(&before.content)?;
            content.check()?;
            Answer::record(&RuleSettingView::from(rule_setting::correct(tx, &before, content, &reason)?))
        })
        .await
}
