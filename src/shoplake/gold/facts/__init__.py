"""What happened: one row per event, with keys to its dimensions."""
