"""One verifier for all logins."""
from flawed import Cli, main


class Flawed(Cli):
    def __init__(self):
        super().__init__()
        self.verifier = "a-verifier-that-was-meant-to-be-an-example-0"


main(Flawed)
