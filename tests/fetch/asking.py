"""A process of its own that asks a server again and again, at the pace of a shared folder.

Arguments: folder, address, how often, interval.
"""

import sys
from pathlib import Path

from broadsheet.fetch import Client, Pace


def main() -> None:
    folder, url, count, interval = sys.argv[1:]
    pace = Pace("arxiv", ("127.0.0.1",), float(interval), alone=True)
    with Client(folder=Path(folder), allowed_hosts=("127.0.0.1",), paces=(pace,)) as client:
        print("ready", flush=True)
        for _ in range(int(count)):
            client.get(url)


if __name__ == "__main__":
    main()
