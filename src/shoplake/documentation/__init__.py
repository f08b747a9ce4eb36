"""What the data mean, for readers: the dictionary as a page and as Markdown, and data contracts for other tools."""
