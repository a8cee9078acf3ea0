"""Folders that template, locale and application macros take whole: their files refer to each other freely."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flakegen.embed.inputs import FindingKind
from flakegen.embed.lexer import string_value, strings_in
from flakegen.embed.paths import join
from flakegen.embed.readers import Invocation, Reader, inner, named_values
from flakegen.embed.settings import json_value, toml_value

if TYPE_CHECKING:
    from flakegen.embed.lexer import Tree


def _literals(items: tuple[Tree, ...]) -> list[str]:
    return [string_value(token.text) or "" for token in strings_in(items)]


def template_folders(settings: str) -> Reader:
    """`#[template(path = "x")]`: the folders that the settings file names, or `templates`."""

    def read(use: Invocation) -> None:
        named = dict(named_values(inner(use)))
        configured = _literals(named.get("config", ()))
        file = join(use.package_dir, configured[0] if configured else settings)
        if file is None:
            return
        use.collector.add_file(file, use.place, named=bool(configured))
        folders = toml_value(use.disk, file, "general", "dirs")
        if folders is None:
            folders = toml_value(use.disk, file, "template_dirs")
        places = (
            [each for each in folders if isinstance(each, str)]
            if isinstance(folders, list)
            else ["templates"]
        )
        for folder in places:
            use.add_folder(use.package_dir, folder, named=False)
        for template in _literals(named.get("path", ())):
            paths = [join(use.package_dir, f"{folder}/{template}") for folder in places]
            if not any(path is not None and use.disk.is_file(path) for path in paths):
                message = f"the template `{template}` is in none of the folders {', '.join(places)}"
                use.collector.find(use.place, FindingKind.ABSENT, message)

    return read


def read_gtk_template(use: Invocation) -> None:
    """`#[template(file = "x.ui")]` of gtk4: beside the Rust file, or below the package's `src`."""
    for name, value in named_values(inner(use)):
        if name in ("file", "filename"):
            for path in _literals(value):
                use.add_file(use.file_dir, path)


def read_fluent(use: Invocation) -> None:
    """`fl!`: i18n.toml and the folder of its ftl files."""
    settings = join(use.package_dir, "i18n.toml") or ""
    use.collector.add_file(settings, use.place, named=False)
    folder = toml_value(use.disk, settings, "fluent", "assets_dir")
    use.add_folder(use.package_dir, folder if isinstance(folder, str) else "i18n", named=False)


def read_wit(use: Invocation) -> None:
    """`bindgen!` and `generate!`: `path:` (one or several), `"world" in "path"`, or the package's `wit`."""
    items = inner(use)
    named = dict(named_values(items))
    if "path" in named:
        paths = _literals(named["path"])
    else:
        loose = [(path, join(use.package_dir, path)) for path in _literals(items)]
        paths = ["wit", *(path for path, joined in loose if joined and use.disk.is_folder(joined))]
    for path in paths:
        use.add_folder(use.package_dir, path, named="path" in named)


def read_tauri(use: Invocation) -> None:
    """`generate_context!()`: the configuration, the folders beside it, and the frontend that it embeds."""
    given = _literals(use.arguments)
    files = given[:1] or ["tauri.conf.json", "tauri.conf.json5", "Tauri.toml"]
    for file in files:
        use.add_file(use.package_dir, file, named=bool(given))
    for folder in ("capabilities", "permissions", "icons"):
        use.add_folder(use.package_dir, folder, named=False)
    path = join(use.package_dir, files[0]) or ""
    for key in ("frontendDist", "distDir"):
        folder = json_value(use.disk, path, "build", key)
        if isinstance(folder, str) and "://" not in folder:
            use.add_folder(use.package_dir, folder)


def read_diesel_migrations(use: Invocation) -> None:
    """`embed_migrations!`: its argument, or the nearest `migrations` going up from the package's `src`."""
    pattern = r"(up|down)\.sql|metadata\.toml"
    given = _literals(use.arguments)
    if given:
        use.add_folder(use.package_dir, given[0], pattern=pattern)
        return
    folder = join(use.package_dir, "src") or "src"
    while True:
        candidate = f"{folder}/migrations" if folder else "migrations"
        if use.disk.is_folder(candidate) or not folder:
            break
        folder = folder.rpartition("/")[0]
    if not use.disk.is_folder(candidate):
        candidate = join(use.package_dir, "migrations") or "migrations"
    use.add_folder("", candidate, pattern=pattern)


def read_wasm_module(use: Invocation) -> None:
    """`#[wasm_bindgen(module = "/x.js")]`: from the package's folder; other names are npm packages."""
    for name, value in named_values(inner(use)):
        if name in ("module", "raw_module"):
            for path in _literals(value):
                if path.startswith("/"):
                    use.add_file(use.package_dir, path.removeprefix("/"))
                    use.add_file(use.package_dir, "package.json", named=False)
