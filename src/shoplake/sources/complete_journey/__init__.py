"""The Complete Journey, the demonstration data."""
