"""What the server keeps of a person's sentences, and for how long: true of Streamlit's sessions, files and caches as they are.

A session whose browser is gone waits two minutes for it to come back, and is dropped when the next one after that goes. A file
to take home is made on a click and dropped a minute later. The 24 sentences that were opened last, by anybody, are kept read.
"""

KEPT = (
    "Your sentences stay in this server’s memory; only while a file is uploaded it may stand on the disk, without a name. "
    "Only this page of yours shows them. After you close or reload it they wait two minutes, for a connection that only broke; "
    "they are dropped when the next visitor after that leaves, or when the server ends. The server also keeps the 24 sentences "
    "that were opened last by anybody, without a name, so that they open at once. A shared link holds the sentence that is "
    "open, and only that one. A file to take home is made when you click; for a minute the server holds it under an address "
    "that it tells nobody else. Only a set that you save is written to the server’s database, and stays there until you delete "
    "it."
)
KEPT_SHORT = "In this server’s memory only, until some minutes after you close or reload the page, unless you save a set."
