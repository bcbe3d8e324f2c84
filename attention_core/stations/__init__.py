"""The way of a sentence through the encoder, station by station."""
