"""What every part of the domain is made of: messages, fields, refusals. Pure: no I/O, no clock."""
