"""What is asked every week: aggregates of facts, additive measures only."""
