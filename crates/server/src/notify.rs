//! Tells the service manager how the server is, where one listens: systemd's notify protocol. [sd_notify(3)]

use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr, UnixDatagram};

/// What can be told.
#[derive(Debug, Clone, Copy)]
pub enum State {
    /// The doors are open.
    Ready,
    /// Certificates and configuration are being read again.
    Reloading,
    /// The end has begun.
    Stopping,
}

/// Tells it. Where nobody listens nothing happens; a listener that does not take it is a line in the log.
pub fn tell(state: State) {
    let Some(name) = std::env::var_os("NOTIFY_SOCKET") else { return };
    if let Err(error) = send(name.as_encoded_bytes(), &text(state)) {
        tracing::warn!(%error, ?state, "the service manager could not be told");
    }
}

fn send(name: &[u8], text: &str) -> std::io::Result<()> {
    let address = match name.split_first() {
        Some((b'@', rest)) => SocketAddr::from_abstract_name(rest)?,
        _ => SocketAddr::from_pathname(std::str::from_utf8(name).map_err(std::io::Error::other)?)?,
    };
    UnixDatagram::unbound()?.send_to_addr(text.as_bytes(), &address).map(drop)
}

/// A reload carries the monotonic clock, so that the manager knows which of several is meant.
fn text(state: State) -> String {
    match state {
        State::Ready => "READY=1".to_owned(),
        State::Stopping => "STOPPING=1".to_owned(),
        State::Reloading => {
            let now = rustix::time::clock_gettime(rustix::time::ClockId::Monotonic);
            format!("RELOADING=1\nMONOTONIC_USEC={}", now.tv_sec * 1_000_000 + now.tv_nsec / 1_000)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_manager_hears_it_under_a_path_and_under_an_abstract_name() {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("notify");
        let hears = UnixDatagram::bind(&path).unwrap();
        send(path.as_os_str().as_encoded_bytes(), &text(State::Ready)).unwrap();
        let mut heard = [0; 64];
        let size = hears.recv(&mut heard).unwrap();
        assert_eq!(&heard[..size], b"READY=1");
        let name = format!("mailstead-test-{}", std::process::id());
        let hears = UnixDatagram::bind_addr(&SocketAddr::from_abstract_name(&name).unwrap()).unwrap();
        send(format!("@{name}").as_bytes(), &text(State::Reloading)).unwrap();
        let size = hears.recv(&mut heard).unwrap();
        assert!(heard[..size].starts_with(b"RELOADING=1\nMONOTONIC_USEC="));
    }
}
