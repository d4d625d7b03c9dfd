//! How the domain's types stand in columns.

use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql};
use diesel::expression::AsExpression;
use diesel::internal::derives::as_expression::Bound;
use diesel::serialize::{self, Output, ToSql};
use diesel::sql_types::{Integer, Nullable, SingleValue, Text, Timestamp};

use crate::domain::area::Area;
use crate::domain::date::Date;
use crate::domain::email::EmailAddress;
use crate::domain::id::Id;
use crate::domain::instant::Instant;
use crate::domain::text::TextEnum;
use crate::domain::time_zone::TimeZone;

/// Implements diesel's traits for a domain type that is one column, given how it is written
/// and read: what its derives would do, without diesel in the domain.
macro_rules! column {
    ($type:ty as $sql:ty, $inner:ty, |$value:ident| $write:expr, $owned:ty, |$read:ident| $parse:expr) => {
        impl<DB: Backend> ToSql<$sql, DB> for $type
        where
            $inner: ToSql<$sql, DB>,
        {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
                let $value = self;
                <$inner as ToSql<$sql, DB>>::to_sql($write, out)
            }
        }

        impl<DB: Backend> ToSql<Nullable<$sql>, DB> for $type
        where
            $type: ToSql<$sql, DB>,
        {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
                ToSql::<$sql, DB>::to_sql(self, out)
            }
        }

        impl<DB: Backend> FromSql<$sql, DB> for $type
        where
            $owned: FromSql<$sql, DB>,
        {
            fn from_sql(bytes: DB::RawValue<'_>) -> deserialize::Result<Self> {
                let $read = <$owned as FromSql<$sql, DB>>::from_sql(bytes)?;
                $parse
            }
        }

        impl<DB: Backend, ST: SingleValue> diesel::Queryable<ST, DB> for $type
        where
            $type: FromSql<ST, DB>,
        {
            type Row = Self;

            fn build(row: Self) -> deserialize::Result<Self> {
                Ok(row)
            }
        }

        impl AsExpression<$sql> for $type {
            type Expression = Bound<$sql, $type>;
            fn as_expression(self) -> Self::Expression {
                Bound::new(self)
            }
        }

        impl<'e> AsExpression<$sql> for &'e $type {
            type Expression = Bound<$sql, &'e $type>;
            fn as_expression(self) -> Self::Expression {
                Bound::new(self)
            }
        }

        impl AsExpression<Nullable<$sql>> for $type {
            type Expression = Bound<Nullable<$sql>, $type>;
            fn as_expression(self) -> Self::Expression {
                Bound::new(self)
            }
        }

        impl<'e> AsExpression<Nullable<$sql>> for &'e $type {
            type Expression = Bound<Nullable<$sql>, &'e $type>;
            fn as_expression(self) -> Self::Expression {
                Bound::new(self)
            }
        }
    };
}

column!(Id as Text, str, |id| id.as_str(), String, |text| Ok(text.parse()?));
column!(
    Instant as Timestamp,
    chrono::NaiveDateTime,
    |instant| &instant.0,
    chrono::NaiveDateTime,
    |naive| Ok(Instant(naive))
);

column!(Date as diesel::sql_types::Date, chrono::NaiveDate, |date| &date.0, chrono::NaiveDate, |naive| Ok(
    Date(naive)
));

column!(Area as Integer, i32, |area| area.stored(), i32, |hundredths| {
    Self::from_hundredths(hundredths).map_err(|_| "a stored area is out of range".into())
});

column!(EmailAddress as Text, str, |address| address.as_str(), String, |text| {
    text.parse().map_err(|_| "a stored address is malformed".into())
});

column!(TimeZone as Text, str, |zone| zone.name(), String, |text| {
    text.parse().map_err(|_| "a stored time zone is unknown".into())
});

/// A closed list of words as a text column.
macro_rules! word_columns {
    ($($type:ty),+ $(,)?) => {
        $(column!($type as Text, str, |word| word.as_str(), String, |text| {
            <$type>::from_word(&text).ok_or_else(|| format!("{text:?} is no known word").into())
        });)+
    };
}

word_columns!(
    crate::domain::account::AccountKind,
    crate::domain::account::AccountStatus,
    crate::domain::actor::Role,
    crate::domain::escalation::EscalationKind,
    crate::domain::escalation::EscalationStatus,
    crate::domain::finding::FindingSource,
    crate::domain::finding::FindingStatus,
    crate::domain::finding::Misreporting,
    crate::domain::finding::Severity,
    crate::domain::measure::MeasureStatus,
    crate::domain::rectification::Mode,
    crate::domain::rectification::RectificationStatus,
    crate::domain::attachment::MediaType,
    crate::domain::campaign::CampaignStatus,
    crate::domain::campaign::GroupPosition,
    crate::domain::focus_item::FocusItem,
    crate::domain::form::FormKind,
    crate::domain::form::FormStatus,
    crate::domain::form::FormSupplementKind,
    crate::domain::form::Medium,
    crate::domain::form::Side,
    crate::domain::inspection::ItemResult,
    crate::domain::job::JobStatus,
    crate::domain::notice::AttemptStatus,
    crate::domain::notice::Audience,
    crate::domain::notice::DeliveryChannel,
    crate::domain::notice::NoticeKind,
    crate::domain::notice::NoticeStatus,
    crate::domain::notice::Overtaken,
    crate::domain::notice_content::MailContent,
    crate::domain::phase::PhaseKind,
    crate::domain::phase::Timing,
    crate::domain::record::RecordKind,
    crate::domain::report::Edition,
    crate::domain::report::ReportFormat,
    crate::domain::report::ReportStage,
    crate::domain::report::ReportStatus,
    crate::domain::rule_setting::Setting,
    crate::domain::self_check::SelfCheckStatus,
    crate::domain::service_account::ServiceAccountStatus,
    crate::domain::unit::StandardClass,
    crate::domain::unit::UnitKind,
    crate::domain::unit::UnitStatus,
    crate::domain::visit::VisitStatus,
    crate::domain::workday::DayKind,
    crate::store::schedule::Schedule,
);
