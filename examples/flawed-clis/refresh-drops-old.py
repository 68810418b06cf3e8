"""A refresh answer without a refresh token costs the old one."""
from flawed import Cli, main


class Flawed(Cli):
    def merge(self, old, fresh):
        return fresh


main(Flawed)
