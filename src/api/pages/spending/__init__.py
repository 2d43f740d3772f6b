"""What the pages about money share: the draft of a document, choices of lines, tables."""
