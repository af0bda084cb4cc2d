"""Times of a day as minutes after midnight."""


def minutes(text):
    """Return the minutes after midnight of a time like 06:45; raise ValueError for anything else."""
    hours, colon, rest = text.partition(":")
    if not colon or not (hours.isdigit() and rest.isdigit() and len(rest) == 2):
        raise ValueError(f"{text!r} is no time: write it like 06:45")
    if int(hours) > 23 or int(rest) > 59:
        raise ValueError(f"{text!r} is not on the clock")
    return int(hours) * 60 + int(rest)


def clock(minute):
    """Return a minute after midnight as a time like 06:45; the day after begins at 00:00 again."""
    return f"{minute // 60 % 24:02d}:{minute % 60:02d}"
