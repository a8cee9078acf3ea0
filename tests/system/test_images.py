"""Images made by real Nix: their programs start in their files alone, and their contracts hold them to the spec."""

import json
import subprocess
import sys
import tarfile
from dataclasses import dataclass
from pathlib import Path

import pytest
from container import Container, read, run_in, start, unpack
from lana import IMAGES, Lana, flakegen
from real_nix import CHECKOUT, Nix
from stand_in import StandIn

TMP = "/tmp"  # noqa: S108  # an image's
CONTRACT = CHECKOUT / "flakegen/outputs/flake/runtime/image_contract.py"
STARTED = {
    "docker-image": (("--version",), "lana-cli 0.42.0 (commit unknown"),
    "lana-bank": (("--version",), "lana-cli 0.42.0 (commit unknown"),
    "lana-bank-admin-panel": ((), "stand-in node 20.19.0: /app/server.js"),
    "lana-bank-customer-portal": ((), "stand-in node 20.19.0: /app/server.js"),
    "dagster-code-location-lana-dw": ((), '"location": "lana-dw"'),
}


@dataclass(frozen=True, kw_only=True)
class Built:
    """An image, and what its contract expects of it."""

    tar: Path
    container: Container
    expected: str


@pytest.fixture(scope="module")
def built(lana: Lana) -> dict[str, Path]:
    return dict(zip(IMAGES, lana.build(*(f"packages.x86_64-linux.{name}" for name in IMAGES)), strict=True))


def test_every_contract_holds(lana: Lana):
    lana.build(*(f"checks.x86_64-linux.{name}-contract" for name in IMAGES))


@pytest.mark.parametrize("name", STARTED)
def test_the_entrypoint_starts_as_its_user_in_the_images_files(built, tmp_path: Path, name: str):
    config = read(built[name]).config
    unpack(built[name], tmp_path)
    arguments, told = STARTED[name]
    assert told in start(tmp_path, config, *arguments)
    assert run_in(tmp_path, config, "/usr/bin/touch", f"{TMP}/mine") == ""
    assert config["config"]["User"] == "65532:65532"


def test_the_image_holds_programs_certificates_and_nothing_else(built, lana: Lana, tmp_path: Path):
    unpack(built["docker-image"], tmp_path)
    store = lana.nix.home.resolve().parts[1]  # `nix` on a user's machine
    assert {path.name for path in (tmp_path / "bin").iterdir()} == {
        "lana-cli",
        "admin-server",
        "customer-server",
    }
    assert {path.name for path in tmp_path.iterdir()} - {store} == {"bin", "etc", "tmp"} - {store}
    assert {path.name for path in (tmp_path / "etc/ssl/certs").iterdir()} == {
        "ca-bundle.crt",
        "ca-certificates.crt",
    }


def test_the_release_images_are_called_as_their_registry_wants(built):
    assert [read(built[name]).manifest["RepoTags"] for name in IMAGES] == [
        ["lana:0.42.0"],
        ["gcr.io/galoyorg/lana-bank:0.42.0"],
        ["gcr.io/galoyorg/lana-bank-admin-panel:0.42.0"],
        ["gcr.io/galoyorg/lana-bank-customer-portal:0.42.0"],
        ["us.gcr.io/galoyorg/dagster-code-location-lana-dw:0.42.0"],
    ]


def test_it_is_the_same_when_it_is_built_again(lana: Lana, built):
    assert built["lana-bank-admin-panel"].exists()
    lana.nix.run(
        "build",
        "--no-link",
        "--rebuild",
        *lana.nixpkgs.flake_args,
        f"{lana.flake}#packages.x86_64-linux.lana-bank-admin-panel",
    )


@pytest.fixture(scope="module")
def panel(lana: Lana, built) -> Built:
    flake = f"{lana.flake}#checks.x86_64-linux.lana-bank-admin-panel-contract"
    expected = lana.nix.eval(*lana.nixpkgs.flake_args, f"{flake}.drvAttrs.expected")
    tar = built["lana-bank-admin-panel"]
    return Built(tar=tar, container=read(tar), expected=expected)


