//! Programs that others wrote read and write one mailbox: mbsync, mutt, getmail, curl, Python's libraries.

#![allow(clippy::unwrap_used, reason = "a test that fails panics")]

use std::path::{Path, PathBuf};
use std::process::Command;
use testkit::{Messages, TestServer, message_of};

const BINARY: &str = env!("CARGO_BIN_EXE_mailstead");

/// Runs `sh -c script`; gives its output, which must come with exit code 0.
fn sh(script: &str) -> String {
    let output = Command::new("sh").arg("-c").arg(script).output().unwrap();
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{script}\n{out}\n{err}");
    out.into_owned()
}

fn append(server: &TestServer, user: &str, messages: impl Iterator<Item = Vec<u8>>) {
    let mut imap = server.connect(143);
    imap.line();
    imap.imap("a", &format!("LOGIN {user} \"{}\"", server.password()));
    for message in messages {
        imap.say(&format!("b APPEND INBOX {{{}+}}", message.len()));
        imap.send(&message);
        imap.send(b"\r\n");
        let answer = imap.line();
        assert!(answer.starts_with("b OK"), "{answer}");
    }
}

fn write(path: &Path, text: &str) -> PathBuf {
    std::fs::write(path, text).unwrap();
    path.to_path_buf()
}

#[test]
fn mbsync_copies_five_thousand_messages_both_ways_and_then_has_nothing_to_do() {
    let server = TestServer::start(BINARY);
    server.mailbox("ann");
    let mut messages = Messages::seeded(5000);
    append(&server, "ann", (0..5000).map(|_| messages.next_of(600)));
    let folder = server.folder().join("sync");
    std::fs::create_dir_all(folder.join("mail")).unwrap();
    let (port, password, place) = (server.port(143), server.password(), folder.display());
    let config = write(
        &folder.join("mbsyncrc"),
        &format!(
            "IMAPAccount a\nHost 127.0.0.1\nPort {port}\nUser ann@contoso.com\nPass {password}\nSSLType None\nAuthMechs LOGIN\n\n\
             IMAPStore far\nAccount a\n\nMaildirStore near\nPath {place}/mail/\nInbox {place}/mail/INBOX\nSubFolders Verbatim\n\n\
             Channel c\nFar :far:\nNear :near:\nPatterns INBOX\nCreate Both\nExpunge Both\nSyncState {place}/\n"
        ),
    );
    let sync = format!("mbsync -c {} -a 2>&1", config.display());
    sh(&sync);
    let count = |place: &str| sh(&format!("ls {place} | wc -l")).trim().parse::<usize>().unwrap();
    let near = format!("{}/mail/INBOX/cur {}/mail/INBOX/new", folder.display(), folder.display());
    assert_eq!(sh(&format!("find {near} -type f | wc -l")).trim(), "5000");
    assert!(count(&format!("{}/mail/INBOX/new", folder.display())) > 0);

    // A message written at the near side goes up, one deleted there goes away at the far side.
    let new = folder.join("mail/INBOX/new/1.test.local");
    std::fs::write(new, message_of("from the near side", "up").replace_crlf()).unwrap();
    sh(&format!("rm \"$(find {near} -type f | grep -v test.local | head -1)\""));
    sh(&sync);
    let mut imap = server.connect(143);
    imap.line();
    imap.imap("a", &format!("LOGIN ann \"{password}\""));
    let selected = imap.imap("b", "SELECT INBOX");
    assert!(selected.iter().any(|line| line == "* 5000 EXISTS"), "{selected:?}");
    let found = imap.imap("c", "UID SEARCH SUBJECT \"from the near side\"");
    assert_eq!(found[0], "* SEARCH 5001");

    let before =
        sh(&format!("cd {} && find . -type f | sort | xargs -d '\\n' md5sum | md5sum", folder.display()));
    sh(&sync);
    let after =
        sh(&format!("cd {} && find . -type f | sort | xargs -d '\\n' md5sum | md5sum", folder.display()));
    assert_eq!(before, after, "the next run had something to do");
}

trait ReplaceCrlf {
    fn replace_crlf(self) -> Vec<u8>;
}
impl ReplaceCrlf for Vec<u8> {
    fn replace_crlf(mut self) -> Vec<u8> {
        self.retain(|byte| *byte != b'\r');
        self
    }
}

#[test]
fn mutt_lists_and_reads() {
    let server = TestServer::start(BINARY);
    server.mailbox("ann");
    append(&server, "ann", [message_of("To be read by mutt", "the very text")].into_iter());
    let (folder, port) = (server.folder().display().to_string(), server.port(143));
    let rc = format!(
        "set imap_user=\"ann@contoso.com\"\nset imap_pass=\"{}\"\nset ssl_starttls=no\nset ssl_force_tls=no\nset folder=\"imap://127.0.0.1:{port}/\"\n\
         set spoolfile=\"imap://127.0.0.1:{port}/INBOX\"\nset header_cache=\"\"\nset confirmcreate=no\nset quit=yes\n",
        server.password()
    );
    let file = write(&server.folder().join("muttrc"), &rc);
    let script = write(&server.folder().join("mutt.py"), include_str!("mutt.py"));
    let said = sh(&format!("HOME={folder} python3 {} {}", script.display(), file.display()));
    assert_eq!(said.trim(), "listed and read");
}

