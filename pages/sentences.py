"""Your sentences: a list of one's own, opened one by one in any page, and read as a whole by all heads."""

from pages.shared.frame.opening import begin
from pages.shared.sentences.opening import list_of_sentences

desk = begin(
    "sentences",
    "Your sentences",
    "Open them one by one, compare two, see what the heads do on all.",
    list_of_sentences,
)

from pages.shared.sentences.browse import browse
from pages.shared.sentences.gather import gather
from pages.shared.sentences.links import search_links
from pages.shared.sentences.saved_sets import offer_sets
from pages.shared.sentences.survey import survey_heads

gather(desk)
offer_sets(desk)
if desk.listing:
    browse(desk)
    survey_heads(desk)
    search_links(desk)
