"""What Azure's services need to know of a project."""
