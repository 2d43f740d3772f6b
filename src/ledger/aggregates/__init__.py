"""One file per aggregate: its state, events, refusals and commands, in this order. Pure."""
