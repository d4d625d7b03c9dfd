//! Civil dates as official Chinese letters write them (GB/T 9704: no leading zeros).

use chrono::{Datelike, NaiveDate, Weekday};
use minijinja::{Error, ErrorKind};

/// `2023年8月6日`.
pub fn day(date: &str) -> Result<String, Error> {
    Ok(written(parse(date)?))
}

/// `8月6日` in the year of the other date, else like [`day`]: the year is not said twice.
pub fn day_beside(date: &str, other: &str) -> Result<String, Error> {
    let (date, other) = (parse(date)?, parse(other)?);
    if date.year() == other.year() { Ok(date.format("%-m月%-d日").to_string()) } else { Ok(written(date)) }
}

/// `星期日`.
pub fn weekday(date: &str) -> Result<&'static str, Error> {
    Ok(match parse(date)?.weekday() {
        Weekday::Mon => "星期一",
        Weekday::Tue => "星期二",
        Weekday::Wed => "星期三",
        Weekday::Thu => "星期四",
        Weekday::Fri => "星期五",
        Weekday::Sat => "星期六",
        Weekday::Sun => "星期日",
    })
}

fn written(date: NaiveDate) -> String {
    date.format("%Y年%-m月%-d日").to_string()
}

fn parse(date: &str) -> Result<NaiveDate, Error> {
    date.parse().map_err(|_| Error::new(ErrorKind::InvalidOperation, "not a civil date"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_have_no_leading_zeros() {
        assert_eq!(day("2023-08-06").unwrap(), "2023年8月6日");
        assert!(day("2023-13-01").is_err());
    }

    #[test]
    fn the_year_is_said_once() {
        assert_eq!(day_beside("2023-08-06", "2023-07-31").unwrap(), "8月6日");
        assert_eq!(day_beside("2024-01-05", "2023-12-29").unwrap(), "2024年1月5日");
    }

    #[test]
    fn the_week_begins_on_monday() {
        let days = [
            "2023-08-07",
            "2023-08-08",
            "2023-08-09",
            "2023-08-10",
            "2023-08-11",
            "2023-08-12",
            "2023-08-13",
        ];
        let names = days.map(|day| weekday(day).unwrap());
        assert_eq!(names, ["星期一", "星期二", "星期三", "星期四", "星期五", "星期六", "星期日"]);
    }
}
