#!/usr/bin/env python3
"""Bad input at the doors of a running gateway: what is refused changes nothing.

The numbers of the cases (S01 …) are those of docs/reliability.md.
"""
import http.client
import re
import sys
import urllib.parse

import rig
from rig import expect

TO, OTHER = "+12025550100", "+12025550101"
FORM = "application/x-www-form-urlencoded"


class Doors:
    def __init__(self, directory):
        self.carrier = rig.Exchange()
        self.gateway = rig.Gateway(directory / "data", self.carrier, rig.free_port(),
                                   more={"SWITCHHOOK_LOG_LEVEL": "debug"}).must_be_ready()
        self.ids = {to: self.gateway.place(to) for to in (TO, OTHER)}
        rig.until(lambda: len(self.carrier.legs) == 2, "both calls are handed over")
        rig.until(lambda: all(self.status(to) == "dialing" for to in self.ids), "both are dialing")
        self.leg, self.other = (next(l for l in self.carrier.legs if l.to == to) for to in self.ids)
        self.url = self.gateway.base_url + self.leg.status_path

    def status(self, to=TO):
        return self.gateway.get(f"/api/calls/{self.ids[to]}")["status"]

    def state(self):
        """All that a callback could change."""
        return [(self.gateway.get(f"/api/calls/{i}"), self.gateway.events(i))
                for i in self.ids.values()]

    def post(self, body, signature, path=None, headers=None):
        head = {"Content-Type": FORM, **(headers or {})}
        if signature is not None:
            head["X-Twilio-Signature"] = signature
        return rig.request(self.gateway.port, "POST", path or self.leg.status_path, body, head)[0]

    def signed(self, fields, url=None, path=None, headers=None, token=None):
        pairs = list(fields.items()) if isinstance(fields, dict) else fields
        signature = rig.sign(token or self.carrier.token, url or self.url, pairs)
        return self.post(urllib.parse.urlencode(pairs), signature, path, headers)

    def unchanged(self, what, status, wanted, before):
        expect(status in wanted, f"{what} gets {status}, not {wanted}")
        expect(self.state() == before, f"{what} changed something")

    def close(self):
        status = self.gateway.stop()
        self.carrier.stop()
        return status


def signatures(d):
    """S01"""
    fields = d.leg.status("ringing", 1)
    for salt in range(1000):  # one that has both letters in which the alphabets differ
        fields["Salt"] = str(salt)
        good = rig.sign(d.carrier.token, d.url, fields)
        if "+" in good and "/" in good:
            break
    body, before = urllib.parse.urlencode(fields), d.state()
    bad = {"none": None, "an empty one": "", "a wrong one": "A" * 27 + "=", "half": good[:14],
           "one without its padding": good[:-1], "one with a blank inside": good[:9] + " " + good[9:],
           "the url-safe alphabet": good.replace("+", "-").replace("/", "_"),
           "two joined": good + "," + good, "one twice as long": good * 2, "hexadecimal": "0" * 40,
           "a long one": "A" * 10240}
    for what, signature in bad.items():
        d.unchanged(what, d.post(body, signature), (403, 431), before)
    expect(d.post(body, good) == 204, "the good one passes")
    expect(d.status() == "ringing", "and is applied")


def changed_bodies(d):
    """S02"""
    fields = d.leg.status("in-progress", 2)
    good, before = rig.sign(d.carrier.token, d.url, fields), d.state()
    body = urllib.parse.urlencode(fields)
    for what, text in {"a changed value": body.replace("in-progress", "in-progresS"),
                       "a changed name": body.replace("CallStatus", "CallStatuS"),
                       "one more": body + "&X=1", "one less": body.split("&", 1)[1],
                       "no body": ""}.items():
        d.unchanged(what, d.post(text, good), (400, 403), before)
    expect(d.post("&".join(reversed(body.split("&"))), good) == 204, "another order is the same")
    expect(d.status() == "answered", "and is applied")


def duplicates(d):
    """S03"""
    fields, before = list(d.leg.status("ringing", 1).items()), d.state()
    expect(d.signed(fields + [("Tag", "b"), ("Tag", "a"), ("Tag", "b")]) == 204,
           "a parameter that we do not know may come several times")
    for name, value in (("CallSid", "CA" + "9" * 32), ("CallStatus", "completed")):
        d.unchanged(f"{name} with two values", d.signed(fields + [(name, value)]), (400,), before)
    expect(d.signed(fields + [("CallSid", d.leg.sid)]) == 204, "the same value twice is no contradiction")


