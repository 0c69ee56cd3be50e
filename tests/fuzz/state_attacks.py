"""Dictionaries, runs and settings made to exhaust memory or time, or to run a program."""

from __future__ import annotations

import io
import json
import os
import zipfile
from functools import cache

import numpy as np
from safetensors.numpy import save

from tests.fuzz.state_corpus import checkpoints, dictionaries, dictionary_states, run_files
from tests.fuzz.weight_attacks import MARKER, Running, safetensors_attacks


@cache
def dictionary_attacks() -> dict[str, bytes]:
    """Return all for dictionaries by name."""
    low, high = np.zeros((144, 2), np.float32), np.zeros((36, 2), np.float32)
    cards = {
        "kind": '{"kind": [], "scale": 2}', "deep": "[" * 100_000,
        "scale": '{"kind": "sc", "scale": {}}',
        "huge": '{"kind": "sc", "scale": 1' + "0" * 400 + "}", "none": "null",
        "endless": '{"kind": "sc", "scale": 1e999}',
    }  # fmt: skip
    made = {
        f"{name}.safetensors": save({"low": low, "high": high}, {"card": card})
        for name, card in cards.items()
    }
    card = {"card": '{"kind": "sc", "scale": 2}'}
    made["flat.safetensors"] = save({"low": low[:, 0], "high": high}, card)
    made["nan.safetensors"] = save({"low": low * np.nan, "high": high}, card)
    made["whole.safetensors"] = save({"low": low.astype(np.int8), "high": high}, card)
    return (
        made
        | safetensors_attacks("dictionary")
        | {"ksvd-as.safetensors": dictionaries()["sc.safetensors"][:-4]}
    )


@cache
def checkpoint_attacks() -> dict[str, bytes]:
    """Return all for checkpoints by name; each is a last checkpoint."""
    from safetensors.numpy import load

    name = "checkpoint.safetensors"
    sound = checkpoints()[name]
    header = json.loads(sound[8 : 8 + int.from_bytes(sound[:8], "little")])
    about = json.loads(header["__metadata__"]["srcnn_run"])
    tensors = load(sound)
    made = {}
    for key, value in {
        "step": float("inf"), "slots": -1, "best_db": "x", "events_length": 10**300, "waited": None,
        "seconds": 10**400, "data_digest": 7, "best_step": float("nan"),
    }.items():  # fmt: skip
        made[key] = save(tensors, {"srcnn_run": json.dumps({**about, key: value})})
    metadata = {"srcnn_run": json.dumps(about)}
    changes = {
        "network.1": np.zeros(7, np.float32),
        "best.0": np.full((6, 1, 9, 9), np.nan, np.float32),
    }
    changes |= {"optimiser.7.step": np.float32(1), "loss_sum": np.zeros((2, 2), np.int8)}
    other = next(key for key in tensors if key.startswith("optimiser.") and tensors[key].ndim > 1)
    changes |= {
        other: np.zeros((3, 3), np.float32),
        "average.0": np.zeros((8, 1, 9, 9), np.float32),
    }
    for key, array in changes.items():
        made[key] = save({**tensors, key: np.asarray(array)}, metadata)
    made |= {"deep": save(tensors, {"srcnn_run": "[" * 100_000}), "alone": save(tensors)}
    return {f"{key}/{name}": content for key, content in made.items()} | {
        f"{key}/{name}": content for key, content in safetensors_attacks("c").items()
    }


@cache
def run_attacks() -> dict[str, bytes]:
    """Return all for settings and events of a run by name."""
    config = json.loads(run_files()["config.json"])
    made = {"deep": b"[" * 100_000, "list": b"[]", "big": b'{"a":' + b"[1]," * 3_000_000}
    for key, value in {
        "scale": 10**300, "out": "\0", "spec": {"n1": 10**30}, "rescales": [[]], "data": 7,
        "border": {},
        "rate": float("nan"), "threads": True, "minutes": 10**400, "crop": "33", "batch": 1.5,
        "layer_rates": {"a": 1},
    }.items():  # fmt: skip
        made[f"{key}"] = json.dumps({**config, key: value}).encode()
    files = {f"{name}/config.json": content for name, content in made.items()}
    lines = run_files()["events.jsonl"].splitlines()
    events = {
        "deep": b"[" * 100_000 + b"\n" + b'{"event":' * 5000,
        "kinds": b'{"event": []}\n{"event": {}}\n{"event": "StepDone"}\n[]\n7\n""',
        "values": b"\n".join(
            line.replace(b"32", b'"\\ud800"').replace(b"64", b"[]") for line in lines
        ),
        "numbers": b"\n".join(line.replace(b"1.0", b"1" + b"0" * 400) for line in lines),
        "many": b'{"event":"DataRead","done":1,"total":2}\n' * 60_000,
    }
    return files | {f"{name}/events.jsonl": content for name, content in events.items()}


