//! What tests do as somebody with a mailbox: log on over IMAP, send over submission, ask the API.

use crate::{LineClient, TestServer};
use base64::Engine as _;
use std::process::Command;

impl TestServer {
    /// Somebody's IMAP session, logged on; `DOMAIN\delegate\alias` for a mailbox that is not their own.
    pub fn imap(&self, user: &str) -> LineClient {
        let (imap, answer) = self.try_imap(user);
        assert!(answer.starts_with("log OK"), "{user}: {answer}");
        imap
    }

    /// A client at IMAP's door, and the last line of the answer to its log-on, which is tagged `log`.
    pub fn try_imap(&self, user: &str) -> (LineClient, String) {
        let mut imap = self.connect(143);
        imap.line();
        let user = user.replace('\\', "\\\\");
        let answer = imap.imap("log", &format!("LOGIN \"{user}\" \"{}\"", self.password()));
        (imap, answer.last().cloned().unwrap_or_default())
    }

    /// A client at the door of submission, and the last line of the answer to its log-on.
    pub fn try_submission(&self, user: &str) -> (LineClient, String) {
        let mut smtp = self.connect(587);
        smtp.answer();
        smtp.ask("EHLO client.example");
        let claim = base64::prelude::BASE64_STANDARD.encode(format!("\0{user}\0{}", self.password()));
        let answer = smtp.ask(&format!("AUTH PLAIN {claim}"));
        (smtp, answer)
    }

    /// A client at the door of submission, logged on.
    pub fn submission(&self, user: &str) -> LineClient {
        let (smtp, answer) = self.try_submission(user);
        assert!(answer.starts_with("235"), "{user}: {answer}");
        smtp
    }

    /// Somebody sends a message under an address, which must be taken.
    pub fn submit(&self, user: &str, from: &str, to: &str, subject: &str) {
        let mut smtp = self.submission(user);
        assert!(smtp.ask(&format!("MAIL FROM:<{from}>")).starts_with("250"));
        assert!(smtp.ask(&format!("RCPT TO:<{to}>")).starts_with("250"));
        smtp.ask("DATA");
        let sent = smtp.ask(&format!("From: {from}\r\nSubject: {subject}\r\n\r\nhello\r\n."));
        assert!(sent.starts_with("250"), "{sent}");
    }

    /// The API's answer to somebody who runs a cmdlet with these parameters (JSON), with the status behind it.
    pub fn api(&self, user: &str, cmdlet: &str, parameters: &str) -> String {
        let mut curl = Command::new("curl");
        curl.args(["-s", "--max-time", "60", "--cacert"]).arg(self.certificate());
        curl.args(["-w", "\n%{http_code}", "-u", &format!("{user}:{}", self.password())]);
        curl.args(["--json", &format!("{{\"parameters\":{parameters}}}")]);
        curl.arg(format!("https://localhost:{}/api/v1/cmdlets/{cmdlet}", self.port(443)));
        String::from_utf8(curl.output().expect("curl runs").stdout).expect("the API answers in UTF-8")
    }
}

impl LineClient {
    /// Runs an IMAP command that must succeed: all lines of the answer, the tagged one last.
    pub fn done(&mut self, command: &str) -> Vec<String> {
        let answer = self.imap("ok", command);
        assert!(answer.last().is_some_and(|last| last.starts_with("ok OK")), "{command}: {answer:?}");
        answer
    }

    /// Appends a message over IMAP, with flags as they stand between brackets.
    pub fn append(&mut self, folder: &str, flags: &str, message: &[u8]) {
        self.say(&format!("app APPEND \"{folder}\" ({flags}) {{{}+}}", message.len()));
        self.send(message);
        self.send(b"\r\n");
        let answer = self.line();
        assert!(answer.starts_with("app OK"), "{answer}");
    }
}

/// Changes a row of a database's file behind the server's back.
pub fn sql(file: &std::path::Path, sql: &str) {
    let program = "import sqlite3,sys; c=sqlite3.connect(sys.argv[1]); c.execute(sys.argv[2]); c.commit()";
    let done = Command::new("python3").args(["-c", program]).arg(file).arg(sql).status();
    assert!(done.expect("python3 runs").success(), "{sql}");
}
