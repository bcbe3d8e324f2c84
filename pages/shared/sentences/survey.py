"""What every head does on the whole list: mean and spread of a pattern, and where a head does it most and least."""

from functools import partial

import streamlit as st
from markupsafe import Markup

from attention_core.figures.heads import heads_spec
from attention_core.survey.pattern_scores import NAMES, read_patterns
from attention_core.survey.tables import summary_table, table_facts
from attention_core.survey.totals import Survey
from attention_core.weights.link_strength import ranked
from attention_core.weights.patterns import PATTERNS, Pattern
from attention_core.weights.words import give_or_take, value_text, with_error
from attention_core.writing.phrases import Mark, Phrase
from pages.shared.base.assets import packed, script
from pages.shared.base.charts import chart
from pages.shared.base.clickable_table import ColumnHead, clickable
from pages.shared.base.markup import definition_html, phrase_html, section
from pages.shared.base.messages import fields, sent, whole
from pages.shared.base.progress import begin_or_go_on
from pages.shared.base.work import Work
from pages.shared.frame.list_steps import visit
from pages.shared.frame.listing import Listing
from pages.shared.sentences.files import offer_table
from pages.shared.sentences.opening import Desk

_BEST = 5  # heads that are named
_component = st.components.v2.component("head_cells", html="<span></span>", js=script("cells.js"))


def survey_heads(desk: Desk) -> None:
    """The button that reads all sentences, and what came of it."""
    listing = desk.listing
    section("What the heads do on all", "every head reads every sentence; mean and spread of what heads are known for")

    def begin() -> None:
        survey = Survey()

        def step(texts) -> None:
            survey.add(read_patterns(desk.model, texts))
            listing.so_far = survey.means()

        if not listing.surveying:
            listing.survey, listing.surveying = survey, Work(listing.sentences, step, is_survey=True)
        listing.surveying.go_on()

    count = len(listing.sentences)
    label = f"Read all {count:,} sentences" if count > 1 else "Read the sentence"
    work = listing.surveying
    if work and work.is_running:
        with st.container(key="survey-bar", horizontal=True, vertical_alignment="bottom"):
            _pick_pattern()
    begin_or_go_on(work, "survey", label, begin, "Read by all heads", partial(_so_far, desk, listing))
    if work and not work.is_running and listing.survey.count:
        _results(desk, listing, listing.survey)


def _pick_pattern() -> None:
    titles = {name: pattern.title for name, pattern in PATTERNS.items()}
    st.selectbox("What heads do", NAMES, key="list-pattern", format_func=titles.get, persist_state="session", width=220)


def _so_far(desk: Desk, listing: Listing) -> None:
    """What the sentences that were read so far say: the means of the pattern, and how sure they are."""
    if (known := listing.so_far) is None:
        return
    pattern = PATTERNS[st.session_state["list-pattern"]]
    place = NAMES.index(pattern.name)
    mean, error = known.mean[place], known.uncertainty[place]
    layer, head = ranked(mean)[0]
    value = with_error(mean[layer, head].item(), error[layer, head].item(), pattern.unit)
    many = f"{known.count:,} sentence{'' if known.count == 1 else 's'}"
    said: Phrase = (
        f"So far, over {many}, ",
        Mark(f"layer {layer + 1}, head {head + 1}", "weight"),
        f" {pattern.high} most of all heads: {value}.",
    )
    st.html(Markup('<p class="answer">%s</p>') % phrase_html(said))
    left, right = st.columns(2, gap="large")
    file = f"attention-{pattern.name}-so-far"
    with left:
        alt = f"{pattern.title}: mean of every head over the first {many}. Largest in layer {layer + 1}, head {head + 1}."
        spec = heads_spec("Mean so far", mean, pattern.unit, desk.palette, whole=pattern.unit == "share")
        chart(spec, key="chart-mean-so-far", file=f"{file}-mean", alt=alt)
    with right:
        if known.count > 1:
            alt = f"{pattern.title}: standard error of the mean of every head over the first {many}."
            spec = heads_spec("Standard error of the mean", error, pattern.unit, desk.palette)
            chart(spec, key="chart-error-so-far", file=f"{file}-error", alt=alt)


