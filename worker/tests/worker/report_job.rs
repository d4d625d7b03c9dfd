//! Reports from the request to their files, on both engines.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use chrono::TimeDelta;
use diesel::prelude::*;
use shared::domain::actor::Actor;
use shared::domain::canonical::sha256;
use shared::domain::id::Id;
use shared::domain::job::{Job, JobStatus};
use shared::domain::report::{
    Edition, FigureRow, Report, ReportFile, ReportFormat, ReportStage, ReportStatus, ReportVerb, Section,
    Snapshot, TextsContent,
};
use shared::domain::statistics::Statistics;
use shared::domain::text::TextEnum;
use shared::store::schema::{report_texts, reports};
use shared::store::statistics::{Scope, facts};
use shared::store::{campaign, clock, job, report};
use xunjian_worker::jobs::report::compile_report;
use xunjian_worker::report::{Version, html};
use xunjian_worker::runner;
use xunjian_worker::stop::stop;

use crate::database::Engine;
use crate::report_campaign::Office;
use crate::report_docx::read_part;
use crate::report_pdf::text_of;

/// Defines a test that runs on both engines.
macro_rules! on_both_engines {
    (async fn $name:ident($office:ident: &Office) $body:block) => {
        mod $name {
            use super::*;

            async fn run_with($office: &Office) $body

            #[tokio::test]
            async fn sqlite() {
                let office = Office::open(Engine::Sqlite);
                run_with(&office).await;
                office.close();
            }

            #[tokio::test]
            async fn postgres() {
                let office = Office::open(Engine::Postgres);
                run_with(&office).await;
                office.close();
            }
        }
    };
}

async fn compile(office: &Office, id: Id) -> Report {
    compile_report(&office.worker, id).await.unwrap();
    office.report(id)
}

/// One tick of a worker.
async fn tick(office: &Office) {
    let (_stopper, stop) = stop();
    runner::tick(&office.worker, &stop).await.unwrap();
}

/// The bytes of a file, which are those that its row names.
async fn bytes(office: &Office, report: &Report, format: ReportFormat) -> Vec<u8> {
    let file = report.file(format).unwrap();
    let bytes = office.objects.get(&file.object_key).await.unwrap().to_vec();
    assert_eq!(sha256(&bytes), file.sha256);
    assert_eq!(i64::try_from(bytes.len()), Ok(file.size));
    bytes
}

async fn snapshot(office: &Office, report: &Report) -> Snapshot {
    serde_json::from_slice(&bytes(office, report, ReportFormat::Json).await).unwrap()
}