def addresses_that_were_signed(d):
    """S04"""
    fields, before = d.leg.status("ringing", 1), d.state()
    path, port = d.leg.status_path, d.gateway.port
    refused = {"another scheme": f"https://127.0.0.1:{port}{path}",
               "another host": f"http://localhost:{port}{path}",
               "another port": f"http://127.0.0.1:443{path}",
               "a query that is not there": d.url + "?a=1", "another case": d.url.upper(),
               "only the path": path}
    for what, url in refused.items():
        d.unchanged(what, d.signed(fields, url), (403,), before)
    expect(d.signed(fields, d.url) == 204, "the configured address passes")
    expect(d.signed(fields, f"http://127.0.0.1{path}") == 204, "without its port as well, as carriers do")
    expect(d.signed(fields, d.url + "?b=2&a=1", path + "?b=2&a=1") == 204, "a query belongs to it")
    d.unchanged("a query in another order", d.signed(fields, d.url + "?b=2&a=1", path + "?a=1&b=2"),
                (403,), before)


def addresses_of_others(d):
    """S05"""
    fields, before = d.leg.status("completed", 3), d.state()
    other = d.other.status_path
    d.unchanged("what was signed for another call", d.signed(fields, d.url, other), (403,), before)
    d.unchanged("another account's token", d.signed(fields, token="8" * 32), (403,), before)
    d.unchanged("another account's call", d.signed({**fields, "AccountSid": "AC" + "9" * 32}), (403,), before)
    nonce = d.leg.status_path.split("/")[4]
    for what, path in {
            "another nonce": d.leg.status_path.replace(nonce, nonce[::-1]),
            "the nonce of another call": d.leg.status_path.replace(nonce, other.split("/")[4]),
            "half a nonce": d.leg.status_path.replace(nonce, nonce[:16]),
            "no nonce": d.leg.status_path.replace(nonce + "/", ""),
            "another carrier": d.leg.status_path.replace("/twilio/", "/mock/"),
            "no such call": re.sub("call_[^/]+", "call_0000000000001", d.leg.status_path),
            "no such kind": d.leg.status_path.replace("/status", "/nothing")}.items():
        d.unchanged(what, d.signed(fields, d.gateway.base_url + path, path), (403, 404), before)


def replays(d):
    """S06"""
    fields = d.leg.status("completed", 3)
    expect(d.signed(fields) == 204, "the call ends")
    expect(d.status() == "completed", "it is final")
    before = d.state()
    connection = http.client.HTTPConnection("127.0.0.1", d.gateway.port, timeout=rig.WAIT_S)
    body, good = urllib.parse.urlencode(fields), rig.sign(d.carrier.token, d.url, fields)
    for _ in range(1000):
        connection.request("POST", d.leg.status_path, body,
                           {"Content-Type": FORM, "X-Twilio-Signature": good})
        reply = connection.getresponse()
        reply.read()
        expect(reply.status == 204, f"a replay gets {reply.status}")
    connection.close()
    for word in ("initiated", "ringing", "in-progress", "busy", "failed", "no-answer", "canceled"):
        expect(d.signed(d.leg.status(word, 9)) == 204, f"{word} after the end is acknowledged")
    expect(d.state() == before, "and nothing has changed")
    answer = d.leg.answer_path
    path, fields = answer, {"AccountSid": d.carrier.account, "CallSid": d.leg.sid, "CallStatus": "in-progress"}
    signature = rig.sign(d.carrier.token, d.gateway.base_url + path, fields)
    status, _, document = rig.request(d.gateway.port, "POST", path, urllib.parse.urlencode(fields),
                                      {"Content-Type": FORM, "X-Twilio-Signature": signature})
    expect(status == 200 and b"<Hangup" in document and b"<Say" not in document,
           f"a replayed answer hears nothing any more: {document[:200]}")
    expect(d.state() == before, "and changes nothing")


