"""What a scan of a whole workspace knows beyond one package: configuration, variables, crates that local ones hand on."""

from hashlib import sha256
from pathlib import Path

import pytest
from embed_tree import write

from flakegen.embed.inputs import TargetInputs
from flakegen.pipeline.workspace_project import WorkspaceProject

SQL = "select 1"
PREPARED = f"query-{sha256(SQL.encode()).hexdigest()}.json"


def manifest(name: str, *needs: str, section: str = "dependencies") -> str:
    lines = [f'{need} = {{ path = "../{need}" }}' for need in needs]
    head = f'[package]\nname = "{name}"\nversion = "1.2.3"\nedition = "2021"\n'
    return head + "\n".join([f"[{section}]", *lines]) + "\n"


def workspace(root: Path, crates: dict[str, str], files: dict[str, str]) -> Path:
    """A workspace of crates/<name>, with manifests and libraries of their own, that needs no registry."""
    lock = "version = 4\n"
    for name, text in sorted(crates.items()):
        needs = [line.partition(" ")[0] for line in text.splitlines() if "path = " in line]
        listed = "".join(f' "{need}",\n' for need in sorted(needs))
        lock += f'\n[[package]]\nname = "{name}"\nversion = "1.2.3"\n'
        lock += f"dependencies = [\n{listed}]\n" if needs else ""
    return write(
        root,
        {
            "Cargo.toml": '[workspace]\nresolver = "2"\nmembers = ["crates/*"]\n',
            "Cargo.lock": lock,
            **{f"crates/{name}/Cargo.toml": text for name, text in crates.items()},
            **{f"crates/{name}/src/lib.rs": "" for name in crates},
            **files,
        },
    )


def library(root: Path, name: str) -> TargetInputs:
    files = WorkspaceProject(str(root), None).files
    assert files is not None
    return files.inputs[f"crates/{name}"].targets[0]


def test_crates_that_local_ones_hand_on_can_be_named(tmp_path):
    crates = {
        "sqlx": manifest("sqlx"),
        "db": manifest("db", "sqlx"),
        "facade": manifest("facade", "db"),
        "app": manifest("app", "facade"),
        "other": manifest("other", "db", section="dev-dependencies"),
        "last": manifest("last", "other"),
    }
    code = f'fn f() {{ facade::db::sqlx::query!("{SQL}"); }}'
    users = {f"crates/{name}/src/lib.rs": code for name in ("app", "last")}
    root = workspace(tmp_path, crates, {**users, f".sqlx/{PREPARED}": ""})
    assert library(root, "app").files == (f".sqlx/{PREPARED}",)
    assert library(root, "last").files == ()


@pytest.mark.parametrize(
    ("value", "place"),
    [
        ('"queries"', "queries"),
        ('{ value = "queries", relative = true }', "queries"),
        ('{ value = "crates/app/../../q/deep", relative = true, force = true }', "q/deep"),
        ('"nowhere"', ".sqlx"),
    ],
)
def test_the_folder_of_prepared_queries_can_be_configured(tmp_path, value, place):
    crates = {"sqlx": manifest("sqlx"), "app": manifest("app", "sqlx")}
    files = {
        "crates/app/src/lib.rs": f'fn f() {{ sqlx::query!("{SQL}"); }}',
        f"{place}/{PREPARED}": "",
        f".sqlx/{PREPARED}": "",
        ".cargo/config.toml": f"[env]\nSQLX_OFFLINE_DIR = {value}\n",
    }
    found = library(workspace(tmp_path, crates, files), "app")
    assert found.files == (f"{place}/{PREPARED}",)
    assert found.sqlx_offline_dir == place


def test_variables_of_the_configuration_and_of_the_package_name_files(tmp_path):
    code = """
        const A: &str = include_str!(concat!(env!("CARGO_WORKSPACE_DIR"), "data/a.txt"));
        const B: &str = include_str!(concat!(env!("DATA"), "/b.txt"));
        const C: &str = include_str!(concat!(env!("CARGO_PKG_NAME"), env!("CARGO_PKG_VERSION_MINOR"), ".txt"));
        const D: &str = include_str!(env!("CARGO_MANIFEST_PATH"));
    """
    config = (
        'CARGO_WORKSPACE_DIR = { value = "", relative = true }\nDATA = { value = "data", relative = true }\n'
    )
    files = {
        "crates/app/src/lib.rs": code,
        ".cargo/config.toml": f"[env]\n{config}",
        **dict.fromkeys(("data/a.txt", "data/b.txt", "crates/app/src/app2.txt"), ""),
    }
    found = library(workspace(tmp_path, {"app": manifest("app")}, files), "app")
    assert found.files == ("crates/app/Cargo.toml", "crates/app/src/app2.txt", "data/a.txt", "data/b.txt")
    assert found.findings == ()