on_both_engines! {
    async fn a_report_counts_as_the_statistics_of_the_same_moment(office: &Office) {
        let report = compile(office, office.request(Edition::Full)).await;
        assert_eq!(report.status, ReportStatus::Ready);
        assert_eq!(report.number.as_deref(), Some("2023-1"));
        let progress = report.progress().unwrap();
        assert_eq!(progress.done, progress.all);
        let snapshot = snapshot(office, &report).await;
        let statistics = office.store.snapshot(|conn| {
            let campaign = campaign::load(conn, office.campaign)?;
            Ok(Statistics::compute(&facts(conn, &campaign, &Scope::Campaign)?, "2023-08-28".parse().unwrap()))
        });
        assert_eq!(snapshot.statistics, statistics.unwrap());
        let total = snapshot.statistics.total;
        let checks = total.self_checks;
        assert_eq!((checks.due, checks.submitted, checks.late, checks.missing, checks.excused), (4, 2, 1, 2, 1));
        assert_eq!((total.visits.due, total.visits.visited), (4, 0), "the excused unit is not visited");
        let leaders = total.leaders;
        // 17 shared by two and 17 alone are 25.5, 21.4 the same way 32.1: above 18 by 7.5 and 14.1.
        assert_eq!((leaders.due, leaders.measured, leaders.over, leaders.over_area.to_string()), (2, 2, 2, "21.60".to_owned()));
        let problems = total.problems;
        assert_eq!((problems.total, problems.closed, problems.in_progress, problems.overdue), (4, 1, 3, 1));
        assert_eq!((total.measures.total, total.measures.done), (2, 1));
        let done = snapshot.figure_rows("measures.done").unwrap().rows;
        let of = |row: &FigureRow| (row.unit_name.clone(), row.text.clone().unwrap());
        let expected = ("墟沟街道办事处".to_owned(), "报送租用申请".to_owned());
        assert_eq!(done.iter().map(of).collect::<Vec<_>>(), [expected]);
        for (name, figure) in &snapshot.figures {
            let rows = snapshot.figure_rows(name).unwrap().rows;
            assert_eq!(rows.iter().map(|row| row.id).collect::<Vec<_>>(), figure.rows, "{name}");
        }
        assert_eq!(snapshot.lists.rectifications.len(), 3, "the withdrawn order is history");
        assert_eq!(snapshot.texts.typical_cases.len(), 1);

        let page = String::from_utf8(bytes(office, &report, ReportFormat::Html).await).unwrap();
        assert_eq!(html::render(&Version::of(snapshot).unwrap()).unwrap(), page);
        for text in [
            "《江苏省党政机关办公用房管理办法》（苏办发〔",
            "受台风影响，前三岛乡停航。",
            "卜小满",
            "乡科级正职",
            "江晚晴合用（共",
            "办公用房整改〔",
            "租用审批手续不全的问题较为集中。",
        ] {
            assert!(page.contains(text), "{text}");
        }
        let again = compile(office, office.request(Edition::Full)).await;
        assert_eq!(again.number.as_deref(), Some("2023-2"));
    }
}

on_both_engines! {
    async fn the_public_edition_holds_no_name_that_the_records_hold(office: &Office) {
        let full = compile(office, office.request(Edition::Full)).await;
        let report = compile(office, office.request(Edition::Public)).await;
        let header = snapshot(office, &report).await.header;
        assert_eq!((header.full_report_id, Some(header.number)), (Some(full.id), full.number));
        for format in ReportFormat::ALL {
            let bytes = bytes(office, &report, *format).await;
            let text = match format {
                ReportFormat::Pdf => text_of(&bytes),
                ReportFormat::Docx => read_part(&bytes, "word/document.xml"),
                ReportFormat::Xlsx => {
                    (1..=7).map(|at| read_part(&bytes, &format!("xl/worksheets/sheet{at}.xml"))).collect()
                }
                ReportFormat::Json | ReportFormat::Html => String::from_utf8(bytes).unwrap(),
            };
            for name in ["周云台", "车喆", "卜小满"] {
                assert!(!text.contains(name), "{name} in {format}");
            }
        }
        assert_eq!(snapshot(office, &report).await.statistics.total.problems.total, 4);
    }
}

on_both_engines! {
    async fn the_records_are_read_by_as_many_statements_however_many_they_are(office: &Office) {
        let mut counts = Vec::new();
        for _ in 0..2 {
            let content = office.report(office.request(Edition::Full)).content;
            let now = office.report(office.request(Edition::Full)).created_at;
            let before = office.store.statements();
            office.store.snapshot(|conn| report::material(conn, &content, now)).unwrap();
            counts.push(office.store.statements() - before);
            for _ in 0..10 {
                office.find_another();
            }
        }
        assert_eq!(counts[0], counts[1]);
        assert!(counts[0] < 21, "{counts:?}");
    }
}

