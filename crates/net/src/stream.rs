//! The stream below a connection: a socket or a pipe in memory, in the clear or inside TLS.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, DuplexStream, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::server::TlsStream;

/// What TLS settled for a connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlsInfo {
    /// `TLSv1.3` or `TLSv1.2`.
    pub version: &'static str,
    /// The cipher suite by its registered name, `TLS_AES_256_GCM_SHA384`.
    pub cipher: String,
    /// The host name the client asked for, if it did.
    pub server_name: Option<String>,
    /// Whether a session ticket of an earlier connection was used.
    pub resumed: bool,
}

/// Octets in the clear.
#[derive(Debug)]
pub(crate) enum Raw {
    Tcp(TcpStream),
    Memory(DuplexStream),
}

/// Octets as the door sees them.
#[derive(Debug)]
pub(crate) enum Stream {
    Plain(Raw),
    Tls(Box<TlsStream<Raw>>),
    /// The hand-shake failed; nothing can be said any more.
    Gone,
}

impl AsyncRead for Raw {
    fn poll_read(self: Pin<&mut Self>, c: &mut Context<'_>, b: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Raw::Tcp(tcp) => Pin::new(tcp).poll_read(c, b),
            Raw::Memory(pipe) => Pin::new(pipe).poll_read(c, b),
        }
    }
}

impl AsyncWrite for Raw {
    fn poll_write(self: Pin<&mut Self>, c: &mut Context<'_>, b: &[u8]) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Raw::Tcp(tcp) => Pin::new(tcp).poll_write(c, b),
            Raw::Memory(pipe) => Pin::new(pipe).poll_write(c, b),
        }
    }
    fn poll_flush(self: Pin<&mut Self>, c: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Raw::Tcp(tcp) => Pin::new(tcp).poll_flush(c),
            Raw::Memory(pipe) => Pin::new(pipe).poll_flush(c),
        }
    }
    fn poll_shutdown(self: Pin<&mut Self>, c: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Raw::Tcp(tcp) => Pin::new(tcp).poll_shutdown(c),
            Raw::Memory(pipe) => Pin::new(pipe).poll_shutdown(c),
        }
    }
}

fn gone<T>() -> Poll<io::Result<T>> {
    Poll::Ready(Err(io::ErrorKind::NotConnected.into()))
}

impl AsyncRead for Stream {
    fn poll_read(self: Pin<&mut Self>, c: &mut Context<'_>, b: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Stream::Plain(raw) => Pin::new(raw).poll_read(c, b),
            Stream::Tls(tls) => Pin::new(tls).poll_read(c, b),
            Stream::Gone => gone(),
        }
    }
}

impl AsyncWrite for Stream {
    fn poll_write(self: Pin<&mut Self>, c: &mut Context<'_>, b: &[u8]) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Stream::Plain(raw) => Pin::new(raw).poll_write(c, b),
            Stream::Tls(tls) => Pin::new(tls).poll_write(c, b),
            Stream::Gone => gone(),
        }
    }
    fn poll_flush(self: Pin<&mut Self>, c: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Stream::Plain(raw) => Pin::new(raw).poll_flush(c),
            Stream::Tls(tls) => Pin::new(tls).poll_flush(c),
            Stream::Gone => gone(),
        }
    }
    fn poll_shutdown(self: Pin<&mut Self>, c: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Stream::Plain(raw) => Pin::new(raw).poll_shutdown(c),
            Stream::Tls(tls) => Pin::new(tls).poll_shutdown(c),
            Stream::Gone => gone(),
        }
    }
}

impl Stream {
    /// What TLS settled; `None` in the clear.
    pub(crate) fn tls_info(&self) -> Option<TlsInfo> {
        let Stream::Tls(tls) = self else { return None };
        let session = tls.get_ref().1;
        Some(TlsInfo {
            version: match session.protocol_version() {
                Some(rustls::ProtocolVersion::TLSv1_3) => "TLSv1.3",
                _ => "TLSv1.2",
            },
            cipher: session
                .negotiated_cipher_suite()
                .map_or_else(String::new, |suite| registered(suite.suite())),
            server_name: session.server_name().map(str::to_owned),
            resumed: session.handshake_kind() == Some(rustls::HandshakeKind::Resumed),
        })
    }
}

/// rustls writes `TLS13_AES_256_GCM_SHA384`; the registry has no `13` in it. [RFC 8446 B.4]
fn registered(suite: rustls::CipherSuite) -> String {
    suite.as_str().map_or_else(String::new, |name| name.replace("TLS13_", "TLS_"))
}
