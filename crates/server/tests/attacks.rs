//! Attacks that brought other servers down, through a running server; docs/ledger/attacks.tsv says which is held where.

#![allow(clippy::unwrap_used, reason = "a test that fails panics")]

use testkit::TestServer;

const BINARY: &str = env!("CARGO_BIN_EXE_mailstead");

/// Sends a message whose one attachment has these fields; what its sender hears.
fn attached(server: &TestServer, fields: &str) -> String {
    let mut smtp = server.connect(25);
    smtp.answer();
    for line in ["EHLO far.example", "MAIL FROM:<far@far.example>", "RCPT TO:<ann@contoso.com>"] {
        assert!(smtp.ask(line).starts_with("250"));
    }
    smtp.ask("DATA");
    let mail = format!(
        "Subject: a program\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nLook.\r\n--b\r\n{fields}\r\n\r\n\
         not the head of a program\r\n--b--\r\n."
    );
    smtp.ask(&mail)
}

/// A name in pieces, encoded, given twice or in another order hides nothing from a rule about attachments. [RFC 2231]
#[test]
fn a_file_name_in_pieces_is_a_file_name_for_rules() {
    let server = TestServer::start(BINARY);
    server.mailbox("ann");
    server.ps("New-TransportRule 'No programs' -AttachmentExtensionMatchesWords exe -RejectMessageReasonText 'No programs' | Out-Null");
    let kind = "Content-Type: application/octet-stream";
    let disposition = "Content-Disposition: attachment";
    for fields in [
        format!("{kind}\r\n{disposition}; filename=run.exe"),
        format!("{kind}\r\n{disposition}; filename=\"RUN.EXE\""),
        format!("{kind}\r\n{disposition};\r\n filename*0=\"run.e\";\r\n filename*1=\"xe\""),
        format!("{kind}\r\n{disposition}; filename*1=xe; filename*0=run.e"),
        format!("{kind}\r\n{disposition}; filename*=utf-8''run%2Eexe"),
        format!("{kind}\r\n{disposition}; filename*0*=utf-8''run%2E; filename*1*=e%78e"),
        format!("{kind}\r\n{disposition}; filename*0*=utf-8''run.; filename*1=exe"),
        format!("{kind}\r\n{disposition}; filename=\"=?utf-8?B?cnVuLmV4ZQ==?=\""),
        format!("{kind}\r\n{disposition}; filename=letter.txt; filename*=utf-8''run.exe"),
        format!("{kind}\r\n{disposition}; filename=\"run.exe \""),
        format!("{kind}\r\n{disposition}; filename=\"run.exe.\""),
        format!("{kind}\r\n{disposition}; filename = run.exe"),
        format!("{kind}; name=run.exe"),
        format!("{kind}; name*0=run.; name*1=exe\r\n{disposition}"),
        format!("{kind}; name=run.exe\r\n{disposition}; filename=letter.txt"),
        format!("{kind}; name=letter.txt\r\n{disposition}; filename=run.exe"),
    ] {
        let answer = attached(&server, &fields);
        assert!(answer.contains("No programs"), "{fields:?} passed: {answer}");
    }
    for fields in [
        format!("{kind}\r\n{disposition}; filename=run.exe.txt"),
        format!("{kind}\r\n{disposition}; filename=exe"),
        format!("{kind}\r\n{disposition}; filename*0=run.e; filename*1=xes"),
    ] {
        let answer = attached(&server, &fields);
        assert!(answer.starts_with("250"), "{fields:?} was refused: {answer}");
    }
}
