//! Civil dates as official Chinese letters write them (GB/T 9704: no leading zeros).

use chrono::{Datelike, NaiveDate, Weekday};
use minijinja::{Error, ErrorKind};

/// `2023年8月6日`.
pub fn day(date: &str) -> Result<String, Error> {
    Ok(written(parse(date)?))
}

/// `2023年8月6日（星期日）`.
pub fn weekday(date: &str) -> Result<String, Error> {
    let date = parse(date)?;
    let weekday = match date.weekday() {
        Weekday::Mon => "一",
        Weekday::Tue => "二",
        Weekday::Wed => "三",
        Weekday::Thu => "四",
        Weekday::Fri => "五",
        Weekday::Sat => "六",
        Weekday::Sun => "日",
    };
    Ok(format!("{}（星期{weekday}）", written(date)))
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
        assert_eq!(weekday("2023-08-06").unwrap(), "2023年8月6日（星期日）");
        assert_eq!(weekday("2023-10-30").unwrap(), "2023年10月30日（星期一）");
        assert!(day("2023-13-01").is_err());
    }
}
