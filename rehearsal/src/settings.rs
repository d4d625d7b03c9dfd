//! The few settings of the service that matter here: from the environment, else from the settings file, else the
//! defaults. What is found goes on to both programs, so that all three agree.

use std::env;
use std::fs;
use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;

use crate::Outcome;

/// Where the service stands, and its first administrator.
#[derive(Clone, Debug)]
pub struct Settings {
    pub data_dir: PathBuf,
    pub bind: SocketAddr,
    pub admin_username: String,
    /// Chosen by who runs the service; where it is not, one is made.
    pub admin_password: Option<String>,
}

impl Settings {
    /// Reads them.
    ///
    /// # Errors
    /// A file that cannot be read, an address that is none.
    pub fn load() -> Outcome<Self> {
        let file = File::load()?;
        let bind = file.value("XUNJIAN_BIND", "bind")?.unwrap_or_else(|| "127.0.0.1:8080".to_owned());
        Ok(Self {
            data_dir: file.value("XUNJIAN_DATA_DIR", "data_dir")?.unwrap_or_else(|| "var".to_owned()).into(),
            bind: bind
                .parse()
                .map_err(|_| format!("XUNJIAN_BIND: {bind} is no address such as 127.0.0.1:8080"))?,
            admin_username: file
                .value("XUNJIAN_ADMIN_USERNAME", "admin_username")?
                .unwrap_or_else(|| "admin".to_owned()),
            admin_password: file.value("XUNJIAN_ADMIN_PASSWORD", "admin_password")?,
        })
    }

    /// The service's address for a client on this machine.
    pub fn base(&self) -> String {
        let mut address = self.bind;
        if address.ip().is_unspecified() {
            address.set_ip(std::net::Ipv4Addr::LOCALHOST.into());
        }
        format!("http://{address}")
    }

    /// What both programs are told beside what they inherit.
    pub fn environment(&self, admin_password: &str) -> Vec<(&'static str, String)> {
        vec![
            ("XUNJIAN_DATA_DIR", self.data_dir.display().to_string()),
            ("XUNJIAN_BIND", self.bind.to_string()),
            ("XUNJIAN_ADMIN_USERNAME", self.admin_username.clone()),
            ("XUNJIAN_ADMIN_PASSWORD", admin_password.to_owned()),
        ]
    }

    /// Refuses an address on which something else listens.
    pub fn check_address(&self) -> Outcome {
        TcpListener::bind(self.bind).map(drop).map_err(|error| {
            format!("The api cannot listen on {}: {error}. XUNJIAN_BIND names another address.", self.bind)
                .into()
        })
    }
}

/// A free port of this machine, as an address.
pub fn free_address() -> Outcome<SocketAddr> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?)
}

/// The settings file that XUNJIAN_CONFIG names, or an empty one.
struct File(toml::Table);

impl File {
    fn load() -> Outcome<Self> {
        let Some(path) = env::var_os("XUNJIAN_CONFIG").filter(|path| !path.is_empty()) else {
            return Ok(Self(toml::Table::new()));
        };
        let path = PathBuf::from(path);
        let text = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        Ok(Self(text.parse().map_err(|error| format!("{}: {error}", path.display()))?))
    }

    /// The setting; an empty one counts as not set.
    fn value(&self, variable: &str, key: &str) -> Outcome<Option<String>> {
        let given = |name: &str| env::var(name).ok().filter(|value| !value.is_empty());
        if let Some(value) = given(variable) {
            return Ok(Some(value));
        }
        if let Some(path) = given(&format!("{variable}_FILE")) {
            let secret = fs::read_to_string(&path).map_err(|error| format!("{path}: {error}"))?;
            return Ok(Some(secret.trim_end_matches(['\r', '\n']).to_owned()));
        }
        Ok(self.0.get(key).and_then(toml::Value::as_str).filter(|value| !value.is_empty()).map(str::to_owned))
    }
}
