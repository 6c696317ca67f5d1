"""An agent for swaig-test whose functions run elsewhere: those of the document that REMOTE_DOCUMENT names."""

import json
import os
from pathlib import Path

from signalwire import AgentBase

agent = AgentBase("remote-desk", basic_auth=("desk", "unused"), suppress_logs=True)
_document = json.loads(Path(os.environ["REMOTE_DOCUMENT"]).read_text(encoding="utf-8"))
for _verb in _document["sections"]["main"]:
    for _function in _verb.get("ai", {}).get("SWAIG", {}).get("functions", []):
        agent.define_tool(
            name=_function["function"],
            description=_function["description"],
            parameters=_function.get("parameters", {}),
            webhook_url=_function["web_hook_url"],
            handler=None,
        )
