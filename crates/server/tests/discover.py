# exchangelib's Autodiscovery from an address and a password: discover.py PORT PASSWORD AUTHORITY NAMES [SRV]. It prints
# what it found and where. NAMES (with commas) are what the test's name service knows; the standard ports are the server's.
import os
import socket
import sys
import threading

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset

PORT, PASSWORD, AUTHORITY, NAMES, SRV = int(sys.argv[1]), *sys.argv[2:4], sys.argv[4].split(","), sys.argv[5]


def answers(server):
    while True:
        asked, peer = server.recvfrom(4096)
        answer = dns.message.make_response(dns.message.from_wire(asked))
        question = answer.question[0]
        name = question.name.to_text().rstrip(".").lower()
        if name in NAMES and question.rdtype == dns.rdatatype.A:
            answer.answer.append(dns.rrset.from_text(question.name, 60, "IN", "A", "127.0.0.1"))
        elif name == "_autodiscover._tcp.contoso.com" and question.rdtype == dns.rdatatype.SRV and SRV:
            answer.answer.append(dns.rrset.from_text(question.name, 60, "IN", "SRV", SRV))
        else:
            answer.set_rcode(dns.rcode.NXDOMAIN)
        server.sendto(answer.to_wire(), peer)


names = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
names.bind(("127.0.0.1", 0))
threading.Thread(target=answers, args=(names,), daemon=True).start()
resolve = socket.getaddrinfo


def getaddrinfo(host, port, *more, **others):
    if host not in NAMES:
        raise socket.gaierror(socket.EAI_NONAME, "There is no such name.")
    ports = {443: PORT, 80: PORT - 363}
    return resolve("127.0.0.1", ports.get(port, port), *more, **others)


socket.getaddrinfo = getaddrinfo
os.environ["REQUESTS_CA_BUNDLE"] = AUTHORITY

from exchangelib import Credentials, properties
from exchangelib.autodiscover import discovery

discovery.Autodiscovery.DNS_RESOLVER_KWARGS = {"configure": False}
discovery.Autodiscovery.DNS_RESOLVER_ATTRS = {
    "nameservers": ["127.0.0.1"],
    "port": names.getsockname()[1],
    "timeout": 2,
}


class Discovery(discovery.Autodiscovery):
    # What is made of an answer there is a client of Exchange Web Services, and of those nothing is told.
    def _build_response(self, ad_response):
        return ad_response

    def _attempt_response(self, url):
        done = super()._attempt_response(url)
        if done[0]:
            print(url)
        return done


read = properties.UserResponse.from_xml.__func__


def from_xml(cls, elem, account):
    # The library reads settings that are one value; this one is a list.
    for mailbox in elem.iter("{http://schemas.microsoft.com/exchange/2010/Autodiscover}AlternateMailbox"):
        said = {part.tag.rsplit("}", 1)[1]: part.text for part in mailbox}
        print(said["Type"], said["DisplayName"], said.get("SmtpAddress"))
    return read(cls, elem, account)


properties.UserResponse.from_xml = classmethod(from_xml)
try:
    found = Discovery("ann@contoso.com", Credentials("ann@contoso.com", PASSWORD)).discover()
    print(found.autodiscover_smtp_address, found.user_settings["user_display_name"])
except Exception as error:
    print(type(error).__name__)
