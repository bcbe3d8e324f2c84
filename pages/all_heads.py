"""All heads: what every head of the model does with a sentence, and which one makes a link."""

from pages.shared.all_heads.fields import all_heads_fields
from pages.shared.frame.opening import begin, of_sentence

view = begin(
    "all_heads",
    "All heads at a glance",
    "Every head of every layer reads the same sentence in its own way. Choose one to see its steps.",
    of_sentence(all_heads_fields, mixes=False),
)

from pages.shared.all_heads.heads import all_heads, find_head

if view.is_watched:
    from pages.shared.parts.model_facts import model_facts

    model_facts(view)
all_heads(view)
find_head(view)