def contract(tar: Path, expected: str, folder: Path) -> subprocess.CompletedProcess[str]:
    (folder / "expected.json").write_text(expected)
    return subprocess.run(
        [sys.executable, "-I", CONTRACT, tar, folder / "expected.json"],
        capture_output=True,
        text=True,
        check=False,
    )


def configured(**values):
    return lambda image: image.config["config"].update(values)


def mode(name, value):
    return lambda image: setattr(image.find(name)[0], "mode", value)


def dated(image):
    image.find("tmp")[0].mtime = 1763690000


def looped(image):
    image.remove("bin/node")
    image.add("bin/node", type=tarfile.SYMTYPE, linkname="node")


def dangling(image):
    image.remove("bin/node")
    image.add("bin/node", type=tarfile.SYMTYPE, linkname="/nowhere/node")


def renamed(image):
    image.manifest["RepoTags"] = ["other:latest"]


def store(name):
    def change(image):
        names = (each.name for layer in image.layers for each, _ in layer)
        folder = next(name for name in names if name.endswith("-lana-bank-admin-panel-files")).rpartition(
            "/"
        )[0]
        image.add(f"{folder}/{'0' * 32}-{name}/lib/x")

    return change


MUTATIONS = {
    "no entrypoint": (lambda image: image.remove("bin/node"), "entrypoint /bin/node is not there"),
    "an entrypoint that leads nowhere": (dangling, "entrypoint /bin/node is not there"),
    "an entrypoint in a circle": (looped, "entrypoint /bin/node is not there"),
    "an entrypoint that is a folder": (
        lambda image: image.add("bin/node", type=tarfile.DIRTYPE, mode=0o755),
        "entrypoint /bin/node cannot be executed by 65532:65532",
    ),
    "an entrypoint that only root may run": (
        lambda image: image.add("bin/node", b"x", 0o744),
        "entrypoint /bin/node cannot be executed by 65532:65532",
    ),
    "a group's entrypoint": (
        lambda image: image.add("bin/node", b"x", 0o701, gid=65532),
        "entrypoint /bin/node cannot be executed by 65532:65532",
    ),
    "another entrypoint": (configured(Entrypoint=["/bin/sh"]), "its Entrypoint is ['/bin/sh'], not"),
    "other arguments": (configured(Cmd=["--debug"]), "its Cmd is ['--debug'], not []"),
    "another environment": (configured(Env=["LD_PRELOAD=/x"]), "its Env is ['LD_PRELOAD=/x'], not"),
    "another folder": (configured(WorkingDir="/"), "its WorkingDir is /, not /app"),
    "root": (configured(User="0:0"), "it runs as 0:0, not as 65532:65532"),
    "nobody's": (configured(User=None), "it runs as root, not as 65532:65532"),
    "no account": (
        lambda image: image.add("etc/passwd", b"root:x:0:0::/:/bin/sh\n"),
        "/etc/passwd has no nonroot with the number 65532",
    ),
    "an account with another number": (
        lambda image: image.add("etc/passwd", b"nonroot:x:0:0::/:/bin/sh\n"),
        "/etc/passwd has no nonroot with the number 65532",
    ),
    "no group": (
        lambda image: image.add("etc/group", b""),
        "/etc/group has no nonroot with the number 65532",
    ),
    "no certificates": (
        lambda image: image.add("etc/ssl/certs/ca-bundle.crt", b"\n"),
        "/etc/ssl/certs/ca-bundle.crt holds no certificates",
    ),
    # A store below /tmp, which tests may have, brings a /tmp of its own.
    "no /tmp": (lambda image: image.remove("tmp"), f"{TMP} "),
    "a /tmp for everybody's files": (mode("tmp", 0o777), f"{TMP} has the mode 777, not 1777"),
    "a /tmp for root": (mode("tmp", 0o1755), f"{TMP} has the mode 1755, not 1777"),
    "a file of the day": (dated, f"{TMP} tell when they were made"),
    "an image of the day": (
        lambda image: image.config.update(created="2026-11-21T02:00:00Z"),
        "it is from 2026-11-21T02:00:00Z, not from 1970-01-01T00:00:01Z",
    ),
    "an image of no day": (
        lambda image: image.config.update(created=["today"]),
        "it is from ['today'], not from 1970-01-01T00:00:01Z",
    ),
    "a configuration that is none": (
        lambda image: image.config.update(config="none"),
        "is no image",
    ),
    "a path that is gone": (
        lambda image: image.remove("app/public/index.html"),
        "/app/public/index.html is not there",
    ),
    "a file taken away by a layer": (
        lambda image: image.add("app/public/.wh.index.html"),
        "/app/public/index.html is not there",
    ),
    "another name": (renamed, "it is called ['other:latest'], not"),
    "another system": (lambda image: image.config.update(os="windows"), "it is for 'windows', not for Linux"),
    "a compiler": (lambda image: image.add("usr/bin/gcc", b"x"), "/usr/bin/gcc have no business in an image"),
    "a compiler for another machine": (
        lambda image: image.add("opt/bin/aarch64-linux-gnu-gcc", b"x"),
        "/opt/bin/aarch64-linux-gnu-gcc have no business",
    ),
    "a toolchain of the store": (store("rustc-1.90.0"), "-rustc-1.90.0 are of the build"),
    "a compiler's wrapper": (store("gcc-wrapper-14.2.0"), "-gcc-wrapper-14.2.0 are of the build"),
    "a unit": (store("serde-1.0.0-lib.crate-unit"), ".crate-unit are of the build"),
    "a source": (store("lana-source"), "-lana-source are of the build"),
    "a derivation": (store("lana.drv"), "-lana.drv are of the build"),
    "a program that runs as root": (
        lambda image: image.add("bin/su", b"x", 0o4755),
        "/bin/su run as somebody else",
    ),
}


