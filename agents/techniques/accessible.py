"""What people who do not see a page cannot use in it: read from HTML and JSX, and mended where there are words."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from agents.ports import Answer, Found, Nothing, Proposal, Workbench
from agents.techniques.lint import paths_of
from agents.techniques.mentions import LARGEST, text_files
from ledger.events import Finding, Task

PAGES = (".html", ".htm", ".jsx", ".tsx", ".vue", ".svelte")
NO_LABEL_NEEDED = frozenset({"hidden", "submit", "reset", "button", "image"})
NAMED_BY = ("aria-label", "aria-labelledby", "title")
_OPENS = re.compile(r"<([A-Za-z][\w.-]*)")
_ATTRIBUTE = re.compile(r"""([:@\w.-]+)(?:\s*=\s*("[^"]*"|'[^']*'|\{(?:[^{}]|\{[^{}]*\})*\}|[^\s"'>{]+))?""")
_COMMENT = re.compile(r"<!--.*?-->|\{/\*.*?\*/\}|<script\b.*?</script>|<style\b.*?</style>", re.DOTALL | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Tag:
    """One opening tag and what follows it up to the next tag of its name."""

    name: str
    attributes: Mapping[str, str]
    """Their values without quotes; `{…}` for an expression."""
    start: int
    end: int
    """Behind the last attribute: where another one can stand."""
    inside: str


class Flaw(NamedTuple):
    """One thing that is wrong with one tag, and the attribute that mends it, when the page has the words for it."""

    tag: Tag
    rule: str
    message: str
    attribute: str = ""


class Accessible:
    """Gives images, fields and pages the texts they lack, from words that stand there already; reports the rest."""

    name = "accessible"

    async def try_on(self, task: Task, bench: Workbench) -> Answer:
        """Propose the mechanical fixes, else report what only a person can word."""
        project, wanted = bench.target.project, paths_of(task)
        return await asyncio.to_thread(
            _mended, project, [path for path in _pages(project) if not wanted or path in wanted]
        )


def flaws(text: str) -> Iterator[Flaw]:
    """Yield what is wrong in one page, in the order it stands there."""
    tags = list(tags_of(text))
    labels = {tag.attributes.get("for") or tag.attributes.get("htmlFor") for tag in tags if tag.name == "label"}
    covered = [(tag.start, tag.end + len(tag.inside)) for tag in tags if tag.name == "label"]
    for tag in tags:
        if any(name.startswith("{...") or name in ("v-bind", ":bind") for name in tag.attributes):
            continue  # what is spread into it may hold anything
        if tag.name == "img" and not {"alt", ":alt"} & tag.attributes.keys():
            words = _words_of_file(tag.attributes.get("src", ""))
            yield Flaw(tag, "image-alt", "the image has no text instead", f'alt="{words}"' if words else "")
        elif tag.name in ("input", "select", "textarea") and _wants_label(tag, labels, covered):
            words = _words(tag.attributes.get("placeholder", "") or tag.attributes.get("name", ""))
            yield Flaw(tag, "label", f"the {tag.name} has no label", f'aria-label="{words}"' if words else "")
        elif tag.name == "html" and not {"lang", ":lang", "xml:lang"} & tag.attributes.keys():
            yield Flaw(tag, "html-has-lang", "the page does not say its language")
        elif tag.name in ("button", "a") and _is_nameless(tag):
            rule, what = ("button-name", "button") if tag.name == "button" else ("link-name", "link")
            yield Flaw(tag, rule, f"the {what} has no text")


def tags_of(text: str) -> Iterator[Tag]:
    """Yield the opening tags of a page, comments and scripts left out; `>` in expressions and quotes ends none."""
    text = _COMMENT.sub(lambda found: re.sub(r"[^\n]", " ", found[0]), text)
    for found in _OPENS.finditer(text):
        place, attributes = found.end(), {}
        while True:
            place += len(text[place:]) - len(text[place:].lstrip())
            if text.startswith("{", place):
                close = _closing(text, place)
                attributes[text[place:close]] = ""
                place = close
                continue
            one = _ATTRIBUTE.match(text, place)
            if one is None:
                break
            attributes[one[1]] = (one[2] or "").strip("\"'")
            place = one.end()
        if not re.compile(r"/?>").match(text, place):
            continue
        end = found.end() + len(text[found.end() : place].rstrip())
        rest = text[place:]
        until = re.search(rf"</{re.escape(found[1])}\b", rest)
        yield Tag(found[1], attributes, found.start(), end, rest[: until.start()] if until else "")


def _closing(text: str, place: int) -> int:
    depth = 0
    for number, letter in enumerate(text[place : place + 4000], place):
        depth += (letter == "{") - (letter == "}")
        if depth == 0:
            return number + 1
    return len(text)


def _mended(project: Path, pages: list[str]) -> Answer:
    mended: list[str] = []
    left: list[Finding] = []
    languages = {lang for path in pages for lang in re.findall(r"<html[^>]*\blang=\"([\w-]+)\"", _text(project / path))}
    for path in pages:
        text = _text(project / path)
        changed = text
        for flaw in sorted(flaws(text), key=lambda each: -each.tag.end):
            attribute = flaw.attribute
            if flaw.rule == "html-has-lang" and len(languages) == 1:
                attribute = f'lang="{next(iter(languages))}"'
            line = text.count("\n", 0, flaw.tag.start) + 1
            if attribute:
                changed = f"{changed[: flaw.tag.end]} {attribute}{changed[flaw.tag.end :]}"
                mended.append(f"{path}:{line} {flaw.rule}: {attribute}")
            else:
                left.append(Finding(rule=flaw.rule, message=flaw.message, path=path, line=line, symbol=flaw.tag.name))
        if changed != text:
            (project / path).write_bytes(changed.encode("utf-8"))
    if mended:
        title = f"Give {len(mended)} elements the text that screen readers need"
        return Proposal("accessible", title, notes="\n".join(sorted(mended)))
    if left:
        return Found(tuple(sorted(left, key=lambda each: (each.path, each.line))))
    return Nothing(f"{len(pages)} pages have every text they need, as far as their source tells")


def _pages(project: Path) -> list[str]:
    return sorted(
        path
        for path in text_files(project)
        if path.endswith(PAGES) and not (project / path).is_symlink() and (project / path).stat().st_size <= LARGEST
    )


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8")
    except UnicodeDecodeError:
        return ""  # it is not ours to change what we cannot read


def _wants_label(tag: Tag, labels: set[str | None], covered: list[tuple[int, int]]) -> bool:
    if tag.attributes.get("type", "").lower() in NO_LABEL_NEEDED or any(name in tag.attributes for name in NAMED_BY):
        return False
    identity = tag.attributes.get("id", "")
    return not (identity and identity in labels) and not any(start < tag.start < end for start, end in covered)


def _is_nameless(tag: Tag) -> bool:
    if any(name in tag.attributes for name in NAMED_BY) or (tag.name == "a" and "href" not in tag.attributes):
        return False
    if "{" in tag.inside or any(name in ("children", "v-text", "v-html") for name in tag.attributes):
        return False
    named = re.search(r"\b(?:alt|aria-label|title)\s*=\s*[\"'{][^\"'}]", tag.inside)
    return not named and not re.sub(r"<[^>]*>|\s|/?>", "", tag.inside)


def _words_of_file(source: str) -> str:
    if not source or "{" in source or source.startswith("data:"):
        return ""
    return _words(Path(source.partition("?")[0]).stem)


def _words(text: str) -> str:
    """Return the words of a name or a hint, when it has some and they can stand in an attribute."""
    if "{" in text or '"' in text or "<" in text:
        return ""
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])|[_\-.\[\]]+", " ", text)
    words = [word for word in spaced.split() if re.search(r"[^\W\d]{2}", word)]
    return " ".join(words)
