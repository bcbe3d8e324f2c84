"""The address holds the view, and the browser's history goes through it."""

from urllib.parse import parse_qs, urlparse

from playwright.sync_api import expect

from tests.browser.conftest import settled


def view_of(page):
    return {name: values[0] for name, values in parse_qs(urlparse(page.url).query).items()}


def pressed(page, picker):
    return page.locator(f".st-key-{picker} button[aria-checked=true]").inner_text()


def test_a_link_opens_exactly_its_view(open_app):
    page = open_app(text="Bill is going to the theatre to watch a new movie", layer=6, head=5, query=9, key=7)
    expect(page.locator(".answer")).to_contain_text("watch looks most at theatre: 57.0 %")
    assert (pressed(page, "layer"), pressed(page, "head")) == ("6", "5")
    expect(page.locator(".st-key-query input")).to_have_value("9 · watch")
    expect(page.locator(".st-key-key input")).to_have_value("7 · theatre")


def test_a_change_is_written_into_the_address_and_opens_elsewhere(open_app):
    page = open_app()
    page.locator(".st-key-head button").nth(6).click()
    page.wait_for_url("**head=7**")
    settled(page)
    answer = page.locator(".answer").inner_text()
    other = open_app(**view_of(page))
    expect(other.locator(".answer")).to_have_text(answer)


def test_back_and_forward_go_through_the_views(open_app):
    page = open_app()
    page.locator(".st-key-head button").nth(6).click()
    page.wait_for_url("**head=7**")
    settled(page)
    page.locator(".st-key-layer button").nth(0).click()
    page.wait_for_url("**layer=1**")
    settled(page)
    page.go_back()
    page.wait_for_url("**layer=4**")
    settled(page)
    assert (pressed(page, "layer"), pressed(page, "head")) == ("4", "7")
    page.go_back()
    settled(page)
    assert (pressed(page, "layer"), pressed(page, "head")) == ("4", "2")
    expect(page.locator(".answer")).to_contain_text("52.9 %")
    page.go_forward()
    settled(page)
    assert (pressed(page, "layer"), pressed(page, "head")) == ("4", "7")


def test_of_two_quick_clicks_the_second_counts(open_app):
    page = open_app()
    for pause in (0, 30, 60, 120, 200):
        for head in (5, 8):
            page.locator(".st-key-head button").nth(head - 1).evaluate("button => button.click()")
            page.wait_for_timeout(pause)
        page.wait_for_url("**head=8**")
        settled(page)
        assert pressed(page, "head") == "8"
        page.locator(".st-key-head button").nth(0).click()
        page.wait_for_url("**head=1&**")
        settled(page)


def test_back_restores_the_sentence(open_app):
    page = open_app()
    box = page.get_by_label("Sentence", exact=True)
    box.fill("The cat sat on the mat")
    box.press("Enter")
    page.wait_for_url("**text=The**")
    settled(page)
    page.go_back()
    settled(page)
    expect(box).to_have_value("A dog ate the food because it was hungry")
    expect(page.locator(".answer")).to_contain_text("52.9 %")


def test_a_direct_link_to_the_page_works_on_a_fresh_server(browser):
    from tests.browser.conftest import serving

    with serving() as address:
        for path in ("/step_by_step", "/", "/step_by_step"):  # the front door changes how Streamlit finds pages
            page = browser.new_page()
            page.goto(f"{address}{path}?text=I+am+good")
            expect(page.locator(".stage.ready")).to_have_count(1, timeout=60_000)
            settled(page)
            expect(page.get_by_label("Sentence", exact=True)).to_have_value("I am good")
            assert page.get_by_text("Page not found").count() == 0
            page.close()
