"""Where may somebody be sent? Only to an address of this server."""


def local_path(text: str | None) -> str | None:
    """The text, if it is an address of this server and nothing else."""
    if not text or not text.startswith("/") or text.startswith(("//", "/\\")):
        return None
    return text if text.isprintable() and "\\" not in text else None
