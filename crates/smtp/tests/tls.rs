//! STARTTLS over a real socket: what was said in the clear counts for nothing afterwards.  [RFC 3207 4.2]
#![allow(missing_docs, clippy::unwrap_used)]

use std::sync::Arc;

use mailstead_smtp::{Config, Service, door};
use net::{Admission, Certificates, Drainer, Limits, Listener, Security};
use object::types::{Guid, SmtpAddress};
use object::{Clock, Result, SystemClock};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use transport::{Envelope, Intake, Message, Place, Receipt, Recipient, Sender, TraceFields};

/// Takes everything for everybody and says by which protocol it came.
struct House;

impl Intake for House {
    fn limits(&self) -> transport::Limits {
        transport::Limits::default()
    }
    fn recipient(&self, address: &SmtpAddress, _sender: &Sender, _size: u64) -> Result<Recipient> {
        let place = Place::Mailbox { mailbox: Guid::EMPTY, database: Guid::EMPTY };
        Ok(Recipient { address: address.clone(), place })
    }
    fn default_domain(&self) -> Result<String> {
        Ok("contoso.com".to_owned())
    }
    fn trace_fields(&self, _envelope: &Envelope) -> TraceFields {
        TraceFields::default()
    }
    fn accept(&self, envelope: Envelope, _message: Message) -> Result<Receipt> {
        let cipher = envelope.client.cipher.unwrap();
        assert_eq!(envelope.client.protocol, "ESMTPS");
        assert!(cipher.starts_with("TLS_"), "{cipher}");
        Ok(Receipt { id: Guid::of_u128(7), outcomes: vec![Ok(())] })
    }
}

/// Says `command` and expects the last line of the reply to begin with `code`.
async fn say(talk: &mut BufReader<impl AsyncRead + AsyncWrite + Unpin>, command: &str, code: &str) -> String {
    talk.write_all(command.as_bytes()).await.unwrap();
    let mut heard = String::new();
    loop {
        let from = heard.len();
        talk.read_line(&mut heard).await.unwrap();
        if heard.as_bytes().get(from + 3) != Some(&b'-') {
            assert!(heard[from..].starts_with(code), "{command}: {heard}");
            return heard;
        }
    }
}

#[tokio::test]
async fn commands_in_front_of_tls_are_forgotten() {
    net::install_tls_provider();
    let folder = tempfile::tempdir().unwrap();
    let names = ["localhost".to_owned()];
    let certificates = Certificates::open_or_make(folder.path(), &names, SystemClock.now()).unwrap();
    let door = door(Arc::new(House), Service::Smtp, Config::new("mail.contoso.com"));
    let security = Security::StartTls(certificates.acceptor(net::Service::Smtp, &[]).unwrap());
    let any = "127.0.0.1:0".parse().unwrap();
    let listener = Listener::bind(any, door, security, Admission::new(Limits::default())).await.unwrap();
    let address = listener.address();
    let (drainer, drain) = Drainer::new();
    let served = tokio::spawn(listener.run(drain));

    let mut talk = BufReader::new(TcpStream::connect(address).await.unwrap());
    say(&mut talk, "", "220").await;
    assert!(say(&mut talk, "EHLO client.example\r\n", "250").await.contains("STARTTLS"));
    say(&mut talk, "MAIL FROM:<evil@far.example>\r\n", "250").await;
    say(&mut talk, "RCPT TO:<ann@contoso.com>\r\n", "250").await;
    // Behind STARTTLS, in the same packet, commands that somebody in between put in.
    say(&mut talk, "STARTTLS\r\nEHLO evil.example\r\nMAIL FROM:<evil@far.example>\r\n", "220").await;

    let mut roots = rustls::RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(folder.path().join("certificate.pem")).unwrap()).unwrap();
    let config = rustls::ClientConfig::builder().with_root_certificates(roots).with_no_client_auth();
    let connector = tokio_rustls::TlsConnector::from(Arc::new(config));
    let name = ServerName::try_from("localhost").unwrap();
    let tls = connector.connect(name, talk.into_inner()).await.unwrap();
    let mut talk = BufReader::new(tls);
    say(&mut talk, "RCPT TO:<ann@contoso.com>\r\n", "503 5.5.1 Need MAIL").await;
    say(&mut talk, "MAIL FROM:<bob@far.example>\r\n", "503 5.5.1 Send hello").await;
    assert!(!say(&mut talk, "EHLO client.example\r\n", "250").await.contains("STARTTLS"));
    say(&mut talk, "STARTTLS\r\n", "503").await;
    say(&mut talk, "MAIL FROM:<bob@far.example>\r\n", "250").await;
    say(&mut talk, "RCPT TO:<ann@contoso.com>\r\n", "250").await;
    say(&mut talk, "DATA\r\n", "354").await;
    say(&mut talk, "hello\r\n.\r\n", "250").await;

    // The server comes to its end while the client is between two messages.
    drainer.begin();
    say(&mut talk, "", "421 4.3.2").await;
    served.await.unwrap();
}
