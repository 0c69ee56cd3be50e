"""The viewer: panes that show every method at the same place and zoom."""
