"""The new tokens are printed, to help with debugging."""
from flawed import Cli, main


class Flawed(Cli):
    def save(self, tokens):
        print("debug: saving", tokens)
        super().save(tokens)


main(Flawed)
