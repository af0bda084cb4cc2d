"""Which language a file is written in, and how its definitions are recognised: one grammar and one query each."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tree_sitter import Language as Grammar
    from tree_sitter import Query


@dataclass(frozen=True, slots=True)
class Language:
    """One language by its grammar.

    In the query a capture names the kind of a definition, `name` what it is called, `receiver` what it belongs to;
    `scope` holds definitions without being one, `reference` is a name that most likely stands for something defined
    elsewhere: called, imported, a type.
    """

    name: str
    package: str
    function: str
    """What returns the grammar in the package."""
    query: str


_JAVASCRIPT = """
(class_declaration name: (_) @name) @class
(function_declaration name: (identifier) @name) @function
(generator_function_declaration name: (identifier) @name) @function
(method_definition name: (_) @name) @method
(variable_declarator name: (identifier) @name value: [(arrow_function) (function_expression)]) @function
(assignment_expression left: (member_expression property: (property_identifier) @name)
  right: [(arrow_function) (function_expression)]) @function
(program [(lexical_declaration (variable_declarator name: (identifier) @name) @constant)
  (export_statement (lexical_declaration (variable_declarator name: (identifier) @name) @constant))])
"""
_TYPESCRIPT = (
    _JAVASCRIPT
    + """
(abstract_class_declaration name: (_) @name) @class
(interface_declaration name: (_) @name) @interface
(type_alias_declaration name: (_) @name) @type
(enum_declaration name: (_) @name) @enum
(method_signature name: (_) @name) @method
(abstract_method_signature name: (_) @name) @method
(function_signature name: (_) @name) @function
(internal_module name: (_) @name) @module
"""
)
_PYTHON = """
(class_definition name: (identifier) @name) @class
(function_definition name: (identifier) @name) @function
(module (expression_statement (assignment left: (identifier) @name)) @constant)
(class_definition body: (block (expression_statement (assignment left: (identifier) @name)) @field))
(type_alias_statement left: (type (identifier) @name)) @type
"""
_GO = """
(function_declaration name: (identifier) @name) @function
(method_declaration receiver: (_) @receiver name: (field_identifier) @name) @method
(type_spec name: (type_identifier) @name) @type
(type_alias name: (type_identifier) @name) @type
(method_elem name: (field_identifier) @name) @method
(source_file (const_declaration (const_spec name: (identifier) @name) @constant))
(source_file (var_declaration (var_spec name: (identifier) @name) @constant))
"""
_RUST = """
(function_item name: (identifier) @name) @function
(function_signature_item name: (identifier) @name) @function
(struct_item name: (type_identifier) @name) @struct
(union_item name: (type_identifier) @name) @struct
(enum_item name: (type_identifier) @name) @enum
(trait_item name: (type_identifier) @name) @trait
(type_item name: (type_identifier) @name) @type
(mod_item name: (identifier) @name) @module
(impl_item type: (_) @name) @scope
(const_item name: (identifier) @name) @constant
(static_item name: (identifier) @name) @constant
(macro_definition name: (identifier) @name) @macro
"""
_JAVA = """
(class_declaration name: (identifier) @name) @class
(interface_declaration name: (identifier) @name) @interface
(enum_declaration name: (identifier) @name) @enum
(record_declaration name: (identifier) @name) @class
(annotation_type_declaration name: (identifier) @name) @interface
(method_declaration name: (identifier) @name) @method
(constructor_declaration name: (identifier) @name) @method
(field_declaration declarator: (variable_declarator name: (identifier) @name)) @field
"""
_CALLS = """
(call_expression function: (identifier) @reference)
(call_expression function: (member_expression property: (property_identifier) @reference))
(new_expression constructor: (identifier) @reference)
(import_specifier name: (identifier) @reference)
"""
_ELEMENTS = """
(jsx_opening_element name: (identifier) @reference)
(jsx_self_closing_element name: (identifier) @reference)
"""
_REFERENCES = {
    "python": """
(call function: (identifier) @reference)
(call function: (attribute attribute: (identifier) @reference))
(import_from_statement name: (dotted_name (identifier) @reference))
(decorator (identifier) @reference)
(class_definition superclasses: (argument_list (identifier) @reference))
(type (identifier) @reference)
""",
    "javascript": f"{_CALLS}{_ELEMENTS}(class_heritage (identifier) @reference)",
    "typescript": f"{_CALLS}(extends_clause value: (identifier) @reference) (type_identifier) @reference",
    "tsx": f"{_CALLS}{_ELEMENTS}(extends_clause value: (identifier) @reference) (type_identifier) @reference",
    "go": """
(call_expression function: (identifier) @reference)
(call_expression function: (selector_expression field: (field_identifier) @reference))
(type_identifier) @reference
""",
    "rust": """
(call_expression function: (identifier) @reference)
(call_expression function: (scoped_identifier name: (identifier) @reference))
(call_expression function: (field_expression field: (field_identifier) @reference))
(macro_invocation macro: (identifier) @reference)
(type_identifier) @reference
""",
    "java": "(method_invocation name: (identifier) @reference) (type_identifier) @reference",
}
_MENTIONS = {
    "python": "(identifier) @mention",
    "javascript": "[(identifier) (property_identifier) (shorthand_property_identifier)] @mention",
    "typescript": "[(identifier) (property_identifier) (type_identifier) (shorthand_property_identifier)] @mention",
    "go": "[(identifier) (field_identifier) (type_identifier)] @mention",
    "rust": "[(identifier) (field_identifier) (type_identifier) (shorthand_field_identifier)] @mention",
    "java": "[(identifier) (type_identifier)] @mention",
}
_LANGUAGES = {
    "python": Language("python", "tree_sitter_python", "language", _PYTHON),
    "javascript": Language("javascript", "tree_sitter_javascript", "language", _JAVASCRIPT),
    "typescript": Language("typescript", "tree_sitter_typescript", "language_typescript", _TYPESCRIPT),
    "tsx": Language("typescript", "tree_sitter_typescript", "language_tsx", _TYPESCRIPT),
    "go": Language("go", "tree_sitter_go", "language", _GO),
    "rust": Language("rust", "tree_sitter_rust", "language", _RUST),
    "java": Language("java", "tree_sitter_java", "language", _JAVA),
}
_ENDINGS = {
    ".py": "python", ".pyi": "python", ".js": "javascript", ".jsx": "javascript", ".mjs": "javascript",
    ".cjs": "javascript", ".ts": "typescript", ".mts": "typescript", ".cts": "typescript", ".tsx": "tsx", ".go": "go",
    ".rs": "rust", ".java": "java",
}  # fmt: skip
NAMES = tuple(sorted({language.name for language in _LANGUAGES.values()}))


def language_of(path: str) -> str | None:
    """Return the key of the grammar a file is read with, by its name; None for every other language."""
    dot = path.rfind(".")
    return _ENDINGS.get(path[dot:].lower()) if dot > path.rfind("/") else None


@cache
def grammar(key: str) -> tuple[Grammar, Query]:
    """Load a grammar with its query, once in the life of the program."""
    from tree_sitter import Language as Grammar
    from tree_sitter import Query

    language = _LANGUAGES[key]
    loaded = Grammar(getattr(import_module(language.package), language.function)())
    wanted = f"{language.query}\n{_MENTIONS[language.name]}\n{_REFERENCES[key]}\n(ERROR) @error\n(MISSING) @missing"
    return loaded, Query(loaded, wanted)
