//! The room through its public functions: a listener on loopback, TLS, limits, drain, slow clients.
#![allow(missing_docs, clippy::unwrap_used)]

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use mailstead_net as net;
use net::{
    Acceptor, Admission, Certificates, Connection, Drainer, Limits, Listener, Lost, Security, Service,
};
use object::{Clock, SystemClock};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader, DuplexStream};
use tokio::net::TcpStream;

/// Answers each line with itself; STARTTLS starts TLS; `big` answers with 10 MB.
struct Echo;

impl net::Door for Echo {
    fn name(&self) -> &'static str {
        "echo"
    }
    fn refusal(&self, _why: net::Refusal) -> &'static str {
        "421 too many"
    }
    fn serve(self: Arc<Self>, mut connection: Connection) -> net::Served {
        Box::pin(async move { drop(echo(&mut connection).await) })
    }
}

async fn echo(connection: &mut Connection) -> Result<(), Lost> {
    loop {
        let line = match connection.command(100).await {
            Ok(line) => line,
            Err(Lost::Draining) => {
                connection.put(b"bye\r\n");
                return connection.close().await;
            }
            Err(lost) => return Err(lost),
        };
        match &line.bytes[..] {
            b"STARTTLS" => {
                connection.put(b"go\r\n");
                connection.start_tls().await?;
            }
            b"quit" => {
                connection.put(b"goodbye\r\n");
                return connection.close().await;
            }
            b"slow" => {
                connection.put(b"slow..\r\n");
                connection.flush().await?;
                tokio::time::sleep(Duration::from_millis(200)).await;
                connection.put(b"done\r\n");
            }
            text => {
                let tls =
                    connection.tls().map_or("plain", |tls| if tls.resumed { "resumed" } else { tls.version });
                connection.put(format!("{tls} {}\r\n", String::from_utf8_lossy(text)).as_bytes());
            }
        }
    }
}

fn certificates() -> (tempfile::TempDir, Certificates) {
    net::install_tls_provider();
    let folder = tempfile::tempdir().unwrap();
    let names = ["localhost".to_owned(), "mail.contoso.com".to_owned()];
    let certificates = Certificates::open_or_make(folder.path(), &names, SystemClock.now()).unwrap();
    (folder, certificates)
}

async fn listen(security: Security, limits: Limits) -> (SocketAddr, Drainer, tokio::task::JoinHandle<()>) {
    let (drainer, drain) = Drainer::new();
    let any = "127.0.0.1:0".parse().unwrap();
    let listener = Listener::bind(any, Arc::new(Echo), security, Admission::new(limits)).await.unwrap();
    (listener.address(), drainer, tokio::spawn(listener.run(drain)))
}

fn client(folder: &tempfile::TempDir) -> tokio_rustls::TlsConnector {
    let mut roots = rustls::RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(folder.path().join("certificate.pem")).unwrap()).unwrap();
    let config = rustls::ClientConfig::builder().with_root_certificates(roots).with_no_client_auth();
    Arc::new(config).into()
}

/// Sends `text` over TLS and returns the first line of the answer.
async fn over_tls(connector: &tokio_rustls::TlsConnector, address: SocketAddr, text: &str) -> String {
    let tcp = TcpStream::connect(address).await.unwrap();
    let name = ServerName::try_from("localhost").unwrap();
    let mut tls = BufReader::new(connector.connect(name, tcp).await.unwrap());
    tls.write_all(text.as_bytes()).await.unwrap();
    let mut answer = String::new();
    tls.read_line(&mut answer).await.unwrap();
    answer
}

fn pipe() -> (Connection, DuplexStream) {
    let (ours, theirs) = tokio::io::duplex(1 << 16);
    (Connection::in_memory(ours, "192.0.2.1:4000".parse().unwrap()), theirs)
}

#[tokio::test]
async fn tls_from_the_first_octet_with_a_certificate_of_our_own() {
    let (folder, certificates) = certificates();
    let security = Security::Implicit(certificates.acceptor(Service::Imap, &[]).unwrap());
    let (address, _drainer, _task) = listen(security, Limits::default()).await;
    assert_eq!(over_tls(&client(&folder), address, "hello\r\n").await, "TLSv1.3 hello\r\n");
}

