"""Words become HTML that is safe, with powers raised and indices lowered as formulas have them."""

import re

import pytest
from pandas import DataFrame

from attention_core.writing.phrases import Mark
from pages.shared.base.markup import phrase_html, typeset
from pages.shared.base.tables import with_true_minus


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("e^3.22 ÷ 47.35", "e<sup>3.22</sup> ÷ 47.35"),
        ("so e^(−1.5 + 2).", "so e<sup>−1.5 + 2</sup>."),
        ("e^−1.69 ÷ 1.04·10^12.", "e<sup>−1.69</sup> ÷ 1.04·10<sup>12</sup>."),
        ("by the same e^m.", "by the same e<sup>m</sup>."),
        ("√d_k, W_Q and d_model", "√d<sub>k</sub>, W<sub>Q</sub> and d<sub>model</sub>"),
        ("the^3 had_k x_W_Q", "the^3 had_k x_W_Q"),
    ],
)
def test_formulas_in_a_sentence_are_set(text, html):
    assert typeset(text) == html
    assert re.sub("</?span[^>]*>", "", phrase_html((text,))) == html  # some words open the glossary


@pytest.mark.parametrize("word", ["e^3", "d_k", "<b>e^2</b>"])
def test_a_persons_word_stays_as_it_is(word):
    found = phrase_html((Mark(word, "query"),))
    assert "<su" not in found
    assert found.striptags() == word


def test_tables_have_a_true_minus_and_leave_texts_as_they_are():
    html = with_true_minus(DataFrame({"a": [-1.5, 0.25], "word": ["x-y", "z"]})).to_html()
    assert re.findall(r"<td[^>]*>(.*?)</td>", html) == ["−1.5000", "x-y", "0.2500", "z"]
    large = DataFrame({"a": [-1.0] * 60_001})
    assert with_true_minus(large) is large
