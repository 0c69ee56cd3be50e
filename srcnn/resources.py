"""Where the files that come with the program lie: in a checkout or in a wheel."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def resource_path(name: str, *, package: Path = _PACKAGE) -> Path:
    """Return the path of a bundled file or folder, whether or not it exists.

    Parameters
    ----------
    name : str
        Path below the resources, with forward slashes: ``"weights"``, ``"icons/open.svg"``.
    package : Path
        Folder of this package. A wheel has the resources in its ``_resources``, a checkout
        in ``resources`` beside it; the wheel's come first.

    Raises
    ------
    ValueError
        If ``name`` leads out of the resources.
    """
    bundled = package / "_resources"
    root = bundled if bundled.is_dir() else package.parent / "resources"
    path = (root / name).resolve()
    if not path.is_relative_to(root.resolve()):
        raise ValueError(f"{name} is not below the resources")
    return path
