"""Training a dictionary by K-SVD or for SC, top to bottom, in the order things happen.

A folder of pictures becomes FOLDER/dictionary.safetensors. After every iteration the state is
written to FOLDER/dictionary-state.npz, from which a training that was killed goes on and ends in
the very same dictionary.
"""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from srcnn.dictionary import Dictionary, save_dictionary
from srcnn.errors import DataError, OutputError
from srcnn.workers import tune_memory
from trainer.control import Command, Control, Interrupted, check, go_on
from trainer.dictionary_events import DictionaryFinished, DictionaryStarted, IterationDone
from trainer.dictionary_methods import LEARNERS, SURVEYORS
from trainer.dictionary_state import (
    FILE_NAME,
    DictionaryConfig,
    DictionaryState,
    read_state,
    state_file,
)
from trainer.events import DataRead, StopReason
from trainer.ksvd import initial_atoms
from trainer.pictures import list_folders
from trainer.run_claim import claimed
from trainer.run_folder import RunFolder

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    from trainer.dictionary_events import DictionaryEvent
    from trainer.dictionary_methods import Learner
    from trainer.survey import Survey

LICENCE = "MIT"


def train_dictionary(
    config: DictionaryConfig, control: Control = go_on
) -> Iterator[DictionaryEvent]:
    """Train and report: whoever iterates, drives.

    Parameters
    ----------
    config : DictionaryConfig
        What to do.
    control : Control
        Asked before each picture and each iteration, and, to break it off, while it goes.

    Yields
    ------
    DictionaryEvent
        ``DictionaryStarted`` after the pictures are read, ``DictionaryFinished`` last.

    Raises
    ------
    SrcnnError
        If pictures or folder are no use.
    """
    ours = state_file(config.out), config.out / FILE_NAME
    if RunFolder(config.out).is_run or any(file.exists() for file in ours):
        raise OutputError(
            f"{config.out} holds a dictionary or a run already",
            hint="Go on with it by --resume, or choose another folder with --out.",
        )
    with claimed(config.out, control) as control:
        yield from _run(config, None, control)


def resume_dictionary(folder: Path, control: Control = go_on) -> Iterator[DictionaryEvent]:
    """Go on with the training in a folder, after its last iteration.

    Otherwise as ``train_dictionary``.

    Raises
    ------
    SrcnnError
        If it cannot be gone on with, or the pictures are not those it began with.
    """
    with claimed(folder, control) as control:
        config, state = read_state(folder)
        yield from _run(config, state, control)


def _run(
    config: DictionaryConfig, state: DictionaryState | None, control: Control
) -> Iterator[DictionaryEvent]:
    tune_memory()

    # look at the pictures
    survey = yield from _look(config, control)
    if isinstance(survey, Command):
        yield _finish(config, state, survey, None)
        return
    if state is not None:
        survey = _as_before(survey, state)
    learner = LEARNERS[config.method](config, survey)

    # begin with patches as they are
    if state is None:
        atoms = _first_atoms(config, learner.signals)
        state = DictionaryState(survey.digest, survey.projection, atoms)
        state.save(config)
    yield _started(config, survey, learner, state)

    # improve
    command = Command.GO_ON
    while state.iteration < config.iterations and command is Command.GO_ON:
        improved = _improved(config, state, learner, control)
        if isinstance(improved, Command):
            command = improved
        else:
            state, replaced = improved
            state.save(config)
            left = state.seconds / state.iteration * (config.iterations - state.iteration)
            yield IterationDone(
                state.iteration, config.iterations, state.rmse, replaced, state.seconds, left
            )

    # what each atom means
    dictionary = None
    if command in (Command.GO_ON, Command.STOP):
        began = time.perf_counter()
        low, high = (np.ascontiguousarray(half.T) for half in learner.halves(state.atoms))
        state = replace(state, seconds=state.seconds + time.perf_counter() - began)
        card = _card(config, survey, learner, state)
        projection = state.projection if state.projection.size else None
        dictionary = Dictionary(config.method, config.scale, low, high, projection, card)
    yield _finish(config, state, command, dictionary)


