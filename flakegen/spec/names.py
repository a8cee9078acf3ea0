"""The forms of names: Nix attributes, variables, crates, features, targets, flake references."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flakegen.diagnostics.codes import Code
from flakegen.diagnostics.text import quoted
from flakegen.spec import values
from flakegen.spec.keypath import KeyPath, Part

if TYPE_CHECKING:
    from flakegen.spec.decoding import Converter, Decoding, Invalid
    from flakegen.spec.schema import Rule


@dataclass(frozen=True, slots=True, kw_only=True)
class NameForm:
    """What a name of one type looks like, and what is said of one that does not."""

    pattern: re.Pattern[str]
    code: Code
    what: str
    hint: str

    def check(self, run: Decoding, name: str, where: KeyPath, part: Part) -> str | Invalid:
        """Return ``name``, or report it at ``part`` of ``where``."""
        if self.pattern.fullmatch(name):
            return name
        message = f"{quoted(name)} is no valid {self.what}"
        return run.report(where, self.code, message, part=part, hint=self.hint)


_FLAKE_REFERENCE = re.compile(
    r"(?:github|gitlab|sourcehut):[^\s/?#:]+/[^\s/?#]+(?:/[^\s?#]+)?(?:\?[^\s#]*)?"
    r"|git\+(?:https?|ssh|git|file)://[^\s#]+"
    r"|(?:tarball\+|file\+)?https?://[^\s#]+"
    r"|(?:tarball|file)\+file://[^\s#]+"
    r"|path:[^\s#]+"
    r"|flake:[A-Za-z][A-Za-z0-9._-]*(?:/[^\s#]+)?"
    r"|\.{1,2}(?:/[^\s#]*)?"
)

_PART = r"[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*"
"""One part of an image's name (distribution, "Reference grammar")."""
_ID = r"(?:0|[1-9]\d{0,8})"

