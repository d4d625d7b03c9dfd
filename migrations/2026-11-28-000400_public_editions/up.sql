-- A public edition has no number of its own: it names the full version that it is made from, with its number. Public
-- editions of before have their own number and none of these; those that nobody has finished are not to be finished.
ALTER TABLE reports ADD COLUMN full_report_id TEXT REFERENCES reports (id);
ALTER TABLE reports ADD COLUMN full_number TEXT;
UPDATE reports
SET status = 'failed', version = version + 1,
    failure_reason = '系统已升级，公开版须依据全文版生成，请重新申请。'
WHERE edition = 'public' AND status IN ('queued', 'compiling');
