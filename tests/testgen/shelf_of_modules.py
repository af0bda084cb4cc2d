"""Small modules of many kinds, each with what recording one of its functions must give."""

from __future__ import annotations

from dataclasses import dataclass
from textwrap import dedent


@dataclass(frozen=True)
class Row:
    """One module, the function that no test reaches, and what must come of it."""

    name: str
    source: str
    target: str
    expect: str
    """A regular expression for `call -> expected` of one case, or for the reason when nothing may be recorded."""
    kind: str = "case"


def row(name: str, target: str, expect: str, source: str, kind: str = "case") -> Row:
    return Row(name, dedent(source).lstrip(), target, expect, kind)


ROWS = [
    row("plain", "double", r"double\(.+\) -> \d+", r'''
        def double(number: int) -> int:
            return number * 2
    '''),
    row("unhinted", "shout", r'shout\(".+"\) -> ".+!"', r'''
        def shout(words):
            return words.upper() + "!"
    '''),
    row("documented", "half", r"half\(9\) -> 4\.5", r'''
        def half(number):
            """Halve it.

            >>> half(9)
            4.5
            """
            return number / 2
    '''),
    row("branches", "grade", r'grade\(\d+\) -> "good"', r'''
        def grade(points: int) -> str:
            if points >= 90:
                return "best"
            if points >= 60:
                return "good"
            return "poor"
    '''),
    row("keywords", "wrap", r'wrap\(.*left="\["', r'''
        def wrap(text: str, *, left: str = "(", right: str = ")") -> str:
            if left == "[":
                right = "]"
            return left + text + right
    '''),
    row("refusal", "root", r"root\(.+\) raises NegativeError", r'''
        class NegativeError(ValueError):
            """Below zero."""


        def root(number: int) -> int:
            if number < 0:
                raise NegativeError(number)
            return int(number**0.5)
    '''),
    row("method", "Counter.add", r"counter\.add\(.+\) .*counter\.total == -?\d+", r'''
        class Counter:
            def __init__(self, total: int = 0) -> None:
                self.total = total

            def add(self, number: int) -> None:
                self.total += number + 1
    '''),
    row("attribute", "Circle.area", r"Circle\(.+\)\.area -> [\d.]+ about", r'''
        from dataclasses import dataclass


        @dataclass
        class Circle:
            radius: float

            @property
            def area(self) -> float:
                return 3.14159265 * self.radius**2
    '''),
    row("classmethods", "Point.parse", r"Point\.parse\(.*\) -> Point\(", r'''
        from dataclasses import dataclass


        @dataclass(frozen=True)
        class Point:
            x: int
            y: int

            @classmethod
            def parse(cls, text: str) -> "Point":
                """Read it.

                >>> Point.parse("1,2")
                Point(x=1, y=2)
                """
                left, right = text.split(",")
                return cls(int(left), int(right))
    '''),
    row("statics", "Tools.clean", r'Tools\.clean\(".*"\) -> ', r'''
        class Tools:
            @staticmethod
            def clean(text: str) -> str:
                return text.strip().lower()
    '''),
    row("generator", "countdown", r"list\(countdown\(\d+\)\) -> \[\d", r'''
        from typing import Iterator


        def countdown(start: int) -> Iterator[int]:
            while start > 0:
                yield start
                start -= 1
    '''),
    row("endless_generator", "naturals", r"list\(itertools\.islice\(naturals\(.*\), 5\)\) -> \[", r'''
        def naturals(start: int = 0):
            while True:
                yield start
                start += 1
    '''),
    row("coroutine", "fetch", r'asyncio\.run\(fetch\(".*"\)\) -> ', r'''
        async def clean(key: str) -> str:
            return key.strip()


        async def fetch(key: str) -> str:
            return "<" + await clean(key) + ">"
    '''),
    row("mutation", "drop_first", r"\w+ == \[", r'''
        def drop_first(numbers: list) -> None:
            if numbers:
                numbers.pop(0)
    '''),
    row("enumeration", "next_light", r"next_light\(Light\.\w+\) -> Light\.", r'''
        import enum


        class Light(enum.Enum):
            RED = 1
            GREEN = 2


        def next_light(light: Light) -> Light:
            return Light.GREEN if light is Light.RED else Light.RED
    '''),
    row("fractions_used", "share", r"share\(Fraction\(.+\), \d+\) -> Fraction\(", r'''
        from fractions import Fraction


        def share(whole: Fraction, parts: int) -> Fraction:
            return whole / (parts + 1) if parts > 0 else whole
    '''),
    row("dates", "is_leap", r"is_leap\(date\(2024, .+\)\) -> True", r'''
        from datetime import date


        def is_leap(day: date) -> bool:
            return day.year % 4 == 0 and (day.year % 100 != 0 or day.year % 400 == 0)
    '''),
    row("sets", "letters", r"letters\(.*\) -> (\{|set)", r'''
        def letters(word: str) -> set:
            return set(word)
    '''),
    row("hash_order", "jumbled", "order of hashes", r'''
        def jumbled(seed: int) -> str:
            return "-".join({"a" + str(n) for n in range(seed % 3 + 6)})
    ''', kind="skipped"),
    row("addresses", "fresh", "no call was found", r'''
        def fresh() -> object:
            return object()
    ''', kind="skipped"),
    row("writes", "save", "it touches files", r'''
        def save(text: str) -> int:
            with open("out.txt", "w") as stream:
                return stream.write(text)
    ''', kind="skipped"),
    row("writes_deep", "store", "it touches files", r'''
        from pathlib import Path


        def put(text: str) -> None:
            Path("kept.txt").write_text(text)


        def store(text: str) -> None:
            put(text.strip())
    ''', kind="skipped"),
    row("writes_hidden", "sneak", "it touches files", r'''
        import importlib


        def sneak(text: str) -> int:
            module = importlib.import_module("io")
            with getattr(module, "op" + "en")("hidden.txt", "w") as stream:
                return stream.write(text)
    ''', kind="skipped"),
    row("clock", "age", "it touches clock", r'''
        import datetime


        def age(year: int) -> int:
            return datetime.date.today().year - year
    ''', kind="skipped"),
    row("clock_hidden", "stamp", "it touches clock", r'''
        import time

        NOW = {"now": time.time}


        def stamp(text: str) -> str:
            return text + str(NOW["now"]())
    ''', kind="skipped"),
    row("chance", "roll", "it touches chance", r'''
        import random


        def roll(sides: int) -> int:
            return random.randint(1, sides)
    ''', kind="skipped"),
    row("network", "ping", "it touches network", r'''
        import socket


        def ping(host: str) -> bool:
            return bool(socket.create_connection((host, 80), 1))
    ''', kind="skipped"),
    row("processes_used", "shell", "it touches processes", r'''
        import subprocess


        def shell(line: str) -> int:
            return subprocess.call(line.split())
    ''', kind="skipped"),
    row("endless", "spin", "no call was found", r'''
        def spin(number: int) -> int:
            while True:
                number += 1
    ''', kind="skipped"),
    row("contradiction", "third", "says 3 but gives 4", r'''
        def third(number: int) -> int:
            """Divide by three.

            >>> third(9)
            3
            """
            return number // 3 + 1
    ''', kind="finding"),
    row("round_trip", "encode_key", r'decode_key\(encode_key\("(.*)"\)\) -> "\1"', r'''
        def encode_key(text: str) -> str:
            return text.replace("%", "%25").replace(" ", "%20")


        def decode_key(text: str) -> str:
            return text.replace("%20", " ").replace("%25", "%")
    '''),
    row("broken_promise", "tidy", "idempotence", r'''
        def tidy(text: str) -> str:
            """Take one leading letter away; idempotent."""
            return text[1:]
    ''', kind="finding"),
    row("exhausting", "repeat", r'repeat\(.*\) -> ".*"', r'''
        def repeat(text: str, times: int) -> str:
            if times > 90:
                times = times * 10**12
            return text * times
    '''),
    row("leaves", "leave", "no call was found", r'''
        import os


        def leave(number: int) -> int:
            raise SystemExit(number)
    ''', kind="skipped"),
    row("broken_import", "never", "cannot be imported", r'''
        import a_module_that_is_not_there


        def never(number: int) -> int:
            return number
    ''', kind="skipped"),
    row("operators", "Money.__add__", r"Money\(.+\) \+ Money\(.+\) -> Money\(", r'''
        from dataclasses import dataclass


        @dataclass(frozen=True)
        class Money:
            cents: int

            def __add__(self, other: "Money") -> "Money":
                return Money(self.cents + other.cents)
    '''),
    row("cached", "fib", r"fib\(\d+\) -> \d+", r'''
        import functools


        @functools.lru_cache(maxsize=None)
        def fib(n: int) -> int:
            return n if n < 2 else fib(n - 1) + fib(n - 2)
    '''),
    row("private", "_squash", r"_squash\(.*\) -> ", r'''
        def _squash(text: str) -> str:
            return text.replace(" ", "")
    '''),
    row("items", "Bag.__setitem__", r"bag\[.+\] = .+ dict\(bag\) == \{", r'''
        from collections.abc import MutableMapping


        class Bag(MutableMapping):
            def __init__(self) -> None:
                self._held = {}

            def __setitem__(self, key: str, value: int) -> None:
                self._held[key.lower()] = value

            def __getitem__(self, key: str) -> int:
                return self._held[key]

            def __delitem__(self, key: str) -> None:
                del self._held[key]

            def __iter__(self):
                return iter(self._held)

            def __len__(self) -> int:
                return len(self._held)
    '''),
    row("hidden", "Door.__turn", r'door\.unlock\(.*\).* door\.opened == True|Door\(.*\)\.unlock\(', r'''
        class Door:
            def __init__(self, code: int = 7) -> None:
                self.code = code
                self.opened = False

            def unlock(self, code: int) -> bool:
                return self.__turn(code)

            def __turn(self, code: int) -> bool:
                if code == self.code:
                    self.opened = True
                return self.opened
    '''),
    row("abstract", "Shape.area", "no call was found", r'''
        class Shape:
            def area(self) -> float:
                raise NotImplementedError
    ''', kind="skipped"),
]  # fmt: skip
