"""The fold engine: how events become rows that are true on two axes of time."""
