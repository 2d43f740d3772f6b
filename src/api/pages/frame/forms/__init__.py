"""Forms that are derived from the messages: their fields, what a browser sends, what goes wrong."""
