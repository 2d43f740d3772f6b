"""Personal data: sealed before they are recorded, opened for who may read them, destroyed for ever.

Each person has a key of their own. It is kept wrapped by a master key that lies outside the
database; destroying it makes every sealed text of that person unreadable, wherever it is copied.
"""
