"""The numbers as files: tables, arrays, an HTML page, and the Python that makes them again."""
