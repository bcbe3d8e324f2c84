"""What several pages show: words, cells, switches, all heads, files to take home."""
