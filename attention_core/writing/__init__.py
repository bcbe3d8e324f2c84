"""How numbers, texts and formulas are written for people; knows neither torch nor Plotly."""
