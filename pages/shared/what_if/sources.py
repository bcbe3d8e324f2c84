"""Where the laboratory's statements come from, and the formula of the softmax's gradient."""

ACROSS = "d, numbers in a vector"
JACOBIAN = r"\lVert \mathrm{diag}(a) - a\,a^\top \rVert_F"
VASWANI = "Vaswani et al. 2017, section 3.2.1"
BAHDANAU = "Bahdanau et al. 2015"
