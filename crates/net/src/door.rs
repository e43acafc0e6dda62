//! What a protocol is to the house: something that serves one connection at a time.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use crate::{Connection, Refusal};

/// The future of one served connection.
pub type Served = Pin<Box<dyn Future<Output = ()> + Send + 'static>>;

/// A protocol as a server.
///
/// ```
/// use std::sync::Arc;
/// struct Echo;
/// impl net::Door for Echo {
///     fn name(&self) -> &'static str { "echo" }
///     fn refusal(&self, _why: net::Refusal) -> &'static str { "too many connections" }
///     fn serve(self: Arc<Self>, mut connection: net::Connection) -> net::Served {
///         Box::pin(async move {
///             while let Ok(line) = connection.line(80).await {
///                 connection.put(&line.bytes);
///                 connection.put(b"\r\n");
///             }
///         })
///     }
/// }
/// # use mailstead_net as net;
/// ```
pub trait Door: Send + Sync + 'static {
    /// One lower-case word, as it stands in logs and metrics.
    fn name(&self) -> &'static str;

    /// The one line, without its end, that tells a client why it is not served.
    fn refusal(&self, why: Refusal) -> &'static str;

    /// Serves one connection to its end. Dropping the connection closes it.
    fn serve(self: Arc<Self>, connection: Connection) -> Served;
}
