"""Sets of sentences on their page: saved, opened by links, changed by who owns them, and never lost by what goes wrong."""

import pytest

from pages.shared.sentences.set_links import example_sets
from pages.shared.store.opened import close_store, store
from tests.pages.forged import HOSTILE, message, say, send
from tests.pages.screen import component, messages, open_page, pieces, written

LINES = "A dog ate.\nA cat slept.\nA dog ate.\nIt rained <b>all</b> day."


@pytest.fixture(autouse=True)
def own_store(monkeypatch, tmp_path):
    """An empty database of its own."""
    monkeypatch.setenv("ATTENTION_DATABASE", f"sqlite:///{tmp_path / 'sets.sqlite'}")
    close_store()
    yield
    close_store()


def at_page(address: dict | None = None):
    """The page with its expanders open."""
    at = open_page(address, page="sentences")
    at.session_state["all-sets"] = at.session_state["save-set"] = True
    return at.run()


def kept(at) -> list[str]:
    return component(at, "kept-sets")["secrets"]


def test_a_list_is_saved_and_lasts_for_its_owner_and_for_others():
    at = at_page()
    at.text_area(key="list-paste").set_value(LINES)
    at.button(key="paste-look").click().run()
    at.button(key="list-use").click().run()
    at.session_state["save-set"] = True
    at.run()
    at.button(key="set-save").click().run()
    assert "needs a name" in messages(at)
    at.session_state["save-set"] = True
    at.run()
    at.text_input(key="set-name").set_value("  Animals ")
    at.text_area(key="set-notes").set_value("Who <b>eats?")
    at.button(key="set-save").click().run()
    assert "Saved: “Animals” with 4 sentences" in messages(at)
    code, (secret,) = at.query_params["set"], kept(at)
    assert store().sets.opened(code).sentences == tuple(LINES.split("\n"))
    close_store()  # the server ends

    other = at_page({"set": code})
    assert "4 sentences from Animals" in written(other)
    assert "Who <b>eats?" in written(other)
    assert kept(other) == []
    assert f"set-more-{code}" not in str([one.key for one in other.button])
    assert not other.exception

    owner = at_page()
    say(owner, "kept-sets", "secrets", [secret, "x", "x" * 70])
    owner.session_state["all-sets"] = owner.session_state[f"set-more-{code}"] = True
    owner.run()
    assert secret in "".join(one.value for one in owner.code)
    owner.text_input(key=f"set-rename-{code}").set_value("Beasts")
    owner.button(key=f"set-rename-{code}-do").click().run()
    assert store().sets.opened(code).name == "Beasts"
    owner.button(key=f"set-copy-{code}").click().run()
    second = kept(owner)[0]
    assert (store().sets.owned(second).name, len(store().sets.owned(second).sentences)) == ("Beasts, a copy", 4)
    owner.checkbox(key=f"set-sure-{code}").check().run()
    owner.button(key=f"set-delete-{code}").click().run()
    assert store().sets.opened(code) is None
    assert secret not in kept(owner)

    by_link = at_page({"own": second})
    assert kept(by_link) == [second]
    assert second not in "".join(map(str, by_link.query_params.values()))
    assert "4 sentences from Beasts, a copy" in written(by_link)
    gone = open_page({"set": code}, page="sentences")
    assert "no such set" in messages(gone)
    assert not gone.exception


def test_examples_open_with_their_notes_and_hostile_messages_break_nothing():
    for name, example in example_sets().items():
        at = at_page({"set": name})
        assert f"{example.count} sentences from {example.name}" in written(at)
        assert example.notes in written(at)
        assert any("example" not in piece for piece in pieces(at))
    at.button(key="set-open-example-pronouns").click().run()
    assert at.query_params["set"] == "example-pronouns"
    for text in HOSTILE[::4]:
        for state in message(at, "kept-sets", "secrets", text):
            send(at, state)
            assert not at.exception


def test_the_set_of_a_room_is_on_the_page_of_who_follows():
    facts, _ = store().sets.save("For all", ["One here.", "Two here."])
    teacher = at_page({"set": facts.id})
    say(teacher, "page-room", "act", {"do": "begin"})
    code = component(teacher, "page-room")["code"]
    pupil = open_page({"room": code})
    assert pupil.query_params["set"] == facts.id
    assert "2 sentences from For all" in written(pupil)
    teacher.switch_page("pages/compare.py").run()
    say(pupil, "page-room", "act", {"do": "look-around"})
    other = at_page({"room": code})
    say(other, "page-room", "act", {"do": "look-around"})
    back = other.switch_page("pages/sentences.py")
    back.session_state["all-sets"] = True
    assert "Of the room" in written(back.run())
    assert back.button(key=f"set-open-{facts.id}")


def test_the_page_stays_where_the_database_cannot_be_used(monkeypatch):
    monkeypatch.setenv("ATTENTION_DATABASE", "mysql://somewhere")
    at = at_page({"set": "X" * 16})
    assert not at.exception
    assert "neither SQLite nor PostgreSQL" in messages(at)
    assert at.button(key="set-open-example-agreement")