def forwarded_headers(d):
    """S07"""
    fields, before = d.other.status("ringing", 1), d.state()
    path = d.other.status_path
    url = d.gateway.base_url + path
    forged = {"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https", "Host": "evil.example",
              "Forwarded": "host=evil.example;proto=https", "X-Original-URL": path}
    d.unchanged("a forged host", d.signed(fields, "https://evil.example" + path, path, forged), (403,), before)
    expect(d.signed(fields, url, path, forged) == 204, "what is configured counts, whatever they say")
    folded = {"X-Forwarded-Fo": "127.0.0.1\r\n r"}  # the server library would make a name of it
    expect(raw(d, "POST", path, folded) == 400, "a folded header")


def raw(d, method, path, headers=(), body=b""):
    """A request that no library would write; the status of the reply."""
    lines = [f"{method} {path} HTTP/1.1", f"Host: 127.0.0.1:{d.gateway.port}",
             f"Content-Length: {len(body)}", *(f"{k}: {v}" for k, v in dict(headers).items()), "", ""]
    with rig.socket.create_connection(("127.0.0.1", d.gateway.port), rig.WAIT_S) as s:
        s.sendall("\r\n".join(lines).encode("latin-1") + body)
        return int(s.recv(4096).split()[1])


def methods_and_types(d):
    """S11, S12"""
    fields, before = d.other.status("completed", 3), d.state()
    url, path = d.gateway.base_url + d.other.status_path, d.other.status_path
    good, body = rig.sign(d.carrier.token, url, fields), urllib.parse.urlencode(fields)
    for method in ("PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT", "PRI", "GET", "HEAD"):
        head = {"Content-Type": FORM, "X-Twilio-Signature": good}
        d.unchanged(method, rig.request(d.gateway.port, method, path, body, head)[0],
                    (400, 403, 404, 405, 501), before)
    for kind in ("application/json", "multipart/form-data; boundary=x", "text/plain", "", "x" * 200):
        d.unchanged(f"type {kind!r}", d.post(body, good, path, {"Content-Type": kind}), (400, 403, 415), before)
    for method, place in (("DELETE", "/api/calls"), ("PUT", "/api/summary"), ("POST", "/healthz")):
        expect(raw(d, method, place) == 405, f"{method} {place}")


def forms(d):
    """S13"""
    before, path = d.state(), d.other.status_path
    for what, body in {"a bad escape": "CallStatus=%zz", "half an escape": "CallStatus=%4",
                       "a NUL": "CallStatus=a%00b", "bad UTF-8": "CallStatus=%ff%fe",
                       "an overlong form": "CallStatus=%c0%af", "no name": "=x&CallStatus=busy",
                       "very many pairs": "&".join(f"a{i}=1" for i in range(2000)),
                       "a very long value": "CallStatus=" + "x" * 70000}.items():
        # nobody could sign some of these: refused before or after the signature, never applied
        d.unchanged(what, d.post(body, "A" * 27 + "=", path), (400, 403, 413), before)


def api_documents(d):
    """S14 at the door; each rule has its own case in tests/unit/base/json_read_test.c"""
    before, count = d.state(), len(d.gateway.get("/api/calls")["items"])
    good = '{"to":"+12025550102","assistant":"debt-intake"}'
    for what, body in {"cut": good[:-1], "a duplicate key": good[:-1] + ',"to":"+12025550103"}',
                       "a tail": good + "x", "a byte order mark": "\ufeff" + good, "empty": " ",
                       "a NUL": good.replace("debt", "debt\\u0000"), "an array": f"[{good}]",
                       "deep": '{"to":' + "[" * 1000 + "]" * 1000 + "}", "NaN": '{"to":NaN}',
                       "a lone surrogate": good.replace("debt", "\\ud800"),
                       "an unknown member": good[:-1] + ',"too":1}'}.items():
        status = rig.request(d.gateway.port, "POST", "/api/calls", body.encode(),
                             {"Content-Type": "application/json"})[0]
        d.unchanged(what, status, (400, 413), before)
    for kind in ("text/plain", FORM, "application/jsonp"):
        status = rig.request(d.gateway.port, "POST", "/api/calls", good, {"Content-Type": kind})[0]
        d.unchanged(f"type {kind}", status, (415,), before)
    expect(len(d.gateway.get("/api/calls")["items"]) == count, "no call was made")


