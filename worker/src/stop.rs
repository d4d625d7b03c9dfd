//! Stopping: no new work once it is asked for.

use std::future::Future;
use std::time::Duration;

use tokio::sync::watch;

/// Whether the worker was asked to stop. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Stop(watch::Receiver<bool>);

/// Asks for it.
#[derive(Debug)]
pub struct Stopper(watch::Sender<bool>);

/// A stop that can be asked for.
pub fn stop() -> (Stopper, Stop) {
    let (sender, receiver) = watch::channel(false);
    (Stopper(sender), Stop(receiver))
}

impl Stopper {
    /// Asks the worker to stop.
    pub fn ask(&self) {
        self.0.send_replace(true);
    }
}

impl Stop {
    /// Whether it was asked for.
    pub fn is_asked(&self) -> bool {
        *self.0.borrow()
    }

    /// Waits until it is asked for. Without anybody left to ask it never is.
    pub async fn asked(&mut self) {
        if self.0.wait_for(|asked| *asked).await.is_err() {
            std::future::pending::<()>().await;
        }
    }

    /// Rests between two rounds, no longer than until it is asked for.
    pub async fn rest(&mut self, duration: Duration) {
        tokio::select! {
            () = tokio::time::sleep(duration) => {}
            () = self.asked() => {}
        }
    }

    /// Does the work to its end, or leaves it undone a while after it was asked for.
    pub async fn within<T>(&mut self, grace: Duration, work: impl Future<Output = T>) -> Option<T> {
        let deadline = async {
            self.asked().await;
            tokio::time::sleep(grace).await;
        };
        tokio::select! {
            done = work => Some(done),
            () = deadline => None,
        }
    }
}
