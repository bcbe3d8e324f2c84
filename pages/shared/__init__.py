"""What pages are made of: base, then the frame of every page, then parts that several pages share, then a folder a page."""
