"""Pairs are read whole, split by English sentence, and laid out in batches of like length."""

import gzip

import pytest

from attention_core.errors import ListError
from attention_core.translation.pairs import as_typed, batches, read_pairs, same_sentence, split

SPELLINGS = ["I'm here.", "i'm here", "I’M HERE!", " I'm  here . ", "«I'm here»", "I'm\u00a0here…"]


def test_pairs_are_cleaned_and_read_once(tmp_path):
    text = "Hi.\tSalut\u202f!\nHi.\tSalut !\nI’m here.\tJe suis là.\tand a source\nToo many words\tTrop\n"
    for name, raw in (("a.tsv", text.encode()), ("b.tsv.gz", gzip.compress(text.encode()))):
        (tmp_path / name).write_bytes(raw)
        assert read_pairs(tmp_path / name, words=2) == [("Hi.", "Salut !")]
        assert read_pairs(tmp_path / name) == [("Hi.", "Salut !"), ("I'm here.", "Je suis là."), ("Too many words", "Trop")]


@pytest.mark.parametrize(
    ("name", "raw", "said"),
    [
        ("a.tsv", b"Hi.\tSalut !\nalone\n", "Line 2 .* is 'alone'"),
        ("a.tsv", b"Hi.\t \n", "Line 1"),
        ("a.tsv", b"", "no pair"),
        ("a.tsv", b"\xff\xfe\t\xff", "cannot be read"),
        ("a.tsv.gz", b"no gzip", "cannot be read"),
        ("a.tsv.gz", gzip.compress(b"Hi.\tSalut !" * 99, mtime=0)[:-9], "cannot be read"),
    ],
)
def test_a_file_that_holds_no_pairs_is_refused_by_name(tmp_path, name, raw, said):
    (tmp_path / name).write_bytes(raw)
    with pytest.raises(ListError, match=said):
        read_pairs(tmp_path / name)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(ListError, match=r"none\.tsv cannot be read"):
        read_pairs(tmp_path / "none.tsv")


def test_spellings_of_a_sentence_have_one_key():
    assert len({same_sentence(spelling) for spelling in SPELLINGS}) == 1
    assert same_sentence("I'm there.") != same_sentence("I'm here.")
    assert same_sentence("?!") == "?!"


def test_no_held_out_sentence_is_trained_on_in_any_spelling():
    pairs = [(f"{spelling} {number}", f"{number} {place}") for number in range(50) for place, spelling in enumerate(SPELLINGS)]
    found = split(pairs, 10, seed=3)
    held_out = {same_sentence(english) for english, _ in found.held_out}
    assert len(held_out) == len(found.held_out) == 10
    assert not held_out & {same_sentence(english) for english, _ in found.training}
    assert all(len(references) == len(SPELLINGS) for _, references in found.held_out)
    assert len(found.training) == 40 * len(SPELLINGS)
    assert split(pairs[::-1], 10, seed=3).training == found.training[::-1]
    assert split(pairs, 10, seed=4) != found


@pytest.mark.parametrize("count", [0, 2, 99])
def test_nothing_to_train_on_or_to_test_with_is_refused(count):
    with pytest.raises(ListError, match="2 English sentences"):
        split([("a", "b"), ("c", "d")], count, 0)


def test_a_batch_has_sources_of_one_length_and_every_pair_is_in_one():
    lengths = [(place % 5 + 1, place % 7 + 1) for place in range(1000)]
    found = batches(lengths, 32, "seed")
    assert sorted(place for batch in found for place in batch) == list(range(1000))
    assert all(len({lengths[place][0] for place in batch}) == 1 for batch in found)
    assert max(map(len, found)) == 32
    padded = sum(max(lengths[place][1] for place in batch) * len(batch) for batch in found)
    assert padded < 1.3 * sum(target for _, target in lengths)
    assert batches(lengths, 32, "seed") == found
    assert batches(lengths, 32, "other") != found


def test_some_texts_are_typed_carelessly_and_all_are_the_same_sentence():
    texts = ["Where is Tom?"] * 2000
    found = as_typed(texts, "seed")
    assert {same_sentence(text) for text in found} == {same_sentence(texts[0])}
    assert {"where is tom?", "WHERE IS TOM?", "Where is Tom", "where is tom"} <= set(found)
    assert 0.8 < found.count("Where is Tom?") / 2000 < 0.9
    assert as_typed(["?!"] * 100, "seed") == ["?!"] * 100
