"""What is remembered comes back; what is damaged does not come back, and hurts nothing else."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import FrozenInstanceError, fields, replace
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings

from srcnn.degrade import Degradation
from srcnn.padding import Padding
from srcnn.resize import Border
from srcnn.save_options import Compression
from srcnn_gui.saving.choices import SizeMode
from srcnn_gui.settings import MAX_RECENT, Difference, Settings, SettingsStore, View
from srcnn_gui.theme import Theme
from srcnn_gui.viewer.scene import Mode
from srcnn_gui.viewer.screen_colours import Screen

CHANGED = Settings(
    mode=Mode.UPSCALE,
    scale=4,
    panes=("nearest", "srcnn:my, run"),
    upscale_panes=("lanczos",),
    device="cuda:0",
    theme=Theme.DARK,
    view=View.SPLIT,
    difference=Difference.SIGNED,
    screen=Screen.FILE,
    screen_profile="/a b/screen.icc",
    amplification=16,
    border=Border.MIRROR,
    padding=Padding.NORMALISED,
    degradation=Degradation.GAUSSIAN,
    show_grid=False,
    whole_image=False,
    fast=True,
    max_megapixels=12.5,
    weights_files=("/a b/x3.mat",),
    dictionary_files=("/a b/dictionary.safetensors",),
    recent_files=("/a b/Größe, 1.png", "C:\\pictures\\été.jpg"),
    open_folder="/a b",
    save_folder='/with "quotes"; and=signs',
    runs_folder="/a b/runs",
    training='{"scale": 2}',
    dictionaries='{"ksvd": {"scale": 2}}',
    measure='{"scales": [2]}',
    save_suffix=".webp",
    quality=80,
    lossless=True,
    full_chroma=False,
    compression=Compression.SMALL,
    strip=True,
    size_mode=SizeMode.LONGEST,
    size_factor=2.5,
    size_width=5000,
    size_longest=7680,
    window_geometry="AdnQywADAAA=",
    window_state="AAAA/wAA",
)


def reopen(path: Path) -> SettingsStore:
    return SettingsStore(QSettings(str(path), QSettings.Format.IniFormat))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "settings.ini"


def test_every_field_was_changed_for_these_tests():
    default = Settings()
    same = [
        f.name for f in fields(Settings) if getattr(CHANGED, f.name) == getattr(default, f.name)
    ]
    assert same == []


def test_without_a_file_everything_has_its_default(path, caplog):
    assert reopen(path).load() == Settings()
    assert not caplog.records


def test_everything_survives_the_file_with_its_type(path, caplog):
    reopen(path).save(CHANGED)
    loaded = reopen(path).load()
    assert loaded == CHANGED
    for field in fields(Settings):
        assert type(getattr(loaded, field.name)) is type(getattr(CHANGED, field.name))
    assert not caplog.records


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("scale", "3"),
        ("scale", "5"),
        ("scale", "true"),
        ("scale", "2.0"),
        ("mode", '"compute"'),
        ("mode", "compare"),
        ("theme", "1"),
        ("panes", "[]"),
        ("panes", '["bicubic", 3]'),
        ("panes", '"bicubic"'),
        ("panes", json.dumps(["bicubic"] * 17)),
        ("show_grid", "1"),
        ("show_grid", '"true"'),
        ("max_megapixels", "NaN"),
        ("max_megapixels", "Infinity"),
        ("max_megapixels", "false"),
        ("max_megapixels", "-1"),
        ("recent_files", json.dumps(["x"] * 11)),
        ("recent_files", '{"0": "x"}'),
        ("quality", "0"),
        ("quality", "101"),
        ("quality", "null"),
        ("quality", "95 apples"),
        ("compression", '"hard"'),
        ("lossless", "1"),
        ("size_mode", '"height"'),
        ("size_factor", "0.5"),
        ("size_factor", "17"),
        ("size_width", "0"),
        ("size_longest", "2000.5"),
        ("window_state", "[[["),
        ("window_state", ""),
        ("device", "[" * 100_000),
    ],
)
def test_a_damaged_field_falls_back_alone(path, caplog, name, text):
    reopen(path).save(CHANGED)
    file = QSettings(str(path), QSettings.Format.IniFormat)
    file.setValue(name, text if (name, text) != ("scale", "3") else ["3", "4"])
    file.sync()
    assert reopen(path).load() == replace(CHANGED, **{name: getattr(Settings(), name)})
    (record,) = caplog.records
    assert record.message.startswith(f"setting {name} ignored: ")
    (aside,) = path.parent.glob("settings-damaged-*.ini")
    assert aside.read_bytes() == path.read_bytes()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x00\xff\xfe garbage \x80\n[[[\n=\n",
        b"[General]\nscale=@Invalid()\nquality=@ByteArray(\\xff)\n",
        b"[General]\nscale\nscale=\nquality=1,2,3\n",
    ],
)
def test_a_damaged_file_gives_the_defaults(path, content):
    path.write_bytes(content)
    assert reopen(path).load() == Settings()


def test_a_file_cut_off_anywhere_gives_saved_values_or_defaults(path):
    reopen(path).save(CHANGED)
    whole = path.read_bytes()
    default = Settings()
    for end in range(0, len(whole), 7):
        path.write_bytes(whole[:end])
        loaded = reopen(path).load()
        for field in fields(Settings):
            value = getattr(loaded, field.name)
            assert type(value) is type(getattr(default, field.name))
            if type(value) not in (int, float):
                assert value in (getattr(CHANGED, field.name), getattr(default, field.name))


def test_fields_of_another_version_do_no_harm(path):
    file = QSettings(str(path), QSettings.Format.IniFormat)
    file.setValue("colour_of_the_future", '"green"')
    file.setValue("scale", "2")
    file.sync()
    assert reopen(path).load() == replace(Settings(), scale=2)


def test_a_place_that_cannot_be_written_is_logged(tmp_path, caplog):
    (tmp_path / "file").write_text("no folder")
    reopen(tmp_path / "file" / "settings.ini").save(CHANGED)
    assert "settings not saved" in caplog.text


def test_recent_files_are_newest_first_once_and_ten():
    settings = Settings()
    for number in range(MAX_RECENT + 2):
        settings = settings.with_recent(Path(f"{number}.png"))
    assert settings.recent_files == tuple(f"{n}.png" for n in range(MAX_RECENT + 1, 1, -1))
    again = settings.with_recent(Path("5.png"))
    assert again.recent_files[:2] == ("5.png", "11.png")
    assert sorted(again.recent_files) == sorted(settings.recent_files)


def test_settings_cannot_be_changed_in_place():
    with pytest.raises(FrozenInstanceError):
        Settings().scale = 2


@pytest.mark.parametrize(
    "module", ["settings", "theme", "icons", "jobs", "messages", "training_commands"]
)
def test_the_window_does_not_wait_for_heavy_libraries(module):
    code = f"import sys, srcnn_gui.{module}; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert {"torch", "skimage", "scipy", "matplotlib"}.isdisjoint(done.stdout.split())
