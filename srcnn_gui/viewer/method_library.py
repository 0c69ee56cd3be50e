"""Methods by device: built on first use, from bundled weights and those that were opened."""

from __future__ import annotations

from typing import TYPE_CHECKING

from srcnn.device import Device, DeviceChoice, cpu_device
from srcnn.dictionary import bundled_dictionaries
from srcnn.method import MethodEnvironment
from srcnn.methods.srcnn import SrcnnMethod, method_id
from srcnn.padding import Padding
from srcnn.patch_method import PatchMethod
from srcnn.registry import MethodRegistry, load_methods
from srcnn.resize import Border
from srcnn.weights import bundled_weights

if TYPE_CHECKING:
    from collections.abc import Sequence

    from srcnn.dictionary import Dictionary
    from srcnn.method import Method
    from srcnn.weights import Weights

AUTO = "auto"

IN_TRAINING = "srcnn:in training"
"""Id of the method that is a run in progress: other weights every few seconds."""

_TRAINING_NAME = IN_TRAINING.removeprefix("srcnn:")


class MethodLibrary:
    """Every method on every device.

    Until PyTorch is imported only the processor is known, which is all that the methods in numpy
    need.

    Attributes
    ----------
    preferred : str
        Device of the panes that do not name one themselves; ``auto`` is the fastest.
    fast : bool
        Whether networks compute in 16 bits where the device can; set by ``set_fast``.
    padding : Padding
        What networks see outside the picture; set by ``set_padding``.
    """

    def __init__(self, devices: Sequence[Device] = ()) -> None:
        self.preferred = AUTO
        self.fast = False
        self.padding = Padding.REPLICATE
        self._steps_down: dict[str, int] = {}
        self._devices = tuple(devices) or (cpu_device(),)
        self._weights = bundled_weights()
        self._bundled_names = {weights.name for weights in self._weights}
        self._dictionaries: dict[tuple[str, int], Dictionary] = {}
        self._registries: dict[tuple[str, Border], MethodRegistry] = {}
        self._training: Weights | None = None
        self._training_label = ""
        self._with_training: dict[tuple[str, Border], MethodRegistry] = {}

    @property
    def devices(self) -> tuple[Device, ...]:
        """The devices known so far, fastest first."""
        return self._devices

    def add_weights(self, loaded: Weights) -> str:
        """Offer more weights, and return the id of their method.

        Weights of the same name and scale are replaced, but for those that come with the program.
        """
        if loaded.name in self._bundled_names or loaded.name == _TRAINING_NAME:
            loaded = loaded.renamed(f"{loaded.name} (opened)")
        others = [
            known
            for known in self._weights
            if (known.name, known.scale) != (loaded.name, loaded.scale)
        ]
        self._weights = (*others, loaded)
        self._forget()
        return method_id(loaded.name)

    def add_dictionary(self, loaded: Dictionary) -> None:
        """Have methods compute with a dictionary instead of the program's of its kind and scale."""
        self._dictionaries[loaded.kind, loaded.scale] = loaded
        self._forget()

    def remove_dictionary(self, kind: str, scale: int) -> None:
        """Have methods compute with the program's dictionary again."""
        if self._dictionaries.pop((kind, scale), None) is not None:
            self._forget()

    def set_training(self, weights: Weights | None, label: str = "SRCNN in training") -> None:
        """Offer the weights of a run in progress as the method ``IN_TRAINING``, or do not.

        Parameters
        ----------
        weights : Weights or None
            As they are now; other methods stay the very same objects.
        label : str
            What people see.
        """
        self._training = None if weights is None else weights.renamed(_TRAINING_NAME)
        self._training_label = label
        self._with_training.clear()

    def set_devices(self, devices: Sequence[Device]) -> None:
        """Say which devices there are, fastest first."""
        self._devices = tuple(devices)

    def set_fast(self, fast: bool) -> None:
        """Have networks compute in 16 bits where the device can, or exactly."""
        self.fast = fast
        self._forget()

    def set_padding(self, padding: Padding) -> None:
        """Choose what networks see outside the picture."""
        self.padding = padding
        self._forget()

    def step_down(self, method: Method) -> str | None:
        """Give the device of a method less at once, since its memory did not suffice.

        Returns
        -------
        str or None
            What is computed at a time now, and where; None if that was the least already, or the
            method is not in use any more.
        """
        smaller = method.step_down()
        for (device_id, _), registry in self._registries.items():
            if smaller is not None and registry.get(method.id) is method:
                self._steps_down[device_id] = self._steps_down.get(device_id, 0) + 1
                self._forget()
                return smaller.effort
        return None

    def _environment(self, device: Device, border: Border) -> MethodEnvironment:
        steps_down = self._steps_down.get(device.id, 0)
        return MethodEnvironment(
            device,
            self._weights,
            border,
            self.fast,
            steps_down,
            (*bundled_dictionaries(), *self._dictionaries.values()),  # of a kind the last counts
            padding=self.padding,
        )

    def _say_whose(self, method: Method) -> None:
        """Let the label of a method say at which scales its dictionary is not the program's."""
        if isinstance(method, PatchMethod):
            own = sorted(d.scale for d in self._dictionaries.values() if method.uses(d))
            if own:
                scales = ", ".join(f"\N{MULTIPLICATION SIGN}{scale}" for scale in own)
                method.label = f"{method.label} (own {scales})"

    def _forget(self) -> None:
        self._registries.clear()
        self._with_training.clear()

    @property
    def best(self) -> Device:
        """The fastest device."""
        return self._devices[0]

    def choose(self, device_id: str) -> DeviceChoice:
        """Return the device of that id.

        ``auto`` means the preferred device, and if that is ``auto`` too, the fastest; a device
        that is gone is replaced by the fastest, and the reason says so.
        """
        wanted = self.preferred if device_id == AUTO else device_id
        for device in self._devices:
            if device.id == wanted:
                return DeviceChoice(device, "as chosen")
        if wanted != AUTO:
            return DeviceChoice(self.best, f"{wanted} is not available")
        reason = "no GPU was found" if self.best.id == "cpu" else "the fastest here"
        return DeviceChoice(self.best, reason)

    def registry(self, device_id: str, border: Border) -> MethodRegistry:
        """Return the methods on a device."""
        device = self.choose(device_id).device
        key = (device.id, border)
        if key not in self._registries:
            registry = load_methods(self._environment(device, border))
            for method in registry.values():
                self._say_whose(method)
            self._registries[key] = registry
        known = self._registries[key]
        if self._training is None:
            return known
        if key not in self._with_training:
            family = {self._training.scale: self._training}
            method = SrcnnMethod(family, self._environment(device, border))
            method.label = self._training_label
            method.fingerprint += f" {self._training_label}"  # what it is called is seen too
            self._with_training[key] = MethodRegistry([*known.values(), method])
        return self._with_training[key]

    def methods(self, scale: int, border: Border) -> tuple[Method, ...]:
        """Return the methods that can enlarge by ``scale``, in order."""
        registry = self.registry(AUTO, border)
        return tuple(method for method in registry.values() if scale in method.scales)
