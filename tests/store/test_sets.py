"""Sets of sentences: who has the link reads, who has the secret changes, and what is too much is refused with the limit."""

import pytest

from pages.shared.store.place import StoreError
from pages.shared.store.sets import Sets

ODD = ("A dog ate.", "A dog ate.", "naïve\u0301 🐕", "\ud800 half, NUL \0, <b>", " spaces ")


def test_a_set_is_saved_opened_renamed_changed_and_deleted(database, another):
    sets, others = Sets(database), Sets(another)
    facts, secret = sets.save("  Odd\n ones\0 ", ODD, " To look at: <b>\0 ")
    assert (facts.name, facts.notes, facts.count) == ("Odd ones", "To look at: <b>", 5)
    read = others.opened(facts.id)
    assert read.sentences == ODD
    assert others.owned(secret) == read
    assert others.opened(secret) is None  # the link for reading is no secret, and the secret no link
    assert others.owned(facts.id) is None
    sets.change(secret, name="Renamed", notes="")
    assert (others.opened(facts.id).name, others.opened(facts.id).notes) == ("Renamed", "")
    sets.change(secret, sentences=["One."])
    assert (others.opened(facts.id).sentences, others.opened(facts.id).count) == (("One.",), 1)
    copied, second = others.save("Renamed, a copy", others.opened(facts.id).sentences)
    assert list(sets.facts_of([secret, second, "none"])) == [second, secret]
    sets.delete(secret)
    assert others.opened(facts.id) is None
    assert others.opened(copied.id).sentences == ("One.",)
    for lost in (lambda: sets.delete(secret), lambda: sets.change(secret, name="A")):
        with pytest.raises(StoreError, match="no such set"):
            lost()


def test_what_is_too_much_is_refused_and_nothing_is_kept_of_it(database):
    sets = Sets(database)
    for wrong, said in [
        (("", ["A."]), "needs a name"),
        (("x" * 121, ["A."]), "at most 120"),
        (("A", []), "at least one"),
        (("A", ["A."] * 6), "at most 5 sentences; these are 6"),
        (("A", ["é" * 41]), "at most 80 bytes"),
        (("A", ["A."], "x" * 10_001), "at most 10,000"),
    ]:
        with pytest.raises(StoreError, match=said):
            sets.save(*wrong)
    secrets = [sets.save(f"Set {number}", ["é" * 40])[1] for number in range(3)]
    with pytest.raises(StoreError, match="keeps 3 sets"):
        sets.save("One more", ["A."])
    for change in ({"name": " "}, {"sentences": []}, {"sentences": ["A."] * 6}, {"notes": "x" * 10_001}):
        with pytest.raises(StoreError):
            sets.change(secrets[0], **change)
    assert {facts.name for facts in sets.facts_of(secrets).values()} == {"Set 0", "Set 1", "Set 2"}
    assert sets.owned(secrets[0]).sentences == ("é" * 40,)
