"""The table of everything that reads files while a crate is compiled. A new mechanism is one entry here.

An entry counts when the package depends on one of its crates (always, when it names none). The sources of the rules are
the macros' own code; `include!` and `mod` are not here but in modules.py, since what they name is Rust again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from flakegen.embed import sqlx, templates
from flakegen.embed.declared import Declared, Trigger, reader_of
from flakegen.embed.inputs import InputRole
from flakegen.embed.prefilter import Finder, finders
from flakegen.embed.readers import (
    Base,
    Reader,
    assigned_folder,
    either_file,
    file_argument,
    fixed,
    folder_argument,
    glob_folder,
    literal_files,
    named_files,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mechanism:
    """One way to read files.

    Attributes:
        rule: the name of the rule, in which `*` stands for what is used: `name!`, `#[name]` or `#[derive(Name)]`.
        role: TEST for what only tests read, wherever the use stands.
    """

    read: Reader
    crates: tuple[str, ...] = ()
    macros: tuple[str, ...] = ()
    attributes: tuple[str, ...] = ()
    derives: tuple[str, ...] = ()
    rule: str = "*"
    role: InputRole = InputRole.PRODUCTION

    def rule_of(self, trigger: str) -> str:
        """The short standard name by which people know this use of files."""
        return self.rule.replace("*", trigger)


_SQLX_QUERIES = (
    "query",
    "query_as",
    "query_scalar",
    "query_unchecked",
    "query_as_unchecked",
    "query_scalar_unchecked",
)
_SQLX_FILES = (
    *("query_file", "query_file_as", "query_file_scalar"),
    *("query_file_unchecked", "query_file_as_unchecked", "query_file_scalar_unchecked"),
)
_INSTA = (
    *("assert_snapshot", "assert_debug_snapshot", "assert_json_snapshot", "assert_yaml_snapshot"),
    *("assert_ron_snapshot", "assert_toml_snapshot", "assert_csv_snapshot", "assert_compact_debug_snapshot"),
    *("assert_compact_json_snapshot", "assert_binary_snapshot", "glob"),
)

MECHANISMS: tuple[Mechanism, ...] = (
    # The compiler itself.
    Mechanism(macros=("include_str", "include_bytes"), read=file_argument(Base.FILE)),
    Mechanism(
        attributes=("debugger_visualizer",),
        read=named_files(Base.FILE, "gdb_script_file", "natvis_file"),
    ),
    # Databases.
    Mechanism(crates=("sqlx",), macros=("migrate",), rule="sqlx::*", read=sqlx.read_migrations),
    Mechanism(crates=("sqlx",), macros=_SQLX_QUERIES, rule="sqlx::*", read=sqlx.read_query),
    Mechanism(crates=("sqlx",), macros=_SQLX_FILES, rule="sqlx::*", read=sqlx.read_query_file),
    Mechanism(
        crates=("es_entity", "sqlx"), macros=("es_query",), derives=("EsRepo",), read=sqlx.read_all_prepared
    ),
    Mechanism(crates=("sqlx",), attributes=("sqlx::test",), role=InputRole.TEST, read=sqlx.read_test),
    Mechanism(
        crates=("refinery",),
        macros=("embed_migrations",),
        rule="refinery::*",
        read=folder_argument(Base.PACKAGE, default="migrations", pattern=r"[UV][0-9.]+__.*\.(sql|rs)"),
    ),
    Mechanism(
        crates=("diesel_migrations",),
        macros=("embed_migrations",),
        rule="diesel_migrations::*",
        read=templates.read_diesel_migrations,
    ),
    # Folders of files.
    Mechanism(crates=("include_dir",), macros=("include_dir",), read=folder_argument(Base.WORKSPACE)),
    Mechanism(
        crates=("rust_embed", "rust_embed_for_web"),
        attributes=("folder",),
        rule="#[derive(RustEmbed)] folder",
        read=assigned_folder(Base.PACKAGE),
    ),
    Mechanism(crates=("include_flate",), macros=("flate",), read=literal_files(Base.PACKAGE)),
    # Templates.
    Mechanism(
        crates=("askama",),
        attributes=("template",),
        rule="askama *",
        read=templates.template_folders("askama.toml"),
    ),
    Mechanism(
        crates=("rinja",),
        attributes=("template",),
        rule="rinja *",
        read=templates.template_folders("rinja.toml"),
    ),
    Mechanism(
        crates=("sailfish", "sailfish_macros"),
        attributes=("template",),
        rule="sailfish *",
        read=templates.template_folders("sailfish.toml"),
    ),
    Mechanism(
        crates=("gtk4", "gtk"), attributes=("template",), rule="gtk *", read=templates.read_gtk_template
    ),
    # Schemas.
    Mechanism(
        crates=("graphql_client",),
        attributes=("graphql",),
        read=named_files(Base.PACKAGE, "schema_path", "query_path"),
    ),
    Mechanism(
        crates=("cynic",),
        attributes=("cynic", "cynic::schema_for_derives"),
        read=named_files(Base.PACKAGE, "schema_path", "file", "query_path"),
    ),
    Mechanism(crates=("cynic",), macros=("use_schema",), rule="cynic::*", read=file_argument(Base.PACKAGE)),
    Mechanism(crates=("wasmtime", "wit_bindgen"), macros=("bindgen", "generate"), read=templates.read_wit),
    Mechanism(crates=("pest_derive", "pest"), attributes=("grammar",), read=either_file("", "src")),
    Mechanism(
        crates=("progenitor", "typify", "schemafy", "alloy_sol_types", "alloy", "ethers", "wayland_scanner"),
        macros=(
            *("generate_api", "import_types", "schemafy", "sol", "abigen"),
            *("generate_interfaces", "generate_client_code", "generate_server_code"),
        ),
        read=literal_files(Base.PACKAGE),
    ),
    Mechanism(
        crates=("subxt",),
        attributes=("subxt::subxt", "subxt"),
        read=named_files(Base.PACKAGE, "runtime_metadata_path"),
    ),
    # Languages.
    Mechanism(
        crates=("rust_i18n",),
        macros=("i18n",),
        rule="rust_i18n::*",
        read=folder_argument(Base.PACKAGE, default="locales"),
    ),
    # Its other settings stand in the manifest's metadata.
    Mechanism(
        crates=("rust_i18n",),
        macros=("i18n",),
        rule="rust_i18n::*",
        read=fixed(Base.PACKAGE, files=("Cargo.toml",)),
    ),
    Mechanism(crates=("i18n_embed_fl",), macros=("fl",), rule="i18n_embed_fl::*", read=templates.read_fluent),
    Mechanism(
        crates=("leptos_i18n",),
        macros=("load_locales",),
        rule="leptos_i18n::*",
        read=fixed(Base.PACKAGE, folders=("locales",)),
    ),
    # Web, graphics, applications.
    Mechanism(crates=("wasm_bindgen",), attributes=("wasm_bindgen",), read=templates.read_wasm_module),
    Mechanism(
        crates=("tauri",),
        macros=("generate_context", "tauri_build_context"),
        rule="tauri::*",
        read=templates.read_tauri,
    ),
    Mechanism(
        crates=("wgpu", "egui"),
        macros=("include_wgsl", "include_spirv", "include_spirv_raw", "include_image"),
        read=file_argument(Base.FILE),
    ),
    Mechanism(crates=("vulkano_shaders",), macros=("shader",), read=named_files(Base.PACKAGE, "path")),
    # The manifest as text.
    Mechanism(
        crates=("document_features",),
        macros=("document_features",),
        read=fixed(Base.PACKAGE, files=("Cargo.toml",)),
    ),
    # Tests that read when they run.
    Mechanism(crates=("rstest",), attributes=("files",), role=InputRole.TEST, read=glob_folder(Base.PACKAGE)),
    Mechanism(
        crates=("expect_test",), macros=("expect_file",), role=InputRole.TEST, read=literal_files(Base.FILE)
    ),
    Mechanism(
        crates=("insta",),
        macros=_INSTA,
        role=InputRole.TEST,
        read=fixed(Base.FILE, folders=("snapshots",), pattern=r".*\.snap(\..*)?"),
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """The table as one package sees it: entries by what triggers them, and what finds the files that matter."""

    macros: Mapping[str, tuple[Mechanism, ...]]
    attributes: Mapping[str, tuple[Mechanism, ...]]
    derives: Mapping[str, tuple[Mechanism, ...]]
    wanted: frozenset[str]
    finders: tuple[Finder, ...]


def _declared(item: Declared) -> Mechanism:
    match item.trigger:
        case Trigger.MACRO:
            return Mechanism(macros=(item.name,), read=reader_of(item))
        case Trigger.ATTRIBUTE:
            return Mechanism(attributes=(item.name,), read=reader_of(item))


@lru_cache(maxsize=256)
def vocabulary(dependency_names: frozenset[str], declared: tuple[Declared, ...] = ()) -> Vocabulary:
    """The entries that count for a package with these dependencies (crate names, `_` or `-`), and a user's own."""
    names = {name.replace("-", "_") for name in dependency_names}
    active = [item for item in MECHANISMS if not item.crates or names.intersection(item.crates)]
    active += [_declared(item) for item in declared]
    macros: dict[str, tuple[Mechanism, ...]] = {}
    attributes: dict[str, tuple[Mechanism, ...]] = {}
    derives: dict[str, tuple[Mechanism, ...]] = {}
    for item in active:
        for table, triggers in (
            (macros, item.macros),
            (attributes, item.attributes),
            (derives, item.derives),
        ):
            for trigger in triggers:
                table[trigger] = (*table.get(trigger, ()), item)
    wanted = frozenset(attributes) | ({"derive"} if derives else frozenset())
    return Vocabulary(
        macros=macros,
        attributes=attributes,
        derives=derives,
        wanted=wanted,
        finders=finders({*macros, "include"}, {*attributes, *derives}),
    )
