"""PURE: which provider a model's name means, and where its key and its address come from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

_KEYS = {
    "gemini": ("GEMINI_API_KEY", "GOOGLE_API_KEY"),
    "google": ("GEMINI_API_KEY", "GOOGLE_API_KEY"),
    "together_ai": ("TOGETHERAI_API_KEY", "TOGETHER_API_KEY"),
    "azure": ("AZURE_API_KEY",),
    "mistral": ("MISTRAL_API_KEY",),
    "huggingface": ("HF_TOKEN", "HUGGINGFACE_API_KEY"),
    "github": ("GITHUB_API_KEY",),
    "fireworks_ai": ("FIREWORKS_API_KEY", "FIREWORKS_AI_API_KEY"),
    "perplexity": ("PERPLEXITYAI_API_KEY", "PERPLEXITY_API_KEY"),
    "nvidia_nim": ("NVIDIA_NIM_API_KEY", "NVIDIA_API_KEY"),
}
"""Where the variable is not simply `<PROVIDER>_API_KEY`."""
_KEYLESS = frozenset({"ollama", "ollama_chat", "lm_studio", "hosted_vllm", "llamafile", "vllm", "xinference"})
"""Of your own machine: a key may be set and need not be."""
_OWN_WAY = frozenset(
    {"bedrock", "vertex_ai", "sagemaker", "sagemaker_chat", "watsonx", "oci", "snowflake", "databricks"}
)
"""Signed in by several variables or files, which litellm reads itself."""
_ALIASES = {"google": "gemini", "ollama": "ollama_chat", "together": "together_ai", "fireworks": "fireworks_ai"}
"""Names people write, and what litellm calls it; Ollama's chat address is the one that knows tools."""
_ADDRESSES = {"openai": ("OPENAI_API_BASE", "OPENAI_BASE_URL"), "ollama_chat": ("OLLAMA_API_BASE", "OLLAMA_HOST")}
_PLACEHOLDER = "none"
"""What is sent as a key to an address that wants none."""


@dataclass(frozen=True, slots=True)
class Route:
    """How a model is reached."""

    name: str
    """As litellm wants it: `provider/model`."""
    provider: str
    api_base: str | None = None
    api_key: str | None = None
    missing: str = ""
    """The environment variable that should hold the key and does not."""


def provider_of(model: str, api_base: str, known: frozenset[str]) -> str:
    """Return the provider of a model's name: what stands before its first slash when litellm knows it by that.

    With an address of the user's own every other name means a server that speaks as OpenAI does. Without one: empty.
    """
    first, slash, rest = model.partition("/")
    if slash and rest and _ALIASES.get(first, first) in known:
        return _ALIASES.get(first, first)
    return "openai" if api_base else ""


def route(model: str, api_base: str, environment: Mapping[str, str], known: frozenset[str]) -> Route | None:
    """Return how a model is reached; None when its name says no provider and no address is set.

    An address of a provider's own (`OLLAMA_API_BASE`) wins over `api_base`, which is for all others.
    """
    provider = provider_of(model, api_base, known)
    if not provider:
        return None
    first, _, rest = model.partition("/")
    bare = rest if _ALIASES.get(first, first) == provider and rest else model
    own = _first(environment, (*_ADDRESSES.get(provider, ()), f"{provider.upper()}_API_BASE"))
    base = own or api_base
    if base and "://" not in base:
        base = f"http://{base}"
    names = _KEYS.get(provider, (f"{provider.upper()}_API_KEY",))
    key = (environment.get("KAIZEN_API_KEY", "") if base and base == api_base else "") or _first(environment, names)
    wants_none = bool(base) or provider in _KEYLESS or provider in _OWN_WAY
    if not key and base and provider not in _OWN_WAY:
        key = _PLACEHOLDER
    return Route(f"{provider}/{bare}", provider, base or None, key or None, "" if key or wants_none else names[0])


def marks_of(provider: str, name: str) -> bool:
    """Return whether a provider is told by marks which part of a prompt it should keep in its cache."""
    low = name.lower()
    return provider == "anthropic" or (
        provider in ("openrouter", "bedrock", "vertex_ai") and ("claude" in low or "anthropic" in low)
    )


def _first(environment: Mapping[str, str], names: tuple[str, ...]) -> str:
    return next((environment[name] for name in names if environment.get(name)), "")
