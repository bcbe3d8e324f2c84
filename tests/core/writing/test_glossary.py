"""The glossary explains every term in plain sentences, and finds the terms in a text."""

import re
import tomllib
from pathlib import Path

from attention_core.writing.glossary import Glossary, GlossaryTerm, read_glossary
from pages.shared.frame.registry import BY_NAME

ASSETS = Path(__file__).parents[3] / "assets"
GLOSSARY = read_glossary((ASSETS / "glossary.toml").read_text("utf-8"))
CARDS = tomllib.loads((ASSETS / "lesson.toml").read_text("utf-8"))["cards"]
# What nobody new knows, as a reader who knew nothing listed it.
TERMS = [
    "vector",
    "token",
    "[CLS]",
    "[SEP]",
    "layer",
    "head",
    "weight",
    "recurrent",
    "learned",
    "normalised",
    "matrix",
    "bias",
    "softmax",
    "d_k",
    "d_model",
    "d_v",
    "independent",
    "spread",
    "saturated",
    "gradient",
    "feed-forward",
    "GELU",
    "cosine",
    "entropy",
    "Jacobian",
    "variance",
    "tanh",
    "hidden units",
    "residual",
    "LayerNorm",
    "rollout",
    "shares of the rest",
    "whole words",
    "without special tokens",
    "special tokens",
    "query",
    "key",
    "value",
    "score",
    "scaled score",
    "dot product",
    "transformer",
    "encoder",
    "decoder",
    "encoder–decoder",
    "cross-attention",
    "mask",
    "causal mask",
    "training",
    "LSTM",
    "BERT",
    "GPT",
    "T5",
    "projection",
    "shape",
    "dimension",
    "temperature",
    "vanishes",
    "standard deviation",
    "additive attention",
    "attention weights",
    "beam",
    "greedy search",
    "logits",
    "a·v",
]


def test_it_has_some_fifty_terms_of_two_sentences_at_most_each_shown_on_a_page():
    assert 50 <= len(GLOSSARY.terms) <= 60
    titles = [card["title"] for card in CARDS]
    for one in GLOSSARY.terms:
        assert len(re.findall(r"[.!?](?=\s|$)", one.text.replace("et al.", ""))) <= 2, one.term
        assert one.page in BY_NAME
        assert (one.card in titles) if one.page == "lesson" else not one.card


def test_no_form_belongs_to_two_terms():
    forms = [form.casefold() for one in GLOSSARY.terms for form in (one.term, *one.also)]
    assert len(forms) == len(set(forms))


def test_it_explains_all_that_a_new_reader_did_not_know():
    forms = {form.casefold() for one in GLOSSARY.terms for form in (one.term, *one.also)} | {"a·v"}
    assert [term for term in TERMS if term.casefold() not in forms] == []


def test_no_card_says_a_term_that_neither_an_earlier_card_nor_the_glossary_explains():
    """A card explains what it prints in bold or in the colour of a role."""
    explained = {form.casefold() for one in GLOSSARY.terms for form in (one.term, *one.also)} | {"a·v"}
    for card in CARDS:
        text = re.sub(r"\{[^}]*\}", " ", f"{card.get('question', '')} {card['text']}")
        explained |= {words.casefold() for words in re.findall(r"\[([^\[\]|]+)\|\w+\]", text)}
        bare = re.sub(r"\[([^\[\]|]+)\|\w+\]", r"\1", text)
        said = {term for term in TERMS if re.search(rf"(?<![\w-]){re.escape(term)}(?![\w-])", bare, re.IGNORECASE)}
        assert {term for term in said if term.casefold() not in explained} == set(), card["title"]


def test_the_longest_form_counts_and_of_each_term_only_the_first():
    token, special = GlossaryTerm("token", "A piece.", "lesson", ("tokens",)), GlossaryTerm("special token", "Added.", "lesson")
    small = Glossary((token, special))
    found = list(small.split("A special token is no token; Tokens are tokens, tokenizers are not."))
    assert [part for part in found if part[1]] == [("special token", "special token"), ("token", "token")]
    assert "".join(text for text, _ in found) == "A special token is no token; Tokens are tokens, tokenizers are not."
    assert list(small.split("a token", {"token"})) == [("a token", "")]
    assert list(small.split("")) == []


def test_signs_of_formulas_are_no_terms():
    found = [
        (text, term)
        for text, term in GLOSSARY.split("z(it) = z of it; Z of it; [CLS] and d_k; cross-attention; encoder–decoder")
    ]
    assert [term for _, term in found if term] == ["Z", "[CLS]", "d_k", "cross-attention", "encoder–decoder"]