def _results(desk: Desk, listing: Listing, survey: Survey) -> None:
    with st.container(key="survey-bar", horizontal=True, vertical_alignment="bottom"):
        _pick_pattern()
        for name, size in (("layer", desk.model.config.layers), ("head", desk.model.config.heads)):
            st.segmented_control(name.capitalize(), list(range(1, size + 1)), key=name, required=True, wrap=True)
    pattern = PATTERNS[st.session_state["list-pattern"]]
    place = NAMES.index(pattern.name)
    mean, spread = survey.mean[place], survey.spread[place]
    order = ranked(mean)
    layer, head = order[0]
    many = f"{survey.count:,} sentences" if survey.count > 1 else "the one sentence"
    said: Phrase = (
        Mark(f"Layer {layer + 1}, head {head + 1}", "weight"),
        f" {pattern.high} most of all heads: {value_text(mean[layer, head].item(), pattern.unit)} on average over {many}"
        f"{give_or_take(spread[layer, head].item(), pattern.unit)}.",
    )
    html = Markup('<p class="look-for">%s</p><p class="answer">%s</p>')
    st.html(html % (definition_html(pattern), phrase_html(said)))
    left, right = st.columns(2, gap="large")
    file = f"attention-{pattern.name}-{survey.count}-sentences"
    with left:
        alt = f"{pattern.title}: mean of every head over {many}. Largest in layer {layer + 1}, head {head + 1}."
        chart(
            heads_spec("Mean", mean, pattern.unit, desk.palette, whole=pattern.unit == "share"),
            key="chart-mean",
            file=f"{file}-mean",
            alt=alt,
        )
    with right:
        if survey.count > 1:
            alt = f"{pattern.title}: standard deviation of every head over {many}."
            spec = heads_spec("Standard deviation", spread, pattern.unit, desk.palette)
            chart(spec, key="chart-spread", file=f"{file}-spread", alt=alt)
        else:
            st.html('<p class="look-for">Of one sentence there is no spread.</p>')
    _choose_on_charts(desk)
    _name_best(order, mean, pattern)
    _ends(desk, listing, survey, pattern, mean, spread)
    _take_home(desk, survey, listing)


def _choose_on_charts(desk: Desk) -> None:
    """A click on a cell, or the arrow keys, choose its head."""
    L, H = desk.model.config.layers, desk.model.config.heads
    members = [[at] for at in range(max(L, H))]
    charts = [
        {"key": f"chart-{name}", "rows": ["query"], "square": True, "name": name, "title": title, "members": members}
        for name, title in (("mean", "Mean of all heads"), ("spread", "Spread of all heads"))
    ]
    ink = desk.palette.text  # a head is neither a query nor a key
    data = {"charts": charts, "query": desk.layer, "key": desk.head}
    data["colours"] = {"query": ink, "key": ink, "page": desk.palette.page}

    def choose() -> None:
        cell = fields(sent("head-cells", "cell"))
        for name, field, size in (("layer", "query", L), ("head", "key", H)):
            at = whole(cell.get(field), size)
            if at is not None:
                st.session_state[name] = at + 1

    _component(data=packed(data), key="head-cells", on_cell_change=choose)


def _name_best(order: list[tuple[int, int]], mean, pattern: Pattern) -> None:
    """The heads that do it most, as buttons that choose them."""
    names = {
        f"L{layer + 1} H{head + 1} · {value_text(mean[layer, head].item(), pattern.unit)}": (layer, head)
        for layer, head in order[:_BEST]
    }

    def choose() -> None:
        if chosen := st.session_state["list-best"]:
            for field, at in zip(("layer", "head"), names[chosen], strict=True):
                st.session_state[field] = at + 1
            st.session_state["list-best"] = None

    st.pills("Most of all heads", list(names), key="list-best", on_change=choose)


def _ends(desk: Desk, listing: Listing, survey: Survey, pattern: Pattern, mean, spread) -> None:
    """The sentences in which the chosen head does it most, and least."""
    at = desk.layer, desk.head
    title = f'Where <span class="weight">layer {at[0] + 1}, head {at[1] + 1}</span> does it most and least'
    average = value_text(mean[at].item(), pattern.unit)
    here = f"{average} on average{give_or_take(spread[at].item(), pattern.unit)}; a click opens the sentence"
    st.html(f'<div class="ranked ends"><b role="heading" aria-level="3">{title}</b> <small>{here}</small></div>')

    def act(what: str, number: int) -> None:
        if what == "open":
            visit("step_by_step", number, layer=desk.layer + 1, head=desk.head + 1)

    for largest, column in zip((True, False), st.columns(2, gap="large"), strict=True):
        word = "most" if largest else "least"
        ends = survey.ends(pattern.name, *at, largest=largest)
        rows = [(number, (value_text(score, pattern.unit), listing.sentences[number])) for number, score in ends]
        with column:
            columns = [ColumnHead(word.capitalize(), number=True), ColumnHead("Sentence", wide=True)]
            clickable(f"ends-{word}", f"Sentences where this head does it {word}", columns, rows, act)


def _take_home(desk: Desk, survey: Survey, listing: Listing) -> None:
    """All means and spreads as files, with what they mean."""
    offer_table(
        "Mean and spread as files",
        "survey",
        "All patterns, layers and heads as ",
        "attention-patterns",
        lambda: table_facts(desk.model, "summary", file=listing.read.name),
        lambda: summary_table(survey),
        "Every sentence’s own scores: `python -m attention_core patterns sentences.csv --out patterns.parquet`",
    )