on_both_engines! {
    async fn r52_what_contradicts_itself_fails_the_report_and_takes_no_number(office: &Office) {
        let id = office.request(Edition::Full);
        let texts = report_texts::table.find(office.campaign);
        let cases = |conn: &mut shared::store::DbConnection| {
            let cases: String = texts.select(report_texts::typical_cases).first(conn)?;
            let case = cases.trim_matches(['[', ']']);
            let twice = report_texts::typical_cases.eq(format!("[{case},{case}]"));
            diesel::update(texts).set(twice).execute(conn)?;
            Ok(cases)
        };
        let sound = office.store.with(cases).unwrap();
        let failed = compile(office, id).await;
        assert_eq!(failed.status, ReportStatus::Failed);
        assert_eq!((failed.number, failed.files), (None, vec![]));
        let reason = failed.failure_reason.unwrap();
        assert!(reason.starts_with("报告数据不一致，未予生成（共1处）：texts.typical_cases应为"), "{reason}");

        let mend = |conn: &mut shared::store::DbConnection| {
            Ok(diesel::update(texts).set(report_texts::typical_cases.eq(&sound)).execute(conn)?)
        };
        office.store.with(mend).unwrap();
        let next = compile(office, office.request(Edition::Full)).await;
        assert_eq!(next.number.as_deref(), Some("2023-1"));
        assert_eq!(compile(office, id).await.status, ReportStatus::Failed, "what has failed stays so");
    }
}

on_both_engines! {
    async fn a_tick_compiles_what_was_asked_for_and_sweeps_what_no_report_names(office: &Office) {
        office.objects.put("reports/nobody/lost.json", "{}".to_owned()).await.unwrap();
        let (full, team) = (office.request(Edition::Full), office.request(Edition::Team));
        tick(office).await;
        let public = office.request(Edition::Public);
        tick(office).await;
        for (id, number) in [(full, Some("2023-1")), (team, Some("2023-组1")), (public, None)] {
            let report = office.report(id);
            assert_eq!((report.status, report.number.as_deref()), (ReportStatus::Ready, number));
        }
        assert_eq!(office.store.with(job::depth).unwrap(), job::Depth::default(), "a job that is done is gone");
        assert!(office.objects.get("reports/nobody/lost.json").await.is_ok(), "its row may still be written");
        let old = std::fs::File::open(office.path("reports/nobody/lost.json")).unwrap();
        let days_ago = clock::system_now() - TimeDelta::days(2);
        old.set_modified(days_ago.to_utc().into()).unwrap();
        office.write(|tx| job::enqueue(tx, &Job::SweepReports, None));
        tick(office).await;
        assert!(office.objects.get("reports/nobody/lost.json").await.is_err());
        for file in office.report(full).files {
            assert!(office.objects.get(&file.object_key).await.is_ok(), "{}", file.format);
        }
    }
}

/// A worker that is killed: what it does is polled so often, then dropped.
struct Killed<F> {
    work: Pin<Box<F>>,
    polls: usize,
}

impl<F: Future> Future for Killed<F> {
    type Output = Option<F::Output>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        if self.polls == 0 {
            return Poll::Ready(None);
        }
        self.polls -= 1;
        self.work.as_mut().poll(context).map(Some)
    }
}

on_both_engines! {
    async fn what_a_killed_worker_began_another_finishes(office: &Office) {
        let mut settled = 0;
        for polls in 0.. {
            let id = office.request(Edition::Full);
            let work = Box::pin(compile_report(&office.worker, id));
            let ended = Killed { work, polls }.await;
            let kept = office.report(id).files.first().map(|file| file.sha256.clone());
            // What is recorded meanwhile is in the version only where none had been settled.
            let late = office.find_another();
            let report = compile(office, id).await;
            assert_eq!(report.status, ReportStatus::Ready, "killed after {polls}");
            assert_eq!(report.files.len(), ReportFormat::ALL.len());
            assert_eq!(report.number, Some(format!("2023-{}", polls + 1)), "no number is lost or doubled");
            let snapshot = snapshot(office, &report).await;
            if let Some(kept) = kept {
                settled += 1;
                assert_eq!(report.file(ReportFormat::Json).map(|file| &file.sha256), Some(&kept));
                assert!(!snapshot.lists.problems.iter().any(|row| row.finding_id == late));
            }
            let page = String::from_utf8(bytes(office, &report, ReportFormat::Html).await).unwrap();
            assert_eq!(html::render(&Version::of(snapshot).unwrap()).unwrap(), page);
            if ended.is_some() {
                break;
            }
        }
        assert!(settled > 1, "no kill met a version that was settled");
    }
}

