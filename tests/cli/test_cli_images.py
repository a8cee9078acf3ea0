"""Images and what is known of their packages: paths that nothing provides are told before anything is built."""

import pytest
from small_projects import CARGO, WORKSPACE, run_process, write_files

IMAGE = """
[packages]
also = "@{packages.tool}"
wrapped = { wrap = "@{packages.also}" }
both = { join = ["@{packages.wrapped}", "@{packages.shell}"] }

[images.one]
"""


@pytest.fixture
def compile_image(tmp_path):
    def compile_image(text):
        write_files(
            tmp_path, WORKSPACE | {"specs/p.toml": CARGO + IMAGE + text, "specs/app/run": "#!/bin/sh\n"}
        )
        return run_process("compile", "specs/p.toml", cwd=tmp_path)

    return compile_image


PROVIDED = {
    "a program": 'contents = ["@{packages.tool}"]\nentrypoint = ["/bin/tool"]\n',
    "a second name": 'contents = ["@{packages.also}"]\nentrypoint = ["/bin/tool"]\n',
    "a wrapped program": 'contents = ["@{packages.wrapped}"]\nentrypoint = ["/bin/tool"]\n',
    "what only building tells": 'contents = ["@{packages.both}"]\nentrypoint = ["/bin/anything"]\n',
    "nixpkgs": 'contents = ["jq"]\nentrypoint = ["/bin/jq"]\n',
    "a file": 'files = { "/run" = "app/run" }\nentrypoint = ["/run"]\n',
    "a file in a folder": 'files = { "/" = "app" }\nentrypoint = ["/run"]\n',
    "a store path": 'entrypoint = ["@{packages.tool}/bin/tool"]\n',
    "the usual": 'files = { "/run" = "app/run" }\nentrypoint = ["/run"]\npaths = ["/tmp", "/etc/ssl/certs"]\n',
}

UNPROVIDED = {
    'contents = ["@{packages.tool}"]\nentrypoint = ["/bin/tol"]\n': (
        "images.one.entrypoint[0] names '/bin/tol', and nothing in the image provides it [E250]",
        '| entrypoint = ["/bin/tol"]',
        "hint: did you mean '/bin/tool'?",
    ),
    'contents = ["@{packages.wrapped}"]\nentrypoint = ["/bin/other-thing"]\n': (
        "names '/bin/other-thing'",
        "hint: its programs are '/bin/tool'",
    ),
    'contents = ["jq"]\nentrypoint = ["/usr/bin/jq"]\n': (
        "names '/usr/bin/jq'",
        "add to 'contents' or 'files'",
    ),
    'contents = ["jq"]\nentrypoint = ["jq"]\n': ("begins with 'jq', which is no path in the image [E132]",),
    'contents = ["@{packages.tool}"]\nentrypoint = ["tool"]\n': ("hint: did you mean '/bin/tool'?",),
    'files = { "/app" = "app" }\nentrypoint = ["/app/walk"]\n': ("names '/app/walk'",),
    'contents = ["jq"]\nentrypoint = ["/bin/jq"]\npaths = ["/app", "/etc/ssl/other"]\n': (
        "images.one.paths[0] names '/app'",
        "images.one.paths[1] names '/etc/ssl/other'",
    ),
    'contents = ["jq"]\nentrypoint = ["/bin/jq"]\ncertificates = false\npaths = ["/etc/ssl/certs"]\n': (
        "names '/etc/ssl/certs'",
    ),
}
DOWNLOAD = 'dockerfiles = { download = "https://example.org/{program}" }\n'
NO_DOCKERFILE = {
    'files = { "/app" = "app" }\nentrypoint = ["/app/run"]\n'
    + DOWNLOAD: ("which exclude each other [E109]",),
    'contents = ["jq"]\nentrypoint = ["@{pkgs.jq}/bin/jq"]\n'
    + DOWNLOAD: (
        "refers to 'pkgs.jq', which no Dockerfile can [E142]",
        "a Dockerfile is for a program in /bin",
    ),
    'contents = ["jq"]\nentrypoint = ["/bin/jq"]\nenv = { A = "a\\nb" }\n'
    + DOWNLOAD: ("images.one.env.A must not hold a line break", "[E112]"),
}


@pytest.mark.parametrize("text", PROVIDED.values(), ids=PROVIDED)
def test_what_is_provided_compiles(compile_image, text):
    done = compile_image(text)
    assert done.code == 0, done.err


@pytest.mark.parametrize("text", [*UNPROVIDED, *NO_DOCKERFILE])
def test_what_is_not_is_told_where_it_stands(compile_image, text):
    done = compile_image(text)
    assert done.code == 2
    for each in (UNPROVIDED | NO_DOCKERFILE)[text]:
        assert each in done.err
    assert "Traceback" not in done.err


def test_a_version_that_is_no_tag_is_told(tmp_path):
    image = 'contents = ["jq"]\nentrypoint = ["/bin/jq"]\n'
    text = CARGO.replace('name = "tiny"', 'name = "tiny"\nversion = "1 2"') + IMAGE + image
    write_files(tmp_path, WORKSPACE | {"specs/p.toml": text})
    done = run_process("compile", "specs/p.toml", cwd=tmp_path)
    assert done.code == 2
    assert "images.one gets '1 2' for a tag, which is none [E125]" in done.err
    write_files(tmp_path, {"specs/p.toml": text + 'tag = "v@{project.version}"\n'})
    done = run_process("compile", "specs/p.toml", cwd=tmp_path)
    assert "images.one.tag gets 'v1 2' for a tag, which is none [E125]" in done.err


def test_a_file_that_comes_later_is_noticed(compile_image, tmp_path):
    text = 'files = { "/app" = "app" }\nentrypoint = ["/app/walk"]\n'
    assert compile_image(text).code == 2
    (tmp_path / "specs/app/walk").write_text("#!/bin/sh\n")
    assert run_process("compile", "specs/p.toml", cwd=tmp_path).code == 0
