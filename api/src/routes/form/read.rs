//! Reading signed forms.

use serde::Deserialize;
use shared::domain::form::FormStatus;
use shared::domain::id::Id;
use shared::store::form::{self, Filter};
use utoipa::IntoParams;

use super::Shown;
use crate::answer::Answer;
use crate::error::Problem;
use crate::extract::caller::Caller;
use crate::extract::list::List;

/// Filters of forms.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct FormQuery {
    /// Of these campaigns.
    campaign_id: Vec<Id>,
    /// Of these units.
    unit_id: Vec<Id>,
    /// Of these visits.
    visit_id: Vec<Id>,
    /// In one of these states.
    status: Vec<FormStatus>,
}

/// A page of the forms of a kind.
pub async fn list_forms<P: Shown>(caller: Caller, list: List<FormQuery>) -> Result<Answer, Problem> {
    caller
        .read(move |read| {
            let FormQuery { campaign_id, unit_id, visit_id, status } = list.filter.clone();
            let filter = Filter {
                campaign_ids: campaign_id,
                unit_ids: unit_id,
                visit_ids: visit_id,
                statuses: status,
            };
            let records = form::list::<P>(read, &filter, &list.page)?;
            Answer::list(records.map(|record| P::view(record, read.actor)), |id| list.cursor(id))
        })
        .await
}

/// A form in the caller's scope.
pub async fn get_form<P: Shown>(caller: Caller, id: Id) -> Result<Answer, Problem> {
    caller
        .read(move |read| {
            let record = form::get::<P>(read, id)?;
            Answer::record(&P::view(record, read.actor))
        })
        .await
}
