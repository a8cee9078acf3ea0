"""Stands in front of a compiler: writes down arguments and environment of each call that makes something, and then calls."""

# ruff: noqa: PTH119, PTH123, S606
# on the way of every compilation: nothing that takes long to import

import json
import os
import sys

command = sys.argv[1:]
if "--crate-name" in command and "___" not in command:
    words = (
        [word for word in command if not word.endswith("/rustc")] if "clippy" in command[0] else command[1:]
    )
    call = json.dumps({"program": os.path.basename(command[0]), "words": words, "env": dict(os.environ)})
    if target := os.environ.get("RECORD_TO"):
        with open(target, "a", encoding="utf-8") as file:
            file.write(f"{call}\n")
    else:
        sys.stderr.write(f"@@call {call}\n")
        sys.stderr.flush()
os.execvp(command[0], command)
