"""A report says what failed and where, and nothing that is the user's."""

from __future__ import annotations

import errno
import logging
import sys
from pathlib import Path

import pytest

from srcnn import crash_report
from srcnn.crash_report import (
    MOST_RECORDS,
    MOST_REPORTS,
    LastRecords,
    Reporter,
    is_unexpected,
    list_reports,
    report_of,
    traceback_text,
    unexpected_reported,
)
from srcnn.errors import Cancelled, DataError, PictureError
from srcnn.hidden_names import without_names

SECRET = Path("/somewhere/a secret place/My diary.xyz")


def fail(error: BaseException, *_known: Path) -> None:
    raise error


def raised(error: BaseException, *known: Path) -> BaseException:
    """Return an exception with a traceback, from a function that knows some names."""
    with pytest.raises(type(error)) as caught:
        fail(error, *known)
    return caught.value


def fail_in_turn() -> None:
    try:
        fail(KeyError("first"))
    except KeyError as error:
        raise ValueError("second") from error


def warn_and_fail() -> None:
    logging.getLogger("ours").warning("just before")
    raise RuntimeError("boom")


@pytest.fixture
def reporter(tmp_path: Path) -> Reporter:
    return Reporter("a test", tmp_path / "reports", ("one more fact",))


def test_a_report_says_what_failed_and_on_what_it_ran(reporter):
    path = reporter.report(raised(ValueError("boom")))
    text = path.read_text()
    assert "ValueError: boom" in text
    assert "test_crash_report.py" in text
    assert "one more fact" in text
    for word in ("SRCNN Studio ", "Python ", "numpy ", "torch ", "cpu: ", "Memory: "):
        assert word in text


def test_an_exception_knows_its_report(reporter):
    error = raised(ValueError("boom"))
    assert report_of(error) is None
    assert reporter.report(error) == report_of(error)


def test_the_same_fault_is_reported_once(reporter):
    paths = {reporter.report(raised(ValueError(str(number)))) for number in range(3)}
    assert len(paths) == len(list_reports(reporter.folder)) == 1


def test_a_fault_in_the_midst_of_a_report_is_no_deadlock(reporter, monkeypatch):
    write, again = crash_report.write_safely, []

    def write_and_fail(path, data):
        again.append(reporter.report(raised(KeyError("unraisable"))))
        again.append(reporter.report_text("another"))
        write(path, data)

    monkeypatch.setattr(crash_report, "write_safely", write_and_fail)
    path = reporter.report(raised(ValueError("boom")))
    assert "ValueError: boom" in path.read_text()
    assert again == [None, None]
    monkeypatch.undo()
    assert reporter.report_text("later") is not None


def test_the_newest_reports_are_kept(reporter):
    paths = [reporter.report_text(f"fault {n}") for n in range(MOST_REPORTS + 5)]
    assert list_reports(reporter.folder) == sorted(paths[5:], reverse=True)


def test_a_folder_that_cannot_be_made_sends_it_elsewhere(tmp_path, monkeypatch, caplog):
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setattr(crash_report.tempfile, "gettempdir", lambda: str(tmp_path))
    path = Reporter("a test", tmp_path / "file").report(raised(ValueError("boom")))
    assert path.parent == tmp_path
    assert "no report in" in caplog.text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Open my holiday 2020.png: my holiday 2020.png is damaged", "*.png: *.png is damaged"),
        ("[Errno 2] No such file: '/home/ann/a b/c d.jpg'", "[Errno 2] No such file: '*.jpg'"),
        ("There is no folder /home/ann/My Pictures", "There is no folder *"),
        (r"There is no folder C:\Users\ann", "There is no folder *"),
        ("~/private cannot be written to", "*"),
        ("the kernel said I/O error after 3/4", "the kernel said I/O error after 3/4"),
        ("shapes (3, 4) and (4, 3) of srcnn_gui.jobs", None),
    ],
)
def test_names_of_the_user_are_hidden(text, shown):
    assert without_names(text) == (text if shown is None else shown)


