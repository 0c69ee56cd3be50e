"""Every picture becomes one file below the output folder, by a name as good as its own."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from srcnn.batch.plan import FIELDS, Naming, Task, check_inside, plan_batch
from srcnn.errors import DataError, OutputError
from srcnn.final_size import Target
from srcnn.geometry import Size


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder of files that are called like pictures."""
    root = tmp_path / "in"
    (root / "below").mkdir(parents=True)
    for name in ("b.JPG", "a.bmp", "below/c.webp", "below/d.gif"):
        (root / name).touch()
    return root


def targets(tasks: list[Task], output: Path) -> list[str]:
    return [task.target.relative_to(output).as_posix() for task in tasks]


def test_structure_order_and_endings_are_kept(folder: Path, tmp_path: Path):
    output = tmp_path / "out"
    tasks = plan_batch([folder / "b.JPG", folder], output, Naming())
    assert targets(tasks, output) == ["b.JPG", "a.png", "below/c.webp", "below/d.png"]
    assert [task.number for task in tasks] == [1, 2, 3, 4]
    flat = plan_batch([folder], output, Naming(), recursive=False)
    assert targets(flat, output) == ["a.png", "b.JPG"]
    assert not output.exists()


def test_names_follow_the_pattern_and_the_format(folder: Path, tmp_path: Path):
    naming = Naming("{number:03}_{stem}_{method}_x{scale}{suffix}", 4, "srcnn:9-1-5", ".png")
    tasks = plan_batch([folder], tmp_path, naming)
    assert [task.target.name for task in tasks] == [
        "001_a_srcnn-9-1-5_x4.png",
        "002_b_srcnn-9-1-5_x4.png",
        "003_c_srcnn-9-1-5_x4.png",
        "004_d_srcnn-9-1-5_x4.png",
    ]
    assert Naming("{stem}_large").name(Path("a.b.tiff"), 1) == "a.b_large.tiff"
    assert Naming("{stem}{{1}}{suffix}").name(Path("a.png"), 1) == "a{1}.png"


@pytest.mark.parametrize(
    "pattern",
    [
        "../{stem}", "/tmp/{stem}", "a/{stem}", "a\\{stem}", "C:{stem}", "{stem}\0", "{stem}\n",
        "{stem}?", "{width}_{stem}", "{stem.__class__}", "{stem!r}", "{stem[0]}", "{}", "{0}",
        "{stem:>300}", "{number:99999999}", "{number:{scale}}", "{stem", "stem}", "", "same",
        "x{scale}", "{stem}.jpg", "{suffix}{stem}", ".{stem}",
    ],
)  # fmt: skip
def test_a_wrong_pattern_is_a_sentence(pattern: str):
    with pytest.raises(ValueError, match=r"'|\{"):
        Naming(pattern)


@pytest.mark.parametrize(
    ("pattern", "said"),
    [
        ("x{scale}", "'x{scale}' gives every picture the same name: it needs {stem} or {number}"),
        ("{stem!r}", "{stem!r} is no field: use {stem}, "),
    ],
)
def test_a_wrong_pattern_is_answered_with_what_is_wrong_of_it(pattern: str, said: str):
    with pytest.raises(ValueError, match=re.escape(said)):
        Naming(pattern)


def test_an_unknown_field_is_answered_with_those_there_are():
    with pytest.raises(ValueError, match=r"\{height\} is no field") as caught:
        Naming("{stem}{height}")
    assert all(f"{{{field}}}" in str(caught.value) for field in FIELDS)
    with pytest.raises(ValueError, match=r"'\.gif' is none of \.png"):
        Naming(suffix=".gif")


@pytest.mark.parametrize(
    ("name", "expected"),
    [("con.png", "_con.png"), ("Lpt1.x.png", "_Lpt1.x.png"), ("cone.png", "cone.png")],
)
def test_reserved_names_are_made_safe(name: str, expected: str):
    assert Naming().name(Path(name), 1) == expected


