"""What each number means, declared once in `*.yml`, and the code that asks for it in any SQL."""
