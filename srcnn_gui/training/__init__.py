"""Training in the window: what a run is told, what it reports, what came of earlier ones."""
