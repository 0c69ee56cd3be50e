import math

import pytest

from srcnn.spec import SrcnnSpec


def test_the_papers_network_sees_13_pixels_and_has_8032_weights():
    spec = SrcnnSpec()
    assert 2 * spec.halo + 1 == 13
    assert spec.weights_count == 8032
    assert spec.parameters == 8032 + 64 + 32 + 1


@pytest.mark.parametrize(
    ("spec", "name"),
    [
        (SrcnnSpec(), "9-1-5"),
        (SrcnnSpec(f2=3), "9-3-5"),
        (SrcnnSpec(f1=11, f3=7), "11-1-7"),
        (SrcnnSpec(n1=128, n2=64), "9-1-5-128-64"),
        (SrcnnSpec(n1=32, n2=16), "9-1-5-32-16"),
        (SrcnnSpec(channels=3), "9-1-5-rgb"),
        (SrcnnSpec(n1=128, n2=64, channels=3), "9-1-5-128-64-rgb"),
        (SrcnnSpec(channels=2), "9-1-5-2ch"),
    ],
)
def test_names_are_the_papers(spec: SrcnnSpec, name: str):
    assert spec.name == name


@pytest.mark.parametrize(
    ("spec", "weights"),
    [  # the paper (TPAMI version, section 4.3.3): parameters of 9-1-5, 9-3-5 and 9-5-5
        (SrcnnSpec(), 8032),
        (SrcnnSpec(f2=3), 24416),
        (SrcnnSpec(f2=5), 57184),
    ],
)
def test_weights_are_counted_as_in_the_paper(spec: SrcnnSpec, weights: int):
    assert spec.weights_count == weights


@pytest.mark.parametrize("spec", [SrcnnSpec(), SrcnnSpec(n1=8, n2=4, f2=3, channels=3)])
def test_shapes_hold_all_parameters(spec: SrcnnSpec):
    assert sum(math.prod(shape) for shape in spec.shapes) == spec.parameters


@pytest.mark.parametrize("spec", [SrcnnSpec(), SrcnnSpec(8, 4, 11, 3, 7, 3)])
def test_shapes_say_which_network_it_is(spec: SrcnnSpec):
    assert SrcnnSpec.of(spec.shapes) == spec


@pytest.mark.parametrize(
    "shapes",
    [
        (),
        SrcnnSpec().shapes[:4],
        SrcnnSpec().shapes[::-1],
        ((64, 1, 9, 9), (32,), *SrcnnSpec().shapes[2:]),  # biases of another layer
        ((64, 1, 9, 7), *SrcnnSpec().shapes[1:]),  # not square
        (*SrcnnSpec().shapes[:4], (3, 32, 5, 5), (3,)),  # one plane in, three out
        ((64, 1, 8, 8), *SrcnnSpec().shapes[1:]),
    ],
)
def test_shapes_that_do_not_fit_together_are_refused(shapes: tuple[tuple[int, ...], ...]):
    with pytest.raises(ValueError, match=r"fit together|three layers|odd"):
        SrcnnSpec.of(shapes)


@pytest.mark.parametrize(
    "wrong",
    [{"n1": 0}, {"n2": -1}, {"f1": 8}, {"f2": 2}, {"f3": 0}, {"channels": 0}, {"n1": True}],
)
def test_impossible_networks_are_refused(wrong: dict[str, int]):
    with pytest.raises(ValueError, match=next(iter(wrong))):
        SrcnnSpec(**wrong)


def test_fractions_are_refused():
    with pytest.raises(ValueError, match="n1"):
        SrcnnSpec(n1=2.5)
