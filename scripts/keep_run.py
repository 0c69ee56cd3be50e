"""Keep what a training run showed: its curve and what its weights give, in docs/runs.

    python -m scripts.keep_run RUN NAME --data DATA

DATA has Set5 and Set14. Neither the weights nor the pictures are kept.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from scripts.bundle_weights import SETS, measured
from srcnn.weights import load_weights
from trainer.events import Validated
from trainer.run_folder import RunFolder

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "runs"


def kept(run: RunFolder, data: Path) -> dict[str, object]:
    """Return what is worth keeping of a run, as plain values."""
    weights = load_weights(run.weights)
    psnr = {name: measured(weights, data / name) for name in SETS}
    events = run.read_events()
    return {
        "network": weights.spec.name,
        "scale": weights.scale,
        "trained_on": weights.card.trained_on,
        "seed": weights.card.seed,
        "backprops": weights.card.backprops,
        "command": weights.card.notes.split(" -- ")[0],
        "psnr_db": psnr,
        "validation": [[e.backprops, e.psnr_db] for e in events if isinstance(e, Validated)],
    }


def main() -> None:
    """Write the file."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("run", type=Path)
    parser.add_argument("name")
    parser.add_argument("--data", type=Path, required=True, help="folder of Set5 and Set14")
    options = parser.parse_args()
    FOLDER.mkdir(exist_ok=True)
    text = json.dumps(kept(RunFolder(options.run), options.data), indent=1) + "\n"
    (FOLDER / f"{options.name}.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
