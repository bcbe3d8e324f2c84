"""A browser's part: enough to type a sentence, wait until its run has ended, and fetch the numbers of its picture."""

import asyncio
import json
from collections import OrderedDict
from dataclasses import dataclass, field

from streamlit.components.v2.bidi_component.main import _make_trigger_id
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect

_CACHED = 300  # messages that a browser remembers and need not be sent again


@dataclass
class Run:
    """What came back for one run of the script."""

    charts: int = 0
    bytes: int = 0
    numbers: str = ""  # where those of the picture are
    succeeded: bool = False
    exceptions: list[str] = field(default_factory=list)


class Client:
    """One session. Use `async with Client(port) as client`."""

    def __init__(self, port: int):
        self._address = f"ws://127.0.0.1:{port}/_stcore/stream"
        self._port = port
        self._socket: ClientConnection | None = None
        self._query = ""
        self._page = ""
        self._sentence_box = ""
        self._head = self._stage = ""
        self._seen: OrderedDict[str, None] = OrderedDict()

    async def __aenter__(self) -> "Client":
        origin = self._address.replace("ws://", "http://").removesuffix("/_stcore/stream")
        self._socket = await connect(
            self._address, origin=origin, subprotocols=["streamlit"], max_size=None, compression=None, open_timeout=30
        )
        return self

    async def __aexit__(self, *_) -> None:
        if self._socket:
            await self._socket.close()

    async def open(self, patience: float = 120) -> Run:
        """The first run of the page."""
        async with asyncio.timeout(patience):
            await self._ask(BackMsg())
            return await self._answer()

    async def type(self, text: str, patience: float = 60) -> Run:
        """Put a sentence into the sentence box, and wait until the page has answered it."""
        message = BackMsg()
        state = message.rerun_script.widget_states.widgets.add()
        state.id, state.string_value = self._sentence_box, text
        async with asyncio.timeout(patience):
            await self._ask(message)
            return await self._answer()

    async def click(self, head: int, patience: float = 60) -> Run:
        """Choose another head, from 0, with the buttons above the picture, and wait for the answer."""
        message = BackMsg()
        state = message.rerun_script.widget_states.widgets.add()
        state.id = self._head
        state.string_array_value.data.append(str(head + 1))
        async with asyncio.timeout(patience):
            await self._ask(message)
            return await self._answer()

    async def rest(self, layer: int, head: int, patience: float = 60) -> Run:
        """What the picture says once a hand that flew through the heads rests on one, from 0; wait for the answer."""
        message = BackMsg()
        state = message.rerun_script.widget_states.widgets.add()
        state.id = _make_trigger_id(self._stage, "events")
        message.rerun_script.widget_states.widgets.add(id=self._stage, json_value="{}")  # without it none of its events counts
        chosen = {"layer": layer, "head": head, "query": 1, "key": 2, "beat": 6}
        state.json_trigger_value = json.dumps([{"event": "rest", "value": chosen}])
        async with asyncio.timeout(patience):
            await self._ask(message)
            return await self._answer()

    async def fetch(self, run: Run, layers: range, patience: float = 60) -> int:
        """Get the numbers of some layers over one connection, as a browser does; how many bytes they are."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        total = 0
        try:
            async with asyncio.timeout(patience):
                for layer in layers:
                    writer.write(f"GET {run.numbers}/{layer} HTTP/1.1\r\nHost: 127.0.0.1:{self._port}\r\n\r\n".encode())
                    head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
                    if " 200 " not in head.partition("\r\n")[0]:
                        raise ConnectionError(head.partition("\r\n")[0])
                    length = int(head.partition("content-length: ")[2].partition("\r\n")[0])
                    total += len(await reader.readexactly(length))
        finally:
            writer.close()
        return total

    async def _ask(self, message: BackMsg) -> None:
        rerun = message.rerun_script
        rerun.query_string, rerun.page_script_hash = self._query, self._page
        rerun.context_info.timezone, rerun.context_info.locale = "UTC", "en-US"
        rerun.context_info.color_scheme = "light"
        rerun.cached_message_hashes.extend(self._seen)
        await self._socket.send(message.SerializeToString())

    async def _answer(self) -> Run:
        run = Run()
        while True:
            raw = await self._socket.recv()
            message = ForwardMsg.FromString(raw)
            run.bytes += len(raw)
            kind = message.WhichOneof("type")
            if kind == "delta":
                self._read(message.delta, run)
            elif kind == "page_info_changed":
                self._query = message.page_info_changed.query_string
            elif kind == "new_session":
                self._page = message.new_session.page_script_hash
            elif kind == "session_event" and message.session_event.HasField("script_compilation_exception"):
                run.exceptions.append(message.session_event.script_compilation_exception.message)
            if message.metadata.cacheable and message.hash:
                self._seen[message.hash] = None
                while len(self._seen) > _CACHED:
                    self._seen.popitem(last=False)
            if kind == "script_finished" and message.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN:
                run.succeeded = message.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY and not run.exceptions
                return run

    def _read(self, delta, run: Run) -> None:
        element = delta.new_element
        kind = element.WhichOneof("type")
        if kind == "text_input" and element.text_input.label == "Sentence":
            self._sentence_box = element.text_input.id
        elif kind == "button_group" and element.button_group.label == "Head":
            self._head = element.button_group.id
        elif kind == "plotly_chart" or (
            kind == "bidi_component" and element.bidi_component.component_name.endswith("head_stage")
        ):
            run.charts += 1
            if kind == "bidi_component":
                self._stage = element.bidi_component.id
                run.numbers = json.loads(element.bidi_component.bytes)["address"]
        elif kind == "exception":
            run.exceptions.append(f"{element.exception.type}: {element.exception.message}")
        elif kind == "alert":
            run.exceptions.append(element.alert.body)
