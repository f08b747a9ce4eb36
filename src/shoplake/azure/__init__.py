"""What Azure's services need to know of a project, and what brings it there: `shoplake azure`."""
