"""The head that is taken home, and texts that a file must give back."""

from attention_core.matrices.names import values

LAYER, HEAD = 3, 1
TEXTS = [
    "NUL \x00 inside",
    "🙂 emoji",
    "שלום",
    "two\r\nlines",
    "<b>&amp;</b>",
    "=1+1",
    " spaces ",
    '# "a", \\"b"',
    "\u202e\x1b[1m",
]


def matrix_of(trace, name):
    return values(name, trace.layers[LAYER], trace.stages(LAYER, HEAD))