on_both_engines! {
    async fn two_workers_on_one_report_make_one_version(office: &Office) {
        let id = office.request(Edition::Full);
        let (one, two) = tokio::join!(
            compile_report(&office.worker, id),
            compile_report(&office.worker, id)
        );
        one.unwrap();
        two.unwrap();
        let report = office.report(id);
        assert_eq!(report.status, ReportStatus::Ready);
        assert_eq!(report.number.as_deref(), Some("2023-1"));
        let snapshot = snapshot(office, &report).await;
        let page = String::from_utf8(bytes(office, &report, ReportFormat::Html).await).unwrap();
        assert_eq!(html::render(&Version::of(snapshot).unwrap()).unwrap(), page);
    }
}

on_both_engines! {
    async fn a_report_whose_job_is_given_up_has_failed(office: &Office) {
        let id = office.request(Edition::Full);
        let mut now = clock::system_now();
        let ends = std::iter::from_fn(|| {
            now = now + TimeDelta::days(1);
            let end = office.write(|tx| {
                let Some(claim) = job::claim(tx, now, TimeDelta::minutes(1))? else { return Ok(None) };
                assert_eq!(claim.job, Job::CompileReport { report_id: id });
                job::fail(tx, &claim, "the disk is full", now, 0.5).map(Some)
            });
            end.map(|end| (end, office.report(id).status))
        });
        let ends: Vec<_> = ends.collect();
        let (last, before) = ends.split_last().unwrap();
        assert_eq!(*last, (JobStatus::Dead, ReportStatus::Failed));
        assert!(before.iter().all(|end| *end == (JobStatus::Queued, ReportStatus::Queued)), "{before:?}");
        let reason = office.report(id).failure_reason.unwrap();
        assert!(reason.contains("请联系系统管理员") && !reason.contains("disk"), "{reason}");
    }
}

on_both_engines! {
    async fn what_was_rendered_before_a_kill_is_not_rendered_again(office: &Office) {
        let report = half_way(office).await;
        let kept = ReportFile {
            format: ReportFormat::Html,
            object_key: format!("reports/{}/kept.html", report.id),
            sha256: "0".repeat(64),
            size: 1,
        };
        assert!(office.write(|tx| report::keep_file(tx, report.id, &kept)));
        let other = ReportFile { size: 2, ..kept.clone() };
        assert!(office.write(|tx| report::keep_file(tx, report.id, &other)), "another worker's comes late");
        let after = compile(office, report.id).await;
        assert_eq!((after.status, after.file(ReportFormat::Html)), (ReportStatus::Ready, Some(&kept)));
    }
}

on_both_engines! {
    async fn characters_that_no_font_has_stand_in_the_result(office: &Office) {
        let report = compile(office, office.request(Edition::Full)).await;
        assert_eq!(report.missing_characters, Some(Vec::new()));
        office.write(|tx| {
            let (campaign, before) = (campaign::load(tx.conn, office.campaign)?, report::texts(tx.conn, office.campaign)?);
            let signer = Some("\u{10fffd}办公室".to_owned());
            report::write_texts(tx, &campaign, &before, &TextsContent { signer, ..before.clone() })
        });
        let report = compile(office, office.request(Edition::Full)).await;
        let told = report.missing_characters.unwrap();
        assert_eq!(told.iter().map(|one| one.characters.as_str()).collect::<Vec<_>>(), ["\u{10fffd}"]);
    }
}

