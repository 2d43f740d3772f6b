"""What others vouch for: witnesses for the log's one story, an authority for the time."""
