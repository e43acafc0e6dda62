"""CPython's own e-mail test messages go in by SMTP and come out byte for byte after our trace headers."""
import glob, imaplib, os, smtplib, sys

smtp_port, imap_port, password = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]


def folder():
    # Debian keeps Python's own tests in a package of its own (libpython3-testsuite).
    import test.test_email
    return os.path.join(os.path.dirname(test.test_email.__file__), "data")


imap = imaplib.IMAP4("127.0.0.1", imap_port)
imap.login("ann@contoso.com", password)
sent = []
for name in sorted(glob.glob(os.path.join(folder(), "msg_*.txt"))):
    with open(name, "rb") as file:
        # SMTP carries lines that end in CRLF; bare ends of line are made so, as every client does.
        text = file.read().replace(b"\r\n", b"\n").replace(b"\r", b"\n").replace(b"\n", b"\r\n")
    if not text.endswith(b"\r\n"):
        text += b"\r\n"
    with smtplib.SMTP("127.0.0.1", smtp_port) as smtp:
        smtp.ehlo()
        smtp.mail("far@far.example", ["BODY=8BITMIME"])
        smtp.rcpt("ann@contoso.com")
        code, answer = smtp.data(text)
        assert code == 250, (name, code, answer)
    sent.append((name, text))

imap.select("INBOX")
assert len(sent) > 40, len(sent)
for number, (name, text) in enumerate(sent, 1):
    got = imap.fetch(str(number), "(BODY.PEEK[])")[1][0][1]
    head = got[: len(got) - len(text)]
    assert got.endswith(text), name
    assert head.startswith(b"Return-Path: <far@far.example>\r\nReceived: from "), head
    assert head.count(b"Received: ") == 1 and head.endswith(b"\r\n"), head
print(len(sent), "messages the same")
