//! A form as its row.

use diesel::prelude::*;

use crate::domain::form::{Form, FormKind, FormStatus};
use crate::domain::id::Id;
use crate::domain::instant::Instant;
use crate::store::schema::forms;

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = forms, treat_none_as_null = true)]
pub(super) struct Row {
    id: Id,
    kind: FormKind,
    version: i64,
    status: FormStatus,
    visit_id: Id,
    campaign_id: Id,
    unit_id: Id,
    unit_name: String,
    requested_at: Option<Instant>,
    void_reason: Option<String>,
    created_by: Option<Id>,
    created_at: Instant,
}

impl Row {
    pub(super) fn of(form: &Form) -> Self {
        let form = form.clone();
        Self {
            id: form.id,
            kind: form.kind,
            version: form.version,
            status: form.status,
            visit_id: form.visit_id,
            campaign_id: form.campaign_id,
            unit_id: form.unit_id,
            unit_name: form.unit_name,
            requested_at: form.requested_at,
            void_reason: form.void_reason,
            created_by: form.created_by,
            created_at: form.created_at,
        }
    }

    pub(super) fn form(self) -> Form {
        Form {
            id: self.id,
            kind: self.kind,
            version: self.version,
            status: self.status,
            visit_id: self.visit_id,
            campaign_id: self.campaign_id,
            unit_id: self.unit_id,
            unit_name: self.unit_name,
            requested_at: self.requested_at,
            void_reason: self.void_reason,
            created_by: self.created_by,
            created_at: self.created_at,
        }
    }
}
