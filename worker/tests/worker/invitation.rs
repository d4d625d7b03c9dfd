//! Mails with a one-time link: the token stands in the message and nowhere else.

use diesel::prelude::*;
use shared::domain::account::{Account, AccountContent, AccountStatus};
use shared::domain::actor::{Grant, Role};
use shared::domain::id::Id;
use shared::domain::notice::{Notice, NoticeStatus, Overtaken};
use shared::store::schema::accounts;
use shared::store::{account, clock, notice, one_time_link};
use shared::token;

use crate::on_both_engines;
use crate::smtp_server::{Arrived, SmtpServer};
use crate::world::{World, at};

fn invite(world: &World) -> Account {
    let content = AccountContent {
        username: "xugou-2".to_owned(),
        display_name: "墟沟街道联络员".to_owned(),
        email: "new@xugou.example".parse().ok(),
        roles: vec![Grant { role: Role::Liaison, unit_id: Some(world.xugou) }],
    };
    world.write(|tx| account::invite(tx, Id::new(), &content))
}

fn only(world: &World) -> Notice {
    let mut notices = world.notices();
    assert_eq!(notices.len(), 1);
    notices.remove(0)
}

/// The token of a message's link.
fn token_in(arrived: &Arrived) -> String {
    let mail = mailparse::parse_mail(&arrived.bytes).unwrap();
    let text = mail.subparts[0].get_body().unwrap();
    let (_, behind) = text.split_once("/one-time/").unwrap().1.split_once('#').unwrap();
    behind.lines().next().unwrap().trim().to_owned()
}

fn holder(world: &World, token: &str) -> Option<Id> {
    let hash = token::hash(token);
    world.with(|conn| one_time_link::holder(conn, &hash, clock::system_now())).map(|account| account.id)
}

on_both_engines! {
    async fn an_invitation_carries_a_link_that_the_ledger_masks(world: &World) {
        let server = SmtpServer::start(|_, _| None).await;
        let account = invite(world);
        assert!(account.password_initial);
        world.tick(Some(&server), at(8, 1, 23)).await;
        let arrived = server.arrived().await;
        assert_eq!(arrived.iter().map(|one| one.to.as_str()).collect::<Vec<_>>(), ["new@xugou.example"]);
        let token = token_in(&arrived[0]);
        assert_eq!(holder(world, &token), Some(account.id));
        let told = only(world);
        assert_eq!((told.status, told.campaign_id, told.account_id), (NoticeStatus::Sent, None, Some(account.id)));
        let words = told.mail.unwrap().words;
        assert!(words.text.contains("xugou-2") && words.text.contains("联络员"), "{}", words.text);
        assert!(!words.text.contains(&token) && words.text.contains("/one-time/"), "{}", words.text);
    }
}

on_both_engines! {
    async fn a_reset_ends_the_former_link_and_only_the_last_of_two_mails_goes(world: &World) {
        let server = SmtpServer::start(|_, _| None).await;
        let account = invite(world);
        world.tick(Some(&server), at(8, 1, 9)).await;
        let first = token_in(&server.arrived().await[0]);
        for _ in 0..2 {
            let before = world.with(|conn| one_time_link::holder(conn, &token::hash(&first), clock::system_now()));
            let before = before.unwrap_or(account.clone());
            world.write(|tx| account::reset_password(tx, &before, before.clone()));
        }
        assert_eq!(holder(world, &first), None);
        world.tick(Some(&server), at(8, 1, 10)).await;
        let arrived = server.arrived().await;
        assert_eq!(arrived.len(), 2);
        assert_eq!(holder(world, &token_in(&arrived[1])), Some(account.id));
        let replaced = world.notices().into_iter().filter(|one| one.overtaken_by == Some(Overtaken::Replaced));
        assert_eq!(replaced.count(), 1);
    }
}

on_both_engines! {
    async fn a_link_goes_to_the_address_of_now_and_to_nobody_out_of_use(world: &World) {
        let server = SmtpServer::start(|_, _| None).await;
        let account = invite(world);
        let moved = Account { email: "moved@xugou.example".parse().ok(), ..account.clone() };
        let moved = world.write(|tx| account::update(tx, "update", &account, moved.clone(), None));
        world.tick(Some(&server), at(8, 1, 9)).await;
        assert_eq!(server.arrived().await[0].to, "moved@xugou.example");
        let reset = world.write(|tx| account::reset_password(tx, &moved, moved.clone()));
        let out = Account { status: AccountStatus::Disabled, ..reset.clone() };
        world.write(|tx| account::update(tx, "disable", &reset, out.clone(), None));
        world.tick(Some(&server), at(8, 1, 10)).await;
        assert_eq!(server.arrived().await.len(), 1);
        let last = world.notices().pop().unwrap();
        assert_eq!(last.overtaken_by, Some(Overtaken::RecipientChanged));
    }
}

on_both_engines! {
    async fn a_link_that_was_not_used_in_time_is_sent_anew_by_a_resend(world: &World) {
        let account = invite(world);
        // Without a server the mail lies in a file.
        world.tick(None, at(8, 1, 9)).await;
        let written = only(world);
        assert_eq!(written.status, NoticeStatus::Written);
        let server = SmtpServer::start(|_, _| None).await;
        world.write(|tx| notice::resend(tx, &written, NoticeStatus::Pending));
        world.tick(Some(&server), at(8, 4, 9)).await;
        let token = token_in(&server.arrived().await[0]);
        assert_eq!(holder(world, &token), Some(account.id));
        let expired = clock::system_now() + one_time_link::LIFE;
        let later = world.with(|conn| one_time_link::holder(conn, &token::hash(&token), expired));
        assert!(later.is_none());
        // Who has chosen a password needs no link.
        let chosen = accounts::table.find(account.id);
        world.with(|conn| Ok(diesel::update(chosen).set(accounts::password_initial.eq(false)).execute(conn)?));
        world.write(|tx| notice::resend(tx, &written, NoticeStatus::Pending));
        world.tick(Some(&server), at(8, 4, 10)).await;
        assert_eq!(only(world).overtaken_by, Some(Overtaken::Settled));
    }
}