def header_injection(d):
    """S18"""
    evil, before = "x\r\nX-Evil: 1\r\n\r\nGET /api/calls HTTP/1.1", d.state()
    for member in ("to", "from", "assistant", "provider", "record"):
        status, _ = d.gateway.api("POST", "/api/calls", {"to": "+12025550102", "assistant": "debt-intake",
                                                       member: evil})
        d.unchanged(member, status, (400,), before)
    status, _ = d.gateway.api("POST", "/api/calls", {"to": "+12025550102", "variables": {"user_name": evil},
                                                   "assistant": "personal-assistant"})
    d.unchanged("a variable", status, (400,), before)
    call = d.gateway.place("+12025550102", metadata={"note": evil})
    leg = rig.until(lambda: next((l for l in d.carrier.legs if l.to == "+12025550102"), None), "it is placed")
    expect("X-Evil" not in leg.body.decode(), "nothing of it reaches the carrier")
    url = d.gateway.base_url + leg.status_path
    expect(d.signed({**leg.status("failed", 3), "ErrorMessage": evil, "ErrorCode": "13224"}, url,
                    leg.status_path) == 204, "a carrier's words may hold anything")
    expect(d.gateway.must_end(call)["status"] == "failed", "the call ends")
    expect(raw(d, "GET", "/api/calls/" + "%0d%0aX-Evil:1") in (400, 404), "in a path")
    for line in d.gateway.complaints().splitlines():
        expect(re.match(r"\d{4}-\d\d-\d\dT\S+Z (debug|info|warn|error) ", line), f"a line of the log: {line!r}")


def telephone_numbers(d):
    """S33"""
    before = d.state()
    for to in ("911", "112", "999", "+1911", "+19005550100", "+449098790000", "+0123456789", "+120255",
               "+1234567890123456", "12025550100", "sip:a@b", "client:bob", "+1 (202) 555-0100",
               "+1202555010\u0660", "+12025550100;ext=1", "+12025550100 ", " +12025550100", "", "+", "tel:+12025550100",
               "+12025550100,+12025550101"):
        status, problem = d.gateway.api("POST", "/api/calls", {"to": to, "assistant": "debt-intake"})
        d.unchanged(repr(to), status, (400, 422), before)
        expect(problem.get("field") == "to", f"the field is named: {problem}")
    expect(all(l.to in ("+12025550100", "+12025550101", "+12025550102") for l in d.carrier.legs),
           "none was dialled")


def integers(d):
    """S48"""
    before = d.state()
    for name in ("ring_timeout_s", "time_limit_s"):
        for value in ("0", "-1", "2147483647", "2147483648", "9223372036854775808", "1e5", "1.5",
                      '"60"', "true", "[]", "1e999", "-0"):
            body = f'{{"to":"+12025550103","assistant":"debt-intake","{name}":{value}}}'
            status = rig.request(d.gateway.port, "POST", "/api/calls", body, {"Content-Type": "application/json"})[0]
            d.unchanged(f"{name} {value}", status, (400,), before)
    for query in ("limit=0", "limit=-1", "limit=201", "limit=1e2", "limit=+5", "limit=%205",
                  "limit=99999999999999999999", "limit=%D9%A5", "limit="):
        status = rig.request(d.gateway.port, "GET", "/api/calls?" + query)[0]
        d.unchanged(query, status, (400,), before)
    path, url = d.other.status_path, d.gateway.base_url + d.other.status_path
    for value in ("-1", "2147483648", "9223372036854775808", "1e3", " 5", "+5", "\u0665", "5 ", "0x5"):
        fields = {**d.other.status("completed", 3), "CallDuration": value}
        d.unchanged(f"CallDuration {value!r}", d.signed(fields, url, path), (400,), before)


CASES = [signatures, changed_bodies, duplicates, addresses_that_were_signed, addresses_of_others,
         replays, forwarded_headers, methods_and_types, forms, api_documents, telephone_numbers,
         integers, header_injection]


def main():
    results = rig.Results()
    with rig.temporary_directory() as directory:
        doors = Doors(directory)
        for case in CASES:
            with results.case(f"{case.__doc__}: {case.__name__}"):
                case(doors)
        with results.case("the gateway lives, and ends as it should"):
            status = doors.close()
            expect(status == 0, f"exit status {status}")
            rig.check_database(directory / "data")
    return results.end()


if __name__ == "__main__":
    sys.exit(main())
