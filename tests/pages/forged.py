"""Messages that no script of the app sends: what anybody can send to a running session in a component's name."""

import json
from collections.abc import Iterator

from streamlit.components.v2.bidi_component.main import _make_trigger_id
from streamlit.proto.WidgetStates_pb2 import WidgetState
from streamlit.testing.v1 import AppTest

_DEEP = "[" * 3000 + "]" * 3000
# JSON as text, for some of it is none that Python writes.
HOSTILE = [
    *(
        "null",
        "true",
        "false",
        "0",
        "-1",
        "1",
        "1.5",
        "1e400",
        "-0.0",
        "NaN",
        "Infinity",
        "9" * 30,
        "9" * 5000,
        "-" + "9" * 400,
    ),
    *('""', '"0"', '"open"', '"\\ud800"', '"\\u0000"', '"<script>alert(1)</script>"', json.dumps("x" * 200_000)),
    *("[]", "[0]", "[[[]]]", "{}", '{"": 1}', _DEEP, '{"a":' * 3000 + "1" + "}" * 3000),
    *('{"open": true}', '{"open": "0"}', '{"open": 1e9}', '{"open": -1}', '{"open": [0]}', '{"open": ' + "9" * 5000 + "}"),
    *('{"sort": 99}', '{"sort": null}', '{"table": 0}', '{"read": 0}', '{"__class__": 0}', '{"at": 0, "order": 0, "end": 0}'),
    *('{"mark": 1}', '{"find": 0}', '{"__dict__": 0}', '{"c": 0}', '{"a": true}', '{"A": 0}', '{"open": 0, "a": {}, "b": []}'),
    *('{"query": true, "key": false}', '{"query": -1}', '{"query": 1e9, "key": 99999}', '{"query": ' + "9" * 4000 + "}"),
    *('{"name": []}', '{"name": {}}', '{"name": "\\ud800"}', '{"name": "weights\\u0000"}', '{"dimension": true}'),
    *('{"dimension": 99999999}', '{"open": true, "name": ["q"], "dimension": {}}', f'{{"query": {_DEEP}}}', '{"query": "0"}'),
    *(
        '{"version": true}',
        '{"version": 0}',
        '{"version": 0, "words": 5, "cells": 5}',
        '{"version": 0, "words": [], "cells": {}}',
    ),
    *('{"version": 1e400}', '{"version": 0, "words": ["a", "\\ud800", "b"], "cells": {"x": [[1]]}}'),
]


def message(at: AppTest, key: str, field: str, text: str) -> Iterator[WidgetState]:
    """A message of a component, as something that happened and as something that stays."""
    (proto,) = (element.proto for element in at.get("bidi_component") if element.key == key)
    happened = WidgetState(id=_make_trigger_id(proto.id, "events"))
    happened.json_trigger_value = f'[{{"event": {json.dumps(field)}, "value": {text}}}]'
    yield happened
    yield WidgetState(id=proto.id, json_value=f"{{{json.dumps(field)}: {text}}}")
    for bare in (happened, WidgetState(id=proto.id)):
        bare = WidgetState(id=bare.id)
        setattr(bare, "json_value" if bare.id == proto.id else "json_trigger_value", text)
        yield bare


def send(at: AppTest, state: WidgetState) -> AppTest:
    """Run the page once more, as a browser asks for that sends this beside what its widgets hold."""
    return at._run(at._tree.get_widget_states().__class__(widgets=[*at._tree.get_widget_states().widgets, state]))


def say(at: AppTest, key: str, field: str, value: object) -> AppTest:
    """What a component says when somebody clicks in it."""
    return send(at, next(message(at, key, field, json.dumps(value))))
