"""The time that a search may take."""

from broadsheet.ranking.budget import Budget


def test_without_a_limit_it_is_never_spent() -> None:
    budget = Budget()
    assert not budget.is_spent()
    assert not budget.was_cut


def test_it_is_cut_where_a_further_step_is_asked_for() -> None:
    budget = Budget(1e-9)
    assert not budget.was_cut
    assert budget.is_spent()
    assert budget.was_cut
    assert not Budget(3600).is_spent()
