"""What is computed from softmax weights: units, choices, mixtures, patterns, links and comparisons."""
