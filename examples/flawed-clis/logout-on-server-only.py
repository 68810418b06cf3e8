"""A logout revokes the tokens and keeps them."""
from flawed import Cli, main


class Flawed(Cli):
    def forget(self):
        pass


main(Flawed)
