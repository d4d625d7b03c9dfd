//! What lies about is swept, and nothing else.

use chrono::TimeDelta;
use diesel::prelude::*;
use shared::domain::attachment::MediaType;
use shared::domain::id::Id;
use shared::objects::Objects;
use shared::store::attachment::{self, Stored};
use shared::store::clock::system_now;
use shared::store::schema::attachments;

use crate::on_both_engines;
use crate::world::{World, at};

on_both_engines! {
    async fn an_attachment_that_no_record_wanted_is_forgotten_after_a_week(world: &World) {
        let objects = Objects::open(&format!("file://{}", world.folder().join("objects").display())).unwrap();
        let uploader = world.write(|tx| {
            let role = shared::domain::actor::Role::Inspector;
            crate::world::person(tx, "team-1", "team@district.example", role, None)
        });
        let actor = shared::domain::actor::Actor { account_id: Some(uploader), ..crate::world::office() };
        let upload = || {
            let id = Id::new();
            let stored = Stored {
                id,
                file_name: "照片.jpg".to_owned(),
                media_type: MediaType::Jpeg,
                size: 3,
                sha256: "00".to_owned(),
                object_key: format!("{}/{id}", attachment::OBJECTS),
            };
            world.store.write(&actor, "test", |tx| attachment::create(tx, &stored)).unwrap()
        };
        let (old, new) = (upload(), upload());
        for attachment in [&old, &new] {
            objects.put(&attachment.object_key, "abc".to_owned()).await.unwrap();
            let file = world.folder().join("objects").join(&attachment.object_key);
            let week_ago = std::time::SystemTime::from((system_now() - TimeDelta::days(8)).to_utc());
            std::fs::File::options().write(true).open(file).unwrap().set_modified(week_ago).unwrap();
        }
        world.with(|conn| {
            let expired = diesel::update(attachments::table.find(old.id));
            let yesterday = Some(system_now() - TimeDelta::days(1));
            expired.set(attachments::expires_at.eq(yesterday)).execute(conn)?;
            Ok(())
        });
        world.tick(None, at(8, 1, 9)).await;
        let left: Vec<Id> = world.with(|conn| Ok(attachments::table.select(attachments::id).load(conn)?));
        assert_eq!(left, [new.id]);
        assert!(objects.get(&old.object_key).await.is_err());
        assert_eq!(objects.get(&new.object_key).await.unwrap(), "abc");
    }
}

on_both_engines! {
    async fn a_mail_without_a_notice_goes_after_a_day_and_the_others_stay(world: &World) {
        let objects = Objects::open(&format!("file://{}", world.folder().join("objects").display())).unwrap();
        world.tick(None, at(8, 7, 9)).await;
        let mails = world.notices().into_iter().filter_map(|notice| notice.mail).map(|mail| mail.object_key);
        let mails: Vec<String> = mails.collect();
        assert_eq!(mails.len(), 2);
        objects.put("mails/orphan.eml", "abc".to_owned()).await.unwrap();
        let two_days_ago = std::time::SystemTime::from((system_now() - TimeDelta::days(2)).to_utc());
        for key in mails.iter().map(String::as_str).chain(["mails/orphan.eml"]) {
            let file = std::fs::File::options().write(true).open(world.folder().join("objects").join(key));
            file.unwrap().set_modified(two_days_ago).unwrap();
        }
        world.let_leases_run_out();
        world.tick(None, at(8, 7, 9)).await;
        assert!(objects.get("mails/orphan.eml").await.is_err());
        for key in &mails {
            assert!(!objects.get(key).await.unwrap().is_empty());
        }
    }
}