on_both_engines! {
    async fn a_text_that_the_typesetter_cannot_take_is_printed_plainly_and_named(office: &Office) {
        let written = "难以排版\n的\u{200d}文字".to_owned();
        office.write(|tx| {
            let (campaign, before) = (campaign::load(tx.conn, office.campaign)?, report::texts(tx.conn, office.campaign)?);
            let suggestions = (Section::Suggestions, written.clone());
            let others = (Section::Work, "分段\n书写".to_owned());
            let sections = [suggestions, others].into();
            report::write_texts(tx, &campaign, &before, &TextsContent { sections, ..before.clone() })
        });
        let id = office.request(Edition::Full);
        compile_report(&office.worker_that_cannot_typeset("难以排版"), id).await.unwrap();
        let report = office.report(id);
        assert_eq!(report.status, ReportStatus::Ready, "{:?}", report.failure_reason);
        assert_eq!(report.plainly_printed, [written.as_str()]);
        let printed = text_of(&bytes(office, &report, ReportFormat::Pdf).await);
        assert!(printed.contains("难以排版"), "{printed}");
        assert_eq!(snapshot(office, &report).await.texts.written[&Section::Suggestions], written);
    }
}

on_both_engines! {
    async fn a_report_that_cannot_be_typeset_for_another_reason_is_tried_again(office: &Office) {
        let id = office.request(Edition::Full);
        let worker = office.worker_that_cannot_typeset("schema");
        assert!(compile_report(&worker, id).await.is_err());
        let report = office.report(id);
        assert_eq!((report.status, report.plainly_printed), (ReportStatus::Compiling, Vec::new()));
    }
}

on_both_engines! {
    async fn what_takes_more_than_is_allowed_fails_the_report(office: &Office) {
        let id = office.request(Edition::Full);
        let little = office.worker_with(&[("XUNJIAN_RENDER_MEMORY_MB", "112")]);
        compile_report(&little, id).await.unwrap();
        let report = office.report(id);
        assert_eq!(report.status, ReportStatus::Failed);
        assert!(report.failure_reason.unwrap().contains("PDF文件超出"), "the page takes less");
    }
}

/// Leads a report to where its snapshot stands and its other files do not.
async fn half_way(office: &Office) -> Report {
    let id = office.request(Edition::Full);
    compile(office, id).await;
    let back = |conn: &mut shared::store::DbConnection| {
        let compiling =
            (reports::status.eq(ReportStatus::Compiling), reports::stage.eq(ReportStage::Rendering));
        diesel::update(reports::table.find(id)).set(compiling).execute(conn)?;
        let pages = shared::store::schema::report_files::table
            .filter(shared::store::schema::report_files::format.ne(ReportFormat::Json));
        Ok(diesel::delete(pages).execute(conn)?)
    };
    office.store.with(back).unwrap();
    office.report(id)
}

on_both_engines! {
    async fn a_snapshot_that_was_changed_on_the_disk_fails_the_report(office: &Office) {
        let report = half_way(office).await;
        let path = office.path(&report.files[0].object_key);
        let text = std::fs::read_to_string(&path).unwrap();
        std::fs::write(&path, text.replace("台账", "帐目").replace("租用", "借用")).unwrap();
        let failed = compile(office, report.id).await;
        assert_eq!(failed.status, ReportStatus::Failed);
        assert!(failed.failure_reason.unwrap().contains("校验值不符"));
        assert_eq!(failed.files.len(), 1);
    }
}

on_both_engines! {
    async fn a_report_that_is_called_off_half_way_stays_so(office: &Office) {
        let report = half_way(office).await;
        let cancelled = Report { status: ReportStatus::Cancelled, ..report.clone() };
        office.write(|tx| report::update(tx, ReportVerb::Cancel.as_str(), &report, cancelled.clone()));
        let after = compile(office, report.id).await;
        assert_eq!(after.status, ReportStatus::Cancelled);
        let worker = Actor::system("worker");
        let late = office.store.write(&worker, "test", |tx| {
            assert!(!report::advance(tx, report.id, ReportStage::Rendering)?);
            assert!(!report::keep_file(tx, report.id, &report.files[0])?);
            assert_eq!(report::number(tx, report.id, 2023)?, None);
            report::finish(tx, report.id)?;
            report::fail(tx, report.id, "…")
        });
        late.unwrap();
        assert_eq!(office.report(report.id), after, "a worker that comes late changes nothing");
    }
}
