"""Makes a shop of any size from a seed, with the truth about it beside the files."""
