"""How the tables came to be; run when a ledger is opened that stands at an older revision."""
