"""What every page begins with: the session, the address, the model, the sentence, and the view that results."""
