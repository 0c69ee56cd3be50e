"""What went wrong unexpectedly: written down, shown, never sent."""
