#!/usr/bin/env python3
"""A fresh Thunderbird sets itself up from an address and a password, reads the Inbox, sends, and finds people in the directory.

usage: thunderbird.py HTTPS-PORT AUTHORITY ADDRESS PASSWORD DIRECTORY
DIRECTORY is the address of an LDAP directory, which is a person's setting: no client looks for one by itself.
What it is told over HTTPS comes from that port whatever the name, as if DNS and port 443 led there; each name means this machine.
"""
import json, os, socket, subprocess, sys, tempfile, threading

HTTPS, AUTHORITY, ADDRESS, PASSWORD, DIRECTORY = sys.argv[1:6]
SUBJECT = "Grüße an mich"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def pump(source, target):
    try:
        while data := source.recv(65536):
            target.sendall(data)
    except OSError:
        pass
    finally:
        for end in (source, target):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass


def tunnel(client):
    """Answers CONNECT, whatever the name, with a way to the server; anything else is refused."""
    head = b""
    while b"\r\n\r\n" not in head:
        data = client.recv(4096)
        if not data:
            return client.close()
        head += data
    if not head.startswith(b"CONNECT "):
        client.sendall(b"HTTP/1.1 502 Only HTTPS leads anywhere\r\nContent-Length: 0\r\n\r\n")
        return client.close()
    server = socket.create_connection(("127.0.0.1", int(HTTPS)))
    client.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
    threading.Thread(target=pump, args=(client, server), daemon=True).start()
    pump(server, client)


