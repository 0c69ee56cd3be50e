"""Learning SRCNN weights: data, loop, validation, checkpoints. No Qt."""