@pytest.mark.parametrize("name", MUTATIONS)
def test_a_changed_image_breaks_its_contract(panel: Built, tmp_path: Path, name: str):
    change, told = MUTATIONS[name]
    done = contract(panel.container.changed(change).write(tmp_path / "image.tar"), panel.expected, tmp_path)
    assert done.returncode == 1
    assert told in done.stderr
    assert "Traceback" not in done.stderr


def test_an_image_that_is_only_put_together_again_keeps_it(panel: Built, tmp_path: Path):
    for tar in (panel.tar, panel.container.write(tmp_path / "image.tar")):
        done = contract(tar, panel.expected, tmp_path)
        assert (done.returncode, done.stderr) == (0, "")


def test_libraries_of_a_compiler_may_be_there(panel: Built, tmp_path: Path):
    image = panel.container.changed(store("gcc-14.2.0-lib")).changed(store("gcc-14.2.0-libgcc"))
    assert contract(image.write(tmp_path / "image.tar"), panel.expected, tmp_path).returncode == 0


def test_an_entrypoint_may_be_a_second_name(panel: Built, tmp_path: Path):
    def linked(image: Container) -> None:
        image.remove("bin/node")
        image.add("opt/node", b"x")
        image.add("bin/node", type=tarfile.LNKTYPE, linkname="opt/node")
        image.layers[-2:] = [[*image.layers[-2], *image.layers[-1]]]

    image = panel.container.changed(linked)
    done = contract(image.write(tmp_path / "image.tar"), panel.expected, tmp_path)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("size", [0, 10, 2000, 3000])