def _look(
    config: DictionaryConfig, control: Control
) -> Generator[DataRead, None, Survey | Command]:
    """Look at all pictures; return what is seen, or the command that ended it."""
    surveyor = SURVEYORS[config.method](config.scale)
    files = list_folders(config.data)
    for done, file in enumerate(files):
        command = control()
        if command is not Command.GO_ON:
            return command
        yield DataRead(done, len(files))
        surveyor.look(file)
    yield DataRead(len(files), len(files))
    return surveyor.survey()


def _improved(
    config: DictionaryConfig, state: DictionaryState, learner: Learner, control: Control
) -> tuple[DictionaryState, int] | Command:
    """Return the state after one more iteration, and the number of atoms replaced.

    If the iteration is not made, or not to its end: the command that says so.
    """
    iteration = state.iteration + 1
    rng = np.random.default_rng((config.seed, iteration))
    try:
        check(control)
        began = time.perf_counter()
        atoms, rmse, replaced = learner.improve(state.atoms, rng, control)
    except Interrupted as interruption:
        return interruption.command
    after = replace(
        state,
        atoms=atoms,
        iteration=iteration,
        rmse=rmse,
        seconds=state.seconds + time.perf_counter() - began,
        curve=(*state.curve, rmse),
    )
    return after, replaced


def _first_atoms(config: DictionaryConfig, signals: NDArray[np.float64]) -> NDArray[np.float64]:
    try:
        return initial_atoms(signals, config.atoms, np.random.default_rng((config.seed, 0)))
    except ValueError as error:
        raise DataError(
            f"The pictures hold {len(signals):,} patches, too few for {config.atoms} atoms",
            hint="Choose a folder with more or larger pictures, or fewer atoms by --set atoms=N.",
        ) from error


def _as_before(survey: Survey, state: DictionaryState) -> Survey:
    """Return the survey with the projection that the training began with."""
    if survey.digest != state.digest:
        raise DataError(
            "The pictures are not those that this training began with",
            hint="Put them back as they were, or begin anew in another folder.",
        )
    return replace(survey, projection=state.projection)


def _started(
    config: DictionaryConfig, survey: Survey, learner: Learner, state: DictionaryState
) -> DictionaryStarted:
    return DictionaryStarted(
        folder=config.out,
        scale=config.scale,
        pictures=len(survey.usable),
        vectors=len(learner.signals),
        features=learner.features,
        atoms=config.atoms,
        skipped=survey.skipped,
        iteration=state.iteration,
        method=config.method,
        of=config.iterations,
        seconds=state.seconds,
        curve=state.curve,
    )


def _finish(
    config: DictionaryConfig,
    state: DictionaryState | None,
    command: Command,
    dictionary: Dictionary | None,
) -> DictionaryFinished:
    """Save what there is, remove what is not needed any more, and report."""
    path = None
    if dictionary is not None:
        path = config.out / FILE_NAME
        save_dictionary(dictionary, path)
    if command is Command.DISCARD:
        for file in (state_file(config.out), config.out / FILE_NAME):
            file.unlink(missing_ok=True)
    reason = StopReason.COMPLETED if command is Command.GO_ON else StopReason(command.value)
    if state is None:
        return DictionaryFinished(0, 0.0, 0.0, reason, path)
    return DictionaryFinished(state.iteration, state.rmse, state.seconds, reason, path)


def _card(
    config: DictionaryConfig, survey: Survey, learner: Learner, state: DictionaryState
) -> dict[str, object]:
    """Write down where a dictionary comes from; folders by their last name only."""
    pictures = len(survey.usable)
    return {
        "trained_on": f"{config.data_name}: {pictures} picture{'' if pictures == 1 else 's'}",
        "vectors": len(learner.signals),
        "features": learner.features,
        "atoms": config.atoms,
        **learner.settings,
        "iterations": state.iteration,
        "seed": config.seed,
        "rmse": round(state.rmse, 6),
        "minutes": round(state.seconds / 60, 1),
        "licence": LICENCE,
        "notes": config.command_line,
    }
