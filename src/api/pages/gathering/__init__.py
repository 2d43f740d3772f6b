"""What pages share that name many institutions and persons at once: the roll, and who is meant."""
