# SPDX-License-Identifier: Apache-2.0
"""What the examples share: their command line, and the package beside them."""

import argparse
import asyncio
import pathlib
import sys
from typing import Awaitable, Callable

sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))


def run(main: Callable[[argparse.Namespace], Awaitable[None]], *options: tuple[str, str]) -> None:
    """Reads --url and the named options, all of them required, and runs the example."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--url", default="ws://127.0.0.1:8080", help="ws://HOST:PORT of the exchange")
    for name, text in options:
        parser.add_argument(name, required=True, help=text)
    asyncio.run(main(parser.parse_args()))


def step(text: str) -> None:
    print(text, flush=True)


def must(condition: bool, sentence: str) -> None:
    if not condition:
        raise AssertionError(sentence)