def test_a_traceback_tells_no_name_that_its_functions_knew():
    text = traceback_text(raised(OSError(5, "I/O error", str(SECRET))))
    assert "OSError: [Errno 5] I/O error: '*.xyz'" in text
    text += traceback_text(raised(ValueError(f"{SECRET.name} is odd"), SECRET))
    assert "ValueError: *.xyz is odd" in text
    assert "secret place" not in text
    assert "diary" not in text


def test_what_led_to_a_fault_is_told_too():
    with pytest.raises(ValueError, match="second") as caught:
        fail_in_turn()
    text = traceback_text(caught.value)
    assert text.index("KeyError") < text.index("direct cause") < text.index("ValueError: second")


def test_the_home_folder_is_not_named(monkeypatch):
    monkeypatch.setattr(Path, "home", lambda: Path(__file__).parent)
    text = traceback_text(raised(ValueError("boom")))
    assert 'File "~/test_crash_report.py"' in text


def test_the_last_lines_of_the_log_are_kept_without_names():
    records = LastRecords()
    for number in range(MOST_RECORDS + 3):
        told = {"name": "ours", "levelname": "WARNING", "msg": "line %d: %s"}
        records.handle(logging.makeLogRecord({**told, "args": (number, SECRET / "x.png")}))
    assert len(records.lines) == MOST_RECORDS
    assert records.lines[0].endswith("ours: line 3: *.png")


@pytest.mark.parametrize(
    ("error", "unexpected"),
    [
        (ValueError(), True),
        (PictureError("x"), False),
        (Cancelled(), False),
        (MemoryError(), False),
    ],
)
def test_sentences_for_the_user_are_no_faults(error, unexpected):
    assert is_unexpected(error) is unexpected


def test_a_command_that_fails_says_where_its_report_is(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(crash_report, "reports_folder", lambda: tmp_path)
    handlers = list(logging.getLogger().handlers)
    with pytest.raises(SystemExit) as ended, unexpected_reported("srcnn test"):
        warn_and_fail()
    assert ended.value.code == 1
    (report,) = list_reports(tmp_path)
    (line,) = [line for line in capsys.readouterr().err.splitlines() if line.startswith("error")]
    assert line == f"error: Something unexpected happened (RuntimeError); the report is {report}"
    assert "just before" in report.read_text()
    assert logging.getLogger().handlers == handlers


def test_a_command_passes_sentences_on(tmp_path, monkeypatch):
    monkeypatch.setattr(crash_report, "reports_folder", lambda: tmp_path)
    with pytest.raises(PictureError), unexpected_reported("srcnn test"):
        raise PictureError("x")
    assert list_reports(tmp_path) == []


@pytest.mark.parametrize("module", ["srcnn.cli", "trainer.cli"])
def test_the_command_lines_report_what_they_did_not_expect(module, tmp_path, monkeypatch, capsys):
    command = pytest.importorskip(module)

    def app(*_arguments, **_options):
        raise ZeroDivisionError("boom")

    monkeypatch.setattr(crash_report, "reports_folder", lambda: tmp_path)
    monkeypatch.setattr(command, "app", app)
    monkeypatch.setattr(sys, "argv", [module])
    with pytest.raises(SystemExit) as ended:
        command.main()
    assert ended.value.code == 1
    assert "ZeroDivisionError" in capsys.readouterr().err
    assert "Traceback" in list_reports(tmp_path)[0].read_text()


@pytest.mark.parametrize(
    ("number", "said"), [(errno.ENAMETOOLONG, "too long"), (errno.EACCES, "may not")]
)
def test_a_name_that_no_file_can_have_is_a_sentence(number: int, said: str):
    with pytest.raises(DataError, match=said) as told, unexpected_reported("srcnn test"):
        raise OSError(number, "as the system says", "/a/" + "x" * 300)
    assert len(str(told.value)) < 200
