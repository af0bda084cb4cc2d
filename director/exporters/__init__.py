"""Calls of models shown elsewhere: read from the ledger and sent to what the user named; off unless it is named."""
