"""What the command line's commands do; ``srcnn.cli`` says how they are called."""
