"""What people look at: pages over the published figures, in a browser, a file or a picture."""
