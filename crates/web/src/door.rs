//! HTTP as a door: routes served over the house's own connections, with limits on time and headers.

use crate::head::{HEAD_BYTES_MAX, Heads};
use crate::rest;
use axum::Router;
use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, Version, header};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use net::{Connection, Door, Refusal, Served};
use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tower_service::Service;

/// All header lines of a request must have come within this time; a slower client is cut off.
const HEADER_TIME_MAX: Duration = Duration::from_secs(30);
/// Header lines of a request; more is refused.
const HEADERS_MAX: usize = 100;

/// Routes behind a name.
pub struct Http {
    name: &'static str,
    routes: Router,
}

impl Http {
    /// A door called `name` that serves `routes`. Each request carries its peer's `SocketAddr` as an extension.
    pub fn new(name: &'static str, routes: Router) -> Arc<Http> {
        Arc::new(Http { name, routes })
    }
}

impl Door for Http {
    fn name(&self) -> &'static str {
        self.name
    }

    fn refusal(&self, _why: Refusal) -> &'static str {
        "HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nContent-Length: 0\r\n"
    }

    fn serve(self: Arc<Self>, connection: Connection) -> Served {
        Box::pin(async move {
            let peer = connection.peer();
            let routes = self.routes.clone();
            let answer = service_fn(move |request| call(routes.clone(), peer, request));
            let mut http = http1::Builder::new();
            http.timer(TokioTimer::new()).header_read_timeout(HEADER_TIME_MAX);
            http.max_headers(HEADERS_MAX).max_buf_size(HEAD_BYTES_MAX);
            let octets = connection.into_octets();
            let draining = octets.draining();
            let mut served = pin!(http.serve_connection(TokioIo::new(Heads::new(octets)), answer));
            let ended = tokio::select! {
                ended = served.as_mut() => ended,
                () = draining => {
                    // The request under way is answered, then the connection closes.
                    served.as_mut().graceful_shutdown();
                    served.await
                }
            };
            if let Err(error) = ended {
                tracing::debug!(%error, "HTTP connection ended");
            }
        })
    }
}

async fn call(
    mut routes: Router,
    peer: SocketAddr,
    mut request: hyper::Request<hyper::body::Incoming>,
) -> Result<hyper::Response<Body>, Infallible> {
    let hosts = request.headers().get_all(header::HOST).iter().count();
    // [RFC 9112 3.2]
    if hosts > 1 || (hosts == 0 && request.version() == Version::HTTP_11) {
        let mut answer = hyper::Response::new(Body::from("The request names no Host, or several.\n"));
        *answer.status_mut() = StatusCode::BAD_REQUEST;
        return Ok(answer);
    }
    let chunked = request.headers().contains_key(header::TRANSFER_ENCODING);
    request.extensions_mut().insert(peer);
    let asks = request.headers().contains_key(header::EXPECT);
    let (head, body) = request.into_parts();
    let (lent, rest) = rest::lend(body);
    let mut answer = routes.call(hyper::Request::from_parts(head, Body::new(lent))).await?;
    rest.read(asks).await;
    if chunked {
        // What follows its last chunk was not looked at.
        answer.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    Ok(answer)
}
