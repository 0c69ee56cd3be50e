from pathlib import Path

import pytest

from srcnn.resources import resource_path


@pytest.fixture
def package(tmp_path: Path) -> Path:
    folder = tmp_path.resolve() / "site" / "srcnn"
    folder.mkdir(parents=True)
    (tmp_path / "site" / "resources").mkdir()
    return folder


def test_this_checkout_is_found():
    root = Path(__file__).resolve().parents[2]
    assert resource_path("weights") == root / "resources" / "weights"


def test_a_checkout_keeps_resources_beside_the_package(package: Path):
    assert resource_path("icons/x.svg", package=package) == (
        package.parent / "resources" / "icons" / "x.svg"
    )


def test_a_wheel_keeps_them_inside_and_these_come_first(package: Path):
    (package / "_resources").mkdir()
    assert resource_path("weights", package=package) == package / "_resources" / "weights"


@pytest.mark.parametrize("name", ["../secret", "weights/../../secret", "/etc/passwd"])
def test_nothing_outside_is_reached(package: Path, name: str):
    with pytest.raises(ValueError, match="not below"):
        resource_path(name, package=package)
