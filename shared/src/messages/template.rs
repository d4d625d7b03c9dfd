//! What every template of Chinese text uses.

use chrono::{Datelike, NaiveDate};
use minijinja::syntax::SyntaxConfig;
use minijinja::{Environment, Error, ErrorKind, UndefinedBehavior};

use super::words;

/// An environment for templates of Chinese text. A name that the data lack is an error. Filters: `zh` (the
/// official term of a word, by its list), `date` (2023年8月1日) and `until` (the end of a period, the year
/// only where it is another than that of the start).
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
    Ok(environment)
}

/// A civil date as documents write it, without leading zeros (GB/T 9704-2012).
pub fn date_zh(date: NaiveDate) -> String {
    format!("{}年{}月{}日", date.year(), date.month(), date.day())
}

fn until(start: NaiveDate, end: NaiveDate) -> String {
    if start.year() == end.year() { format!("{}月{}日", end.month(), end.day()) } else { date_zh(end) }
}

fn parse(date: &str) -> Result<NaiveDate, Error> {
    date.parse().map_err(|_| unreadable(format!("no date: {date}")))
}

fn unreadable(detail: String) -> Error {
    Error::new(ErrorKind::InvalidOperation, detail)
}
