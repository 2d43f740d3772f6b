"""What does an auditor take away? One file that proves itself, without us and without network."""
