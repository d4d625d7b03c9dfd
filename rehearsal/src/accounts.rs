//! The passwords with which people get in: a file that only its owner can read.

use std::fmt::Write as _;
use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use crate::Outcome;
use crate::plan::{Person, Plan};

/// Letters and digits that are not mistaken for one another on paper.
const ALPHABET: &[u8] = b"abcdefghjkmnpqrstuvwxyz23456789";

/// One account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    pub username: String,
    pub password: String,
    /// The password works once: then its holder chooses one.
    pub one_time: bool,
    pub display_name: String,
    pub role: String,
}

/// All accounts of an installation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accounts(Vec<Account>);

impl Accounts {
    /// Those of the plan, with new passwords, and the first administrator.
    pub fn new(plan: &Plan, admin_username: &str) -> Self {
        let admin = Account {
            username: admin_username.to_owned(),
            password: new_password(),
            one_time: false,
            display_name: "系统管理员".to_owned(),
            role: "admin".to_owned(),
        };
        let of = |person: &Person| Account {
            username: person.username.clone(),
            password: new_password(),
            one_time: true,
            display_name: person.display_name.clone(),
            role: person.role.clone(),
        };
        Self(std::iter::once(admin).chain(plan.people.iter().map(of)).collect())
    }

    /// The account of this name.
    ///
    /// # Errors
    /// There is none.
    pub fn get(&self, username: &str) -> Outcome<&Account> {
        let found = self.0.iter().find(|account| account.username == username);
        found.ok_or_else(|| format!("no account {username}").into())
    }

    /// Notes the password that its holder chose.
    pub fn chosen(&mut self, username: &str, password: &str) {
        for account in self.0.iter_mut().filter(|account| account.username == username) {
            account.password = password.to_owned();
            account.one_time = false;
        }
    }

    /// Writes them, so that a crash leaves the old file or the new one.
    pub fn write(&self, path: &Path) -> Outcome {
        let mut text = "username,password,one_time,display_name,role\n".to_owned();
        for Account { username, password, one_time, display_name, role } in &self.0 {
            writeln!(text, "{username},{password},{one_time},{display_name},{role}")?;
        }
        let beside = path.with_extension("csv.new");
        let mut file =
            OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&beside)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        Ok(fs::rename(beside, path)?)
    }

    /// Reads them, `None` where there is no such file.
    ///
    /// # Errors
    /// It is malformed.
    pub fn read(path: &Path) -> Outcome<Option<Self>> {
        let text = match fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(format!("{}: {error}", path.display()).into()),
        };
        let accounts = text.lines().skip(1).map(|line| {
            let [username, password, one_time, display_name, role] = line.split(',').collect::<Vec<_>>()[..]
            else {
                return Err(format!("{}: {line} has not five fields", path.display()));
            };
            Ok(Account {
                username: username.to_owned(),
                password: password.to_owned(),
                one_time: one_time == "true",
                display_name: display_name.to_owned(),
                role: role.to_owned(),
            })
        });
        Ok(Some(Self(accounts.collect::<Result<_, _>>()?)))
    }
}

/// A password of four groups, about 79 bits.
pub fn new_password() -> String {
    let letter = || char::from(ALPHABET[rand::random_range(0..ALPHABET.len())]);
    let groups = (0..4).map(|_| (0..4).map(|_| letter()).collect::<String>());
    groups.collect::<Vec<_>>().join("-")
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn accounts_are_read_as_they_were_written_and_only_the_owner_can() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("accounts.csv");
        assert_eq!(Accounts::read(&path).unwrap(), None);
        let mut accounts = Accounts::new(&Plan::load().unwrap(), "admin");
        accounts.chosen("xugou-1", "hai-zhou-wan-de-feng");
        accounts.write(&path).unwrap();
        assert_eq!(Accounts::read(&path).unwrap(), Some(accounts.clone()));
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert!(!accounts.get("xugou-1").unwrap().one_time && accounts.get("lianyun-1").unwrap().one_time);
        assert!(accounts.get("nobody").is_err());
    }
}
