"""Linear models over n-grams, learned from many lines at once."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.sparse import csr_matrix

from encoder.runtime import descent

COUNT = 4
COLUMNS = 600


def lines(number: int, seed: int) -> tuple[Any, np.ndarray]:
    """Rows of length 1 with twelve n-grams: ten that any class has, and two of twenty that only its class has."""
    dice = np.random.default_rng(seed)
    classes = dice.integers(0, COUNT, number)
    columns = np.concatenate([
        np.hstack((500 + dice.choice(100, 10, replace=False), 20 * one + dice.choice(20, 2, replace=False)))
        for one in classes
    ])
    values = np.full(12 * number, 1 / np.sqrt(12), np.float32)
    return csr_matrix((values, columns, 12 * np.arange(number + 1)), shape=(number, COLUMNS)), classes


def right(model: tuple[np.ndarray, np.ndarray], matrix: Any, classes: np.ndarray) -> float:
    return float(((matrix @ model[0] + model[1]).argmax(axis=1) == classes).mean())


def test_what_tells_the_classes_apart_is_found_in_new_lines_from_few_and_from_many() -> None:
    new, classes = lines(500, 2)
    for number, least in ((200, 0.85), (2000, 0.99)):
        matrix, known = lines(number, 1)
        assert right(descent.fit(matrix, known, np.ones(number), COUNT, 3), new, classes) >= least


def test_a_score_is_of_one_class_against_the_rest() -> None:
    matrix, classes = lines(2000, 1)
    weights, bias = descent.fit(matrix, classes, np.ones(2000), COUNT, 3)
    new, theirs = lines(500, 2)
    own = np.eye(COUNT, dtype=bool)[theirs]
    scores = new @ weights + bias
    assert (scores[own] > 0).mean() > 0.95
    assert (scores[~own] < 0).mean() > 0.95
    nothing = csr_matrix((1, COLUMNS), dtype=np.float32) @ weights + bias
    assert (nothing < 0).all(), "a line without anything known is like no class"


def test_a_class_of_few_lines_is_seen_where_they_weigh_more() -> None:
    matrix, classes = lines(2000, 1)
    kept = np.flatnonzero((classes != 0) | (np.random.default_rng(3).random(2000) < 0.01))
    matrix, classes = matrix[kept], classes[kept]
    new, theirs = lines(500, 2)
    alike = descent.fit(matrix, classes, np.ones(len(kept)), COUNT, 3)
    balanced = descent.fit(matrix, classes, descent.balanced(classes, COUNT), COUNT, 3)
    rare = theirs == 0
    assert right(balanced, new[rare], theirs[rare]) > right(alike, new[rare], theirs[rare])


def test_lines_that_weigh_nothing_teach_nothing() -> None:
    matrix, classes = lines(400, 1)
    swapped = classes.copy()
    swapped[200:] = (swapped[200:] + 1) % COUNT
    weights = np.where(np.arange(400) < 200, 1.0, 0.0)
    for first, second in zip(
        descent.fit(matrix, classes, weights, COUNT, 2), descent.fit(matrix, swapped, weights, COUNT, 2), strict=True
    ):
        assert np.array_equal(first, second)


def test_the_same_lines_give_the_same_model_and_what_no_line_has_stays_nought() -> None:
    matrix, classes = lines(300, 1)
    weights, bias = descent.fit(matrix, classes, np.ones(300), COUNT, 2)
    again = descent.fit(matrix, classes, np.ones(300), COUNT, 2)
    assert np.array_equal(weights, again[0])
    assert np.array_equal(bias, again[1])
    assert not weights[20 * COUNT : 500].any()
    assert weights[500:].any()
    assert weights.dtype == bias.dtype == np.float32


def test_rows_that_are_not_float32_and_a_single_line_are_learned_as_well() -> None:
    matrix, classes = lines(300, 1)
    doubled = descent.fit(matrix.astype(np.float64), classes, np.ones(300), COUNT, 2)
    assert np.allclose(doubled[0], descent.fit(matrix, classes, np.ones(300), COUNT, 2)[0], atol=1e-4)
    weights, bias = descent.fit(matrix[:1], classes[:1], np.ones(1), COUNT, 1)
    assert int((matrix[:1] @ weights + bias).argmax()) == classes[0]
