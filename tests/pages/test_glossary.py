"""Words of the glossary can be opened on every page, each where the page says it first."""

import re

import pytest

from attention_core.lesson.lesson_file import read_lesson
from pages.shared.base.terms import begin_terms, glossary, mark_terms
from pages.shared.frame.registry import BY_NAME, COMMON, PAGES
from pages.shared.lesson import files as lessons
from tests.pages.screen import assert_only_own_html, component, markdown, open_page, pieces

MARKED = re.compile(r'data-term="([^"]*)"')


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_page_marks_terms_of_the_glossary_once_each_and_explains_them(page):
    at = open_page(page=page.name)
    found = [term for text in (*pieces(at), *markdown(at)) for term in MARKED.findall(text)]
    names = {term.term for term in glossary().terms}
    assert found
    assert set(found) <= names
    body = [term for text in (*pieces(at), *markdown(at)) if 'class="lead"' not in text for term in MARKED.findall(text)]
    assert len(body) == len(set(body))
    assert_only_own_html(at)
    sent = component(at, "page-glossary")
    assert {one["term"] for one in sent["terms"]} == names
    assert sent["common"] == list(COMMON)


def test_every_term_leads_to_the_page_or_card_that_shows_it():
    at = open_page()
    cards = read_lesson((lessons.FOLDER / "lesson.toml").read_text("utf-8"), "lesson", 6, 12).cards
    for term, one in zip(glossary().terms, component(at, "page-glossary")["terms"], strict=True):
        assert one["page"] == BY_NAME[term.page].title
        if term.card:
            assert cards[int(one["fields"]["card"]) - 1].title == term.card
            assert one["fields"]["answer"] == "shown"


def test_marking_leaves_tags_and_escaped_text_as_they_are():
    begin_terms()
    html = '<b class="token">a token &lt;token&gt;</b> token softmax'
    marked = str(mark_terms(html))
    assert re.sub(r'<span class="term"[^>]*>(.*?)</span>', r"\1", marked) == html
    assert re.findall(r'data-term="([^"]*)"', marked) == ["token", "softmax"]
    assert str(mark_terms("token")) == "token"  # it stands on the page already
    assert str(mark_terms("<q>larger values of d_k</q>")) == "<q>larger values of d_k</q>"  # the words of others
    begin_terms()
    assert "data-term" in mark_terms("token")
