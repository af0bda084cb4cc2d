"""The port of an index of vectors, its twin in memory, and the adapter for Chroma."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Protocol, cast

from knowledge_graph.embedding import embed

if TYPE_CHECKING:
    from chromadb.api.models.Collection import Collection as Kept


_ASKED = 500
"""Ids that Chroma is asked about at once: its database takes no endless list."""


class Near(NamedTuple):
    """One neighbour of a text."""

    id: str
    likeness: float
    """Cosine of the two vectors: 1 for the same words, about 0 for nothing in common."""


class VectorIndex(Protocol):
    """Texts by likeness. One process owns an index; others ask that process."""

    def put(self, texts: Mapping[str, str]) -> None:
        """Keep the texts by id; an id that is there gets the new text."""
        ...

    def similar(self, text: str, k: int) -> Sequence[Near]:
        """Return at most `k` neighbours, the likest first."""
        ...

    def missing(self, ids: Collection[str]) -> frozenset[str]:
        """Return those ids for which no text is kept."""
        ...

    def keep(self, ids: Collection[str]) -> None:
        """Forget every text but these."""
        ...

    def __len__(self) -> int:
        """Return how many texts are kept."""
        ...


Embedding = Callable[[str], tuple[float, ...]]


class ListedVectors:
    """The index in memory: exact, and quick enough for some thousand texts."""

    def __init__(self, embedding: Embedding = embed) -> None:
        self._embedding = embedding
        self._vectors: dict[str, tuple[float, ...]] = {}

    def put(self, texts: Mapping[str, str]) -> None:
        """Keep the texts by id."""
        self._vectors.update({name: self._embedding(text) for name, text in texts.items()})

    def similar(self, text: str, k: int) -> Sequence[Near]:
        """Return the likest, compared with every one."""
        asked = self._embedding(text)
        near = [
            Near(name, sum(a * b for a, b in zip(asked, kept, strict=True))) for name, kept in self._vectors.items()
        ]
        return sorted(near, key=lambda each: (-each.likeness, each.id))[:k]

    def missing(self, ids: Collection[str]) -> frozenset[str]:
        """Return those ids for which no text is kept."""
        return frozenset(ids) - self._vectors.keys()

    def keep(self, ids: Collection[str]) -> None:
        """Forget every text but these."""
        self._vectors = {name: vector for name, vector in self._vectors.items() if name in set(ids)}

    def __len__(self) -> int:
        """Return how many texts are kept."""
        return len(self._vectors)


class ChromaVectors:
    """The index in a Chroma folder. No second process may open the folder: its queries would miss what is new."""

    def __init__(self, folder: Path, collection: str, embedding: Embedding = embed) -> None:
        """`collection` is the project's id, 3 to 512 characters."""
        import chromadb
        from chromadb.config import Settings

        # No environment file of the working directory is read, and nothing is reported to anybody.
        settings = Settings(_env_file=None, anonymized_telemetry=False)  # type: ignore[call-arg]
        self._embedding = embedding
        client = chromadb.PersistentClient(path=str(folder), settings=settings)
        self._most = client.get_max_batch_size()
        self._collection: Kept = client.get_or_create_collection(
            collection, embedding_function=None, configuration={"hnsw": {"space": "cosine"}}
        )

    def put(self, texts: Mapping[str, str]) -> None:
        """Keep the texts by id, in as many batches as Chroma wants."""
        items = list(texts.items())
        for start in range(0, len(items), self._most):
            batch = items[start : start + self._most]
            vectors = [list(self._embedding(text)) for _, text in batch]
            self._collection.upsert(ids=[name for name, _ in batch], embeddings=cast("list[Sequence[float]]", vectors))

    def similar(self, text: str, k: int) -> Sequence[Near]:
        """Return the likest that Chroma's search finds."""
        asked = min(k, len(self))
        if asked <= 0:
            return ()
        vectors = cast("list[Sequence[float]]", [list(self._embedding(text))])
        found = self._collection.query(query_embeddings=vectors, n_results=asked, include=["distances"])
        distances = (found["distances"] or [[]])[0]
        near = [Near(name, 1 - distance) for name, distance in zip(found["ids"][0], distances, strict=True)]
        if len(near) < asked:
            return self._exactly(text, asked)
        return sorted(near, key=lambda each: (-each.likeness, each.id))

    def _exactly(self, text: str, k: int) -> Sequence[Near]:
        """Compare with every text: the graph that is searched loses ways where much was removed."""
        kept = self._collection.get(include=["embeddings"])
        vectors = kept["embeddings"] if kept["embeddings"] is not None else []
        asked = self._embedding(text)
        near = [
            Near(name, sum(a * float(b) for a, b in zip(asked, vector, strict=True)))
            for name, vector in zip(kept["ids"], vectors, strict=True)
        ]
        return sorted(near, key=lambda each: (-each.likeness, each.id))[:k]

    def missing(self, ids: Collection[str]) -> frozenset[str]:
        """Return those ids for which no text is kept."""
        wanted = sorted(set(ids))
        there: set[str] = set()
        for start in range(0, len(wanted), _ASKED):
            there.update(self._collection.get(ids=wanted[start : start + _ASKED], include=[])["ids"])
        return frozenset(wanted) - there

    def keep(self, ids: Collection[str]) -> None:
        """Forget every text but these, in as many batches as Chroma wants."""
        gone = sorted(set(self._collection.get(include=[])["ids"]) - set(ids))
        for start in range(0, len(gone), _ASKED):
            self._collection.delete(ids=gone[start : start + _ASKED])

    def __len__(self) -> int:
        """Return how many texts are kept."""
        return self._collection.count()