def test_what_is_no_image_is_told(panel: Built, tmp_path: Path, size: int):
    tar = tmp_path / "image.tar"
    tar.write_bytes(panel.tar.read_bytes()[:size])
    done = contract(tar, panel.expected, tmp_path)
    assert done.returncode == 1
    assert "is no image" in done.stderr
    assert "Traceback" not in done.stderr


SPEC = r"""
[project]
name = "odd"
version = "1.2.3+build.5"
systems = ["x86_64-linux"]

[images.odd]
contents = ["jq"]
files = { "/it's $(touch x) \"y\"" = "odd.toml", "/" = "odd", "/odd/deep" = "odd" }
entrypoint = ["/odd/deep/run me", "$HOME", "it's", "${x}", "\"", "a\nb"]
paths = ["/it's $(touch x) \"y\"", "/run me", "/odd/deep/link"]
env = { NOTE = "it's $HOME \"${x}\"\n" }
work-dir = "/work dir/it's"
user = "1234:99"
certificates = false
created = "commit"

[images.root]
contents = ["nodejs_20"]
entrypoint = ["/bin/node"]
user = "root"

[images.with-compiler]
contents = ["gcc"]
entrypoint = ["/bin/gcc"]

[images.unprovided]
contents = ["jq"]
entrypoint = ["/bin/yq"]
"""


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory, nix: Nix, nixpkgs: StandIn) -> Lana:
    folder = tmp_path_factory.mktemp("odd")
    program = folder / "specs/odd/run me"
    program.parent.mkdir(parents=True)
    program.write_text('#!/usr/bin/env bash\nprintf "%s|" "$PWD" "$NOTE" "$@"\n')
    program.chmod(0o755)
    (program.parent / "link").symlink_to("run me")
    (folder / "specs/odd.toml").write_text(SPEC)
    flakegen("compile", "specs/odd.toml", cwd=folder)
    return Lana(folder=folder, nix=nix, nixpkgs=nixpkgs)


def odd_output(odd: Lana, output: str) -> tuple[str, ...]:
    flake = f"path:{odd.folder}?dir=generated/odd"
    return ("build", "--no-link", "--print-out-paths", "-L", *odd.nixpkgs.flake_args, f"{flake}#{output}")


def test_odd_names_and_words_arrive_as_they_are(odd: Lana, tmp_path: Path):
    odd.nix.run(*odd_output(odd, "checks.x86_64-linux.odd-contract"))
    tar = Path(odd.nix.run(*odd_output(odd, "odd")).strip())
    config = read(tar).config
    unpack(tar, tmp_path)
    assert start(tmp_path, config).split("|")[:-1] == [
        "/work dir/it's",
        'it\'s $HOME "${x}"\n',
        "$HOME",
        "it's",
        "${x}",
        '"',
        "a\nb",
    ]
    assert config["config"]["User"] == "1234:99"
    assert not config["created"].startswith("1970-")
    assert read(tar).manifest["RepoTags"] == ["odd:1.2.3-build.5"]


def test_an_image_for_root_says_so(odd: Lana):
    odd.nix.run(*odd_output(odd, "checks.x86_64-linux.root-contract"))


def test_an_image_with_a_compiler_breaks_its_contract_in_nix(odd: Lana):
    said = odd.nix.fails(*odd_output(odd, "checks.x86_64-linux.with-compiler-contract"))
    assert "have no business in an image" in said


def test_a_path_that_only_building_tells_breaks_its_contract_in_nix(odd: Lana):
    said = odd.nix.fails(*odd_output(odd, "checks.x86_64-linux.unprovided-contract"))
    assert "unprovided:1.2.3-build.5: its entrypoint /bin/yq is not there" in said


def test_what_is_expected_is_the_specs(panel: Built):
    expected = json.loads(panel.expected)
    assert expected["Entrypoint"] == ["/bin/node", "/app/server.js"]
    assert expected["paths"] == ["/app/public/index.html"]
    assert expected["account"] == "65532:65532"
    assert expected["certificates"] is True
