import pytest

from pantry.planner import PlanError, plan_week, quickest_first
from pantry.recipes import Recipe

SOUP = Recipe("Soup", prep=10, cook=30)
SALAD = Recipe("Salad", prep=15)
ROAST = Recipe("Roast", prep=20, cook=120)


def test_quick_dishes_come_first():
    assert quickest_first([ROAST, SALAD, SOUP]) == [SALAD, SOUP, ROAST]


def test_equally_quick_dishes_come_by_title():
    apple, berry = Recipe("Apple pie", prep=30), Recipe("Berry pie", prep=30)
    assert quickest_first([berry, apple]) == [apple, berry]


def test_every_evening_at_home_gets_a_dish():
    plan = plan_week([SOUP, SALAD], away=["Tue", "Sat", "Sun"])
    assert plan == [("Mon", SOUP), ("Wed", SALAD), ("Thu", SOUP), ("Fri", SALAD)]


def test_a_week_needs_a_recipe():
    with pytest.raises(PlanError):
        plan_week([])