def proxy():
    listener = socket.create_server(("127.0.0.1", 0))

    def serve():
        while True:
            client, _ = listener.accept()
            threading.Thread(target=tunnel, args=(client,), daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    return listener.getsockname()[1]


class Marionette:
    """Runs scripts inside the program. Each packet is its length, a colon, and JSON."""

    def __init__(self, port, process):
        self.number = 0
        while True:
            try:
                self.socket = socket.create_connection(("127.0.0.1", port))
                break
            except OSError:
                try:
                    process.wait(0.2)
                    sys.exit(f"Thunderbird ended: {process.returncode}")
                except subprocess.TimeoutExpired:
                    pass
        self.file = self.socket.makefile("rb")
        self.read()
        self.ask("WebDriver:NewSession", {})
        self.ask("Marionette:SetContext", {"value": "chrome"})
        self.ask("WebDriver:SetTimeouts", {"script": 120_000})

    def read(self):
        length = b""
        while (byte := self.file.read(1)) != b":":
            length += byte
        return json.loads(self.file.read(int(length)))

    def ask(self, command, parameters):
        self.number += 1
        packet = json.dumps([0, self.number, command, parameters])
        self.socket.sendall(f"{len(packet)}:{packet}".encode())
        _, _, error, result = self.read()
        if error:
            sys.exit(f"{command}: {error}")
        return result

    def run(self, script, *arguments):
        body = "const done = arguments[arguments.length - 1]; (async () => {%s})().then(done, e => done({failed: String(e) + (e.stack || '')}));"
        value = self.ask("WebDriver:ExecuteAsyncScript", {"script": body % script, "args": list(arguments)})["value"]
        if isinstance(value, dict) and "failed" in value:
            sys.exit(value["failed"])
        return value


SET_UP = """
const [address, password] = arguments;
const module = (name) => ChromeUtils.importESModule("resource:///modules/accountcreation/" + name + ".sys.mjs");
const { FindConfig } = module("FindConfig"), { ConfigVerifier } = module("ConfigVerifier");
const { CreateInBackend } = module("CreateInBackend"), { AccountConfig } = module("AccountConfig");
const signal = new AbortController().signal;
const domain = address.split("@")[1];
// What 140 ESR answers at the end, later ones yield as it is found.
const config = String(FindConfig.parallelAutoDiscovery).startsWith("async function*")
  ? (await FindConfig.parallelAutoDiscovery(domain, address, signal, password).next()).value
  : await FindConfig.parallelAutoDiscovery(
      new (module("AccountCreationUtils").AccountCreationUtils.SuccessiveAbortable)(), domain, address);
if (!config) throw new Error("nothing was found");
AccountConfig.replaceVariables(config, "Ann Marie", address, password);
const window = Services.wm.getMostRecentWindow("mail:3pane");
const verified = await new ConfigVerifier(window.msgWindow, signal).verifyConfig(config, false);
await CreateInBackend.createAccountInBackend(verified);
// 140 ESR fills in the name of an alternative only when it is chosen.
const name = (server) => server.username.replace("%EMAILADDRESS%", address);
const told = (server) => [server.type || "smtp", server.hostname, server.port, server.socketType, server.auth, name(server)].join(" ");
return [told(verified.incoming), ...verified.incomingAlternatives.map(told), told(verified.outgoing)];
"""

IMAP = """
const { MailServices } = ChromeUtils.importESModule("resource:///modules/MailServices.sys.mjs");
const server = MailServices.accounts.accounts.find(one => one.incomingServer.type == "imap").incomingServer;
const window = Services.wm.getMostRecentWindow("mail:3pane");
const until = (what, found) => new Promise((resolve, reject) => {
  const look = (left) => {
    const answer = found();
    if (answer) return resolve(answer);
    if (!left) return reject(new Error("there is no " + what));
    window.setTimeout(() => look(left - 1), 100);
  };
  look(600);
});
const there = (name) => [...server.rootFolder.descendants].find(folder =>
  path(folder) == name && folder.QueryInterface(Ci.nsIMsgImapMailFolder).verifiedAsOnlineFolder);
const path = (folder) => folder.URI.split("/").slice(3).map(decodeURIComponent).join("/");
const update = (folder) => new Promise((resolve, reject) => folder.getNewMessages(window.msgWindow, {
  OnStartRunningUrl() {}, OnStopRunningUrl(url, code) { Components.isSuccessCode(code) ? resolve() : reject(new Error(path(folder) + ": " + code)); },
}));
"""

FOLDERS = IMAP + """
server.performExpand(window.msgWindow);
await until("shared Inbox", () => there("Shared/sales/INBOX"));
return [...server.rootFolder.descendants].map(path).sort();
"""

MESSAGES = IMAP + """
const [name, subject] = arguments;
const folder = await until(name, () => there(name));
await update(folder);
await until(subject + " in " + name, () => [...folder.messages].some(header => header.mime2DecodedSubject == subject));
return subject;
"""

SEND = """
const [address, subject] = arguments;
const { MailServices } = ChromeUtils.importESModule("resource:///modules/MailServices.sys.mjs");
const identity = MailServices.accounts.allIdentities.find(one => one.email == address);
const fields = Cc["@mozilla.org/messengercompose/composefields;1"].createInstance(Ci.nsIMsgCompFields);
Object.assign(fields, { from: identity.email, to: address, subject, body: "Größe\\r\\n" });
const parameters = Cc["@mozilla.org/messengercompose/composeparams;1"].createInstance(Ci.nsIMsgComposeParams);
Object.assign(parameters, { identity, composeFields: fields, format: Ci.nsIMsgCompFormat.PlainText, type: Ci.nsIMsgCompType.New });
const compose = MailServices.compose.initCompose(parameters);
await new Promise((resolve, reject) => {
  compose.addMsgSendListener({
    QueryInterface: ChromeUtils.generateQI(["nsIMsgSendListener"]),
    onStartSending() {}, onProgress() {}, onStatus() {}, onGetDraftFolderURI() {}, onSendNotPerformed() {}, onTransportSecurityError() {},
    onStopSending(id, code, words) { if (!Components.isSuccessCode(code)) reject(new Error("send: " + code + " " + words)); else resolve(); },
  });
  compose.sendMsg(Ci.nsIMsgCompDeliverMode.Now, identity, "", null, null).catch(reject);
});
return null;
"""


PEOPLE = """
const [words, password] = arguments;
const { MailServices } = ChromeUtils.importESModule("resource:///modules/MailServices.sys.mjs");
const { getSearchTokens, getModelQuery, generateQueryURI } = ChromeUtils.importESModule("resource:///modules/ABQueryUtils.sys.mjs");
const book = MailServices.ab.directories.find(one => one.dirName == "The house");
if (!book) throw new Error("there is no directory");
const { prePath, spec } = book.QueryInterface(Ci.nsIAbLDAPDirectory).lDAPURL;
if (!(await Services.logins.searchLoginsAsync({ origin: prePath, httpRealm: spec })).length) {
  const login = Cc["@mozilla.org/login-manager/loginInfo;1"].createInstance(Ci.nsILoginInfo);
  login.init(prePath, null, spec, "", password, "", "");
  await Services.logins.addLoginAsync(login);
}
const query = generateQueryURI(getModelQuery("mail.addr_book.quicksearchquery.format"), getSearchTokens(words));
const cards = await new Promise((resolve, reject) => {
  const found = [];
  book.search(query.replace(/^[?]+/, ""), words, {
    onSearchFoundCard(card) { found.push(card); },
    onSearchFinished(status) { Components.isSuccessCode(status) ? resolve(found) : reject(new Error("search: " + status)); },
  });
});
return cards.map(card => [card.displayName, card.primaryEmail, card.getProperty("WorkPhone", "-")].join(" | ")).sort();
"""


def main():
    with tempfile.TemporaryDirectory() as home:
        profile = os.path.join(home, "profile")
        os.mkdir(profile)
        for words in (["-N", "--empty-password"], ["-A", "-n", "authority", "-t", "C,,", "-i", AUTHORITY]):
            subprocess.run(["certutil", "-d", "sql:" + profile, *words], check=True)
        control = free_port()
        preferences = {
            "marionette.port": control,
            "network.proxy.type": 1, "network.proxy.http": "127.0.0.1", "network.proxy.http_port": (way := proxy()),
            "network.proxy.ssl": "127.0.0.1", "network.proxy.ssl_port": way,
            "network.dns.forceResolve": "127.0.0.1",
            "mail.provider.suppress_dialog_on_startup": True, "mail.spotlight.firstRunDone": True,
            "datareporting.policy.dataSubmissionEnabled": False, "app.update.enabled": False,
            "ldap_2.servers.house.description": "The house", "ldap_2.servers.house.dirType": 0, "ldap_2.servers.house.maxHits": 100,
            "ldap_2.servers.house.uri": DIRECTORY, "ldap_2.servers.house.auth.dn": ADDRESS,
            "mail.setup.loglevel": "Debug", "mail.rights.version": 1, "mailnews.start_page.enabled": False,
        }
        with open(os.path.join(profile, "user.js"), "w") as file:
            file.writelines(f"user_pref({json.dumps(k)}, {json.dumps(v)});\n" for k, v in preferences.items())
        log = open(os.path.join(home, "log"), "wb")
        process = subprocess.Popen(
            ["thunderbird", "--headless", "--marionette", "--remote-allow-system-access", "--no-remote", "--profile", profile],
            env={**os.environ, "HOME": home, "MOZ_REMOTE_ALLOW_SYSTEM_ACCESS": "1"}, stdout=log, stderr=log, start_new_session=True)
        try:
            program = Marionette(control, process)
            for line in program.run(SET_UP, ADDRESS, PASSWORD):
                print("configured:", line)
            for line in program.run(FOLDERS):
                print("folder:", line)
            program.run(SEND, ADDRESS, SUBJECT)
            print("sent:", program.run(MESSAGES, "Sent Items", SUBJECT))
            print("inbox:", program.run(MESSAGES, "INBOX", SUBJECT))
            for words in ["sale", "müll jane", "contoso.com", "nobody"]:
                print("found by", words + ":", *program.run(PEOPLE, words, PASSWORD), sep="\t")
        except SystemExit:
            lines = open(log.name, errors="replace").read().splitlines()
            print("\n".join([line for line in lines if line and "gtk" not in line.lower()][-30:]), file=sys.stderr)
            raise
        finally:
            os.killpg(process.pid, 15)
            process.wait()


main()
