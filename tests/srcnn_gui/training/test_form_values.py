"""What stands in the form becomes the settings of a run, and back."""

from __future__ import annotations

import json
import logging
from dataclasses import fields, replace
from pathlib import Path

import pytest

from srcnn.spec import SrcnnSpec
from srcnn.weights import save_weights
from srcnn_gui.training.fields import (
    CUSTOM,
    FROM_WEIGHTS,
    SECTIONS,
    SPECS,
    FieldSpec,
    Kind,
    parsed,
    text_of,
)
from srcnn_gui.training.form_values import (
    bundled_file,
    config_of,
    config_of_text,
    free_name,
    is_shown,
    known_weights,
    problem_of,
    values_of,
)
from trainer.config import Schedule, TrainConfig
from trainer.presets import PRESETS

NOT_IN_THE_FORM = {"preset", "out", "spec", "report_every", "validate_every", "snapshot_every"}


def spec(kind: Kind, *, optional: bool = False) -> FieldSpec:
    return FieldSpec("x", "X", "What it is", kind, is_optional=optional)


def test_every_setting_is_in_the_form_and_explained():
    assert {field.name for field in fields(TrainConfig)} - NOT_IN_THE_FORM <= set(SPECS)
    assert len(SPECS) == sum(len(section.fields) for section in SECTIONS)
    for known in SPECS.values():
        assert known.label
        assert len(known.tip) > 20, known.name
        if known.kind is Kind.CHOICE and known.name != "device":
            assert len(known.choices) > 1


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (Kind.INTEGER, " 1,000,000 ", 1_000_000),
        (Kind.INTEGER, "1e6", 1_000_000),
        (Kind.NUMBER, "3e-3", 0.003),
        (Kind.NUMBERS, "1, 0.5 ,.1", (1.0, 0.5, 0.1)),
        (Kind.TEXT, " my run ", "my run"),
    ],
)
def test_what_is_typed_is_understood_and_comes_back(kind, text, value):
    assert parsed(spec(kind), text) == value
    assert parsed(spec(kind), text_of(spec(kind), value)) == value


@pytest.mark.parametrize(
    ("kind", "text", "words"),
    [
        (Kind.INTEGER, "1.5", "whole number"),
        (Kind.INTEGER, "many", "not 'many'"),
        (Kind.NUMBER, "0,5", "not '0,5'"),  # and not 5
        (Kind.NUMBER, "", "number is needed"),
        (Kind.NUMBER, "inf", "finite"),
        (Kind.NUMBERS, "1, x", "not 'x'"),
    ],
)
def test_what_is_no_value_is_said_in_a_sentence(kind, text, words):
    with pytest.raises(ValueError, match=words):
        parsed(spec(kind), text)


def test_an_empty_field_may_mean_no_limit():
    assert parsed(spec(Kind.NUMBER, optional=True), " ") is None
    assert text_of(spec(Kind.NUMBER), None) == ""


@pytest.mark.parametrize("name", PRESETS)
@pytest.mark.parametrize("scale", [2, 3, 4])
def test_a_preset_goes_through_the_form_unchanged(name, scale, tmp_path):
    config = PRESETS[name].for_scale(scale)
    again = config_of(values_of(config), name, tmp_path)
    assert again.out.parent == tmp_path
    assert replace(again, out=config.out) == config


def test_what_is_chosen_arrives(tmp_path):
    config = TrainConfig(
        data=(Path("/a"), Path("/b")),
        validation=Path("/c"),
        scale=4,
        spec=SrcnnSpec(8, 4, 7, 3, 5, channels=3),
        backprops=None,
        patience=7,
        schedule=Schedule.CONSTANT,
        seed=5,
    )
    values = values_of(config)
    assert values["network"] == CUSTOM
    assert replace(config_of(values, "fast", tmp_path), out=config.out) == config


def test_without_a_limit_the_rate_stays_constant(tmp_path):
    values = values_of(TrainConfig()) | {"backprops": None, "patience": 5}
    assert config_of(values, "fast", tmp_path).schedule is Schedule.CONSTANT
    assert not is_shown("schedule", values)


def test_given_weights_bring_their_network(tmp_path, weights):
    path = tmp_path / "mine.safetensors"
    save_weights(weights("mine", 2), path)
    values = values_of(TrainConfig(scale=2)) | {"start": FROM_WEIGHTS, "initial": path}
    config = config_of(values, "finetune", tmp_path)
    assert config.initial == path
    assert config.spec == weights().spec
    assert values_of(config)["start"] == FROM_WEIGHTS
    with pytest.raises(ValueError, match=r"^initial .*another scale") as error:
        config_of(values | {"scale": 3}, "finetune", tmp_path)
    name, text = problem_of(error.value)
    assert name == "initial"
    assert text.startswith("mine.safetensors")
    with pytest.raises(ValueError, match=r"^initial must be chosen"):
        config_of(values | {"initial": None}, "finetune", tmp_path)


@pytest.mark.parametrize(
    ("change", "field", "text"),
    [
        ({"rate": 0.0}, "rate", "Must be above 0, not 0.0"),
        ({"held_out": 1.0}, "held_out", "Must be in [0, 1), not 1.0"),
        ({"f2": 2, "network": CUSTOM}, "f2", "Must be odd, not 2"),
        ({"crop": 5}, "crop", "Must be above 12, not 5"),
        ({"backprops": None}, "patience", "Give at least one of the three limits"),
        ({"name": "a/b"}, "name", "A name may have none of"),
        ({"name": "there"}, "name", "There is a run there already"),
    ],
)
def test_a_mistake_belongs_to_its_field(tmp_path, change, field, text):
    (tmp_path / "there").mkdir()
    with pytest.raises(ValueError, match=r"\w") as error:
        config_of(values_of(TrainConfig()) | change, "fast", tmp_path)
    name, said = problem_of(error.value)
    assert (name, said[: len(text)]) == (field, text)


def test_a_run_without_a_name_gets_a_free_one(tmp_path):
    assert free_name("fast", SrcnnSpec(), 3, tmp_path) == "fast x3"
    (tmp_path / "fast x3").mkdir()
    assert free_name("fast", SrcnnSpec(), 3, tmp_path) == "fast x3 2"
    assert free_name("demo", SrcnnSpec(f1=11, f3=7), 2, tmp_path) == "demo 11-1-7 x2"


def test_the_weights_of_the_program_are_offered_to_begin_with():
    known = dict(known_weights(["/somewhere/mine.safetensors"]))
    assert bundled_file(3) in known.values()
    assert bundled_file(3).is_file()
    assert known["somewhere / mine.safetensors"] == Path("/somewhere/mine.safetensors")


def test_the_settings_of_the_last_run_come_back():
    config = TrainConfig(data=(Path("/a"),), seed=3)
    assert config_of_text(json.dumps(config.as_dict())) == config
    assert config_of_text("") is None


@pytest.mark.parametrize("text", ["{", "[]", '{"rate": -1}', '{"unheard": 1}', "3"])
def test_settings_that_are_no_use_are_left_out(text, caplog):
    with caplog.at_level(logging.WARNING):
        assert config_of_text(text) is None
    assert "ignored" in caplog.text
