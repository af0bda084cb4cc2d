"""What a crossing costs, in whole cents."""

ADULT = 1250
CHILD = 500
VEHICLE = {"bicycle": 300, "car": 2400, "van": 3900}


def fare(adults, children=0, vehicle=None):
    """Return the price of one crossing; up to two children ride free with each adult."""
    if adults < 0 or children < 0 or adults + children == 0:
        raise ValueError("somebody must travel")
    paying = max(0, children - 2 * adults)
    return adults * ADULT + paying * CHILD + (VEHICLE[vehicle] if vehicle else 0)


def shares(total, people):
    """Cut a bill so that the shares add up to it and differ by one cent at most, the larger ones first."""
    if people < 1:
        raise ValueError("a bill needs somebody to pay it")
    return [total // people] * people
