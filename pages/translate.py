"""Translate: an encoder reads an English sentence, a decoder writes it in French, and every attention of both is shown."""

from pages.shared.frame.opening import begin
from pages.shared.translate.opening import translated

view = begin(
    "translate",
    "Translate",
    "An encoder reads English, a decoder writes French: see where every French word looks.",
    translated,
)

from pages.shared.translate.choose import mark_translation, translation_bar
from pages.shared.translate.comparison import comparison
from pages.shared.translate.heads import translation_heads
from pages.shared.translate.home import take_translation_home
from pages.shared.translate.matrices import all_stages
from pages.shared.translate.next_word import after_attention, likeliest_next
from pages.shared.translate.number import translation_number
from pages.shared.translate.pickers import attention_pickers
from pages.shared.translate.sentences import facing

facing(view)
likeliest_next(view)
attention_pickers(view)
panels = {
    "stages": all_stages,
    "next": after_attention,
    "heads": translation_heads,
    "number": translation_number,
    "compare": comparison,
}
panels[view.panel](view)
take_translation_home(view)
translation_bar(view)
mark_translation(view)
