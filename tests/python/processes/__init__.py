"""What the process scope of the Python package does."""
