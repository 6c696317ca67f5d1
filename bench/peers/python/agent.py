"""The payment agent of assistants/payment-agent.json as people write it with SignalWire's own SDK.

    python agent.py ASSISTANT.json             prints its port when it listens; ends with its standard input
    python agent.py ASSISTANT.json SECONDS     documents a CPU second, without HTTP
"""
import json
import os
import pathlib
import socket
import sys
import threading
import time

import uvicorn
from signalwire import AgentBase, FunctionResult

LOGIN = ("bench", "bench-0123456789abcdef")


class PaymentAgent(AgentBase):
    def __init__(self, definition, port):
        super().__init__(definition["name"], host="127.0.0.1", port=port, basic_auth=LOGIN, suppress_logs=True)
        self.set_params(definition.get("params", {}))
        for section in definition["prompt"]:
            self.prompt_add_section(section["title"], section.get("body", ""), section.get("bullets"))
        language = definition["languages"][0]
        self.add_language(language.get("name", "English"), language["code"], language.get("voice", "rime.spore"))
        for function in definition["functions"]:
            if isinstance(function, dict) and "parameters" in function:
                self.define_tool(name=function["name"], description=function["description"],
                                 parameters=function["parameters"],
                                 handler=getattr(self, function["name"], self.other))

    def handle_consent(self, args, _raw):
        if args.get("consent_given") == "yes":
            result = FunctionResult("Thank you for your consent.").update_global_data({"recording_consent": True})
            return result.record_call(control_id="main", stereo=True, format="mp3")
        return FunctionResult("This call is not recorded.").update_global_data({"recording_consent": False})

    def other(self, _args, _raw):
        return FunctionResult("Done.")


def main():
    definition = json.loads(pathlib.Path(sys.argv[1]).read_text(encoding="utf-8"))
    if len(sys.argv) == 3:
        made, began = PaymentAgent(definition, 3000), time.process_time()
        count = 0
        while time.process_time() - began < float(sys.argv[2]):
            made._render_swml("7a4b1c3e-2c78-4d85-b1a4-6eae7dbafb36")
            count += 1
        print(count / (time.process_time() - began))
        return
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    server = uvicorn.Server(uvicorn.Config(PaymentAgent(definition, port).get_app(), log_level="critical",
                                           access_log=False, lifespan="off"))
    threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()
    print(port, flush=True)
    server.run(sockets=[listener])


main()
