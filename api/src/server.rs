//! The running server.

use std::io;
use std::net::{SocketAddr, TcpListener};

use actix_web::dev::ServerHandle;
use actix_web::{App, HttpResponse, HttpServer, web};
use shared::config::Settings;
use shared::objects::Objects;
use shared::store::{Store, clock, operation};

use crate::app;
use crate::metrics::Seen;
use crate::state::State;

/// How long requests under way get after the signal to stop, in seconds.
const GRACE: u64 = 5;

/// A server that listens.
pub struct Server {
    address: SocketAddr,
    server: actix_web::dev::Server,
    metrics: Option<actix_web::dev::Server>,
    state: web::Data<State>,
}

impl Server {
    /// Begins to listen.
    ///
    /// # Errors
    /// An address is in use or may not be used; the storage of files cannot be opened.
    pub fn start(settings: Settings, store: Store) -> io::Result<Self> {
        let listener = TcpListener::bind(settings.bind)?;
        let address = listener.local_addr()?;
        let metrics_address = settings.metrics_bind;
        let objects = Objects::open(&settings.storage_url).map_err(io::Error::other)?;
        let state = State::new(settings, store, objects).map_err(io::Error::other)?;
        let state = web::Data::new(state);
        let shared = state.clone();
        let server =
            HttpServer::new(move || app::app(shared.clone())).listen(listener)?.shutdown_timeout(GRACE).run();
        let metrics = metrics_address.map(|address| serve_metrics(address, state.clone())).transpose()?;
        Ok(Self { address, server, metrics, state })
    }

    /// The address on which it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Stops it from elsewhere.
    pub fn handle(&self) -> ServerHandle {
        self.server.handle()
    }

    /// The statements that its connections have run.
    pub fn statements(&self) -> impl Fn() -> u64 + use<> {
        let state = self.state.clone();
        move || state.store.statements()
    }

    /// Answers requests until it is told to stop.
    pub async fn run(self) -> io::Result<()> {
        match self.metrics {
            Some(metrics) => {
                let (served, _) = futures_util::future::try_join(self.server, metrics).await?;
                Ok(served)
            }
            None => self.server.await,
        }
    }
}

/// Serves `/metrics` on an address of its own.
fn serve_metrics(address: SocketAddr, state: web::Data<State>) -> io::Result<actix_web::dev::Server> {
    let app = move || App::new().app_data(state.clone()).route("/metrics", web::get().to(show_metrics));
    Ok(HttpServer::new(app).workers(1).bind(address)?.shutdown_timeout(1).run())
}

async fn show_metrics(state: web::Data<State>) -> HttpResponse {
    let store = state.store.clone();
    let seen = web::block(move || {
        store.with(|conn| {
            let (now, civil_now) = (clock::system_now(), clock::civil_now(conn)?);
            Ok(Seen { operations: operation::get(conn, civil_now)?, now, civil_now })
        })
    });
    let seen = match seen.await.map_err(io::Error::other).and_then(|seen| seen.map_err(io::Error::other)) {
        Ok(seen) => Some(seen),
        Err(error) => {
            tracing::warn!(%error, "the state of the worker cannot be read");
            None
        }
    };
    state.metrics.worker(seen.as_ref());
    match state.metrics.text(state.store.statements()) {
        Ok(text) => HttpResponse::Ok().content_type(prometheus::TEXT_FORMAT).body(text),
        Err(error) => {
            tracing::error!(%error, "the metrics cannot be shown");
            HttpResponse::InternalServerError().finish()
        }
    }
}
