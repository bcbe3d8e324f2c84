"""What all heads do on a whole list of sentences."""
