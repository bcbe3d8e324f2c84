"""English to French: a small encoder-decoder, trained here, that shows its three attentions."""
