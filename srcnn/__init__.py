"""The engine of SRCNN Studio: images, resizing, metrics, methods, tiles. No Qt."""

__version__ = "0.5.0"
