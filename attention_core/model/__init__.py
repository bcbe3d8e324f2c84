"""The transformer that keeps its steps: attention, encoder, checkpoint, tokens and the trace of a sentence."""
