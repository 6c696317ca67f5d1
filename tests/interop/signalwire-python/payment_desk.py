"""An agent made with SignalWire's SDK: asks before it records, and has cards typed on the telephone."""

import socket
import threading

import uvicorn
from signalwire import AgentBase, FunctionResult

LOGIN = ("desk", "s3cr3t-p4ssw0rd")


class PaymentDesk(AgentBase):
    def __init__(self, connector, port=0, secure=True):
        super().__init__("payment-desk", host="127.0.0.1", port=port, basic_auth=LOGIN, suppress_logs=True)
        self.connector = connector
        self.called, self.summaries = [], []
        self.prompt_add_section("Greeting", body="Hello, this is the payment desk.")
        self.prompt_add_section("Rules", bullets=["Ask before recording.", "Never ask for a card number aloud."])
        self.set_post_prompt("Summarise the call as JSON.")
        self.add_language("English", "en-US", "rime.spore")
        self.set_global_data({"desk": 7})
        self.define_tool(
            name="recording_consent",
            description="May we record this call?",
            parameters={"answer": {"type": "string", "enum": ["yes", "no"], "description": "Yes or no"}},
            required=["answer"],
            secure=secure,
            handler=self.recording_consent,
        )
        self.define_tool(
            name="take_payment",
            description="Take a payment by card",
            parameters={"amount": {"type": "string", "description": "How much is paid, as '49.99'"}},
            required=["amount"],
            secure=secure,
            handler=self.take_payment,
        )

    def recording_consent(self, args, raw_data):
        self.called.append(("recording_consent", args, raw_data))
        if args["answer"] != "yes":
            return FunctionResult("Then nothing is recorded.").update_global_data({"consent": False})
        result = FunctionResult("Thank you, this call is recorded now.").update_global_data({"consent": True})
        return result.record_call(control_id="desk", stereo=True, format="wav")

    def take_payment(self, args, raw_data):
        self.called.append(("take_payment", args, raw_data))
        return FunctionResult("Please type your card number.", post_process=True).pay(
            payment_connector_url=self.connector,
            charge_amount=args["amount"],
            max_attempts=2,
            ai_response="The payment was ${pay_result}.",
        )

    def on_summary(self, summary, raw_data=None):
        self.summaries.append((summary, raw_data))


class Served:
    """The agent behind HTTP on a free port, until stop()."""

    def __init__(self, connector, **options):
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.agent = PaymentDesk(connector, self.port, **options)
        config = uvicorn.Config(self.agent.get_app(), log_level="critical", lifespan="off")
        self.server = uvicorn.Server(config)
        self.thread = threading.Thread(target=self.server.run, kwargs={"sockets": [self.socket]}, daemon=True)
        self.thread.start()

    def url(self, path="/"):
        return f"http://{LOGIN[0]}:{LOGIN[1]}@127.0.0.1:{self.port}{path}"

    def stop(self):
        self.server.should_exit = True
        self.thread.join(10)
        self.socket.close()


def __getattr__(name):
    """What swaig-test looks for in a module that it is given."""
    if name == "agent":
        return PaymentDesk("https://desk.example.com/payment")
    raise AttributeError(name)
