"""One line more or less for linear models over n-grams."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from encoder.runtime import linear

ROWS = [np.array([1, 2, 3]), np.array([3, 4]), np.array([0, 5, 6, 7])]
RATES = np.array([6.0, 6.0])


def model(kind: type[np.floating]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    dice = np.random.default_rng(3)
    return (
        dice.standard_normal((9, 2)).astype(kind), dice.standard_normal(2).astype(np.float32),
        dice.uniform(1, 9, 9).astype(np.float32),
    )  # fmt: skip


def scores(weights: np.ndarray, bias: np.ndarray, rarity: np.ndarray, row: np.ndarray) -> np.ndarray:
    found: np.ndarray = weights[row].astype(float).sum(axis=0) / np.linalg.norm(rarity[row]) + bias
    return found


@pytest.mark.parametrize("kind", [np.float16, np.float32])
@pytest.mark.parametrize("row", ROWS)
def test_a_line_is_more_like_what_it_was_said_to_be_and_never_beyond(kind: type[np.floating], row: np.ndarray) -> None:
    weights, bias, rarity = model(kind)
    before = scores(weights, bias, rarity, row)
    linear.learn(weights, bias, rarity, row, np.array([1.0, 0.0]), RATES)
    after = scores(weights, bias, rarity, row)
    assert after[0] > before[0]
    assert after[1] < before[1]
    assert (np.abs(after - before) < RATES * 1.02).all(), "however long the step, what is left of it counts"


@pytest.mark.parametrize("kind", [np.float16, np.float32])
def test_forgetting_takes_the_step_back(kind: type[np.floating]) -> None:
    weights, bias, rarity = model(kind)
    kept = weights.copy(), bias.copy()
    targets = [np.array(t) for t in ([1.0, 0.0], [0.0, 1.0], [0.0, 0.0])]
    for row, target in zip(ROWS, targets, strict=True):
        linear.learn(weights, bias, rarity, row, target, RATES)
    assert np.abs(weights - kept[0]).max() > 0.1
    for row, target in zip(reversed(ROWS), reversed(targets), strict=True):
        linear.forget(weights, bias, rarity, row, target, RATES)
    assert np.allclose(weights, kept[0], atol=0.02 if kind is np.float16 else 1e-4)
    assert np.allclose(bias, kept[1], atol=1e-4)


def test_what_a_line_does_not_have_stays() -> None:
    weights, bias, rarity = model(np.float16)
    kept = weights.copy()
    linear.learn(weights, bias, rarity, ROWS[0], np.array([1.0, 0.0]), RATES)
    assert (np.delete(weights, ROWS[0], axis=0) == np.delete(kept, ROWS[0], axis=0)).all()


def test_what_no_line_had_counts_once_two_have_it() -> None:
    rarity = np.array([0, 0, 4, 0], np.float32)
    linear.first_seen(rarity, [np.array([0, 2]), np.array([0, 1, 2])], 1000)
    assert rarity[0] > 6, "as rare as what two of a thousand have"
    assert rarity[1:].tolist() == [0, 4, 0]


def test_a_line_without_anything_known_changes_the_bias_alone() -> None:
    weights, bias, _ = model(np.float32)
    kept = weights.copy()
    linear.learn(weights, bias, np.zeros(9, np.float32), ROWS[0], np.array([1.0, 0.0]), RATES)
    assert (weights == kept).all()
    assert np.isfinite(bias).all()


def test_columns_are_numbered_by_how_many_rows_have_them_and_the_rows_say_the_same() -> None:
    dense = np.array([[0, 5, 0, 1, 0], [0, 2, 3, 0, 0], [7, 4, 6, 0, 0]], np.float32)
    found, places = linear.by_use(csr_matrix(dense))
    assert places.tolist() == [2, 0, 1, 3, 4], "of equal ones the first is first"
    assert np.array_equal(found.toarray()[:, places], dense)
    assert found.shape == dense.shape