@cache
def dictionary_state_attacks() -> dict[str, bytes]:
    """Return all for the state of a dictionary's training by name."""
    name, sound = next(iter(dictionary_states().items()))
    with np.load(io.BytesIO(sound)) as found:
        parts = {key: found[key] for key in found.files}
    about = json.loads(str(parts["about"]))
    made = {}
    for key, value in {
        "atoms": 10**400, "scale": [], "method": {}, "data": [7], "seed": -1, "unknown": 1,
    }.items():  # fmt: skip
        text = json.dumps({**about, "settings": {**about["settings"], key: value}})
        made[key] = {**parts, "about": np.array(text)}
    for key, value in {
        "curve": [float("inf"), "x"], "iteration": 1e300, "rmse": "x", "seconds": None,
        "digest": [],
    }.items():  # fmt: skip
        text = json.dumps({**about, "state": {**about["state"], key: value}})
        made[f"state-{key}"] = {**parts, "about": np.array(text)}
    made["deep"] = {**parts, "about": np.array("[" * 100_000)}
    made["object"] = {**parts, "atoms": np.array([Running(os.system, f"touch {MARKER}")], object)}
    made["complex"] = {**parts, "atoms": parts["atoms"] * 1j}
    made["flat"] = {**parts, "atoms": np.float64(1)}
    files = {}
    for key, values in made.items():
        file = io.BytesIO()
        np.savez(file, **values)
        files[f"{key}/{name}"] = file.getvalue()
    file = io.BytesIO()
    np.savez_compressed(
        file, about=parts["about"], atoms=np.zeros(12 << 20), projection=np.zeros(2)
    )
    files[f"bomb/{name}"] = file.getvalue()
    header = b"\x93NUMPY\x01\0v\0{'descr': '<f8', 'fortran_order': False, 'shape': (%d,), }"
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("projection.npy", (header % 10**12).ljust(128))
    return files | {f"claim/{name}": file.getvalue()}


@cache
def settings_attacks() -> dict[str, bytes]:
    """Return all for the window's settings by name."""
    lines = {
        "variant": rb"panes=@Variant(\0\0\0\x7f\0\0\0\x7f)",
        "bytes": rb"panes=@Variant(\0\0\0\f\x7f\xff\xff\xff)",
        "list": rb"panes=@Variant(\0\0\0\t\x7f\xff\xff\xff)",
        "strings": rb"panes=@Variant(\0\0\0\v\x7f\xff\xff\xff)",
        "digits": b"max_megapixels=1" + b"0" * 400,
        "float": b"max_megapixels=1e999",
        "numberless": b"max_megapixels=NaN",
        "deep": b"panes=" + b"[" * 100_000,
        "long": b'open_folder="\\"' + b"a" * 2_000_000 + b'\\""',
        "kinds": b"panes=7\nscale=true\nmode={}\nquality=1e2\nrecent_files=[[]]\ntheme=null",
        "invalid": b"\x80\xff[General]\n=\n[[]\n%%\n%u=1",
    }
    return {f"{name}/settings.ini": b"[General]\n" + line + b"\n" for name, line in lines.items()}


@cache
def memory_attacks() -> dict[str, bytes]:
    """Return all for remembered rows by name."""
    lines = {
        "digits": b'["k","a",3,"m","1","1",1' + b"0" * 400 + b"]",
        "deep": b"[" * 100_000,
        "short": b"[]\n7\n{}\nnull\n" + b'["k","a",true,"m","nan",1,1]',
        "list": b'["k","a",3,"m",[],{},null]',
        "many": b'["k","a",3,"m","1",1,1]\n' * 60_000,
    }
    return {f"{name}/measured.jsonl": line + b"\n" for name, line in lines.items()}
