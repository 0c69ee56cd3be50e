"""Run the application: ``python -m srcnn_gui``."""

import sys

from srcnn_gui.app import main

sys.exit(main())
