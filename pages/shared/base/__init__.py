"""Pieces that know nothing of attention: charts, tables, buttons, styles, long work."""
