//! The hours at which the daily scan's notices go.

use chrono::{NaiveTime, TimeDelta, TimeZone};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::instant::Instant;
use super::refusal::{Code, Violations};

/// From when until when scanned notices go, every day, in the campaign's time zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"from": "08:00:00", "until": "18:00:00"}))]
pub struct SendingHours {
    /// The first moment.
    pub from: NaiveTime,
    /// The end, no more itself among them.
    pub until: NaiveTime,
}

impl Default for SendingHours {
    /// 08:00 to 18:00.
    fn default() -> Self {
        let midnight = NaiveTime::MIN;
        Self { from: midnight + TimeDelta::hours(8), until: midnight + TimeDelta::hours(18) }
    }
}

impl SendingHours {
    /// Notes hours that end before they start.
    pub fn check(&self, violations: &mut Violations, pointer: &str) {
        violations.require(self.from < self.until, format!("{pointer}/until"), Code::EndsBeforeStart);
    }

    /// When a notice that falls due now may go: at once within the hours, else at their next start.
    pub fn next_sending_instant(&self, now: Instant, zone: Tz) -> Instant {
        let local = now.to_utc().with_timezone(&zone);
        if (self.from..self.until).contains(&local.time()) {
            return now;
        }
        let today = local.date_naive();
        let day = if local.time() < self.from { Some(today) } else { today.succ_opt() };
        let start = day.and_then(|day| {
            // The clocks may be set forward over the start: then the first quarter that exists.
            let quarters = (0..96).map(|quarter| TimeDelta::minutes(15 * quarter));
            let mut starts = quarters.filter_map(|later| day.and_time(self.from).checked_add_signed(later));
            starts.find_map(|start| zone.from_local_datetime(&start).earliest())
        });
        start.map_or(now, |start| start.to_utc().into())
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use chrono_tz::Asia::Shanghai;
    use chrono_tz::Europe::Berlin;

    use super::*;

    fn next(hours: SendingHours, zone: Tz, now: &str) -> String {
        let now = DateTime::parse_from_rfc3339(now).unwrap().to_utc().into();
        hours.next_sending_instant(now, zone).to_utc().with_timezone(&zone).to_rfc3339()
    }

    #[test]
    fn what_falls_due_in_the_night_waits_for_the_morning() {
        let next = |now| next(SendingHours::default(), Shanghai, now);
        assert_eq!(next("2023-08-07T00:30:00+08:00"), "2023-08-07T08:00:00+08:00");
        assert_eq!(next("2023-08-07T08:00:00+08:00"), "2023-08-07T08:00:00+08:00");
        assert_eq!(next("2023-08-07T17:59:59+08:00"), "2023-08-07T17:59:59+08:00");
        assert_eq!(next("2023-08-07T18:00:00+08:00"), "2023-08-08T08:00:00+08:00");
        assert_eq!(next("2023-08-31T23:00:00+08:00"), "2023-09-01T08:00:00+08:00");
    }

    #[test]
    fn a_start_that_the_clocks_skip_is_the_first_quarter_after_it() {
        let hours = SendingHours { from: "02:30:00".parse().unwrap(), until: "18:00:00".parse().unwrap() };
        assert_eq!(next(hours, Berlin, "2023-03-26T01:00:00+01:00"), "2023-03-26T03:00:00+02:00");
    }

    #[test]
    fn hours_without_seconds_are_read_and_inverted_ones_are_named() {
        let hours: SendingHours = serde_json::from_str(r#"{"from": "18:00", "until": "08:00"}"#).unwrap();
        let mut violations = Violations::default();
        hours.check(&mut violations, "/sending_hours");
        assert!(violations.refuse().is_err());
    }
}
