"""What runs leave behind: the account of every row, the ledger of runs, the manifest of what is published."""
