"""`python -m assistant` is the command `assistant`."""

from .cli import main

main()