#[test]
fn getmail_fetches_by_pop3_and_python_agrees() {
    let server = TestServer::start(BINARY);
    server.mailbox("ann");
    let mut messages = Messages::seeded(7);
    let sent: Vec<Vec<u8>> = (0..20).map(|at| messages.next_of(300 + at * 400)).collect();
    append(&server, "ann", sent.iter().cloned());
    let folder = server.folder().join("getmail");
    std::fs::create_dir_all(folder.join("mail/new")).unwrap();
    std::fs::create_dir_all(folder.join("mail/cur")).unwrap();
    std::fs::create_dir_all(folder.join("mail/tmp")).unwrap();
    let (port, password, place) = (server.port(110), server.password(), folder.display());
    // As root getmail hands mail to a program only, and only when it is allowed to.
    write(
        &folder.join("rc"),
        &format!(
            "[retriever]\ntype = SimplePOP3Retriever\nserver = 127.0.0.1\nport = {port}\nusername = ann@contoso.com\npassword = {password}\n\
             [destination]\ntype = MDA_external\npath = /bin/sh\narguments = (\"-c\", \"cat > {place}/mail/new/$$\")\nallow_root_commands = true\n\
             [options]\nread_all = false\ndelivered_to = false\nreceived = false\n"
        ),
    );
    sh(&format!("getmail --getmaildir {place} --rcfile {place}/rc 2>&1"));
    assert_eq!(sh(&format!("ls {place}/mail/new | wc -l")).trim(), "20");
    let again = sh(&format!("getmail --getmaildir {place} --rcfile {place}/rc 2>&1"));
    assert!(again.contains("0 messages"), "{again}");

    let script = format!(
        "import imaplib,poplib,hashlib\n\
         p=poplib.POP3('127.0.0.1',{port}); p.user('ann@contoso.com'); p.pass_('{password}')\n\
         pop=[hashlib.md5(b'\\r\\n'.join(p.retr(i+1)[1])+b'\\r\\n').hexdigest() for i in range(p.stat()[0])]\n\
         i=imaplib.IMAP4('127.0.0.1',{}); i.login('ann@contoso.com','{password}'); i.select('INBOX')\n\
         imap=[hashlib.md5(i.fetch(str(n+1),'(BODY.PEEK[])')[1][0][1]).hexdigest() for n in range(20)]\n\
         assert pop==imap, (pop,imap)\nprint(len(pop)); p.quit(); i.logout()\n",
        server.port(143)
    );
    let file = write(&server.folder().join("both.py"), &script);
    assert_eq!(sh(&format!("python3 {}", file.display())).trim(), "20");
}

#[test]
fn pythons_own_test_messages_come_out_as_they_went_in() {
    let server = TestServer::start(BINARY);
    server.mailbox("ann");
    let script = include_str!("python_messages.py");
    let file = write(&server.folder().join("messages.py"), script);
    let arguments = format!("{} {} {}", server.port(25), server.port(143), server.password());
    let said = sh(&format!("python3 {} {arguments}", file.display()));
    assert!(said.trim().ends_with("the same"), "{said}");
}

#[test]
fn curl_speaks_every_protocol_over_tls() {
    let server = TestServer::start(BINARY);
    server.mailbox("ann");
    append(&server, "ann", [message_of("by curl", "body by curl")].into_iter());
    let (ca, login) =
        (server.certificate().display().to_string(), format!("ann@contoso.com:{}", server.password()));
    let curl = |url: String| sh(&format!("curl -sS --cacert {ca} -u '{login}' '{url}'"));
    assert!(curl(format!("imaps://localhost:{}/INBOX;UID=1", server.port(993))).contains("body by curl"));
    assert!(curl(format!("pop3s://localhost:{}/1", server.port(995))).contains("body by curl"));
    let starttls = sh(&format!(
        "curl -sS --ssl-reqd --cacert {ca} -u '{login}' 'imap://localhost:{}/INBOX;UID=1'",
        server.port(143)
    ));
    assert!(starttls.contains("body by curl"));
    let api = sh(&format!(
        "curl -sS --cacert {ca} -u 'Administrator:{}' -H 'Content-Type: application/json' -d '{{\"parameters\":{{\"Identity\":\"ann\"}}}}' https://localhost:{}/api/v1/cmdlets/Get-Mailbox",
        server.password(),
        server.port(443)
    ));
    assert!(api.contains("\"object\"") && api.trim_end().ends_with("{\"end\":{\"errors\":0}}"), "{api}");
}
