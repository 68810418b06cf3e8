"""Whatever stands at access_token is stored: null, a number, a line break."""
from flawed import Cli, main


class Flawed(Cli):
    def is_token(self, value):
        return value is not None


main(Flawed)