#[tokio::test]
async fn what_was_sent_before_tls_is_forgotten() {
    let (folder, certificates) = certificates();
    let security = Security::StartTls(certificates.acceptor(Service::Imap, &[]).unwrap());
    let (address, _drainer, _task) = listen(security, Limits::default()).await;
    let mut tcp = BufReader::new(TcpStream::connect(address).await.unwrap());
    tcp.write_all(b"STARTTLS\r\ninjected\r\n").await.unwrap();
    let mut line = String::new();
    tcp.read_line(&mut line).await.unwrap();
    assert_eq!(line, "go\r\n");
    let name = ServerName::try_from("localhost").unwrap();
    let tls = client(&folder).connect(name, tcp.into_inner()).await.unwrap();
    let mut tls = BufReader::new(tls);
    tls.write_all(b"mine\r\n").await.unwrap();
    line.clear();
    tls.read_line(&mut line).await.unwrap();
    assert_eq!(line, "TLSv1.3 mine\r\n");
}

#[tokio::test]
async fn a_ticket_of_one_service_is_no_use_at_another() {
    let (folder, certificates) = certificates();
    let acceptor = |_| certificates.acceptor(Service::Imap, &[]).unwrap();
    let [imap, pop]: [Acceptor; 2] = std::array::from_fn(acceptor);
    let (imap, _d1, _t1) = listen(Security::Implicit(imap), Limits::default()).await;
    let (pop, _d2, _t2) = listen(Security::Implicit(pop), Limits::default()).await;
    let client = client(&folder);
    assert_eq!(over_tls(&client, imap, "1\r\n").await, "TLSv1.3 1\r\n");
    assert_eq!(over_tls(&client, imap, "2\r\n").await, "resumed 2\r\n");
    // The client keeps its tickets by host name and offers the one of `imap` here.
    assert_eq!(over_tls(&client, pop, "3\r\n").await, "TLSv1.3 3\r\n");
}

#[tokio::test]
async fn a_new_certificate_is_used_from_the_next_connection_on() {
    let (folder, certificates) = certificates();
    let security = Security::Implicit(certificates.acceptor(Service::Imap, &[]).unwrap());
    let (address, _drainer, _task) = listen(security, Limits::default()).await;
    let old = client(&folder);
    for file in ["certificate.pem", "key.pem"] {
        std::fs::remove_file(folder.path().join(file)).unwrap();
    }
    let names = ["localhost".to_owned()];
    Certificates::open_or_make(folder.path(), &names, SystemClock.now()).unwrap();
    certificates.reload().unwrap();
    assert_eq!(over_tls(&client(&folder), address, "new\r\n").await, "TLSv1.3 new\r\n");
    let tcp = TcpStream::connect(address).await.unwrap();
    assert!(old.connect(ServerName::try_from("localhost").unwrap(), tcp).await.is_err());

    std::fs::write(folder.path().join("key.pem"), "no key").unwrap();
    assert_eq!(certificates.reload().unwrap_err().id(), "CertificateUnreadable");
    assert_eq!(over_tls(&client(&folder), address, "still\r\n").await, "TLSv1.3 still\r\n");
}

