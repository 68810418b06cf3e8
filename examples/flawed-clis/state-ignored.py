"""The state of the callback is not looked at."""
from flawed import Cli, main


class Flawed(Cli):
    def is_ours(self, state):
        return True


main(Flawed)
