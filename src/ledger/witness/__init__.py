"""A witness of logs: what another body runs, so that no log can tell two stories (C2SP)."""
