"""The ledger: an event-sourced record of EU-funded cooperation projects."""
