"""What can be wrong with what others vouch for? Each with a message that says what."""


class ConfigurationRefused(Exception):
    """What was configured cannot be meant."""


class AnswerRefused(Exception):
    """What another body answered cannot be used."""


class ForkTold(AnswerRefused):
    """A witness has cosigned another story of this log."""


class SizeTold(Exception):
    """A witness's last checkpoint has another size."""

    def __init__(self, size: int) -> None:
        super().__init__(f"it has cosigned size {size}")
        self.size = size
