"""Every file that was made to do harm, but pictures: those are read by ``make fuzz``."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fuzz.readers import READERS, is_ours, written
from tests.fuzz.weight_attacks import MARKER


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", ["weights", "dictionaries", "checkpoints", "runs", "trainings", "memory"]
)
def test_what_was_made_to_do_harm_does_none(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(tmp_path)  # where a hidden program would leave its mark
    reader = READERS[name]
    refused = 0
    for file, content in reader.attacks().items():
        path = written(tmp_path, file, content)
        try:
            reader.read(path)
        except Exception as error:
            if not is_ours(error):
                raise AssertionError(file) from error
            refused += 1
        path.unlink()
        assert not list(tmp_path.iterdir()), file
    assert refused or name == "memory"
    assert not Path(MARKER).exists()


def test_a_hidden_program_would_leave_its_mark(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """The attacks are real: PyTorch runs them if it is told to trust the file."""
    import torch

    monkeypatch.chdir(tmp_path)
    attacks = READERS["weights"].attacks()
    written(tmp_path, "system_x3.pth", attacks["system_x3.pth"])
    torch.load(tmp_path / "system_x3.pth", weights_only=False)
    assert Path(MARKER).exists()
