"""Values that are reserved for documentation and tests, or that belong to nobody: they are no findings."""

from __future__ import annotations

import re

# RFC 2606 and RFC 6761, and names that everybody writes for "some domain".
_RESERVED_TLDS = frozenset(("example", "test", "invalid", "localhost", "local", "internal", "lan", "onion", "arpa"))
_RESERVED_DOMAINS_TEXT = (
    "example.com example.org example.net example.edu example.co.uk example.de example.fr example.io example.co"
    " domain.com domain.org domain.net domain.tld email.com yourdomain.com mydomain.com somedomain.com anydomain.com"
    " company.com yourcompany.com mycompany.com somecompany.com acme.com acme.org foo.com bar.com foo.bar foobar.com"
    " test.com test.org testing.com sample.com samples.com demo.com website.com yoursite.com yourwebsite.com mysite.com"
    " site.com server.com host.com email.tld mail.tld provider.com somewhere.com nowhere.com xyz.com abc.com xxx.com"
    " contoso.com fabrikam.com adventure-works.com northwind.com wingtiptoys.com tailspintoys.com"
)
_RESERVED_DOMAINS = frozenset(_RESERVED_DOMAINS_TEXT.split())
_EXAMPLE_LABEL = re.compile(
    r"(?:^|[.-])(?:my|your|some)?(?:example|sample|exemple|exemplo|exemplu|ejemplo|esempio|beispiel|voorbeeld|exempel|eksempel"
    r"|esimerkki|przyklad|priklad|pelda|ornek|primer|contoh)s?\d{0,3}(?:[.-]|$)"
)
_NOBODY_TEXT = (
    "user username user1 user2 youremail your_email your.email your-email youraddress yourname your.name your_name you"
    " name email emailaddress email_address myemail my_email my.email me someone somebody anyone foo bar baz foobar"
    " xxx xxxx"
    " abc xyz test tester testuser example sample sender recipient from to person firstname.lastname first.last"
    " noreply no-reply donotreply do-not-reply do_not_reply mailer-daemon git hg svn root"
)
_NOBODY = frozenset(_NOBODY_TEXT.split())


def is_nobodys_email(address: str) -> bool:
    """Whether an address is reserved for examples, is a stand-in, or belongs to a machine."""
    local, _, domain = address.lower().rpartition("@")
    labels = domain.split(".")
    return (
        labels[-1] in _RESERVED_TLDS
        or domain in _RESERVED_DOMAINS
        or ".".join(labels[-2:]) in _RESERVED_DOMAINS
        or _EXAMPLE_LABEL.search(domain) is not None
        or local in _NOBODY
    )


def is_public_address(address: str) -> bool:
    """Whether an IP address is one of a host on the internet, and not a resolver that everybody knows."""
    import ipaddress

    try:
        parsed = ipaddress.ip_interface(address.split("%")[0]).ip
    except ValueError:
        return False
    mapped = parsed.ipv4_mapped if isinstance(parsed, ipaddress.IPv6Address) else None
    host = mapped or parsed
    return host.is_global and not host.is_multicast and str(host) not in _RESOLVERS


_RESOLVERS_TEXT = (
    "8.8.8.8 8.8.4.4 1.1.1.1 1.0.0.1 9.9.9.9 149.112.112.112 208.67.222.222 208.67.220.220 4.2.2.1 4.2.2.2 4.4.4.4"
    " 1.2.3.4 2.3.4.5 5.6.7.8 4.3.2.1 1.1.1.2 2.2.2.2 3.3.3.3 5.5.5.5 6.6.6.6 7.7.7.7 11.22.33.44 12.34.56.78"
    " 123.45.67.89 98.76.54.32 123.123.123.123"
    " 2001:4860:4860::8888 2001:4860:4860::8844 2606:4700:4700::1111 2606:4700:4700::1001 2620:fe::fe"
)
_RESOLVERS = frozenset(_RESOLVERS_TEXT.split())

_MADE_UP_MACS = re.compile(
    r"0{12}|f{12}|(.)\1{11}|001122334455|aabbccddeeff|a1b2c3d4e5f6|0123456789ab|123456789abc|112233445566|ffeeddccbbaa"
    r"|deadbeef\w{4}|\w{4}deadbeef|00005e0053\w\w|01005e\w{6}|3333\w{8}|0a1b2c3d4e5f|001b44113ab7|001a2b3c4d5e"
)


def is_nobodys_mac(digits: str) -> bool:
    """Whether twelve hexadecimal digits are a MAC address for documentation (RFC 7042), for groups, or made up."""
    return _MADE_UP_MACS.fullmatch(digits.lower()) is not None


_NOBODYS_WALLETS_TEXT = (
    # The first block, the burn addresses, and the example addresses of the BIP texts.
    "1a1zp1ep5qgefi2dmptftl5slmv7divfna 1bitcoineaterdontsendf59kue 1111111111111111111114olvt2"
    " bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"
    " 1bvbmseystwetqtfn5au4m4gfg7xjanvn2 3j98t1wpez73cnmqviecrnyiwrnqrhwnly"
)
_NOBODYS_WALLETS = frozenset(_NOBODYS_WALLETS_TEXT.split())


def is_nobodys_wallet(address: str) -> bool:
    """Whether a wallet is known from documents, or nobody has its key."""
    lower = address.lower()
    return lower in _NOBODYS_WALLETS or len(set(lower.removeprefix("0x").lstrip("0"))) <= 4 or "dead" in lower[-8:]


_NOBODYS_IBANS_TEXT = (
    # The examples of the IBAN registry and of its national texts.
    "GB29NWBK60161331926819 GB82WEST12345698765432 DE89370400440532013000 FR1420041010050500013M02606"
    " ES9121000418450200051332 IT60X0542811101000000123456 NL91ABNA0417164300 BE68539007547034 CH9300762011623852957"
    " AT611904300234573201 PL61109010140000071219812874 SE4550000000058398257466 NO9386011117947 DK5000400440116243"
    " FI2112345600000785 PT50000201231234567890154 IE29AIBK93115212345678 GR1601101250000000012300695"
    " LU280019400644750000 CZ6508000000192000145399 HU42117730161111101800000000 SK3112000000198742637541"
    " RO49AAAA1B31007593840000 TR330006100519786457841326 SA0380000000608010167519 AE070331234567890123456"
    " BR1800360305000010009795493C1 IL620108000000099999999"
)
_NOBODYS_IBANS = frozenset(_NOBODYS_IBANS_TEXT.split())


def is_nobodys_iban(account: str) -> bool:
    """Whether an account is printed as an example in the texts that define the IBAN."""
    return account in _NOBODYS_IBANS
