"""What the thread scope of the Python package does."""
