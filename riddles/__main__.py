"""`python -m riddles` is the command `riddles`."""

from riddles.cli import main

main()
