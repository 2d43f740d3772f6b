"""What can be wrong with what others vouch for? Each with a message that says what."""


class ConfigurationRefused(Exception):
    """What was configured cannot be meant."""


class AnswerRefused(Exception):
    """What another body answered cannot be used."""
