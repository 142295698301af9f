"""``python -m sanchong``: the command, also where its script is not on the path."""

from sanchong.cli import main

main()