def test_a_name_that_the_system_takes_is_kept():
    assert Naming().name(Path("a:b?.png"), 1) == "a:b?.png"


def test_of_a_wanted_size_its_label_stands_in_names():
    def name(target: Target, pattern: str = "{stem}_x{scale:03}{{scale}}") -> str:
        return Naming(pattern, 3, target=target).name(Path("a.png"), 1)

    assert name(Target(factor=2.5)) == "a_x2.5{scale}.png"
    assert name(Target(longest=3840)) == "a_x3840{scale}.png"
    assert name(Target(size=Size(1920, 1080))) == "a_x1920x1080{scale}.png"


@given(
    st.text(
        st.characters(blacklist_characters="/\0", blacklist_categories=("Cs",)),
        min_size=1,
        max_size=255,
    ).filter(lambda name: name not in (".", "..")),
    st.sampled_from(["{stem}", "{stem}_x{scale}{suffix}", "{number}_{stem}"]),
)
def test_no_picture_leads_out_of_the_folder(stem: str, pattern: str):
    name = Naming(pattern, suffix=".png").name(Path(stem), 7)
    assert Path(name).name == name
    assert name not in ("", ".", "..")
    assert len(name.encode()) <= 255
    assert name.endswith(".png")


def test_long_names_stay_apart(tmp_path: Path):
    pictures = [tmp_path / f"{'ä' * 122}{end}.png" for end in "ab"]
    naming = Naming("{stem}_{method}_x{scale}")
    tasks = plan_batch(pictures, tmp_path / "out", naming)
    first, second = (task.target.name for task in tasks)
    assert first != second
    assert len(first.encode()) <= 255


def test_two_pictures_for_one_file_are_refused(folder: Path, tmp_path: Path):
    (folder / "a.gif").touch()
    with pytest.raises(OutputError, match="would both become") as caught:
        plan_batch([folder], tmp_path / "out", Naming())
    assert caught.value.hint


@pytest.mark.parametrize("system", ["win32", "darwin"])
def test_names_that_differ_in_case_alone_are_one_where_they_are(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, system: str
):
    (folder / "B.jpg").touch()
    assert len(plan_batch([folder], tmp_path / "out", Naming())) == 5
    monkeypatch.setattr("srcnn.batch.plan.sys.platform", system)
    with pytest.raises(OutputError, match="would both become"):
        plan_batch([folder], tmp_path / "out", Naming(suffix=".jpg"))


def test_no_result_takes_the_place_of_a_picture(folder: Path):
    with pytest.raises(OutputError, match="itself"):
        plan_batch([folder / "b.JPG"], folder, Naming())
    (folder / "below" / "b.JPG").touch()
    with pytest.raises(OutputError, match="another of them"):
        plan_batch([folder / "below" / "b.JPG", folder / "b.JPG"], folder, Naming())
    tasks = plan_batch([folder / "b.JPG"], folder, Naming("{stem}_x3"))
    assert targets(tasks, folder) == ["b_x3.JPG"]


def test_results_of_before_are_no_pictures(folder: Path):
    output = folder / "below"
    assert targets(plan_batch([folder], output, Naming()), output) == ["a.png", "b.JPG"]
    with pytest.raises(DataError, match="where results go"):
        plan_batch([folder], folder, Naming())


def test_a_link_that_leads_out_is_refused(folder: Path, tmp_path: Path):
    output = tmp_path / "out"
    output.mkdir()
    (output / "below").symlink_to(tmp_path)
    tasks = plan_batch([folder], output, Naming())
    for task in tasks[:2]:
        check_inside(task)
    with pytest.raises(OutputError, match="leads out of"):
        check_inside(tasks[2])
    check_inside(Task(folder / "a.bmp", tmp_path / "a.png"))


def test_an_output_folder_that_is_a_link_is_where_it_leads(folder: Path, tmp_path: Path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "out").symlink_to("elsewhere")
    for task in plan_batch([folder], tmp_path / "out", Naming()):
        check_inside(task)
