"""Random invocations of cargo on a generated workspace."""

from __future__ import annotations

from random import Random
from typing import Any

HOST = "x86_64-unknown-linux-gnu"


class Invocations:
    """Makes invocations; packages are the generator's."""

    def __init__(self, random: Random, packages: list[Any]) -> None:
        self.random = random
        self.packages = packages

    def chance(self, probability: float) -> bool:
        return self.random.random() < probability

    def one(self) -> tuple[str, str, list[str]]:
        members = [p for p in self.packages if p.is_member]
        folders = ["ws"] if self.chance(0.7) else [p.folder for p in members]
        command = self.random.choice(
            ["build", "build", "build", "build", "test", "test", "bench", "check", "doc"]
        )
        arguments = self.package_arguments(members)
        arguments += self.target_arguments(command)
        arguments += self.feature_arguments(members)
        if self.chance(0.25):
            arguments.append("--release") if command != "bench" else None
        elif self.chance(0.2):
            arguments += ["--profile", self.random.choice(["custom", "release", "dev"])]
        if self.chance(0.3):
            triples = [HOST, "aarch64-unknown-linux-gnu", "x86_64-pc-windows-msvc", "aarch64-apple-darwin"]
            for triple in self.random.sample(triples, self.random.choice([1, 1, 2])):
                arguments += ["--target", triple]
        return self.random.choice(folders), command, arguments

    def package_arguments(self, members: list[Any]) -> list[str]:
        if self.chance(0.3):
            arguments = ["--workspace"]
            if self.chance(0.3) and len(members) > 1:
                arguments += ["--exclude", self.random.choice(members).name]
            return arguments
        if self.chance(0.6):
            pool = members if self.chance(0.9) else self.packages
            return [
                part
                for p in self.random.sample(pool, min(len(pool), self.random.choice([1, 1, 2])))
                for part in ("-p", p.name)
            ]
        return []

    def target_arguments(self, command: str) -> list[str]:
        if self.chance(0.45):
            return []
        if command == "doc":  # knows fewer flags
            return [self.random.choice(["--lib", "--bins", "--examples", "--no-deps"])]
        flags = ["--lib", "--bins", "--examples", "--tests", "--benches", "--all-targets"]
        names = ["--bin=b0", "--example=e0", "--test=t0", "--bench=b0", "--test=t*"]
        if command == "test":
            names.append("--doc")
        if self.chance(0.8):
            return self.random.sample(flags, self.random.choice([1, 1, 2]))
        return [self.random.choice(names)]

    def feature_arguments(self, members: list[Any]) -> list[str]:
        arguments: list[str] = []
        if self.chance(0.15):
            arguments.append("--all-features")
        if self.chance(0.2):
            arguments.append("--no-default-features")
        if self.chance(0.3):
            package = self.random.choice(members)
            pool = [
                *package.features,
                *package.optional,
                *(f"{n}/f0" for n in package.names),
                f"{package.name}/f0",
            ]
            if pool:
                arguments += [
                    "--features",
                    ",".join(self.random.sample(pool, min(len(pool), self.random.choice([1, 2])))),
                ]
        return arguments
