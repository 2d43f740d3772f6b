"""What leaves the ledger on paper? Payment claims and registers, as offices want them."""
