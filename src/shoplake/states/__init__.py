"""Published states: how one becomes public, how an earlier one does again, how they are kept and copied."""
