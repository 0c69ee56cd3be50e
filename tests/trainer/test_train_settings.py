"""srcnn-train: what it makes of its options."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from trainer.config import usual_threads
from trainer.setting import check_given_once

Run = Callable[..., int]


def config_of(tmp_path: Path, run: Run, *arguments: object) -> dict[str, object]:
    """Return the settings of a run that the program begins and cannot carry out."""
    out = tmp_path / "settings"
    code = run("--data", tmp_path / "bad", "--validation", tmp_path / "good", "--out", out,
               *arguments)  # fmt: skip
    assert code == 1
    return json.loads((out / "config.json").read_text())


@pytest.fixture
def unusable(tmp_path: Path, pictures: Path) -> Path:
    """Return a folder with a folder of no use, and one to validate on."""
    (tmp_path / "bad").mkdir()
    (tmp_path / "bad" / "bad.png").write_bytes(b"bad")
    (tmp_path / "good").symlink_to(pictures)
    return tmp_path


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ([], {"preset": "fast", "scale": 3, "minutes": None, "backprops": 1_000_000}),
        (["--minutes", "2"], {"minutes": 2.0, "backprops": None, "patience": None}),
        (["--preset", "demo", "--backprops", "9"], {"minutes": None, "backprops": 9}),
        (["--preset", "demo"], {"minutes": 2.0, "backprops": None}),
        (
            ["--patience", "5"],
            {"minutes": None, "backprops": None, "patience": 5, "schedule": "constant"},
        ),
        (
            ["--patience", "5", "--minutes", "3"],
            {"minutes": 3.0, "backprops": None, "patience": 5, "schedule": "cosine"},
        ),
        (["--preset", "paper", "--scale", "4"], {"crop": 32, "scale": 4, "optimiser": "sgd"}),
        (["--preset", "paper"], {"crop": 33, "threads": usual_threads(128)}),
        (["--threads", "5", "--seed", "7"], {"threads": 5, "seed": 7}),
        (["--set", "batch=7"], {"batch": 7, "threads": 1}),
        (["--set", "threads=3"], {"threads": 3}),
        (["--set", "turns=false", "--set", "rate=1e-4"], {"turns": False, "rate": 1e-4}),
        (["--set", "loss=charbonnier"], {"loss": "charbonnier"}),
    ],
)
def test_settings_come_from_the_preset_and_what_is_given(
    run: Run, unusable: Path, arguments: list[str], expected: dict[str, object]
) -> None:
    config = config_of(unusable, run, *arguments)
    assert {name: config[name] for name in expected} == expected


def test_parts_of_the_network_are_set_by_name(run: Run, unusable: Path) -> None:
    config = config_of(unusable, run, "--set", "n1=128", "--set", "channels=3")
    assert config["spec"] == {"n1": 128, "n2": 32, "f1": 9, "f2": 1, "f3": 5, "channels": 3}


@pytest.mark.parametrize("given", [{"scale": 3}, {"scale": 2}])
def test_a_setting_is_given_once(given: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="scale is given twice: by --scale and by --set"):
        check_given_once(["rate=1", "scale=2"], given)
    check_given_once(["rate=1"], given)
