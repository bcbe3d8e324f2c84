"""How far long work is, how long it takes yet, and a way to stop it."""

from collections.abc import Callable

import streamlit as st

from pages.shared.base.markup import note
from pages.shared.base.work import Work

_EVERY = 1.0  # seconds


def progress(work: Work, key: str, done: str, so_far: Callable[[], None] | None = None) -> None:
    """A bar that moves by itself while the work goes on; `done` is what is done with a sentence.

    `so_far` draws below it what has come of the work, as often as the bar moves.
    """

    @st.fragment(run_every=_EVERY)
    def show() -> None:
        work.poll()
        if not work.is_running:
            st.rerun()  # the whole page: there is something new to see
        with st.container(key=f"progress-{key}", horizontal=True, vertical_alignment="bottom"):
            st.progress(work.share, text=_so_far(work, done))
            st.button("Stop", key=f"stop-{key}", icon=":material/stop:", on_click=work.stop, help="Keep what is done")
        if so_far:
            so_far()

    show()


def _so_far(work: Work, done: str) -> str:
    """How far work is, or how many others it waits for."""
    if before := work.before:
        return f"{before:,} survey{' is' if before == 1 else 's are'} before yours on this server; it begins by itself."
    left = f", about {as_time(work.seconds_left)} left" if work.seconds_left else ""
    return f"{done}: {work.done:,} of {work.total:,} sentences{left}"


def begin_or_go_on(
    work: Work | None,
    key: str,
    label: str,
    begin: Callable[[], None],
    done: str,
    so_far: Callable[[], None] | None = None,
) -> None:
    """What fits the state of the work: a button that begins it, its progress, or how far it came and a button to go on.

    `so_far` draws what has come of it while it is at work.
    """
    if work is None:
        st.button(label, key=f"begin-{key}", type="primary", icon=":material/play_arrow:", on_click=begin)
    elif work.is_running:
        progress(work, key, done, so_far)
    elif not work.is_complete:
        with st.container(key=f"stopped-{key}", horizontal=True, vertical_alignment="center"):
            note(st, work.trouble or f"Stopped after {work.done:,} of {work.total:,} sentences. What is done is kept.")
            st.button("Go on", key=f"go-on-{key}", icon=":material/play_arrow:", on_click=work.go_on)


def as_time(seconds: float) -> str:
    """A time to wait, in words."""
    if seconds < 55:
        return f"{max(5, 5 * round(seconds / 5))} seconds"
    minutes = round(seconds / 60)
    if minutes < 90:
        return f"{minutes} minute{'' if minutes == 1 else 's'}"
    return f"{seconds / 3600:.1f} hours"
