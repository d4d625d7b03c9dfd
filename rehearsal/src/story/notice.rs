//! What the rehearsal has of each part of the notice: the last table of `docs/notice.md`, held against the service.

use super::world::World;
use crate::Outcome;

const DOCUMENT: &str = include_str!("../../../docs/notice.md");

/// A line of the table.
struct Line {
    text: &'static str,
    /// The list, as a call of the api; `{id}` is the campaign.
    list: &'static str,
    length: usize,
}

/// Prints the length of each list, and returns which are not as the document says.
///
/// # Errors
/// A call that was refused, or a table that cannot be read.
pub async fn check(world: &mut World) -> Outcome<Vec<String>> {
    let office = world.person("coordinator-1").await?;
    let mut differences = Vec::new();
    println!("\nWhat there is of the notice");
    for Line { text, list, length } in lines()? {
        let path = list.replace("{id}", world.campaign_id());
        let body = office.get(&path).await?.body;
        let found = match body["total"].as_u64() {
            Some(total) => usize::try_from(total)?,
            None => body["items"].as_array().map_or(0, Vec::len),
        };
        println!("  {found:>3} {text}");
        if found != length {
            differences.push(format!("{text} ({list}): {length} expected, {found} found"));
        }
    }
    Ok(differences)
}

fn lines() -> Outcome<Vec<Line>> {
    let (_, table) =
        DOCUMENT.split_once("| text | list | length |\n|---|---|---|\n").ok_or("the table is missing")?;
    table.lines().map(line).collect()
}

fn line(row: &'static str) -> Outcome<Line> {
    let mut cells = row.trim_matches('|').split('|').map(str::trim);
    match (cells.next(), cells.next(), cells.next()) {
        (Some(text), Some(list), Some(length)) => {
            Ok(Line { text, list: list.trim_matches('`'), length: length.parse()? })
        }
        _ => Err(format!("no line of the table: {row}").into()),
    }
}
