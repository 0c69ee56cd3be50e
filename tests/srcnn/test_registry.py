import subprocess
import sys
from dataclasses import dataclass, field

import numpy as np
import pytest
from typing_extensions import override

from srcnn.device import cpu_device
from srcnn.errors import MissingWeights, UnknownMethod
from srcnn.method import ALL_SCALES, Method, MethodEnvironment
from srcnn.registry import MethodRegistry, load_methods


@dataclass(eq=False)
class Fake(Method):
    id: str
    rank: int = 0
    scales: frozenset[int] = ALL_SCALES
    label: str = "A fake"
    context: int = 0
    fingerprint: str = field(default="fake")

    @override
    def enlarge(self, planes: np.ndarray, scale: int) -> np.ndarray:
        return planes


def test_methods_are_listed_by_rank_then_by_name():
    registry = MethodRegistry([Fake("c", 2), Fake("b", 1), Fake("z", 0), Fake("a", 1)])
    assert list(registry) == ["z", "a", "b", "c"]
    assert len(registry) == 4
    assert registry["b"].rank == 1


def test_two_methods_of_one_name_are_refused():
    with pytest.raises(ValueError, match="'twin'"):
        MethodRegistry([Fake("twin", 1), Fake("other"), Fake("twin", 2)])


def test_the_registry_is_read_only():
    registry = MethodRegistry([Fake("a")])
    with pytest.raises(TypeError):
        registry["b"] = Fake("b")


def test_a_method_is_found_for_its_scales():
    method = Fake("only-two", scales=frozenset({2}))
    assert MethodRegistry([method]).find("only-two", 2) is method


def test_an_unknown_method_is_answered_with_a_likely_one():
    registry = MethodRegistry([Fake("bicubic"), Fake("lanczos")])
    with pytest.raises(UnknownMethod, match="'bicubik'") as unknown:
        registry.find("bicubik", 2)
    assert "Did you mean 'bicubic'?" in unknown.value.hint
    with pytest.raises(UnknownMethod) as unknown:
        registry.find("waifu", 2)
    assert "Did you mean" not in unknown.value.hint
    assert "bicubic, lanczos" in unknown.value.hint


def test_a_scale_without_weights_is_answered_with_those_there_are():
    registry = MethodRegistry([Fake("mine", scales=frozenset({4, 2}))])
    with pytest.raises(MissingWeights, match=r"A fake.*3") as missing:
        registry.find("mine", 3)
    assert "\N{MULTIPLICATION SIGN}2, \N{MULTIPLICATION SIGN}4" in missing.value.hint


def test_each_call_builds_a_value_of_its_own():
    environment = MethodEnvironment(cpu_device())
    one, other = load_methods(environment), load_methods(environment)
    assert list(one) == list(other)
    assert one is not other
    assert list(one)[:3] == ["nearest", "bicubic", "lanczos"]


def test_finding_methods_imports_nothing_slow():
    code = """
import sys
from srcnn.device import cpu_device
from srcnn.method import MethodEnvironment
import srcnn.registry
registry = srcnn.registry.load_methods(MethodEnvironment(cpu_device()))
registry.find("bicubic", 3)
slow = {"torch", "scipy", "skimage", "matplotlib", "PySide6", "PIL.ImageQt", "typer", "onnx"}
print(sorted(slow & set(sys.modules)))
"""
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert run.stdout.strip() == "[]"
