"""What lasts beyond a session and is shared by several processes: sets of sentences, and rooms. It knows no Streamlit."""
