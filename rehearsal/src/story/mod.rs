//! `scripts/run --rehearse`: the plan lived through, day by day, from 31 July to September 2023.

mod days;
mod escalations;
mod figures;
mod folder;
mod leaders;
mod notice;
mod orders;
mod records;
mod recount;
mod reports;
mod self_checks;
mod visits;
mod world;

use crate::Outcome;
use crate::processes::told_to_stop;
use world::World;

/// Lives through the plan and checks what came of it.
///
/// # Errors
/// What went otherwise than the story says, or a stop on demand.
pub async fn run(workers: u8) -> Outcome {
    let data = folder::prepare()?;
    tokio::select! {
        biased;
        told = told_to_stop() => told.and(Err("The rehearsal was stopped.".into())),
        lived = live(&data, workers) => lived,
    }
}

async fn live(data: &std::path::Path, workers: u8) -> Outcome {
    let mut world = World::start(data, workers).await?;
    days::live(&mut world).await?;
    let report = reports::compile(&mut world).await?;
    reports::publish(&mut world).await?;
    let mut differences = figures::check(&mut world, &report).await?;
    differences.extend(recount::check(&mut world, &report.document).await?);
    differences.extend(notice::check(&mut world).await?);
    world.stop().await?;
    println!("\nReport {}: {}", report.number, report.html.display());
    println!("Everything is kept in {}, with the accounts in accounts.csv.", data.display());
    if differences.is_empty() {
        return Ok(());
    }
    Err(format!("The rehearsal went otherwise than its story:\n{}", differences.join("\n")).into())
}
