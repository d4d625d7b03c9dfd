//! What every template of Chinese text uses.

use chrono::{Datelike, NaiveTime, Timelike, Weekday};
use minijinja::syntax::SyntaxConfig;
use minijinja::{Environment, Error, ErrorKind, UndefinedBehavior};

use super::words;
use crate::domain::date::Date;

/// An environment for templates of Chinese text. A name that the data lack is an error. Filters: `zh` (the
/// official term of a word, by its list), `date` (2023年8月1日), `until` (the end of a period, the year
/// only where it is another than that of the start), `weekday` (星期二) and `time` (9:00).
///
/// # Errors
/// A syntax that contradicts itself.
pub fn environment() -> Result<Environment<'static>, Error> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_syntax(SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build()?);
    environment.add_filter("zh", |word: &str, list: &str| {
        words::zh(list, word).ok_or_else(|| unreadable(format!("no term for {word} in {list}")))
    });
    environment.add_filter("date", |date: &str| parse(date).map(date_zh));
    environment
        .add_filter("until", |end: &str, start: &str| Ok::<_, Error>(until(parse(start)?, parse(end)?)));
    environment.add_filter("weekday", |date: &str| parse(date).map(weekday_zh));
    environment.add_filter("time", |time: &str| {
        let time: NaiveTime = time.parse().map_err(|_| unreadable(format!("no time: {time}")))?;
        Ok::<_, Error>(time_zh(time))
    });
    Ok(environment)
}

/// An hour of the day, by the 24-hour clock.
pub fn time_zh(time: NaiveTime) -> String {
    format!("{}:{:02}", time.hour(), time.minute())
}

fn weekday_zh(date: Date) -> &'static str {
    match date.naive().weekday() {
        Weekday::Mon => "星期一",
        Weekday::Tue => "星期二",
        Weekday::Wed => "星期三",
        Weekday::Thu => "星期四",
        Weekday::Fri => "星期五",
        Weekday::Sat => "星期六",
        Weekday::Sun => "星期日",
    }
}

/// A civil date as documents write it, without leading zeros (GB/T 9704-2012).
pub fn date_zh(date: Date) -> String {
    let date = date.naive();
    format!("{}年{}月{}日", date.year(), date.month(), date.day())
}

fn until(start: Date, end: Date) -> String {
    let (first, last) = (start.naive(), end.naive());
    if first.year() == last.year() { format!("{}月{}日", last.month(), last.day()) } else { date_zh(end) }
}

fn parse(date: &str) -> Result<Date, Error> {
    date.parse().map_err(|_| unreadable(format!("no date: {date}")))
}

fn unreadable(detail: String) -> Error {
    Error::new(ErrorKind::InvalidOperation, detail)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rendered(template: &str) -> String {
        environment().unwrap().render_str(template, ()).unwrap()
    }

    #[test]
    fn dates_have_no_leading_zeros_and_say_the_year_once() {
        assert_eq!(rendered("{{ '2023-08-06'|date }}"), "2023年8月6日");
        assert_eq!(rendered("{{ '2023-08-06'|until('2023-07-31') }}"), "8月6日");
        assert_eq!(rendered("{{ '2024-01-05'|until('2023-12-29') }}"), "2024年1月5日");
    }

    #[test]
    fn hours_have_no_leading_zero() {
        assert_eq!(rendered("{{ '09:00:00'|time }}{{ '14:30:00'|time }}"), "9:0014:30");
    }

    #[test]
    fn the_week_begins_on_monday() {
        let days = "{% for day in range(7, 14) %}{{ ('2023-08-%02d'|format(day))|weekday }}{% endfor %}";
        assert_eq!(rendered(days), "星期一星期二星期三星期四星期五星期六星期日");
    }
}
