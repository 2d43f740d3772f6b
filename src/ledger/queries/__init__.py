"""What do the read models answer? Questions that span several of them, at one moment."""
