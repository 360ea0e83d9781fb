"""How easily painted words are told from real ones: a linear probe on what a frozen reader sees of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from str_pipelines.records import Table
from str_pipelines.storage.tables import rows_of

FOLDS, LEAST = 5, 10
"""Parts of the photographs, each probed by a classifier that has seen none of it; words of each kind that it takes."""
Rows = Sequence[Mapping[str, Any]]


def realism(painted: Table, pasted: Table, real: Table) -> dict[str, float]:
    """Area under the ROC curve of painted, and of pasted, against real words: 0.5 where nobody can tell, 1 at once.

    Nothing is said where there are fewer than ten words of a kind, or words of one photograph only.

    Args:
        painted, pasted, real: rows with `scene` and `features` (`recognizers.features.word_features`).
    """
    bound = rows_of(real)
    found = {"painted": probe_auc(rows_of(painted), bound), "pasted": probe_auc(rows_of(pasted), bound)}
    return {name: value for name, value in found.items() if value is not None}


def probe_auc(ours: Rows, real: Rows) -> float | None:
    """Of a logistic regression that never judges a photograph it was taught; None where it cannot be."""
    scenes = np.array([row["scene"] for row in (*ours, *real)])
    shared = set(scenes[: len(ours)]) & set(scenes[len(ours) :]) - {""}
    if min(len(ours), len(real)) < LEAST or len(shared) < 2:
        return None
    features = np.array([row["features"] for row in (*ours, *real)], np.float32)
    return _cross_validated(features, np.arange(len(scenes)) < len(ours), scenes)


def _cross_validated(features: NDArray[np.float32], ours: NDArray[np.bool_], scenes: NDArray[np.str_]) -> float:
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import roc_auc_score
    from sklearn.model_selection import GroupKFold, cross_val_predict
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    probe = make_pipeline(StandardScaler(), LogisticRegression(C=0.01, class_weight="balanced", max_iter=2000))
    folds = GroupKFold(min(FOLDS, len(np.unique(scenes))))
    scores = cross_val_predict(probe, features, ours, groups=scenes, cv=folds, method="decision_function")
    return float(roc_auc_score(ours, scores))
