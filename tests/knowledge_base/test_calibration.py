"""Which wordings are left out when the decision is fitted."""

from itertools import pairwise

import pytest

from knowledge_base.calibration import MOST_FOLDS, left_out


@pytest.mark.parametrize("wordings", [1, 2, 7, 12, 13, 21, 100])
def test_none_twice_and_spread_over_all(wordings: int) -> None:
    folds = MOST_FOLDS
    found = [left_out(wordings, fold, folds) for fold in range(folds)]
    places = [place for place in found if place is not None]
    assert len(places) == len(set(places)) == (min(wordings, folds) if wordings > 1 else 0)
    assert all(0 <= place < wordings for place in places)
    if places:
        widest = max(later - former for former, later in pairwise([-1, *places]))
        assert wordings - 1 - places[-1] <= widest
