"""What a session does after an error that nobody foresaw: its page starts afresh, says so once, and keeps what was typed.

Streamlit calls one function for whatever escapes from a page, a callback or a fragment, and shows a traceback or a red box.
Here the error goes to the server's log, the next run drops what may be broken, more at each error that follows at once, and
the third one in a row is told and left at that, so that nothing runs for ever.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

import streamlit as st
from streamlit import error_util
from streamlit.delta_generator_singletons import get_dg_singleton_instance
from streamlit.runtime.scriptrunner import RerunData, get_script_run_ctx

import pages.shared.base.messages  # noqa: F401  messages are checked from the first run on
from pages.shared.frame.registry import DEFAULTS
from pages.shared.frame.session import renew, session

_MOST = 3  # errors in a row
_SAID = "Something went wrong here, and the page was started afresh. What you typed and uploaded is kept."
_LEFT = (
    "This page cannot be shown with what is chosen on it. What you typed is kept: change the sentence, or open another page. "
    '<a href="./" target="_self">Begin anew</a> leaves all of it.'
)
_log = logging.getLogger("attention_visualizer")


def recover(error: Exception) -> bool:
    """Log an error that escaped from a run, and have the page run afresh; True: nothing else is to be shown of it."""
    _log.error("A run of a page ended with an error.", exc_info=error)
    context, mine = get_script_run_ctx(), session()
    mine.faults += 1
    mine.is_recovering = True
    if context is None or context.script_requests is None or mine.faults >= _MOST:
        get_dg_singleton_instance().main_dg.html(f'<p class="note" role="status">{_LEFT}</p>')
        return True
    again = RerunData(
        query_string=context.query_string,
        page_script_hash=context.page_script_hash,
        context_info=context.context_info,
        cached_message_hashes=context.cached_message_hashes,
    )
    context.script_requests.request_rerun(again)
    return True


def begin_afresh() -> str:
    """At the begin of a run: drop what may be broken where the run before ended with an error; returns what is to be said."""
    mine = session()
    if not mine.is_recovering:
        mine.faults = 0
        return ""
    mine.is_recovering = False
    if mine.faults > 1:  # to drop what this page keeps was not enough: only what was typed stays
        for name in ("layer", "head", "query", "key", *DEFAULTS):
            if name not in ("text", "other"):
                st.session_state[name] = DEFAULTS.get(name)
    renew(everything=mine.faults > 1)
    return _SAID if mine.faults < _MOST else ""


def _install() -> None:
    """Have Streamlit ask `recover`, as `st.App` does with an `on_script_error`, which `streamlit run` cannot be given."""
    invoke = error_util.invoke_script_error_handler
    if getattr(invoke, "asks_recover", False):
        return

    def ask(error: Exception, handler: Callable[[Exception], bool | None] | None) -> bool:
        return invoke(error, handler or recover)

    ask.asks_recover = True
    error_util.invoke_script_error_handler = ask
    error_util._log_uncaught_app_exception = lambda error: None  # `recover` does


_install()