#[test]
fn the_key_is_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let (folder, _certificates) = certificates();
    let mode = std::fs::metadata(folder.path().join("key.pem")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[tokio::test]
async fn over_the_limit_one_line_is_said() {
    let limits = Limits { total: 9, per_address: 2 };
    let (address, _drainer, _task) = listen(Security::Plain, limits).await;
    let mut first = TcpStream::connect(address).await.unwrap();
    let mut second = TcpStream::connect(address).await.unwrap();
    for stream in [&mut first, &mut second] {
        stream.write_all(b"x\r\n").await.unwrap();
        assert_eq!(stream.read(&mut [0; 64]).await.unwrap(), 9);
    }
    let mut refused = String::new();
    TcpStream::connect(address).await.unwrap().read_to_string(&mut refused).await.unwrap();
    assert_eq!(refused, "421 too many\r\n");
    // A place that was given back can be taken again.
    drop(first);
    let mut line = String::new();
    while !line.starts_with("plain") {
        line.clear();
        let mut next = BufReader::new(TcpStream::connect(address).await.unwrap());
        // A refused one may be reset before it has written.
        let _sent = next.write_all(b"y\r\n").await.is_ok();
        let _read = next.read_line(&mut line).await.is_ok();
    }
}

#[tokio::test]
async fn at_the_end_what_was_begun_is_finished() {
    let (address, drainer, task) = listen(Security::Plain, Limits::default()).await;
    let mut busy = BufReader::new(TcpStream::connect(address).await.unwrap());
    let mut idle = BufReader::new(TcpStream::connect(address).await.unwrap());
    let mut line = String::new();
    idle.write_all(b"there\r\n").await.unwrap();
    idle.read_line(&mut line).await.unwrap();
    line.clear();
    busy.write_all(b"slow\r\n").await.unwrap();
    busy.read_line(&mut line).await.unwrap();
    drainer.begin();
    let (mut heard, mut said) = (String::new(), String::new());
    busy.read_to_string(&mut heard).await.unwrap();
    idle.read_to_string(&mut said).await.unwrap();
    assert_eq!((heard.as_str(), said.as_str()), ("done\r\nbye\r\n", "bye\r\n"));
    task.await.unwrap();
    assert!(TcpStream::connect(address).await.is_err());
}

#[tokio::test]
async fn a_taken_port_is_named() {
    let (address, _drainer, _task) = listen(Security::Plain, Limits::default()).await;
    let again = Listener::bind(address, Arc::new(Echo), Security::Plain, Admission::new(Limits::default()));
    let error = again.await.err().unwrap();
    assert_eq!(error.id(), "PortTaken");
    assert!(error.message().contains(&address.to_string()), "{error}");
}

#[tokio::test(start_paused = true)]
async fn a_line_has_its_time_however_it_drips() {
    let (mut connection, mut client) = pipe();
    connection.set_read_time(Duration::from_secs(60));
    let drip = tokio::spawn(async move {
        while client.write_all(b"x").await.is_ok() {
            tokio::time::sleep(Duration::from_secs(7)).await;
        }
    });
    let began = tokio::time::Instant::now();
    assert!(matches!(connection.line(100).await, Err(Lost::Idle)));
    assert_eq!(began.elapsed().as_secs(), 60);
    drip.abort();
}

#[tokio::test(start_paused = true)]
async fn a_client_that_takes_nothing_is_cut_off() {
    let (mut connection, client) = pipe();
    let began = tokio::time::Instant::now();
    let big = vec![b'x'; 1 << 20];
    assert!(matches!(connection.send(&big).await, Err(Lost::Stuck)));
    assert_eq!(began.elapsed().as_secs(), 120);
    drop(client);
}

#[tokio::test]
async fn a_line_asked_for_and_given_up_is_not_lost() {
    let (mut connection, mut client) = pipe();
    client.write_all(b"hal").await.unwrap();
    let wait = tokio::time::timeout(Duration::from_millis(20), connection.line(100));
    assert!(wait.await.is_err());
    client.write_all(b"lo\r\nliteral").await.unwrap();
    assert_eq!(&connection.line(100).await.unwrap().bytes[..], b"hallo");
    assert_eq!(&connection.octets(3).await.unwrap()[..], b"lit");
    connection.discard(2).await.unwrap();
    assert_eq!(connection.peek().await.unwrap(), b"al");
    drop(client);
    connection.consume(2);
    assert!(matches!(connection.line(100).await, Err(Lost::Closed)));
}

#[tokio::test]
async fn answers_to_pipelined_lines_leave_together() {
    let (mut connection, mut client) = pipe();
    client.write_all(b"1\r\n2\r\n3\r\n").await.unwrap();
    for _ in 0..3 {
        let line = connection.line(10).await.unwrap();
        connection.put(&line.bytes);
    }
    let wait = tokio::time::timeout(Duration::from_millis(20), connection.line(10));
    assert!(wait.await.is_err());
    let mut answer = [0; 8];
    assert_eq!(client.read(&mut answer).await.unwrap(), 3);
    assert_eq!(&answer[..3], b"123");
}

#[tokio::test]
async fn a_library_gets_what_was_read_ahead_and_hears_of_the_end() {
    let (drainer, drain) = Drainer::new();
    let (connection, mut client) = pipe();
    let mut connection = connection.with_drain(drain);
    client.write_all(b"GET / HTTP/1.1\r\nHost: x\r\n").await.unwrap();
    connection.peek().await.unwrap();
    let mut octets = connection.into_octets();
    let mut request = [0; 25];
    octets.read_exact(&mut request).await.unwrap();
    assert_eq!(&request, b"GET / HTTP/1.1\r\nHost: x\r\n");
    octets.write_all(b"answer").await.unwrap();
    let draining = tokio::spawn(octets.draining());
    drainer.begin();
    draining.await.unwrap();
    drop(octets);
    let mut answer = String::new();
    client.read_to_string(&mut answer).await.unwrap();
    assert_eq!(answer, "answer");
}

#[tokio::test]
async fn the_last_words_are_heard_by_a_client_that_goes_on_sending() {
    let (address, _drainer, _task) = listen(Security::Plain, Limits::default()).await;
    let mut client = TcpStream::connect(address).await.unwrap();
    client.write_all(&[b"quit\r\n", &[b'x'; 500_000][..]].concat()).await.unwrap();
    let mut heard = String::new();
    client.read_to_string(&mut heard).await.unwrap();
    assert_eq!(heard, "goodbye\r\n");
}
