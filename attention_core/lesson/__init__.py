"""The lesson: cards, the facts that they name, and their pictures."""
