"""Between a gateway and the carrier in a box: what goes wrong on the way, on any wire.

Both directions go through here: the gateway's requests to the carrier's API, and the carrier's
webhooks to the gateway. The box behind it is the real thing: what was passed on to it rings.
"""
import contextlib
import http.client
import re
import socket
import threading

import rig
from wires import Server, destination

CALL_ID = re.compile(rb"call_[0-9A-Z]+")
HOP = {"host", "connection", "content-length", "transfer-encoding", "expect", "date", "server"}


def kept(headers):
    return [(k, v) for k, v in headers.items() if k.lower() not in HOP]


class Request:
    """A request that creates a call."""

    def __init__(self, middle, handler, body, to, call):
        self.middle, self.handler, self.body, self.to, self.call = middle, handler, body, to, call

    def pass_on(self):
        """The carrier takes it: (status, headers, body) of its reply."""
        return self.middle.ask_carrier(self.handler, self.body)

    def pass_back(self, answer):
        status, headers, body = answer
        self.handler.reply(status, body, kept(headers))

    def cut(self, how=socket.SHUT_RDWR):
        self.handler.close_connection = True
        with contextlib.suppress(OSError):
            self.handler.connection.shutdown(how)


class Middle:
    """As a carrier to a gateway (account, base_url …), and as a gateway to the carrier (public_url).

    create(request) answers a request for a call; webhook(call) is asked about each webhook and may
    wait, false: it does not come through. told[call]: webhooks that the gateway took.
    """

    def __init__(self, carrier, create, webhook=lambda call: True, port=0):
        self.carrier, self.wire = carrier, carrier.wire
        self.account, self.token, self.key = carrier.account, carrier.token, carrier.key
        self.number = carrier.number
        self.create, self.webhook, self.gateway_port = create, webhook, 0
        self.asked, self.told, self.lock = {}, {}, threading.Lock()
        self.api = Server(self.to_carrier, port)
        self.public = Server(self.to_gateway)
        self.base_url, self.public_url = self.api.base_url, self.public.base_url

    def ask_carrier(self, handler, body):
        """Addresses in the reply lead here, too: nobody follows a carrier to another host."""
        status, headers, reply = rig.request(self.carrier.port, handler.command, handler.path, body,
                                             dict(kept(handler.headers)))
        return status, headers, reply.replace(self.carrier.base_url.encode(), self.base_url.encode())

    def to_carrier(self, handler, body):
        to = destination(handler.command, body)
        request = Request(self, handler, body, to, CALL_ID.search(body)[0].decode() if to else "")
        if not to:
            request.pass_back(request.pass_on())
            return
        with self.lock:
            self.asked[to] = self.asked.get(to, 0) + 1
        self.create(request)

    def to_gateway(self, handler, body):
        call = CALL_ID.search(handler.path.encode())[0].decode()
        if not self.webhook(call):
            handler.reply(503)
            return
        try:
            status, headers, reply = rig.request(self.gateway_port, handler.command, handler.path, body,
                                                 dict(kept(handler.headers)))
        except (OSError, http.client.HTTPException):
            handler.close_connection = True
            return
        if status < 300:
            with self.lock:
                self.told[call] = self.told.get(call, 0) + 1
        handler.reply(status, reply, kept(headers))

    def rings(self, to):
        return len(self.carrier.calls(to))

    def start(self, data, more=None, port=None):
        gateway = rig.Gateway(data, self, port or rig.free_port(), more=more, base_url=self.public_url)
        self.gateway_port = gateway.port
        return gateway.must_be_ready()

    def stop(self):
        self.api.stop()
        self.public.stop()
