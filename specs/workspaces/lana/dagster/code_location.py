"""Lana's data pipeline, as far as its image goes: names the assets of the data warehouse."""

import json
import os

ASSETS = ("facilities", "deposits", "journal_entries")


def main() -> None:
    """Print what is deployed."""
    version = os.environ.get("VERSION", "dev")
    print(json.dumps({"location": "lana-dw", "version": version, "assets": ASSETS}))


if __name__ == "__main__":
    main()
