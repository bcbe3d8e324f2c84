"""Your sentences: a list of one's own, opened one by one in any page, and read as a whole by all heads."""

from pages import shared

desk = shared.begin_list(
    "sentences",
    "Your sentences",
    lead="Open them one by one, compare two, see what the heads do on all.",
)
shared.gather(desk)
if desk.listing:
    shared.browse(desk)
    shared.survey_heads(desk)
    shared.search_links(desk)
