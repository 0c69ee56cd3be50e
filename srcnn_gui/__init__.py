"""The application: the only package that knows Qt."""

import os

# WORKAROUND: PySide6 makes the Python type of a class when it is first used. Two threads that do
# so at once, as the window's and one that imports pyqtgraph, end the process (seen with 6.11).
# So it makes them all when it is imported, which takes 0.03 s.
os.environ.setdefault("PYSIDE6_OPTION_LAZY", "0")