FORMS: dict[Any, NameForm] = {
    values.AttrName: NameForm(
        pattern=re.compile(r"[A-Za-z_][A-Za-z0-9_'-]*"),
        code=Code.BAD_ATTR_NAME,
        what="attribute name",
        hint="an attribute name is letters, digits, '_', '-' and \"'\", and begins with a letter or '_'",
    ),
    values.EnvName: NameForm(
        pattern=re.compile(r"[A-Za-z_][A-Za-z0-9_]*"),
        code=Code.BAD_ENV_NAME,
        what="environment variable",
        hint="a variable is letters, digits and '_', and does not begin with a digit",
    ),
    values.MacroName: NameForm(
        pattern=re.compile(r"[^\W\d]\w*"),
        code=Code.BAD_RUST_NAME,
        what="macro name",
        hint="a macro is named by its identifier alone, without path and '!'",
    ),
    values.AttributePath: NameForm(
        pattern=re.compile(r"[^\W\d]\w*(?:::[^\W\d]\w*)*"),
        code=Code.BAD_RUST_NAME,
        what="attribute",
        hint="an attribute is named as code writes it in '#[…]', up to its arguments: 'name' or 'path::name'",
    ),
    values.TaskName: NameForm(
        pattern=re.compile(r"(?!(?:help|[A-Za-z]*[Mm]akefile)\Z)[A-Za-z][A-Za-z0-9_-]*"),
        code=Code.BAD_ATTR_NAME,
        what="task name",
        hint="a task is letters, digits, '_' and '-', begins with a letter, and is neither 'help' nor a Makefile's name",
    ),
    values.CrateName: NameForm(
        pattern=re.compile(r"[A-Za-z_][A-Za-z0-9_-]*"),
        code=Code.BAD_CARGO_NAME,
        what="crate name",
        hint="a crate name is letters, digits, '_' and '-', and begins with a letter or '_'",
    ),
    values.RegistryName: NameForm(
        pattern=re.compile(r"[A-Za-z_][A-Za-z0-9_-]*|[a-z][a-z0-9+.-]*://[^\s\"]+"),
        code=Code.BAD_CARGO_NAME,
        what="registry",
        hint="a registry is 'crates-io', a name of .cargo/config.toml, or an index address of Cargo.lock",
    ),
    values.DownloadUrl: NameForm(
        pattern=re.compile(r"[a-z][a-z0-9+.-]*://[^\s\"]+"),
        code=Code.BAD_VALUE,
        what="download address",
        hint="a download address is as in a registry's config.json: https://host/{crate}/{version}/download",
    ),
    values.CacheName: NameForm(
        pattern=re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]*"),
        code=Code.BAD_VALUE,
        what="name of a cache",
        hint="a cache's name is letters, digits, '_' and '-'",
    ),
    values.CacheUrl: NameForm(
        pattern=re.compile(
            r"https?://[A-Za-z0-9.-]+(?::\d+)?(?:/[A-Za-z0-9._~%/-]*)?(?:\?[A-Za-z0-9._~%/:=&-]*)?"
            r"|s3://[A-Za-z0-9.-]+(?:\?[A-Za-z0-9._~%/:=&-]*)?"
        ),
        code=Code.BAD_VALUE,
        what="address of a cache",
        hint="a cache's address is 'https://host/path' or 's3://bucket?region=…'",
    ),
    values.PublicKey: NameForm(
        pattern=re.compile(r"[A-Za-z0-9._-]+:[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]="),
        code=Code.BAD_VALUE,
        what="public key",
        hint="a public key is its name, ':', and 32 bytes in base64 (44 characters, the last one '=')",
    ),
    values.JobName: NameForm(
        pattern=re.compile(r"[a-z][a-z0-9_-]*"),
        code=Code.BAD_VALUE,
        what="name in a CI",
        hint="a name in a CI is small letters, digits, '_' and '-', and begins with a letter",
    ),
    values.SecretName: NameForm(
        pattern=re.compile(r"(?:[A-Za-z0-9_-]+:)?[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*"),
        code=Code.BAD_VALUE,
        what="name of a secret",
        hint="a secret is named by letters, digits, '_', '-', and for Concourse also '.': cachix.token",
    ),
    values.Branch: NameForm(
        pattern=re.compile(r"(?!-)(?!.*(?:\.\.|//))[A-Za-z0-9_.-]+(?:/[A-Za-z0-9_.-]+)*"),
        code=Code.BAD_VALUE,
        what="branch",
        hint="a branch is letters, digits, '_', '.', '-' and '/'",
    ),
    values.Repository: NameForm(
        pattern=re.compile(r"[A-Za-z0-9][A-Za-z0-9-]*/[A-Za-z0-9_.-]+"),
        code=Code.BAD_VALUE,
        what="repository",
        hint="a repository is 'owner/name'",
    ),
    values.ImagePlace: NameForm(
        pattern=re.compile(
            r"[a-z0-9][a-z0-9._-]*(?::\d+)?(?:/[a-z0-9][a-z0-9._-]*)*(?::[A-Za-z0-9_][A-Za-z0-9._-]*)?"
        ),
        code=Code.BAD_VALUE,
        what="image",
        hint="an image is 'host/path', with ':tag' if need be, in small letters",
    ),
    values.RunnerName: NameForm(
        pattern=re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*"),
        code=Code.BAD_VALUE,
        what="runner",
        hint="a runner is named by one label, as ubuntu-latest",
    ),
    values.ProfileName: NameForm(
        pattern=re.compile(r"[A-Za-z0-9_-]+"),
        code=Code.BAD_CARGO_NAME,
        what="profile name",
        hint="a profile name is letters, digits, '_' and '-'",
    ),
    values.FeatureName: NameForm(
        pattern=re.compile(r"(?:[A-Za-z0-9_-]+\??/)?[A-Za-z0-9_][A-Za-z0-9_+.-]*"),
        code=Code.BAD_CARGO_NAME,
        what="feature",
        hint="a feature is written 'name' or 'dependency/name'",
    ),
    values.TargetTriple: NameForm(
        pattern=re.compile(r"[a-z0-9_.]+(?:-[a-z0-9_.]+){1,3}"),
        code=Code.BAD_CARGO_NAME,
        what="target",
        hint="a target is a triple that rustc knows, as wasm32-unknown-unknown",
    ),
    values.Channel: NameForm(
        pattern=re.compile(r"(?:stable|beta|nightly)(?:-\d{4}-\d\d-\d\d)?|\d+\.\d+(?:\.\d+)?"),
        code=Code.BAD_VALUE,
        what="channel",
        hint="a channel is stable, beta, nightly, nightly-2025-01-31 or a version as 1.85.0",
    ),
    values.FlakeUrl: NameForm(
        pattern=_FLAKE_REFERENCE,
        code=Code.BAD_FLAKE_URL,
        what="flake reference",
        hint="a flake reference is 'github:owner/repo', 'git+https://…', 'path:…' and the like",
    ),
    values.InputPath: NameForm(
        pattern=re.compile(r"[A-Za-z_][A-Za-z0-9_'-]*(?:/[A-Za-z_][A-Za-z0-9_'-]*)*"),
        code=Code.BAD_VALUE,
        what="input to follow",
        hint="an input to follow is a name, or names joined by '/'",
    ),
    values.Suffix: NameForm(
        pattern=re.compile(r"[A-Za-z0-9_'-]+"),
        code=Code.BAD_ATTR_NAME,
        what="suffix",
        hint="a suffix is letters, digits, '_', '-' and \"'\"",
    ),
    values.ImagePath: NameForm(
        pattern=re.compile(r"/|(?:/(?!\.{1,2}(?:/|\Z))[^/\x00-\x1f\x7f]+)+"),
        code=Code.BAD_PATH,
        what="path in an image",
        hint="a path in an image begins with '/', has no '.', '..' or empty part, and does not end with '/'",
    ),
    values.ImageName: NameForm(
        pattern=re.compile(rf"{_PART}(?:/{_PART})*"),
        code=Code.BAD_VALUE,
        what="image name",
        hint="an image name is lower-case letters and digits, with '.', '_' or '-' between them, and parts joined by '/'",
    ),
    values.ImageRegistry: NameForm(
        pattern=re.compile(rf"[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::\d{{1,5}})?(?:/{_PART})*"),
        code=Code.BAD_VALUE,
        what="image registry",
        hint="a registry is written without 'https://', as registry.example.org/folder",
    ),
    values.ImageReference: NameForm(
        pattern=re.compile(
            rf"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?(?::\d{{1,5}}(?=/))?(?:/{_PART})*"
            r"(?::[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?(?:@sha256:[0-9a-f]{64})?"
        ),
        code=Code.BAD_VALUE,
        what="image",
        hint="an image is written as 'FROM' takes it: registry.example.org/folder/name:tag",
    ),
    values.ImageUser: NameForm(
        pattern=re.compile(rf"[a-z_][a-z0-9_-]{{0,31}}|{_ID}(?::{_ID})?"),
        code=Code.BAD_VALUE,
        what="user of an image",
        hint="a user is a name, a number of up to nine digits, or numbers of user and group as '1000:1000'",
    ),
    values.ImagePort: NameForm(
        pattern=re.compile(
            r"(?:[1-9]\d{0,3}|[1-5]\d{4}|6[0-4]\d{3}|65[0-4]\d\d|655[0-2]\d|6553[0-5])(?:/(?:tcp|udp|sctp))?"
        ),
        code=Code.BAD_VALUE,
        what="port",
        hint="a port is a number up to 65535, perhaps with '/tcp' or '/udp' after it",
    ),
    values.ReleaseUrl: NameForm(
        pattern=re.compile(
            r"https?://[A-Za-z0-9.-]+(?::\d{1,5})?(?:/(?:[A-Za-z0-9._~!()*+,;=:@%&?/-]|\{(?:version|program)\})*)?"
        ),
        code=Code.BAD_VALUE,
        what="address of a release",
        hint="it is as https://example.org/releases/{version}/{program}, with no other markers",
    ),
    values.LabelName: NameForm(
        pattern=re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._/-]*[A-Za-z0-9])?"),
        code=Code.BAD_VALUE,
        what="label",
        hint="a label is named as org.opencontainers.image.source is",
    ),
}


def name_converter(form: NameForm) -> Converter:
    """Return the converter for strings of ``form``."""

    def convert(run: Decoding, value: Any, path: KeyPath, _rule: Rule) -> str | Invalid:
        if not isinstance(value, str):
            return run.wrong_type(path, "a string", value)
        return form.check(run, value, path, Part.VALUE)

    return convert


def checked_key(run: Decoding, kind: Any, name: str, where: KeyPath) -> str | Invalid:
    """Return ``name``, a key of the table at ``where[:-1]``, if it has the form of ``kind``."""
    form = FORMS.get(kind)
    return name if form is None else form.check(run, name, where, Part.KEY)
